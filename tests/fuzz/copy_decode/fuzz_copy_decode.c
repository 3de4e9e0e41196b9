/*
 * Fuzzes the decoder of COPY BINARY: any bytes give rows or an error, and the same whether pushed
 * whole or in pieces.
 */
#include "base/error.h"
#include "ledger/copy_decode.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct Seen {
    size_t rows;
    uint64_t sum; /* of what the rows hold */
} Seen;

static uint64_t mix(uint64_t sum, uint64_t value)
{
    return (sum ^ value) * UINT64_C(0x9E3779B97F4A7C15);
}

static bool see_events(void *context, const EventRow *rows, size_t count, Error *reterr)
{
    (void)reterr;
    Seen *seen = context;
    assert(count > 0 && count <= COPY_BATCH_ROWS);
    for (size_t i = 0; i < count; i++) {
        const EventRow *row = &rows[i];
        seen->rows++;
        seen->sum = mix(seen->sum, (uint64_t)row->event_id);
        seen->sum = mix(seen->sum, (uint64_t)row->member_id + row->present);
        seen->sum = mix(seen->sum, (uint64_t)row->item_cents + (uint64_t)row->points);
        for (uint32_t c = 0; c < row->category_count; c++) {
            seen->sum = mix(seen->sum, (uint64_t)row->categories[c]);
        }
    }
    return true;
}

/* Pushes the stream in pieces of this size; true where the decoder took all of it. */
static bool decode(const uint8_t *bytes, size_t size, size_t piece, Seen *seen)
{
    Error error = {0};
    CopyDecoder *decoder = copy_decoder_create_events(INT64_MIN, INT64_MAX, see_events, seen);
    bool done = true;
    for (size_t at = 0; done && at < size; at += piece) {
        size_t length = size - at < piece ? size - at : piece;
        /* A copy of its own, so that reading past a piece is seen. */
        uint8_t *copy = malloc(length);
        memcpy(copy, bytes + at, length);
        done = copy_decoder_push(decoder, copy, length, &error);
        free(copy);
    }
    done = done && copy_decoder_finish(decoder, &error);
    assert(done || (error.code != EXIT_DONE && error.message[0] != '\0'));
    copy_decoder_destroy(&decoder);
    return done;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Seen whole = {0};
    Seen pieces = {0};
    bool done = decode(bytes, size, size == 0 ? 1 : size, &whole);
    bool done_in_pieces = decode(bytes, size, 3, &pieces);
    assert(done == done_in_pieces);
    assert(!done || (whole.rows == pieces.rows && whole.sum == pieces.sum));
    return 0;
}
