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
#include "programme/plain.h"

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

/* Appends a copy to a bucket of the place's partition. One thread a lane. fate, ineligible and
 * local_us are not kept. */
void event_store_put(EventStore *store, size_t lane, size_t month_index, MemberPlace place,
                     int64_t member_id, const Event *event);

/* Appends an event that is one of its kind's (programme/plain.h) and no stranger's. */
void event_store_put_plain(EventStore *store, size_t lane, size_t month_index, MemberPlace place,
                           uint8_t slot, LocalDay day, bool eligible);

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
    PlainCount *plain; /* by slot and, of the kinds of plain_kinds, by the kind's rank among them */
    size_t plain_kind_count;
    /* private */
    size_t event_capacity, first_capacity, stranger_capacity, stranger_id_capacity;
    int32_t *categories;
    size_t category_count, category_capacity;
    size_t plain_capacity;
} EventBatch;

/* Takes a bucket out of all lanes; nobody may put into it any more. plain_kinds: those of the
 * month's events that were put as such, at least. */
void event_store_take(EventStore *store, const MemberTable *members, size_t month_index,
                      size_t partition, KindSet plain_kinds, EventBatch *batch);
void event_batch_destroy(EventBatch *batch);
