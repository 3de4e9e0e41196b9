/* Sources that are as contract 7.1 says, and those that are not. */
#include "check.h"

#include "ledger/source.h"

#include <stdio.h>
#include <string.h>

typedef struct MemberSum {
    int64_t count;
    int64_t ids;
    int64_t registered;
    int64_t closed;
    int64_t closed_count;
    int64_t without_id;
} MemberSum;

static bool sum_members(void *context, const MemberRow *rows, size_t count, Error *reterr)
{
    MemberSum *sum = context;
    (void)reterr;
    for (size_t index = 0; index < count; index++) {
        sum->count++;
        sum->ids += rows[index].member_id;
        sum->registered += rows[index].registered_on;
        sum->closed += rows[index].closed_on;
        sum->closed_count += (rows[index].present & MEMBER_HAS_CLOSED) != 0 ? 1 : 0;
        sum->without_id += (rows[index].present & MEMBER_HAS_ID) == 0 ? 1 : 0;
    }
    return true;
}

static void test_members(Connection *admin, const char *members)
{
    Error error = {0};
    Source *source = NULL;
    MemberSum sum = {0};
    char sql[200];
    must(source_open(admin, members, "loyalty_test.plain", "loyalty_test.event_kind", &source,
                     &error),
         &error, members);
    must(source_read_members(admin, source, NULL, sum_members, &sum, &error), &error, members);
    (void)snprintf(sql, sizeof sql, "select count(*) from %s", members);
    CHECK(sum.count == must_int64(admin, sql), "%s: %lld members", members, (long long)sum.count);
    (void)snprintf(sql, sizeof sql, "select sum(member_id) from %s", members);
    CHECK(sum.ids == must_int64(admin, sql), "%s: ids", members);
    (void)snprintf(sql, sizeof sql, "select sum(registered_on - '2000-01-01') from %s", members);
    CHECK(sum.registered == must_int64(admin, sql), "%s: registered_on", members);
    (void)snprintf(sql, sizeof sql, "select sum(closed_on - '2000-01-01') from %s", members);
    CHECK(sum.closed == must_int64(admin, sql), "%s: closed_on", members);
    (void)snprintf(sql, sizeof sql, "select count(closed_on) from %s", members);
    CHECK(sum.closed_count == must_int64(admin, sql), "%s: count of closed_on", members);
    (void)snprintf(sql, sizeof sql, "select count(*) - count(member_id) from %s", members);
    CHECK(sum.without_id == must_int64(admin, sql), "%s: count of members without id", members);
    source_close(&source);
    CHECK(source == NULL, "source_close leaves NULL");
}

static void test_kinds(Connection *admin)
{
    Error error = {0};
    Source *source = NULL;
    must(source_open(admin, "loyalty_test.member", "loyalty_test.plain", "loyalty_test.event_kind",
                     &source, &error),
         &error, "open");
    CHECK(source->kind_count == 4 && source->kind_numbers[0] == -5 &&
              strcmp(source->kind_names[1], "purchase") == 0 && source->kind_numbers[3] == 100 &&
              strcmp(source->kind_names[3], "Ünïcode") == 0,
          "the kinds by number");
    CHECK(source->has_recorded_at && source->has_recorded_xid &&
              source->late_method == LATE_EXACT && !source->events_partitioned,
          "the columns of the events");
    source_close(&source);
    static const char *const bad[][2] = {
        {"values (1::smallint, 'a'), (1::smallint, 'b')", "has the number 1 twice"},
        {"values (1::smallint, 'a'), (2::smallint, 'a')", "has the name a twice"},
        {"values (1::smallint, 'a'), (null::smallint, 'b')", "has a row without number or name"},
        {"values (1::smallint, null), (2::smallint, 'b')", "has a row without number or name"},
        {"select 1 / (name = 'odd')::int ::smallint as kind, name from loyalty_test.event_kind",
         "integer"},
        {"select (1 / (name = 'odd')::int)::smallint as kind, name from loyalty_test.event_kind",
         "loyalty_test.kinds: the database: division by zero [22012]"},
    };
    for (size_t index = 0; index < sizeof bad / sizeof bad[0]; index++) {
        CLEANUP_TEXT char *sql =
            text_printf("drop view if exists loyalty_test.kinds; create view loyalty_test.kinds "
                        "(kind, name) as %s",
                        bad[index][0]);
        must_execute(admin, sql);
        bool schema = strcmp(bad[index][1], "integer") == 0;
        CHECK_FAILS(source_open(admin, "loyalty_test.member", "loyalty_test.plain",
                                "loyalty_test.kinds", &source, &error),
                    &error, schema ? EXIT_CONFIG : EXIT_DATA, bad[index][1]);
        CHECK(source == NULL, "ret_source is untouched");
    }
}

/* Whether the source knows that no event can stand twice. */
static void test_unique(Connection *admin)
{
    static const struct {
        const char *key;
        bool unique;
    } keys[] = {
        {"primary key (event_id, occurred_at)", true},
        {"primary key (event_id)", true},
        {"unique (occurred_at, event_id)", true},
        {"primary key (event_id, member_id)", false},
        {"unique (occurred_at)", false},
        {"unique (event_id) deferrable", false},
        {"check (event_id is not null)", false},
    };
    must_execute(admin, "create unique index on loyalty_test.plain (event_id) where event_id < 0;"
                        "create unique index on loyalty_test.plain ((event_id + 0), event_id);"
                        "create table loyalty_test.keyed (like loyalty_test.plain)");
    for (size_t index = 0; index < sizeof keys / sizeof keys[0]; index++) {
        CLEANUP_TEXT char *sql = text_printf(
            "alter table loyalty_test.keyed add constraint own_key %s", keys[index].key);
        must_execute(admin, sql);
        CLEANUP_SOURCE Source *source = NULL;
        Error error = {0};
        must(source_open(admin, "loyalty_test.member", "loyalty_test.keyed",
                         "loyalty_test.event_kind", &source, &error),
             &error, "open");
        CHECK(source->events_unique == keys[index].unique, "%s", keys[index].key);
        must_execute(admin, "alter table loyalty_test.keyed drop constraint own_key");
    }
    CLEANUP_SOURCE Source *plain = NULL;
    Error error = {0};
    must(source_open(admin, "loyalty_test.member", "loyalty_test.plain", "loyalty_test.event_kind",
                     &plain, &error),
         &error, "open");
    CHECK(!plain->events_unique, "indexes of some rows, or of an expression");
    must_execute(admin, "drop table loyalty_test.keyed");
}

static void test_wrong_sources(Connection *admin)
{
    must_execute(admin,
                 "create view loyalty_test.no_column as select member_id, registered_on "
                 "from loyalty_test.member;"
                 "create view loyalty_test.other_type as select member_id, "
                 "registered_on::timestamptz as registered_on, closed_on from loyalty_test.member;"
                 "create view loyalty_test.other_optional as select *, 'x'::text as t from "
                 "loyalty_test.member;"
                 "create view loyalty_test.event_text as select event_id, member_id, kind, "
                 "occurred_at, order_id, item_cents::numeric as item_cents, discount_cents, "
                 "category_ids, points from loyalty_test.plain;"
                 "create view loyalty_test.recorded as select event_id, member_id, kind, "
                 "occurred_at, order_id, item_cents, discount_cents, category_ids, points, "
                 "recorded_at::date as recorded_at from loyalty_test.plain;"
                 "create sequence loyalty_test.numbers;"
                 "create table loyalty_test.\"Odd Name\" as select * from loyalty_test.member");
    static const struct {
        const char *members;
        const char *events;
        const char *message; /* NULL: all is well */
    } cases[] = {
        {"loyalty_test.member", "loyalty_test.plain", NULL},
        {"loyalty_test.other_optional", "loyalty_test.plain", NULL},
        {"LOYALTY_TEST.\"Odd Name\"", "loyalty_test.plain", NULL},
        {"loyalty_test.odd name", "loyalty_test.plain", "is not the name of a table"},
        {"member", "loyalty_test.plain", "the table member is named without its schema"},
        {"nowhere.member", "loyalty_test.plain", "nowhere.member: no such table or view"},
        {"loyalty_test.nothing", "loyalty_test.plain", "loyalty_test.nothing: no such table"},
        {"loyalty_test.numbers", "loyalty_test.plain", "loyalty_test.numbers is no table or view"},
        {"loyalty_test.no_column", "loyalty_test.plain",
         "loyalty_test.no_column has no column closed_on (date)"},
        {"loyalty_test.other_type", "loyalty_test.plain",
         "loyalty_test.other_type: the column registered_on has the type timestamp with time zone, "
         "not date"},
        {"loyalty_test.member", "loyalty_test.event_text",
         "loyalty_test.event_text: the column item_cents has the type numeric, not bigint"},
        {"loyalty_test.member", "loyalty_test.recorded",
         "loyalty_test.recorded: the column recorded_at has the type date"},
        {"loyalty_test.member", "loyalty_test.member",
         "loyalty_test.member has no column event_id (bigint)"},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        Error error = {0};
        Source *source = NULL;
        bool good = source_open(admin, cases[index].members, cases[index].events,
                                "loyalty_test.event_kind", &source, &error);
        if (cases[index].message == NULL) {
            CHECK(good, "%s", error.message);
        } else {
            CHECK_FAILS(good, &error, EXIT_CONFIG, cases[index].message);
            CHECK(error.hint[0] != '\0' && source == NULL, "a hint, and ret_source untouched");
        }
        source_close(&source);
    }
}

/* Nobody takes the tables away while a run reads them. */
static void test_held(Connection *admin)
{
    must_execute(admin, "create view loyalty_test.held_view as select * from loyalty_test.plain;"
                        "create materialized view loyalty_test.held_copy as select * from "
                        "loyalty_test.member");
    static const char *const statements[] = {
        "drop table loyalty_test.event_kind", "drop view loyalty_test.held_view",
        "truncate loyalty_test.plain", "drop materialized view loyalty_test.held_copy"};
    Error error = {0};
    Connection *reader = must_connect(NULL);
    Source *source = NULL;
    must_execute(reader, "begin");
    must(source_open(reader, "loyalty_test.held_copy", "loyalty_test.held_view",
                     "loyalty_test.event_kind", &source, &error),
         &error, "open");
    must_execute(admin, "set lock_timeout = '50ms'");
    for (size_t index = 0; index < sizeof statements / sizeof statements[0]; index++) {
        CHECK_FAILS(connection_execute(admin, statements[index], &error), &error, EXIT_LOCKED,
                    "[55P03]");
    }
    must_execute(admin, "set lock_timeout = 0");
    source_close(&source);
    connection_close(&reader);
}

void test_source(Connection *admin)
{
    must_execute(admin,
                 "create view loyalty_test.member_view as "
                 "select member_id, closed_on, registered_on from loyalty_test.member "
                 "union all select null, null, null;"
                 "create table loyalty_test.member_parts (member_id bigint, registered_on date, "
                 "closed_on date) partition by hash (member_id);"
                 "create table loyalty_test.member_part partition of loyalty_test.member_parts "
                 "for values with (modulus 1, remainder 0);"
                 "insert into loyalty_test.member_parts select member_id, registered_on, closed_on "
                 "from loyalty_test.member");
    test_members(admin, "loyalty_test.member");
    test_members(admin, "loyalty_test.member_view");
    test_members(admin, "loyalty_test.member_parts");
    test_kinds(admin);
    test_unique(admin);
    test_wrong_sources(admin);
    test_held(admin);
}
