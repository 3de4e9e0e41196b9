/*
 * What an explanation needs, from the database: the zone, the member, its events, what is
 * published.
 *
 * Reads under one snapshot and writes nothing; the user's own rights are enough (tierclose_auditor
 * has them).
 */
#pragma once

#include "ledger/connection.h"
#include "report/explain.h"

/*
 * Fills *ret_input; all it points to lives in the arena. `today` is used where has_today, else the
 * database's clock. EXIT_DATA: there is no such member, or the period has not begun. EXIT_CONFIG:
 * zone, tables or kinds are wrong.
 */
MUST_CHECK bool explain_read(Arena *arena, Connection *connection, const Programme *programme,
                             int64_t member_id, Period period, bool has_today, LocalDay today,
                             ExplainInput *ret_input, Error *reterr);
