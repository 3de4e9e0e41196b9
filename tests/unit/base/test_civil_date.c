/*
 * base/civil_date: days and dates; programme/test_period.c walks every day of the calendar.
 */
#include "base/civil_date.h"

#include <criterion/criterion.h>

/* PostgreSQL's dates begin in 4714 BC, which is the year -4713. */
Test(civil_date, counts_days_before_the_year_1)
{
    static const struct {
        Date date;
        int32_t day;
    } cases[] = {
        {{1, 1, 1}, -730119},     {{0, 12, 31}, -730120},      {{0, 3, 1}, -730425},
        {{0, 2, 29}, -730426},    {{-1, 12, 31}, -730486},     {{-400, 3, 1}, -876522},
        {{-400, 2, 29}, -876523}, {{-4713, 11, 24}, -2451545},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Date back = day_to_date(cases[i].day);
        cr_expect_eq(day_from_date(cases[i].date), cases[i].day, "case %zu: %d", i,
                     day_from_date(cases[i].date));
        cr_expect(back.year == cases[i].date.year && back.month == cases[i].date.month &&
                      back.day == cases[i].date.day,
                  "case %zu: %d-%d-%d", i, back.year, back.month, back.day);
    }
}
