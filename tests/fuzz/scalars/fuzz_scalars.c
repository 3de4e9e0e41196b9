/*
 * libFuzzer: periods, days, times, amounts, relations and characters. What is taken is written back
 * and must be what was read; amounts are read a second time by the C library.
 */
#include "../require.h"
#include "config/characters.h"
#include "config/scalar.h"
#include "programme/period.h"

#include <errno.h>
#include <stdio.h>

static void check_refused(const Error *error)
{
    require(error->code == EXIT_USAGE && error->message[0] != '\0' && error->hint[0] != '\0');
}

static void check_period(const char *text)
{
    Period period = -1;
    Error error = {0};
    if (!period_parse(text, &period, &error)) {
        check_refused(&error);
        require(period == -1);
        return;
    }
    char back[PERIOD_TEXT_BYTES];
    require(period >= PERIOD_FIRST && period <= PERIOD_LAST);
    require(strcmp(period_format(period, back), text) == 0);
    require(period_of_day(period_first_day(period)) == period);
    require(period_of_day(period_last_day(period)) == period);
    require(period_of_day(period_last_day(period) + 1) == period + 1);
}

static void check_day(const char *text)
{
    const LocalDay untouched = INT32_MAX;
    LocalDay day = untouched;
    Error error = {0};
    if (!day_parse(text, &day, &error)) {
        check_refused(&error);
        require(day == untouched);
        return;
    }
    char back[DAY_TEXT_BYTES];
    require(strcmp(day_format(day, back), text) == 0);
}

/* Any day that PostgreSQL's type date can hold. */
static void check_day_number(const unsigned char *data, size_t size)
{
    const LocalDay first = -2451545;
    const LocalDay last = 2145031948;
    LocalDay day = 0;
    if (size < sizeof day) {
        return;
    }
    memcpy(&day, data, sizeof day);
    if (day >= first && day <= last) {
        Date date = day_to_date(day);
        require(date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31);
        require(day_from_date(date) == day);
    }
}

/* The amount without its point and with all its places, as strtoll reads it; false: too large. */
static bool read_again(const char *text, size_t length, size_t decimals, int64_t *ret_value)
{
    const char *point = memchr(text, '.', length);
    size_t places = point == NULL ? 0 : length - (size_t)(point - text) - 1;
    char *digits = malloc(length + decimals + 1);
    require(digits != NULL);
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '.') {
            digits[count++] = text[i];
        }
    }
    for (; places < decimals; places++) {
        digits[count++] = '0';
    }
    digits[count] = '\0';
    char *end = NULL;
    errno = 0;
    *ret_value = strtoll(digits, &end, 10);
    bool fits = errno == 0;
    require(*end == '\0');
    free(digits);
    return fits;
}

static void check_amount(const char *text, size_t length)
{
    for (size_t decimals = 0; decimals <= 2; decimals++) {
        int64_t value = -42;
        int64_t again = 0;
        NumberFault fault = scalar_decimal(text, length, decimals, &value);
        require(fault == NUMBER_OK || value == -42);
        if (fault == NUMBER_OK) {
            require(read_again(text, length, decimals, &again) && again == value);
        } else if (fault == NUMBER_TOO_LARGE) {
            require(!read_again(text, length, decimals, &again));
        }
        bool is_one = fault != NUMBER_NOT_ONE && fault != NUMBER_LEADING_ZERO;
        require(scalar_is_decimal(text, length) == is_one);
    }
}

static void check_local_time(const char *text, size_t length)
{
    int64_t local_us = INT64_MIN;
    if (!scalar_local_time(text, length, &local_us)) {
        require(local_us == INT64_MIN);
        return;
    }
    const int64_t day_us = INT64_C(86400000000);
    int64_t day = local_us >= 0 ? local_us / day_us : (local_us - day_us + 1) / day_us;
    int64_t second = (local_us - day * day_us) / 1000000;
    char date[DAY_TEXT_BYTES];
    char back[64];
    int written = snprintf(back, sizeof back, "%sT%02d:%02d:%02d", day_format((LocalDay)day, date),
                           (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
    require(written == (int)strlen("YYYY-MM-DDTHH:MM:SS"));
    /* Midnight and full minutes may be written shorter. */
    require(length <= (size_t)written && memcmp(back, text, length) == 0);
    require(strspn(back + length, "T0:") == (size_t)written - length);
}

/* Nothing may stand behind a relation's name: it goes into SQL. */
static void check_relation(const char *text)
{
    if (!scalar_is_relation(text)) {
        return;
    }
    size_t length = strlen(text);
    char *longer = malloc(length + 2);
    require(length > 0 && longer != NULL);
    memcpy(longer, text, length);
    longer[length + 1] = '\0';
    for (const char *next = "; ('-."; *next != '\0'; next++) {
        longer[length] = *next;
        require(!scalar_is_relation(longer));
    }
    free(longer);
}

static size_t encode(uint32_t character, unsigned char bytes[4])
{
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t size = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = size; i-- > 1; character >>= 6) {
        bytes[i] = (unsigned char)(0x80U | (character & 0x3FU));
    }
    bytes[0] = (unsigned char)(marks[size] | character);
    return size;
}

static void check_characters(const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t character = 0;
        unsigned char back[4];
        size_t size = character_decode(text + at, length - at, &character);
        if (size > 0) {
            require(size <= length - at && character <= 0x10FFFF);
            require(encode(character, back) == size && memcmp(back, text + at, size) == 0);
            (void)character_is_unprintable(character);
        }
        at += size == 0 ? 1 : size;
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char *text = copy_text(data, size);
    check_period(text);
    check_day(text);
    check_relation(text);
    free(text);

    /* Without the zero byte: these are told the length. */
    text = malloc(size > 0 ? size : 1);
    require(text != NULL);
    if (size > 0) {
        memcpy(text, data, size);
    }
    check_amount(text, size);
    check_local_time(text, size);
    check_characters(text, size);
    free(text);
    check_day_number(data, size);
    return 0;
}
