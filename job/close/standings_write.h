/*
 * Writing standings beside everything else.
 *
 * A run's standings go into a table of their own on a connection of their own, by a thread of its
 * own, while the session's thread writes changes and grants or computes the next period. That table
 * is committed before the publication: nobody sees it until the publishing transaction attaches it,
 * and where that never comes the next run drops it.
 *
 * Call order: standings_write_start for each period; the result must stay where it is until
 * standings_write_wait, or the next start, which waits too. Before the commit
 * standings_write_attach; after a failure standings_write_abandon.
 */
#pragma once

#include "close/result.h"
#include "close/session.h"

/*
 * EXIT_DATABASE and the like where the one before has failed. The rows count for `progress`, whose
 * phase must then last until they are written; NULL: they do not.
 */
MUST_CHECK bool standings_write_start(Session *session, int64_t run_id, const PeriodResult *result,
                                      Progress *progress, Error *reterr);

/* Waits until the last one that was started is written. */
MUST_CHECK bool standings_write_wait(Session *session, Error *reterr);

/* Waits, and makes all that were started part of the leader's open transaction. */
MUST_CHECK bool standings_write_attach(Session *session, Error *reterr);

/* After the commit: what was attached stands, and no later failure drops it. */
void standings_write_published(Session *session);

/* Waits, and drops what was written in vain, as far as that is possible. */
void standings_write_abandon(Session *session);
