/*
 * programme/period: months, days, windows and the days that follow from a period (contract 1.2
 * to 1.5).
 */
#include "builders.h"
#include "programme/period.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(period, parses_and_writes_months)
{
    static const struct {
        const char *text;
        Period period;
    } cases[] = {
        {"2025-01", 2025 * 12},    {"2025-12", 2025 * 12 + 11}, {"2000-02", 2000 * 12 + 1},
        {"0001-01", PERIOD_FIRST}, {"9999-12", PERIOD_LAST},    {"1999-09", 1999 * 12 + 8},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Period period = -1;
        Error error = {0};
        char text[PERIOD_TEXT_BYTES];
        cr_expect(period_parse(cases[i].text, &period, &error), "%s", cases[i].text);
        cr_expect_eq(period, cases[i].period, "%s is %d", cases[i].text, period);
        cr_expect_eq(error.code, EXIT_DONE);
        cr_expect_str_eq(period_format(cases[i].period, text), cases[i].text);
    }
}

Test(period, refuses_what_is_not_a_month)
{
    static const char *const texts[] = {
        "",         "2025",     "2025-00",     "2025-13",  "2025-1",     "25-01",    "0000-01",
        "2025/01",  "2025-01 ", " 2025-01",    "2025-01-", "2025-01-01", "-025-01",  "+025-01",
        "2025-0x1", "2025-1a",  "２０２５-01", "2025-99",  "20250-1",    "10000-01",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        Period period = -77;
        Error error = {0};
        char message[128];
        (void)snprintf(message, sizeof message, "\"%.40s\" is not a month", texts[i]);
        cr_expect_not(period_parse(texts[i], &period, &error), "\"%s\" was taken", texts[i]);
        cr_expect_eq(period, -77, "\"%s\" touched ret_period", texts[i]);
        cr_expect_eq(error.code, EXIT_USAGE);
        cr_expect_str_eq(error.message, message);
        cr_expect_str_eq(error.hint, "write a month as YYYY-MM, for example 2025-01.");
    }
}

Test(period, cuts_a_long_text_in_the_message)
{
    Period period = 5;
    Error error = {0};
    cr_expect_not(
        period_parse("012345678901234567890123456789012345678901234567890", &period, &error));
    cr_expect_str_eq(error.message, "\"0123456789012345678901234567890123456789\" is not a month");
    cr_expect_eq(period, 5);
}

Test(period, counts_days_from_2000)
{
    static const struct {
        const char *text;
        LocalDay day;
    } cases[] = {
        {"2000-01-01", 0},      {"1999-12-31", -1},      {"2000-02-28", 58},
        {"2000-02-29", 59},     {"2000-03-01", 60},      {"2000-12-31", 365},
        {"2001-01-01", 366},    {"2024-02-29", 8825},    {"2025-01-01", 9132},
        {"1970-01-01", -10957}, {"0001-01-01", -730119}, {"9999-12-31", 2921939},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        LocalDay day = INT32_MIN;
        Error error = {0};
        char text[DAY_TEXT_BYTES];
        cr_expect(day_parse(cases[i].text, &day, &error), "%s", cases[i].text);
        cr_expect_eq(day, cases[i].day, "%s is %d", cases[i].text, day);
        cr_expect_str_eq(day_format(cases[i].day, text), cases[i].text);
    }
}

Test(period, refuses_days_that_do_not_exist)
{
    static const char *const texts[] = {
        "",           "2025-02-29", "2024-02-30",  "1900-02-29", "2100-02-29",  "2025-04-31",
        "2025-00-10", "2025-13-01", "2025-01-00",  "2025-01-32", "2025-1-1",    "2025-01",
        "0000-01-01", "2025-01-1x", "2025-01-01T", "2025/01/01", "2025-01-01 ",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        LocalDay day = -77;
        Error error = {0};
        char message[128];
        (void)snprintf(message, sizeof message, "\"%.40s\" is not a day", texts[i]);
        cr_expect_not(day_parse(texts[i], &day, &error), "\"%s\" was taken", texts[i]);
        cr_expect_eq(day, -77, "\"%s\" touched ret_day", texts[i]);
        cr_expect_eq(error.code, EXIT_USAGE);
        cr_expect_str_eq(error.message, message);
        cr_expect_str_eq(error.hint, "write a day as YYYY-MM-DD, for example 2025-01-31.");
    }
}

Test(period, knows_leap_days)
{
    Error error = {0};
    LocalDay day = 0;
    cr_expect(day_parse("2000-02-29", &day, &error));
    cr_expect(day_parse("2024-02-29", &day, &error));
    cr_expect_eq(period_last_day(month(2024, 2)), day);
    cr_expect_eq(period_last_day(month(2025, 2)) - period_first_day(month(2025, 2)), 27);
    cr_expect_eq(period_last_day(month(1900, 2)) - period_first_day(month(1900, 2)), 27);
    cr_expect_eq(period_last_day(month(2000, 2)) - period_first_day(month(2000, 2)), 28);
}

/* Every day of the years 1 to 9999 follows the one before, in the calendar that people use. */
Test(period, walks_every_day)
{
    static const int32_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    LocalDay day = period_first_day(PERIOD_FIRST);
    for (Period period = PERIOD_FIRST; period <= PERIOD_LAST; period++) {
        int32_t year = period / 12;
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        int32_t length = lengths[period % 12] + (leap && period % 12 == 1 ? 1 : 0);
        cr_assert_eq(period_first_day(period), day, "first day of %d", period);
        cr_assert_eq(period_last_day(period), day + length - 1, "last day of %d", period);
        for (int32_t of_month = 1; of_month <= length; of_month++, day++) {
            Date date = day_to_date(day);
            cr_assert(date.year == year && date.month == period % 12 + 1 && date.day == of_month,
                      "day %d is %d-%d-%d", day, date.year, date.month, date.day);
            cr_assert_eq(day_from_date(date), day);
            cr_assert_eq(period_of_day(day), period);
        }
    }
}

/* Contract 1.3: January 2025 leaves the window with the close of January 2026. */
Test(period, window_is_the_months_that_end_with_it)
{
    cr_expect_eq(window_first(month(2025, 12), 12), month(2025, 1));
    cr_expect_eq(window_first(month(2026, 1), 12), month(2025, 2));
    cr_expect_eq(window_first(month(2025, 1), 12), month(2024, 2));
    cr_expect_eq(window_first(month(2025, 1), 1), month(2025, 1));
    cr_expect_eq(window_first(month(2025, 1), 60), month(2020, 2));
}

/* Contract 1.4 and 1.5: days of the month after the period. */
Test(period, takes_effect_in_the_month_after)
{
    static const struct {
        const char *period;
        int32_t day_of_month;
        const char *day;
    } cases[] = {
        {"2024-12", 8, "2025-01-08"},  {"2024-12", 14, "2025-01-14"}, {"2025-01", 8, "2025-02-08"},
        {"2025-01", 28, "2025-02-28"}, {"2025-01", 1, "2025-02-01"},  {"2024-01", 28, "2024-02-28"},
        {"2025-11", 8, "2025-12-08"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Period period = 0;
        Error error = {0};
        char text[DAY_TEXT_BYTES];
        cr_assert(period_parse(cases[i].period, &period, &error));
        cr_expect_str_eq(day_format(period_next_month_day(period, cases[i].day_of_month), text),
                         cases[i].day);
    }
    /* Issued until the 14th and valid 7 days: the grants of December lapse after 21 January. */
    char text[DAY_TEXT_BYTES];
    cr_expect_str_eq(day_format(period_next_month_day(month(2024, 12), 14) + 7, text),
                     "2025-01-21");
}
