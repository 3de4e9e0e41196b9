#include "close/incremental.h"

#include "base/arena.h"
#include "close/gather.h"
#include "ledger/events.h"
#include "programme/month_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With more late events than one for so many members, one pass over all events is cheaper. */
enum { LATE_SHARE_MAX = 4, LATE_COUNT_MIN = 16 };

/* Fewer members than this are read by one worker. */
enum { SPLIT_MEMBERS_MIN = 256 };

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

/* The late events as the fold takes them. */
static FoldLate *late_of_events(const Reading *reading, const Calendar *calendar,
                                const LateEvent *events, size_t *count)
{
    FoldLate *late = memory_alloc(*count + 1, sizeof *late);
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        const LateEvent *event = &events[i];
        CalendarSpan span = calendar_span(calendar, event->occurred_at_us);
        if (span.month_index < 0 || (size_t)span.month_index + 1 >= calendar->month_count) {
            continue; /* the own month is read whole */
        }
        bool is_fraud = event->has_kind && kind_map_slot(reading->kinds, event->kind) == SLOT_FRAUD;
        late[kept++] = (FoldLate){event->member_id, event->order_id, event->has_order, is_fraud,
                                  (size_t)span.month_index};
    }
    *count = kept;
    return late;
}

/* The late events of the window's months before the period; base->usable is false where they are
 * too many. */
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
    size_t count_max = reading->members.count / LATE_SHARE_MAX + LATE_COUNT_MIN;
    LateEvent *events = NULL;
    if (!events_late_list(reading->connection, reading->source, closed->base_snapshot_visible,
                          closed->base_snapshot_taken_at_us, from_us, until_us, count_max + 1,
                          &events, &base->late_count, reterr)) {
        return false;
    }
    if (base->late_count > count_max) {
        base->why_not = "too many events were recorded late";
        base->usable = false;
    } else {
        base->late = late_of_events(reading, &calendar, events, &base->late_count);
    }
    free(events);
    return true;
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

/* What is read again of older months: one chunk, or one for each worker, for the members whose
 * months are folded again from the same month on. */
typedef struct OlderChunks {
    EventChunk *chunks;
    MemberChunk *members;
    size_t count;
    size_t capacity;
    int64_t *ids[WINDOW_MONTHS_MAX]; /* by first month: what the chunks point into */
} OlderChunks;

static void older_chunks_free(OlderChunks *older)
{
    for (size_t month = 0; month < WINDOW_MONTHS_MAX; month++) {
        free(older->ids[month]);
    }
    free(older->chunks);
    free(older->members);
}

/* The months from first_month to the one before the period. */
static void add_months(OlderChunks *older, const Calendar *calendar, size_t first_month,
                       size_t id_count, size_t parts)
{
    Period first = calendar->first + (Period)first_month;
    Period last = calendar->first + (Period)calendar->month_count - 2;
    EventChunk chunk = {.rows_expected = -1};
    calendar_utc_bounds(calendar, first, last, &chunk.from_us, &chunk.until_us);
    for (size_t part = 0; part < parts; part++) {
        size_t begin = id_count * part / parts;
        size_t end = id_count * (part + 1) / parts;
        size_t capacity = older->capacity;
        older->chunks =
            array_grow(older->chunks, &capacity, older->count + 1, sizeof *older->chunks);
        older->members =
            array_grow(older->members, &older->capacity, older->count + 1, sizeof *older->members);
        older->chunks[older->count] = chunk;
        older->members[older->count++] =
            (MemberChunk){older->ids[first_month] + begin, end - begin, first_month};
    }
}

static OlderChunks plan_older(const Calendar *calendar, const Fold *fold, size_t workers)
{
    OlderChunks older = {0};
    for (size_t month = 0; month + 1 < calendar->month_count; month++) {
        size_t count = fold_reopened(fold, month, &older.ids[month]);
        if (count > 0) {
            add_months(&older, calendar, month, count, count < SPLIT_MEMBERS_MIN ? 1 : workers);
        }
    }
    return older;
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

bool incremental_older_months(const Reading *reading, const Calendar *calendar, const char *name,
                              Fold *fold, EventStore *store, Tally *tally, Error *reterr)
{
    fold_reopen(fold);
    OlderChunks older = plan_older(calendar, fold, (size_t)reading->session->workers);
    const GatherInput input = {
        .reading = reading,
        .name = name,
        .chunks = older.chunks,
        .chunk_count = older.count,
        .member_chunks = older.members,
        .calendar = calendar,
        .until_month = calendar->month_count - 1,
        .until_partition = reading->members.partition_count,
        .store = store,
        .fold = fold,
    };
    bool done = true;
    if (older.count > 0) {
        Tally *older_tally = memory_alloc(1, sizeof *older_tally);
        event_store_limit(store, SIZE_MAX);
        done = gather(&input, older_tally, reterr) == GATHER_DONE;
        tally_merge(tally, older_tally);
        free(older_tally);
    }
    older_chunks_free(&older);
    return done;
}
