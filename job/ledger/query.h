/*
 * Inside ledger/ only: statements, their results and their errors. The one header that shows libpq.
 *
 * SQL names every schema and takes values as parameters ($1); identifiers come from
 * query_quote_name. Results are text. A PGresult is held in a variable marked CLEANUP_RESULT.
 *
 * Errors of the server become one line: "message: detail [SQLSTATE]", with the exit code of
 * sqlstate_advice.
 */
#pragma once

#include "base/error.h"
#include "ledger/connection.h"
#include "ledger/copy_decode.h"

#include <libpq-fe.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct Connection {
    PGconn *handle;
    PGcancel *cancel; /* made once it is open, so that other threads need not touch `handle` */
    bool out_of_step; /* libpq has lost track of which answer belongs to which statement */
};

void query_clear(PGresult **result);
#define CLEANUP_RESULT __attribute__((cleanup(query_clear)))

/* Frees what malloc gave and sets it to NULL. */
void text_free(char **text);
#define CLEANUP_TEXT __attribute__((cleanup(text_free)))

/* snprintf into memory of the needed size; the caller frees it. */
char *text_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Runs one statement with `count` text parameters (a NULL among them is SQL's NULL). */
MUST_CHECK bool query_run(Connection *connection, const char *sql, size_t count,
                          const char *const *values, PGresult **ret_result, Error *reterr);

/* Turns the failure of a statement into *reterr; `result` may be NULL. Returns false. Where it is
 * not the server's word but libpq's own, the connection counts as lost from here on: the answer may
 * still come, and the next statement would take it for its own. */
bool query_fail(Connection *connection, const PGresult *result, Error *reterr);

/* The SQLSTATE of a failed result, "" where there is none. */
const char *query_sqlstate(const PGresult *result);

/* What a SQLSTATE means for the run. The hint is static or NULL. 57014 (cancelled) is EXIT_DATABASE
 * here: only the caller knows whether it asked for that. */
typedef struct SqlstateAdvice {
    ExitCode code;
    const char *hint;
} SqlstateAdvice;
SqlstateAdvice sqlstate_advice(const char *sqlstate);

/* One value of a result. SQL's NULL, a missing row or text that is no such number is EXIT_BUG. */
MUST_CHECK bool query_int64(const PGresult *result, int row, int column, int64_t *ret_value,
                            Error *reterr);
MUST_CHECK bool query_bool(const PGresult *result, int row, int column, bool *ret_value,
                           Error *reterr);
/* The text belongs to the result. */
MUST_CHECK bool query_text(const PGresult *result, int row, int column, const char **ret_text,
                           Error *reterr);

/*
 * Reads `schema.name` or `name` as SQL does: parts without double quotes fold to lower case, parts
 * in them are kept. *ret_quoted is the name with every part quoted, to be freed by the caller;
 * *ret_parts is 1 or 2. EXIT_CONFIG: it is no name.
 */
MUST_CHECK bool query_quote_name(Connection *connection, const char *name, char **ret_quoted,
                                 size_t *ret_parts, Error *reterr);

/*
 * Runs `COPY ... TO STDOUT (FORMAT binary)` and pushes all of it into the decoder, which calls its
 * sink. `stop` may be NULL; once it is true, the COPY is cancelled and the error is
 * EXIT_INTERRUPTED "stopped" (the caller knows which signal it was). After a failure the
 * transaction is aborted; the connection can still be used unless it is lost.
 */
MUST_CHECK bool query_copy_out(Connection *connection, const char *sql, CopyDecoder *decoder,
                               const atomic_bool *stop, Error *reterr);

/* The same for a relation whose rows of `column_count` fields go to `sink`. */
MUST_CHECK bool query_copy_rows(Connection *connection, const char *sql, int column_count,
                                CopyRowSink sink, void *context, Error *reterr);

/*
 * A time stamp as SQL text in UTC with microseconds; -infinity or infinity outside the years 1 to
 * 9999. As bounds in SQL these only narrow what is read: the decoder clips to the exact
 * microsecond.
 */
enum { TIMESTAMP_TEXT_BYTES = 80 };
const char *timestamp_format(int64_t time_us, char text[TIMESTAMP_TEXT_BYTES]);

/* SQL for the microseconds since 2000-01-01 UTC of a timestamptz expression. */
#define SQL_MICROSECONDS(expression)                                                               \
    "((extract(epoch from " expression ") * 1000000)::bigint - 946684800000000)"
