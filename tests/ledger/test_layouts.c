/* Every row exactly once, however the table of events is laid out. */
#include "reading.h"

#include <stdio.h>
#include <string.h>

static const int64_t day_us = INT64_C(86400) * 1000000;

/* 2023-12-31 and 2026-01-02 as days since 2000-01-01: two years with something on both sides. */
enum { DAY_FIRST = 8765, DAY_LAST = 9498, DAY_2025 = 9132 };

static int count_whole(const EventChunk *chunks, size_t count)
{
    int whole = 0;
    for (size_t index = 0; index < count; index++) {
        whole += chunks[index].whole ? 1 : 0;
    }
    return whole;
}

/* Partitions of `step` each, from 2023-12-01 to 2026-02-01, of the table `name`. */
static void make_partitions(Connection *admin, const char *name, const char *step)
{
    CLEANUP_TEXT char *sql = text_printf(
        "do $$ declare b timestamptz := '2023-12-01 00:00:00+00'; begin "
        "while b < '2026-02-01 00:00:00+00' loop "
        "execute format('create table loyalty_test.%%I partition of loyalty_test.%s for values "
        "from (%%L) to (%%L)', '%s ' || to_char(b, 'YYYY-MM-DD'), b, b + interval '%s'); "
        "b := b + interval '%s'; end loop; end $$",
        name, name, step, step);
    must_execute(admin, sql);
}

static void make_table(Connection *admin, const char *name, const char *partition_by)
{
    CLEANUP_TEXT char *sql =
        text_printf("drop table if exists loyalty_test.%s;"
                    "create table loyalty_test.%s (like loyalty_test.plain) partition by %s",
                    name, name, partition_by);
    must_execute(admin, sql);
}

static void fill_table(Connection *admin, const char *name)
{
    CLEANUP_TEXT char *sql =
        text_printf("insert into loyalty_test.%s select * from loyalty_test.plain "
                    "order by occurred_at; analyze loyalty_test.%s",
                    name, name);
    must_execute(admin, sql);
}

/* Tables without partitions, where indexes and statistics say what is cheap. */
static void make_indexed(Connection *admin)
{
    must_execute(admin,
                 "create table loyalty_test.sorted as select * from loyalty_test.plain "
                 "order by occurred_at;"
                 "create table loyalty_test.sorted_brin as select * from loyalty_test.sorted;"
                 "create index on loyalty_test.sorted_brin using brin (occurred_at);"
                 "create table loyalty_test.sorted_btree as select * from loyalty_test.sorted;"
                 "create index on loyalty_test.sorted_btree (occurred_at, event_id);"
                 "create table loyalty_test.sorted_other as select * from loyalty_test.sorted;"
                 "create index on loyalty_test.sorted_other (event_id, occurred_at);"
                 "create index on loyalty_test.sorted_other (occurred_at) where kind = 2;"
                 "create index on loyalty_test.sorted_other ((kind + 1), occurred_at);"
                 "create table loyalty_test.shaken_btree as select * from loyalty_test.plain "
                 "order by event_id % 97;"
                 "create index on loyalty_test.shaken_btree (occurred_at);"
                 "create table loyalty_test.never_analyzed with (autovacuum_enabled = false) "
                 "as select * from loyalty_test.sorted;"
                 "create index on loyalty_test.never_analyzed using brin (occurred_at);"
                 "analyze loyalty_test.sorted, loyalty_test.sorted_brin, "
                 "loyalty_test.sorted_btree, loyalty_test.sorted_other, "
                 "loyalty_test.shaken_btree;"
                 "create index on loyalty_test.by_year_brin using brin (occurred_at)");
}

static void make_layouts(Connection *admin)
{
    static const char *const steps[][2] = {
        {"by_month", "1 month"},    {"by_day", "1 day"},          {"by_year", "1 year"},
        {"by_year_brin", "1 year"}, {"by_odd", "9 days 5 hours"}, {"with_default", "1 month"}};
    for (size_t index = 0; index < sizeof steps / sizeof steps[0]; index++) {
        make_table(admin, steps[index][0], "range (occurred_at)");
        make_partitions(admin, steps[index][0], steps[index][1]);
        if (strcmp(steps[index][0], "with_default") == 0) {
            must_execute(admin, "drop table loyalty_test.\"with_default 2024-07-01\";"
                                "create table loyalty_test.rest partition of "
                                "loyalty_test.with_default default");
        }
        fill_table(admin, steps[index][0]);
    }
    make_table(admin, "open_ended", "range (occurred_at)");
    must_execute(admin, "create table loyalty_test.old_ones partition of loyalty_test.open_ended "
                        "for values from (minvalue) to ('2024-09-01 00:00:00+02');"
                        "create table loyalty_test.new_ones partition of loyalty_test.open_ended "
                        "for values from ('2024-09-01 00:00:00+02') to ('infinity')");
    fill_table(admin, "open_ended");
    make_table(admin, "by_list", "list (kind)");
    must_execute(admin, "create table loyalty_test.list_1 partition of loyalty_test.by_list for "
                        "values in (1, 2, 3, null);"
                        "create table loyalty_test.list_2 partition of loyalty_test.by_list for "
                        "values in (4, 5, 6, 7, 8, 9)");
    fill_table(admin, "by_list");
    make_table(admin, "by_two", "range (occurred_at, event_id)");
    must_execute(admin, "create table loyalty_test.two_1 partition of loyalty_test.by_two for "
                        "values from ('2000-01-01', 0) to ('2025-03-01', 500);"
                        "create table loyalty_test.two_2 partition of loyalty_test.by_two for "
                        "values from ('2025-03-01', 500) to ('2030-01-01', 0)");
    fill_table(admin, "by_two");
    make_table(admin, "nested", "range (occurred_at)");
    must_execute(admin,
                 "create table loyalty_test.nested_1 partition of loyalty_test.nested for "
                 "values from ('2000-01-01') to ('2025-01-01');"
                 "create table loyalty_test.nested_2 partition of loyalty_test.nested for "
                 "values from ('2025-01-01') to ('2030-01-01') partition by hash (member_id);"
                 "create table loyalty_test.nested_3 partition of loyalty_test.nested_2 for "
                 "values with (modulus 2, remainder 0);"
                 "create table loyalty_test.nested_4 partition of loyalty_test.nested_2 for "
                 "values with (modulus 2, remainder 1)");
    fill_table(admin, "nested");
    /* The other way round, and a column that stands elsewhere in a partition. */
    make_table(admin, "twisted", "list (kind)");
    must_execute(admin,
                 "create table loyalty_test.twisted_1 (gone text, like loyalty_test.plain) "
                 "partition by range (occurred_at);"
                 "alter table loyalty_test.twisted_1 drop column gone;"
                 "alter table loyalty_test.twisted attach partition loyalty_test.twisted_1 "
                 "for values in (1, 2, 3, 4, null);"
                 "create table loyalty_test.twisted_2 partition of loyalty_test.twisted default;"
                 "create table loyalty_test.twisted_3 partition of loyalty_test.twisted_1 for "
                 "values from (minvalue) to ('2025-01-05');"
                 "create table loyalty_test.twisted_4 partition of loyalty_test.twisted_1 for "
                 "values from ('2025-01-05') to ('2025-02-05');"
                 "create table loyalty_test.twisted_5 partition of loyalty_test.twisted_1 "
                 "default");
    fill_table(admin, "twisted");
    must_execute(admin, "create or replace view loyalty_test.as_view as select * from "
                        "loyalty_test.by_month;"
                        "create materialized view loyalty_test.as_copy as select * from "
                        "loyalty_test.plain;"
                        "create table loyalty_test.heir (like loyalty_test.plain);"
                        "create table loyalty_test.heir_2 () inherits (loyalty_test.heir);"
                        "insert into loyalty_test.heir select * from loyalty_test.plain "
                        "where event_id % 2 = 0;"
                        "insert into loyalty_test.heir_2 select * from loyalty_test.plain "
                        "where event_id % 2 = 1;"
                        /* Columns in another order, and one that is gone. */
                        "create table loyalty_test.shuffled (points int, gone text, kind smallint, "
                        "category_ids int[], discount_cents bigint, item_cents bigint, "
                        "order_id bigint, occurred_at timestamptz, member_id bigint, "
                        "event_id bigint);"
                        "alter table loyalty_test.shuffled drop column gone;"
                        "insert into loyalty_test.shuffled select points, kind, category_ids, "
                        "discount_cents, item_cents, order_id, occurred_at, member_id, event_id "
                        "from loyalty_test.plain;"
                        "alter table loyalty_test.shuffled add generated bigint "
                        "generated always as (order_id) stored");
}

/* Spans that lie on, beside and across bounds. */
static const int64_t spans[][2] = {
    {DAY_FIRST, DAY_LAST},
    {DAY_2025, DAY_2025 + 365},
    {DAY_2025, DAY_2025 + 31},
    {DAY_2025 - 3, DAY_2025 + 33},
    {DAY_2025 + 5, DAY_2025 + 6},
    {DAY_2025 + 20, DAY_2025 + 60},
    {0, 1},
};

static void test_layout(Connection *admin, const char *name)
{
    char relation[100];
    (void)snprintf(relation, sizeof relation, "loyalty_test.%s", name);
    must_execute(admin, "begin");
    Source *source = must_open(admin, relation);
    int64_t cuts[30];
    for (int month = 0; month < 30; month++) {
        cuts[month] = (DAY_FIRST + 1 + month * INT64_C(30)) * day_us + INT64_C(28800000000);
    }
    for (size_t index = 0; index < sizeof spans / sizeof spans[0]; index++) {
        /* With and without microseconds at the bounds, cuts, and workers beside. */
        for (int variant = 0; variant < 4; variant += strcmp(name, "by_day") == 0 ? 3 : 1) {
            int64_t from_us = spans[index][0] * day_us + (variant % 2 == 0 ? 0 : 12345);
            int64_t until_us = spans[index][1] * day_us + (variant % 2 == 0 ? 0 : 1);
            Kept *kept =
                read_all(admin, source, from_us, until_us, cuts, variant < 2 ? 0 : 30, 1 + variant);
            check_kept(admin, kept, "loyalty_test.plain", from_us, until_us, name);
            kept_destroy(kept);
        }
    }
    source_close(&source);
    must_execute(admin, "commit");
}

/* The plan's shape for two workers: which chunks, and how many of them read all they find. */
static void test_shape(Connection *admin, const char *name, int64_t from_day, int64_t until_day,
                       size_t expected_count, int expected_whole)
{
    char relation[100];
    (void)snprintf(relation, sizeof relation, "loyalty_test.%s", name);
    Error error = {0};
    must_execute(admin, "begin");
    Source *source = must_open(admin, relation);
    EventChunk *chunks = NULL;
    size_t count = 0;
    must(events_plan(admin, source, from_day * day_us, until_day * day_us, NULL, 0, 2, &chunks,
                     &count, &error),
         &error, "plan");
    int whole = count_whole(chunks, count);
    CHECK(count == expected_count && whole == expected_whole,
          "%s from %lld to %lld: %zu chunks, %d whole", name, (long long)from_day,
          (long long)until_day, count, whole);
    events_plan_free(chunks, count);
    source_close(&source);
    must_execute(admin, "commit");
}

/* Partitions that may not be read by their names and share their times with others: all is read
 * through the table, by time. */
static void test_closed(Connection *admin, Connection *reader, const char *relation)
{
    Error error = {0};
    EventChunk *chunks = NULL;
    size_t count = 0;
    int64_t from_us = DAY_2025 * day_us;
    int64_t until_us = (DAY_2025 + 365) * day_us;
    CLEANUP_TEXT char *sql = text_printf("grant select on %s to ledger_test_reader", relation);
    must_execute(admin, sql);
    must_execute(reader, "begin");
    Source *source = must_open(reader, relation);
    must(events_plan(reader, source, from_us, until_us, NULL, 0, 2, &chunks, &count, &error),
         &error, "plan");
    CHECK(count == 12 && count_whole(chunks, count) == 0, "%s: %zu stretches of time", relation,
          count);
    events_plan_free(chunks, count);
    Kept *kept = read_all(reader, source, from_us, until_us, NULL, 0, 2);
    check_kept(admin, kept, "loyalty_test.plain", from_us, until_us, relation);
    kept_destroy(kept);
    source_close(&source);
    must_execute(reader, "rollback");
}

/* A role that may read the table but not its partitions by name reads all the same, through the
 * table. */
static void test_rights(Connection *admin)
{
    must_execute(admin, "create role ledger_test_reader;"
                        "grant usage on schema loyalty_test to ledger_test_reader;"
                        "grant select on loyalty_test.member, loyalty_test.event_kind, "
                        "loyalty_test.by_month, loyalty_test.\"by_month 2025-01-01\" "
                        "to ledger_test_reader");
    Connection *reader = must_connect(NULL);
    Error error = {0};
    must(connection_set_role(reader, "ledger_test_reader", &error), &error, "set role");
    must_execute(reader, "begin");
    Source *source = must_open(reader, "loyalty_test.by_month");
    EventChunk *chunks = NULL;
    size_t count = 0;
    int64_t from_us = DAY_2025 * day_us;
    int64_t until_us = (DAY_2025 + 365) * day_us;
    must(events_plan(reader, source, from_us, until_us, NULL, 0, 1, &chunks, &count, &error),
         &error, "plan");
    CHECK(count == 12 && count_whole(chunks, count) == 1 && chunks[11].whole,
          "one of 12 partitions may be read by its name");
    events_plan_free(chunks, count);
    Kept *kept = read_all(reader, source, from_us, until_us, NULL, 0, 2);
    check_kept(admin, kept, "loyalty_test.plain", from_us, until_us, "reader");
    kept_destroy(kept);
    source_close(&source);
    must_execute(reader, "rollback");
    test_closed(admin, reader, "loyalty_test.by_list");
    test_closed(admin, reader, "loyalty_test.with_default");
    CHECK_FAILS(source_open(reader, "loyalty_test.member", "loyalty_test.by_day",
                            "loyalty_test.event_kind", &source, &error),
                &error, EXIT_CONFIG, "permission denied for table by_day");
    connection_close(&reader);
    must_execute(admin, "drop owned by ledger_test_reader; drop role ledger_test_reader");
}

static void test_shapes(Connection *admin)
{
    test_shape(admin, "by_month", DAY_2025, DAY_2025 + 365, 12, 12);
    /* Two thirds of January and more: whole; less: by its bounds. */
    test_shape(admin, "by_month", DAY_2025 + 10, DAY_2025 + 31, 1, 1);
    test_shape(admin, "by_month", DAY_2025 + 11, DAY_2025 + 31, 1, 0);
    test_shape(admin, "by_month", 0, 1, 0, 0);
    test_shape(admin, "by_day", DAY_2025, DAY_2025 + 365, 365, 365);
    /* From December on: most of each year's rows are wanted. With an index the first is read by
     * month; of the second all that is wanted lies in one. */
    test_shape(admin, "by_year", DAY_2025, DAY_2025 + 365, 2, 2);
    test_shape(admin, "by_year_brin", DAY_2025, DAY_2025 + 365, 12, 1);
    /* The default partition may hold anything, so it comes first and once. */
    test_shape(admin, "with_default", DAY_2025, DAY_2025 + 365, 13, 12);
    test_shape(admin, "plain", DAY_2025, DAY_2025 + 365, 1, 0);
    /* Three quarters of the rows are 2025's; of plain nobody has counted them. */
    test_shape(admin, "sorted", DAY_2025, DAY_2025 + 365, 1, 1);
    test_shape(admin, "sorted", DAY_2025, DAY_2025 + 180, 1, 0);
    test_shape(admin, "sorted_brin", DAY_2025, DAY_2025 + 365, 12, 0);
    test_shape(admin, "sorted_brin", DAY_2025, DAY_2025 + 45, 1, 0);
    test_shape(admin, "sorted_brin", DAY_2025, DAY_2025 + 46, 2, 0);
    test_shape(admin, "sorted_btree", DAY_2025, DAY_2025 + 365, 12, 0);
    test_shape(admin, "sorted_other", DAY_2025, DAY_2025 + 365, 1, 1);
    test_shape(admin, "shaken_btree", DAY_2025, DAY_2025 + 365, 1, 1);
    test_shape(admin, "never_analyzed", DAY_2025, DAY_2025 + 365, 1, 0);
    test_shape(admin, "as_view", DAY_2025, DAY_2025 + 365, 12, 0);
    test_shape(admin, "by_list", DAY_2025, DAY_2025 + 365, 2, 2);
    test_shape(admin, "nested", DAY_2025, DAY_2025 + 365, 2, 2);
}

void test_layouts(Connection *admin)
{
    static const char *const names[] = {
        "plain",        "by_month",     "by_day",        "by_year",  "by_year_brin", "by_odd",
        "by_list",      "with_default", "open_ended",    "by_two",   "nested",       "twisted",
        "as_view",      "as_copy",      "heir",          "shuffled", "sorted_brin",  "sorted_btree",
        "sorted_other", "shaken_btree", "never_analyzed"};
    make_layouts(admin);
    make_indexed(admin);
    for (size_t index = 0; index < sizeof names / sizeof names[0]; index++) {
        test_layout(admin, names[index]);
    }
    test_shapes(admin);
    test_rights(admin);
}
