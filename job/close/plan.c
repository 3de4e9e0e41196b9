#include "close/plan.h"

Period plan_newest_due(LocalDay today)
{
    Period month = period_of_day(today);
    return today == period_last_day(month) ? month : month - 1;
}

PeriodRange plan_due(ClosedRange closed, LocalDay today)
{
    Period newest = plan_newest_due(today);
    return (PeriodRange){closed.any ? closed.last + 1 : newest, newest};
}

bool plan_is_final(Period period, int32_t effective_day, LocalDay today)
{
    return today >= period_next_month_day(period, effective_day);
}

static bool refuse_gap(PeriodRange range, ClosedRange closed, Error *reterr)
{
    char asked[PERIOD_TEXT_BYTES];
    char first[PERIOD_TEXT_BYTES];
    char last[PERIOD_TEXT_BYTES];
    bool behind = range.first > closed.last;
    Period missing_first = behind ? closed.last + 1 : range.last + 1;
    Period missing_last = behind ? range.first - 1 : closed.first - 1;
    return error_set(reterr, EXIT_DATA,
                     "close the months in between first; `tierclose backfill` closes several.",
                     "closing %s would leave a gap: %s to %s are not closed",
                     period_format(behind ? range.first : range.last, asked),
                     period_format(missing_first, first), period_format(missing_last, last));
}

bool plan_check_range(PeriodRange range, ClosedRange closed, LocalDay today,
                      bool open_month_allowed, Error *reterr)
{
    char period[PERIOD_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];
    char ends[DAY_TEXT_BYTES];
    Period newest = open_month_allowed ? period_of_day(today) : plan_newest_due(today);
    if (range.last > newest) {
        return error_set(reterr, EXIT_DATA,
                         "wait for its last day; `--dry-run` shows the current month as it stands.",
                         "%s has not reached its last day: today is %s, it ends on %s",
                         period_format(range.last, period), day_format(today, day),
                         day_format(period_last_day(range.last), ends));
    }
    if (closed.any && (range.first > closed.last + 1 || range.last < closed.first - 1)) {
        return refuse_gap(range, closed, reterr);
    }
    return true;
}

bool plan_check_closed(Period period, ClosedRange closed, Error *reterr)
{
    char asked[PERIOD_TEXT_BYTES];
    char first[PERIOD_TEXT_BYTES];
    char last[PERIOD_TEXT_BYTES];
    if (closed.any && period >= closed.first && period <= closed.last) {
        return true;
    }
    if (!closed.any) {
        return error_set(reterr, EXIT_DATA, "run `tierclose close` first.",
                         "%s was never closed: no period is", period_format(period, asked));
    }
    return error_set(reterr, EXIT_DATA, "name a closed period; `tierclose status` lists them.",
                     "%s was never closed: %s to %s are", period_format(period, asked),
                     period_format(closed.first, first), period_format(closed.last, last));
}
