/*
 * Today in the programme's zone, and errors of the database put at their place in the programme's
 * file.
 */
#pragma once

#include "ledger/connection.h"
#include "programme/rules.h"

/* Puts "FILE:LINE:COLUMN: " before the message; returns false. */
bool error_at_place(const Programme *programme, FilePlace place, Error *reterr);

/* --today, else the database's clock in the programme's zone. EXIT_CONFIG: there is no such zone.
 */
MUST_CHECK bool today_read(Connection *connection, const Programme *programme, bool has_today,
                           LocalDay today, LocalDay *ret_today, Error *reterr);
