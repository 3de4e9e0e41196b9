/* What the job calls in libpq. An error is a statement that the server refuses: the connection
 * lives on and its transaction is aborted. After a reset libpq itself finds out. */
#include "inject.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { NAMES_MAX = 32 };

/* True: the call fails. */
static bool libpq_fails(PGconn *connection, const char *call, const char *detail)
{
    if (!inject_hit(LIBPQ, call, detail)) {
        return false;
    }
    if (inject_fault.kind == RESET && connection != NULL) {
        (void)shutdown(PQsocket(connection), SHUT_RDWR);
    }
    return inject_fault.kind != RESET;
}

static PGresult *refused_statement(PGconn *connection)
{
    char sql[160];
    (void)snprintf(sql, sizeof sql,
                   "do $$ begin raise exception 'a fault was injected' using errcode = '%s'; "
                   "end $$",
                   inject_fault.code);
    return REAL(PQexec)(connection, sql);
}

PGresult *PQexec(PGconn *connection, const char *query)
{
    bool commits = inject_report != NULL && strcmp(query, "commit") == 0;
    if (commits) {
        inject_note_commit(inject_report->commit_from);
    }
    PGresult *result = libpq_fails(connection, "PQexec", query) ? refused_statement(connection)
                                                                : REAL(PQexec)(connection, query);
    if (commits) {
        inject_note_commit(inject_report->commit_until);
    }
    return result;
}

PGresult *PQexecParams(PGconn *connection, const char *command, int count, const Oid *types,
                       const char *const *values, const int *lengths, const int *formats,
                       int result_format)
{
    return libpq_fails(connection, "PQexecParams", command)
               ? refused_statement(connection)
               : REAL(PQexecParams)(connection, command, count, types, values, lengths, formats,
                                    result_format);
}

/* A connection that fails goes to where no server is; one that is reset dies after its birth. */
PGconn *PQconnectdbParams(const char *const *keywords, const char *const *values, int expand)
{
    const char *names[NAMES_MAX] = {NULL};
    const char *texts[NAMES_MAX] = {NULL};
    size_t count = 0;
    for (; keywords[count] != NULL && count < NAMES_MAX - 2; count++) {
        names[count] = keywords[count];
        texts[count] = values[count];
    }
    bool hit = inject_hit(LIBPQ, "PQconnectdbParams", "");
    if (hit && inject_fault.kind != RESET) {
        names[count] = "host";
        texts[count] = "/nowhere";
    }
    PGconn *connection = REAL(PQconnectdbParams)(names, texts, expand);
    if (hit && inject_fault.kind == RESET) {
        (void)shutdown(PQsocket(connection), SHUT_RDWR);
    }
    return connection;
}

PGresult *PQgetResult(PGconn *connection)
{
    bool fails = libpq_fails(connection, "PQgetResult", "");
    PGresult *result = REAL(PQgetResult)(connection);
    if (fails && result != NULL) {
        PQclear(result);
        result = PQmakeEmptyPGresult(connection, PGRES_FATAL_ERROR);
    }
    return result;
}

/* One row. Those in the middle of a long table are all alike. */
int PQgetCopyData(PGconn *connection, char **buffer, int async)
{
    enum { ROWS_AT_FIRST = 2 };
    static __thread unsigned row __attribute__((tls_model("initial-exec")));
    bool skipped = row >= ROWS_AT_FIRST && row % inject_rows != 0;
    inject_pause(skipped);
    int size = libpq_fails(connection, "PQgetCopyData", "")
                   ? -2
                   : REAL(PQgetCopyData)(connection, buffer, async);
    inject_pause(false);
    row = size > 0 ? row + 1 : 0;
    return size;
}

int PQputCopyData(PGconn *connection, const char *buffer, int size)
{
    return libpq_fails(connection, "PQputCopyData", "")
               ? -1
               : REAL(PQputCopyData)(connection, buffer, size);
}

int PQputCopyEnd(PGconn *connection, const char *message)
{
    return libpq_fails(connection, "PQputCopyEnd", message == NULL ? "" : message)
               ? -1
               : REAL(PQputCopyEnd)(connection, message);
}

char *PQescapeIdentifier(PGconn *connection, const char *text, size_t size)
{
    return libpq_fails(connection, "PQescapeIdentifier", text)
               ? NULL
               : REAL(PQescapeIdentifier)(connection, text, size);
}

char *PQescapeLiteral(PGconn *connection, const char *text, size_t size)
{
    return libpq_fails(connection, "PQescapeLiteral", text)
               ? NULL
               : REAL(PQescapeLiteral)(connection, text, size);
}

PGcancel *PQgetCancel(PGconn *connection)
{
    return libpq_fails(connection, "PQgetCancel", "") ? NULL : REAL(PQgetCancel)(connection);
}

int PQcancel(PGcancel *cancel, char *message, int size)
{
    return libpq_fails(NULL, "PQcancel", "") ? 0 : REAL(PQcancel)(cancel, message, size);
}

PQconninfoOption *PQconndefaults(void)
{
    return libpq_fails(NULL, "PQconndefaults", "") ? NULL : REAL(PQconndefaults)();
}
