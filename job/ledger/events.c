#include "ledger/events.h"

#include "base/arena.h"
#include "ledger/id_array.h"
#include "ledger/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t day_us = INT64_C(86400) * 1000000;
enum { PLAN_DAYS_MAX = 200 * 366 };

/* What is planned, and the chunks so far. */
typedef struct Plan {
    const Source *source;
    int64_t from_us;
    int64_t until_us;
    const int64_t *cuts;
    size_t cut_count;
    EventChunk *chunks;
    size_t count;
    size_t capacity;
} Plan;

static void add_chunk(Plan *plan, EventChunk chunk, const char *relation)
{
    if (plan->chunks == NULL || plan->count == plan->capacity) {
        plan->chunks =
            array_grow(plan->chunks, &plan->capacity, plan->count + 1, sizeof *plan->chunks);
    }
    chunk.relation = text_printf("%s", relation);
    plan->chunks[plan->count++] = chunk;
}

/* [from, until) as one chunk, or as several of equal length where it is long. */
static void add_selects(Plan *plan, int64_t from_us, int64_t until_us, const char *relation)
{
    int64_t span_us = until_us - from_us;
    int64_t parts = 1;
    if (span_us > CHUNK_DAYS_MAX * day_us) {
        parts = (span_us + CHUNK_DAYS_SPLIT * day_us - 1) / (CHUNK_DAYS_SPLIT * day_us);
    }
    for (int64_t part = 0; part < parts; part++) {
        int64_t begin_us = from_us + span_us / parts * part;
        int64_t end_us = part + 1 == parts ? until_us : from_us + span_us / parts * (part + 1);
        add_chunk(plan, (EventChunk){.from_us = begin_us, .until_us = end_us, .rows_expected = -1},
                  relation);
    }
}

/* The same, with an end at every cut between. */
static void add_selects_at_cuts(Plan *plan, int64_t from_us, int64_t until_us, const char *relation)
{
    int64_t begin_us = from_us;
    for (size_t index = 0; index < plan->cut_count; index++) {
        int64_t cut_us = plan->cuts[index];
        if (cut_us > begin_us && cut_us < until_us) {
            add_selects(plan, begin_us, cut_us, relation);
            begin_us = cut_us;
        }
    }
    add_selects(plan, begin_us, until_us, relation);
}

/* One partition of the source, as the catalogs describe it. */
typedef struct Partition {
    const char *name; /* quoted */
    int64_t from_us;
    int64_t until_us;
    int64_t rows; /* the planner's guess, -1: never counted */
    bool direct;  /* may be read by its own name */
} Partition;

/*
 * How to read what is wanted of a partition. A plain COPY of all of it is cheaper than a SELECT as
 * long as at least two thirds of its rows are wanted.
 */
static void add_partition(Plan *plan, const Partition *partition)
{
    int64_t from_us = partition->from_us > plan->from_us ? partition->from_us : plan->from_us;
    int64_t until_us = partition->until_us < plan->until_us ? partition->until_us : plan->until_us;
    if (from_us >= until_us) {
        return;
    }
    int64_t span_us = partition->until_us - partition->from_us;
    int64_t wanted_us = until_us - from_us;
    const char *relation = partition->direct ? partition->name : plan->source->events;
    bool is_long = span_us > CHUNK_DAYS_MAX * day_us;
    if (!is_long && partition->direct && wanted_us >= span_us - span_us / 3) {
        double share = (double)wanted_us / (double)span_us;
        int64_t rows = partition->rows < 0 ? -1 : (int64_t)((double)partition->rows * share);
        add_chunk(
            plan,
            (EventChunk){
                .from_us = from_us, .until_us = until_us, .whole = true, .rows_expected = rows},
            relation);
    } else if (wanted_us > CHUNK_DAYS_MAX * day_us) {
        add_selects_at_cuts(plan, from_us, until_us, relation);
    } else {
        add_selects(plan, from_us, until_us, relation);
    }
}

/*
 * The partitions of a table that is partitioned by range of occurred_at alone; no row otherwise.
 * The bounds are read from their text, which is in ISO and UTC here; bound is NULL for the default
 * partition and for MINVALUE, MAXVALUE and infinity. A partition is read directly only where the
 * role may, and where no policy or generated column makes it differ from reading it through its
 * parent.
 */
static const char partitions_sql[] =
    "select pg_catalog.format('%I.%I', n.nspname, c.relname),\n"
    "       " SQL_MICROSECONDS(
        "(bound)[1]::timestamptz") ",\n"
                                   "       " SQL_MICROSECONDS(
                                       "(bound)[2]::timestamptz") ",\n"
                                                                  "       c.reltuples::bigint,\n"
                                                                  "       c.relkind = 'r' and not "
                                                                  "c.relrowsecurity\n"
                                                                  "           and "
                                                                  "pg_catalog.has_table_privilege("
                                                                  "c.oid, 'select')\n"
                                                                  "           and "
                                                                  "pg_catalog.has_schema_privilege("
                                                                  "n.oid, 'usage')\n"
                                                                  "           and not exists "
                                                                  "(select from "
                                                                  "pg_catalog.pg_attribute g\n"
                                                                  "                           "
                                                                  "where g.attrelid = c.oid and "
                                                                  "g.attgenerated <> ''),\n"
                                                                  "       c.relkind <> 'p' and "
                                                                  "bound is not null\n"
                                                                  "from "
                                                                  "pg_catalog.pg_partitioned_table "
                                                                  "p\n"
                                                                  "join pg_catalog.pg_class parent "
                                                                  "on parent.oid = p.partrelid and "
                                                                  "not parent.relrowsecurity\n"
                                                                  "join pg_catalog.pg_attribute a "
                                                                  "on a.attrelid = p.partrelid and "
                                                                  "a.attname = 'occurred_at'\n"
                                                                  "join pg_catalog.pg_inherits i "
                                                                  "on i.inhparent = p.partrelid\n"
                                                                  "join pg_catalog.pg_class c on "
                                                                  "c.oid = i.inhrelid\n"
                                                                  "join pg_catalog.pg_namespace n "
                                                                  "on n.oid = c.relnamespace\n"
                                                                  "cross join lateral (select "
                                                                  "pg_catalog.regexp_match(\n"
                                                                  "    "
                                                                  "pg_catalog.pg_get_expr(c."
                                                                  "relpartbound, c.oid),\n"
                                                                  "    '^FOR VALUES FROM "
                                                                  "\\(''(\\d[^'']*)''\\) TO "
                                                                  "\\(''(\\d[^'']*)''\\)$') as "
                                                                  "bound) b\n"
                                                                  "where p.partrelid = "
                                                                  "$1::bigint::oid and p.partstrat "
                                                                  "= 'r' and p.partnatts = 1\n"
                                                                  "  and p.partattrs[0] = a.attnum";

static bool read_partition(const PGresult *result, int row, Partition *ret_partition, Error *reterr)
{
    Partition partition = {0};
    if (!query_text(result, row, 0, &partition.name, reterr) ||
        !query_int64(result, row, 1, &partition.from_us, reterr) ||
        !query_int64(result, row, 2, &partition.until_us, reterr) ||
        !query_int64(result, row, 3, &partition.rows, reterr) ||
        !query_bool(result, row, 4, &partition.direct, reterr)) {
        return false;
    }
    *ret_partition = partition;
    return true;
}

/* Plans by partitions; *ret_done is false where the source must be read as a whole. */
static bool plan_partitions(Connection *connection, Plan *plan, bool *ret_done, Error *reterr)
{
    CLEANUP_TEXT char *oid = text_printf("%lld", (long long)plan->source->events_oid);
    const char *values[] = {oid};
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, partitions_sql, 1, values, &result, reterr)) {
        return false;
    }
    int count = PQntuples(result);
    for (int row = 0; row < count; row++) {
        bool plain = false;
        if (!query_bool(result, row, 5, &plain, reterr)) {
            return false;
        }
        if (!plain) {
            *ret_done = false;
            return true;
        }
    }
    for (int row = 0; row < count; row++) {
        Partition partition;
        if (!read_partition(result, row, &partition, reterr)) {
            return false;
        }
        add_partition(plan, &partition);
    }
    *ret_done = count > 0;
    return true;
}

static int compare_newest_first(const void *left, const void *right)
{
    const EventChunk *a = left;
    const EventChunk *b = right;
    return (a->from_us < b->from_us) - (a->from_us > b->from_us);
}

bool events_plan(Connection *connection, const Source *source, int64_t from_us, int64_t until_us,
                 const int64_t *cuts, size_t cut_count, EventChunk **ret_chunks, size_t *ret_count,
                 Error *reterr)
{
    int64_t span_us = 0;
    if (from_us >= until_us || __builtin_sub_overflow(until_us, from_us, &span_us) ||
        span_us > PLAN_DAYS_MAX * day_us) {
        return error_set(reterr, EXIT_BUG, NULL,
                         "events asked for an empty span of time, or one of more than 200 years");
    }
    Plan plan = {source, from_us, until_us, cuts, cut_count, NULL, 0, 0};
    bool done = false;
    if (source->events_partitioned && !plan_partitions(connection, &plan, &done, reterr)) {
        events_plan_free(plan.chunks, plan.count);
        return error_prefix(reterr, "while looking for the partitions of %s", source->events);
    }
    if (!done) {
        add_selects_at_cuts(&plan, from_us, until_us, source->events);
    }
    if (plan.count > 0) {
        qsort(plan.chunks, plan.count, sizeof *plan.chunks, compare_newest_first);
    }
    *ret_chunks = plan.chunks;
    *ret_count = plan.count;
    return true;
}

void events_plan_free(EventChunk *chunks, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        free(chunks[index].relation);
    }
    free(chunks);
}

/* Reads the rows of [from_us, until_us) that `sql` sends. */
static bool read_events(Connection *connection, const char *sql, int64_t from_us, int64_t until_us,
                        const atomic_bool *stop, EventSink sink, void *context, Error *reterr)
{
    CLEANUP_DECODER CopyDecoder *decoder =
        copy_decoder_create_events(from_us, until_us, sink, context);
    return query_copy_out(connection, sql, decoder, stop, reterr);
}

bool events_read_chunk(Connection *connection, const EventChunk *chunk, const atomic_bool *stop,
                       EventSink sink, void *context, Error *reterr)
{
    char from[TIMESTAMP_TEXT_BYTES];
    char until[TIMESTAMP_TEXT_BYTES];
    (void)timestamp_format(chunk->from_us, from);
    (void)timestamp_format(chunk->until_us, until);
    CLEANUP_TEXT char *sql =
        chunk->whole
            ? text_printf("copy %s (" EVENT_COLUMNS ") to stdout (format binary)", chunk->relation)
            : text_printf("copy (select " EVENT_COLUMNS " from %s\n"
                          "      where occurred_at >= timestamptz '%s'\n"
                          "        and occurred_at < timestamptz '%s') to stdout (format binary)",
                          chunk->relation, from, until);
    if (!read_events(connection, sql, chunk->from_us, chunk->until_us, stop, sink, context,
                     reterr)) {
        return error_prefix(reterr, "while reading the events of %s from %.10s on", chunk->relation,
                            from);
    }
    return true;
}

bool events_read_members(Connection *connection, const Source *source, const int64_t *member_ids,
                         size_t member_count, int64_t from_us, int64_t until_us,
                         const atomic_bool *stop, EventSink sink, void *context, Error *reterr)
{
    char from[TIMESTAMP_TEXT_BYTES];
    char until[TIMESTAMP_TEXT_BYTES];
    CLEANUP_TEXT char *ids = id_array_text(member_ids, member_count);
    CLEANUP_TEXT char *sql = text_printf(
        "copy (select " EVENT_COLUMNS " from %s\n"
        "      where member_id = any ('%s'::bigint[])\n"
        "        and occurred_at >= timestamptz '%s'\n"
        "        and occurred_at < timestamptz '%s') to stdout (format binary)",
        source->events, ids, timestamp_format(from_us, from), timestamp_format(until_us, until));
    if (!read_events(connection, sql, from_us, until_us, stop, sink, context, reterr)) {
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

/* The late events of [from_us, until_us): FROM and WHERE with their three parameters. */
typedef struct LateCondition {
    char from[TIMESTAMP_TEXT_BYTES];
    char until[TIMESTAMP_TEXT_BYTES];
    char since[TIMESTAMP_TEXT_BYTES];
    const char *values[3];
    const char *condition;
} LateCondition;

static void late_condition(const Source *source, const char *snapshot_visible,
                           int64_t snapshot_taken_at_us, int64_t from_us, int64_t until_us,
                           LateCondition *ret_late)
{
    /* The first condition is there for its index on loyalty.point_event, the second decides. */
    static const char exact[] =
        "(recorded_xid::text)::bigint >= (pg_snapshot_xmin($3::pg_snapshot)::text)::bigint\n"
        "  and not pg_visible_in_snapshot(recorded_xid, $3::pg_snapshot)";
    static const char by_time[] = "recorded_at >= $3::timestamptz";
    const int64_t margin_us = LATE_MARGIN_HOURS * INT64_C(3600) * 1000000;
    bool is_exact = source->late_method == LATE_EXACT;
    ret_late->values[0] = timestamp_format(from_us, ret_late->from);
    ret_late->values[1] = timestamp_format(until_us, ret_late->until);
    ret_late->values[2] = is_exact
                              ? snapshot_visible
                              : timestamp_format(snapshot_taken_at_us - margin_us, ret_late->since);
    ret_late->condition = is_exact ? exact : by_time;
}

#define SQL_LATE                                                                                   \
    " from %s\n"                                                                                   \
    "where occurred_at >= $1::timestamptz\n"                                                       \
    "  and occurred_at < $2::timestamptz\n"                                                        \
    "  and %s"

bool events_late(Connection *connection, const Source *source, const char *snapshot_visible,
                 int64_t snapshot_taken_at_us, int64_t from_us, int64_t until_us,
                 int64_t *ret_count, Error *reterr)
{
    if (source->late_method == LATE_UNKNOWN) {
        *ret_count = -1;
        return true;
    }
    LateCondition late;
    late_condition(source, snapshot_visible, snapshot_taken_at_us, from_us, until_us, &late);
    CLEANUP_TEXT char *sql =
        text_printf("select count(*)" SQL_LATE, source->events, late.condition);
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, sql, 3, late.values, &result, reterr) ||
        !query_int64(result, 0, 0, ret_count, reterr)) {
        return error_prefix(reterr, "while looking for late events");
    }
    return true;
}

bool events_late_members(Connection *connection, const Source *source, const char *snapshot_visible,
                         int64_t snapshot_taken_at_us, int64_t from_us, int64_t until_us,
                         int64_t **ret_member_ids, size_t *ret_count, Error *reterr)
{
    LateCondition late;
    late_condition(source, snapshot_visible, snapshot_taken_at_us, from_us, until_us, &late);
    CLEANUP_TEXT char *sql =
        text_printf("select distinct member_id" SQL_LATE "\n  and member_id is not null order by 1",
                    source->events, late.condition);
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, sql, 3, late.values, &result, reterr)) {
        return error_prefix(reterr, "while looking for late events");
    }
    size_t count = (size_t)PQntuples(result);
    int64_t *member_ids = memory_alloc(count + 1, sizeof *member_ids);
    for (size_t row = 0; row < count; row++) {
        if (!query_int64(result, (int)row, 0, &member_ids[row], reterr)) {
            free(member_ids);
            return false;
        }
    }
    *ret_member_ids = member_ids;
    *ret_count = count;
    return true;
}
