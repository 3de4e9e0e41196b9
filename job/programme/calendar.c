#include "programme/calendar.h"

#include <assert.h>
#include <stdio.h>

/* No zone has ever been a whole day from UTC, so a day on each side covers every offset. */
enum { MARGIN_DAYS = 2 };

static int64_t day_start_us(LocalDay day)
{
    return (int64_t)day * US_PER_DAY;
}

bool calendar_check_period(Period period, int32_t window_months, Error *reterr)
{
    char text[PERIOD_TEXT_BYTES];
    char hint[ERROR_HINT_BYTES];
    if (window_first(period, window_months) >= CALENDAR_YEAR_FIRST * 12 &&
        period < (CALENDAR_YEAR_LAST + 1) * 12) {
        return true;
    }
    (void)snprintf(hint, sizeof hint, "name a period whose window lies in the years %d to %d.",
                   (int)CALENDAR_YEAR_FIRST, (int)CALENDAR_YEAR_LAST);
    return error_set(reterr, EXIT_DATA, hint, "period %s is too far away",
                     period_format(period, text));
}

void calendar_needs(Period first, Period last, int64_t *ret_from_us, int64_t *ret_until_us)
{
    *ret_from_us = day_start_us(period_first_day(first) - MARGIN_DAYS);
    *ret_until_us = day_start_us(period_last_day(last) + 1 + MARGIN_DAYS);
}

void calendar_init(Calendar *ret_calendar, const ZoneSegment *segments, size_t segment_count,
                   Period first, Period last)
{
    assert(segment_count > 0 && last >= first && last - first < WINDOW_MONTHS_MAX);
    *ret_calendar = (Calendar){
        .segments = segments,
        .segment_count = segment_count,
        .first = first,
        .month_count = (size_t)(last - first + 1),
    };
    for (Period month = first; month <= last + 1; month++) {
        ret_calendar->month_start_us[month - first] = day_start_us(period_first_day(month));
    }
}

static const ZoneSegment *segment_at(const Calendar *calendar, int64_t utc_us)
{
    /* A window has two or three segments: a scan from the newest beats a search. */
    size_t index = calendar->segment_count - 1;
    while (index > 0 && utc_us < calendar->segments[index].from_utc_us) {
        index--;
    }
    return &calendar->segments[index];
}

int64_t calendar_local_us(const Calendar *calendar, int64_t utc_us)
{
    return utc_us + segment_at(calendar, utc_us)->offset_us;
}

int32_t calendar_month_index(const Calendar *calendar, int64_t local_us)
{
    const int64_t *starts = calendar->month_start_us;
    size_t count = calendar->month_count;
    if (local_us < starts[0] || local_us >= starts[count]) {
        return -1;
    }
    /* Months of 31 days never overtake the calendar, so the guess is at most too early. */
    size_t index = (size_t)((local_us - starts[0]) / (31 * US_PER_DAY));
    while (local_us >= starts[index + 1]) {
        index++;
    }
    return (int32_t)index;
}

CalendarSpan calendar_span(const Calendar *calendar, int64_t utc_us)
{
    const ZoneSegment *segment = segment_at(calendar, utc_us);
    const ZoneSegment *next = segment + 1;
    bool last = next == calendar->segments + calendar->segment_count;
    CalendarSpan span = {
        .from_us = utc_us,
        .until_us = utc_us + 1,
        .offset_us = segment->offset_us,
        .month_index = calendar_month_index(calendar, utc_us + segment->offset_us),
    };
    if (span.month_index < 0) {
        return span;
    }
    int64_t month_from_us = calendar->month_start_us[span.month_index] - segment->offset_us;
    int64_t month_until_us = calendar->month_start_us[span.month_index + 1] - segment->offset_us;
    /* What is before the first segment has its offset too. */
    bool first = segment == calendar->segments;
    span.from_us =
        first || month_from_us > segment->from_utc_us ? month_from_us : segment->from_utc_us;
    span.until_us = last || month_until_us < next->from_utc_us ? month_until_us : next->from_utc_us;
    return span;
}

void calendar_utc_bounds(const Calendar *calendar, Period first, Period last, int64_t *ret_from_us,
                         int64_t *ret_until_us)
{
    int64_t local_from = calendar->month_start_us[first - calendar->first];
    int64_t local_until = calendar->month_start_us[last + 1 - calendar->first];
    /* The offsets in force around each end: with the largest a wall clock time comes earliest. */
    int64_t from_offset = INT64_MIN;
    int64_t until_offset = INT64_MAX;
    for (size_t i = 0; i < calendar->segment_count; i++) {
        const ZoneSegment *segment = &calendar->segments[i];
        int64_t ends = i + 1 < calendar->segment_count ? segment[1].from_utc_us : INT64_MAX;
        if (segment->from_utc_us <= local_from + US_PER_DAY && ends > local_from - US_PER_DAY &&
            segment->offset_us > from_offset) {
            from_offset = segment->offset_us;
        }
        if (segment->from_utc_us <= local_until + US_PER_DAY && ends > local_until - US_PER_DAY &&
            segment->offset_us < until_offset) {
            until_offset = segment->offset_us;
        }
    }
    assert(from_offset != INT64_MIN && until_offset != INT64_MAX);
    *ret_from_us = local_from - from_offset;
    *ret_until_us = local_until - until_offset;
}
