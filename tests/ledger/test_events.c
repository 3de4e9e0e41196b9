/* Reading that is stopped, fails, or loses its connection; one member's events. */
#include "reading.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A sink that does something to the reading after its first batch. */
typedef struct Trouble {
    atomic_bool stop;
    bool fail;
    int64_t terminate_pid; /* 0: nobody */
    Connection *admin;
    size_t rows;
    int64_t last_us;
    int64_t last_id;
    bool ordered;
} Trouble;

static bool make_trouble(void *context, const EventRow *rows, size_t count, Error *reterr)
{
    Trouble *trouble = context;
    trouble->rows += count;
    if (trouble->fail) {
        return error_set(reterr, EXIT_DATA, NULL, "the sink is full");
    }
    if (trouble->terminate_pid != 0) {
        char sql[100];
        (void)snprintf(sql, sizeof sql, "select pg_terminate_backend(%lld, 5000)",
                       (long long)trouble->terminate_pid);
        trouble->terminate_pid = 0;
        must_execute(trouble->admin, sql);
    }
    for (size_t index = 0; index < count; index++) {
        bool later = rows[index].occurred_at_us > trouble->last_us ||
                     (rows[index].occurred_at_us == trouble->last_us &&
                      rows[index].event_id > trouble->last_id);
        trouble->ordered = trouble->ordered && later;
        trouble->last_us = rows[index].occurred_at_us;
        trouble->last_id = rows[index].event_id;
    }
    return true;
}

/* 5 million rows: more than any buffer between holds. */
static EventChunk endless(void)
{
    static char relation[] = "loyalty_test.endless";
    return (EventChunk){.from_us = INT64_MIN, .until_us = INT64_MAX, .relation = relation};
}

static bool stop_at_once(void *context, const EventRow *rows, size_t count, Error *reterr)
{
    Trouble *trouble = context;
    (void)rows;
    (void)reterr;
    trouble->rows += count;
    atomic_store(&trouble->stop, true);
    return true;
}

static void test_stop(Connection *reader)
{
    Error error = {0};
    EventChunk chunk = endless();
    Trouble trouble = {.rows = 0};
    CHECK_FAILS(events_read_chunk(reader, &chunk, &trouble.stop, stop_at_once, &trouble, &error),
                &error, EXIT_INTERRUPTED, "stopped");
    CHECK(trouble.rows == COPY_BATCH_ROWS, "%zu rows after the stop", trouble.rows);
    CHECK(!connection_lost(reader), "the connection lives");
    CHECK_FAILS(events_read_chunk(reader, &chunk, &trouble.stop, stop_at_once, &trouble, &error),
                &error, EXIT_INTERRUPTED, "stopped");
    CHECK(trouble.rows == COPY_BATCH_ROWS, "nothing is read once it is stopped");
    CHECK(connection_execute(reader, "select 1", &error), "it can be used: %s", error.message);
}

static void *stop_soon(void *context)
{
    Trouble *trouble = context;
    (void)usleep(200 * 1000);
    atomic_store(&trouble->stop, true);
    (void)connection_cancel(trouble->admin);
    return NULL;
}

/* As a signal does it: the flag first, then the cancel; the server waits and sends nothing. */
static void test_stop_while_waiting(Connection *reader)
{
    Error error = {0};
    static char relation[] = "loyalty_test.waiting";
    EventChunk chunk = {.from_us = INT64_MIN, .until_us = INT64_MAX, .relation = relation};
    Trouble trouble = {.admin = reader};
    pthread_t thread;
    must(pthread_create(&thread, NULL, stop_soon, &trouble) == 0, &error, "pthread_create");
    CHECK_FAILS(events_read_chunk(reader, &chunk, &trouble.stop, make_trouble, &trouble, &error),
                &error, EXIT_INTERRUPTED, "stopped");
    must(pthread_join(thread, NULL) == 0, &error, "pthread_join");
    CHECK(connection_execute(reader, "select 1", &error), "it can be used: %s", error.message);
}

static void test_failures(Connection *admin, Connection *reader)
{
    Error error = {0};
    EventChunk chunk = endless();
    Trouble failing = {.fail = true};
    CHECK_FAILS(events_read_chunk(reader, &chunk, NULL, make_trouble, &failing, &error), &error,
                EXIT_DATA, "the sink is full");
    CHECK(failing.rows == COPY_BATCH_ROWS, "%zu rows after the failure", failing.rows);
    CHECK(connection_execute(reader, "select 1", &error), "it can be used: %s", error.message);

    static char broken[] = "loyalty_test.broken";
    static char missing[] = "loyalty_test.missing";
    Trouble trouble = {.rows = 0};
    chunk.relation = broken;
    CHECK_FAILS(events_read_chunk(reader, &chunk, NULL, make_trouble, &trouble, &error), &error,
                EXIT_DATA,
                "while reading the events of loyalty_test.broken from -infinity on: the database: "
                "division by zero [22012]");
    CHECK(trouble.rows >= COPY_BATCH_ROWS, "it broke in the middle, after %zu rows", trouble.rows);
    chunk.relation = missing;
    CHECK_FAILS(events_read_chunk(reader, &chunk, NULL, make_trouble, &trouble, &error), &error,
                EXIT_CONFIG, "[42P01]");
    static char huge[] = "loyalty_test.huge";
    chunk.relation = huge;
    CHECK_FAILS(events_read_chunk(reader, &chunk, NULL, make_trouble, &trouble, &error), &error,
                EXIT_DATA, "is longer than 1048576 bytes");
    CHECK(connection_execute(reader, "select 1", &error), "it can be used: %s", error.message);

    chunk = endless();
    Trouble fatal = {.admin = admin,
                     .terminate_pid = must_int64(reader, "select pg_backend_pid()")};
    CHECK_FAILS(events_read_chunk(reader, &chunk, NULL, make_trouble, &fatal, &error), &error,
                EXIT_DATABASE, "while reading the events of loyalty_test.endless");
    CHECK(connection_lost(reader), "and is known to be");
}

static void test_member(Connection *admin)
{
    Error error = {0};
    Source *source = must_open(admin, "loyalty_test.plain");
    Trouble one = {.ordered = true, .last_us = INT64_MIN};
    must(events_read_member(admin, source, 7, 0, INT64_MAX, make_trouble, &one, &error), &error,
         "events_read_member");
    CHECK(one.rows == 30 && one.ordered, "%zu events of the member, in order", one.rows);
    Trouble none = {.ordered = true};
    must(events_read_member(admin, source, -7, INT64_MIN, INT64_MAX, make_trouble, &none, &error),
         &error, "events_read_member");
    CHECK(none.rows == 0, "nobody has no events");
    source_close(&source);
}

/* Whoever reads by time never meets an event without one. */
static void test_times(Connection *admin)
{
    static const struct {
        const char *row;     /* event_id, member_id, occurred_at */
        const char *message; /* NULL: all is well */
    } cases[] = {
        {"1, 2, now()", NULL},
        {"1, 2, timestamptz 'infinity'", NULL},
        {"7, 2, null", "\"loyalty_test\".\"timeless\": event 7 of member 2 has no occurred_at"},
        {"7, null, null", "event 7 has no occurred_at"},
        {"null, null, null", "an event has no occurred_at"},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        Error error = {0};
        CLEANUP_TEXT char *sql =
            text_printf("create or replace view loyalty_test.timeless as select e.event_id::bigint,"
                        " e.member_id::bigint, 1::smallint as kind, e.occurred_at::timestamptz,"
                        " 1::bigint as order_id, 1::bigint as item_cents, 1::bigint as"
                        " discount_cents, null::int[] as category_ids, null::int as points"
                        " from (values (1, 2, now()), (%s)) e(event_id, member_id, occurred_at)",
                        cases[index].row);
        must_execute(admin, sql);
        Source *source = must_open(admin, "loyalty_test.timeless");
        CHECK(source->times_may_be_null, "in a view anything may be NULL");
        bool good = events_check_times(admin, source, &error);
        if (cases[index].message == NULL) {
            CHECK(good, "%s", error.message);
        } else {
            CHECK_FAILS(good, &error, EXIT_DATA, cases[index].message);
            CHECK(strcmp(error.hint, "leave such rows out of the view, or give them their time.") ==
                      0,
                  "hint: %s", error.hint);
        }
        source_close(&source);
    }
    must_execute(admin, "create table loyalty_test.timed (like loyalty_test.plain);"
                        "alter table loyalty_test.timed alter occurred_at set not null");
    Source *source = must_open(admin, "loyalty_test.timed");
    CHECK(!source->times_may_be_null, "what is declared is believed");
    source_close(&source);
}

static void test_plan_bounds(Connection *admin)
{
    Error error = {0};
    Source *source = must_open(admin, "loyalty_test.plain");
    EventChunk *chunks = NULL;
    size_t count = 42;
    static const int64_t bad[][2] = {{5, 5}, {5, 4}, {INT64_MIN, INT64_MAX}, {0, INT64_MAX}};
    for (size_t index = 0; index < sizeof bad / sizeof bad[0]; index++) {
        CHECK_FAILS(events_plan(admin, source, bad[index][0], bad[index][1], NULL, 0, 1, &chunks,
                                &count, &error),
                    &error, EXIT_BUG, "empty span of time, or one of more than 200 years");
    }
    CHECK(chunks == NULL && count == 42, "ret_ is untouched");
    source_close(&source);
}

void test_events(Connection *admin)
{
    must_execute(admin,
                 "create view loyalty_test.endless as select i as event_id, 1::bigint as member_id,"
                 " 1::smallint as kind, timestamptz '2025-01-01 00:00:00+00' as occurred_at,"
                 " 1::bigint as order_id, 1::bigint as item_cents, 1::bigint as discount_cents,"
                 " null::int[] as category_ids, null::int as points"
                 " from generate_series(1::bigint, 5000000) i;"
                 "create view loyalty_test.broken as select event_id, member_id, kind, occurred_at,"
                 " order_id, item_cents / (event_id - 1000) as item_cents, discount_cents,"
                 " category_ids, points from loyalty_test.endless;"
                 "create view loyalty_test.huge as select event_id, member_id, kind, occurred_at,"
                 " order_id, item_cents, discount_cents,"
                 " array_fill(1, array[case event_id when 100 then 200000 else 1 end])"
                 " as category_ids, points from loyalty_test.endless;"
                 "create view loyalty_test.waiting as select e.* from loyalty_test.endless e"
                 " where pg_sleep(60) is not null");
    Connection *reader = must_connect(NULL);
    test_stop(reader);
    test_stop_while_waiting(reader);
    test_failures(admin, reader);
    connection_close(&reader);
    test_member(admin);
    test_times(admin);
    test_plan_bounds(admin);
}
