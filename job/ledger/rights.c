#include "ledger/rights.h"

#include "ledger/query.h"

#define HINT_DEPLOY "deploy sql/ to this database: sqitch deploy (README, Deploy)."

bool rights_check_deployed(Connection *connection, Error *reterr)
{
    /* Through the catalogs: to_regclass fails where the user may not enter the schema. */
    static const char sql[] =
        "select w.name from unnest(array['config', 'program', 'run', 'published', 'superseded',"
        " 'run_level', 'standing', 'level_change', 'coupon_grant', 'anomaly', 'anomaly_count',"
        " 'restatement', 'standings', 'level_changes', 'coupon_grants', 'runs', 'anomalies',"
        " 'member_center', 'run_month', 'run_source', 'run_fate']) with ordinality w(name, place)"
        " where not exists (select from pg_catalog.pg_class c"
        " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'tierclose' and c.relname = w.name)"
        " order by w.place limit 1";
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, sql, 0, NULL, &result, reterr)) {
        return false;
    }
    return PQntuples(result) == 0 ||
           error_set(reterr, EXIT_CONFIG, HINT_DEPLOY, "the database has no tierclose.%s",
                     PQgetvalue(result, 0, 0));
}

bool rights_check_role(Connection *connection, Error *reterr)
{
    static const char sql[] =
        "select current_user, w.privilege, w.object from ("
        " select 1 as place, 'create' as privilege, 'schema tierclose' as object,"
        "  pg_catalog.has_schema_privilege('tierclose', 'usage, create') as given"
        " union all"
        " select 2, r.privilege, 'tierclose.' || c.relname,"
        "  pg_catalog.has_table_privilege(c.oid, r.privilege)"
        " from pg_catalog.pg_class c"
        " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
        " join (values ('select'), ('insert')) r(privilege) on true"
        " where n.nspname = 'tierclose' and c.relname = any (array['config', 'program', 'run',"
        "  'published', 'superseded', 'run_level', 'level_change', 'coupon_grant', 'anomaly',"
        "  'anomaly_count', 'restatement', 'run_month', 'run_source', 'run_fate'])"
        " union all"
        /* Attaching a partition takes the rights of the table's owner. */
        " select 3, 'own', 'tierclose.standing',"
        "  pg_catalog.pg_has_role(c.relowner, 'usage')"
        " from pg_catalog.pg_class c"
        " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'tierclose' and c.relname = 'standing'"
        " ) w where not w.given order by w.place, w.object, w.privilege limit 1";
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, sql, 0, NULL, &result, reterr)) {
        return false;
    }
    return PQntuples(result) == 0 ||
           error_set(reterr, EXIT_CONFIG, HINT_DEPLOY, "the role %s lacks the right to %s %s",
                     PQgetvalue(result, 0, 0), PQgetvalue(result, 0, 1), PQgetvalue(result, 0, 2));
}
