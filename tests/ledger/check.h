/*
 * What the tests of ledger/ share: counting, a connection that must work, SQL that must work.
 *
 * The tests act on the database that the environment names (PGHOST, PGPORT, PGUSER, PGDATABASE), as
 * a superuser; run.sh makes it and drops it. A check that fails says where and goes on.
 */
#pragma once

#include "base/error.h"
#include "ledger/connection.h"
#include "ledger/query.h"

#include <stdbool.h>
#include <stdint.h>

/* Counts one check; the rest is a printf for the failure. */
#define CHECK(good, ...) check_count((good), __FILE__, __LINE__, __VA_ARGS__)
void check_count(bool good, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The call failed with this code, and its message has this part. */
#define CHECK_FAILS(call, error, expected_code, part)                                              \
    check_failure((call), (error), (expected_code), (part), __FILE__, __LINE__)
void check_failure(bool result, const Error *error, ExitCode code, const char *part,
                   const char *file, int line);

/* These end the program when they fail: nothing after them would mean anything. */
Connection *must_connect(const char *dsn);
void must_execute(Connection *connection, const char *sql);
int64_t must_int64(Connection *connection, const char *sql);
void must_text(Connection *connection, const char *sql, char *text, size_t size);
void must(bool result, const Error *error, const char *what);

/* The table that test_source.c, test_events.c and test_snapshot.c read: three small input tables.
 */
void make_input(Connection *admin);

void test_connection(Connection *admin);
void test_query(Connection *admin);
void test_source(Connection *admin);
void test_events(Connection *admin);
void test_layouts(Connection *admin);
void test_blocks(Connection *admin);
void test_snapshot(Connection *admin);
void test_late(Connection *admin);
void test_zone(Connection *admin);
