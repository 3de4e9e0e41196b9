/*
 * Inside ledger/ only: rows into a table by COPY BINARY.
 *
 * Call order: copy_in_begin, encode rows into `buffer` and call copy_in_flush after each,
 * copy_in_finish. After a failure the transaction is aborted and the CopyIn is already cleaned up.
 */
#pragma once

#include "ledger/copy_encode.h"
#include "ledger/query.h"

enum { COPY_IN_BUFFER_BYTES = 256 * 1024 };

typedef struct CopyIn {
    Connection *connection;
    CopyBuffer buffer;
} CopyIn;

/* `copy_sql`: COPY ... FROM STDIN (FORMAT binary). */
MUST_CHECK bool copy_in_begin(Connection *connection, const char *copy_sql, CopyIn *ret_copy,
                              Error *reterr);
/* Sends what is encoded once it is worth a message. */
MUST_CHECK bool copy_in_flush(CopyIn *copy, Error *reterr);
MUST_CHECK bool copy_in_finish(CopyIn *copy, Error *reterr);
void copy_in_abandon(CopyIn *copy);
