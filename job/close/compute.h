/*
 * One period computed from the events: in full, or from what an earlier run left.
 */
#pragma once

#include "close/incremental.h"
#include "close/result.h"

/*
 * Reads and folds a period's window; with a usable base its own month and what else has changed,
 * and the base's standings beside it where they have not been read.
 * *ret_result has standings and the tally, no changes yet: result_changes. EXIT_CONFIG where no
 * rules are in force. Where the months of an incremental computation do not fit, result.months_kept
 * is false and the result is not to be used: compute it again without a base.
 *
 * The events in flight stay within the job's memory (budget.h): where a month of them is more, the
 * window is read several times, each time for a part of the members.
 */
MUST_CHECK bool compute_period(const Reading *reading, Period period, int64_t run_id,
                               IncrementalBase *base, PeriodResult *ret_result, Error *reterr);
