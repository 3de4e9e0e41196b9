/* The tests of ledger/'s reading half against a real server; see check.h and run.sh. */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int passed;
static int failed;

void check_count(bool good, const char *file, int line, const char *format, ...)
{
    if (good) {
        passed++;
        return;
    }
    failed++;
    (void)fprintf(stderr, "%s:%d: ", file, line);
    va_list arguments;
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
}

void check_failure(bool result, const Error *error, ExitCode code, const char *part,
                   const char *file, int line)
{
    if (result) {
        check_count(false, file, line, "it did not fail, it should with \"%s\"", part);
        return;
    }
    check_count(error->code == code && strstr(error->message, part) != NULL &&
                    strchr(error->message, '\n') == NULL,
                file, line, "code %d \"%s\", not %d \"...%s...\"", (int)error->code, error->message,
                (int)code, part);
}

void must(bool result, const Error *error, const char *what)
{
    if (!result) {
        (void)fprintf(stderr, "ledger: cannot go on: %s: %s\n", what, error->message);
        exit(EXIT_FAILURE);
    }
}

Connection *must_connect(const char *dsn)
{
    Error error = {0};
    Connection *connection = NULL;
    must(connection_open(dsn, "ledger test", &connection, &error), &error, "connect");
    return connection;
}

void must_execute(Connection *connection, const char *sql)
{
    Error error = {0};
    must(connection_execute(connection, sql, &error), &error, sql);
}

int64_t must_int64(Connection *connection, const char *sql)
{
    Error error = {0};
    CLEANUP_RESULT PGresult *result = NULL;
    int64_t value = 0;
    must(query_run(connection, sql, 0, NULL, &result, &error), &error, sql);
    must(query_int64(result, 0, 0, &value, &error), &error, sql);
    return value;
}

void must_text(Connection *connection, const char *sql, char *text, size_t size)
{
    Error error = {0};
    CLEANUP_RESULT PGresult *result = NULL;
    const char *value = NULL;
    must(query_run(connection, sql, 0, NULL, &result, &error), &error, sql);
    must(query_text(result, 0, 0, &value, &error), &error, sql);
    (void)snprintf(text, size, "%s", value);
}

int main(void)
{
    Connection *admin = must_connect(NULL);
    make_input(admin);
    test_connection(admin);
    test_query(admin);
    test_zone(admin);
    test_source(admin);
    test_events(admin);
    test_layouts(admin);
    test_blocks(admin);
    test_snapshot(admin);
    test_late(admin);
    connection_close(&admin);
    printf("ledger: %d passed, %d failed\n", passed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
