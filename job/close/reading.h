/*
 * Reading one snapshot of the members and events (contract 8.5).
 *
 * Call order: reading_begin, compute_period for one period or several, reading_end. One connection
 * exports the snapshot and keeps it open; the workers' connections join it. Nothing is written
 * here.
 */
#pragma once

#include "close/session.h"
#include "ledger/source.h"
#include "programme/kinds.h"

typedef struct Reading {
    Session *session;
    Connection *connection;
    Connection **workers; /* one for each of the session's, opened when it is needed */
    Snapshot snapshot;
    Source *source;
    KindMap *kinds;
    MemberTable members;
    ZoneSegment *segments; /* for all the windows of first..last */
    size_t segment_count;
} Reading;

/* Whether the windows of first..last can be read at all: see calendar.h. Before anything is
 * written.
 */
MUST_CHECK bool reading_check_periods(const Session *session, Period first, Period last,
                                      Error *reterr);

/* Opens the snapshot for the periods first..last; `name` stands in the server's list of
 * connections. */
MUST_CHECK bool reading_begin(Session *session, Period first, Period last, Reading *ret_reading,
                              Error *reterr);
void reading_end(Reading *reading);

/*
 * A worker's connection, in the reading's snapshot; `name` stands in the server's list of
 * connections. One thread a worker. It stays the reading's.
 */
MUST_CHECK bool reading_worker(const Reading *reading, size_t worker, const char *name,
                               Connection **ret_connection, Error *reterr);

/* Ends the workers' connections, which a failed one has made useless; reading_worker opens them
 * anew. */
void reading_close_workers(const Reading *reading);

/* A digest of the ids of those who stand in a period; of all that are known, if `everybody`, and of
 * which of them stand. */
void reading_members_digest(const Reading *reading, Period period, bool everybody,
                            char hex[SHA256_HEX_BYTES]);

/* How many events of the period's window were recorded since it was last computed; -1: not known.
 */
MUST_CHECK bool reading_late_events(const Reading *reading, const ClosedPeriod *closed,
                                    Period period, int64_t *ret_count, Error *reterr);
