/*
 * Today in the programme's zone.
 */
#pragma once

#include "ledger/connection.h"
#include "programme/rules.h"

/* --today, else the database's clock in the programme's zone. EXIT_CONFIG: there is no such zone.
 */
MUST_CHECK bool today_read(Connection *connection, const Programme *programme, bool has_today,
                           LocalDay today, LocalDay *ret_today, Error *reterr);
