/* All connections of a run see the same; what comes late is found. Writers are real connections. */
#include "reading.h"

#include "ledger/snapshot.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t day_us = INT64_C(86400) * 1000000;
enum { DAY_FIRST = 8765, DAY_LAST = 9498, WORKERS = 3 };

/* A run's readers: a queue of chunks, one connection each. */
typedef struct Readers {
    const Snapshot *snapshot;
    const EventChunk *chunks;
    size_t count;
    atomic_size_t next;
    atomic_size_t failures;
    Kept *kept;
} Readers;

static void *read_from_queue(void *context)
{
    Readers *readers = context;
    Error error = {0};
    Connection *connection = must_connect(NULL);
    must(snapshot_join(connection, readers->snapshot, &error), &error, "snapshot_join");
    for (;;) {
        size_t index = atomic_fetch_add(&readers->next, 1);
        if (index >= readers->count) {
            break;
        }
        if (!events_read_chunk(connection, &readers->chunks[index], NULL, keep_events,
                               readers->kept, &error)) {
            (void)fprintf(stderr, "%s\n", error.message);
            (void)atomic_fetch_add(&readers->failures, 1);
        }
    }
    must(snapshot_finish(connection, &error), &error, "snapshot_finish");
    connection_close(&connection);
    return NULL;
}

/* Writes to a table and commits without pause until it is told to stop. */
typedef struct Writer {
    const char *relation;
    atomic_bool stop;
    atomic_size_t commits;
} Writer;

static void *write_on(void *context)
{
    Writer *writer = context;
    Connection *connection = must_connect(NULL);
    int64_t id = 10000;
    while (!atomic_load(&writer->stop)) {
        /* From 10000 to 18990 and round again. */
        CLEANUP_TEXT char *sql = text_printf(
            "begin; delete from %s where event_id > %lld and event_id <= %lld; "
            "insert into %s (event_id, member_id, kind, occurred_at) "
            "select %lld + i, 1, 1, timestamptz '2024-01-01 00:00:00+00' + i * interval '70 days' "
            "from generate_series(1, 10) i; "
            "delete from %s where event_id = %lld; "
            "update %s set points = 7 where event_id = %lld; commit",
            writer->relation, (long long)id, (long long)id + 10, writer->relation, (long long)id,
            writer->relation, (long long)(id / 10 % 900), writer->relation,
            (long long)(id / 10 % 900 + 2));
        must_execute(connection, sql);
        id = id < 18990 ? id + 10 : 10000;
        (void)atomic_fetch_add(&writer->commits, 1);
    }
    connection_close(&connection);
    return NULL;
}

static void test_same_view(Connection *admin, const char *relation)
{
    enum { ROUNDS = 8 };
    Error error = {0};
    Writer writer = {.relation = relation};
    pthread_t writing;
    must(pthread_create(&writing, NULL, write_on, &writer) == 0, &error, "pthread_create");
    for (int round = 0; round < ROUNDS; round++) {
        Snapshot snapshot = {0};
        must(snapshot_begin(admin, true, &snapshot, &error), &error, "snapshot_begin");
        Source *source = must_open(admin, relation);
        EventChunk *chunks = NULL;
        size_t count = 0;
        must(events_plan(admin, source, DAY_FIRST * day_us, DAY_LAST * day_us, NULL, 0, WORKERS,
                         &chunks, &count, &error),
             &error, "plan");
        CHECK(count >= WORKERS, "%s: %zu chunks for the workers", relation, count);
        Readers readers = {.snapshot = &snapshot, .chunks = chunks, .count = count};
        readers.kept = kept_create();
        /* At least one commit between the snapshot and the first worker. */
        size_t commits = atomic_load(&writer.commits);
        while (round < 4 && atomic_load(&writer.commits) < commits + 2) {
            must_execute(admin, "select pg_sleep(0.005)");
        }
        pthread_t threads[WORKERS];
        for (int index = 0; index < WORKERS; index++) {
            must(pthread_create(&threads[index], NULL, read_from_queue, &readers) == 0, &error,
                 "pthread_create");
        }
        for (int index = 0; index < WORKERS; index++) {
            must(pthread_join(threads[index], NULL) == 0, &error, "pthread_join");
        }
        CHECK(atomic_load(&readers.failures) == 0, "the workers read");
        check_kept(admin, readers.kept, relation, DAY_FIRST * day_us, DAY_LAST * day_us,
                   "workers and leader see the same");
        kept_destroy(readers.kept);
        events_plan_free(chunks, count);
        source_close(&source);
        must_execute(admin, "rollback");
        snapshot_destroy(&snapshot);
    }
    atomic_store(&writer.stop, true);
    must(pthread_join(writing, NULL) == 0, &error, "pthread_join");
    CHECK(atomic_load(&writer.commits) > 4, "there was a writer");
}

static void test_tokens(Connection *admin)
{
    Error error = {0};
    Snapshot snapshot = {0};
    Connection *worker = must_connect(NULL);
    must(snapshot_begin(admin, false, &snapshot, &error), &error, "snapshot_begin");
    CHECK(strlen(snapshot.token) > 0 && strchr(snapshot.visible, ':') != NULL &&
              strlen(snapshot.system_identifier) > 10,
          "token %s, snapshot %s, system %s", snapshot.token, snapshot.visible,
          snapshot.system_identifier);
    CHECK_FAILS(connection_execute(admin, "create table loyalty_test.t (i int)", &error), &error,
                EXIT_CONFIG, "[25006]");
    must_execute(admin, "rollback");
    CHECK_FAILS(snapshot_join(worker, &snapshot, &error), &error, EXIT_DATABASE,
                "a worker cannot share the run's snapshot: the database: ");
    CHECK(PQtransactionStatus(worker->handle) == PQTRANS_IDLE, "no transaction is left open");
    snapshot_destroy(&snapshot);
    CHECK(snapshot.visible == NULL, "snapshot_destroy leaves nothing");

    /* An engine that takes the token and gives another snapshot. */
    must(snapshot_begin(admin, true, &snapshot, &error), &error, "snapshot_begin");
    char *visible = snapshot.visible;
    char other[] = "1:1:";
    snapshot.visible = other;
    CHECK_FAILS(snapshot_join(worker, &snapshot, &error), &error, EXIT_DATABASE,
                "the server took another snapshot");
    snapshot.visible = visible;
    (void)snprintf(snapshot.token, sizeof snapshot.token, "'; drop table x; --");
    CHECK_FAILS(snapshot_join(worker, &snapshot, &error), &error, EXIT_DATABASE,
                "invalid snapshot identifier");
    must_execute(admin, "rollback");
    snapshot_destroy(&snapshot);
    connection_close(&worker);
}

/* Somebody waits to change the table: the worker would wait behind them, and they for the leader.
 */
static void test_no_endless_wait(Connection *admin)
{
    Error error = {0};
    Snapshot snapshot = {0};
    Connection *worker = must_connect(NULL);
    Connection *changer = must_connect(NULL);
    must(snapshot_begin(admin, true, &snapshot, &error), &error, "snapshot_begin");
    Source *source = must_open(admin, "loyalty_test.plain");
    must(snapshot_join(worker, &snapshot, &error), &error, "snapshot_join");
    char timeout[20];
    must_text(worker, "select current_setting('lock_timeout')", timeout, sizeof timeout);
    CHECK(strcmp(timeout, WORKER_LOCK_TIMEOUT) == 0, "the worker's lock_timeout is %s", timeout);
    must_execute(worker, "set local lock_timeout = '100ms'");
    CHECK(PQsendQuery(changer->handle, "alter table loyalty_test.plain add extra int") == 1,
          "alter table is sent");
    while (must_int64(admin, "select count(*) from pg_catalog.pg_locks l "
                             "where not l.granted and l.mode = 'AccessExclusiveLock'") == 0) {
        must_execute(admin, "select pg_sleep(0.01)");
    }
    static char relation[] = "loyalty_test.plain";
    EventChunk chunk = {.from_us = 0, .until_us = INT64_MAX, .relation = relation};
    Kept *kept = kept_create();
    CHECK_FAILS(events_read_chunk(worker, &chunk, NULL, keep_events, kept, &error), &error,
                EXIT_LOCKED, "[55P03]");
    kept_destroy(kept);
    (void)connection_cancel(changer);
    connection_close(&changer);
    connection_close(&worker);
    source_close(&source);
    must_execute(admin, "rollback");
    snapshot_destroy(&snapshot);
}

void test_snapshot(Connection *admin)
{
    test_tokens(admin);
    test_same_view(admin, "loyalty_test.by_month");
    test_same_view(admin, "loyalty_test.wide");
    test_no_endless_wait(admin);
}
