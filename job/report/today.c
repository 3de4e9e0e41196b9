#include "report/today.h"

#include "ledger/zone.h"

bool today_read(Connection *connection, const Programme *programme, bool has_today, LocalDay today,
                LocalDay *ret_today, Error *reterr)
{
    if (has_today) {
        *ret_today = today;
        return true;
    }
    return zone_today(connection, programme->timezone, ret_today, reterr) ||
           (reterr->code == EXIT_CONFIG &&
            programme_error_at(programme, programme->timezone_place, reterr));
}
