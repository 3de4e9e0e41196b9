/*
 * The months before the period, of the members who need them again (fold_base.c).
 *
 * A month is looked up by the ids of its members, in the table that holds it; where they are many,
 * or the stretch of it that lies in a table is short, reading all events of that time is cheaper.
 */
#pragma once

#include "close/gather.h"

/*
 * After the period's own month is folded: reads and folds what is needed of the older ones. `name`:
 * of the run, for the server's list of connections.
 */
MUST_CHECK bool older_months_fold(const Reading *reading, const Calendar *calendar,
                                  const char *name, Fold *fold, EventStore *store, Tally *tally,
                                  Error *reterr);
