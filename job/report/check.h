/*
 * `check --db`: whether a close would find all it needs in the database (contract 9, 10).
 *
 * Asks from the outside in and stops at the first thing that is wrong, which is the error; what is
 * right is printed line by line. Nothing is written: the one transaction is rolled back with the
 * connection's end.
 */
#pragma once

#include "base/arena.h"
#include "ledger/connection.h"
#include "programme/rules.h"

#include <stdio.h>

MUST_CHECK bool check_database(FILE *out, Arena *arena, Connection *connection,
                               const Programme *programme, Error *reterr);
