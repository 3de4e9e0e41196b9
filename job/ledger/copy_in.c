#include "ledger/copy_in.h"

/* Reads what the server has to say until it has said all. Where libpq itself has failed, the COPY
 * still goes on, and libpq says so for ever: then it is ended first. */
static void drain(Connection *connection, PGresult *result)
{
    while (result != NULL) {
        bool goes_on = PQresultStatus(result) == PGRES_COPY_IN;
        PQclear(result);
        if (goes_on && PQputCopyEnd(connection->handle, "abandoned") != 1) {
            break;
        }
        result = PQgetResult(connection->handle);
    }
}

static bool copy_in_fail(CopyIn *copy, Error *reterr)
{
    PGresult *result = PQgetResult(copy->connection->handle);
    (void)query_fail(copy->connection, result, reterr);
    drain(copy->connection, result);
    copy_encode_destroy(&copy->buffer);
    return false;
}

bool copy_in_begin(Connection *connection, const char *copy_sql, CopyIn *ret_copy, Error *reterr)
{
    CLEANUP_RESULT PGresult *result = PQexec(connection->handle, copy_sql);
    if (PQresultStatus(result) != PGRES_COPY_IN) {
        return query_fail(connection, result, reterr);
    }
    *ret_copy = (CopyIn){.connection = connection};
    copy_encode_header(&ret_copy->buffer);
    return true;
}

static bool send_buffer(CopyIn *copy, Error *reterr)
{
    if (PQputCopyData(copy->connection->handle, (const char *)copy->buffer.bytes,
                      (int)copy->buffer.size) != 1) {
        return copy_in_fail(copy, reterr);
    }
    copy_encode_clear(&copy->buffer);
    return true;
}

bool copy_in_flush(CopyIn *copy, Error *reterr)
{
    return copy->buffer.size < COPY_IN_BUFFER_BYTES || send_buffer(copy, reterr);
}

bool copy_in_finish(CopyIn *copy, Error *reterr)
{
    copy_encode_trailer(&copy->buffer);
    if (!send_buffer(copy, reterr)) {
        return false;
    }
    if (PQputCopyEnd(copy->connection->handle, NULL) != 1) {
        return copy_in_fail(copy, reterr);
    }
    CLEANUP_RESULT PGresult *result = PQgetResult(copy->connection->handle);
    bool done =
        PQresultStatus(result) == PGRES_COMMAND_OK || query_fail(copy->connection, result, reterr);
    drain(copy->connection, PQgetResult(copy->connection->handle));
    copy_encode_destroy(&copy->buffer);
    return done;
}

void copy_in_abandon(CopyIn *copy)
{
    if (PQstatus(copy->connection->handle) == CONNECTION_OK) {
        (void)PQputCopyEnd(copy->connection->handle, "abandoned");
        drain(copy->connection, PQgetResult(copy->connection->handle));
    }
    copy_encode_destroy(&copy->buffer);
}
