#include "ledger/zone.h"

#include "base/arena.h"
#include "ledger/query.h"

#include <stdlib.h>

static bool zone_refuse(const char *zone, Error *reterr)
{
    return error_set(reterr, EXIT_CONFIG,
                     "write an IANA name such as America/Los_Angeles or Europe/London; "
                     "select name from pg_timezone_names lists them.",
                     "\"%.100s\" is not a time zone that the database knows", zone);
}

static bool zone_known(Connection *connection, const char *zone, Error *reterr)
{
    static const char sql[] =
        "select exists (select from pg_catalog.pg_timezone_names where name = $1)";
    CLEANUP_RESULT PGresult *result = NULL;
    bool known = false;
    if (!query_run(connection, sql, 1, &zone, &result, reterr) ||
        !query_bool(result, 0, 0, &known, reterr)) {
        return false;
    }
    return known || zone_refuse(zone, reterr);
}

bool zone_today(Connection *connection, const char *timezone, int32_t *ret_today, Error *reterr)
{
    static const char sql[] =
        "select (clock_timestamp() at time zone $1)::date - date '2000-01-01'";
    CLEANUP_RESULT PGresult *result = NULL;
    int64_t today = 0;
    if (!query_run(connection, sql, 1, &timezone, &result, reterr)) {
        /* The only value in the statement is the zone's name. */
        return reterr->code == EXIT_DATA ? zone_refuse(timezone, reterr) : false;
    }
    if (!query_int64(result, 0, 0, &today, reterr)) {
        return false;
    }
    *ret_today = (int32_t)today;
    return true;
}

/*
 * Every hour's beginning is compared with its end; in the hours where they differ every second is.
 * The local time minus the UTC time is an interval of hours, minutes and seconds, without days.
 */
static const char offsets_sql[] =
    "with hour as (\n"
    "    select t, (t at time zone $1) - (t at time zone 'UTC') as at_begin,\n"
    "           lead((t at time zone $1) - (t at time zone 'UTC')) over (order by t) as at_end\n"
    "    from generate_series($2::timestamptz, $3::timestamptz + interval '1 hour',\n"
    "                         interval '1 hour') t),\n"
    "second as (\n"
    "    select u as t, (u at time zone $1) - (u at time zone 'UTC') as at_begin,\n"
    "           ((u - interval '1 second') at time zone $1)\n"
    "               - ((u - interval '1 second') at time zone 'UTC') as before\n"
    "    from hour, generate_series(hour.t + interval '1 second', hour.t + interval '1 hour',\n"
    "                               interval '1 second') u\n"
    "    where hour.at_begin <> hour.at_end)\n"
    "select " SQL_MICROSECONDS(
        "t") " as utc_from_us,\n"
             "       (extract(epoch from at_begin) * 1000000)::bigint as offset_us\n"
             "from (select t, at_begin from hour where t = $2::timestamptz\n"
             "      union all\n"
             "      select t, at_begin from second where at_begin <> before and t < "
             "$3::timestamptz) change\n"
             "order by t";

bool zone_read(Connection *connection, const char *zone, int64_t from_us, int64_t until_us,
               ZoneOffset **ret_offsets, size_t *ret_count, Error *reterr)
{
    const int64_t second_us = 1000000;
    const int64_t years_max_us = INT64_C(86400) * 366 * ZONE_YEARS_MAX * second_us;
    if (from_us >= until_us || until_us < -years_max_us || until_us > years_max_us ||
        from_us < -years_max_us) {
        return error_set(reterr, EXIT_BUG, NULL,
                         "offsets asked for an empty span of time, or one out of bounds");
    }
    if (!zone_known(connection, zone, reterr)) {
        return false;
    }
    /* Zones change at whole seconds, so hours are counted from one. */
    int64_t fraction_us = ((from_us % second_us) + second_us) % second_us;
    char from[TIMESTAMP_TEXT_BYTES];
    char until[TIMESTAMP_TEXT_BYTES];
    const char *values[] = {zone, timestamp_format(from_us - fraction_us, from),
                            timestamp_format(until_us, until)};
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(connection, offsets_sql, 3, values, &result, reterr)) {
        return false;
    }
    size_t count = (size_t)PQntuples(result);
    if (count == 0) {
        return error_set(reterr, EXIT_BUG, NULL, "the database gave no offset for \"%s\"", zone);
    }
    ZoneOffset *offsets = memory_alloc(count, sizeof *offsets);
    for (size_t index = 0; index < count; index++) {
        int row = (int)index;
        if (!query_int64(result, row, 0, &offsets[index].utc_from_us, reterr) ||
            !query_int64(result, row, 1, &offsets[index].offset_us, reterr)) {
            free(offsets);
            return false;
        }
    }
    offsets[0].utc_from_us = from_us;
    *ret_offsets = offsets;
    *ret_count = count;
    return true;
}
