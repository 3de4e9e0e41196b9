#include "close/event_store.h"

#include "base/arena.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 8 * 1024 };

/* Flags of a record beside EVENT_HAS_*. */
enum { RECORD_HAS_DISCOUNT = 8, RECORD_HAS_CATEGORIES = 16 };

typedef struct Block {
    struct Block *next;
    uint32_t used;
    uint32_t size;
    unsigned char bytes[];
} Block;

struct EventStore {
    size_t lane_count;
    size_t month_count;
    size_t partition_count;
    Block **buckets; /* [lane][month][partition], newest block first */
    pthread_mutex_t pool_lock;
    Block *pool;
    size_t bytes;
    size_t bytes_peak;
};

EventStore *event_store_create(size_t lane_count, size_t month_count, size_t partition_count)
{
    EventStore *store = memory_alloc(1, sizeof *store);
    store->lane_count = lane_count;
    store->month_count = month_count;
    store->partition_count = partition_count;
    store->buckets = memory_alloc(lane_count * month_count * partition_count, sizeof(Block *));
    pthread_mutex_init(&store->pool_lock, NULL);
    return store;
}

static void free_blocks(Block *block)
{
    while (block != NULL) {
        Block *next = block->next;
        free(block);
        block = next;
    }
}

void event_store_destroy(EventStore *store)
{
    if (store == NULL) {
        return;
    }
    for (size_t i = 0; i < store->lane_count * store->month_count * store->partition_count; i++) {
        free_blocks(store->buckets[i]);
    }
    free_blocks(store->pool);
    pthread_mutex_destroy(&store->pool_lock);
    free(store->buckets);
    free(store);
}

size_t event_store_bytes_peak(const EventStore *store)
{
    return store->bytes_peak;
}

static Block **bucket_at(EventStore *store, size_t lane, size_t month_index, size_t partition)
{
    assert(lane < store->lane_count && month_index < store->month_count &&
           partition < store->partition_count);
    return &store->buckets[(lane * store->month_count + month_index) * store->partition_count +
                           partition];
}

static Block *block_new(EventStore *store, size_t record_bytes)
{
    /* A record of thousands of categories gets a block of its own. */
    size_t size = record_bytes > BLOCK_BYTES ? record_bytes : BLOCK_BYTES;
    Block *block = NULL;
    pthread_mutex_lock(&store->pool_lock);
    if (size == BLOCK_BYTES && store->pool != NULL) {
        block = store->pool;
        store->pool = block->next;
    } else {
        store->bytes += size;
        if (store->bytes > store->bytes_peak) {
            store->bytes_peak = store->bytes;
        }
    }
    pthread_mutex_unlock(&store->pool_lock);
    if (block == NULL) {
        block = memory_alloc(1, sizeof *block + size);
    }
    block->next = NULL;
    block->used = 0;
    block->size = (uint32_t)size;
    return block;
}

/* Gives a chain back: usual blocks to the pool, large ones to the system. */
static void blocks_release(EventStore *store, Block *block)
{
    pthread_mutex_lock(&store->pool_lock);
    while (block != NULL) {
        Block *next = block->next;
        if (block->size == BLOCK_BYTES) {
            block->next = store->pool;
            store->pool = block;
        } else {
            store->bytes -= block->size;
            free(block);
        }
        block = next;
    }
    pthread_mutex_unlock(&store->pool_lock);
}

static unsigned char *put_bytes(unsigned char *at, const void *value, size_t size)
{
    memcpy(at, value, size);
    return at + size;
}

static const unsigned char *get_bytes(const unsigned char *at, void *value, size_t size)
{
    memcpy(value, at, size);
    return at + size;
}

void event_store_put(EventStore *store, size_t lane, size_t month_index, size_t partition,
                     int64_t member_id, const Event *event)
{
    size_t category_bytes = event->category_count * sizeof *event->categories;
    size_t most = 3 * 8 + 2 + 3 * 8 + 4 + 4 + category_bytes;
    Block **bucket = bucket_at(store, lane, month_index, partition);
    if (*bucket == NULL || (*bucket)->size - (*bucket)->used < most) {
        Block *block = block_new(store, most);
        block->next = *bucket;
        *bucket = block;
    }
    uint8_t flags = event->present;
    if (event->discount_cents != 0) {
        flags |= RECORD_HAS_DISCOUNT;
    }
    if (event->category_count > 0) {
        flags |= RECORD_HAS_CATEGORIES;
    }
    unsigned char *start = (*bucket)->bytes + (*bucket)->used;
    unsigned char *at = put_bytes(start, &member_id, 8);
    at = put_bytes(at, &event->event_id, 8);
    at = put_bytes(at, &event->occurred_at_us, 8);
    *at++ = event->slot;
    *at++ = flags;
    if ((flags & EVENT_HAS_ORDER) != 0) {
        at = put_bytes(at, &event->order_id, 8);
    }
    if ((flags & EVENT_HAS_ITEM) != 0) {
        at = put_bytes(at, &event->item_cents, 8);
    }
    if ((flags & RECORD_HAS_DISCOUNT) != 0) {
        at = put_bytes(at, &event->discount_cents, 8);
    }
    if ((flags & EVENT_HAS_POINTS) != 0) {
        at = put_bytes(at, &event->points, 4);
    }
    if ((flags & RECORD_HAS_CATEGORIES) != 0) {
        at = put_bytes(at, &event->category_count, 4);
        at = put_bytes(at, event->categories, category_bytes);
    }
    (*bucket)->used += (uint32_t)(at - start);
}

/* Reads one record into *ret_event; categories become an index into the batch's pool, or are
 * skipped. */
static const unsigned char *read_record(const unsigned char *at, EventBatch *batch,
                                        int64_t *ret_member_id, Event *ret_event)
{
    Event event = {0};
    at = get_bytes(at, ret_member_id, 8);
    at = get_bytes(at, &event.event_id, 8);
    at = get_bytes(at, &event.occurred_at_us, 8);
    event.slot = *at++;
    uint8_t flags = *at++;
    event.present = flags & (EVENT_HAS_ORDER | EVENT_HAS_ITEM | EVENT_HAS_POINTS);
    if ((flags & EVENT_HAS_ORDER) != 0) {
        at = get_bytes(at, &event.order_id, 8);
    }
    if ((flags & EVENT_HAS_ITEM) != 0) {
        at = get_bytes(at, &event.item_cents, 8);
    }
    if ((flags & RECORD_HAS_DISCOUNT) != 0) {
        at = get_bytes(at, &event.discount_cents, 8);
    }
    if ((flags & EVENT_HAS_POINTS) != 0) {
        at = get_bytes(at, &event.points, 4);
    }
    if ((flags & RECORD_HAS_CATEGORIES) != 0) {
        at = get_bytes(at, &event.category_count, 4);
        size_t bytes = event.category_count * sizeof *batch->categories;
        if (batch != NULL) {
            /* The pool was sized before: it does not move while events point into it. */
            int32_t *categories = batch->categories + batch->category_count;
            memcpy(categories, at, bytes);
            event.categories = categories;
            batch->category_count += event.category_count;
        }
        at += bytes;
    }
    *ret_event = event;
    return at;
}

typedef struct BucketSize {
    size_t events;
    size_t strangers;
    size_t categories;
} BucketSize;

/* First pass: each record's slot, and how many records each slot has. */
static BucketSize count_bucket(EventStore *store, const MemberTable *members, size_t month_index,
                               size_t partition, size_t first_slot, EventBatch *batch)
{
    BucketSize size = {0};
    size_t record = 0;
    for (size_t lane = 0; lane < store->lane_count; lane++) {
        const Block *block = *bucket_at(store, lane, month_index, partition);
        for (; block != NULL; block = block->next) {
            const unsigned char *at = block->bytes;
            while (at < block->bytes + block->used) {
                int64_t member_id = 0;
                Event event;
                at = read_record(at, NULL, &member_id, &event);
                size_t slot = member_slot(members, partition, member_id);
                batch->slots = array_grow(batch->slots, &batch->slot_capacity, record + 1,
                                          sizeof *batch->slots);
                batch->slots[record++] =
                    slot == SLOT_NONE ? UINT32_MAX : (uint32_t)(slot - first_slot);
                size.categories += event.category_count;
                if (slot == SLOT_NONE) {
                    size.strangers++;
                } else {
                    size.events++;
                    batch->first[slot - first_slot + 1]++;
                }
            }
        }
    }
    return size;
}

/* Second pass: every record to its place. first[i + 1] serves as slot i's cursor, then ends at its
 * end. */
static void place_bucket(EventStore *store, size_t month_index, size_t partition, EventBatch *batch)
{
    size_t record = 0;
    for (size_t lane = 0; lane < store->lane_count; lane++) {
        Block **bucket = bucket_at(store, lane, month_index, partition);
        for (const Block *block = *bucket; block != NULL; block = block->next) {
            const unsigned char *at = block->bytes;
            while (at < block->bytes + block->used) {
                int64_t member_id = 0;
                Event event;
                at = read_record(at, batch, &member_id, &event);
                uint32_t slot = batch->slots[record++];
                if (slot == UINT32_MAX) {
                    batch->strangers[batch->stranger_count] = event;
                    batch->stranger_ids[batch->stranger_count++] = member_id;
                } else {
                    batch->events[batch->first[slot + 1]++] = event;
                }
            }
        }
        blocks_release(store, *bucket);
        *bucket = NULL;
    }
}

void event_store_take(EventStore *store, const MemberTable *members, size_t month_index,
                      size_t partition, EventBatch *batch)
{
    size_t first_slot = 0;
    size_t until_slot = 0;
    member_partition_slots(members, partition, &first_slot, &until_slot);
    batch->slot_count = until_slot > first_slot ? until_slot - first_slot : 0;
    batch->first = array_grow(batch->first, &batch->first_capacity, batch->slot_count + 2,
                              sizeof *batch->first);
    memset(batch->first, 0, (batch->slot_count + 2) * sizeof *batch->first);

    BucketSize size = count_bucket(store, members, month_index, partition, first_slot, batch);
    batch->events =
        array_grow(batch->events, &batch->event_capacity, size.events + 1, sizeof *batch->events);
    batch->strangers = array_grow(batch->strangers, &batch->stranger_capacity, size.strangers + 1,
                                  sizeof *batch->strangers);
    batch->stranger_ids = array_grow(batch->stranger_ids, &batch->stranger_id_capacity,
                                     size.strangers + 1, sizeof *batch->stranger_ids);
    batch->categories = array_grow(batch->categories, &batch->category_capacity,
                                   size.categories + 1, sizeof *batch->categories);
    batch->event_count = size.events;
    batch->stranger_count = 0;
    batch->category_count = 0;
    /* Counts to starts, one place late: place_bucket moves each first[i + 1] from slot i's start to
     * its end. */
    uint32_t start = 0;
    for (size_t i = 0; i < batch->slot_count; i++) {
        uint32_t count = batch->first[i + 1];
        batch->first[i + 1] = start;
        start += count;
    }
    place_bucket(store, month_index, partition, batch);
}

void event_batch_destroy(EventBatch *batch)
{
    free(batch->events);
    free(batch->first);
    free(batch->strangers);
    free(batch->stranger_ids);
    free(batch->categories);
    free(batch->slots);
    *batch = (EventBatch){0};
}
