/*
 * A time zone's offsets from UTC, as the database has them: the one source for local days
 * (contract 1.1).
 *
 * Asked once a run. Exact to the second, in which all zones change; a zone that changed twice
 * within one hour and came back would be missed, and there is none.
 *
 * Example: America/Los_Angeles over 2025 gives three segments: -8 h from the start, -7 h from 9
 * March 10:00 UTC, -8 h from 2 November 09:00 UTC.
 */
#pragma once

#include "base/error.h"
#include "ledger/connection.h"

#include <stddef.h>
#include <stdint.h>

enum { ZONE_YEARS_MAX = 200 };

typedef struct ZoneOffset {
    int64_t utc_from_us; /* in force from here until the next segment */
    int64_t offset_us;   /* local = UTC + offset */
} ZoneOffset;

/*
 * The segments that cover [from_us, until_us), in order, the first from from_us; the caller frees
 * *ret_offsets. EXIT_CONFIG: no such name in pg_timezone_names (abbreviations and POSIX rules do
 * not count, nor does another spelling of upper and lower case).
 */
MUST_CHECK bool zone_read(Connection *connection, const char *zone, int64_t from_us,
                          int64_t until_us, ZoneOffset **ret_offsets, size_t *ret_count,
                          Error *reterr);

/* Today in a zone by the database's clock, in days since 2000-01-01. EXIT_CONFIG: no such zone. */
MUST_CHECK bool zone_today(Connection *connection, const char *timezone, int32_t *ret_today,
                           Error *reterr);
