#include "ledger/copy_decode.h"

#include "base/arena.h"
#include "ledger/copy_event.h"
#include "ledger/copy_wire.h"

#include <stdlib.h>
#include <string.h>

/*
 * The stream: a header (signature, flags, length of an extension, the extension), tuples (int16
 * count of fields, each an int32 size, -1 for NULL, and its bytes), and the trailer (int16 -1). All
 * numbers are big-endian.
 */

enum {
    SIGNATURE_BYTES = 11,
    HEADER_BYTES = SIGNATURE_BYTES + 4 + 4,
    FLAGS_CRITICAL = 0x7fff0000, /* bits 16 to 30: whoever does not know them must not read on */
};
static const char signature[SIGNATURE_BYTES] = "PGCOPY\n\377\r\n";

typedef enum DecoderState {
    STATE_HEADER,
    STATE_EXTENSION,
    STATE_ROWS,
    STATE_ENDED, /* the trailer has been seen */
    STATE_FAILED,
} DecoderState;

struct CopyDecoder {
    DecoderState state;
    uint64_t offset; /* in the stream, of the first byte not yet consumed */
    uint64_t row_count;
    uint32_t extension_left;
    unsigned char *carry; /* the beginning of a row or header whose end has not come yet */
    size_t carry_count;
    size_t carry_capacity;
    int column_count;
    CopyRowSink row_sink;
    EventSink event_sink; /* NULL: rows for row_sink */
    void *context;
    int64_t from_us;
    int64_t until_us;
    size_t batch_count;
    EventRow batch[COPY_BATCH_ROWS];
    size_t category_start[COPY_BATCH_ROWS]; /* an index: `categories` may move while it grows */
    WireIntegers categories;
};

static CopyDecoder *decoder_create(void *context)
{
    CopyDecoder *decoder = memory_alloc(1, sizeof *decoder);
    decoder->context = context;
    return decoder;
}

CopyDecoder *copy_decoder_create_events(int64_t from_us, int64_t until_us, EventSink sink,
                                        void *context)
{
    CopyDecoder *decoder = decoder_create(context);
    decoder->column_count = EVENT_COLUMN_COUNT;
    decoder->event_sink = sink;
    decoder->from_us = from_us;
    decoder->until_us = until_us;
    return decoder;
}

CopyDecoder *copy_decoder_create_rows(int column_count, CopyRowSink sink, void *context)
{
    CopyDecoder *decoder = decoder_create(context);
    decoder->column_count = column_count;
    decoder->row_sink = sink;
    return decoder;
}

void copy_decoder_destroy(CopyDecoder **decoder)
{
    if (*decoder != NULL) {
        free((*decoder)->carry);
        free((*decoder)->categories.values);
        free(*decoder);
        *decoder = NULL;
    }
}

uint64_t copy_decoder_row_count(const CopyDecoder *decoder)
{
    return decoder->row_count;
}

static bool flush_events(CopyDecoder *decoder, Error *reterr)
{
    size_t count = decoder->batch_count;
    if (count == 0) {
        return true;
    }
    for (size_t index = 0; index < count; index++) {
        EventRow *row = &decoder->batch[index];
        row->categories = row->category_count == 0
                              ? NULL
                              : decoder->categories.values + decoder->category_start[index];
    }
    decoder->batch_count = 0;
    decoder->categories.count = 0;
    return decoder->event_sink(decoder->context, decoder->batch, count, reterr);
}

/* One event from [start, end), where its count of fields stands first and has been checked. */
static WireStep decode_event(CopyDecoder *decoder, const unsigned char *start,
                             const unsigned char *end, const unsigned char **ret_next,
                             Error *reterr)
{
    EventRow *row = &decoder->batch[decoder->batch_count];
    WireField categories;
    WireStep step =
        copy_event_decode(start, end, decoder->offset, row, ret_next, &categories, reterr);
    if (step != WIRE_DONE) {
        return step;
    }
    if ((row->present & ROW_HAS_OCCURRED_AT) == 0 || row->occurred_at_us < decoder->from_us ||
        row->occurred_at_us >= decoder->until_us) {
        return WIRE_DONE;
    }
    size_t start_of_categories = decoder->categories.count;
    if (categories.size != -1) {
        uint64_t offset = decoder->offset + (uint64_t)(categories.bytes - start);
        if (!wire_integers(categories, offset, &decoder->categories, reterr)) {
            return WIRE_FAILED;
        }
        row->present |= ROW_HAS_CATEGORIES;
    }
    row->category_count = (uint32_t)(decoder->categories.count - start_of_categories);
    decoder->category_start[decoder->batch_count++] = start_of_categories;
    if (decoder->batch_count == COPY_BATCH_ROWS) {
        return flush_events(decoder, reterr) ? WIRE_DONE : WIRE_FAILED;
    }
    return WIRE_DONE;
}

/* One row of another relation, given to the sink once all of it is there. */
static WireStep decode_row(CopyDecoder *decoder, const unsigned char *start,
                           const unsigned char *end, const unsigned char **ret_next, Error *reterr)
{
    const unsigned char *next = start + 2;
    for (int index = 0; index < decoder->column_count; index++) {
        WireField field;
        WireStep step = wire_field(start, &next, end, decoder->offset, &field, reterr);
        if (step != WIRE_DONE) {
            return step;
        }
    }
    CopyRow row = {start + 2, decoder->offset + 2, decoder->column_count};
    *ret_next = next;
    return decoder->row_sink(decoder->context, &row, reterr) ? WIRE_DONE : WIRE_FAILED;
}

static WireStep step_header(CopyDecoder *decoder, const unsigned char *start,
                            const unsigned char *end, const unsigned char **ret_next, Error *reterr)
{
    if (end - start < HEADER_BYTES) {
        return WIRE_MORE;
    }
    if (memcmp(start, signature, SIGNATURE_BYTES) != 0) {
        (void)wire_malformed(reterr, decoder->offset, "no COPY signature");
        return WIRE_FAILED;
    }
    /* The sign bit is a flag like the others: bits 16 to 31 are the critical ones. */
    uint32_t flags = wire_uint32(start + SIGNATURE_BYTES);
    if ((flags & FLAGS_CRITICAL) != 0 || flags >> 31 != 0) {
        (void)wire_malformed(reterr, decoder->offset + SIGNATURE_BYTES, "unknown flags");
        return WIRE_FAILED;
    }
    uint32_t extension = wire_uint32(start + SIGNATURE_BYTES + 4);
    if (extension > INT32_MAX) {
        (void)wire_malformed(reterr, decoder->offset + SIGNATURE_BYTES + 4, "a negative extension");
        return WIRE_FAILED;
    }
    decoder->extension_left = extension;
    decoder->state = STATE_EXTENSION;
    *ret_next = start + HEADER_BYTES;
    return WIRE_DONE;
}

static WireStep step_rows(CopyDecoder *decoder, const unsigned char *start,
                          const unsigned char *end, const unsigned char **ret_next, Error *reterr)
{
    if (end - start < 2) {
        return WIRE_MORE;
    }
    int16_t field_count = (int16_t)wire_uint16(start);
    if (field_count == decoder->column_count) {
        WireStep step = decoder->event_sink != NULL
                            ? decode_event(decoder, start, end, ret_next, reterr)
                            : decode_row(decoder, start, end, ret_next, reterr);
        decoder->row_count += step == WIRE_DONE ? 1 : 0;
        return step;
    }
    if (field_count == -1) {
        decoder->state = STATE_ENDED;
        *ret_next = start + 2;
        return WIRE_DONE;
    }
    (void)wire_malformed(reterr, decoder->offset, "a row with another number of fields");
    return WIRE_FAILED;
}

static WireStep step_once(CopyDecoder *decoder, const unsigned char *start,
                          const unsigned char *end, const unsigned char **ret_next, Error *reterr)
{
    switch (decoder->state) {
    case STATE_HEADER:
        return step_header(decoder, start, end, ret_next, reterr);
    case STATE_EXTENSION: {
        size_t skipped = (size_t)(end - start);
        if (skipped > decoder->extension_left) {
            skipped = decoder->extension_left;
        }
        decoder->extension_left -= (uint32_t)skipped;
        decoder->state = decoder->extension_left == 0 ? STATE_ROWS : STATE_EXTENSION;
        *ret_next = start + skipped;
        return WIRE_DONE;
    }
    case STATE_ROWS:
        return step_rows(decoder, start, end, ret_next, reterr);
    case STATE_ENDED:
        (void)wire_malformed(reterr, decoder->offset, "bytes after the trailer");
        return WIRE_FAILED;
    case STATE_FAILED:
        break;
    }
    (void)wire_malformed(reterr, decoder->offset, "the stream has failed before");
    return WIRE_FAILED;
}

/* Keeps [start, start + left), which may lie in the carry itself, for the next push. */
static void keep_rest(CopyDecoder *decoder, const unsigned char *start, size_t left)
{
    if (left > 0) {
        if (decoder->carry == NULL || left > decoder->carry_capacity) {
            decoder->carry = array_grow(decoder->carry, &decoder->carry_capacity, left, 1);
        }
        memmove(decoder->carry, start, left);
    }
    decoder->carry_count = left;
}

bool copy_decoder_push(CopyDecoder *decoder, const void *bytes, size_t size, Error *reterr)
{
    const unsigned char *start = bytes;
    if (decoder->carry_count > 0) {
        decoder->carry =
            array_grow(decoder->carry, &decoder->carry_capacity, decoder->carry_count + size, 1);
        memcpy(decoder->carry + decoder->carry_count, bytes, size);
        start = decoder->carry;
        size += decoder->carry_count;
    }
    const unsigned char *end = start + size;
    while (start < end) {
        const unsigned char *next = start;
        WireStep step = step_once(decoder, start, end, &next, reterr);
        if (step == WIRE_FAILED) {
            decoder->state = STATE_FAILED;
            return false;
        }
        if (step == WIRE_MORE) {
            break;
        }
        decoder->offset += (uint64_t)(next - start);
        start = next;
    }
    keep_rest(decoder, start, (size_t)(end - start));
    return true;
}

bool copy_decoder_finish(CopyDecoder *decoder, Error *reterr)
{
    if (decoder->state != STATE_ENDED) {
        uint64_t offset = decoder->offset + decoder->carry_count;
        decoder->state = STATE_FAILED;
        return wire_malformed(reterr, offset, "the stream ends without a trailer");
    }
    return flush_events(decoder, reterr);
}
