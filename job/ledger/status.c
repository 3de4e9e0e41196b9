#include "ledger/status.h"

#include "ledger/query.h"
#include "ledger/runs.h"

#define RUN_COLUMNS                                                                                \
    "r.run_id, r.period, r.action, r.mode, r.status,"                                              \
    " to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"                 \
    " to_char(r.finished_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), r.error,"       \
    " coalesce((extract(epoch from r.finished_at - r.started_at) * 1000)::bigint, -1),"            \
    " coalesce(r.members, 0), coalesce(r.points, 0), coalesce(r.events, 0),"                       \
    " coalesce(r.upgrades, 0), coalesce(r.downgrades, 0), coalesce(r.grants, 0),"                  \
    " coalesce(r.anomalies, 0), coalesce(r.changed, false), r.stands,"                             \
    " r.status = 'published' and r.events is null"

/* One value that may be NULL. */
static const char *text_or_null(Arena *arena, const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? NULL
                                            : arena_strdup(arena, PQgetvalue(result, row, column));
}

static bool read_run(Arena *arena, const PGresult *result, int row, StatusRun *ret_run,
                     Error *reterr)
{
    StatusRun run = {
        .period = arena_strdup(arena, PQgetvalue(result, row, 1)),
        .action = arena_strdup(arena, PQgetvalue(result, row, 2)),
        .mode = arena_strdup(arena, PQgetvalue(result, row, 3)),
        .status = arena_strdup(arena, PQgetvalue(result, row, 4)),
        .started_at = arena_strdup(arena, PQgetvalue(result, row, 5)),
        .finished_at = text_or_null(arena, result, row, 6),
        .error = text_or_null(arena, result, row, 7),
    };
    if (!query_int64(result, row, 0, &run.run_id, reterr) ||
        !query_int64(result, row, 8, &run.milliseconds, reterr) ||
        !query_int64(result, row, 9, &run.members, reterr) ||
        !query_int64(result, row, 10, &run.points, reterr) ||
        !query_int64(result, row, 11, &run.events, reterr) ||
        !query_int64(result, row, 12, &run.upgrades, reterr) ||
        !query_int64(result, row, 13, &run.downgrades, reterr) ||
        !query_int64(result, row, 14, &run.grants, reterr) ||
        !query_int64(result, row, 15, &run.anomalies, reterr) ||
        !query_bool(result, row, 16, &run.changed, reterr) ||
        !query_bool(result, row, 17, &run.stands, reterr) ||
        !query_bool(result, row, 18, &run.carried, reterr)) {
        return false;
    }
    *ret_run = run;
    return true;
}

static bool read_runs(Connection *connection, Arena *arena, Status *status, Error *reterr)
{
    CLEANUP_RESULT PGresult *runs = NULL;
    CLEANUP_RESULT PGresult *last = NULL;
    if (!query_run(connection,
                   "select " RUN_COLUMNS " from tierclose.runs r order by r.run_id desc limit 10",
                   0, NULL, &runs, reterr) ||
        !query_run(connection,
                   "select " RUN_COLUMNS " from tierclose.runs r where r.status = 'published'"
                   " order by r.run_id desc limit 1",
                   0, NULL, &last, reterr)) {
        return false;
    }
    for (int row = 0; row < PQntuples(runs) && row < STATUS_RUNS_MAX; row++) {
        if (!read_run(arena, runs, row, &status->runs[status->run_count], reterr)) {
            return false;
        }
        status->run_count++;
    }
    status->any_published = PQntuples(last) > 0;
    return !status->any_published || read_run(arena, last, 0, &status->last_published, reterr);
}

/* The newest closed period with its run, and how far back they reach. */
static bool read_closed(Connection *connection, Arena *arena, Status *status, Error *reterr)
{
    CLEANUP_RESULT PGresult *result = NULL;
    int64_t effective_on = 0;
    if (!query_run(connection,
                   "select p.period, p.run_id, r.effective_on - date '2000-01-01',"
                   " (select min(o.period::text) from tierclose.published o)"
                   " from tierclose.published p join tierclose.runs r on r.run_id = p.run_id"
                   " order by p.period desc limit 1",
                   0, NULL, &result, reterr)) {
        return false;
    }
    if (PQntuples(result) == 0) {
        return true;
    }
    if (!query_int64(result, 0, 1, &status->newest_run_id, reterr) ||
        !query_int64(result, 0, 2, &effective_on, reterr)) {
        return false;
    }
    status->any_closed = true;
    status->newest_period = arena_strdup(arena, PQgetvalue(result, 0, 0));
    status->oldest_period = arena_strdup(arena, PQgetvalue(result, 0, 3));
    status->newest_effective_on = (int32_t)effective_on;
    return true;
}

/* A lock of one bigint shows as its two halves (pg_locks). */
static bool read_lock(Connection *connection, bool *ret_held, Error *reterr)
{
    CLEANUP_RESULT PGresult *result = NULL;
    return query_run(connection,
                     "select exists (select from pg_catalog.pg_locks l"
                     " join pg_catalog.pg_database d on d.oid = l.database"
                     " where d.datname = pg_catalog.current_database()"
                     " and l.locktype = 'advisory' and l.objsubid = 1 and l.granted"
                     " and l.classid::bigint << 32 | l.objid::bigint = " RUNS_LOCK_KEY ")",
                     0, NULL, &result, reterr) &&
           query_bool(result, 0, 0, ret_held, reterr);
}

bool status_read(Connection *connection, Arena *arena, Status *ret_status, Error *reterr)
{
    Status status = {0};
    bool held_before = false;
    bool held_after = false;
    /*
     * The lock is no part of a snapshot, and a run may begin or end while we look. So a running row
     * counts as dead only where nobody held the lock either before or after the row was read.
     */
    if (!connection_execute(connection, "begin isolation level read committed, read only",
                            reterr) ||
        !read_lock(connection, &held_before, reterr) ||
        !read_closed(connection, arena, &status, reterr) ||
        !read_runs(connection, arena, &status, reterr) ||
        !read_lock(connection, &held_after, reterr) ||
        !connection_execute(connection, "commit", reterr)) {
        return false;
    }
    status.lock_held = held_before || held_after;
    *ret_status = status;
    return true;
}
