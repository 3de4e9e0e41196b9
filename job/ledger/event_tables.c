#include "ledger/event_tables.h"

#include "base/arena.h"
#include "ledger/query.h"

#include <stdlib.h>

/*
 * Down from the source to the tables that hold rows. $1: its oid; $2, $3: the span of time.
 *
 * Bounds are read from their text, which is in ISO and UTC here; MINVALUE, MAXVALUE and infinity
 * match no digit and so are no bound, nor has the default partition any. A partition by something
 * else than occurred_at has the bounds of the table that it is a part of, and shares them.
 *
 * A partition is read by its name only where the role may, and where no policy makes that differ
 * from reading it through its parent. A plain COPY refuses generated columns and materialized
 * views. An index finds a stretch of time in neighbouring blocks where the rows lie in the order of
 * time; a table that was never analyzed is taken for unordered. Rows that were never counted are
 * taken to be 70 a block.
 *
 * `offset 0` and `limit 1` have each table looked up by itself, and statistics only of those that
 * span more than a month. Joined at will, with 800 partitions in catalogs that were never analyzed,
 * this took 4 seconds.
 */
/* clang-format off */
static const char tables_sql[] =
    "with recursive branch as (\n"
    "    select c.oid, true as open, true as apart,\n"
    "           null::timestamptz as from_at, null::timestamptz as until_at\n"
    "    from pg_catalog.pg_class c\n"
    "    where c.oid = $1::bigint::oid and c.relkind in ('r', 'p', 'm')\n"
    "      and (c.relkind = 'p'\n"
    "           or not exists (select from pg_catalog.pg_inherits i where i.inhparent = c.oid))\n"
    "    union all\n"
    "    select i.inhrelid, b.open and not k.guarded,\n"
    "           b.apart and k.by_time and k.bound <> 'DEFAULT',\n"
    "           greatest(b.from_at, case when k.by_time then\n"
    "               (pg_catalog.regexp_match(k.bound, ' FROM \\(''(\\d[^'']*)''\\)'))[1]\n"
    "               ::timestamptz end),\n"
    "           least(b.until_at, case when k.by_time then\n"
    "               (pg_catalog.regexp_match(k.bound, ' TO \\(''(\\d[^'']*)''\\)'))[1]\n"
    "               ::timestamptz end)\n"
    "    from branch b\n"
    "    join pg_catalog.pg_inherits i on i.inhparent = b.oid and not i.inhdetachpending\n"
    "    cross join lateral (\n"
    "        select parent.relrowsecurity as guarded,\n"
    "               p.partstrat = 'r' and p.partnatts = 1\n"
    "               and p.partattrs[0] = a.attnum as by_time,\n"
    "               (select pg_catalog.pg_get_expr(c.relpartbound, c.oid)\n"
    "                from pg_catalog.pg_class c where c.oid = i.inhrelid) as bound\n"
    "        from pg_catalog.pg_class parent\n"
    "        join pg_catalog.pg_partitioned_table p on p.partrelid = parent.oid\n"
    "        join pg_catalog.pg_attribute a\n"
    "            on a.attrelid = parent.oid and a.attname = 'occurred_at'\n"
    "        where parent.oid = b.oid\n"
    "        offset 0) k\n"
    ")\n"
    "select pg_catalog.format('%I.%I', n.nspname, c.relname),\n"
    "       " SQL_MICROSECONDS("b.from_at") ",\n"
    "       " SQL_MICROSECONDS("b.until_at") ",\n"
    "       z.blocks,\n"
    "       (case when c.relpages > 0 and c.reltuples >= 0\n"
    "             then c.reltuples::float8 * z.blocks / c.relpages\n"
    "             else z.blocks * 70 end)::bigint,\n"
    "       coalesce((\n"
    "           select (100 * pg_catalog.avg(\n"
    "               (v >= $2::timestamptz and v < $3::timestamptz)::int))::bigint\n"
    "           from pg_catalog.unnest(s.histogram_bounds::text::timestamptz[]) v), -1),\n"
    "       b.apart,\n"
    "       c.oid = $1::bigint::oid\n"
    "       or (b.open and c.relkind = 'r' and not c.relrowsecurity\n"
    "           and pg_catalog.has_table_privilege(c.oid, 'select')\n"
    "           and pg_catalog.has_schema_privilege(n.oid, 'usage')),\n"
    "       c.relkind = 'r' and not exists (\n"
    "           select from pg_catalog.pg_attribute g\n"
    "           where g.attrelid = c.oid and g.attgenerated <> ''),\n"
    "       x.indexed,\n"
    "       x.indexed and coalesce(abs(s.correlation) > 0.9, false)\n"
    "from branch b\n"
    "join pg_catalog.pg_class c on c.oid = b.oid and c.relkind <> 'p'\n"
    "join pg_catalog.pg_namespace n on n.oid = c.relnamespace\n"
    "join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'occurred_at'\n"
    "left join pg_catalog.pg_am am on am.oid = c.relam\n"
    "left join lateral (\n"
    "    select t.correlation, t.histogram_bounds\n"
    "    from pg_catalog.pg_stats t\n"
    "    where (b.until_at - b.from_at <= interval '45 days') is not true\n"
    "      and t.schemaname = n.nspname and t.tablename = c.relname\n"
    "      and t.attname = 'occurred_at' and not t.inherited\n"
    "    limit 1) s on true\n"
    "cross join lateral (select case when am.amname = 'heap'\n"
    "    then pg_catalog.pg_relation_size(c.oid)\n"
    "         / pg_catalog.current_setting('block_size')::bigint\n"
    "    else 0 end as blocks) z\n"
    "cross join lateral (select exists (\n"
    "    select from pg_catalog.pg_index i\n"
    "    join pg_catalog.pg_class ic on ic.oid = i.indexrelid\n"
    "    join pg_catalog.pg_am iam on iam.oid = ic.relam\n"
    "    where i.indrelid = c.oid and i.indisvalid and i.indpred is null\n"
    "      and i.indkey[0] = a.attnum and iam.amname in ('btree', 'brin')) as indexed) x\n"
    "where (b.from_at is null or b.from_at < $3::timestamptz)\n"
    "  and (b.until_at is null or b.until_at > $2::timestamptz)";
/* clang-format on */

/* A bound; NULL is none. */
static bool read_bound(const PGresult *result, int row, int column, int64_t none,
                       int64_t *ret_time_us, Error *reterr)
{
    if (PQgetisnull(result, row, column)) {
        *ret_time_us = none;
        return true;
    }
    return query_int64(result, row, column, ret_time_us, reterr);
}

static bool read_table(const PGresult *result, int row, EventTable *ret_table, Error *reterr)
{
    EventTable table = {0};
    if (!query_text(result, row, 0, &table.name, reterr) ||
        !read_bound(result, row, 1, INT64_MIN, &table.from_us, reterr) ||
        !read_bound(result, row, 2, INT64_MAX, &table.until_us, reterr) ||
        !query_int64(result, row, 3, &table.blocks, reterr) ||
        !query_int64(result, row, 4, &table.rows, reterr) ||
        !query_int64(result, row, 5, &table.percent_wanted, reterr) ||
        !query_bool(result, row, 6, &table.apart, reterr) ||
        !query_bool(result, row, 7, &table.direct, reterr) ||
        !query_bool(result, row, 8, &table.copied, reterr) ||
        !query_bool(result, row, 9, &table.indexed, reterr) ||
        !query_bool(result, row, 10, &table.ordered, reterr)) {
        return false;
    }
    *ret_table = table;
    return true;
}

bool event_tables_find(Connection *connection, const Source *source, int64_t from_us,
                       int64_t until_us, EventTables *ret_tables, Error *reterr)
{
    char from[TIMESTAMP_TEXT_BYTES];
    char until[TIMESTAMP_TEXT_BYTES];
    CLEANUP_TEXT char *oid = text_printf("%lld", (long long)source->events_oid);
    const char *values[] = {oid, timestamp_format(from_us, from),
                            timestamp_format(until_us, until)};
    CLEANUP_TABLES EventTables tables = {0};
    if (!query_run(connection, tables_sql, 3, values, &tables.result, reterr)) {
        return false;
    }
    int count = PQntuples(tables.result);
    tables.items = memory_alloc((size_t)count + 1, sizeof *tables.items);
    for (int row = 0; row < count; row++) {
        if (!read_table(tables.result, row, &tables.items[row], reterr)) {
            return false;
        }
        tables.count++;
    }
    *ret_tables = tables;
    /* NOLINTNEXTLINE(clang-analyzer-deadcode.DeadStores): the cleanup reads it */
    tables = (EventTables){0};
    return true;
}

void event_tables_free(EventTables *tables)
{
    free(tables->items);
    query_clear(&tables->result);
    *tables = (EventTables){0};
}
