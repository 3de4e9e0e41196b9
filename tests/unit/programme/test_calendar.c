/*
 * programme/calendar: time stamps to local days and months by their wall clock (contract 1.1, 1.2).
 *
 * The offsets are those of the IANA zones, written down: when a zone changed and to what.
 */
#include "builders.h"
#include "programme/calendar.h"

#include <criterion/criterion.h>

#define MINUTES(count) ((int64_t)(count)*60 * 1000000)
#define HOURS(count) MINUTES((count)*60)

enum { ZONE_SEGMENTS_MAX = 4 };

typedef struct Zone {
    const char *name;
    ZoneSegment segments[ZONE_SEGMENTS_MAX];
    size_t segment_count;
} Zone;

static Zone los_angeles(void)
{
    return (Zone){"America/Los_Angeles",
                  {{at("2024-11-03 09:00"), HOURS(-8)},
                   {at("2025-03-09 10:00"), HOURS(-7)},
                   {at("2025-11-02 09:00"), HOURS(-8)}},
                  3};
}

/* Put its clocks back at 00:01 on 1 November 2009: 1 November began, ended and began again. */
static Zone st_johns(void)
{
    return (Zone){"America/St_Johns",
                  {{at("2008-11-02 02:31"), MINUTES(-210)},
                   {at("2009-03-08 03:31"), MINUTES(-150)},
                   {at("2009-11-01 02:31"), MINUTES(-210)}},
                  3};
}

/* Went over the date line: 30 December 2011 never was. */
static Zone apia(void)
{
    return (Zone){"Pacific/Apia",
                  {{at("2011-04-02 14:00"), HOURS(-11)},
                   {at("2011-09-24 14:00"), HOURS(-10)},
                   {at("2011-12-30 10:00"), HOURS(14)}},
                  3};
}

/* Put its clocks forward at midnight: 4 November 2018 began at 01:00. */
static Zone sao_paulo(void)
{
    return (Zone){"America/Sao_Paulo",
                  {{at("2018-02-18 02:00"), HOURS(-3)}, {at("2018-11-04 03:00"), HOURS(-2)}},
                  2};
}

static Calendar calendar_of(const Zone *zone, Period first, Period last)
{
    Calendar calendar;
    calendar_init(&calendar, zone->segments, zone->segment_count, first, last);
    return calendar;
}

typedef struct WallClockCase {
    const char *utc;
    const char *local;
    const char *day;
    int32_t month_index;
} WallClockCase;

static void check_wall_clock(const Zone *zone, Period first, Period last,
                             const WallClockCase *cases, size_t case_count)
{
    Calendar calendar = calendar_of(zone, first, last);
    for (size_t i = 0; i < case_count; i++) {
        int64_t local_us = calendar_local_us(&calendar, at(cases[i].utc));
        char day[DAY_TEXT_BYTES];
        cr_expect_eq(local_us, at(cases[i].local), "%s: %s is not %s", zone->name, cases[i].utc,
                     cases[i].local);
        cr_expect_str_eq(day_format(calendar_day(local_us), day), cases[i].day);
        cr_expect_eq(calendar_month_index(&calendar, local_us), cases[i].month_index,
                     "%s: %s is in month %d", zone->name, cases[i].utc,
                     calendar_month_index(&calendar, local_us));
    }
}

Test(calendar, month_begins_and_ends_at_the_local_midnight)
{
    static const WallClockCase cases[] = {
        {"2025-03-01 07:59:59.999999", "2025-02-28 23:59:59.999999", "2025-02-28", -1},
        {"2025-03-01 08:00", "2025-03-01 00:00", "2025-03-01", 0},
        {"2025-03-01 08:00:00.000001", "2025-03-01 00:00:00.000001", "2025-03-01", 0},
        {"2025-04-01 06:59:59.999999", "2025-03-31 23:59:59.999999", "2025-03-31", 0},
        {"2025-04-01 07:00", "2025-04-01 00:00", "2025-04-01", 1},
        {"2025-11-01 06:59:59.999999", "2025-10-31 23:59:59.999999", "2025-10-31", 7},
        {"2025-11-01 07:00", "2025-11-01 00:00", "2025-11-01", 8},
        {"2025-12-01 07:59:59.999999", "2025-11-30 23:59:59.999999", "2025-11-30", 8},
        {"2025-12-01 08:00", "2025-12-01 00:00", "2025-12-01", -1},
    };
    Zone zone = los_angeles();
    check_wall_clock(&zone, month(2025, 3), month(2025, 11), cases, COUNT(cases));
}

Test(calendar, both_days_on_which_the_clocks_change)
{
    static const WallClockCase cases[] = {
        {"2025-03-09 07:59:59.999999", "2025-03-08 23:59:59.999999", "2025-03-08", 0},
        {"2025-03-09 08:00", "2025-03-09 00:00", "2025-03-09", 0},
        {"2025-03-09 09:59:59.999999", "2025-03-09 01:59:59.999999", "2025-03-09", 0},
        {"2025-03-09 10:00", "2025-03-09 03:00", "2025-03-09", 0},
        /* 23 hours long */
        {"2025-03-10 06:59:59.999999", "2025-03-09 23:59:59.999999", "2025-03-09", 0},
        {"2025-03-10 07:00", "2025-03-10 00:00", "2025-03-10", 0},
        {"2025-11-02 06:59:59.999999", "2025-11-01 23:59:59.999999", "2025-11-01", 8},
        {"2025-11-02 08:59:59.999999", "2025-11-02 01:59:59.999999", "2025-11-02", 8},
        {"2025-11-02 09:00", "2025-11-02 01:00", "2025-11-02", 8},
        /* 25 hours long */
        {"2025-11-03 07:59:59.999999", "2025-11-02 23:59:59.999999", "2025-11-02", 8},
        {"2025-11-03 08:00", "2025-11-03 00:00", "2025-11-03", 8},
    };
    Zone zone = los_angeles();
    check_wall_clock(&zone, month(2025, 3), month(2025, 11), cases, COUNT(cases));
}

Test(calendar, a_day_that_begins_twice_belongs_to_two_months_by_its_wall_clock)
{
    static const WallClockCase cases[] = {
        {"2009-11-01 02:29:59.999999", "2009-10-31 23:59:59.999999", "2009-10-31", 0},
        {"2009-11-01 02:30", "2009-11-01 00:00", "2009-11-01", 1},
        {"2009-11-01 02:30:59.999999", "2009-11-01 00:00:59.999999", "2009-11-01", 1},
        {"2009-11-01 02:31", "2009-10-31 23:01", "2009-10-31", 0},
        {"2009-11-01 03:29:59.999999", "2009-10-31 23:59:59.999999", "2009-10-31", 0},
        {"2009-11-01 03:30", "2009-11-01 00:00", "2009-11-01", 1},
    };
    Zone zone = st_johns();
    check_wall_clock(&zone, month(2009, 10), month(2009, 11), cases, COUNT(cases));
}

Test(calendar, a_day_that_never_was_and_a_midnight_that_never_was)
{
    static const WallClockCase line[] = {
        {"2011-12-30 09:59:59.999999", "2011-12-29 23:59:59.999999", "2011-12-29", 0},
        {"2011-12-30 10:00", "2011-12-31 00:00", "2011-12-31", 0},
        {"2011-12-31 09:59:59.999999", "2011-12-31 23:59:59.999999", "2011-12-31", 0},
        {"2011-12-31 10:00", "2012-01-01 00:00", "2012-01-01", -1},
    };
    static const WallClockCase midnight[] = {
        {"2018-11-04 02:59:59.999999", "2018-11-03 23:59:59.999999", "2018-11-03", 0},
        {"2018-11-04 03:00", "2018-11-04 01:00", "2018-11-04", 0},
    };
    Zone over_the_line = apia();
    Zone at_midnight = sao_paulo();
    check_wall_clock(&over_the_line, month(2011, 12), month(2011, 12), line, COUNT(line));
    check_wall_clock(&at_midnight, month(2018, 11), month(2018, 11), midnight, COUNT(midnight));
}

Test(calendar, time_before_the_first_segment_has_the_first_offset)
{
    Zone zone = los_angeles();
    Calendar calendar = calendar_of(&zone, month(2025, 3), month(2025, 3));
    cr_expect_eq(calendar_local_us(&calendar, at("2024-01-01 00:00")), at("2023-12-31 16:00"));
}

Test(calendar, days_before_2000_round_down)
{
    cr_expect_eq(calendar_day(0), 0);
    cr_expect_eq(calendar_day(-1), -1);
    cr_expect_eq(calendar_day(-US_PER_DAY), -1);
    cr_expect_eq(calendar_day(-US_PER_DAY - 1), -2);
    cr_expect_eq(calendar_day(US_PER_DAY - 1), 0);
    cr_expect_eq(calendar_day(US_PER_DAY), 1);
}

/* 4713-11-24 BC and 294276-12-31. */
Test(calendar, days_of_the_earliest_and_the_latest_time_stamp_of_postgresql)
{
    const int64_t earliest_us = INT64_C(-211813488000000000);
    const int64_t end_us = INT64_C(9223371331200000000);
    cr_expect_eq(calendar_day(earliest_us), -2451545);
    cr_expect_eq(calendar_day(earliest_us - 1), -2451546);
    cr_expect_eq(calendar_day(end_us), 106751983);
    cr_expect_eq(calendar_day(end_us - 1), 106751982);
}

Test(calendar, finds_the_leap_day)
{
    static const ZoneSegment utc[] = {{INT64_MIN, 0}};
    Calendar calendar;
    calendar_init(&calendar, utc, 1, month(2023, 3), month(2024, 3));
    char day[DAY_TEXT_BYTES];
    cr_expect_str_eq(day_format(calendar_day(at("2024-02-29 23:59:59.999999")), day), "2024-02-29");
    cr_expect_eq(calendar_month_index(&calendar, at("2024-02-29 23:59:59.999999")), 11);
    cr_expect_eq(calendar_month_index(&calendar, at("2024-03-01 00:00")), 12);
    cr_expect_eq(calendar_month_index(&calendar, at("2024-04-01 00:00")), -1);
}

/* A window of 60 months, before and after 2000: every month's first and last microsecond. */
Test(calendar, finds_every_month_of_the_longest_window)
{
    static const ZoneSegment utc[] = {{INT64_MIN, 0}};
    static const int32_t first_years[] = {1901, 1996, 1997, 2000, 2023, 2096, 2099};
    for (size_t i = 0; i < COUNT(first_years); i++) {
        Period first = month(first_years[i], 1);
        Period last = first + WINDOW_MONTHS_MAX - 1;
        Calendar calendar;
        calendar_init(&calendar, utc, 1, first, last);
        cr_assert_eq(calendar.first, first);
        cr_assert_eq(calendar.month_count, WINDOW_MONTHS_MAX);
        for (Period period = first; period <= last; period++) {
            int64_t begins = (int64_t)period_first_day(period) * US_PER_DAY;
            int64_t ends = (int64_t)period_first_day(period + 1) * US_PER_DAY;
            cr_assert_eq(calendar_month_index(&calendar, begins), period - first);
            cr_assert_eq(calendar_month_index(&calendar, ends - 1), period - first);
            cr_assert_eq(calendar_month_index(&calendar, begins - 1), period - first - 1);
        }
    }
}

Test(calendar, asks_for_offsets_well_beyond_the_months)
{
    int64_t from_us = 0;
    int64_t until_us = 0;
    calendar_needs(month(2025, 3), month(2025, 11), &from_us, &until_us);
    cr_expect_leq(from_us, at("2025-02-27 23:59"));
    cr_expect_geq(until_us, at("2025-12-02 00:01"));
    cr_expect_geq(from_us, at("2025-02-01 00:00"));
    cr_expect_leq(until_us, at("2026-01-01 00:00"));
}

/* Every time stamp whose wall clock is in the months is within the bounds, and few others are. */
static void check_bounds(const Zone *zone, Period first, Period last, int64_t spare_us)
{
    Calendar calendar = calendar_of(zone, first - 1, last + 1);
    int64_t from_us = 0;
    int64_t until_us = 0;
    calendar_utc_bounds(&calendar, first, last, &from_us, &until_us);
    int64_t earliest = INT64_MAX;
    int64_t latest = INT64_MIN;
    int64_t begins = (int64_t)period_first_day(first) * US_PER_DAY - 2 * US_PER_DAY;
    int64_t ends = (int64_t)period_first_day(last + 1) * US_PER_DAY + 2 * US_PER_DAY;
    for (int64_t tick = begins; tick < ends; tick += MINUTES(1)) {
        for (int64_t utc_us = tick - 1; utc_us <= tick + 1; utc_us++) {
            int32_t index = calendar_month_index(&calendar, calendar_local_us(&calendar, utc_us));
            if (index >= 1 && index <= last - first + 1) {
                earliest = utc_us < earliest ? utc_us : earliest;
                latest = utc_us > latest ? utc_us : latest;
            }
        }
    }
    cr_expect_leq(from_us, earliest, "%s: the bounds begin too late", zone->name);
    cr_expect_gt(until_us, latest, "%s: the bounds end too early", zone->name);
    cr_expect_geq(from_us, earliest - spare_us, "%s: the bounds begin too early", zone->name);
    cr_expect_leq(until_us, latest + 1 + spare_us, "%s: the bounds end too late", zone->name);
}

Test(calendar, bounds_hold_every_time_stamp_of_the_months)
{
    Zone zone = los_angeles();
    check_bounds(&zone, month(2025, 1), month(2025, 1), 0);
    check_bounds(&zone, month(2025, 3), month(2025, 3), 0);
    check_bounds(&zone, month(2025, 6), month(2025, 6), 0);
    check_bounds(&zone, month(2025, 10), month(2025, 11), HOURS(1));
    check_bounds(&zone, month(2025, 2), month(2025, 11), HOURS(1));
}

Test(calendar, bounds_hold_a_month_that_comes_back_for_an_hour)
{
    Zone zone = st_johns();
    check_bounds(&zone, month(2009, 10), month(2009, 10), HOURS(1));
    check_bounds(&zone, month(2009, 11), month(2009, 11), HOURS(1));
    check_bounds(&zone, month(2009, 3), month(2009, 3), HOURS(1));
}

Test(calendar, bounds_hold_the_jump_over_the_date_line)
{
    Zone zone = apia();
    check_bounds(&zone, month(2011, 12), month(2011, 12), HOURS(24));
    check_bounds(&zone, month(2011, 11), month(2012, 1), HOURS(24));
}

Test(calendar, periods_far_away_are_refused)
{
    static const struct {
        Period period;
        int32_t window_months;
        const char *message; /* NULL: all is well */
    } cases[] = {
        {1801 * 12, 1, NULL},
        {1801 * 12, 2, "period 1801-01 is too far away"},
        {1801 * 12 + 11, 12, NULL},
        {1801 * 12 + 10, 12, "period 1801-11 is too far away"},
        {2198 * 12 + 11, 12, NULL},
        {2199 * 12, 12, "period 2199-01 is too far away"},
        {PERIOD_FIRST, WINDOW_MONTHS_MAX, "period 0001-01 is too far away"},
        {PERIOD_LAST, 1, "period 9999-12 is too far away"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Error error = {0};
        bool good = calendar_check_period(cases[i].period, cases[i].window_months, &error);
        cr_expect_eq(good, cases[i].message == NULL, "case %zu", i);
        if (cases[i].message != NULL) {
            cr_expect_eq(error.code, EXIT_DATA);
            cr_expect_str_eq(error.message, cases[i].message, "%s", error.message);
            cr_expect_str_eq(error.hint,
                             "name a period whose window lies in the years 1801 to 2198.");
        }
    }
}

static void check_span(const Calendar *calendar, int64_t utc_us, const char *name)
{
    CalendarSpan span = calendar_span(calendar, utc_us);
    cr_assert(calendar_span_holds(&span, utc_us), "%s", name);
    const int64_t points[] = {span.from_us, utc_us, span.until_us - 1};
    for (size_t i = 0; i < COUNT(points); i++) {
        int64_t local_us = calendar_local_us(calendar, points[i]);
        cr_assert_eq(points[i] + span.offset_us, local_us, "%s: point %zu", name, i);
        cr_assert_eq(span.month_index, calendar_month_index(calendar, local_us), "%s: point %zu",
                     name, i);
    }
}

/* All that a span holds has its offset and its month, also where clocks change over a month's end.
 */
Test(calendar, a_span_is_in_one_month_and_has_one_offset)
{
    const Zone zones[] = {los_angeles(), st_johns(), apia(), sao_paulo()};
    for (size_t z = 0; z < COUNT(zones); z++) {
        int64_t from_us = zones[z].segments[0].from_utc_us - HOURS(24 * 40);
        int64_t until_us =
            zones[z].segments[zones[z].segment_count - 1].from_utc_us + HOURS(24 * 70);
        LocalDay first_day = calendar_day(from_us + HOURS(24 * 20));
        Date first = day_to_date(first_day);
        Date last = day_to_date(calendar_day(until_us - HOURS(24 * 20)));
        Calendar calendar = calendar_of(&zones[z], first.year * 12 + first.month - 1,
                                        last.year * 12 + last.month - 1);
        for (int64_t utc_us = from_us; utc_us < until_us; utc_us += MINUTES(29)) {
            check_span(&calendar, utc_us, zones[z].name);
        }
    }
}

/* Clocks that go forward at the month's end: the new month's offset is the larger one. */
Test(calendar, bounds_hold_a_month_that_ends_as_the_clocks_go_forward)
{
    Zone zone = {"Asia/Amman",
                 {{at("2015-10-29 22:00"), HOURS(2)},
                  {at("2016-03-31 22:00"), HOURS(3)},
                  {at("2016-10-27 22:00"), HOURS(2)}},
                 3};
    check_bounds(&zone, month(2016, 3), month(2016, 3), HOURS(1));
    check_bounds(&zone, month(2016, 4), month(2016, 4), HOURS(1));
}
