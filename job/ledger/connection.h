/*
 * One connection to the database: opened with the settings that the job's SQL relies on.
 *
 * Call order: connection_open, connection_set_role (once, where the job's role is wanted), anything
 * of ledger/, connection_close. A Connection belongs to one thread at a time; only
 * connection_cancel may be called from another thread or from a signal handler, and only until
 * connection_close. There are no globals: as many threads as wanted, each with its own Connection.
 *
 * Settings of every connection: search_path is empty (SQL names its schemas), TimeZone UTC, UTF-8,
 * no time-outs, row_security off (a policy that would hide rows is an error, contract 6), jit off.
 * Notices of the server are dropped. No message of this module holds a password.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>

typedef struct Connection Connection;

/* The oldest server that takes sql/: functions whose body is SQL and no string came with 14 (xid8
 * and pg_snapshot with 13). */
enum { SERVER_VERSION_MIN = 140000 };

/*
 * Connects. `dsn` is a libpq connection string, URI or database name; NULL or "" leaves all to
 * libpq's own environment, service file and password file. Waits at most 10 seconds for a host
 * unless told otherwise there. EXIT_USAGE: as dsn_check. EXIT_DATABASE: no connection.
 * EXIT_CONFIG: the server is too old.
 */
MUST_CHECK bool connection_open(const char *dsn, const char *application_name,
                                Connection **ret_connection, Error *reterr);

/* Ends the connection and sets *connection to NULL; for CLEANUP_CONNECTION too. */
void connection_close(Connection **connection);
#define CLEANUP_CONNECTION __attribute__((cleanup(connection_close)))

/* Acts as `role` from now on. EXIT_CONFIG: there is no such role, or it is not granted to the user.
 */
MUST_CHECK bool connection_set_role(Connection *connection, const char *role, Error *reterr);

/* EXIT_CONFIG: the server is a standby, so whoever means to write is at the wrong one. */
MUST_CHECK bool connection_refuse_standby(Connection *connection, Error *reterr);

/* Gives an open connection another name in the server's list. */
MUST_CHECK bool connection_rename(Connection *connection, const char *application_name,
                                  Error *reterr);

/* Runs one or more statements without parameters and without rows that matter. */
MUST_CHECK bool connection_execute(Connection *connection, const char *sql, Error *reterr);

/* Whether the last failure took the connection with it. */
bool connection_lost(const Connection *connection);

/*
 * Asks the server to stop what the connection is doing; the statement then fails with 57014.
 * Thread-safe and safe in a signal handler. False: the server could not be asked.
 */
bool connection_cancel(const Connection *connection);

/* As libpq gives it: 150020 is 15.20. */
int connection_server_version(const Connection *connection);
