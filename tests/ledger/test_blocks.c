/* Ranges of blocks: every row once, in however many parts, and whatever happens to the table. */
#include "reading.h"

#include "ledger/snapshot.h"

#include <stdio.h>
#include <stdlib.h>

static const int64_t day_us = INT64_C(86400) * 1000000;

/* 2023-12-31 and 2026-01-02 as days since 2000-01-01. */
enum { DAY_FIRST = 8765, DAY_LAST = 9498, DAY_2025 = 9132 };

/* Two or three rows a block, so that some thousand of them are a large table. */
static void make_wide(Connection *admin, const char *name, const char *partition_by)
{
    CLEANUP_TEXT char *sql =
        text_printf("drop table if exists loyalty_test.%s;"
                    "create table loyalty_test.%s (like loyalty_test.plain, filler text) %s;"
                    "alter table loyalty_test.%s alter filler set storage plain",
                    name, name, partition_by, name);
    must_execute(admin, sql);
}

static void fill_wide(Connection *admin, const char *name, const char *order_by)
{
    CLEANUP_TEXT char *sql =
        text_printf("insert into loyalty_test.%s select p.*, repeat('x', 2700 + event_id::int %% 9)"
                    " from loyalty_test.plain p order by %s; analyze loyalty_test.%s",
                    name, order_by, name);
    must_execute(admin, sql);
}

/* Chunks that a test makes by itself: `parts` of so many blocks of a table. */
static EventChunk *cut(const char *relation, int64_t blocks, int parts)
{
    EventChunk *chunks = calloc((size_t)parts, sizeof *chunks);
    if (chunks == NULL) {
        abort();
    }
    for (int part = 0; part < parts; part++) {
        chunks[part] = (EventChunk){
            .from_us = DAY_FIRST * day_us,
            .until_us = DAY_LAST * day_us,
            .relation = text_printf("%s", relation),
            .whole = part % 2 == 0,
            .block_from = (uint32_t)(blocks * part / parts),
            .block_until = part + 1 == parts ? 0 : (uint32_t)(blocks * (part + 1) / parts),
        };
    }
    return chunks;
}

static void test_parts(Connection *admin, const char *relation, int64_t blocks, const char *what)
{
    static const int parts[] = {1, 2, 7, 100};
    for (size_t index = 0; index < sizeof parts / sizeof parts[0]; index++) {
        must_execute(admin, "begin isolation level repeatable read");
        EventChunk *chunks = cut(relation, blocks, parts[index]);
        Kept *kept = read_chunks(admin, chunks, (size_t)parts[index]);
        check_kept(admin, kept, relation, DAY_FIRST * day_us, DAY_LAST * day_us, what);
        kept_destroy(kept);
        events_plan_free(chunks, (size_t)parts[index]);
        must_execute(admin, "commit");
    }
}

static int64_t block_count(Connection *admin, const char *relation)
{
    CLEANUP_TEXT char *sql = text_printf("select pg_relation_size('%s') / 8192", relation);
    return must_int64(admin, sql);
}

static void test_changes(Connection *admin)
{
    static const char relation[] = "loyalty_test.changed";
    make_wide(admin, "changed", "with (autovacuum_enabled = false)");
    test_parts(admin, relation, 0, "an empty table");
    test_parts(admin, relation, 500, "an empty table that was larger");
    fill_wide(admin, "changed", "event_id");
    int64_t blocks = block_count(admin, relation);
    CHECK(blocks > 2000, "%lld blocks", (long long)blocks);
    test_parts(admin, relation, blocks, "as it was filled");
    must_execute(admin, "delete from loyalty_test.changed where event_id % 3 = 1");
    test_parts(admin, relation, blocks, "rows deleted");
    must_execute(admin, "update loyalty_test.changed set points = 5 where event_id % 5 = 1");
    test_parts(admin, relation, blocks, "rows updated");
    must_execute(admin, "vacuum loyalty_test.changed");
    test_parts(admin, relation, blocks, "vacuumed");
    must_execute(admin, "update loyalty_test.changed set points = 6 where event_id % 2 = 1;"
                        "insert into loyalty_test.changed (event_id, member_id, kind, occurred_at)"
                        " select 7000 + i, 1, 1, timestamptz '2025-01-01 00:00:00+00'"
                        " + i * interval '1 hour' from generate_series(1, 3000) i");
    test_parts(admin, relation, blocks, "free space used, and grown");
    must_execute(admin, "delete from loyalty_test.changed where ctid >= '(1500,0)'::tid");
    must_execute(admin, "vacuum loyalty_test.changed");
    CHECK(block_count(admin, relation) < blocks, "vacuum has cut the end off");
    test_parts(admin, relation, blocks, "smaller than it was");
}

/* The plan for [from_day, until_day) of so many workers: read, compared, and counted. */
static void test_plan(Connection *admin, const char *name, int64_t from_day, int64_t until_day,
                      int workers, size_t expected_count, size_t expected_in_blocks)
{
    Error error = {0};
    CLEANUP_TEXT char *relation = text_printf("loyalty_test.%s", name);
    EventChunk *chunks = NULL;
    size_t count = 0;
    must_execute(admin, "begin isolation level repeatable read");
    Source *source = must_open(admin, relation);
    must(events_plan(admin, source, from_day * day_us, until_day * day_us, NULL, 0, workers,
                     &chunks, &count, &error),
         &error, "events_plan");
    size_t in_blocks = 0;
    int64_t rows = 0;
    for (size_t index = 0; index < count; index++) {
        in_blocks += chunks[index].block_from > 0 || chunks[index].block_until > 0 ? 1 : 0;
        rows += chunks[index].rows_expected;
    }
    CHECK(count == expected_count && in_blocks == expected_in_blocks,
          "%s, %d workers: %zu chunks, %zu of them blocks", name, workers, count, in_blocks);
    CLEANUP_TEXT char *sql = text_printf(
        "select count(*) from loyalty_test.plain where occurred_at >= date '2000-01-01' + %lld "
        "and occurred_at < date '2000-01-01' + %lld",
        (long long)from_day, (long long)until_day);
    int64_t there = must_int64(admin, sql);
    CHECK(rows > there * 2 / 3 && rows < there * 3 / 2, "%s: %lld rows expected, %lld are there",
          name, (long long)rows, (long long)there);
    events_plan_free(chunks, count);
    Kept *kept = read_all(admin, source, from_day * day_us, until_day * day_us, NULL, 0, workers);
    check_kept(admin, kept, "loyalty_test.plain", from_day * day_us, until_day * day_us, name);
    kept_destroy(kept);
    source_close(&source);
    must_execute(admin, "commit");
}

static void test_plans(Connection *admin)
{
    make_wide(admin, "wide", "");
    fill_wide(admin, "wide", "event_id % 97");
    /* All of it, half of it, and a month, without an index: once, side by side. */
    test_plan(admin, "wide", DAY_FIRST, DAY_LAST, 1, 1, 0);
    test_plan(admin, "wide", DAY_FIRST, DAY_LAST, 2, 2, 2);
    test_plan(admin, "wide", DAY_FIRST, DAY_LAST, 7, 7, 7);
    test_plan(admin, "wide", DAY_2025, DAY_2025 + 365, 2, 2, 2);
    test_plan(admin, "wide", DAY_2025, DAY_2025 + 31, 2, 2, 2);

    make_wide(admin, "wide_brin", "");
    fill_wide(admin, "wide_brin", "occurred_at");
    must_execute(admin, "create index on loyalty_test.wide_brin using brin (occurred_at)");
    test_plan(admin, "wide_brin", DAY_FIRST, DAY_LAST, 7, 24, 0);

    /* Of two large partitions the last is split, and both where workers would have to wait. */
    make_wide(admin, "wide_parts", "partition by range (occurred_at)");
    must_execute(admin,
                 "create table loyalty_test.wide_1 partition of loyalty_test.wide_parts "
                 "for values from (minvalue) to ('2025-12-01');"
                 "create table loyalty_test.wide_2 partition of loyalty_test.wide_parts "
                 "for values from ('2025-12-01') to ('2026-01-03');"
                 "create table loyalty_test.wide_3 partition of loyalty_test.wide_parts default");
    fill_wide(admin, "wide_parts", "event_id");
    test_plan(admin, "wide_parts", DAY_FIRST, DAY_LAST, 3, 5, 3);
}

/* A table that others fill and empty between the plan and the reading. */
static void test_grown(Connection *admin)
{
    static const int workers[] = {1, 2, 7};
    Error error = {0};
    Connection *reader = must_connect(NULL);
    make_wide(admin, "grown", "with (autovacuum_enabled = false)");
    fill_wide(admin, "grown", "event_id");
    for (size_t index = 0; index < sizeof workers / sizeof workers[0]; index++) {
        EventChunk *chunks = NULL;
        size_t count = 0;
        Snapshot snapshot = {0};
        must(snapshot_begin(reader, false, &snapshot, &error), &error, "snapshot_begin");
        Source *source = must_open(reader, "loyalty_test.grown");
        must(events_plan(reader, source, DAY_FIRST * day_us, DAY_LAST * day_us, NULL, 0,
                         workers[index], &chunks, &count, &error),
             &error, "events_plan");
        must_execute(admin, "update loyalty_test.grown set points = 9 where event_id % 2 = 0;"
                            "insert into loyalty_test.grown select * from loyalty_test.grown "
                            "where event_id % 10 = 3;"
                            "delete from loyalty_test.grown where event_id % 7 = 0");
        must_execute(admin, "vacuum loyalty_test.grown");
        Kept *kept = read_chunks(reader, chunks, count);
        check_kept(reader, kept, "loyalty_test.grown", DAY_FIRST * day_us, DAY_LAST * day_us,
                   "as it was when it was planned");
        kept_destroy(kept);
        events_plan_free(chunks, count);
        source_close(&source);
        must_execute(reader, "rollback");
        snapshot_destroy(&snapshot);
        must_execute(admin, "truncate loyalty_test.grown");
        fill_wide(admin, "grown", "event_id");
    }
    connection_close(&reader);
}

void test_blocks(Connection *admin)
{
    test_changes(admin);
    test_plans(admin);
    test_grown(admin);
}
