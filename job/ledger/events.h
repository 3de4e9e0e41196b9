/*
 * Reading events: chunk by chunk, of one member or of some, and what came late.
 *
 * The leader calls events_plan (events_plan.h); workers take chunks from the caller's queue and
 * call events_read_chunk, each on its own connection that has joined the snapshot.
 */
#pragma once

#include "base/error.h"
#include "ledger/connection.h"
#include "ledger/copy_decode.h"
#include "ledger/events_plan.h"
#include "ledger/source.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /* Where only recorded_at tells what is late: how long before a snapshot a transaction that it
     * did not see may have taken its time stamp. Events recorded in that span count as late again,
     * to be safe. */
    LATE_MARGIN_HOURS = 24,
};

/*
 * EXIT_DATA if an event has no occurred_at: it belongs to no month, and reading by time would pass
 * it over without a word. A declared NOT NULL is believed, anything else looked through.
 */
MUST_CHECK bool events_check_times(Connection *connection, const Source *source, Error *reterr);

/* EXIT_DATA if an event has no event_id: nothing tells it from a second copy of itself. */
static inline bool events_check_id(const EventRow *row, Error *reterr)
{
    return (row->present & ROW_HAS_ID) != 0 ||
           error_set(reterr, EXIT_DATA, "give every event an event_id of its own.",
                     "an event has no event_id");
}

/* Reads one chunk. `stop` may be NULL; once true, the read ends with EXIT_INTERRUPTED "stopped". */
MUST_CHECK bool events_read_chunk(Connection *connection, const EventChunk *chunk,
                                  const atomic_bool *stop, EventSink sink, void *context,
                                  Error *reterr);

/* The events of one member in [from_us, until_us), by (occurred_at, event_id). */
MUST_CHECK bool events_read_member(Connection *connection, const Source *source, int64_t member_id,
                                   int64_t from_us, int64_t until_us, EventSink sink, void *context,
                                   Error *reterr);

/*
 * How many events of [from_us, until_us) the stored snapshot did not see (contract 2.4, 8.5):
 * exact, or with LATE_BY_TIME perhaps too many (never too few, if no transaction stays open longer
 * than the margin), or -1 with LATE_UNKNOWN. The caller makes sure that the snapshot is of the same
 * cluster (system_identifier).
 */
MUST_CHECK bool events_late(Connection *connection, const Source *source,
                            const char *snapshot_visible, int64_t snapshot_taken_at_us,
                            int64_t from_us, int64_t until_us, int64_t *ret_count, Error *reterr);

/* What a close has to know of a late event. */
typedef struct LateEvent {
    int64_t member_id;
    int64_t occurred_at_us;
    int64_t order_id;
    int16_t kind;
    bool has_order;
    bool has_kind;
} LateEvent;

/*
 * The late events of [from_us, until_us) that have a member, by member_id, `count_max` at most; all
 * or those that name an order; not with LATE_UNKNOWN. The caller frees the list.
 */
MUST_CHECK bool events_late_list(Connection *connection, const Source *source,
                                 const char *snapshot_visible, int64_t snapshot_taken_at_us,
                                 int64_t from_us, int64_t until_us, bool of_orders,
                                 size_t count_max, LateEvent **ret_events, size_t *ret_count,
                                 Error *reterr);

/* Which event: event_id alone may come again in another month. */
typedef struct EventKey {
    int64_t event_id;
    int64_t occurred_at_us;
} EventKey;

/*
 * One member's late events of [from_us, until_us), in the order of events_read_member. For people:
 * with LATE_BY_TIME without the margin, and not those that do not tell when they were recorded. Not
 * with LATE_UNKNOWN. The caller frees the list.
 */
MUST_CHECK bool events_late_of_member(Connection *connection, const Source *source,
                                      int64_t member_id, const char *snapshot_visible,
                                      int64_t snapshot_taken_at_us, int64_t from_us,
                                      int64_t until_us, EventKey **ret_events, size_t *ret_count,
                                      Error *reterr);

/*
 * The events of these members in the chunk's relation and times, in no order; `stop` as above. A
 * chunk of nearly all times of its relation is best `whole`: PostgreSQL likes to join the members'
 * index with a BRIN index on the times, and then looks at every row of every block that they share.
 */
MUST_CHECK bool events_read_members(Connection *connection, const EventChunk *chunk,
                                    const int64_t *member_ids, size_t member_count,
                                    const atomic_bool *stop, EventSink sink, void *context,
                                    Error *reterr);
