/*
 * COPY BINARY to rows. PURE: bytes come in, rows go to a sink; no I/O.
 *
 * Call order: copy_decoder_create_events or copy_decoder_create_rows, copy_decoder_push for the
 * stream in pieces of any size (the rows do not depend on where it is split; a piece that is whole
 * rows is decoded in place), copy_decoder_finish, copy_decoder_destroy. A decoder belongs to one
 * thread. Whatever the bytes are, the worst that happens is an error that names the offset in the
 * stream; then the decoder takes no more.
 *
 * Times are microseconds since 2000-01-01 UTC and dates are days since 2000-01-01, as PostgreSQL
 * has them.
 *
 * Example: a header, the row (7, 1, 1, ..., NULL, NULL) and the trailer, pushed byte by byte, give
 * one row whose `present` lacks ROW_HAS_POINTS and ROW_HAS_CATEGORIES.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    COPY_BATCH_ROWS = 64,         /* rows a sink gets at most at once */
    COPY_ROW_BYTES_MAX = 1 << 20, /* a longer row is EXIT_DATA */
};

/* The columns of an event in the order in which the stream has them. */
#define EVENT_COLUMNS                                                                              \
    "event_id, member_id, kind, occurred_at, order_id, item_cents, discount_cents, category_ids, " \
    "points"
enum { EVENT_COLUMN_COUNT = 9 };

/* Bits of EventRow.present: which columns are not NULL. */
enum {
    ROW_HAS_ID = 1 << 0,
    ROW_HAS_MEMBER = 1 << 1,
    ROW_HAS_KIND = 1 << 2,
    ROW_HAS_OCCURRED_AT = 1 << 3,
    ROW_HAS_ORDER = 1 << 4,
    ROW_HAS_ITEM = 1 << 5,
    ROW_HAS_DISCOUNT = 1 << 6,
    ROW_HAS_CATEGORIES = 1 << 7,
    ROW_HAS_POINTS = 1 << 8,
};

/* A column that is NULL holds 0. */
typedef struct EventRow {
    int64_t event_id;
    int64_t member_id;
    int64_t occurred_at_us;
    int64_t order_id;
    int64_t item_cents;
    int64_t discount_cents;
    int32_t points;
    int16_t kind;
    uint16_t present;
    uint32_t category_count;   /* without the NULLs among them */
    const int32_t *categories; /* the decoder's; valid until the sink returns */
} EventRow;

/* Takes 1 to COPY_BATCH_ROWS rows. False with *reterr set ends the decoding with that error. */
typedef bool (*EventSink)(void *context, const EventRow *rows, size_t count, Error *reterr);

/* A row of any other relation, to be read field by field from the left. */
typedef struct CopyRow {
    const unsigned char *next; /* where the next field begins */
    uint64_t offset;           /* of `next` in the stream */
    int fields_left;
} CopyRow;

/* Takes one row, which is valid until the sink returns. */
typedef bool (*CopyRowSink)(void *context, CopyRow *row, Error *reterr);

typedef struct CopyDecoder CopyDecoder;

/* Rows with occurred_at in [from_us, until_us) go to the sink; all others are read and left out. */
CopyDecoder *copy_decoder_create_events(int64_t from_us, int64_t until_us, EventSink sink,
                                        void *context);

/* Rows that must have exactly `column_count` fields. */
CopyDecoder *copy_decoder_create_rows(int column_count, CopyRowSink sink, void *context);

void copy_decoder_destroy(CopyDecoder **decoder);
#define CLEANUP_DECODER __attribute__((cleanup(copy_decoder_destroy)))

/* EXIT_BUG: the bytes are no COPY stream. EXIT_DATA: a row is too long. Or the sink's error. */
MUST_CHECK bool copy_decoder_push(CopyDecoder *decoder, const void *bytes, size_t size,
                                  Error *reterr);

/* Hands over the last rows; EXIT_BUG where the stream did not end as it should. */
MUST_CHECK bool copy_decoder_finish(CopyDecoder *decoder, Error *reterr);

/* How many rows the stream has had so far, with those that were left out. */
uint64_t copy_decoder_row_count(const CopyDecoder *decoder);

/*
 * The next field of a row. *ret_present tells whether it is not NULL; where ret_present is NULL
 * itself, a NULL is EXIT_DATA. A field that is NULL gives 0. EXIT_BUG: another size than the type
 * has, or no field is left.
 */
MUST_CHECK bool copy_row_int64(CopyRow *row, bool *ret_present, int64_t *ret_value, Error *reterr);
MUST_CHECK bool copy_row_int32(CopyRow *row, bool *ret_present, int32_t *ret_value, Error *reterr);
MUST_CHECK bool copy_row_int16(CopyRow *row, bool *ret_present, int16_t *ret_value, Error *reterr);
MUST_CHECK bool copy_row_bool(CopyRow *row, bool *ret_present, bool *ret_value, Error *reterr);
MUST_CHECK bool copy_row_date(CopyRow *row, bool *ret_present, int32_t *ret_day, Error *reterr);
/* The text is part of the row: no zero byte at its end, gone when the sink returns. */
MUST_CHECK bool copy_row_text(CopyRow *row, bool *ret_present, const char **ret_text,
                              size_t *ret_size, Error *reterr);
