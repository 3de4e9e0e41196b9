/*
 * Time stamps to local days and months (contract 1.1).
 *
 * A Calendar holds the zone's UTC offsets over a stretch of time, as PostgreSQL gave them, and the
 * months of a window. Offsets rather than a table of local midnights, because in some zones a local
 * day is not one stretch of time: St John's used to put its clocks back at 00:01, so that a day
 * began, ended and began again. Pure; an initialised Calendar may be read by any thread.
 *
 * Time stamps are microseconds since 2000-01-01 00:00 UTC; local ones since 2000-01-01 00:00 wall
 * clock.
 */
#pragma once

#include "programme/period.h"
#include "programme/rules.h"

#define US_PER_DAY INT64_C(86400000000)

typedef struct ZoneSegment {
    int64_t from_utc_us; /* until the next segment's */
    int64_t offset_us;   /* local = UTC + offset */
} ZoneSegment;

typedef struct Calendar {
    const ZoneSegment *segments; /* the caller's; ascending, at least one */
    size_t segment_count;
    Period first;
    size_t month_count;
    int64_t month_start_us[WINDOW_MONTHS_MAX + 1]; /* local; the last one ends the window */
} Calendar;

/* The first and the last year whose months can be asked for: zones are known for some centuries. */
enum { CALENDAR_YEAR_FIRST = 1801, CALENDAR_YEAR_LAST = 2198 };

/* Whether the period's window lies in those years; EXIT_DATA otherwise. */
MUST_CHECK bool calendar_check_period(Period period, int32_t window_months, Error *reterr);

/* Covers the months first..last; segments must reach a day beyond them on both sides and outlive
 * it. */
void calendar_init(Calendar *ret_calendar, const ZoneSegment *segments, size_t segment_count,
                   Period first, Period last);

/* The UTC stretch whose offsets calendar_init needs for these months. */
void calendar_needs(Period first, Period last, int64_t *ret_from_us, int64_t *ret_until_us);

/* The wall clock at a time stamp. */
int64_t calendar_local_us(const Calendar *calendar, int64_t utc_us);

/* The day of a wall clock time. */
static inline LocalDay calendar_day(int64_t local_us)
{
    /* Counted from long before any date of PostgreSQL's (4713 BC): then rounding down is what
     * dividing does, and dividing by a constant is cheap. */
    enum { DAYS_BEFORE_2000 = 10000000 };
    uint64_t since_us = (uint64_t)local_us + (uint64_t)DAYS_BEFORE_2000 * (uint64_t)US_PER_DAY;
    return (LocalDay)(since_us / (uint64_t)US_PER_DAY) - DAYS_BEFORE_2000;
}

/* The index of the month (0: calendar->first) that a wall clock time is in, or -1 outside the
 * window. */
int32_t calendar_month_index(const Calendar *calendar, int64_t local_us);

/* A stretch of UTC that lies in one month and has one offset. */
typedef struct CalendarSpan {
    int64_t from_us; /* [from_us, until_us) */
    int64_t until_us;
    int64_t offset_us;   /* of the wall clock from UTC */
    int32_t month_index; /* -1: outside the window */
} CalendarSpan;

/* The stretch that a time stamp is in: whoever has many in about the order of time asks once. */
CalendarSpan calendar_span(const Calendar *calendar, int64_t utc_us);

static inline bool calendar_span_holds(const CalendarSpan *span, int64_t utc_us)
{
    return utc_us >= span->from_us && utc_us < span->until_us;
}

/*
 * A stretch of UTC that holds every time stamp of the months first..last, and little else: the
 * stretch to read, before each row is put into its month by its wall clock.
 */
void calendar_utc_bounds(const Calendar *calendar, Period first, Period last, int64_t *ret_from_us,
                         int64_t *ret_until_us);
