/* Opening, settings, roles, passwords, losing and cancelling. */
#include "check.h"
#include "ledger/dsn.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_settings(void)
{
    static const char *const settings[][2] = {
        {"search_path", ""},
        {"TimeZone", "UTC"},
        {"DateStyle", "ISO, YMD"},
        {"IntervalStyle", "postgres"},
        {"client_encoding", "UTF8"},
        {"application_name", "ledger test"},
        {"statement_timeout", "0"},
        {"lock_timeout", "0"},
        {"idle_in_transaction_session_timeout", "0"},
        {"default_transaction_isolation", "read committed"},
        {"standard_conforming_strings", "on"},
        {"quote_all_identifiers", "off"},
        {"idle_session_timeout", "0"},
        {"row_security", "off"},
    };
    /* Against everything that a user's environment can put in the way. */
    must(setenv("PGTZ", "Asia/Tokyo", 1) == 0, NULL, "setenv");
    must(setenv("PGOPTIONS",
                "-c search_path=public -c DateStyle=German -c statement_timeout=5000"
                " -c quote_all_identifiers=on -c idle_session_timeout=5000",
                1) == 0,
         NULL, "setenv");
    Connection *connection = must_connect(NULL);
    must(unsetenv("PGTZ") == 0 && unsetenv("PGOPTIONS") == 0, NULL, "unsetenv");
    for (size_t index = 0; index < sizeof settings / sizeof settings[0]; index++) {
        char sql[100];
        char value[100];
        (void)snprintf(sql, sizeof sql, "select current_setting('%s')", settings[index][0]);
        must_text(connection, sql, value, sizeof value);
        CHECK(strcmp(value, settings[index][1]) == 0, "%s is %s", settings[index][0], value);
    }
    CHECK(connection_server_version(connection) >= SERVER_VERSION_MIN, "the server's version");
    connection_close(&connection);
    CHECK(connection == NULL, "connection_close leaves NULL");
}

static void test_dsn_forms(Connection *admin)
{
    char database[100];
    char dsn[400];
    must_text(admin, "select current_database()", database, sizeof database);
    static const char *const forms[] = {"%s", "dbname=%s", "postgresql:///%s",
                                        "postgres:///%s?application_name=other"};
    for (size_t index = 0; index < sizeof forms / sizeof forms[0]; index++) {
        CLEANUP_TEXT char *form = strdup(forms[index]);
        char *place = strstr(form, "%s");
        (void)snprintf(dsn, sizeof dsn, "%.*s%s%s", (int)(place - form), form, database, place + 2);
        Connection *connection = must_connect(dsn);
        char value[100];
        must_text(connection, "select current_setting('application_name')", value, sizeof value);
        CHECK(strcmp(value, "ledger test") == 0, "%s: application_name %s", dsn, value);
        connection_close(&connection);
    }
}

#define HOLDS "--dsn holds a secret "
#define CANNOT_BE_READ "the connection string of --dsn cannot be read"

/* A password is refused, and however the string is wrong, neither half of it comes out. */
static void test_no_password_is_told(void)
{
    static const struct {
        const char *dsn;
        const char *message;
    } cases[] = {
        {"host=/nonexistent password=PlantedSecret dbname=x", HOLDS "(password)"},
        {"dbname=PlantedSecret password=PlantedSecret", HOLDS "(password)"},
        {"host=/nonexistent sslpassword=PlantedSecret dbname=x", HOLDS "(sslpassword)"},
        {"service=x password=PlantedSecret", HOLDS "(password)"},
        {"postgresql://user:PlantedSecret@/x?host=/nonexistent", HOLDS "(password)"},
        {"postgres://user:Planted%40Secret@/x?host=/nonexistent", HOLDS "(password)"},
        {"postgresql://user:PlantedSecret@localhost:port/x", HOLDS "(password)"},
        {"postgresql://user@/x?host=/nonexistent&password=PlantedSecret", HOLDS "(password)"},
        {"host=/nonexistent password=PlantedSecret dbname", CANNOT_BE_READ},
        {"host=/nonexistent password=x PlantedSecret dbname=x", CANNOT_BE_READ},
        {"host=/nonexistent password=x PlantedSecret=x", CANNOT_BE_READ},
        {"password='PlantedSecret", CANNOT_BE_READ},
        {"postgresql://user:Planted%zzSecret@/x?host=/nonexistent", CANNOT_BE_READ},
        {"postgresql://user:x@PlantedSecret@localhost/x", CANNOT_BE_READ},
        {"postgresql://user:PlantedSecret/x@localhost/x", CANNOT_BE_READ},
        {"postgresql://user:1/PlantedSecret@localhost/x", CANNOT_BE_READ},
        {"postgresql://user:1?host=PlantedSecret@localhost/x", CANNOT_BE_READ},
        {"postgresql://user@/x?host=/nonexistent&nonsense=PlantedSecret", CANNOT_BE_READ},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        Error error = {0};
        bool service = false;
        Connection *connection = NULL;
        CHECK_FAILS(connection_open(cases[index].dsn, "x", &connection, &error), &error, EXIT_USAGE,
                    cases[index].message);
        CHECK_FAILS(dsn_check(cases[index].dsn, &service, &error), &error, EXIT_USAGE,
                    cases[index].message);
        CHECK(strstr(error.message, "Planted") == NULL && strstr(error.message, "Secret") == NULL &&
                  strstr(error.hint, "Planted") == NULL && strstr(error.hint, "Secret") == NULL,
              "%s tells: %s", cases[index].dsn, error.message);
        CHECK(connection == NULL, "ret_connection is untouched");
        CHECK(error.hint[0] != '\0', "there is a hint");
    }
    Error error = {0};
    bool service = true;
    CHECK(dsn_check("user=x password='' dbname=y", &service, &error) && !service, "none: %s",
          error.message);
    CHECK(dsn_check("service=x", &service, &error) && service, "a service: %s", error.message);
    Connection *connection = NULL;
    must(setenv("PGPASSWORD", "PlantedSecret", 1) == 0, NULL, "setenv");
    CHECK_FAILS(connection_open("PlantedSecret", "x", &connection, &error), &error, EXIT_DATABASE,
                "database \"***\" does not exist");
    must(unsetenv("PGPASSWORD") == 0, NULL, "unsetenv");
}

static void test_roles(Connection *admin)
{
    Error error = {0};
    Connection *connection = must_connect(NULL);
    CHECK_FAILS(connection_set_role(connection, "no such role", &error), &error, EXIT_CONFIG,
                "cannot act as no such role: the database: role \"no such role\" does not exist");
    CHECK(strstr(error.hint, "grant tierclose_job to") != NULL, "hint: %s", error.hint);
    must_execute(admin, "create role ledger_test_user login;"
                        "create role ledger_test_job;"
                        "create role \"Ledger\"\"Test\"; grant \"Ledger\"\"Test\" to "
                        "ledger_test_user");
    Connection *user = must_connect("user=ledger_test_user");
    CHECK_FAILS(connection_set_role(user, "ledger_test_job", &error), &error, EXIT_CONFIG,
                "permission denied to set role");
    CHECK(connection_set_role(user, "Ledger\"Test", &error), "a granted role: %s", error.message);
    char value[100];
    must_text(user, "select current_user::text", value, sizeof value);
    CHECK(strcmp(value, "Ledger\"Test") == 0, "current_user is %s", value);
    connection_close(&user);
    connection_close(&connection);
    must_execute(admin, "drop role ledger_test_user, ledger_test_job, \"Ledger\"\"Test\"");
}

static void test_errors_have_codes(Connection *admin)
{
    Error error = {0};
    CHECK_FAILS(connection_execute(admin, "select * from nowhere.t", &error), &error, EXIT_CONFIG,
                "the database: relation \"nowhere.t\" does not exist [42P01]");
    CHECK_FAILS(connection_execute(admin, "select 1/0", &error), &error, EXIT_DATA,
                "division by zero [22012]");
    CHECK_FAILS(connection_execute(admin, "selec", &error), &error, EXIT_BUG, "[42601]");
    CHECK_FAILS(connection_execute(admin, "begin read only; create table public.t (i int)", &error),
                &error, EXIT_CONFIG, "[25006]");
    must_execute(admin, "rollback");
    CHECK_FAILS(connection_execute(admin,
                                   "do $$ begin raise 'two\nlines' using detail = 'and\n more'; "
                                   "end $$",
                                   &error),
                &error, EXIT_DATABASE, "the database: two lines: and more [P0001]");
}

static void test_loss(Connection *admin)
{
    Error error = {0};
    Connection *victim = must_connect(NULL);
    char sql[100];
    (void)snprintf(sql, sizeof sql, "select pg_terminate_backend(%lld)",
                   (long long)must_int64(victim, "select pg_backend_pid()"));
    CHECK(!connection_lost(victim), "it is there");
    must_execute(admin, sql);
    CHECK_FAILS(connection_execute(victim, "select pg_sleep(5)", &error), &error, EXIT_DATABASE,
                "the connection was lost: ");
    CHECK(connection_lost(victim), "it is lost");
    CHECK_FAILS(connection_execute(victim, "select 1", &error), &error, EXIT_DATABASE,
                "the connection was lost");
    connection_close(&victim);
}

static void *cancel_soon(void *context)
{
    const Connection *connection = context;
    for (int attempt = 0; attempt < 5; attempt++) {
        (void)usleep(100 * 1000);
        (void)connection_cancel(connection);
    }
    return NULL;
}

static void test_cancel(void)
{
    Error error = {0};
    Connection *connection = must_connect(NULL);
    pthread_t thread;
    must(pthread_create(&thread, NULL, cancel_soon, connection) == 0, &error, "pthread_create");
    CHECK_FAILS(connection_execute(connection, "select pg_sleep(60)", &error), &error,
                EXIT_DATABASE, "[57014]");
    must(pthread_join(thread, NULL) == 0, &error, "pthread_join");
    CHECK(connection_execute(connection, "select 1", &error), "it can be used after a cancel");
    connection_close(&connection);
}

void test_connection(Connection *admin)
{
    test_settings();
    test_dsn_forms(admin);
    test_no_password_is_told();
    test_roles(admin);
    test_errors_have_codes(admin);
    test_loss(admin);
    test_cancel();
}

void test_query(Connection *admin)
{
    static const struct {
        const char *name;
        const char *quoted; /* NULL: refused */
        size_t parts;
    } cases[] = {
        {"loyalty.member", "\"loyalty\".\"member\"", 2},
        {"Loyalty.Point_Event1", "\"loyalty\".\"point_event1\"", 2},
        {"member", "\"member\"", 1},
        {"\"Two Words\".\"a\"\"b.c\"", "\"Two Words\".\"a\"\"b.c\"", 2},
        {"schäma.t$1", "\"schäma\".\"t$1\"", 2},
        {"", NULL, 0},
        {".", NULL, 0},
        {"a.", NULL, 0},
        {".a", NULL, 0},
        {"a.b.c", NULL, 0},
        {"a b", NULL, 0},
        {"a.b ", NULL, 0},
        {"1a", NULL, 0},
        {"$a", NULL, 0},
        {"a;b", NULL, 0},
        {"\"a", NULL, 0},
        {"\"\"", NULL, 0},
        {"a.\"\"", NULL, 0},
        {"\"a\"b", NULL, 0},
        {"a'b", NULL, 0},
        {"a23456789012345678901234567890123456789012345678901234567890123",
         "\"a23456789012345678901234567890123456789012345678901234567890123\"", 1},
        {"a234567890123456789012345678901234567890123456789012345678901234", NULL, 0},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        Error error = {0};
        CLEANUP_TEXT char *quoted = NULL;
        size_t parts = 0;
        bool good = query_quote_name(admin, cases[index].name, &quoted, &parts, &error);
        if (cases[index].quoted == NULL) {
            CHECK_FAILS(good, &error, EXIT_CONFIG, "is not the name of a table");
        } else {
            CHECK(good && strcmp(quoted, cases[index].quoted) == 0 && parts == cases[index].parts,
                  "%s becomes %s", cases[index].name, good ? quoted : error.message);
        }
    }
    Error error = {0};
    CLEANUP_RESULT PGresult *result = NULL;
    int64_t value = 42;
    bool flag = false;
    must(query_run(admin, "select null::bigint, 'x', '9223372036854775808'", 0, NULL, &result,
                   &error),
         &error, "select");
    for (int column = 0; column < 4; column++) {
        CHECK_FAILS(query_int64(result, 0, column, &value, &error), &error, EXIT_BUG,
                    "the database's answer");
    }
    CHECK_FAILS(query_bool(result, 0, 1, &flag, &error), &error, EXIT_BUG, "neither t nor f");
    CHECK(value == 42, "ret_value is untouched");
}
