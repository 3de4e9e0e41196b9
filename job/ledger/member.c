#include "ledger/member.h"

#include "ledger/query.h"

#include <inttypes.h>
#include <stdio.h>

/* A date column as days since 2000-01-01, infinities as the ends of int32. */
#define SQL_DAYS(column)                                                                           \
    "case when " column " = 'infinity' then 2147483647"                                            \
    " when " column " = '-infinity' then -2147483648"                                              \
    " else " column " - date '2000-01-01' end"

bool member_find(Connection *connection, const Source *source, int64_t member_id,
                 MemberRow *ret_member, Error *reterr)
{
    CLEANUP_TEXT char *sql =
        text_printf("select " SQL_DAYS("m.registered_on") ", " SQL_DAYS(
                        "m.closed_on") " from %s m where m.member_id = $1::bigint limit 2",
                    source->members);
    CLEANUP_TEXT char *id = text_printf("%" PRId64, member_id);
    const char *values[] = {id};
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, sql, 1, values, &result, reterr)) {
        return false;
    }
    if (PQntuples(result) != 1) {
        return error_set(reterr, EXIT_DATA,
                         PQntuples(result) == 0
                             ? "look the member_id up in the members' table (source: members)."
                             : "member_id must be unique in the members' table.",
                         "%s member %" PRId64 " in %s",
                         PQntuples(result) == 0 ? "there is no" : "there is more than one",
                         member_id, source->members);
    }
    MemberRow member = {.member_id = member_id, .present = MEMBER_HAS_ID};
    int64_t day = 0;
    if (!PQgetisnull(result, 0, 0)) {
        if (!query_int64(result, 0, 0, &day, reterr)) {
            return false;
        }
        member.registered_on = (int32_t)day;
        member.present |= MEMBER_HAS_REGISTERED;
    }
    if (!PQgetisnull(result, 0, 1)) {
        if (!query_int64(result, 0, 1, &day, reterr)) {
            return false;
        }
        member.closed_on = (int32_t)day;
        member.present |= MEMBER_HAS_CLOSED;
    }
    *ret_member = member;
    return true;
}

/* Whether the schema is there at all: asking a missing relation would end the transaction. */
static bool is_deployed(Connection *connection, bool *ret_deployed, Error *reterr)
{
    CLEANUP_RESULT PGresult *result = NULL;
    return query_run(connection,
                     "select pg_catalog.to_regclass('tierclose.standings') is not null"
                     " and pg_catalog.to_regclass('tierclose.published') is not null",
                     0, NULL, &result, reterr) &&
           query_bool(result, 0, 0, ret_deployed, reterr);
}

bool member_standing(Connection *connection, Arena *arena, int64_t member_id, const char *period,
                     MemberStanding *ret_standing, Error *reterr)
{
    MemberStanding standing = {0};
    bool deployed = false;
    if (!is_deployed(connection, &deployed, reterr)) {
        return false;
    }
    if (!deployed) {
        *ret_standing = standing;
        return true;
    }
    CLEANUP_TEXT char *id = text_printf("%" PRId64, member_id);
    const char *values[] = {period, id};
    CLEANUP_RESULT PGresult *run = NULL;
    CLEANUP_RESULT PGresult *row = NULL;
    if (!query_run(connection, "select p.run_id from tierclose.published p where p.period = $1", 1,
                   values, &run, reterr) ||
        !query_run(connection,
                   "select s.points, s.level from tierclose.standings s"
                   " where s.period = $1 and s.member_id = $2::bigint",
                   2, values, &row, reterr)) {
        return false;
    }
    standing.closed = PQntuples(run) > 0;
    standing.present = PQntuples(row) > 0;
    const char *level = NULL;
    if (standing.closed && !query_int64(run, 0, 0, &standing.run_id, reterr)) {
        return false;
    }
    if (standing.present) {
        if (!query_int64(row, 0, 0, &standing.points, reterr) ||
            !query_text(row, 0, 1, &level, reterr)) {
            return false;
        }
        standing.level = arena_strdup(arena, level);
    }
    *ret_standing = standing;
    return true;
}

/* The first run of the period, with what the first restatement found; then each restatement. */
static const char sql_publications[] =
    "with published as (\n"
    "  select r.run_id, r.action, coalesce(r.acted_on::text, '') as acted_on\n"
    "  from tierclose.run r\n"
    "  where r.period = $1 and r.status = 'published'\n"
    "),\n"
    "restated as (\n"
    "  select p.run_id, p.action, p.acted_on, t.points_before, t.level_before, t.points_after,\n"
    "    t.level_after\n"
    "  from published p\n"
    "  join tierclose.restatement t on t.run_id = p.run_id and t.member_id = $2::bigint\n"
    ")\n"
    "select f.run_id, f.action, f.acted_on, t.run_id is not null, t.points_before, t.level_before\n"
    "from (select * from published p order by p.run_id limit 1) f\n"
    "left join (select * from restated r order by r.run_id limit 1) t on true\n"
    "union all\n"
    "select r.run_id, r.action, r.acted_on, true, r.points_after, r.level_after\n"
    "from restated r\n"
    "order by 1";

/* Points and level of a row; a null level is no standing. */
static bool read_publication(const PGresult *result, int row, Arena *arena,
                             MemberPublication *publication, Error *reterr)
{
    const char *action = NULL;
    const char *acted_on = NULL;
    if (!query_int64(result, row, 0, &publication->run_id, reterr) ||
        !query_text(result, row, 1, &action, reterr) ||
        !query_text(result, row, 2, &acted_on, reterr)) {
        return false;
    }
    publication->action = arena_strdup(arena, action);
    publication->acted_on = arena_strdup(arena, acted_on);
    publication->present = !PQgetisnull(result, row, 5);
    if (!publication->present) {
        return true;
    }
    const char *level = NULL;
    if (!query_int64(result, row, 4, &publication->points, reterr) ||
        !query_text(result, row, 5, &level, reterr)) {
        return false;
    }
    publication->level = arena_strdup(arena, level);
    return true;
}

bool member_publications(Connection *connection, Arena *arena, int64_t member_id,
                         const char *period, const MemberStanding *standing,
                         MemberPublication **ret_publications, size_t *ret_count, Error *reterr)
{
    CLEANUP_TEXT char *id = text_printf("%" PRId64, member_id);
    const char *values[] = {period, id};
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, sql_publications, 2, values, &result, reterr)) {
        return false;
    }
    size_t count = (size_t)PQntuples(result);
    MemberPublication *publications = arena_alloc(arena, count + 1, sizeof *publications);
    for (size_t i = 0; i < count; i++) {
        bool restated = false;
        publications[i] = (MemberPublication){0};
        if (!query_bool(result, (int)i, 3, &restated, reterr) ||
            !read_publication(result, (int)i, arena, &publications[i], reterr)) {
            return false;
        }
        if (!restated) {
            publications[i].present = standing->present;
            publications[i].points = standing->points;
            publications[i].level = standing->level;
        }
    }
    *ret_publications = publications;
    *ret_count = count;
    return true;
}

bool member_period_checked(Connection *connection, Arena *arena, const char *period,
                           PeriodChecked *ret_checked, Error *reterr)
{
    const char *values[] = {period};
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection,
                   "select r.snapshot::text, coalesce(" SQL_MICROSECONDS(
                       "r.snapshot_taken_at") ", 0),"
                                              " coalesce(r.system_identifier::text, ''),"
                                              " coalesce(r.config_sha256, '')"
                                              " from tierclose.published p"
                                              " join tierclose.run r"
                                              " on r.run_id = p.checked_run_id"
                                              " where p.period = $1",
                   1, values, &result, reterr)) {
        return false;
    }
    PeriodChecked checked = {0};
    const char *system_identifier = NULL;
    const char *config_sha256 = NULL;
    if (!query_int64(result, 0, 1, &checked.snapshot_taken_at_us, reterr) ||
        !query_text(result, 0, 2, &system_identifier, reterr) ||
        !query_text(result, 0, 3, &config_sha256, reterr)) {
        return false;
    }
    checked.snapshot_visible =
        PQgetisnull(result, 0, 0) ? NULL : arena_strdup(arena, PQgetvalue(result, 0, 0));
    checked.system_identifier = arena_strdup(arena, system_identifier);
    checked.config_sha256 = arena_strdup(arena, config_sha256);
    *ret_checked = checked;
    return true;
}
