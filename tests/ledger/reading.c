#include "reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void make_input(Connection *admin)
{
    must_execute(
        admin,
        "drop schema if exists loyalty_test cascade; create schema loyalty_test;"
        "create table loyalty_test.member (member_id bigint primary key,"
        "    registered_on date not null, closed_on date, birth_date date);"
        "insert into loyalty_test.member"
        "    select i, date '2020-01-01' + i, case when i % 10 = 0 then date '2025-01-01' + i end"
        "    from generate_series(1, 200) i;"
        "create table loyalty_test.event_kind (kind smallint primary key, name text unique);"
        "insert into loyalty_test.event_kind values (100, 'Ünïcode'), (1, 'purchase'),"
        "    (2, 'refund'), (-5, 'odd');"
        "create table loyalty_test.plain (event_id bigint, member_id bigint, kind smallint,"
        "    occurred_at timestamptz not null, order_id bigint, item_cents bigint,"
        "    discount_cents bigint, shipping_cents bigint, category_ids int[], points int,"
        "    recorded_at timestamptz default now(), recorded_xid xid8 default "
        "pg_current_xact_id());"
        /* Two years, denser towards the end, with all kinds of NULLs and some on the microsecond of
           a bound. */
        "insert into loyalty_test.plain"
        "    select i, i % 200 + 1, case when i % 17 <> 0 then (i % 9 + 1)::smallint end,"
        "        case when i % 50 = 0"
        "            then timestamptz '2024-01-01 00:00:00+00' + (i / 50 % 24) * interval '1 month'"
        "            when i % 50 = 1"
        "            then timestamptz '2024-01-01 00:00:00+00' + (i / 50 % 24) * interval '1 month'"
        "                - interval '1 us'"
        "            else timestamptz '2024-01-01 00:00:00+00'"
        "                + sqrt(i / 6000.0) * interval '730 days' end,"
        "        nullif(i % 7, 0), nullif(i * 100, 300), nullif(i % 5, 0) - 2, 5,"
        "        case i % 4 when 0 then null when 1 then '{}'"
        "            when 2 then array[i, null, -i] else array[[1, 2], [3, i]] end,"
        "        nullif(i % 3, 0) - 1"
        "    from generate_series(1, 6000) i;");
}

Kept *kept_create(void)
{
    Kept *kept = calloc(1, sizeof *kept);
    if (kept == NULL || (kept->events = calloc(EVENT_ID_MAX, sizeof *kept->events)) == NULL) {
        abort();
    }
    kept->from_us = INT64_MIN;
    kept->until_us = INT64_MAX;
    (void)pthread_mutex_init(&kept->lock, NULL);
    return kept;
}

void kept_destroy(Kept *kept)
{
    (void)pthread_mutex_destroy(&kept->lock);
    free(kept->events);
    free(kept);
}

bool keep_events(void *context, const EventRow *rows, size_t count, Error *reterr)
{
    Kept *kept = context;
    (void)pthread_mutex_lock(&kept->lock);
    bool good = count > 0 && count <= COPY_BATCH_ROWS;
    for (size_t index = 0; index < count && good; index++) {
        const EventRow *row = &rows[index];
        good = row->event_id > 0 && row->event_id < EVENT_ID_MAX &&
               row->category_count <= CATEGORIES_KEPT;
        if (good) {
            KeptEvent *event = &kept->events[row->event_id];
            event->row = *row;
            event->times++;
            if (row->category_count > 0) {
                memcpy(event->categories, row->categories,
                       row->category_count * sizeof *row->categories);
            }
            kept->count++;
            kept->outside |=
                row->occurred_at_us < kept->from_us || row->occurred_at_us >= kept->until_us;
        }
    }
    (void)pthread_mutex_unlock(&kept->lock);
    return good || error_set(reterr, EXIT_BUG, NULL, "the sink got an impossible row");
}

Kept *read_chunks(Connection *connection, const EventChunk *chunks, size_t count)
{
    Error error = {0};
    Kept *kept = kept_create();
    for (size_t index = 0; index < count; index++) {
        kept->from_us = chunks[index].from_us;
        kept->until_us = chunks[index].until_us;
        must(events_read_chunk(connection, &chunks[index], NULL, keep_events, kept, &error), &error,
             "events_read_chunk");
    }
    CHECK(!kept->outside, "every row lies in its chunk");
    return kept;
}

Kept *read_all(Connection *connection, const Source *source, int64_t from_us, int64_t until_us,
               const int64_t *cuts, size_t cut_count, int workers)
{
    Error error = {0};
    EventChunk *chunks = NULL;
    size_t count = 0;
    must(events_plan(connection, source, from_us, until_us, cuts, cut_count, workers, &chunks,
                     &count, &error),
         &error, "events_plan");
    for (size_t index = 0; index < count; index++) {
        bool good = chunks[index].from_us >= from_us && chunks[index].until_us <= until_us &&
                    chunks[index].from_us < chunks[index].until_us &&
                    (index == 0 || chunks[index].until_us <= chunks[index - 1].until_us);
        CHECK(good, "%s: chunk %zu is inside, newest first", source->events, index);
    }
    Kept *kept = read_chunks(connection, chunks, count);
    events_plan_free(chunks, count);
    return kept;
}

/* A column as text, or "-" for NULL, so that one comparison does for all. */
static void print_event(const EventRow *row, const int32_t *categories, char *text, size_t size)
{
    const struct {
        uint16_t bit;
        int64_t value;
    } columns[] = {
        {ROW_HAS_MEMBER, row->member_id},
        {ROW_HAS_KIND, row->kind},
        {ROW_HAS_OCCURRED_AT, row->occurred_at_us},
        {ROW_HAS_ORDER, row->order_id},
        {ROW_HAS_ITEM, row->item_cents},
        {ROW_HAS_DISCOUNT, row->discount_cents},
        {ROW_HAS_POINTS, row->points},
    };
    size_t used = 0;
    for (size_t index = 0; index < sizeof columns / sizeof columns[0]; index++) {
        if ((row->present & columns[index].bit) != 0) {
            used += (size_t)snprintf(text + used, size - used, "%lld ",
                                     (long long)columns[index].value);
        } else {
            used += (size_t)snprintf(text + used, size - used, "- ");
        }
    }
    used += (size_t)snprintf(text + used, size - used,
                             (row->present & ROW_HAS_CATEGORIES) != 0 ? "{" : "-");
    for (uint32_t index = 0; index < row->category_count; index++) {
        used += (size_t)snprintf(text + used, size - used, "%s%d", index == 0 ? "" : ",",
                                 (int)categories[index]);
    }
    (void)snprintf(text + used, size - used, (row->present & ROW_HAS_CATEGORIES) != 0 ? "}" : "");
}

void check_kept(Connection *connection, const Kept *kept, const char *relation, int64_t from_us,
                int64_t until_us, const char *what)
{
    char from[TIMESTAMP_TEXT_BYTES];
    char until[TIMESTAMP_TEXT_BYTES];
    CLEANUP_TEXT char *sql = text_printf(
        "select event_id, concat_ws(' ', coalesce(member_id::text, '-'),"
        "    coalesce(kind::text, '-'), " SQL_MICROSECONDS(
            "occurred_at") ","
                           "    coalesce(order_id::text, '-'), coalesce(item_cents::text, '-'),"
                           "    coalesce(discount_cents::text, '-'), coalesce(points::text, '-'),"
                           "    coalesce('{' || (select string_agg(c::text, ',' order by n)"
                           "                     from unnest(category_ids) with ordinality u(c, "
                           "n)) || '}',"
                           "             case when category_ids is null then '-' else '{}' end))"
                           "from %s where occurred_at >= '%s' and occurred_at < '%s'",
        relation, timestamp_format(from_us, from), timestamp_format(until_us, until));
    Error error = {0};
    CLEANUP_RESULT PGresult *result = NULL;
    must(query_run(connection, sql, 0, NULL, &result, &error), &error, "compare");
    int expected_count = PQntuples(result);
    int wrong = 0;
    for (int row = 0; row < expected_count; row++) {
        int64_t event_id = 0;
        const char *expected = NULL;
        char text[400];
        must(query_int64(result, row, 0, &event_id, &error), &error, "event_id");
        must(query_text(result, row, 1, &expected, &error), &error, "columns");
        const KeptEvent *event = &kept->events[event_id];
        print_event(&event->row, event->categories, text, sizeof text);
        if (event->times != 1 || strcmp(text, expected) != 0) {
            if (wrong++ == 0) {
                CHECK(false, "%s: event %lld came %d times as %s, it is %s", what,
                      (long long)event_id, event->times, text, expected);
            }
        }
    }
    CHECK(wrong == 0 && kept->count == (size_t)expected_count,
          "%s: %zu events came, %d are there, %d are wrong", what, kept->count, expected_count,
          wrong);
}

Source *must_open(Connection *connection, const char *events)
{
    Error error = {0};
    Source *source = NULL;
    must(source_open(connection, "loyalty_test.member", events, "loyalty_test.event_kind", &source,
                     &error),
         &error, events);
    return source;
}
