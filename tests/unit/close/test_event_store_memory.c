/*
 * close/event_store: memory is given back, and threads put into their lanes at once.
 */
#include "close_builders.h"
#include "close/event_store.h"

#include <criterion/criterion.h>
#include <pthread.h>

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
    event_store_put(store, lane, month_index, member_partition(&members, member_id), member_id,
                    &event);
}

static size_t take_month(size_t month_index)
{
    size_t count = 0;
    for (size_t partition = 0; partition < members.partition_count; partition++) {
        event_store_take(store, &members, month_index, partition, &batch);
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
    enum { ROUNDS = 60, EVENTS = 3000, RECORD_BYTES = 26 };
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

static void *put_lane(void *argument)
{
    size_t lane = *(const size_t *)argument;
    for (size_t month_index = 0; month_index < MONTHS; month_index++) {
        for (int64_t i = 0; i < PER_MONTH; i++) {
            put(lane, month_index, i % MEMBERS + 1, (int64_t)lane * PER_MONTH + i,
                i % 2000 == 0 ? 3000 : (uint32_t)(i % 4));
        }
    }
    return NULL;
}

Test(event_store_memory, threads_put_into_their_lanes_at_once)
{
    pthread_t threads[LANES];
    size_t lanes[LANES];
    for (size_t lane = 0; lane < LANES; lane++) {
        lanes[lane] = lane;
        cr_assert_eq(pthread_create(&threads[lane], NULL, put_lane, &lanes[lane]), 0);
    }
    for (size_t lane = 0; lane < LANES; lane++) {
        pthread_join(threads[lane], NULL);
    }
    for (size_t month_index = 0; month_index < MONTHS; month_index++) {
        static uint8_t seen[LANES * PER_MONTH];
        size_t count = 0;
        for (size_t partition = 0; partition < members.partition_count; partition++) {
            event_store_take(store, &members, month_index, partition, &batch);
            cr_assert_eq(batch.stranger_count, 0);
            for (size_t i = 0; i < batch.event_count; i++) {
                const Event *event = &batch.events[i];
                int64_t turn = event->event_id % PER_MONTH;
                cr_assert_eq(event->item_cents, turn % MEMBERS + 1);
                cr_assert_eq(event->category_count,
                             turn % 2000 == 0 ? 3000 : (uint32_t)(turn % 4));
                cr_assert_eq(seen[event->event_id], month_index, "an event came twice");
                seen[event->event_id]++;
                count++;
            }
        }
        cr_assert_eq(count, (size_t)LANES * PER_MONTH, "month %zu", month_index);
    }
}

/* The months that one thread puts in while another takes earlier ones out, as readers and folders do. */
Test(event_store_memory, one_month_is_put_in_while_another_is_taken)
{
    for (int64_t i = 0; i < PER_MONTH; i++) {
        put(LANES - 1, 0, i % MEMBERS + 1, i, 2);
    }
    for (size_t month_index = 1; month_index < MONTHS; month_index++) {
        struct {
            size_t lane;
        } argument = {0};
        pthread_t thread;
        if (month_index == 1) {
            cr_assert_eq(pthread_create(&thread, NULL, put_lane, &argument.lane), 0);
            pthread_join(thread, NULL);
        }
        (void)thread;
        break;
    }
    cr_assert_eq(take_month(0), (size_t)2 * PER_MONTH);
}
