#include "ledger/query.h"

#include "base/arena.h"
#include "base/civil_date.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HINT_REACH                                                                                 \
    "see that the server runs and can be reached, then run the command again; `tierclose "         \
    "status` tells what stands."
#define HINT_DEPLOY                                                                                \
    "deploy sql/ to this database, and grant the job's role what it reads (README, Deploy)."
#define HINT_ENCODING                                                                              \
    "keep names, and the programme file with its comments, to letters that both UTF-8 and the "    \
    "database's encoding have."

enum { IDENTIFIER_BYTES_MAX = 63 };

void query_clear(PGresult **result)
{
    PQclear(*result);
    *result = NULL;
}

void text_free(char **text)
{
    free(*text);
    *text = NULL;
}

char *text_printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(length >= 0);
    char *text = memory_alloc((size_t)length + 1, 1);
    va_start(arguments, format);
    (void)vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

bool query_run(Connection *connection, const char *sql, size_t count, const char *const *values,
               PGresult **ret_result, Error *reterr)
{
    PGresult *result =
        PQexecParams(connection->handle, sql, (int)count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        (void)query_fail(connection, result, reterr);
        PQclear(result);
        return false;
    }
    *ret_result = result;
    return true;
}

const char *query_sqlstate(const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return sqlstate == NULL ? "" : sqlstate;
}

SqlstateAdvice sqlstate_advice(const char *sqlstate)
{
    /* A prefix of the SQLSTATE; the first that fits counts. */
    static const struct {
        const char *prefix;
        SqlstateAdvice advice;
    } table[] = {
        {"42501", {EXIT_CONFIG, HINT_DEPLOY}}, /* insufficient_privilege */
        {"42P01", {EXIT_CONFIG, HINT_DEPLOY}}, /* undefined_table */
        {"42703", {EXIT_CONFIG, HINT_DEPLOY}}, /* undefined_column */
        {"42883", {EXIT_CONFIG, HINT_DEPLOY}}, /* undefined_function */
        {"42804", {EXIT_CONFIG, HINT_DEPLOY}}, /* datatype_mismatch */
        {"3F000", {EXIT_CONFIG, HINT_DEPLOY}}, /* invalid_schema_name */
        {"42601", {EXIT_BUG, NULL}},           /* syntax_error: the SQL is ours */
        {"25006",                              /* read_only_sql_transaction */
         {EXIT_CONFIG, "this server is a standby, or its user is set to default_transaction_"
                       "read_only: name the primary in --dsn or PGHOST."}},
        {"55P03", /* lock_not_available */
         {EXIT_LOCKED, "another session changes or holds this table: run again when it is done."}},
        {"40", {EXIT_DATABASE, "another session was in the way: run the command again."}},
        {"53100", {EXIT_DATABASE, "the server's disk is full: make room, then run again."}},
        {"53200", {EXIT_DATABASE, "the server is out of memory: run again with less beside it."}},
        {"53", {EXIT_DATABASE, "the server has no room for more connections: run again later."}},
        {"57014", {EXIT_DATABASE, "the server was asked to stop this statement: run again."}},
        {"57P", {EXIT_DATABASE, HINT_REACH}}, /* the server or an administrator ends the session */
        {"22021", {EXIT_CONFIG, HINT_ENCODING}}, /* character_not_in_repertoire */
        {"22P05", {EXIT_CONFIG, HINT_ENCODING}}, /* untranslatable_character */
        {"22", {EXIT_DATA, NULL}},               /* data exceptions */
        {"23", {EXIT_DATA, NULL}},               /* constraints */
        {"", {EXIT_DATABASE, NULL}},
    };
    size_t index = 0;
    while (strncmp(sqlstate, table[index].prefix, strlen(table[index].prefix)) != 0) {
        index++;
    }
    return table[index].advice;
}

/* Runs of white space become one space and the last goes. */
static void make_one_line(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (!isspace((unsigned char)*from)) {
            *to++ = *from;
        } else if (to > text && to[-1] != ' ') {
            *to++ = ' ';
        }
    }
    while (to > text && to[-1] == ' ') {
        to--;
    }
    *to = '\0';
}

bool query_fail(Connection *connection, const PGresult *result, Error *reterr)
{
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (PQstatus(connection->handle) == CONNECTION_BAD) {
        const char *why = primary != NULL ? primary : PQerrorMessage(connection->handle);
        /* Nothing to cancel: it was never there. */
        const char *what = connection->cancel == NULL ? "no connection" : "the connection was lost";
        (void)error_set(reterr, EXIT_DATABASE, HINT_REACH, "%s: %s", what, why);
    } else if (primary == NULL) {
        connection->out_of_step = true;
        (void)error_set(reterr, EXIT_DATABASE, NULL, "the database: %s",
                        PQerrorMessage(connection->handle));
    } else {
        const char *sqlstate = query_sqlstate(result);
        const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
        SqlstateAdvice advice = sqlstate_advice(sqlstate);
        (void)error_set(reterr, advice.code, advice.hint, "the database: %.600s%s%.300s [%s]",
                        primary, detail == NULL ? "" : ": ", detail == NULL ? "" : detail,
                        sqlstate);
    }
    make_one_line(reterr->message);
    return false;
}

bool query_text(const PGresult *result, int row, int column, const char **ret_text, Error *reterr)
{
    if (row >= PQntuples(result) || column >= PQnfields(result)) {
        return error_set(reterr, EXIT_BUG, NULL,
                         "the database's answer has no row %d with a column %d", row + 1,
                         column + 1);
    }
    if (PQgetisnull(result, row, column)) {
        return error_set(reterr, EXIT_BUG, NULL, "the database's answer has NULL for %s",
                         PQfname(result, column));
    }
    *ret_text = PQgetvalue(result, row, column);
    return true;
}

bool query_int64(const PGresult *result, int row, int column, int64_t *ret_value, Error *reterr)
{
    const char *text = "";
    if (!query_text(result, row, column, &text, reterr)) {
        return false;
    }
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0') {
        return error_set(reterr, EXIT_BUG, NULL, "the database's answer for %s is no number: %s",
                         PQfname(result, column), text);
    }
    *ret_value = value;
    return true;
}

bool query_bool(const PGresult *result, int row, int column, bool *ret_value, Error *reterr)
{
    const char *text = "";
    if (!query_text(result, row, column, &text, reterr)) {
        return false;
    }
    if (strcmp(text, "t") != 0 && strcmp(text, "f") != 0) {
        return error_set(reterr, EXIT_BUG, NULL, "the database's answer for %s is neither t nor f",
                         PQfname(result, column));
    }
    *ret_value = text[0] == 't';
    return true;
}

static bool is_letter(unsigned char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_' ||
           letter >= 0x80;
}

/* Reads one part of a name from *text on, as SQL does. False: there is none. */
static bool read_identifier(const char **text, char part[IDENTIFIER_BYTES_MAX + 1])
{
    const char *next = *text;
    size_t size = 0;
    bool quoted = *next == '"';
    next += quoted ? 1 : 0;
    for (;; next++) {
        unsigned char letter = (unsigned char)*next;
        if (quoted && letter == '"' && *++next != '"') {
            break;
        }
        if (!quoted && (letter == '.' || letter == '\0')) {
            break;
        }
        bool plain = is_letter(letter) || (size > 0 && (letter == '$' || isdigit(letter)));
        if (letter == '\0' || (!quoted && !plain) || size == IDENTIFIER_BYTES_MAX) {
            return false;
        }
        bool fold = !quoted && letter >= 'A' && letter <= 'Z';
        part[size++] = (char)(fold ? letter - 'A' + 'a' : letter);
    }
    part[size] = '\0';
    *text = next;
    return size > 0;
}

bool query_quote_name(Connection *connection, const char *name, char **ret_quoted,
                      size_t *ret_parts, Error *reterr)
{
    char parts[2][IDENTIFIER_BYTES_MAX + 1];
    size_t count = 0;
    const char *next = name;
    bool good = read_identifier(&next, parts[count++]);
    if (good && *next == '.') {
        next++;
        good = read_identifier(&next, parts[count++]);
    }
    if (!good || *next != '\0') {
        return error_set(
            reterr, EXIT_CONFIG,
            "write schema.name; a part with other than letters, digits and _ stands in "
            "double quotes.",
            "\"%.200s\" is not the name of a table", name);
    }
    char *quoted[2] = {NULL, NULL};
    for (size_t index = 0; index < count; index++) {
        quoted[index] = PQescapeIdentifier(connection->handle, parts[index], strlen(parts[index]));
    }
    good = quoted[0] != NULL && (count == 1 || quoted[1] != NULL);
    if (good) {
        *ret_quoted =
            count == 1 ? text_printf("%s", quoted[0]) : text_printf("%s.%s", quoted[0], quoted[1]);
        *ret_parts = count;
    } else {
        (void)error_set(reterr, EXIT_CONFIG, "write it in UTF-8.",
                        "the name of a table is not valid text");
    }
    PQfreemem(quoted[0]);
    PQfreemem(quoted[1]);
    return good;
}

enum { FIRST_DAY = -730119 /* 0001-01-01 */ };

const char *timestamp_format(int64_t time_us, char text[TIMESTAMP_TEXT_BYTES])
{
    const int64_t day_us = INT64_C(86400000000);
    const int64_t first_us = FIRST_DAY * day_us;
    const int64_t last_us = 2921940 * day_us; /* 10000-01-01 */
    if (time_us < first_us || time_us >= last_us) {
        (void)snprintf(text, TIMESTAMP_TEXT_BYTES, "%s",
                       time_us < first_us ? "-infinity" : "infinity");
        return text;
    }
    int32_t day = FIRST_DAY + (int32_t)((time_us - first_us) / day_us);
    int64_t left_us = (time_us - first_us) % day_us;
    int64_t seconds = left_us / 1000000;
    Date date = day_to_date(day);
    (void)snprintf(text, TIMESTAMP_TEXT_BYTES, "%04d-%02d-%02d %02d:%02d:%02d.%06d+00", date.year,
                   date.month, date.day, (int)(seconds / 3600), (int)(seconds / 60 % 60),
                   (int)(seconds % 60), (int)(left_us % 1000000));
    return text;
}

/* Ends a COPY that is under way, so that the connection can be used again. */
static void abandon_copy(Connection *connection)
{
    (void)connection_cancel(connection);
    char *bytes = NULL;
    while (PQgetCopyData(connection->handle, &bytes, 0) > 0) {
        PQfreemem(bytes);
    }
    for (PGresult *result = NULL; (result = PQgetResult(connection->handle)) != NULL;) {
        PQclear(result);
    }
}

static bool stopped(const atomic_bool *stop)
{
    return stop != NULL && atomic_load_explicit(stop, memory_order_relaxed);
}

/* The server's last word on a COPY that it has ended. */
static bool end_copy(Connection *connection, Error *reterr)
{
    bool good = true;
    for (PGresult *result = NULL; (result = PQgetResult(connection->handle)) != NULL;) {
        if (good && PQresultStatus(result) != PGRES_COMMAND_OK) {
            good = query_fail(connection, result, reterr);
        }
        PQclear(result);
        if (PQstatus(connection->handle) == CONNECTION_BAD) {
            break;
        }
    }
    return good;
}

bool query_copy_out(Connection *connection, const char *sql, CopyDecoder *decoder,
                    const atomic_bool *stop, Error *reterr)
{
    static const char stopped_hint[] =
        "run the command again; `tierclose status` tells what stands.";
    if (stopped(stop)) {
        return error_set(reterr, EXIT_INTERRUPTED, stopped_hint, "stopped");
    }
    CLEANUP_RESULT PGresult *begun = PQexec(connection->handle, sql);
    if (PQresultStatus(begun) != PGRES_COPY_OUT) {
        return query_fail(connection, begun, reterr);
    }
    bool good = true;
    for (;;) {
        char *bytes = NULL;
        int size = PQgetCopyData(connection->handle, &bytes, 0);
        if (size < 0) {
            good = size == -1 || query_fail(connection, NULL, reterr);
            break;
        }
        good = copy_decoder_push(decoder, bytes, (size_t)size, reterr);
        PQfreemem(bytes);
        if (!good || stopped(stop)) {
            abandon_copy(connection);
            break;
        }
    }
    good = good && end_copy(connection, reterr);
    if (stopped(stop)) {
        /* Whatever went wrong went wrong because of that: the cancel came from there too. */
        return error_set(reterr, EXIT_INTERRUPTED, stopped_hint, "stopped");
    }
    return good && copy_decoder_finish(decoder, reterr);
}

bool query_copy_rows(Connection *connection, const char *sql, int column_count, CopyRowSink sink,
                     void *context, Error *reterr)
{
    CLEANUP_DECODER CopyDecoder *decoder = copy_decoder_create_rows(column_count, sink, context);
    return query_copy_out(connection, sql, decoder, NULL, reterr);
}
