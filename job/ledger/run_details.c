#include "ledger/run_details.h"

#include "ledger/copy_in.h"
#include "ledger/query.h"

#include <inttypes.h>
#include <stdio.h>

static bool write_months(Connection *connection, const RunDetails *details, Error *reterr)
{
    CopyIn copy;
    if (!copy_in_begin(
            connection,
            "copy tierclose.run_month (run_id, month, points) from stdin (format binary)", &copy,
            reterr)) {
        return false;
    }
    for (size_t i = 0; i < details->month_count; i++) {
        copy_encode_row(&copy.buffer, 3);
        copy_encode_int64(&copy.buffer, details->run_id);
        copy_encode_text(&copy.buffer, details->months[i].month);
        copy_encode_int64(&copy.buffer, details->months[i].points);
    }
    return copy_in_finish(&copy, reterr);
}

static bool write_sources(Connection *connection, const RunDetails *details, Error *reterr)
{
    CopyIn copy;
    if (!copy_in_begin(connection,
                       "copy tierclose.run_source (run_id, month, source, points, counted_by)"
                       " from stdin (format binary)",
                       &copy, reterr)) {
        return false;
    }
    for (size_t i = 0; i < details->source_count; i++) {
        copy_encode_row(&copy.buffer, 5);
        copy_encode_int64(&copy.buffer, details->run_id);
        copy_encode_text(&copy.buffer, details->period);
        copy_encode_text(&copy.buffer, details->sources[i].source);
        copy_encode_int64(&copy.buffer, details->sources[i].points);
        copy_encode_int64(&copy.buffer, details->run_id);
    }
    return copy_in_finish(&copy, reterr);
}

static bool write_fates(Connection *connection, const RunDetails *details, Error *reterr)
{
    CopyIn copy;
    if (!copy_in_begin(connection,
                       "copy tierclose.run_fate (run_id, kind, fate, events)"
                       " from stdin (format binary)",
                       &copy, reterr)) {
        return false;
    }
    for (size_t i = 0; i < details->fate_count; i++) {
        copy_encode_row(&copy.buffer, 4);
        copy_encode_int64(&copy.buffer, details->run_id);
        copy_encode_text(&copy.buffer, details->fates[i].kind);
        copy_encode_text(&copy.buffer, details->fates[i].fate);
        copy_encode_int64(&copy.buffer, details->fates[i].events);
    }
    return copy_in_finish(&copy, reterr);
}

/* The older months' sources, as the newest run that computed each of them has counted them. */
static bool take_over_sources(Connection *connection, const RunDetails *details, Error *reterr)
{
    char run_id[24];
    (void)snprintf(run_id, sizeof run_id, "%" PRId64, details->run_id);
    const char *values[] = {run_id, details->first_month, details->period};
    CLEANUP_RESULT PGresult *result = NULL;
    return query_run(connection,
                     "insert into tierclose.run_source (run_id, month, source, points, counted_by)"
                     " select $1::bigint, s.month, s.source, s.points, s.counted_by"
                     " from tierclose.published p"
                     " join tierclose.run_source s on s.run_id = p.checked_run_id"
                     "  and s.month = p.period"
                     " where p.period >= $2 and p.period < $3",
                     3, values, &result, reterr);
}

bool run_details_write(Connection *connection, const RunDetails *details, Error *reterr)
{
    return write_months(connection, details, reterr) &&
           write_sources(connection, details, reterr) &&
           take_over_sources(connection, details, reterr) &&
           write_fates(connection, details, reterr);
}
