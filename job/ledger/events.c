#include "ledger/events.h"

#include "base/arena.h"
#include "ledger/id_array.h"
#include "ledger/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool events_check_times(Connection *connection, const Source *source, Error *reterr)
{
    if (!source->times_may_be_null) {
        return true;
    }
    CLEANUP_TEXT char *sql = text_printf("select coalesce('event ' || event_id, 'an event')\n"
                                         "       || coalesce(' of member ' || member_id, '')\n"
                                         "from %s where occurred_at is null limit 1",
                                         source->events);
    CLEANUP_RESULT PGresult *result = NULL;
    const char *which = NULL;
    if (!query_run(connection, sql, 0, NULL, &result, reterr)) {
        return error_prefix(reterr, "while looking for events without occurred_at");
    }
    if (PQntuples(result) == 0) {
        return true;
    }
    return query_text(result, 0, 0, &which, reterr) &&
           error_set(reterr, EXIT_DATA, "leave such rows out of the view, or give them their time.",
                     "%s: %s has no occurred_at", source->events, which);
}

/* Reads the rows of [from_us, until_us) that `sql` sends. */
static bool read_events(Connection *connection, const char *sql, int64_t from_us, int64_t until_us,
                        const atomic_bool *stop, EventSink sink, void *context, Error *reterr)
{
    CLEANUP_DECODER CopyDecoder *decoder =
        copy_decoder_create_events(from_us, until_us, sink, context);
    return query_copy_out(connection, sql, decoder, stop, reterr);
}

enum {
    TIMES_BYTES = 2 * TIMESTAMP_TEXT_BYTES + 80, /* of a condition */
    BLOCK_BYTES = 48,
};

/* A condition on the times where SQL is to keep to them; else nothing. */
static void times_condition(const EventChunk *chunk, char condition[TIMES_BYTES])
{
    char from[TIMESTAMP_TEXT_BYTES];
    char until[TIMESTAMP_TEXT_BYTES];
    condition[0] = '\0';
    if (!chunk->whole) {
        (void)snprintf(condition, TIMES_BYTES,
                       " and occurred_at >= timestamptz '%s' and occurred_at < timestamptz '%s'",
                       timestamp_format(chunk->from_us, from),
                       timestamp_format(chunk->until_us, until));
    }
}

/* The chunk's COPY. The decoder keeps to its times whether or not SQL does. */
static char *chunk_sql(const EventChunk *chunk)
{
    char times[TIMES_BYTES];
    char first_block[BLOCK_BYTES] = "";
    char last_block[BLOCK_BYTES] = "";
    bool of_blocks = chunk->block_from > 0 || chunk->block_until > 0;
    if (chunk->whole && !of_blocks) {
        return text_printf("copy %s (" EVENT_COLUMNS ") to stdout (format binary)",
                           chunk->relation);
    }
    times_condition(chunk, times);
    if (of_blocks) {
        (void)snprintf(first_block, sizeof first_block, " and ctid >= '(%" PRIu32 ",0)'::tid",
                       chunk->block_from);
    }
    if (chunk->block_until > 0) {
        (void)snprintf(last_block, sizeof last_block, " and ctid < '(%" PRIu32 ",0)'::tid",
                       chunk->block_until);
    }
    return text_printf("copy (select " EVENT_COLUMNS " from %s where true%s%s%s)"
                       " to stdout (format binary)",
                       chunk->relation, times, first_block, last_block);
}

bool events_read_chunk(Connection *connection, const EventChunk *chunk, const atomic_bool *stop,
                       EventSink sink, void *context, Error *reterr)
{
    char from[TIMESTAMP_TEXT_BYTES];
    CLEANUP_TEXT char *sql = chunk_sql(chunk);
    if (!read_events(connection, sql, chunk->from_us, chunk->until_us, stop, sink, context,
                     reterr)) {
        return error_prefix(reterr, "while reading the events of %s from %.10s on", chunk->relation,
                            timestamp_format(chunk->from_us, from));
    }
    return true;
}

bool events_read_members(Connection *connection, const EventChunk *chunk, const int64_t *member_ids,
                         size_t member_count, const atomic_bool *stop, EventSink sink,
                         void *context, Error *reterr)
{
    char times[TIMES_BYTES];
    times_condition(chunk, times);
    CLEANUP_TEXT char *ids = id_array_text(member_ids, member_count);
    CLEANUP_TEXT char *sql = text_printf("copy (select " EVENT_COLUMNS " from %s\n"
                                         "      where member_id = any ('%s'::bigint[])%s)"
                                         " to stdout (format binary)",
                                         chunk->relation, ids, times);
    if (!read_events(connection, sql, chunk->from_us, chunk->until_us, stop, sink, context,
                     reterr)) {
        return error_prefix(reterr, "while reading older events of %zu members", member_count);
    }
    return true;
}

bool events_read_member(Connection *connection, const Source *source, int64_t member_id,
                        int64_t from_us, int64_t until_us, EventSink sink, void *context,
                        Error *reterr)
{
    char from[TIMESTAMP_TEXT_BYTES];
    char until[TIMESTAMP_TEXT_BYTES];
    CLEANUP_TEXT char *sql =
        text_printf("copy (select " EVENT_COLUMNS " from %s\n"
                    "      where member_id = bigint '%lld' and occurred_at >= timestamptz '%s'\n"
                    "        and occurred_at < timestamptz '%s'\n"
                    "      order by occurred_at, event_id) to stdout (format binary)",
                    source->events, (long long)member_id, timestamp_format(from_us, from),
                    timestamp_format(until_us, until));
    if (!read_events(connection, sql, from_us, until_us, NULL, sink, context, reterr)) {
        return error_prefix(reterr, "while reading the events of member %lld",
                            (long long)member_id);
    }
    return true;
}

static const int64_t LATE_MARGIN_US = LATE_MARGIN_HOURS * INT64_C(3600) * 1000000;

/* The late events of [from_us, until_us): FROM and WHERE with their three parameters. */
typedef struct LateCondition {
    char from[TIMESTAMP_TEXT_BYTES];
    char until[TIMESTAMP_TEXT_BYTES];
    char since[TIMESTAMP_TEXT_BYTES];
    const char *values[3];
    const char *condition;
} LateCondition;

/* `since_us`: what counts where the events tell only their time. */
static void late_condition(const Source *source, const char *snapshot_visible, int64_t since_us,
                           int64_t from_us, int64_t until_us, LateCondition *ret_late)
{
    /* The first condition is there for its index on loyalty.point_event, the second decides. By the
     * third, numbers that this server has not given yet are those of the server that the events
     * were moved from; what moved with them was there before the stored snapshot. */
    static const char exact[] =
        "(recorded_xid::text)::bigint >= (pg_snapshot_xmin($3::pg_snapshot)::text)::bigint\n"
        "  and not pg_visible_in_snapshot(recorded_xid, $3::pg_snapshot)\n"
        "  and recorded_xid < pg_snapshot_xmax(pg_current_snapshot())";
    static const char exact_or_null[] =
        "((recorded_xid::text)::bigint >= (pg_snapshot_xmin($3::pg_snapshot)::text)::bigint\n"
        "       or (recorded_xid::text)::bigint is null)\n"
        "  and pg_visible_in_snapshot(recorded_xid, $3::pg_snapshot) is not true\n"
        "  and recorded_xid < pg_snapshot_xmax(pg_current_snapshot()) is not false";
    static const char by_time[] = "recorded_at >= $3::timestamptz";
    static const char by_time_or_null[] = "(recorded_at >= $3::timestamptz or recorded_at is null)";
    bool is_exact = source->late_method == LATE_EXACT;
    ret_late->values[0] = timestamp_format(from_us, ret_late->from);
    ret_late->values[1] = timestamp_format(until_us, ret_late->until);
    ret_late->values[2] = is_exact ? snapshot_visible : timestamp_format(since_us, ret_late->since);
    if (source->recorded_may_be_null) {
        ret_late->condition = is_exact ? exact_or_null : by_time_or_null;
    } else {
        ret_late->condition = is_exact ? exact : by_time;
    }
}

#define SQL_LATE                                                                                   \
    " from %s\n"                                                                                   \
    "where occurred_at >= $1::timestamptz\n"                                                       \
    "  and occurred_at < $2::timestamptz\n"                                                        \
    "  and %s"

bool events_late_of_member(Connection *connection, const Source *source, int64_t member_id,
                           const char *snapshot_visible, int64_t snapshot_taken_at_us,
                           int64_t from_us, int64_t until_us, EventKey **ret_events,
                           size_t *ret_count, Error *reterr)
{
    LateCondition late;
    late_condition(source, snapshot_visible, snapshot_taken_at_us, from_us, until_us, &late);
    /* clang-format off */
    CLEANUP_TEXT char *sql = text_printf(
        "select event_id, " SQL_MICROSECONDS("occurred_at") SQL_LATE "\n"
        "  and member_id = bigint '%lld' and %s is not null\n"
        "order by occurred_at, event_id", source->events, late.condition, (long long)member_id,
        source->late_method == LATE_EXACT ? "recorded_xid" : "recorded_at");
    /* clang-format on */
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, sql, 3, late.values, &result, reterr)) {
        return error_prefix(reterr, "while looking for late events");
    }
    size_t count = (size_t)PQntuples(result);
    EventKey *events = memory_alloc(count + 1, sizeof *events);
    for (size_t row = 0; row < count; row++) {
        if (!query_int64(result, (int)row, 0, &events[row].event_id, reterr) ||
            !query_int64(result, (int)row, 1, &events[row].occurred_at_us, reterr)) {
            free(events);
            return false;
        }
    }
    *ret_events = events;
    *ret_count = count;
    return true;
}

bool events_late(Connection *connection, const Source *source, const char *snapshot_visible,
                 int64_t snapshot_taken_at_us, int64_t from_us, int64_t until_us,
                 int64_t *ret_count, Error *reterr)
{
    if (source->late_method == LATE_UNKNOWN) {
        *ret_count = -1;
        return true;
    }
    LateCondition late;
    late_condition(source, snapshot_visible, snapshot_taken_at_us - LATE_MARGIN_US, from_us,
                   until_us, &late);
    CLEANUP_TEXT char *sql =
        text_printf("select count(*)" SQL_LATE, source->events, late.condition);
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, sql, 3, late.values, &result, reterr) ||
        !query_int64(result, 0, 0, ret_count, reterr)) {
        return error_prefix(reterr, "while looking for late events");
    }
    return true;
}

static bool read_late_event(const PGresult *result, int row, LateEvent *ret_event, Error *reterr)
{
    LateEvent event = {
        .has_kind = !PQgetisnull(result, row, 2),
        .has_order = !PQgetisnull(result, row, 3),
    };
    int64_t kind = 0;
    if (!query_int64(result, row, 0, &event.member_id, reterr) ||
        !query_int64(result, row, 1, &event.occurred_at_us, reterr) ||
        (event.has_kind && !query_int64(result, row, 2, &kind, reterr)) ||
        (event.has_order && !query_int64(result, row, 3, &event.order_id, reterr))) {
        return false;
    }
    event.kind = (int16_t)kind;
    *ret_event = event;
    return true;
}

bool events_late_list(Connection *connection, const Source *source, const char *snapshot_visible,
                      int64_t snapshot_taken_at_us, int64_t from_us, int64_t until_us,
                      bool of_orders, size_t count_max, LateEvent **ret_events, size_t *ret_count,
                      Error *reterr)
{
    LateCondition late;
    late_condition(source, snapshot_visible, snapshot_taken_at_us - LATE_MARGIN_US, from_us,
                   until_us, &late);
    /* clang-format off */
    CLEANUP_TEXT char *sql = text_printf(
        "select member_id, " SQL_MICROSECONDS("occurred_at") ", kind, order_id" SQL_LATE "\n"
        "  and member_id is not null%s\n"
        "order by member_id limit %zu", source->events, late.condition,
        of_orders ? " and order_id is not null" : "", count_max);
    /* clang-format on */
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, sql, 3, late.values, &result, reterr)) {
        return error_prefix(reterr, "while looking for late events");
    }
    size_t count = (size_t)PQntuples(result);
    LateEvent *events = memory_alloc(count + 1, sizeof *events);
    for (size_t row = 0; row < count; row++) {
        if (!read_late_event(result, (int)row, &events[row], reterr)) {
            free(events);
            return false;
        }
    }
    *ret_events = events;
    *ret_count = count;
    return true;
}
