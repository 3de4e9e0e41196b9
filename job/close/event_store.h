/*
 * The events in flight: packed records by month and partition of members.
 *
 * Readers put events in as they arrive; the fold takes out a whole (month, partition) at a time and
 * gives its memory back. Each reader has a lane of its own, so putting needs no lock; blocks come
 * from a shared pool. Only the months that are being read or folded hold memory.
 * How an event is packed: event_record.h.
 */
#pragma once

#include "close/members.h"
#include "programme/earn.h"

typedef struct EventStore EventStore;

/* lane_count: how many threads put events in; month_count x partition_count: the buckets. */
EventStore *event_store_create(size_t lane_count, size_t month_count, size_t partition_count);

/* From now on the store says that it is full when its blocks hold more than this; it goes on
 * taking. */
void event_store_limit(EventStore *store, size_t bytes_max);
bool event_store_is_full(EventStore *store);

/* Gives up all events and all memory. */
void event_store_clear(EventStore *store);
void event_store_destroy(EventStore *store);

/* Appends a copy to a bucket. One thread a lane. fate, ineligible and local_us are not kept. */
void event_store_put(EventStore *store, size_t lane, size_t month_index, size_t partition,
                     int64_t member_id, const Event *event);

/* The most bytes that the blocks have held so far. */
size_t event_store_bytes_peak(const EventStore *store);

/*
 * One bucket's events, grouped by member: those of members[i] are events[first[i] .. first[i + 1]).
 * Events of ids that are no member stand in `strangers`. The buffers belong to the batch and are
 * reused by the next event_store_take with it; zero-initialise a batch before its first use.
 */
typedef struct EventBatch {
    Event *events;
    size_t event_count; /* of members */
    uint32_t *first;    /* by slot - first slot of the partition; slot_count + 1 entries */
    size_t slot_count;
    Event *strangers;
    int64_t *stranger_ids;
    size_t stranger_count;
    /* private */
    size_t event_capacity, first_capacity, stranger_capacity, stranger_id_capacity;
    int32_t *categories;
    size_t category_count, category_capacity;
    uint32_t *slots;
    size_t slot_capacity;
} EventBatch;

/* Takes a bucket out of all lanes; nobody may put into it any more. */
void event_store_take(EventStore *store, const MemberTable *members, size_t month_index,
                      size_t partition, EventBatch *batch);
void event_batch_destroy(EventBatch *batch);
