/* The cursor over rows of any relation, and what is written: what copy_encode writes, it reads. */
#include "ledger/copy_decode.h"
#include "ledger/copy_encode.h"

#include <criterion/criterion.h>
#include <string.h>

typedef struct Values {
    bool present[7];
    int64_t big;
    int32_t integer;
    int16_t small;
    bool flag;
    int32_t day;
    char text[32];
    size_t rows;
} Values;

static bool take_all(void *context, CopyRow *row, Error *reterr)
{
    Values *values = context;
    const char *text = NULL;
    size_t size = 0;
    values->rows++;
    if (!copy_row_int64(row, &values->present[0], &values->big, reterr) ||
        !copy_row_int32(row, &values->present[1], &values->integer, reterr) ||
        !copy_row_int16(row, &values->present[2], &values->small, reterr) ||
        !copy_row_bool(row, &values->present[3], &values->flag, reterr) ||
        !copy_row_date(row, &values->present[4], &values->day, reterr) ||
        !copy_row_text(row, &values->present[5], &text, &size, reterr)) {
        return false;
    }
    cr_assert_lt(size, sizeof values->text);
    memcpy(values->text, text, size);
    values->text[size] = '\0';
    return true;
}

static bool decode(const CopyBuffer *buffer, int columns, CopyRowSink sink, void *context,
                   Error *error)
{
    CLEANUP_DECODER CopyDecoder *decoder = copy_decoder_create_rows(columns, sink, context);
    for (size_t at = 0; at < buffer->size; at += 3) {
        size_t left = buffer->size - at;
        if (!copy_decoder_push(decoder, buffer->bytes + at, left < 3 ? left : 3, error)) {
            return false;
        }
    }
    return copy_decoder_finish(decoder, error);
}

Test(copy_encode, writes_these_bytes)
{
    CopyBuffer buffer = {0};
    copy_encode_header(&buffer);
    copy_encode_row(&buffer, 7);
    copy_encode_int64(&buffer, -2);
    copy_encode_int32(&buffer, 0x01020304);
    copy_encode_int16(&buffer, -1);
    copy_encode_bool(&buffer, true);
    copy_encode_date(&buffer, 1);
    copy_encode_text(&buffer, "né");
    copy_encode_null(&buffer);
    copy_encode_trailer(&buffer);
    static const unsigned char expected[] = "PGCOPY\n\377\r\n\0"
                                            "\0\0\0\0\0\0\0\0"
                                            "\0\7"
                                            "\0\0\0\10\377\377\377\377\377\377\377\376"
                                            "\0\0\0\4\1\2\3\4"
                                            "\0\0\0\2\377\377"
                                            "\0\0\0\1\1"
                                            "\0\0\0\4\0\0\0\1"
                                            "\0\0\0\3n\303\251"
                                            "\377\377\377\377"
                                            "\377\377";
    cr_assert_eq(buffer.size, sizeof expected - 1);
    cr_assert(memcmp(buffer.bytes, expected, buffer.size) == 0);
    copy_encode_clear(&buffer);
    cr_assert_eq(buffer.size, 0);
    copy_encode_destroy(&buffer);
    cr_assert(buffer.bytes == NULL);
}

Test(copy_row, reads_what_copy_encode_writes)
{
    CopyBuffer buffer = {0};
    copy_encode_header(&buffer);
    for (int row = 0; row < 1000; row++) {
        copy_encode_row(&buffer, 6);
        copy_encode_int64(&buffer, INT64_MIN);
        copy_encode_int32(&buffer, INT32_MAX);
        copy_encode_int16(&buffer, INT16_MIN);
        copy_encode_bool(&buffer, true);
        copy_encode_date(&buffer, -730119);
        copy_encode_text(&buffer, "Diamond");
    }
    copy_encode_trailer(&buffer);
    Values values = {0};
    Error error = {0};
    cr_assert(decode(&buffer, 6, take_all, &values, &error), "%s", error.message);
    cr_assert_eq(values.rows, 1000);
    cr_assert_eq(values.big, INT64_MIN);
    cr_assert_eq(values.integer, INT32_MAX);
    cr_assert_eq(values.small, INT16_MIN);
    cr_assert(values.flag);
    cr_assert_eq(values.day, -730119);
    cr_assert_str_eq(values.text, "Diamond");
    for (int column = 0; column < 6; column++) {
        cr_assert(values.present[column]);
    }
    copy_encode_destroy(&buffer);
}

Test(copy_row, null_gives_zero_and_no_presence)
{
    CopyBuffer buffer = {0};
    copy_encode_header(&buffer);
    copy_encode_row(&buffer, 6);
    for (int column = 0; column < 5; column++) {
        copy_encode_null(&buffer);
    }
    copy_encode_text(&buffer, NULL);
    copy_encode_trailer(&buffer);
    Values values = {.big = 1, .integer = 1, .small = 1, .flag = true, .day = 1, .text = "x"};
    Error error = {0};
    cr_assert(decode(&buffer, 6, take_all, &values, &error), "%s", error.message);
    for (int column = 0; column < 6; column++) {
        cr_assert_not(values.present[column]);
    }
    cr_assert_eq(values.big + values.integer + values.small + values.flag + values.day, 0);
    cr_assert_str_eq(values.text, "");
    copy_encode_destroy(&buffer);
}

static bool must_have(void *context, CopyRow *row, Error *reterr)
{
    return copy_row_int64(row, NULL, context, reterr);
}

static bool take_two(void *context, CopyRow *row, Error *reterr)
{
    return copy_row_int64(row, NULL, context, reterr) && copy_row_int64(row, NULL, context, reterr);
}

Test(copy_row, asks_for_the_right_thing_or_fails)
{
    CopyBuffer buffer = {0};
    int64_t value = 42;
    Error error = {0};
    copy_encode_header(&buffer);
    copy_encode_row(&buffer, 1);
    copy_encode_null(&buffer);
    cr_assert_not(decode(&buffer, 1, must_have, &value, &error));
    cr_assert_eq(error.code, EXIT_DATA);
    cr_assert_str_eq(error.message,
                     "a column that must have a value is NULL (byte 21 of the COPY data)");
    cr_assert_eq(value, 42);

    copy_encode_clear(&buffer);
    copy_encode_header(&buffer);
    copy_encode_row(&buffer, 1);
    copy_encode_int32(&buffer, 1);
    cr_assert_not(decode(&buffer, 1, must_have, &value, &error));
    cr_assert_eq(error.code, EXIT_BUG);
    cr_assert_eq(value, 42);
    cr_assert_not(decode(&buffer, 2, must_have, &value, &error));
    cr_assert_str_eq(error.message,
                     "the COPY data of the database cannot be read at byte 19: a row with another "
                     "number of fields");

    copy_encode_clear(&buffer);
    copy_encode_header(&buffer);
    copy_encode_row(&buffer, 1);
    copy_encode_int64(&buffer, 1);
    cr_assert_not(decode(&buffer, 1, take_two, &value, &error));
    cr_assert_str_eq(error.message, "a row has fewer fields than were asked for");
    copy_encode_destroy(&buffer);
}

/* Every place of a split: the rows of any relation, as those of events. */
Test(copy_row, a_split_at_any_byte_gives_the_same_rows)
{
    CopyBuffer buffer = {0};
    copy_encode_header(&buffer);
    for (int row = 0; row < 3; row++) {
        copy_encode_row(&buffer, 6);
        copy_encode_int64(&buffer, row);
        copy_encode_int32(&buffer, -row);
        copy_encode_null(&buffer);
        copy_encode_bool(&buffer, row == 1);
        copy_encode_date(&buffer, 9000 + row);
        copy_encode_text(&buffer, row == 2 ? "" : "Diamond");
    }
    copy_encode_trailer(&buffer);
    for (size_t split = 0; split <= buffer.size; split++) {
        Values values = {.small = 7, .text = "x"};
        Error error = {0};
        CLEANUP_DECODER CopyDecoder *decoder = copy_decoder_create_rows(6, take_all, &values);
        cr_assert(copy_decoder_push(decoder, buffer.bytes, split, &error), "%s", error.message);
        cr_assert(copy_decoder_push(decoder, buffer.bytes + split, buffer.size - split, &error),
                  "split at %zu: %s", split, error.message);
        cr_assert(copy_decoder_finish(decoder, &error), "%s", error.message);
        cr_assert_eq(values.rows, 3, "split at %zu", split);
        cr_assert_eq(values.big, 2);
        cr_assert_eq(values.integer, -2);
        cr_assert_eq(values.small, 0);
        cr_assert_not(values.flag);
        cr_assert_eq(values.day, 9002);
        cr_assert_str_eq(values.text, "");
    }
    copy_encode_destroy(&buffer);
}

static bool no_field_is_left(void *context, CopyRow *row, Error *reterr)
{
    size_t *failures = context;
    int64_t big = 0;
    int32_t integer = 0;
    int16_t small = 0;
    bool flag = false;
    const char *text = NULL;
    size_t size = 0;
    cr_assert(copy_row_int64(row, NULL, &big, reterr));
    *failures += copy_row_int64(row, NULL, &big, reterr) ? 0 : 1;
    *failures += copy_row_int32(row, NULL, &integer, reterr) ? 0 : 1;
    *failures += copy_row_int16(row, NULL, &small, reterr) ? 0 : 1;
    *failures += copy_row_bool(row, NULL, &flag, reterr) ? 0 : 1;
    *failures += copy_row_date(row, NULL, &integer, reterr) ? 0 : 1;
    return copy_row_text(row, NULL, &text, &size, reterr);
}

Test(copy_row, a_field_too_many_is_an_error_of_every_type)
{
    CopyBuffer buffer = {0};
    copy_encode_header(&buffer);
    copy_encode_row(&buffer, 1);
    copy_encode_int64(&buffer, 1);
    size_t failures = 0;
    Error error = {0};
    cr_assert_not(decode(&buffer, 1, no_field_is_left, &failures, &error));
    cr_expect_eq(failures, 5);
    cr_expect_eq(error.code, EXIT_BUG);
    copy_encode_destroy(&buffer);
}

Test(copy_encode, bytes_of_no_length_are_not_null)
{
    CopyBuffer buffer = {0};
    copy_encode_row(&buffer, 2);
    copy_encode_bytes(&buffer, NULL, 0);
    copy_encode_bytes(&buffer, (const unsigned char *)"x", 1);
    static const unsigned char expected[] = "\0\2\0\0\0\0\0\0\0\1x";
    cr_assert_eq(buffer.size, sizeof expected - 1);
    cr_expect(memcmp(buffer.bytes, expected, buffer.size) == 0);
    copy_encode_destroy(&buffer);
}
