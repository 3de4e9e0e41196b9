/*
 * libFuzzer: any bytes as COPY BINARY give rows or an error, and the same whether pushed whole, in
 * two pieces, byte by byte or by threes; as events and as rows of any other relation.
 */
#include "../require.h"
#include "base/error.h"
#include "ledger/copy_decode.h"

#include <stdint.h>

typedef struct Seen {
    size_t rows;
    uint64_t sum; /* of what the rows hold */
} Seen;

static void mix(Seen *seen, uint64_t value)
{
    seen->sum = (seen->sum ^ value) * UINT64_C(0x9E3779B97F4A7C15) + 1;
}

static bool see_events(void *context, const EventRow *rows, size_t count, Error *reterr)
{
    (void)reterr;
    Seen *seen = context;
    require(count > 0 && count <= COPY_BATCH_ROWS);
    for (size_t i = 0; i < count; i++) {
        const EventRow *row = &rows[i];
        seen->rows++;
        mix(seen, (uint64_t)row->event_id);
        mix(seen, (uint64_t)row->member_id);
        mix(seen, (uint64_t)row->occurred_at_us);
        mix(seen, (uint64_t)row->order_id);
        mix(seen, (uint64_t)row->item_cents);
        mix(seen, (uint64_t)row->discount_cents);
        mix(seen, (uint64_t)row->points);
        mix(seen, (uint64_t)row->kind);
        mix(seen, row->present);
        for (uint32_t c = 0; c < row->category_count; c++) {
            mix(seen, (uint64_t)row->categories[c]);
        }
    }
    return true;
}

/* Asks for a text, which may have any size. */
static bool see_text(Seen *seen, CopyRow *row, bool *present, Error *reterr)
{
    const char *text = NULL;
    size_t size = 0;
    if (!copy_row_text(row, present, &text, &size, reterr)) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        mix(seen, (unsigned char)text[i]);
    }
    return true;
}

/* Asks for the type that the size of the field suggests, and now and then for another. */
static bool see_field(Seen *seen, CopyRow *row, bool *present, Error *reterr)
{
    int64_t big = 0;
    int32_t integer = 0;
    int16_t small = 0;
    bool flag = false;
    bool good = true;
    switch (row->next[3] + (seen->sum % 64 == 0 ? 1 : 0)) {
    case 8:
        good = copy_row_int64(row, present, &big, reterr);
        break;
    case 4:
        good = (seen->sum & 1) != 0 ? copy_row_int32(row, present, &integer, reterr)
                                    : copy_row_date(row, present, &integer, reterr);
        break;
    case 2:
        good = copy_row_int16(row, present, &small, reterr);
        break;
    case 1:
        good = copy_row_bool(row, present, &flag, reterr);
        break;
    default:
        good = see_text(seen, row, present, reterr);
    }
    mix(seen, (uint64_t)big);
    mix(seen, (uint64_t)integer);
    mix(seen, (uint64_t)small);
    mix(seen, flag ? 1 : 0);
    return good;
}

/* Every other field must have a value. */
static bool see_row(void *context, CopyRow *row, Error *reterr)
{
    Seen *seen = context;
    seen->rows++;
    while (row->fields_left > 0) {
        bool present = true;
        if (!see_field(seen, row, row->fields_left % 2 == 0 ? &present : NULL, reterr)) {
            return false;
        }
        mix(seen, present ? 1 : 0);
    }
    return true;
}

static bool push(CopyDecoder *decoder, const uint8_t *bytes, size_t size, Error *error)
{
    /* A copy of its own, so that reading past a piece is seen. */
    uint8_t *copy = malloc(size > 0 ? size : 1);
    require(copy != NULL);
    if (size > 0) {
        memcpy(copy, bytes, size);
    }
    bool done = copy_decoder_push(decoder, copy, size, error);
    free(copy);
    return done;
}

/* A first piece of this size, then pieces of that size; columns 0: as events. */
static bool decode(const uint8_t *bytes, size_t size, int columns, size_t first, size_t piece,
                   Seen *seen, Error *error)
{
    CopyDecoder *decoder = columns == 0
                               ? copy_decoder_create_events(INT64_MIN, INT64_MAX, see_events, seen)
                               : copy_decoder_create_rows(columns, see_row, seen);
    bool done = push(decoder, bytes, first, error);
    for (size_t at = first; done && at < size; at += piece) {
        done = push(decoder, bytes + at, size - at < piece ? size - at : piece, error);
    }
    done = done && copy_decoder_finish(decoder, error);
    copy_decoder_destroy(&decoder);
    return done;
}

static void check(const uint8_t *bytes, size_t size, int columns)
{
    Seen whole = {0};
    Error whole_error = {0};
    bool done = decode(bytes, size, columns, size, 1, &whole, &whole_error);
    require(done || (whole_error.code != EXIT_DONE && whole_error.message[0] != '\0'));
    /* Where it is cut in two depends on the bytes, so that in the end it is cut everywhere. */
    size_t cut = size == 0 ? 0 : (whole.sum + size * UINT64_C(0x9E3779B97F4A7C15)) % size;
    const size_t ways[][2] = {{cut, size + 1}, {0, 1}, {0, 3}};
    for (size_t way = 0; way < sizeof ways / sizeof ways[0]; way++) {
        Seen pieces = {0};
        Error error = {0};
        require(decode(bytes, size, columns, ways[way][0], ways[way][1], &pieces, &error) == done);
        require(pieces.rows == whole.rows && pieces.sum == whole.sum);
        require(error.code == whole_error.code && strcmp(error.message, whole_error.message) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { FIRST_ROW = 19, COLUMNS_MAX = 15 };
    check(bytes, size, 0);
    /* As many columns as the first row says that it has. */
    int columns = size > FIRST_ROW + 1 ? bytes[FIRST_ROW + 1] & COLUMNS_MAX : 1;
    check(bytes, size, columns == 0 ? 1 : columns);
    return 0;
}
