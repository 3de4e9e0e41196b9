#include "fold_history.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

History history;
const Period base_period = 2025 * 12 + 11;

void end_history(void)
{
    member_table_destroy(&history.members);
    history = (History){0};
}

PeriodResult history_result(FoldRun *run, Period period)
{
    PeriodResult result = {.period = period, .rules = &history.rules};
    Error error = {0};
    cr_assert(run->done, "%s", run->error.message);
    cr_assert(result_standings(&result, &history.members, run->fold, &error), "%s", error.message);
    cr_assert(result.months_kept);
    return result;
}

PeriodResult base_result(void)
{
    static MemberEvent seen[HISTORY_EVENTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < history.event_count; i++) {
        if (!history.is_late[i]) {
            seen[count++] = history.events[i];
        }
    }
    FoldRun run = fold_run(&history.programme, base_period, &history.members, seen, count, 2);
    PeriodResult result = history_result(&run, base_period);
    fold_run_end(&run);
    return result;
}

static int compare_late(const void *left, const void *right)
{
    const FoldLate *a = left;
    const FoldLate *b = right;
    return a->member_id < b->member_id ? -1 : a->member_id > b->member_id;
}

/* What an incremental close of `period` would be told. */
static size_t list_late(Period period, FoldLate late[HISTORY_EVENTS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < history.event_count; i++) {
        const Event *event = &history.events[i].event;
        int32_t month = month_index_of(&history.programme, period, event);
        bool has_order = (event->present & EVENT_HAS_ORDER) != 0;
        bool own = month + 1 == history.programme.window_months;
        if (!history.is_late[i] || month < 0 || (own && (period != base_period || !has_order))) {
            continue;
        }
        LateOrder order = LATE_OTHER;
        if (has_order && event->slot == SLOT_PURCHASE) {
            order = LATE_PURCHASE;
        } else if (has_order && (event->slot == SLOT_REFUND || event->slot == SLOT_FRAUD)) {
            order = LATE_TAKE;
        }
        late[count++] = (FoldLate){history.events[i].member_id, event->order_id, order,
                                   event->slot == SLOT_FRAUD, (size_t)month};
    }
    if (count > 0) {
        qsort(late, count, sizeof *late, compare_late);
    }
    return count;
}

static void check_same(const PeriodResult *result, const PeriodResult *full, uint64_t seed)
{
    cr_assert_eq(result->standing_count, full->standing_count);
    for (size_t i = 0; i < full->standing_count; i++) {
        const StandingRow *row = &result->standings[i];
        const StandingRow *expected = &full->standings[i];
        cr_assert_eq(row->member_id, expected->member_id);
        cr_assert_eq(row->points, expected->points, "seed %llu, member %lld: %lld instead of %lld",
                     (unsigned long long)seed, (long long)row->member_id, (long long)row->points,
                     (long long)expected->points);
        cr_assert_eq(row->expiring_points, expected->expiring_points, "seed %llu, member %lld",
                     (unsigned long long)seed, (long long)row->member_id);
        cr_assert(row->months_size == expected->months_size &&
                      memcmp(result->months.bytes + row->months_at,
                             full->months.bytes + expected->months_at, row->months_size) == 0,
                  "seed %llu, member %lld: other months or ties", (unsigned long long)seed,
                  (long long)row->member_id);
    }
}

FoldBase base_of(const PeriodResult *result, const FoldLate *late, size_t late_count)
{
    return (FoldBase){
        .rows = result->standings,
        .row_count = result->standing_count,
        .months = &result->months,
        .orders = result->orders,
        .first = window_first(result->period, history.programme.window_months),
        .month_count = result->month_count,
        .late = late,
        .late_count = late_count,
    };
}

uint64_t check_period(const PeriodResult *base, Period period, uint64_t seed)
{
    static FoldLate late[HISTORY_EVENTS_MAX];
    size_t late_count = list_late(period, late);
    const FoldBase fold_base = base_of(base, late, late_count);
    FoldRun run = fold_run(&history.programme, period, &history.members, history.events,
                           history.event_count, 2);
    PeriodResult full = history_result(&run, period);
    FoldRun again = fold_run_from(&history.programme, period, &history.members, history.events,
                                  history.event_count, 1 + seed % 3, &fold_base);
    PeriodResult result = history_result(&again, period);
    uint64_t reopened = 0;
    MemberPlace first = member_place(&history.members, history.members.ids[0]);
    for (size_t month = 0; month + 1 < full.month_count; month++) {
        reopened |= (uint64_t)fold_is_reopened(again.fold, month, first) << month;
    }
    check_same(&result, &full, seed);
    for (Fate fate = 0; fate < FATE_COUNT; fate++) {
        cr_assert_eq(again.tally->month_fates[fate], run.tally->month_fates[fate],
                     "seed %llu: %s in the month", (unsigned long long)seed, fate_name(fate));
        cr_assert_eq(again.tally->window_fates[fate], run.tally->month_fates[fate],
                     "seed %llu: %s of other months are counted", (unsigned long long)seed,
                     fate_name(fate));
    }
    result_destroy(&result);
    result_destroy(&full);
    fold_run_end(&again);
    fold_run_end(&run);
    return reopened;
}
