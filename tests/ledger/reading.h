/*
 * Reading events for the tests: every event of a source or chunk, kept in memory and compared with
 * what SQL says.
 */
#pragma once

#include "check.h"
#include "ledger/events.h"
#include "ledger/source.h"

#include <pthread.h>

enum { CATEGORIES_KEPT = 4, EVENT_ID_MAX = 20000 };

typedef struct KeptEvent {
    EventRow row;
    int32_t categories[CATEGORIES_KEPT];
    int times; /* how often it has come: once, if all is well */
} KeptEvent;

/* Events by event_id; `lock` for sinks on several threads. */
typedef struct Kept {
    KeptEvent *events; /* EVENT_ID_MAX of them */
    size_t count;
    int64_t from_us; /* of the chunk that is being read: its rows must lie inside */
    int64_t until_us;
    bool outside;
    pthread_mutex_t lock;
} Kept;

Kept *kept_create(void);
void kept_destroy(Kept *kept);

/* An EventSink with a Kept as its context. */
bool keep_events(void *context, const EventRow *rows, size_t count, Error *reterr);

/* Reads a plan's chunks one after the other. */
Kept *read_chunks(Connection *connection, const EventChunk *chunks, size_t count);

/* Plans for so many workers and reads [from_us, until_us), all on one connection. */
Kept *read_all(Connection *connection, const Source *source, int64_t from_us, int64_t until_us,
               const int64_t *cuts, size_t cut_count, int workers);

/* Compares every column of every event with what `relation` has in the span, as `connection` sees
 * it. */
void check_kept(Connection *connection, const Kept *kept, const char *relation, int64_t from_us,
                int64_t until_us, const char *what);

/* Opens loyalty_test.member, the events given, and loyalty_test.event_kind. */
Source *must_open(Connection *connection, const char *events);
