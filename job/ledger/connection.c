#include "ledger/connection.h"

#include "ledger/dsn.h"
#include "ledger/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HINT_CONNECT                                                                               \
    "say where the database is: --dsn, or PGHOST, PGPORT, PGDATABASE, PGUSER or PGSERVICE; a "     \
    "password belongs into ~/.pgpass."

/* What libpq is told where neither its environment nor the dsn says otherwise: a server that is
 * gone is noticed within about a minute. */
static const struct {
    const char *keyword;
    const char *value;
} defaults[] = {
    {"connect_timeout", "10"}, {"keepalives_idle", "30"},     {"keepalives_interval", "10"},
    {"keepalives_count", "3"}, {"tcp_user_timeout", "60000"},
};
enum { DEFAULT_COUNT = sizeof defaults / sizeof defaults[0] };

static const char *option_value(const PQconninfoOption *options, const char *keyword)
{
    for (; options != NULL && options->keyword != NULL; options++) {
        if (strcmp(options->keyword, keyword) == 0) {
            return options->val;
        }
    }
    return NULL;
}

/* Puts *** for every place where the secret stands in the text. */
static void redact(char *text, const char *secret)
{
    if (secret == NULL || secret[0] == '\0') {
        return;
    }
    size_t size = strlen(secret);
    for (char *found = text; (found = strstr(found, secret)) != NULL;) {
        size_t shown = size < 3 ? size : 3;
        memset(found, '*', shown);
        memmove(found + shown, found + size, strlen(found + size) + 1);
        found += shown;
    }
}

static PGconn *connect_with_defaults(const char *dsn, bool service, const char *application_name)
{
    const char *keywords[DEFAULT_COUNT + 4];
    const char *values[DEFAULT_COUNT + 4];
    size_t count = 0;
    PQconninfoOption *environment = PQconndefaults();
    /* A service named in the dsn may set anything, and libpq would prefer what stands here to it.
     */
    for (size_t index = 0; index < DEFAULT_COUNT && !service; index++) {
        if (option_value(environment, defaults[index].keyword) == NULL) {
            keywords[count] = defaults[index].keyword;
            values[count++] = defaults[index].value;
        }
    }
    /* libpq takes the last of equal keywords: the dsn before these defaults, and these two before
     * the dsn. */
    keywords[count] = "dbname";
    values[count++] = dsn;
    keywords[count] = "application_name";
    values[count++] = application_name;
    keywords[count] = "client_encoding";
    values[count++] = "UTF8";
    keywords[count] = NULL;
    values[count] = NULL;
    PGconn *handle = PQconnectdbParams(keywords, values, 1);
    PQconninfoFree(environment);
    return handle;
}

/* Notices are for people at psql; nothing below command/ writes to stderr. */
static void drop_notice(void *context, const char *message)
{
    (void)context;
    (void)message;
}

/* All settings in one round trip. */
static bool apply_settings(Connection *connection, Error *reterr)
{
    /* Some are not known to every server. */
    static const char sql[] = "select pg_catalog.set_config(s.name, s.value, false)\n"
                              "from (values ('search_path', ''),\n"
                              "             ('TimeZone', 'UTC'),\n"
                              "             ('DateStyle', 'ISO, YMD'),\n"
                              "             ('IntervalStyle', 'postgres'),\n"
                              "             ('extra_float_digits', '1'),\n"
                              "             ('bytea_output', 'hex'),\n"
                              "             ('standard_conforming_strings', 'on'),\n"
                              "             ('quote_all_identifiers', 'off'),\n"
                              "             ('client_min_messages', 'warning'),\n"
                              "             ('statement_timeout', '0'),\n"
                              "             ('lock_timeout', '0'),\n"
                              "             ('idle_in_transaction_session_timeout', '0'),\n"
                              "             ('idle_session_timeout', '0'),\n"
                              "             ('transaction_timeout', '0'),\n"
                              "             ('default_transaction_isolation', 'read committed'),\n"
                              "             ('default_transaction_deferrable', 'off'),\n"
                              "             ('row_security', 'off'),\n"
                              "             ('jit', 'off')) s(name, value)\n"
                              "where pg_catalog.current_setting(s.name, true) is not null";
    CLEANUP_RESULT PGresult *result = NULL;
    return query_run(connection, sql, 0, NULL, &result, reterr);
}

bool connection_open(const char *dsn, const char *application_name, Connection **ret_connection,
                     Error *reterr)
{
    bool service = false;
    if (!dsn_check(dsn, &service, reterr)) {
        return false;
    }
    CLEANUP_CONNECTION Connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        return error_set(reterr, EXIT_BUG, NULL, "out of memory");
    }
    connection->handle = connect_with_defaults(dsn, service, application_name);
    if (PQstatus(connection->handle) != CONNECTION_OK) {
        (void)query_fail(connection, NULL, reterr);
        (void)snprintf(reterr->hint, sizeof reterr->hint, "%s", HINT_CONNECT);
        redact(reterr->message, PQpass(connection->handle));
        return false;
    }
    (void)PQsetNoticeProcessor(connection->handle, drop_notice, NULL);
    connection->cancel = PQgetCancel(connection->handle);
    if (PQserverVersion(connection->handle) < SERVER_VERSION_MIN) {
        _Static_assert(SERVER_VERSION_MIN == 140000, "the hint names it");
        /* NOLINTBEGIN(clang-analyzer-unix.Malloc): CLEANUP_CONNECTION frees it */
        return error_set(reterr, EXIT_CONFIG, "use PostgreSQL 14 or newer.",
                         "the server is PostgreSQL %d",
                         PQserverVersion(connection->handle) / 10000);
        /* NOLINTEND(clang-analyzer-unix.Malloc) */
    }
    if (!apply_settings(connection, reterr)) {
        return false;
    }
    *ret_connection = connection;
    connection = NULL;
    return true;
}

void connection_close(Connection **connection)
{
    if (*connection != NULL) {
        PQfreeCancel((*connection)->cancel);
        PQfinish((*connection)->handle);
        free(*connection);
        *connection = NULL;
    }
}

bool connection_set_role(Connection *connection, const char *role, Error *reterr)
{
    static const char hint[] =
        "deploy sql/ to this database, and `grant tierclose_job to` the user "
        "that connects.";
    char *quoted = PQescapeIdentifier(connection->handle, role, strlen(role));
    if (quoted == NULL) {
        return error_set(reterr, EXIT_CONFIG, hint, "the name of the role is not valid text");
    }
    CLEANUP_TEXT char *sql = text_printf("set role %s", quoted);
    PQfreemem(quoted);
    CLEANUP_RESULT PGresult *result = PQexec(connection->handle, sql);
    if (PQresultStatus(result) == PGRES_COMMAND_OK) {
        return true;
    }
    const char *sqlstate = query_sqlstate(result);
    (void)query_fail(connection, result, reterr);
    if (strcmp(sqlstate, "42501") == 0 || strcmp(sqlstate, "22023") == 0) {
        reterr->code = EXIT_CONFIG;
        (void)snprintf(reterr->hint, sizeof reterr->hint, "%s", hint);
    }
    return error_prefix(reterr, "cannot act as %s", role);
}

bool connection_refuse_standby(Connection *connection, Error *reterr)
{
    CLEANUP_RESULT PGresult *result = NULL;
    bool standby = false;
    if (!query_run(connection, "select pg_catalog.pg_is_in_recovery()", 0, NULL, &result, reterr) ||
        !query_bool(result, 0, 0, &standby, reterr)) {
        return false;
    }
    return !standby || error_set(reterr, EXIT_CONFIG, "name the primary in --dsn or PGHOST.",
                                 "this server is a standby: it cannot be written to");
}

bool connection_rename(Connection *connection, const char *application_name, Error *reterr)
{
    const char *values[] = {application_name};
    CLEANUP_RESULT PGresult *result = NULL;
    return query_run(connection, "select pg_catalog.set_config('application_name', $1, false)", 1,
                     values, &result, reterr);
}

bool connection_execute(Connection *connection, const char *sql, Error *reterr)
{
    CLEANUP_RESULT PGresult *result = PQexec(connection->handle, sql);
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY ||
           query_fail(connection, result, reterr);
}

bool connection_lost(const Connection *connection)
{
    return connection->out_of_step || PQstatus(connection->handle) == CONNECTION_BAD;
}

bool connection_cancel(const Connection *connection)
{
    char message[256]; /* PQcancel is safe in a signal handler when this is on the stack */
    return connection->cancel != NULL &&
           PQcancel(connection->cancel, message, (int)sizeof message) == 1;
}

int connection_server_version(const Connection *connection)
{
    return PQserverVersion(connection->handle);
}
