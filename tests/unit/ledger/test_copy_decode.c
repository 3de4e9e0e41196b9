/* The decoder of events: every shape of a row, every place of a split, every kind of damage. */
#include "event_stream.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const int32_t categories[] = {7, INT32_MIN, -9, 11};
static const EventRow sample = {
    .event_id = INT64_MAX,
    .member_id = -2,
    .occurred_at_us = 820000000123456,
    .order_id = INT64_MIN,
    .item_cents = 12050,
    .discount_cents = -1,
    .points = INT32_MIN,
    .kind = -300,
    .categories = categories,
};

static bool decode(const Stream *stream, size_t piece, Seen *seen, Error *error)
{
    CLEANUP_DECODER CopyDecoder *decoder =
        copy_decoder_create_events(INT64_MIN, INT64_MAX, see_events, seen);
    for (size_t at = 0; at < stream->size; at += piece) {
        size_t left = stream->size - at;
        if (!copy_decoder_push(decoder, stream->bytes + at, left < piece ? left : piece, error)) {
            return false;
        }
    }
    return copy_decoder_finish(decoder, error);
}

static Stream one_event(void)
{
    Stream stream = {.size = 0};
    put_header(&stream, 0, 0);
    put_event(&stream, &sample, 4);
    put_trailer(&stream);
    return stream;
}

/* Fails with EXIT_BUG and names this place; the sink's state and *error's code are what a caller
 * sees. */
static void expect_malformed(const Stream *stream, unsigned offset, const char *what)
{
    char expected[200];
    (void)snprintf(expected, sizeof expected,
                   "the COPY data of the database cannot be read at byte %u: %s", offset, what);
    for (size_t piece = 1; piece <= stream->size; piece = piece == 1 ? stream->size : piece + 1) {
        Seen seen = {0};
        Error error = {0};
        cr_assert_not(decode(stream, piece, &seen, &error), "%s", expected);
        cr_assert_eq(error.code, EXIT_BUG);
        cr_assert_str_eq(error.message, expected);
    }
}

Test(copy_decode, gives_every_column)
{
    Stream stream = one_event();
    Seen seen = {0};
    Error error = {0};
    cr_assert(decode(&stream, stream.size, &seen, &error), "%s", error.message);
    cr_assert_eq(seen.rows, 1);
    cr_assert_eq(seen.last.event_id, INT64_MAX);
    cr_assert_eq(seen.last.member_id, -2);
    cr_assert_eq(seen.last.occurred_at_us, 820000000123456);
    cr_assert_eq(seen.last.order_id, INT64_MIN);
    cr_assert_eq(seen.last.item_cents, 12050);
    cr_assert_eq(seen.last.discount_cents, -1);
    cr_assert_eq(seen.last.points, INT32_MIN);
    cr_assert_eq(seen.last.kind, -300);
    cr_assert_eq(seen.last.present, 0x1ff);
    cr_assert_eq(seen.last.category_count, 3);
    cr_assert_eq(seen.last_categories[0], 7);
    cr_assert_eq(seen.last_categories[1], -9);
    cr_assert_eq(seen.last_categories[2], 11);
}

Test(copy_decode, null_columns_lack_their_bit_and_hold_zero)
{
    static const uint16_t bits[] = {
        ROW_HAS_ID,       ROW_HAS_MEMBER,     ROW_HAS_KIND,  0, ROW_HAS_ORDER, ROW_HAS_ITEM,
        ROW_HAS_DISCOUNT, ROW_HAS_CATEGORIES, ROW_HAS_POINTS};
    static const int sizes[] = {8, 8, 2, 8, 8, 8, 8, 0, 4};
    for (int null = 0; null < EVENT_COLUMN_COUNT; null++) {
        Stream stream = {.size = 0};
        put_header(&stream, 0, 0);
        put_number(&stream, EVENT_COLUMN_COUNT, 2);
        for (int column = 0; column < EVENT_COLUMN_COUNT; column++) {
            if (column == null) {
                put_null(&stream);
            } else if (sizes[column] == 0) {
                put_array(&stream, categories, 4);
            } else {
                put_field(&stream, 5, sizes[column]);
            }
        }
        put_trailer(&stream);
        Seen seen = {0};
        Error error = {0};
        cr_assert(decode(&stream, stream.size, &seen, &error), "%s", error.message);
        if (bits[null] == 0) {
            /* A row without occurred_at lies in no span of time. */
            cr_assert_eq(seen.rows, 0);
            continue;
        }
        cr_assert_eq(seen.rows, 1);
        cr_assert_eq(seen.last.present, (uint16_t)(0x1ff & ~bits[null]));
        const int64_t sum = seen.last.event_id + seen.last.member_id + seen.last.kind +
                            seen.last.occurred_at_us + seen.last.order_id + seen.last.item_cents +
                            seen.last.discount_cents + seen.last.points;
        cr_assert_eq(sum, bits[null] == ROW_HAS_CATEGORIES ? 40 : 35);
        cr_assert_eq(seen.last.category_count, bits[null] == ROW_HAS_CATEGORIES ? 0 : 3);
    }
}

Test(copy_decode, a_row_of_nothing_but_a_time)
{
    Stream stream = {.size = 0};
    put_header(&stream, 0, 0);
    put_number(&stream, EVENT_COLUMN_COUNT, 2);
    for (int column = 0; column < EVENT_COLUMN_COUNT; column++) {
        if (column == 3) {
            put_field(&stream, 5, 8);
        } else {
            put_null(&stream);
        }
    }
    put_trailer(&stream);
    Seen seen = {0};
    Error error = {0};
    cr_assert(decode(&stream, stream.size, &seen, &error), "%s", error.message);
    cr_assert_eq(seen.rows, 1);
    cr_expect_eq(seen.last.present, ROW_HAS_OCCURRED_AT);
    cr_expect_eq(seen.last.occurred_at_us, 5);
}

/* More than half of what a row may be; all in one piece, and in many. */
Test(copy_decode, an_array_of_half_a_row)
{
    enum { NULLS = COPY_ROW_BYTES_MAX / 8 + 1 };
    static unsigned char array[NULLS * 4];
    memset(array, 0xff, sizeof array);
    static unsigned char bytes[COPY_ROW_BYTES_MAX];
    Stream begin = {.size = 0};
    Stream end = {.size = 0};
    put_header(&begin, 0, 0);
    put_number(&begin, EVENT_COLUMN_COUNT, 2);
    for (int column = 0; column < 7; column++) {
        put_field(&begin, 5, column == 2 ? 2 : 8);
    }
    const int64_t head[] = {20 + sizeof array, 1, 1, 23, NULLS, 1};
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
        put_number(&begin, head[i], 4);
    }
    put_field(&end, 6, 4);
    put_trailer(&end);
    memcpy(bytes, begin.bytes, begin.size);
    memcpy(bytes + begin.size, array, sizeof array);
    memcpy(bytes + begin.size + sizeof array, end.bytes, end.size);
    size_t size = begin.size + sizeof array + end.size;
    for (size_t piece = size; piece > 4000; piece /= 4) {
        Seen seen = {0};
        Error error = {0};
        CLEANUP_DECODER CopyDecoder *decoder =
            copy_decoder_create_events(INT64_MIN, INT64_MAX, see_events, &seen);
        for (size_t at = 0; at < size; at += piece) {
            cr_assert(copy_decoder_push(decoder, bytes + at, size - at < piece ? size - at : piece,
                                        &error),
                      "%s", error.message);
        }
        cr_assert(copy_decoder_finish(decoder, &error), "%s", error.message);
        cr_expect_eq(seen.rows, 1);
        cr_expect_eq(seen.last.points, 6);
        cr_expect_eq(seen.last.category_count, 0);
    }
}

Test(copy_decode, a_split_at_any_byte_gives_the_same_rows)
{
    Stream stream = {.size = 0};
    put_header(&stream, 0xffff, 5); /* flags that may be ignored, and an extension */
    put_bytes(&stream, "hello", 5);
    for (int64_t row = 0; row < 70; row++) {
        EventRow event = sample;
        event.event_id = row;
        put_event(&stream, &event, (int)(row % 6) - 1 > 4 ? 4 : (int)(row % 6) - 1);
    }
    put_trailer(&stream);
    Seen whole = {0};
    Error error = {0};
    cr_assert(decode(&stream, stream.size, &whole, &error), "%s", error.message);
    cr_assert_eq(whole.rows, 70);
    for (size_t split = 0; split <= stream.size; split++) {
        Seen seen = {0};
        CLEANUP_DECODER CopyDecoder *decoder =
            copy_decoder_create_events(INT64_MIN, INT64_MAX, see_events, &seen);
        cr_assert(copy_decoder_push(decoder, stream.bytes, split, &error));
        cr_assert(copy_decoder_push(decoder, stream.bytes + split, stream.size - split, &error));
        cr_assert(copy_decoder_finish(decoder, &error));
        cr_assert_eq(copy_decoder_row_count(decoder), 70);
        cr_assert_eq(seen.fold, whole.fold, "split at %zu", split);
    }
    for (size_t piece = 1; piece < 200; piece++) {
        Seen seen = {0};
        cr_assert(decode(&stream, piece, &seen, &error));
        cr_assert_eq(seen.fold, whole.fold, "pieces of %zu", piece);
    }
}

Test(copy_decode, batches_hold_at_most_64_rows_and_their_categories)
{
    static const size_t counts[] = {0, 1, 63, 64, 65, 127, 128, 129};
    for (size_t index = 0; index < sizeof counts / sizeof counts[0]; index++) {
        Stream stream = {.size = 0};
        put_header(&stream, 0, 0);
        for (size_t row = 0; row < counts[index]; row++) {
            put_event(&stream, &sample, 4);
        }
        put_trailer(&stream);
        Seen seen = {0};
        Error error = {0};
        cr_assert(decode(&stream, stream.size, &seen, &error));
        cr_assert_eq(seen.rows, counts[index]);
        cr_assert_eq(seen.batches, (counts[index] + 63) / 64);
        cr_assert_leq(seen.largest_batch, COPY_BATCH_ROWS);
    }
}

Test(copy_decode, only_rows_of_the_span_reach_the_sink)
{
    static const int64_t times[] = {INT64_MIN, 99, 100, 199, 200, INT64_MAX};
    static const bool wanted[] = {false, false, true, true, false, false};
    for (size_t index = 0; index < sizeof times / sizeof times[0]; index++) {
        Stream stream = {.size = 0};
        EventRow event = sample;
        event.occurred_at_us = times[index];
        put_header(&stream, 0, 0);
        put_event(&stream, &event, 4);
        put_trailer(&stream);
        Seen seen = {0};
        Error error = {0};
        CLEANUP_DECODER CopyDecoder *decoder =
            copy_decoder_create_events(100, 200, see_events, &seen);
        cr_assert(copy_decoder_push(decoder, stream.bytes, stream.size, &error));
        cr_assert(copy_decoder_finish(decoder, &error));
        cr_assert_eq(copy_decoder_row_count(decoder), 1);
        cr_assert_eq(seen.rows, wanted[index] ? 1 : 0);
    }
}

Test(copy_decode, arrays_of_several_dimensions_are_flattened)
{
    Stream stream = {.size = 0};
    put_header(&stream, 0, 0);
    put_number(&stream, EVENT_COLUMN_COUNT, 2);
    for (int column = 0; column < 7; column++) {
        put_field(&stream, 1, column == 2 ? 2 : 8);
    }
    put_number(&stream, 12 + 16 + 4 * 8, 4);
    static const int head[] = {2, 0, 23, 2, 1, 2, -5};
    for (size_t index = 0; index < sizeof head / sizeof head[0]; index++) {
        put_number(&stream, head[index], 4);
    }
    for (int value = 1; value <= 4; value++) {
        put_field(&stream, value, 4);
    }
    put_null(&stream);
    put_trailer(&stream);
    Seen seen = {0};
    Error error = {0};
    cr_assert(decode(&stream, 1, &seen, &error), "%s", error.message);
    cr_assert_eq(seen.last.category_count, 4);
    cr_assert_eq(seen.last_categories[3], 4);
}

Test(copy_decode, damage_is_named_with_its_place)
{
    Stream stream = one_event();
    stream.bytes[0] = 'p';
    expect_malformed(&stream, 0, "no COPY signature");

    stream = one_event();
    stream.bytes[12] = 1; /* bit 16: rows with OIDs */
    expect_malformed(&stream, 11, "unknown flags");
    stream.bytes[12] = 0;
    stream.bytes[11] = 0x80;
    expect_malformed(&stream, 11, "unknown flags");

    stream = one_event();
    stream.bytes[15] = 0xff;
    expect_malformed(&stream, 15, "a negative extension");

    stream = one_event();
    stream.bytes[20] = 8;
    expect_malformed(&stream, 19, "a row with another number of fields");

    stream = one_event();
    stream.bytes[21] = 0xff; /* the first field's size */
    expect_malformed(&stream, 21, "a field with a negative size");

    stream = one_event();
    put_bytes(&stream, "x", 1);
    expect_malformed(&stream, (unsigned)stream.size - 1, "bytes after the trailer");

    stream = one_event();
    stream.size -= 1;
    expect_malformed(&stream, (unsigned)stream.size, "the stream ends without a trailer");
    stream.size = 0;
    Seen seen = {0};
    Error error = {0};
    cr_assert_not(decode(&stream, 1, &seen, &error));
}

Test(copy_decode, a_field_of_another_size_is_damage)
{
    static const int sizes[] = {8, 8, 2, 8, 8, 8, 8, 0, 4};
    for (int wrong = 0; wrong < EVENT_COLUMN_COUNT; wrong++) {
        Stream stream = {.size = 0};
        put_header(&stream, 0, 0);
        put_number(&stream, EVENT_COLUMN_COUNT, 2);
        for (int column = 0; column < EVENT_COLUMN_COUNT; column++) {
            if (sizes[column] == 0 && column != wrong) {
                put_array(&stream, categories, 4);
            } else {
                put_field(&stream, 0, column == wrong ? 1 : sizes[column]);
            }
        }
        put_trailer(&stream);
        Seen seen = {0};
        Error error = {0};
        cr_assert_not(decode(&stream, stream.size, &seen, &error), "column %d", wrong);
        cr_assert_eq(error.code, EXIT_BUG);
    }
}

Test(copy_decode, arrays_that_lie_are_damage)
{
    /* The array's head begins after 19 + 2 + 7 * 4 + 6 * 8 + 2 + 4 bytes. */
    enum { HEAD = 103 };
    static const struct {
        int offset;
        unsigned char byte;
        const char *what;
    } lies[] = {
        {HEAD + 3, 7, "no array of integers"},    /* dimensions */
        {HEAD + 0, 0x80, "no array of integers"}, /* a negative number of them */
        {HEAD + 7, 2, "no array of integers"},    /* the flag for NULLs */
        {HEAD + 11, 20, "no array of integers"},  /* the type: bigint */
        {HEAD + 12, 0x7f, "an array with more elements than bytes"},
        {HEAD + 12, 0xff, "an array with more elements than bytes"},
        {HEAD + 15, 5, "an array that ends too early"},
        {HEAD + 15, 3, "an array with bytes after its last element"},
        {HEAD + 3, 0, "an array with bytes after its last element"},
        {HEAD + 23, 3, "an array's element that is no integer"},
        {HEAD + 20, 0xff, "an array's element that is no integer"},
    };
    for (size_t index = 0; index < sizeof lies / sizeof lies[0]; index++) {
        Stream stream = one_event();
        stream.bytes[lies[index].offset] = lies[index].byte;
        expect_malformed(&stream, HEAD, lies[index].what);
    }
}

Test(copy_decode, a_row_that_is_too_long_fails_before_its_bytes_have_come)
{
    Stream stream = {.size = 0};
    put_header(&stream, 0, 0);
    put_number(&stream, EVENT_COLUMN_COUNT, 2);
    put_number(&stream, INT32_MAX, 4);
    Seen seen = {0};
    Error error = {0};
    cr_assert_not(decode(&stream, 1, &seen, &error));
    cr_assert_eq(error.code, EXIT_DATA);
    cr_assert_str_eq(error.message,
                     "a row of the COPY data at byte 19 is longer than 1048576 bytes");
}

Test(copy_decode, the_sinks_error_ends_it_for_good)
{
    Stream stream = {.size = 0};
    put_header(&stream, 0, 0);
    for (int row = 0; row < 65; row++) {
        put_event(&stream, &sample, 4);
    }
    put_trailer(&stream);
    Seen seen = {.fail_at = 10};
    Error error = {0};
    CLEANUP_DECODER CopyDecoder *decoder =
        copy_decoder_create_events(INT64_MIN, INT64_MAX, see_events, &seen);
    cr_assert_not(copy_decoder_push(decoder, stream.bytes, stream.size, &error));
    cr_assert_str_eq(error.message, "the sink has enough");
    cr_assert_not(copy_decoder_push(decoder, stream.bytes, 1, &error));
    cr_assert_not(copy_decoder_finish(decoder, &error));
    cr_assert_eq(seen.rows, 10);
}

/* Whatever happens to the bytes: no crash, and the same outcome however they are split. */
Test(copy_decode, random_damage_never_harms)
{
    enum { ROUNDS = 20000 };
    uint64_t seed = 20250214;
    Stream good = {.size = 0};
    put_header(&good, 0, 2);
    put_bytes(&good, "ab", 2);
    for (int row = 0; row < 66; row++) {
        put_event(&good, &sample, row % 5);
    }
    put_trailer(&good);
    size_t failures = 0;
    for (int round = 0; round < ROUNDS; round++) {
        Stream bad = good;
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t changes = 1 + (seed >> 60);
        for (size_t change = 0; change < changes; change++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            /* Half of the rounds damage the first few rows only, where they are sure to be met. */
            size_t range = round % 2 == 0 ? 300 : bad.size;
            bad.bytes[(seed >> 33) % range] = (unsigned char)(seed >> 20 & 0xff);
        }
        if (round % 7 == 0) {
            bad.size = (seed >> 40) % bad.size;
        }
        Seen whole = {0};
        Seen pieces = {0};
        Error whole_error = {0};
        Error pieces_error = {0};
        bool whole_good = decode(&bad, bad.size + 1, &whole, &whole_error);
        bool pieces_good = decode(&bad, 1 + (seed >> 50) % 300, &pieces, &pieces_error);
        cr_assert_eq(whole_good, pieces_good, "round %d", round);
        cr_assert_eq(whole.fold, pieces.fold, "round %d", round);
        cr_assert_str_eq(whole_error.message, pieces_error.message, "round %d", round);
        cr_assert(whole_good || whole_error.message[0] != '\0');
        failures += whole_good ? 0 : 1;
    }
    cr_assert_gt(failures, ROUNDS / 10);
    cr_assert_lt(failures, ROUNDS);
}

Test(copy_decode, fields_that_add_up_to_too_long_a_row)
{
    enum { HALF = COPY_ROW_BYTES_MAX / 2 };
    static unsigned char half[HALF];
    Error error = {0};
    CLEANUP_DECODER CopyDecoder *decoder = copy_decoder_create_rows(2, NULL, NULL);
    Stream stream = {.size = 0};
    put_header(&stream, 0, 0);
    put_number(&stream, 2, 2);
    put_number(&stream, HALF, 4);
    cr_assert(copy_decoder_push(decoder, stream.bytes, stream.size, &error));
    cr_assert(copy_decoder_push(decoder, half, HALF, &error));
    stream.size = 0;
    put_number(&stream, HALF, 4);
    cr_assert_not(copy_decoder_push(decoder, stream.bytes, stream.size, &error));
    cr_expect_eq(error.code, EXIT_DATA);
    cr_expect_str_eq(error.message,
                     "a row of the COPY data at byte 19 is longer than 1048576 bytes");
}

/* What is kept of one piece may be much more than what was kept of an earlier one. */
Test(copy_decode, a_short_rest_and_later_a_long_one)
{
    Stream stream = one_event();
    Seen seen = {0};
    Error error = {0};
    CopyDecoder *decoder = copy_decoder_create_events(INT64_MIN, INT64_MAX, see_events, &seen);
    static const size_t cuts[] = {3, 19, 150};
    size_t from = 0;
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        cr_assert(copy_decoder_push(decoder, stream.bytes + from, cuts[i] - from, &error));
        from = cuts[i];
    }
    cr_assert(copy_decoder_push(decoder, stream.bytes + from, stream.size - from, &error));
    cr_assert(copy_decoder_finish(decoder, &error));
    cr_expect_eq(seen.rows, 1);
    cr_expect_eq(seen.last_categories[2], 11);
    copy_decoder_destroy(&decoder);
    cr_expect_null(decoder);
    copy_decoder_destroy(&decoder);
}

Test(copy_decode, an_array_that_ends_within_an_element)
{
    Stream stream = {.size = 0};
    put_header(&stream, 0, 0);
    put_number(&stream, EVENT_COLUMN_COUNT, 2);
    for (int column = 0; column < 7; column++) {
        put_field(&stream, 1, column == 2 ? 2 : 8);
    }
    put_number(&stream, 12 + 8 + 4 + 2, 4);
    static const int head[] = {1, 0, 23, 1, 1, 4};
    for (size_t index = 0; index < sizeof head / sizeof head[0]; index++) {
        put_number(&stream, head[index], 4);
    }
    put_number(&stream, 7, 2); /* two bytes of four */
    put_null(&stream);
    put_trailer(&stream);
    expect_malformed(&stream, 103, "an array's element that is no integer");
}
