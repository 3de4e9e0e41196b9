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
