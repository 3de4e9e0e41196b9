#include "ledger/copy_encode.h"

#include "base/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char header[] = "PGCOPY\n\377\r\n\0" /* the signature ends with a zero byte */
                             "\0\0\0\0"           /* no flags */
                             "\0\0\0"; /* no extension; the literal's own zero is its fourth */
_Static_assert(sizeof header == 19, "signature, flags and length of the extension");

/* Room for `size` more bytes. */
static unsigned char *claim(CopyBuffer *buffer, size_t size)
{
    if (buffer->bytes == NULL || buffer->size + size > buffer->capacity) {
        buffer->bytes = array_grow(buffer->bytes, &buffer->capacity, buffer->size + size, 1);
    }
    unsigned char *bytes = buffer->bytes + buffer->size;
    buffer->size += size;
    return bytes;
}

static void put_uint(unsigned char *bytes, uint64_t value, int size)
{
    for (int index = size - 1; index >= 0; index--) {
        bytes[index] = (unsigned char)(value & 0xff);
        value >>= 8;
    }
}

static void put_field(CopyBuffer *buffer, uint64_t value, int size)
{
    assert(buffer->fields_left > 0);
    buffer->fields_left--;
    unsigned char *bytes = claim(buffer, 4 + (size_t)size);
    put_uint(bytes, (uint64_t)size, 4);
    put_uint(bytes + 4, value, size);
}

void copy_encode_header(CopyBuffer *buffer)
{
    memcpy(claim(buffer, sizeof header), header, sizeof header);
}

void copy_encode_row(CopyBuffer *buffer, int field_count)
{
    assert(buffer->fields_left == 0 && field_count > 0 && field_count <= INT16_MAX);
    buffer->fields_left = field_count;
    put_uint(claim(buffer, 2), (uint64_t)field_count, 2);
}

void copy_encode_null(CopyBuffer *buffer)
{
    assert(buffer->fields_left > 0);
    buffer->fields_left--;
    memset(claim(buffer, 4), 0xff, 4);
}

void copy_encode_int64(CopyBuffer *buffer, int64_t value)
{
    put_field(buffer, (uint64_t)value, 8);
}

void copy_encode_int32(CopyBuffer *buffer, int32_t value)
{
    put_field(buffer, (uint32_t)value, 4);
}

void copy_encode_int16(CopyBuffer *buffer, int16_t value)
{
    put_field(buffer, (uint16_t)value, 2);
}

void copy_encode_bool(CopyBuffer *buffer, bool value)
{
    put_field(buffer, value ? 1 : 0, 1);
}

void copy_encode_date(CopyBuffer *buffer, int32_t day)
{
    copy_encode_int32(buffer, day);
}

void copy_encode_text(CopyBuffer *buffer, const char *text)
{
    if (text == NULL) {
        copy_encode_null(buffer);
        return;
    }
    copy_encode_bytes(buffer, (const unsigned char *)text, strlen(text));
}

void copy_encode_bytes(CopyBuffer *buffer, const unsigned char *bytes, size_t size)
{
    assert(buffer->fields_left > 0 && size <= INT32_MAX);
    buffer->fields_left--;
    unsigned char *at = claim(buffer, 4 + size);
    put_uint(at, size, 4);
    if (size > 0) {
        memcpy(at + 4, bytes, size);
    }
}

void copy_encode_trailer(CopyBuffer *buffer)
{
    assert(buffer->fields_left == 0);
    memset(claim(buffer, 2), 0xff, 2);
}

void copy_encode_clear(CopyBuffer *buffer)
{
    buffer->size = 0;
}

void copy_encode_destroy(CopyBuffer *buffer)
{
    free(buffer->bytes);
    *buffer = (CopyBuffer){0};
}
