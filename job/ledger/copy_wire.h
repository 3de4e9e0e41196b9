/*
 * Inside ledger/ only: the parts of which COPY BINARY is made, big-endian numbers, fields and
 * integer arrays. PURE; used by copy_decode.c, copy_event.c and copy_row.c.
 */
#pragma once

#include "base/error.h"
#include "ledger/copy_decode.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What became of an attempt to read from the bytes at hand. */
typedef enum WireStep {
    WIRE_DONE,
    WIRE_MORE, /* it goes on beyond them */
    WIRE_FAILED,
} WireStep;

/* A field within the bytes at hand; size -1 for NULL. */
typedef struct WireField {
    const unsigned char *bytes;
    int32_t size;
} WireField;

/* Integers that grow; a zeroed one is empty, `values` is the owner's to free. */
typedef struct WireIntegers {
    int32_t *values;
    size_t count;
    size_t capacity;
} WireIntegers;

static inline uint16_t wire_uint16(const unsigned char *bytes)
{
    return (uint16_t)((uint32_t)bytes[0] << 8 | bytes[1]);
}

static inline uint32_t wire_uint32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static inline uint64_t wire_uint64(const unsigned char *bytes)
{
    return (uint64_t)wire_uint32(bytes) << 32 | wire_uint32(bytes + 4);
}

/* Both set the error for the byte at `offset` of the stream and return false. */
bool wire_malformed(Error *reterr, uint64_t offset, const char *what);
bool wire_too_long(Error *reterr, uint64_t offset);

/* Appends an int4[] of any number of dimensions, flattened and without its NULLs. */
bool wire_integers(WireField field, uint64_t offset, WireIntegers *integers, Error *reterr);

/*
 * Steps over one field at *next. `start` is where its row begins in memory and row_offset in the
 * stream; a row that would grow beyond COPY_ROW_BYTES_MAX fails at once, before its bytes are
 * waited for. Here in the header because it runs nine times a row.
 */
static inline WireStep wire_field(const unsigned char *start, const unsigned char **next,
                                  const unsigned char *end, uint64_t row_offset,
                                  WireField *ret_field, Error *reterr)
{
    if (end - *next < 4) {
        return WIRE_MORE;
    }
    int32_t size = (int32_t)wire_uint32(*next);
    const unsigned char *bytes = *next + 4;
    if (size < 0) {
        if (size != -1) {
            (void)wire_malformed(reterr, row_offset + (uint64_t)(*next - start),
                                 "a field with a negative size");
            return WIRE_FAILED;
        }
        *ret_field = (WireField){bytes, -1};
        *next = bytes;
        return WIRE_DONE;
    }
    if (size > COPY_ROW_BYTES_MAX || bytes - start + size > COPY_ROW_BYTES_MAX) {
        (void)wire_too_long(reterr, row_offset);
        return WIRE_FAILED;
    }
    if (end - bytes < size) {
        return WIRE_MORE;
    }
    *ret_field = (WireField){bytes, size};
    *next = bytes + size;
    return WIRE_DONE;
}
