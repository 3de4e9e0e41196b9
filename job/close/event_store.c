#include "close/event_store.h"

#include "base/arena.h"
#include "close/event_record.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Blocks come from slabs, which go back to the system whole: half of a run's memory would otherwise
 * stay with malloc when the events are folded and the standings come. */
enum { BLOCK_BYTES = 8 * 1024, SLAB_BLOCKS = 64 };

typedef struct Block {
    struct Block *next;
    uint32_t used; /* set when the next block is begun, or all are taken */
    uint32_t size;
    unsigned char bytes[];
} Block;

/* Where the next record goes: all that writing one needs is in one place. */
typedef struct Bucket {
    Block *newest;
    unsigned char *at;
    unsigned char *end;
    RecordBase last; /* the newest block's last record */
} Bucket;

typedef struct Slab {
    struct Slab *next;
    size_t used; /* blocks of it */
    unsigned char blocks[SLAB_BLOCKS][sizeof(Block) + BLOCK_BYTES];
} Slab;

struct EventStore {
    size_t lane_count;
    size_t month_count;
    size_t partition_count;
    Bucket *buckets; /* [lane][month][partition] */
    pthread_mutex_t pool_lock;
    Block *pool;
    Slab *slabs;
    size_t bytes; /* of all blocks, those of the pool included */
    size_t bytes_peak;
    size_t bytes_max;
    atomic_bool full;
};

EventStore *event_store_create(size_t lane_count, size_t month_count, size_t partition_count)
{
    EventStore *store = memory_alloc(1, sizeof *store);
    store->lane_count = lane_count;
    store->month_count = month_count;
    store->partition_count = partition_count;
    store->buckets = memory_alloc(lane_count * month_count * partition_count, sizeof(Bucket));
    store->bytes_max = SIZE_MAX;
    pthread_mutex_init(&store->pool_lock, NULL);
    return store;
}

/* Blocks of a usual size are their slab's. */
static void free_large_blocks(Block *block)
{
    while (block != NULL) {
        Block *next = block->next;
        if (block->size != BLOCK_BYTES) {
            free(block);
        }
        block = next;
    }
}

void event_store_limit(EventStore *store, size_t bytes_max)
{
    store->bytes_max = bytes_max;
}

bool event_store_is_full(EventStore *store)
{
    return atomic_load_explicit(&store->full, memory_order_relaxed);
}

void event_store_clear(EventStore *store)
{
    for (size_t i = 0; i < store->lane_count * store->month_count * store->partition_count; i++) {
        free_large_blocks(store->buckets[i].newest);
        store->buckets[i] = (Bucket){0};
    }
    while (store->slabs != NULL) {
        Slab *next = store->slabs->next;
        memory_unmap(store->slabs, sizeof *store->slabs);
        store->slabs = next;
    }
    store->pool = NULL;
    store->bytes = 0;
    atomic_store(&store->full, false);
}

void event_store_destroy(EventStore *store)
{
    if (store == NULL) {
        return;
    }
    event_store_clear(store);
    pthread_mutex_destroy(&store->pool_lock);
    free(store->buckets);
    free(store);
}

size_t event_store_bytes_peak(const EventStore *store)
{
    return store->bytes_peak;
}

static Bucket *bucket_at(EventStore *store, size_t lane, size_t month_index, size_t partition)
{
    assert(lane < store->lane_count && month_index < store->month_count &&
           partition < store->partition_count);
    return &store->buckets[(lane * store->month_count + month_index) * store->partition_count +
                           partition];
}

/* With the lock held: a block of the usual size that nobody has used. */
static Block *block_of_slab(EventStore *store)
{
    if (store->slabs == NULL || store->slabs->used == SLAB_BLOCKS) {
        Slab *slab = memory_map(sizeof *slab);
        slab->next = store->slabs;
        store->slabs = slab;
    }
    return (Block *)store->slabs->blocks[store->slabs->used++];
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
        block = size == BLOCK_BYTES ? block_of_slab(store) : NULL;
        store->bytes += size;
        if (store->bytes > store->bytes_peak) {
            store->bytes_peak = store->bytes;
        }
        if (store->bytes > store->bytes_max) {
            atomic_store(&store->full, true);
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

/* Room for `most` bytes: in the newest block, or in one more. */
static void make_room(EventStore *store, Bucket *bucket, size_t most)
{
    Block *block = block_new(store, most);
    if (bucket->newest != NULL) {
        bucket->newest->used = (uint32_t)(bucket->at - bucket->newest->bytes);
    }
    block->next = bucket->newest;
    *bucket = (Bucket){.newest = block, .at = block->bytes, .end = block->bytes + block->size};
}

void event_store_put(EventStore *store, size_t lane, size_t month_index, MemberPlace place,
                     int64_t member_id, const Event *event)
{
    size_t most = event_record_bytes_max(event);
    Bucket *bucket = bucket_at(store, lane, month_index, place.partition);
    if ((size_t)(bucket->end - bucket->at) < most) {
        make_room(store, bucket, most);
    }
    bucket->at = event_record_put(bucket->at, &bucket->last, place.slot, member_id, event);
}

void event_store_put_plain(EventStore *store, size_t lane, size_t month_index, MemberPlace place,
                           uint8_t slot, LocalDay day, bool eligible)
{
    Bucket *bucket = bucket_at(store, lane, month_index, place.partition);
    if (bucket->end - bucket->at < RECORD_PLAIN_BYTES) {
        make_room(store, bucket, RECORD_PLAIN_BYTES);
    }
    bucket->at = record_put_plain(bucket->at, place.slot, slot, (uint32_t)day, eligible);
}

typedef struct BucketSize {
    size_t events;
    size_t strangers;
    size_t categories;
} BucketSize;

/* A plain record into its count. */
static void count_plain(EventBatch *batch, KindSet plain_kinds, const unsigned char *at)
{
    unsigned slot = at[0] & (SLOTS_MAX - 1U);
    assert(((plain_kinds >> slot) & 1) != 0);
    size_t rank = (size_t)__builtin_popcountll(plain_kinds & ((UINT64_C(1) << slot) - 1));
    plain_add(&batch->plain[record_member_slot(at) * batch->plain_kind_count + rank],
              at[1] & RECORD_DAY_BITS, (at[1] & RECORD_ELIGIBLE) != 0);
}

/* First pass: counts what is plain, and how many other records each slot has. */
static BucketSize count_bucket(EventStore *store, size_t month_index, size_t partition,
                               KindSet plain_kinds, EventBatch *batch)
{
    BucketSize size = {0};
    for (size_t lane = 0; lane < store->lane_count; lane++) {
        const Bucket *bucket = bucket_at(store, lane, month_index, partition);
        if (bucket->newest != NULL) {
            bucket->newest->used = (uint32_t)(bucket->at - bucket->newest->bytes);
        }
        for (const Block *block = bucket->newest; block != NULL; block = block->next) {
            const unsigned char *at = block->bytes;
            while (at < block->bytes + block->used) {
                if (record_is_plain(at)) {
                    count_plain(batch, plain_kinds, at);
                    at += RECORD_PLAIN_BYTES;
                    continue;
                }
                uint16_t slot = record_member_slot(at);
                uint32_t category_count = 0;
                at = event_record_skip(at, &category_count);
                size.categories += category_count;
                if (slot == PLACE_STRANGER) {
                    size.strangers++;
                } else {
                    size.events++;
                    batch->first[slot + 1]++;
                }
            }
        }
    }
    return size;
}

/* Copies an event's categories to the batch's pool, which was sized before: it does not move while
 * events point into it. */
static void keep_categories(EventBatch *batch, Event *event, const unsigned char *categories)
{
    if (event->category_count > 0) {
        event->categories = batch->categories + batch->category_count;
        memcpy(batch->categories + batch->category_count, categories,
               event->category_count * sizeof *batch->categories);
        batch->category_count += event->category_count;
    }
}

/* A record that is not plain to its place; returns its end. */
static const unsigned char *place_record(const unsigned char *at, RecordBase *base,
                                         EventBatch *batch)
{
    const unsigned char *categories = NULL;
    uint16_t slot = record_member_slot(at);
    bool is_stranger = slot == PLACE_STRANGER;
    Event *event = is_stranger ? &batch->strangers[batch->stranger_count]
                               : &batch->events[batch->first[slot + 1]++];
    int64_t stranger_id = 0;
    at = event_record_get(at, base, &stranger_id, event, &categories);
    if (is_stranger) {
        batch->stranger_ids[batch->stranger_count++] = stranger_id;
    }
    keep_categories(batch, event, categories);
    return at;
}

/* Second pass: every other record to its place. first[i + 1] serves as slot i's cursor, then ends
 * at its end. */
static void place_bucket(EventStore *store, size_t month_index, size_t partition, EventBatch *batch)
{
    for (size_t lane = 0; lane < store->lane_count; lane++) {
        Bucket *bucket = bucket_at(store, lane, month_index, partition);
        for (const Block *block = bucket->newest; block != NULL; block = block->next) {
            const unsigned char *at = block->bytes;
            RecordBase base = {0};
            while (at < block->bytes + block->used) {
                at = record_is_plain(at) ? at + RECORD_PLAIN_BYTES : place_record(at, &base, batch);
            }
        }
        blocks_release(store, bucket->newest);
        *bucket = (Bucket){0};
    }
}

/* Empty counts for all slots of the batch. */
static void clear_counts(EventBatch *batch, KindSet plain_kinds)
{
    batch->first = array_grow(batch->first, &batch->first_capacity, batch->slot_count + 2,
                              sizeof *batch->first);
    memset(batch->first, 0, (batch->slot_count + 2) * sizeof *batch->first);
    batch->plain_kind_count = (size_t)__builtin_popcountll(plain_kinds);
    size_t plain_count = batch->slot_count * batch->plain_kind_count;
    batch->plain =
        array_grow(batch->plain, &batch->plain_capacity, plain_count + 1, sizeof *batch->plain);
    memset(batch->plain, 0, plain_count * sizeof *batch->plain);
}

void event_store_take(EventStore *store, const MemberTable *members, size_t month_index,
                      size_t partition, KindSet plain_kinds, EventBatch *batch)
{
    size_t first_slot = 0;
    size_t until_slot = 0;
    member_partition_slots(members, partition, &first_slot, &until_slot);
    batch->slot_count = until_slot > first_slot ? until_slot - first_slot : 0;
    clear_counts(batch, plain_kinds);
    BucketSize size = count_bucket(store, month_index, partition, plain_kinds, batch);
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
    free(batch->plain);
    *batch = (EventBatch){0};
}
