/* Late events: recorded by transactions that a stored snapshot did not see (contract 8.5). */
#include "reading.h"

#include "ledger/snapshot.h"

#include <stdlib.h>
#include <string.h>

static const int64_t day_us = INT64_C(86400) * 1000000;
enum { DAY_2025 = 9132 };

static int64_t count_late(Connection *admin, const Source *source, const Snapshot *snapshot)
{
    Error error = {0};
    int64_t count = -2;
    must(events_late(admin, source, snapshot->visible, snapshot->taken_at_us, DAY_2025 * day_us,
                     (DAY_2025 + 31) * day_us, &count, &error),
         &error, "events_late");
    return count;
}

/* Events of January 2025 (and one of February, which never counts) by one statement. */
static void insert(Connection *connection, int first, int count)
{
    CLEANUP_TEXT char *sql =
        text_printf("insert into loyalty_test.late (event_id, occurred_at) "
                    "select i, timestamptz '2025-01-01 00:00:00+00' + (i - %d) * interval '1 hour' "
                    "from generate_series(%d, %d) i "
                    "union all select -%d, timestamptz '2025-02-01 00:00:00+00'",
                    first, first, first + count - 1, first);
    must_execute(connection, sql);
}

static void take_snapshot(Connection *admin, Snapshot *snapshot)
{
    Error error = {0};
    must(snapshot_begin(admin, true, snapshot, &error), &error, "snapshot_begin");
    must_execute(admin, "rollback");
}

static void test_exact(Connection *admin)
{
    Source *source = must_open(admin, "loyalty_test.late");
    Connection *early = must_connect(NULL);
    Connection *across = must_connect(NULL);
    Connection *aborted = must_connect(NULL);
    Connection *later = must_connect(NULL);
    Snapshot first = {0};
    Snapshot second = {0};
    insert(early, 1, 10);
    must_execute(across, "begin");
    insert(across, 100, 3);
    must_execute(aborted, "begin");
    insert(aborted, 200, 5);
    /* A transaction that began later commits earlier: its number is above `across`'s. */
    insert(early, 20, 10);
    take_snapshot(admin, &first);
    CHECK(count_late(admin, source, &first) == 0, "nothing is late yet");
    must_execute(aborted, "rollback");
    CHECK(count_late(admin, source, &first) == 0, "what was rolled back is not late");
    must_execute(across, "savepoint s");
    insert(across, 110, 2);
    must_execute(across, "release s; commit");
    CHECK(count_late(admin, source, &first) == 5, "open across the snapshot: %lld are late",
          (long long)count_late(admin, source, &first));
    insert(later, 300, 7);
    CHECK(count_late(admin, source, &first) == 12, "begun after the snapshot: %lld are late",
          (long long)count_late(admin, source, &first));
    take_snapshot(admin, &second);
    CHECK(count_late(admin, source, &second) == 0, "seen by the next snapshot");
    CHECK(count_late(admin, source, &first) == 12, "the first still says the same");
    must_execute(admin, "update loyalty_test.late set recorded_xid = '8000000000000000000' "
                        "where event_id in (300, 301)");
    CHECK(count_late(admin, source, &second) == 0, "a number of the server before is not late");
    CHECK(count_late(admin, source, &first) == 10, "whatever the snapshot");
    must_execute(admin,
                 "alter table loyalty_test.late alter recorded_xid drop not null;"
                 "update loyalty_test.late set recorded_xid = null where event_id in (1, 2)");
    source_close(&source);
    source = must_open(admin, "loyalty_test.late");
    CHECK(count_late(admin, source, &first) == 12, "what no transaction is known of counts");
    CHECK(count_late(admin, source, &second) == 2, "and goes on to count");
    snapshot_destroy(&first);
    snapshot_destroy(&second);
    connection_close(&early);
    connection_close(&across);
    connection_close(&aborted);
    connection_close(&later);
    source_close(&source);
}

static void test_by_time(Connection *admin)
{
    Source *source = must_open(admin, "loyalty_test.late_by_time");
    CHECK(source->late_method == LATE_BY_TIME, "recorded_at alone");
    must_execute(admin, "truncate loyalty_test.late");
    insert(admin, 1, 4);
    must_execute(admin, "update loyalty_test.late set recorded_at = now() - interval '25 hours'");
    Snapshot snapshot = {0};
    take_snapshot(admin, &snapshot);
    CHECK(count_late(admin, source, &snapshot) == 0, "older than the margin");
    must_execute(admin, "update loyalty_test.late set recorded_at = now() - interval '23 hours' "
                        "where event_id = 1");
    CHECK(count_late(admin, source, &snapshot) == 1, "within the margin counts, to be safe");
    insert(admin, 50, 2);
    CHECK(count_late(admin, source, &snapshot) == 3, "what came after counts");
    must_execute(admin, "alter table loyalty_test.late alter recorded_at drop not null;"
                        "update loyalty_test.late set recorded_at = null where event_id in (2, 3)");
    CHECK(count_late(admin, source, &snapshot) == 5, "what has no time of record counts");
    source_close(&source);
    source = must_open(admin, "loyalty_test.late_unknown");
    CHECK(source->late_method == LATE_UNKNOWN && count_late(admin, source, &snapshot) == -1,
          "without both columns nobody knows");
    source_close(&source);
    snapshot_destroy(&snapshot);
}

/* The statement's own words must fit the index that sql/ makes, or every night reads a month. */
static void test_index(Connection *admin)
{
    must_execute(admin, "create index on loyalty_test.late (((recorded_xid::text)::bigint));"
                        "set enable_seqscan = off");
    Snapshot snapshot = {0};
    take_snapshot(admin, &snapshot);
    CLEANUP_TEXT char *sql = text_printf(
        "explain (costs off) select count(*) from loyalty_test.late "
        "where (recorded_xid::text)::bigint >= (pg_snapshot_xmin('%s'::pg_snapshot)::text)::bigint",
        snapshot.visible);
    Error error = {0};
    CLEANUP_RESULT PGresult *result = NULL;
    must(query_run(admin, sql, 0, NULL, &result, &error), &error, "explain");
    bool found = false;
    for (int row = 0; row < PQntuples(result); row++) {
        found = found || strstr(PQgetvalue(result, row, 0), "Index") != NULL;
    }
    CHECK(found, "the index is used");
    must_execute(admin, "reset enable_seqscan");
    snapshot_destroy(&snapshot);
}

void test_late(Connection *admin)
{
    must_execute(admin,
                 "create table loyalty_test.late (like loyalty_test.plain including defaults);"
                 "create view loyalty_test.late_by_time as select event_id, member_id, kind,"
                 " occurred_at, order_id, item_cents, discount_cents, category_ids, points,"
                 " recorded_at from loyalty_test.late;"
                 "create view loyalty_test.late_unknown as select event_id, member_id, kind,"
                 " occurred_at, order_id, item_cents, discount_cents, category_ids, points"
                 " from loyalty_test.late");
    test_exact(admin);
    test_by_time(admin);
    test_index(admin);
    Error error = {0};
    int64_t count = 42;
    Source *source = must_open(admin, "loyalty_test.late");
    CHECK_FAILS(events_late(admin, source, "nonsense", 0, 0, day_us, &count, &error), &error,
                EXIT_DATA, "while looking for late events: the database: invalid input syntax");
    CHECK(count == 42, "ret_count is untouched");
    source_close(&source);
}
