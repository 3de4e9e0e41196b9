/*
 * Texts to numbers, times and relation names: at each boundary, and one beyond.
 */
#include "config/scalar.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

#define UNTOUCHED INT64_C(-4242)
#define US_PER_DAY (INT64_C(86400) * 1000000)

typedef struct DecimalCase {
    const char *text;
    size_t decimals;
    NumberFault fault;
    int64_t value; /* UNTOUCHED where the fault says so */
} DecimalCase;

static const DecimalCase decimal_cases[] = {
    {"0", 0, NUMBER_OK, 0},
    {"-0", 0, NUMBER_OK, 0},
    {"101", 0, NUMBER_OK, 101},
    {"-101", 0, NUMBER_OK, -101},
    {"9223372036854775807", 0, NUMBER_OK, INT64_MAX},
    {"9223372036854775808", 0, NUMBER_TOO_LARGE, UNTOUCHED},
    {"-9223372036854775808", 0, NUMBER_OK, INT64_MIN},
    {"-9223372036854775809", 0, NUMBER_TOO_LARGE, UNTOUCHED},
    {"99999999999999999999999999999999", 0, NUMBER_TOO_LARGE, UNTOUCHED},
    {"1.0", 0, NUMBER_DECIMALS, UNTOUCHED},
    {"01", 0, NUMBER_LEADING_ZERO, UNTOUCHED},
    {"00", 0, NUMBER_LEADING_ZERO, UNTOUCHED},
    {"-01", 0, NUMBER_LEADING_ZERO, UNTOUCHED},
    {"0", 2, NUMBER_OK, 0},
    {"2", 2, NUMBER_OK, 200},
    {"2.0", 2, NUMBER_OK, 200},
    {"2.5", 2, NUMBER_OK, 250},
    {"2.05", 2, NUMBER_OK, 205},
    {"0.01", 2, NUMBER_OK, 1},
    {"-0.01", 2, NUMBER_OK, -1},
    {"1.99", 2, NUMBER_OK, 199},
    {"1.999", 2, NUMBER_DECIMALS, UNTOUCHED},
    {"1.990", 2, NUMBER_DECIMALS, UNTOUCHED},
    {"92233720368547758.07", 2, NUMBER_OK, INT64_MAX},
    {"92233720368547758.08", 2, NUMBER_TOO_LARGE, UNTOUCHED},
    {"92233720368547759", 2, NUMBER_TOO_LARGE, UNTOUCHED},
    {"00.5", 2, NUMBER_LEADING_ZERO, UNTOUCHED},
    {"", 2, NUMBER_NOT_ONE, UNTOUCHED},
    {"-", 2, NUMBER_NOT_ONE, UNTOUCHED},
    {".", 2, NUMBER_NOT_ONE, UNTOUCHED},
    {".5", 2, NUMBER_NOT_ONE, UNTOUCHED},
    {"5.", 2, NUMBER_NOT_ONE, UNTOUCHED},
    {"+5", 2, NUMBER_NOT_ONE, UNTOUCHED},
    {"--5", 2, NUMBER_NOT_ONE, UNTOUCHED},
    {"5-", 2, NUMBER_NOT_ONE, UNTOUCHED},
    {"1e2", 2, NUMBER_NOT_ONE, UNTOUCHED},
    {"1,5", 2, NUMBER_NOT_ONE, UNTOUCHED},
    {"1.5.5", 2, NUMBER_NOT_ONE, UNTOUCHED},
    {"0x10", 2, NUMBER_NOT_ONE, UNTOUCHED},
    {" 1", 2, NUMBER_NOT_ONE, UNTOUCHED},
    {"1 ", 2, NUMBER_NOT_ONE, UNTOUCHED},
    {"١", 2, NUMBER_NOT_ONE, UNTOUCHED}, /* an Arabic digit */
    {"nan", 2, NUMBER_NOT_ONE, UNTOUCHED},
};

Test(config_scalar, decimals)
{
    for (size_t i = 0; i < sizeof decimal_cases / sizeof decimal_cases[0]; i++) {
        const DecimalCase *test = &decimal_cases[i];
        int64_t value = UNTOUCHED;
        NumberFault fault = scalar_decimal(test->text, strlen(test->text), test->decimals, &value);
        cr_expect(fault == test->fault, "\"%s\": fault %d", test->text, fault);
        cr_expect(value == test->value, "\"%s\": value %" PRId64, test->text, value);
    }
}

/* A text ends at its length, not at a zero byte. */
Test(config_scalar, length_counts)
{
    int64_t value = UNTOUCHED;
    cr_expect(scalar_decimal("123", 2, 0, &value) == NUMBER_OK && value == 12);
    cr_expect(scalar_decimal("1\0002", 3, 0, &value) == NUMBER_NOT_ONE && value == 12);
    cr_expect(!scalar_local_time("2025-01-0\0001", 11, &value) && value == 12);
    cr_expect(!scalar_local_time("2025-01-01\0", 11, &value) && value == 12);
}

Test(config_scalar, json_numbers)
{
    static const char *const yes[] = {"0", "-1", "25.00", "0.12345678901234567890",
                                      "123456789012345678901234567890"};
    static const char *const no[] = {"", "-", "01", "1.", ".1", "1e5", "+1", "0x1", "1_0", "NaN"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        cr_expect(scalar_is_decimal(yes[i], strlen(yes[i])), "\"%s\"", yes[i]);
    }
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        cr_expect(!scalar_is_decimal(no[i], strlen(no[i])), "\"%s\"", no[i]);
    }
}

typedef struct TimeCase {
    const char *text;
    int64_t local_us;
} TimeCase;

static const TimeCase time_cases[] = {
    {"2000-01-01", 0},
    {"2000-01-01T00:00", 0},
    {"2000-01-01T00:00:00", 0},
    {"2000-01-01T00:00:01", INT64_C(1000000)},
    {"2000-01-01T00:01", INT64_C(60000000)},
    {"2000-01-01T23:59:59", US_PER_DAY - 1000000},
    {"2000-01-02", US_PER_DAY},
    {"1999-12-31", -US_PER_DAY},
    {"1999-12-31T23:59:59", -1000000},
    {"2000-02-29", 59 * US_PER_DAY},
    {"2024-02-29T12:00", 8825 * US_PER_DAY + US_PER_DAY / 2},
    {"0001-01-01", -730119 * US_PER_DAY},
    {"9999-12-31", 2921939 * US_PER_DAY},
};

static const char *const no_times[] = {
    "",
    "2025",
    "2025-01",
    "2025-00-01",
    "2025-01-00",
    "2025-01-32",
    "2025-02-29",
    "1900-02-29",
    "2025-13-01",
    "0000-01-01",
    "2025-1-1",
    "25-01-01",
    "2025/01/01",
    "2025-01-01T",
    "2025-01-01T1",
    "2025-01-01T24:00",
    "2025-01-01T23:60",
    "2025-01-01T23:59:60",
    "2025-01-01T2:30",
    "2025-01-01T-1:30",
    "2025-01-01T12.30",
    "2025-01-01T12:30.15",
    "2025-01-01T12:30:15Z",
    "2025-01-01T12:30:15.5",
    "2025-01-01 12:30",
    "2025-01-01t12:30",
    "2025-01-01 ",
};

Test(config_scalar, local_times)
{
    for (size_t i = 0; i < sizeof time_cases / sizeof time_cases[0]; i++) {
        const TimeCase *test = &time_cases[i];
        int64_t local_us = UNTOUCHED;
        cr_expect(scalar_local_time(test->text, strlen(test->text), &local_us), "\"%s\"",
                  test->text);
        cr_expect(local_us == test->local_us, "\"%s\": %" PRId64, test->text, local_us);
    }
    for (size_t i = 0; i < sizeof no_times / sizeof no_times[0]; i++) {
        int64_t local_us = UNTOUCHED;
        cr_expect(!scalar_local_time(no_times[i], strlen(no_times[i]), &local_us), "\"%s\"",
                  no_times[i]);
        cr_expect(local_us == UNTOUCHED, "\"%s\" touched the result", no_times[i]);
    }
}

#define LETTERS_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const char *const relations[] = {
    "member",         "loyalty.member",     "_m.v_2$",       "Loyalty.Member",
    "größe.mitglied", "\"my schema\".view", "\"a.b\"",       "\"say \"\"hi\"\"\"",
    "a.\"b\"",        "\"a\".\"b\"",        LETTERS_63 ".m", "\"" LETTERS_63 "\"",
};

static const char *const no_relations[] = {
    "",
    ".",
    "a.",
    ".a",
    "a.b.c",
    "a b",
    "a;b",
    "1a",
    "$a",
    "a-b",
    "\"\"",
    "\"",
    "\"a",
    "a\"",
    "\"a\"b",
    "\"a\".\"\"",
    "\"a\"\"",
    "a..b",
    "a. b",
    "a.b ",
    "a\"b\"",
    LETTERS_63 "a",
    "\"" LETTERS_63 "a\"",
    "a'b",
};

Test(config_scalar, relations)
{
    for (size_t i = 0; i < sizeof relations / sizeof relations[0]; i++) {
        cr_expect(scalar_is_relation(relations[i]), "%s", relations[i]);
    }
    for (size_t i = 0; i < sizeof no_relations / sizeof no_relations[0]; i++) {
        cr_expect(!scalar_is_relation(no_relations[i]), "%s", no_relations[i]);
    }
}
