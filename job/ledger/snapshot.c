#include "ledger/snapshot.h"

#include "ledger/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not every engine that speaks PostgreSQL's protocol tells which cluster it is, nor tells
 * everybody.
 */
static bool keeps_identity(const PGresult *result)
{
    const char *sqlstate = query_sqlstate(result);
    return strcmp(sqlstate, "42501") == 0 || /* insufficient_privilege */
           strcmp(sqlstate, "42883") == 0;   /* undefined_function */
}

bool snapshot_same_server(const char *left, const char *right)
{
    return left[0] != '\0' && strcmp(left, right) == 0;
}

bool snapshot_identity(Connection *connection, char ret_identifier[SYSTEM_IDENTIFIER_BYTES],
                       Error *reterr)
{
    static const char sql[] = "select system_identifier::text from pg_catalog.pg_control_system()";
    CLEANUP_RESULT PGresult *result = PQexec(connection->handle, sql);
    ret_identifier[0] = '\0';
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        return keeps_identity(result) || query_fail(connection, result, reterr);
    }
    const char *text = NULL;
    if (!query_text(result, 0, 0, &text, reterr)) {
        return false;
    }
    (void)snprintf(ret_identifier, SYSTEM_IDENTIFIER_BYTES, "%s", text);
    return true;
}

static bool export_snapshot(Connection *connection, Snapshot *snapshot, Error *reterr)
{
    /* now() is the transaction's begin, which is before its snapshot. */
    static const char sql[] = "select pg_catalog.pg_export_snapshot(),\n"
                              "       pg_catalog.pg_current_snapshot()::text,\n"
                              "       " SQL_MICROSECONDS("now()");
    CLEANUP_RESULT PGresult *result = NULL;
    const char *token = NULL;
    const char *visible = NULL;
    if (!query_run(connection, sql, 0, NULL, &result, reterr) ||
        !query_text(result, 0, 0, &token, reterr) || !query_text(result, 0, 1, &visible, reterr) ||
        !query_int64(result, 0, 2, &snapshot->taken_at_us, reterr)) {
        return false;
    }
    if (strlen(token) >= sizeof snapshot->token) {
        return error_set(reterr, EXIT_BUG, NULL, "the exported snapshot's name is too long");
    }
    (void)snprintf(snapshot->token, sizeof snapshot->token, "%s", token);
    snapshot->visible = text_printf("%s", visible);
    return true;
}

/* Ends a transaction that did not come about; what went wrong before matters more. */
static void roll_back(Connection *connection)
{
    Error ignored = {0};
    (void)!connection_execute(connection, "rollback", &ignored);
}

bool snapshot_begin(Connection *connection, bool will_write, Snapshot *ret_snapshot, Error *reterr)
{
    Snapshot snapshot = {0};
    const char *begin = will_write ? "begin isolation level repeatable read, read write"
                                   : "begin isolation level repeatable read, read only";
    if ((will_write && !connection_refuse_standby(connection, reterr)) ||
        !snapshot_identity(connection, snapshot.system_identifier, reterr) ||
        !connection_execute(connection, begin, reterr)) {
        return false;
    }
    if (!export_snapshot(connection, &snapshot, reterr)) {
        roll_back(connection);
        return false;
    }
    *ret_snapshot = snapshot;
    return true;
}

static const char direct_hint[] = "run again; if it stays, connect to the server itself and not "
                                  "through a pooler, or use --workers 1.";

static bool set_snapshot(Connection *connection, const Snapshot *snapshot, Error *reterr)
{
    char *quoted = PQescapeLiteral(connection->handle, snapshot->token, strlen(snapshot->token));
    if (quoted == NULL) {
        return error_set(reterr, EXIT_BUG, NULL, "the exported snapshot's name is not valid text");
    }
    CLEANUP_TEXT char *sql = text_printf("set transaction snapshot %s", quoted);
    PQfreemem(quoted);
    if (!connection_execute(connection, sql, reterr)) {
        /* As the server sees it our parameter is wrong; what it is, is gone or somebody else's. */
        reterr->code = EXIT_DATABASE;
        (void)snprintf(reterr->hint, sizeof reterr->hint, "%s", direct_hint);
        return false;
    }
    CLEANUP_RESULT PGresult *result = NULL;
    if (!connection_execute(connection, "set local lock_timeout = '" WORKER_LOCK_TIMEOUT "'",
                            reterr) ||
        !query_run(connection, "select pg_catalog.pg_current_snapshot()::text", 0, NULL, &result,
                   reterr)) {
        return false;
    }
    const char *visible = NULL;
    if (!query_text(result, 0, 0, &visible, reterr)) {
        return false;
    }
    if (strcmp(visible, snapshot->visible) != 0) {
        return error_set(reterr, EXIT_DATABASE, direct_hint,
                         "the server took another snapshot (%.100s) than it was given (%.100s)",
                         visible, snapshot->visible);
    }
    return true;
}

bool snapshot_join(Connection *connection, const Snapshot *snapshot, Error *reterr)
{
    if (!connection_execute(connection, "begin isolation level repeatable read, read only",
                            reterr)) {
        return false;
    }
    if (!set_snapshot(connection, snapshot, reterr)) {
        roll_back(connection);
        return error_prefix(reterr, "a worker cannot share the run's snapshot");
    }
    return true;
}

bool snapshot_finish(Connection *connection, Error *reterr)
{
    return connection_execute(connection, "rollback", reterr);
}

void snapshot_destroy(Snapshot *snapshot)
{
    free(snapshot->visible);
    *snapshot = (Snapshot){0};
}
