#include "ledger/runs.h"

#include "ledger/query.h"
#include "ledger/standing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOCK_POLL_MS = 200 };

typedef char Number[24];

static const char *number(int64_t value, Number text)
{
    (void)snprintf(text, sizeof(Number), "%" PRId64, value);
    return text;
}

bool runs_lock(Connection *connection, bool wait, const atomic_int *stop_signal, Error *reterr)
{
    for (;;) {
        CLEANUP_RESULT PGresult *result = NULL;
        bool taken = false;
        if (!query_run(connection, "select pg_catalog.pg_try_advisory_lock(" RUNS_LOCK_KEY ")", 0,
                       NULL, &result, reterr) ||
            !query_bool(result, 0, 0, &taken, reterr)) {
            return false;
        }
        if (taken) {
            return true;
        }
        if (!wait) {
            return error_set(reterr, EXIT_LOCKED, "wait for it, or run without --no-wait.",
                             "another run holds the lock");
        }
        /* Asked again and again rather than waited for in the server, so that a signal ends the
         * wait at once. */
        if (stop_signal != NULL && atomic_load(stop_signal) != 0) {
            return error_set(reterr, EXIT_INTERRUPTED, NULL,
                             "stopped while waiting for another run to end");
        }
        const struct timespec pause = {.tv_nsec = LOCK_POLL_MS * 1000000L};
        (void)nanosleep(&pause, NULL);
    }
}

/* What no period needs any more: superseded standings, and those of runs that never published. */
static const char unneeded_sql[] =
    "select pg_catalog.substr(c.relname, 14)::bigint\n"
    "from pg_catalog.pg_class c\n"
    "where c.relnamespace = 'tierclose'::regnamespace\n"
    "  and c.relkind = 'r' and c.relname ~ '^standing_run_[0-9]{1,18}$'\n"
    "  and (not c.relispartition or exists (\n"
    "      select from tierclose.superseded s\n"
    "      where c.relname = 'standing_run_' || s.run_id))\n"
    "order by 1";

bool runs_sweep(Connection *connection, Error *reterr)
{
    CLEANUP_RESULT PGresult *dead = NULL;
    if (!query_run(connection,
                   "update tierclose.run set status = 'failed', finished_at = clock_timestamp(),"
                   " error = 'ended without a word: killed, or its connection was lost'"
                   " where status = 'running'",
                   0, NULL, &dead, reterr)) {
        return false;
    }
    CLEANUP_RESULT PGresult *unneeded = NULL;
    if (!query_run(connection, unneeded_sql, 0, NULL, &unneeded, reterr)) {
        return false;
    }
    for (int row = 0; row < PQntuples(unneeded); row++) {
        int64_t run_id = 0;
        Error ignored; /* somebody reads it now: a later run drops it */
        if (!query_int64(unneeded, row, 0, &run_id, reterr)) {
            return false;
        }
        if (!standing_drop(connection, run_id, &ignored) && connection_lost(connection)) {
            *reterr = ignored;
            return false;
        }
    }
    return true;
}

/* The file's text is stored as it is, so each letter of it must be one of the database's. */
static bool fail_to_keep(const char *file, Error *reterr)
{
    return reterr->code == EXIT_CONFIG
               ? error_prefix(reterr, "%.150s cannot be kept with its runs", file)
               : false;
}

bool runs_check_text(Connection *connection, const char *file, const char *text,
                     char encoding[ENCODING_NAME_BYTES], Error *reterr)
{
    CLEANUP_RESULT PGresult *result = NULL;
    const char *name = NULL;
    if (!query_run(
            connection,
            "select pg_catalog.current_setting('server_encoding') where $1::text is not null", 1,
            &text, &result, reterr)) {
        return fail_to_keep(file, reterr);
    }
    if (!query_text(result, 0, 0, &name, reterr)) {
        return false;
    }
    (void)snprintf(encoding, ENCODING_NAME_BYTES, "%s", name);
    return true;
}

bool runs_start(Connection *connection, const RunStart *start, int64_t *ret_run_id, Error *reterr)
{
    Number acted_on, effective_on, workers;
    const char *config[] = {start->config_sha256, start->config_file, start->config_text};
    CLEANUP_RESULT PGresult *stored = NULL;
    if (!query_run(connection,
                   "insert into tierclose.config (config_sha256, file_name, body)"
                   " values ($1, $2, $3) on conflict do nothing",
                   3, config, &stored, reterr)) {
        return fail_to_keep(start->config_file, reterr);
    }
    const char *values[] = {
        start->period,
        start->action,
        start->mode,
        start->config_sha256,
        number(start->acted_on, acted_on),
        number(start->effective_on, effective_on),
        start->timezone,
        number(start->workers, workers),
        start->program,
        start->currency,
    };
    CLEANUP_RESULT PGresult *result = NULL;
    return query_run(connection,
                     "insert into tierclose.run (period, action, mode, status, config_sha256,"
                     " acted_on, effective_on, timezone, workers, program, currency)"
                     " values ($1, $2, $3, 'running', $4, date '2000-01-01' + $5::integer,"
                     " date '2000-01-01' + $6::integer, $7, $8::integer, $9, $10)"
                     " returning run_id",
                     10, values, &result, reterr) &&
           query_int64(result, 0, 0, ret_run_id, reterr);
}

bool runs_fail(Connection *connection, const int64_t *run_ids, size_t count, const char *why,
               Error *reterr)
{
    for (size_t i = 0; i < count; i++) {
        Number run_id;
        const char *values[] = {number(run_ids[i], run_id), why};
        CLEANUP_RESULT PGresult *result = NULL;
        if (!query_run(connection,
                       "update tierclose.run set status = 'failed', error = $2,"
                       " finished_at = clock_timestamp()"
                       " where run_id = $1::bigint and status = 'running'",
                       2, values, &result, reterr)) {
            return false;
        }
    }
    return true;
}

static bool publish_run(Connection *connection, const RunResult *result, Error *reterr)
{
    const RunFigures *figures = &result->figures;
    const int64_t counts[] = {
        result->run_id,         figures->members,           figures->points,
        figures->events,        figures->events_earning,    figures->events_refund,
        figures->events_capped, figures->events_ineligible, figures->events_anomalous,
        figures->upgrades,      figures->downgrades,        figures->program_changes,
        figures->grants,        figures->revoked,           figures->overgranted,
        figures->anomalies,     result->late_events,
    };
    enum { COUNTS = sizeof counts / sizeof counts[0], TEXTS = 9 };
    Number numbers[COUNTS];
    const char *values[COUNTS + TEXTS];
    for (size_t i = 0; i < COUNTS; i++) {
        values[i] = counts[i] < 0 ? NULL : number(counts[i], numbers[i]);
    }
    Number taken_at;
    values[COUNTS + 0] = result->changed ? "true" : "false";
    values[COUNTS + 1] = result->result_checksum;
    values[COUNTS + 2] = result->members_digest;
    values[COUNTS + 3] = result->snapshot_visible;
    values[COUNTS + 4] = result->system_identifier[0] == '\0' ? NULL : result->system_identifier;
    values[COUNTS + 5] = result->carried ? NULL : number(result->snapshot_taken_at_us, taken_at);
    values[COUNTS + 6] = result->month_rules;
    values[COUNTS + 7] = result->mode;
    values[COUNTS + 8] = result->month_orders;
    CLEANUP_RESULT PGresult *updated = NULL;
    return query_run(
        connection,
        "update tierclose.run set status = 'published', finished_at = clock_timestamp(),"
        " members = $2::bigint, points = $3::bigint, events = $4::bigint,"
        " events_earning = $5::bigint, events_refund = $6::bigint, events_capped = $7::bigint,"
        " events_ineligible = $8::bigint, events_anomalous = $9::bigint,"
        " upgrades = $10::bigint, downgrades = $11::bigint, program_changes = $12::bigint,"
        " grants = $13::bigint, revoked = $14::bigint, overgranted = $15::bigint,"
        " anomalies = $16::bigint, late_events = $17::bigint, changed = $18::boolean,"
        " result_checksum = $19, members_digest = $20, snapshot = $21::pg_catalog.pg_snapshot,"
        " system_identifier = $22::bigint,"
        " snapshot_taken_at = timestamptz '2000-01-01 00:00:00+00' + $23::bigint * interval '1 us',"
        " month_rules = $24, mode = $25, month_orders = $26"
        " where run_id = $1::bigint",
        COUNTS + TEXTS, values, &updated, reterr);
}

/* The period's pointer; what another run had written there is superseded. */
static bool publish_pointer(Connection *connection, const RunResult *result, Error *reterr)
{
    Number run_id;
    const char *values[] = {result->period, number(result->run_id, run_id)};
    CLEANUP_RESULT PGresult *superseded = NULL;
    CLEANUP_RESULT PGresult *pointed = NULL;
    if (!result->standings_written) {
        return query_run(connection,
                         "update tierclose.published set checked_run_id = $2::bigint"
                         " where period = $1",
                         2, values, &pointed, reterr);
    }
    return query_run(connection,
                     "insert into tierclose.superseded (run_id, period, superseded_by)"
                     " select run_id, period, $2::bigint from tierclose.published"
                     " where period = $1",
                     2, values, &superseded, reterr) &&
           query_run(connection,
                     "insert into tierclose.published (period, run_id, checked_run_id)"
                     " values ($1, $2::bigint, $2::bigint) on conflict (period) do update"
                     " set run_id = excluded.run_id, checked_run_id = excluded.checked_run_id",
                     2, values, &pointed, reterr);
}

bool runs_publish(Connection *connection, const RunResult *result, Error *reterr)
{
    return publish_run(connection, result, reterr) &&
           (result->carried || publish_pointer(connection, result, reterr));
}

bool runs_publish_program(Connection *connection, const char *name, const char *zone,
                          const char *currency, int32_t effective_day, Error *reterr)
{
    Number day;
    const char *values[] = {name, zone, currency, number(effective_day, day)};
    CLEANUP_RESULT PGresult *result = NULL;
    return query_run(connection,
                     "insert into tierclose.program as p (name, timezone, currency, effective_day)"
                     " values ($1, $2, $3, $4::smallint) on conflict (singleton) do update"
                     " set name = $1, timezone = $2, currency = $3, effective_day = $4::smallint"
                     " where (p.name, p.timezone, p.currency, p.effective_day)"
                     " is distinct from ($1, $2, $3, $4::smallint)",
                     4, values, &result, reterr);
}

bool runs_commit(Connection *connection, Error *reterr)
{
    PGresult *result = PQexec(connection->handle, "commit");
    const char *done = PQresultStatus(result) == PGRES_COMMAND_OK ? PQcmdStatus(result) : "";
    bool committed = strcmp(done, "COMMIT") == 0;
    bool lost = PQstatus(connection->handle) != CONNECTION_OK;
    if (committed) {
        /* It stands, whatever became of the connection since. */
    } else if (strcmp(done, "ROLLBACK") == 0) {
        /* An aborted transaction answers so: an error before it went unnoticed. */
        (void)error_set(reterr, EXIT_BUG, "this is a bug in tierclose; nothing was published.",
                        "the publication was rolled back");
    } else if (!lost && query_sqlstate(result)[0] != '\0') {
        (void)query_fail(connection, result, reterr); /* the server has refused it */
    } else {
        /* Anything that is not the server's word is libpq's: the commit may have been done. */
        (void)error_set(reterr, EXIT_OUTCOME_UNKNOWN,
                        "run `tierclose status`: it tells whether the run was published.",
                        "%s while publishing: the outcome is unknown",
                        lost ? "the connection died" : "the answer was lost");
    }
    PQclear(result);
    return committed;
}

void runs_rollback(Connection *connection)
{
    if (!connection_lost(connection)) {
        PQclear(PQexec(connection->handle, "rollback"));
    }
}

static void copy_text(char *target, size_t size, const PGresult *result, int row, int column)
{
    (void)snprintf(target, size, "%s", PQgetvalue(result, row, column));
}

/* A text that the caller frees; NULL for SQL's NULL. */
static char *optional_text(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? NULL
                                            : text_printf("%s", PQgetvalue(result, row, column));
}

bool runs_closed(Connection *connection, ClosedPeriod **ret_periods, size_t *ret_count,
                 Error *reterr)
{
    /* clang-format off */
    static const char sql[] =
        "select p.period, p.run_id, p.checked_run_id,\n"
        "       r.snapshot, coalesce(" SQL_MICROSECONDS("r.snapshot_taken_at") ", 0),\n"
        "       r.system_identifier, r.config_sha256, r.members_digest, r.result_checksum,\n"
        "       b.snapshot, coalesce(" SQL_MICROSECONDS("b.snapshot_taken_at") ", 0),\n"
        "       b.system_identifier, b.month_rules, b.month_orders\n"
        "from tierclose.published p\n"
        "join tierclose.run r on r.run_id = p.checked_run_id\n"
        "join tierclose.run b on b.run_id = p.run_id\n"
        "order by p.period";
    /* clang-format on */
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, sql, 0, NULL, &result, reterr)) {
        return false;
    }
    size_t count = (size_t)PQntuples(result);
    ClosedPeriod *periods = calloc(count + 1, sizeof *periods);
    if (periods == NULL) {
        return error_set(reterr, EXIT_BUG, NULL, "out of memory");
    }
    for (int row = 0; row < (int)count; row++) {
        ClosedPeriod *period = &periods[row];
        if (!query_int64(result, row, 1, &period->run_id, reterr) ||
            !query_int64(result, row, 2, &period->checked_run_id, reterr) ||
            !query_int64(result, row, 4, &period->snapshot_taken_at_us, reterr) ||
            !query_int64(result, row, 10, &period->base_snapshot_taken_at_us, reterr)) {
            runs_closed_free(periods, count);
            return false;
        }
        copy_text(period->period, sizeof period->period, result, row, 0);
        period->snapshot_visible = optional_text(result, row, 3);
        period->base_snapshot_visible = optional_text(result, row, 9);
        period->base_month_rules = optional_text(result, row, 12);
        period->base_month_orders = optional_text(result, row, 13);
        copy_text(period->system_identifier, sizeof period->system_identifier, result, row, 5);
        copy_text(period->config_sha256, sizeof period->config_sha256, result, row, 6);
        copy_text(period->members_digest, sizeof period->members_digest, result, row, 7);
        copy_text(period->result_checksum, sizeof period->result_checksum, result, row, 8);
        copy_text(period->base_system_identifier, sizeof period->base_system_identifier, result,
                  row, 11);
    }
    *ret_periods = periods;
    *ret_count = count;
    return true;
}

void runs_closed_free(ClosedPeriod *periods, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(periods[i].snapshot_visible);
        free(periods[i].base_snapshot_visible);
        free(periods[i].base_month_rules);
        free(periods[i].base_month_orders);
    }
    free(periods);
}

bool runs_find(Connection *connection, Arena *arena, int64_t run_id, LedgerRun *ret_run,
               Error *reterr)
{
    Number text;
    const char *values[] = {number(run_id, text)};
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection,
                   "select period, status, coalesce(result_checksum, '')"
                   " from tierclose.runs where run_id = $1::bigint",
                   1, values, &result, reterr)) {
        return false;
    }
    LedgerRun run = {.found = PQntuples(result) > 0};
    if (run.found) {
        run.period = arena_strdup(arena, PQgetvalue(result, 0, 0));
        run.status = arena_strdup(arena, PQgetvalue(result, 0, 1));
        run.result_checksum = arena_strdup(arena, PQgetvalue(result, 0, 2));
    }
    *ret_run = run;
    return true;
}
