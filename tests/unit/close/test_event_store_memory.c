/*
 * close/event_store: memory is given back, and threads put into their lanes at once.
 */
#include "close/event_store.h"
#include "close_builders.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

enum { LANES = 4, MONTHS = 6, MEMBERS = 4100, LIST_MAX = 10000 };

static MemberTable members;
static EventStore *store;
static EventBatch batch;
static int32_t categories[LIST_MAX];

static void begin_store(void)
{
    for (int64_t id = 1; id <= MEMBERS; id++) {
        member_table_add(&members, id, 0, NEVER_CLOSED);
    }
    finish_members(&members);
    store = event_store_create(LANES, MONTHS, members.partition_count);
}

static void end_store(void)
{
    member_table_destroy(&members);
    event_store_destroy(store);
    event_batch_destroy(&batch);
}

TestSuite(event_store_memory, .init = begin_store, .fini = end_store);

static void put(size_t lane, size_t month_index, int64_t member_id, int64_t event_id,
                uint32_t category_count)
{
    Event event = {
        .event_id = event_id,
        .order_id = event_id * 2,
        .item_cents = member_id,
        .categories = categories,
        .category_count = category_count,
        .present = EVENT_HAS_ORDER | EVENT_HAS_ITEM,
    };
    event_store_put(store, lane, month_index, member_place(&members, member_id), member_id, &event);
}

static size_t take_month(size_t month_index)
{
    size_t count = 0;
    for (size_t partition = 0; partition < members.partition_count; partition++) {
        event_store_take(store, &members, month_index, partition, 0, &batch);
        count += batch.event_count + batch.stranger_count;
    }
    return count;
}

Test(event_store_memory, an_empty_store_holds_nothing)
{
    cr_expect_eq(event_store_bytes_peak(store), 0);
    cr_expect_eq(take_month(0), 0);
    cr_expect_eq(event_store_bytes_peak(store), 0);
}

/* A run of sixty months must not hold more than the few that are in flight. */
Test(event_store_memory, the_peak_stays_flat_over_many_rounds)
{
    enum { ROUNDS = 60, EVENTS = 3000, RECORD_BYTES = 10 };
    size_t peak = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        for (int64_t i = 0; i < EVENTS; i++) {
            put((size_t)i % LANES, round % MONTHS, i % (MEMBERS + 5) + 1, i, 0);
        }
        cr_assert_eq(take_month(round % MONTHS), (size_t)EVENTS);
        if (round == 0) {
            peak = event_store_bytes_peak(store);
            cr_assert_geq(peak, (size_t)EVENTS * RECORD_BYTES);
        }
    }
    cr_expect_eq(event_store_bytes_peak(store), peak, "it grew to %zu",
                 event_store_bytes_peak(store));
}

Test(event_store_memory, large_records_are_given_back_too)
{
    enum { ROUNDS = 200 };
    size_t peak = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        for (int64_t i = 0; i < 4; i++) {
            put((size_t)i, round % MONTHS, 1, i, LIST_MAX);
            put((size_t)i, round % MONTHS, 2, 100 + i, 3);
        }
        cr_assert_eq(take_month(round % MONTHS), 8);
        if (round == 0) {
            peak = event_store_bytes_peak(store);
            cr_assert_geq(peak, (size_t)4 * LIST_MAX * 4);
        }
    }
    cr_expect_eq(event_store_bytes_peak(store), peak, "it grew to %zu",
                 event_store_bytes_peak(store));
}

Test(event_store_memory, a_store_may_end_while_it_holds_events)
{
    for (int64_t i = 0; i < 1000; i++) {
        put(0, 0, i + 1, i, i % 100 == 0 ? LIST_MAX : 0);
    }
    cr_assert_eq(take_month(1), 0);
    /* The leak checker of a sanitizer build watches the rest. */
}

enum { PER_MONTH = 8000 };

typedef struct Putting {
    size_t lane;
    size_t first_month;
    pthread_t thread;
} Putting;

static void *put_lane(void *argument)
{
    const Putting *putting = argument;
    for (size_t month_index = putting->first_month; month_index < MONTHS; month_index++) {
        for (int64_t i = 0; i < PER_MONTH; i++) {
            put(putting->lane, month_index, i % MEMBERS + 1, (int64_t)putting->lane * PER_MONTH + i,
                i % 2000 == 0 ? 3000 : (uint32_t)(i % 4));
        }
    }
    return NULL;
}

static void start_putting(Putting puttings[LANES], size_t first_month)
{
    for (size_t lane = 0; lane < LANES; lane++) {
        puttings[lane].lane = lane;
        puttings[lane].first_month = first_month;
        cr_assert_eq(pthread_create(&puttings[lane].thread, NULL, put_lane, &puttings[lane]), 0);
    }
}

static void end_putting(Putting puttings[LANES])
{
    for (size_t lane = 0; lane < LANES; lane++) {
        pthread_join(puttings[lane].thread, NULL);
    }
}

static bool seen[LANES * PER_MONTH];

static void check_partition(size_t month_index, size_t partition)
{
    event_store_take(store, &members, month_index, partition, 0, &batch);
    cr_assert_eq(batch.stranger_count, 0);
    for (size_t i = 0; i < batch.event_count; i++) {
        const Event *event = &batch.events[i];
        int64_t turn = event->event_id % PER_MONTH;
        cr_assert_eq(event->item_cents, turn % MEMBERS + 1);
        cr_assert_eq(event->order_id, event->event_id * 2);
        cr_assert_eq(event->category_count, turn % 2000 == 0 ? 3000 : (uint32_t)(turn % 4));
        cr_assert_not(seen[event->event_id], "event %lld came twice", (long long)event->event_id);
        seen[event->event_id] = true;
    }
}

/* Every event of every lane is there, once. */
static void check_month(size_t month_index)
{
    memset(seen, 0, sizeof seen);
    for (size_t partition = 0; partition < members.partition_count; partition++) {
        check_partition(month_index, partition);
    }
    for (size_t i = 0; i < COUNT(seen); i++) {
        cr_assert(seen[i], "month %zu: event %zu is lost", month_index, i);
    }
}

Test(event_store_memory, threads_put_into_their_lanes_at_once)
{
    Putting puttings[LANES];
    start_putting(puttings, 0);
    end_putting(puttings);
    for (size_t month_index = 0; month_index < MONTHS; month_index++) {
        check_month(month_index);
    }
}

/* As readers and folders do: a month is taken while the others are still being read. */
Test(event_store_memory, a_month_is_taken_while_others_are_put_in)
{
    Putting puttings[LANES];
    for (int64_t i = 0; i < (int64_t)LANES * PER_MONTH; i++) {
        int64_t turn = i % PER_MONTH;
        put((size_t)(i / PER_MONTH), 0, turn % MEMBERS + 1, i,
            turn % 2000 == 0 ? 3000 : (uint32_t)(turn % 4));
    }
    start_putting(puttings, 1);
    check_month(0);
    end_putting(puttings);
    for (size_t month_index = 1; month_index < MONTHS; month_index++) {
        check_month(month_index);
    }
}

Test(event_store_memory, says_that_it_is_full_beyond_its_limit_and_goes_on_taking)
{
    put(0, 0, 1, 1, 0);
    size_t block_bytes = event_store_bytes_peak(store);
    event_store_limit(store, block_bytes);
    put(0, 0, 1, 2, 0);
    cr_expect_not(event_store_is_full(store), "a second event fits into the block");
    put(1, 0, 1, 3, 0);
    cr_expect(event_store_is_full(store));
    cr_expect_eq(take_month(0), 3);
    event_store_clear(store);
    cr_expect_not(event_store_is_full(store));
    put(0, 0, 1, 4, 0);
    cr_expect_eq(take_month(0), 1);
}

Test(event_store_memory, nothing_may_be_destroyed)
{
    event_store_destroy(NULL);
    fold_destroy(NULL);
}
