/*
 * Rows to COPY BINARY. PURE: bytes into a buffer that grows; no I/O.
 *
 * Call order: copy_encode_header, for each row copy_encode_row and then exactly that many fields,
 * and at the end copy_encode_trailer. Send `bytes` whenever `size` is large enough and call
 * copy_encode_clear, which keeps the memory; copy_encode_destroy frees it. A zeroed CopyBuffer is
 * an empty one. One thread at a time.
 *
 * The field's type must be the column's: PostgreSQL takes an int64 for a bigint column only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct CopyBuffer {
    unsigned char *bytes;
    size_t size;
    size_t capacity;
    int fields_left; /* of the row that is being written: a bug is found here and not by the server
                      */
} CopyBuffer;

void copy_encode_header(CopyBuffer *buffer);
void copy_encode_row(CopyBuffer *buffer, int field_count);
void copy_encode_null(CopyBuffer *buffer);
void copy_encode_int64(CopyBuffer *buffer, int64_t value);
void copy_encode_int32(CopyBuffer *buffer, int32_t value);
void copy_encode_int16(CopyBuffer *buffer, int16_t value);
void copy_encode_bool(CopyBuffer *buffer, bool value);
void copy_encode_date(CopyBuffer *buffer, int32_t day); /* days since 2000-01-01 */
/* A zero-terminated text in UTF-8; NULL is SQL's NULL. Also for json; not for jsonb. */
void copy_encode_text(CopyBuffer *buffer, const char *text);
void copy_encode_bytes(CopyBuffer *buffer, const unsigned char *bytes, size_t size); /* bytea */
void copy_encode_trailer(CopyBuffer *buffer);

void copy_encode_clear(CopyBuffer *buffer);
void copy_encode_destroy(CopyBuffer *buffer);
