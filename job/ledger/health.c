#include "ledger/health.h"

#include "ledger/query.h"

#include <inttypes.h>
#include <stdio.h>

#define NEWEST "(select max(p.period::text) from tierclose.published p)"

static const char publications_sql[] =
    "select r.action, floor(extract(epoch from max(r.finished_at)))::bigint\n"
    "from tierclose.runs r where r.status = 'published' group by r.action order by r.action";

static const char members_sql[] =
    "select l.name, count(s.member_id)\n"
    "from tierclose.published p join tierclose.run_level l on l.run_id = p.run_id\n"
    "left join tierclose.standing s on s.run_id = p.run_id and s.level_rank = l.rank\n"
    "where p.period = " NEWEST " group by l.rank, l.name order by l.rank";

/* A run from before run_fate has none. */
static const char fates_sql[] =
    "select n.fate, coalesce(sum(f.events), 0)::bigint\n"
    "from unnest(array['earning', 'refunds', 'capped', 'ineligible', 'anomaly'])\n"
    "  with ordinality n(fate, place)\n"
    "join tierclose.published p on p.period = " NEWEST "\n"
    "join tierclose.run r on r.run_id = p.checked_run_id and r.run_by is not null\n"
    "left join tierclose.run_fate f on f.run_id = p.checked_run_id and n.fate = case\n"
    "  when f.fate in ('earning', 'refunds', 'capped', 'ineligible') then f.fate\n"
    "  else 'anomaly' end\n"
    "group by n.place, n.fate order by n.place";

/* A run stores each reason, also where there are none. */
#define ANOMALIES(period)                                                                          \
    "select c.reason, c.month_count\n"                                                             \
    "from tierclose.published p join tierclose.anomaly_count c on c.run_id = p.run_id\n"           \
    "where p.period = " period " order by c.reason collate \"C\""

static const char changes_sql[] =
    "select n.direction, count(c.member_id)\n"
    "from unnest(array['up', 'down', 'program']) with ordinality n(direction, place)\n"
    "join tierclose.published p on p.period = " NEWEST "\n"
    "left join tierclose.level_changes c\n"
    "  on c.period = p.period and c.direction = n.direction\n"
    "group by n.place, n.direction order by n.place";

static const char grants_sql[] =
    "select g.coupon, g.level, n.status, count(*) filter (where g.status = n.status)\n"
    "from tierclose.coupon_grants g\n"
    "cross join unnest(array['granted', 'lapsed', 'revoked']) with ordinality n(status, place)\n"
    "where g.period = " NEWEST "\n"
    "group by g.coupon, g.level, n.place, n.status\n"
    "order by g.coupon collate \"C\", g.level collate \"C\", n.place";

/* Each run of a period counts all that it has kept, those of earlier runs too. */
static const char overgranted_sql[] =
    "select coalesce(sum(r.overgranted), 0)::bigint\n"
    "from (select distinct on (u.period) u.overgranted from tierclose.runs u\n"
    "  where u.status = 'published' order by u.period, u.run_id desc) r";

static bool read_counts(Connection *connection, Arena *arena, const char *sql,
                        HealthCounts *ret_counts, Error *reterr)
{
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, sql, 0, NULL, &result, reterr)) {
        return false;
    }
    int row_count = PQntuples(result);
    int label_count = PQnfields(result) - 1;
    HealthCount *rows = arena_alloc(arena, (size_t)row_count + 1, sizeof *rows);
    for (int row = 0; row < row_count; row++) {
        for (int label = 0; label < label_count && label < HEALTH_LABELS_MAX; label++) {
            rows[row].labels[label] = arena_strdup(arena, PQgetvalue(result, row, label));
        }
        if (!query_int64(result, row, label_count, &rows[row].count, reterr)) {
            return false;
        }
    }
    *ret_counts = (HealthCounts){rows, (size_t)row_count};
    return true;
}

static bool read_program(Connection *connection, Arena *arena, const char **ret_program,
                         Error *reterr)
{
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, "select p.name from tierclose.program p", 0, NULL, &result,
                   reterr)) {
        return false;
    }
    *ret_program = PQntuples(result) > 0 ? arena_strdup(arena, PQgetvalue(result, 0, 0)) : NULL;
    return true;
}

bool health_read(Connection *connection, Arena *arena, Health *ret_health, Error *reterr)
{
    Health health = {0};
    const struct {
        const char *sql;
        HealthCounts *counts;
    } tables[] = {
        {publications_sql, &health.publications},
        {members_sql, &health.members},
        {fates_sql, &health.fates},
        {ANOMALIES(NEWEST), &health.anomalies},
        {ANOMALIES("(select max(o.period::text) from tierclose.published o where o.period"
                   " < " NEWEST ")"),
         &health.anomalies_before},
        {changes_sql, &health.changes},
        {grants_sql, &health.grants},
    };
    char begin[128];
    (void)snprintf(begin, sizeof begin,
                   "begin isolation level repeatable read, read only;"
                   " set local statement_timeout = %d",
                   HEALTH_SECONDS_MAX * 1000);
    if (!connection_execute(connection, begin, reterr) ||
        !read_program(connection, arena, &health.program, reterr)) {
        return false;
    }
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        if (!read_counts(connection, arena, tables[i].sql, tables[i].counts, reterr)) {
            return false;
        }
    }
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, overgranted_sql, 0, NULL, &result, reterr) ||
        !query_int64(result, 0, 0, &health.overgranted, reterr) ||
        !connection_execute(connection, "commit", reterr)) {
        return false;
    }
    *ret_health = health;
    return true;
}

bool health_midnight(Connection *connection, const char *zone, int32_t day, int64_t *ret_seconds,
                     Error *reterr)
{
    char number[16];
    (void)snprintf(number, sizeof number, "%" PRId32, day);
    const char *values[] = {zone, number};
    CLEANUP_RESULT PGresult *result = NULL;
    return query_run(connection,
                     "select extract(epoch from (date '2000-01-01' + $2::integer)::timestamp"
                     " at time zone $1)::bigint",
                     2, values, &result, reterr) &&
           query_int64(result, 0, 0, ret_seconds, reterr);
}
