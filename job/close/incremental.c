#include "close/incremental.h"

#include "base/arena.h"
#include "close/event_row.h"
#include "ledger/events.h"
#include "programme/month_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More members than this share to be read anew, and one pass over all events is cheaper. */
enum { ANEW_SHARE_MAX = 10 /* one in ten */ };

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
    if (strcmp(closed->base_system_identifier, reading->snapshot.system_identifier) != 0 ||
        closed->base_system_identifier[0] == '\0') {
        return "the last close was made on another server";
    }
    if (reading->source->late_method == LATE_UNKNOWN) {
        return "the events have neither recorded_xid nor recorded_at";
    }
    Period first = window_first(period, programme->window_months);
    if (first < base->first || period > base->first + (Period)base->month_count) {
        return "the window has become longer";
    }
    for (Period month = first; month < period; month++) {
        char entry[MONTH_ENTRY_BYTES];
        month_entry(programme, reading->kinds, month, entry);
        if (strstr(closed->base_month_rules, entry) == NULL) {
            return arena_printf(arena, "the rules of %.7s have changed", entry);
        }
    }
    return NULL;
}

/* Members with late events of the window's months before the period; its own month is read whole.
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
    int64_t until_us = 0;
    calendar_init(&calendar, reading->segments, reading->segment_count, first, period);
    calendar_utc_bounds(&calendar, first, period - 1, &from_us, &until_us);
    return events_late_members(reading->connection, reading->source, closed->base_snapshot_visible,
                               closed->base_snapshot_taken_at_us, from_us, until_us, &base->late,
                               &base->late_count, reterr);
}

bool incremental_base_find(Session *session, const Reading *reading, Period period,
                           IncrementalBase *ret_base, Error *reterr)
{
    IncrementalBase base = {0};
    const ClosedPeriod *closed = session_closed(session, period);
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
    if (base.usable && base.late_count > reading->members.count / ANEW_SHARE_MAX) {
        base.why_not = "too many members have late events";
        base.usable = false;
    }
    if (base.usable && !standing_read(session->leader, closed->run_id, true, &base.set, reterr)) {
        incremental_base_destroy(&base);
        return false;
    }
    *ret_base = base;
    return true;
}

void incremental_base_destroy(IncrementalBase *base)
{
    standing_set_destroy(&base->set);
    free(base->late);
    *base = (IncrementalBase){0};
}

typedef struct OlderMonth {
    const Reading *reading;
    const Calendar *calendar;
    EventStore *store;
    size_t month_index;
} OlderMonth;

static bool put_older_rows(void *context, const EventRow *rows, size_t count, Error *reterr)
{
    (void)reterr;
    const OlderMonth *older = context;
    const MemberTable *members = &older->reading->members;
    for (size_t i = 0; i < count; i++) {
        int64_t local_us = calendar_local_us(older->calendar, rows[i].occurred_at_us);
        if (calendar_month_index(older->calendar, local_us) == (int32_t)older->month_index) {
            Event event = event_of_row(older->reading->kinds, &rows[i]);
            event_store_put(older->store, 0, older->month_index,
                            member_partition(members, rows[i].member_id), rows[i].member_id,
                            &event);
        }
    }
    return true;
}

static bool fold_older_month(const Reading *reading, const Calendar *calendar, Fold *fold,
                             EventStore *store, FoldWorker *worker, size_t month_index,
                             const int64_t *ids, size_t id_count, Error *reterr)
{
    OlderMonth older = {reading, calendar, store, month_index};
    Period month = calendar->first + (Period)month_index;
    int64_t from_us = 0;
    int64_t until_us = 0;
    calendar_utc_bounds(calendar, month, month, &from_us, &until_us);
    if (!events_read_members(reading->connection, reading->source, ids, id_count, from_us, until_us,
                             NULL, put_older_rows, &older, reterr)) {
        return false;
    }
    for (size_t partition = 0; partition < reading->members.partition_count; partition++) {
        if (!fold_partition(fold, worker, month_index, partition, reterr)) {
            return false;
        }
    }
    return true;
}

bool incremental_finish(const Reading *reading, const Calendar *calendar, Fold *fold,
                        EventStore *store, Tally *tally, Error *reterr)
{
    FoldWorker worker;
    fold_worker_init(&worker);
    bool done = true;
    for (size_t month = calendar->month_count - 1; done && month > 0; month--) {
        int64_t *ids = NULL;
        size_t count = fold_pending(fold, &ids);
        if (count == 0) {
            break;
        }
        done = fold_older_month(reading, calendar, fold, store, &worker, month - 1, ids, count,
                                reterr);
        free(ids);
    }
    for (size_t partition = 0; done && partition < reading->members.partition_count; partition++) {
        fold_finish_partition(fold, &worker, partition);
    }
    if (done) {
        fold_sum_months(fold);
        tally_merge(tally, worker.tally);
    }
    fold_worker_destroy(&worker);
    return done;
}
