#include "programme/period.h"

#include <stdio.h>
#include <string.h>

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static int32_t digits(const char *text, size_t count)
{
    int32_t value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* True if text starts with the digits and dashes of `shape` ("0000-00"), and ends there. */
static bool has_shape(const char *text, const char *shape)
{
    for (; *shape != '\0'; shape++, text++) {
        if (*shape == '0' ? !is_digit(*text) : *text != *shape) {
            return false;
        }
    }
    return *text == '\0';
}

bool period_parse(const char *text, Period *ret_period, Error *reterr)
{
    if (has_shape(text, "0000-00")) {
        int32_t year = digits(text, 4);
        int32_t month = digits(text + 5, 2);
        if (year >= 1 && month >= 1 && month <= 12) {
            *ret_period = year * 12 + month - 1;
            return true;
        }
    }
    return error_set(reterr, EXIT_USAGE, "write a month as YYYY-MM, for example 2025-01.",
                     "\"%.40s\" is not a month", text);
}

const char *period_format(Period period, char text[PERIOD_TEXT_BYTES])
{
    (void)snprintf(text, PERIOD_TEXT_BYTES, "%04u-%02u", (unsigned)(period / 12) % 10000U,
                   (unsigned)(period % 12 + 1) % 100U);
    return text;
}

bool day_parse(const char *text, LocalDay *ret_day, Error *reterr)
{
    if (has_shape(text, "0000-00-00")) {
        Date date = {digits(text, 4), digits(text + 5, 2), digits(text + 8, 2)};
        if (date.year >= 1 && date.month >= 1 && date.month <= 12) {
            LocalDay day = day_from_date(date);
            /* 30 February, and any day 0, turns into another month's on the way back. */
            if (day_to_date(day).month == date.month) {
                *ret_day = day;
                return true;
            }
        }
    }
    return error_set(reterr, EXIT_USAGE, "write a day as YYYY-MM-DD, for example 2025-01-31.",
                     "\"%.40s\" is not a day", text);
}

const char *day_format(LocalDay day, char text[DAY_TEXT_BYTES])
{
    Date date = day_to_date(day);
    (void)snprintf(text, DAY_TEXT_BYTES, "%04u-%02u-%02u", (unsigned)date.year % 10000U,
                   (unsigned)date.month % 100U, (unsigned)date.day % 100U);
    return text;
}

Period period_of_day(LocalDay day)
{
    Date date = day_to_date(day);
    return date.year * 12 + date.month - 1;
}

LocalDay period_first_day(Period period)
{
    return day_from_date((Date){period / 12, period % 12 + 1, 1});
}

LocalDay period_last_day(Period period)
{
    return period_first_day(period + 1) - 1;
}

Period window_first(Period period, int32_t window_months)
{
    return period - window_months + 1;
}

LocalDay period_next_month_day(Period period, int32_t day_of_month)
{
    return period_first_day(period + 1) + day_of_month - 1;
}
