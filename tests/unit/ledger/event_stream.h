/*
 * COPY BINARY streams of events for the tests, written by hand and not by copy_encode: the tests of
 * the decoder share no code with what the job writes.
 */
#pragma once

#include "ledger/copy_decode.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

enum { STREAM_BYTES_MAX = 1 << 18, NULL_FIELD = -1 };

typedef struct Stream {
    unsigned char bytes[STREAM_BYTES_MAX];
    size_t size;
} Stream;

static inline void put_bytes(Stream *stream, const void *bytes, size_t size)
{
    assert(stream->size + size <= sizeof stream->bytes);
    memcpy(stream->bytes + stream->size, bytes, size);
    stream->size += size;
}

static inline void put_number(Stream *stream, int64_t value, int size)
{
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
        unsigned char byte = (unsigned char)((uint64_t)value >> shift & 0xff);
        put_bytes(stream, &byte, 1);
    }
}

static inline void put_header(Stream *stream, uint32_t flags, int32_t extension)
{
    put_bytes(stream, "PGCOPY\n\377\r\n\0", 11);
    put_number(stream, flags, 4);
    put_number(stream, extension, 4);
}

static inline void put_field(Stream *stream, int64_t value, int size)
{
    put_number(stream, size, 4);
    put_number(stream, value, size);
}

static inline void put_null(Stream *stream)
{
    put_number(stream, NULL_FIELD, 4);
}

/* An int[] of one dimension; INT32_MIN among the values stands for NULL. */
static inline void put_array(Stream *stream, const int32_t *values, int count)
{
    Stream body = {.size = 0};
    put_number(&body, count == 0 ? 0 : 1, 4);
    put_number(&body, 1, 4);
    put_number(&body, 23, 4);
    if (count > 0) {
        put_number(&body, count, 4);
        put_number(&body, 1, 4);
    }
    for (int index = 0; index < count; index++) {
        if (values[index] == INT32_MIN) {
            put_null(&body);
        } else {
            put_field(&body, values[index], 4);
        }
    }
    put_number(stream, (int64_t)body.size, 4);
    put_bytes(stream, body.bytes, body.size);
}

/* An event with all columns; category_count -1 is NULL. */
static inline void put_event(Stream *stream, const EventRow *event, int category_count)
{
    put_number(stream, EVENT_COLUMN_COUNT, 2);
    put_field(stream, event->event_id, 8);
    put_field(stream, event->member_id, 8);
    put_field(stream, event->kind, 2);
    put_field(stream, event->occurred_at_us, 8);
    put_field(stream, event->order_id, 8);
    put_field(stream, event->item_cents, 8);
    put_field(stream, event->discount_cents, 8);
    if (category_count < 0) {
        put_null(stream);
    } else {
        put_array(stream, event->categories, category_count);
    }
    put_field(stream, event->points, 4);
}

static inline void put_trailer(Stream *stream)
{
    put_number(stream, -1, 2);
}

/* What a sink has got: every value of every row, folded so that two decodings can be compared. */
typedef struct Seen {
    size_t rows;
    size_t batches;
    size_t largest_batch;
    uint64_t fold;
    EventRow last; /* its categories are copied to last_categories */
    int32_t last_categories[16];
    size_t fail_at; /* the sink fails at this row; 0: never */
} Seen;

static inline void fold_value(Seen *seen, int64_t value)
{
    seen->fold = (seen->fold ^ (uint64_t)value) * UINT64_C(1099511628211) + 1;
}

static inline bool see_events(void *context, const EventRow *rows, size_t count, Error *reterr)
{
    Seen *seen = context;
    seen->batches++;
    seen->largest_batch = count > seen->largest_batch ? count : seen->largest_batch;
    for (size_t index = 0; index < count; index++) {
        const EventRow *row = &rows[index];
        const int64_t values[] = {row->event_id,      row->member_id,  row->occurred_at_us,
                                  row->order_id,      row->item_cents, row->discount_cents,
                                  row->points,        row->kind,       row->present,
                                  row->category_count};
        for (size_t value = 0; value < sizeof values / sizeof values[0]; value++) {
            fold_value(seen, values[value]);
        }
        for (uint32_t category = 0; category < row->category_count; category++) {
            fold_value(seen, row->categories[category]);
            if (category < 16) {
                seen->last_categories[category] = row->categories[category];
            }
        }
        seen->last = *row;
        if (++seen->rows == seen->fail_at) {
            return error_set(reterr, EXIT_DATA, NULL, "the sink has enough");
        }
    }
    return true;
}
