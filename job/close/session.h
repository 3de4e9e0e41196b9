/*
 * A command's session: the leader's connection, the lock, what is closed, today.
 *
 * Call order: session_open, anything, session_close. The leader's connection holds the lock and the
 * publishing transaction; the events are read on others (reading.h). A session that does not
 * publish sees one snapshot of the results from its beginning to its end, and takes no lock.
 */
#pragma once

#include "close/difference.h"
#include "close/job.h"
#include "close/plan.h"
#include "close/watch.h"
#include "ledger/runs.h"

typedef struct StandingsWrite StandingsWrite; /* standings_write.h */

typedef struct Session {
    const Job *job;
    Arena arena;
    Connection *leader;
    Connection *writer;      /* of standings, opened when it is needed */
    StandingsWrite *writing; /* under way; NULL: none */
    int64_t *unattached;     /* runs whose standings are written and not published yet */
    size_t unattached_count;
    size_t unattached_capacity;
    Watch *watch;   /* every connection of the session is in it */
    bool publishes; /* holds the lock, acts as the job's role, may write */
    LocalDay today;
    int workers;
    size_t memory_bytes;  /* to keep within */
    ClosedPeriod *closed; /* oldest first, without gaps */
    size_t closed_count;
    ClosedRange range;
    GrantRow *planned_grants; /* of a dry run's earlier periods, for once_per_level; by member_id */
    size_t planned_grant_count;
    RunSummary *summaries; /* not told yet */
    size_t summary_count;
    size_t summary_capacity;
} Session;

MUST_CHECK bool session_open(const Job *job, bool publishes, Session *ret_session, Error *reterr);
void session_close(Session *session);

/* Reads anew which periods are closed, after a publication. */
MUST_CHECK bool session_refresh(Session *session, Error *reterr);

/* A closed period's row, or NULL. */
const ClosedPeriod *session_closed(const Session *session, Period period);

/* The standings of the period before `period`, empty where it is not closed. *ret_set owns the
 * rows. */
MUST_CHECK bool session_levels_before(Session *session, Period period, StandingSet *ret_set,
                                      LevelsBefore *ret_before, Error *reterr);

/* A set that was read, as the levels before; borrows its rows. */
LevelsBefore session_levels_before_of_set(Session *session, const StandingSet *set);

/* What stands for a period; all empty where it is not closed. */
MUST_CHECK bool session_standing(Session *session, Period period, Standing *ret_standing,
                                 Error *reterr);

/* A result as the levels before the next period; borrows its rows. */
LevelsBefore levels_before_of_result(const PeriodResult *result);

/* Applies once_per_level where the rules ask for it, then computes the checksum. */
MUST_CHECK bool session_finish_result(Session *session, PeriodResult *result,
                                      const Standing *standing, Error *reterr);

/* Keeps a summary; session_tell hands the kept ones to the caller, once they are true: after the
 * commit. */
void session_add_summary(Session *session, const RunSummary *summary);
void session_tell(Session *session);

/* A sentence for the person who called. */
void session_note(const Session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
