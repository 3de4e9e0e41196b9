/*
 * The dsn of a command line: a libpq connection string, a URI, or the name of a database.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>

/*
 * Whether it can be read and holds no password, which every user of the machine could read on the
 * command line (contract 9); asks no server. NULL or "" is no dsn, which is fine.
 * *ret_names_service: it names a section of libpq's service file. EXIT_USAGE: no; the message holds
 * nothing of the dsn.
 */
MUST_CHECK bool dsn_check(const char *dsn, bool *ret_names_service, Error *reterr);
