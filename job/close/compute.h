/*
 * One period computed from the events: in full, or from what an earlier run left.
 */
#pragma once

#include "close/incremental.h"

/*
 * Reads and folds a period's window; with a usable base its own month and what else has changed.
 * *ret_result has standings, changes and grants, but neither once_per_level nor the checksum:
 * session_finish_result. EXIT_CONFIG where no rules are in force. Where the months of an
 * incremental computation do not fit, result.months_kept is false and the result is not to be used:
 * compute it again without a base.
 */
MUST_CHECK bool compute_period(const Reading *reading, Period period, int64_t run_id,
                               const LevelsBefore *before, const IncrementalBase *base,
                               PeriodResult *ret_result, Error *reterr);
