#include "close/incremental.h"

#include "base/arena.h"
#include "ledger/events.h"
#include "programme/month_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With more late events than one for so many members, one pass over all events is cheaper. */
enum { LATE_SHARE_MAX = 4, LATE_COUNT_MIN = 16 };

enum { MONTH_ENTRY_BYTES = PERIOD_TEXT_BYTES + MONTH_RULES_BYTES + 1 };

/* "2025-03 0123456789abcdef": how a month stands in a run's month_rules. */
static void month_entry(const Programme *programme, const KindMap *kinds, Period month,
                        char entry[MONTH_ENTRY_BYTES])
{
    char period[PERIOD_TEXT_BYTES];
    char digest[MONTH_RULES_BYTES];
    month_rules_digest(programme, kinds, month, digest);
    (void)snprintf(entry, MONTH_ENTRY_BYTES, "%s %s", period_format(month, period), digest);
}

const char *incremental_month_rules(Arena *arena, const Programme *programme, const KindMap *kinds,
                                    Period period)
{
    const char *text = "";
    for (Period month = window_first(period, programme->window_months); month <= period; month++) {
        char entry[MONTH_ENTRY_BYTES];
        month_entry(programme, kinds, month, entry);
        text = arena_printf(arena, "%s%s%s", text, text[0] == '\0' ? "" : ", ", entry);
    }
    return text;
}

/* How many months a run's month_rules name, and the first of them. */
static bool read_months(const char *month_rules, Period *ret_first, size_t *ret_count)
{
    char first[PERIOD_TEXT_BYTES];
    Error ignored;
    (void)snprintf(first, sizeof first, "%s", month_rules);
    size_t count = 1;
    for (const char *comma = strchr(month_rules, ','); comma != NULL;
         comma = strchr(comma + 1, ',')) {
        count++;
    }
    *ret_count = count;
    return period_parse(first, ret_first, &ignored);
}

/* The reason why the closed period is no base for `period`, or NULL. */
static const char *refuse(Session *session, const Reading *reading, const ClosedPeriod *closed,
                          Period period, IncrementalBase *base)
{
    const Programme *programme = session->job->programme;
    Arena *arena = &session->arena;
    if (closed == NULL) {
        return "the month before was not closed";
    }
    if (closed->base_month_rules == NULL || closed->base_snapshot_visible == NULL ||
        !read_months(closed->base_month_rules, &base->first, &base->month_count)) {
        return "the last close left no points by month";
    }
    if (reading->snapshot.system_identifier[0] == '\0') {
        return "the server does not tell the job which one it is";
    }
    if (!snapshot_same_server(closed->base_system_identifier,
                              reading->snapshot.system_identifier)) {
        return "the last close was made on another server";
    }
    if (reading->source->late_method == LATE_UNKNOWN) {
        return "the events have neither recorded_xid nor recorded_at";
    }
    Period first = window_first(period, programme->window_months);
    if (first < base->first || period > base->first + (Period)base->month_count) {
        return "the window has become longer";
    }
    order_ranges_parse(closed->base_month_orders, base->orders, base->month_count);
    for (Period month = first; month < period; month++) {
        char entry[MONTH_ENTRY_BYTES];
        month_entry(programme, reading->kinds, month, entry);
        if (strstr(closed->base_month_rules, entry) == NULL) {
            return arena_printf(arena, "the rules of %.7s have changed", entry);
        }
    }
    return NULL;
}

static LateOrder late_order(uint8_t slot)
{
    return slot == SLOT_PURCHASE                       ? LATE_PURCHASE
           : slot == SLOT_REFUND || slot == SLOT_FRAUD ? LATE_TAKE
                                                       : LATE_OTHER;
}

/* Adds late events as the fold takes them. */
static void add_late(const Reading *reading, const Calendar *calendar, const LateEvent *events,
                     size_t count, IncrementalBase *base)
{
    for (size_t i = 0; i < count; i++) {
        const LateEvent *event = &events[i];
        CalendarSpan span = calendar_span(calendar, event->occurred_at_us);
        if (span.month_index < 0) {
            continue;
        }
        uint8_t slot = event->has_kind ? kind_map_slot(reading->kinds, event->kind) : SLOT_UNKNOWN;
        base->late[base->late_count++] = (FoldLate){
            .member_id = event->member_id,
            .order_id = event->order_id,
            .order = event->has_order ? late_order(slot) : LATE_OTHER,
            .voids_member = slot == SLOT_FRAUD,
            .month_index = (size_t)span.month_index,
        };
    }
}

static int compare_late(const void *left, const void *right)
{
    const FoldLate *a = left;
    const FoldLate *b = right;
    return a->member_id < b->member_id ? -1 : a->member_id > b->member_id;
}

/* What was recorded since in [from_us, until_us); of it what names an order, or all. */
static bool list_late(const Reading *reading, const ClosedPeriod *closed, int64_t from_us,
                      int64_t until_us, bool of_orders, size_t count_max, LateEvent **ret_events,
                      size_t *ret_count, Error *reterr)
{
    return events_late_list(reading->connection, reading->source, closed->base_snapshot_visible,
                            closed->base_snapshot_taken_at_us, from_us, until_us, of_orders,
                            count_max, ret_events, ret_count, reterr);
}

/*
 * The late events of the window's months before the period; base->usable is false where they are
 * too many. The own month is read whole; but where the base is that month, an order that was
 * recorded since may meet a refund that the base let take from an older one.
 */
static bool find_late(const Reading *reading, const ClosedPeriod *closed, Period period,
                      IncrementalBase *base, Error *reterr)
{
    const Programme *programme = reading->session->job->programme;
    Period first = window_first(period, programme->window_months);
    if (first == period) {
        return true;
    }
    Calendar calendar;
    int64_t from_us = 0;
    int64_t own_us = 0;
    int64_t until_us = 0;
    calendar_init(&calendar, reading->segments, reading->segment_count, first, period);
    calendar_utc_bounds(&calendar, first, period - 1, &from_us, &own_us);
    calendar_utc_bounds(&calendar, period, period, &own_us, &until_us);
    size_t count_max = reading->members.count / LATE_SHARE_MAX + LATE_COUNT_MIN;
    LateEvent *older = NULL;
    LateEvent *own = NULL;
    size_t older_count = 0;
    size_t own_count = 0;
    bool done = list_late(reading, closed, from_us, own_us, false, count_max + 1, &older,
                          &older_count, reterr);
    if (done && older_count > count_max) {
        base->why_not = "too many events were recorded late";
        base->usable = false;
    } else if (done) {
        done = base->period != period || list_late(reading, closed, own_us, until_us, true,
                                                   INT32_MAX, &own, &own_count, reterr);
    }
    if (done && base->usable) {
        base->late = memory_alloc(older_count + own_count + 1, sizeof *base->late);
        add_late(reading, &calendar, older, older_count, base);
        add_late(reading, &calendar, own, own_count, base);
        qsort(base->late, base->late_count, sizeof *base->late, compare_late);
    }
    free(older);
    free(own);
    return done;
}

bool incremental_base_find(Session *session, const Reading *reading, Period period,
                           IncrementalBase *ret_base, Error *reterr)
{
    const ClosedPeriod *closed = session_closed(session, period);
    IncrementalBase base = {.period = closed != NULL ? period : period - 1};
    if (closed == NULL) {
        closed = session_closed(session, period - 1);
    }
    if (!session->job->full) {
        base.why_not = refuse(session, reading, closed, period, &base);
        base.usable = base.why_not == NULL;
    }
    if (base.usable && !find_late(reading, closed, period, &base, reterr)) {
        incremental_base_destroy(&base);
        return false;
    }
    base.run_id = closed == NULL ? 0 : closed->run_id;
    *ret_base = base;
    return true;
}

bool incremental_base_read(Session *session, IncrementalBase *base, Error *reterr)
{
    return base->run_id == 0 || base->set.rows != NULL ||
           standing_read(session->leader, base->run_id, true, &base->set, reterr);
}

void incremental_base_destroy(IncrementalBase *base)
{
    standing_set_destroy(&base->set);
    free(base->late);
    *base = (IncrementalBase){0};
}

FoldBase incremental_fold_base(const IncrementalBase *base)
{
    return (FoldBase){
        .rows = base->set.rows,
        .row_count = base->set.row_count,
        .months = &base->set.months,
        .orders = base->orders,
        .first = base->first,
        .month_count = base->month_count,
        .late = base->late,
        .late_count = base->late_count,
    };
}
