/*
 * Whether sql/ is deployed to the database, and whether the role in force may do what the job does
 * there.
 */
#pragma once

#include "ledger/connection.h"

/* EXIT_CONFIG: a relation of schema tierclose is missing. Needs no rights. */
MUST_CHECK bool rights_check_deployed(Connection *connection, Error *reterr);

/* EXIT_CONFIG: the current role lacks a right that sql/deploy/roles.sql gives to tierclose_job. */
MUST_CHECK bool rights_check_role(Connection *connection, Error *reterr);
