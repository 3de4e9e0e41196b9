/*
 * What a run has counted, written with its publication for the report: points by month and source,
 * events by kind and fate. For a run that has read events, whether they changed anything or not.
 */
#pragma once

#include "close/result.h"
#include "ledger/connection.h"

MUST_CHECK bool publish_details(Connection *connection, const Programme *programme, int64_t run_id,
                                const PeriodResult *result, Error *reterr);
