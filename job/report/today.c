#include "report/today.h"

#include "ledger/runs.h"

#include <stdio.h>

bool error_at_place(const Programme *programme, FilePlace place, Error *reterr)
{
    return error_prefix(reterr, "%.400s:%d:%d", programme->file, (int)place.line,
                        (int)place.column);
}

bool today_read(Connection *connection, const Programme *programme, bool has_today, LocalDay today,
                LocalDay *ret_today, Error *reterr)
{
    if (has_today) {
        *ret_today = today;
        return true;
    }
    if (runs_today(connection, programme->timezone, ret_today, reterr)) {
        return true;
    }
    /* The only value in the statement is the zone's name. */
    if (reterr->code == EXIT_DATA) {
        reterr->code = EXIT_CONFIG;
        (void)snprintf(reterr->hint, sizeof reterr->hint,
                       "write an IANA name such as America/Los_Angeles or Europe/London.");
        return error_at_place(programme, programme->timezone_place, reterr);
    }
    return false;
}
