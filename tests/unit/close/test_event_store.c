/*
 * close/event_store: what is put in comes out, grouped by member, whatever the order and the lane.
 */
#include "base/arena.h"
#include "close/event_store.h"
#include "close_builders.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static MemberTable members;
static EventStore *store;
static EventBatch batch;

static void end_store(void)
{
    member_table_destroy(&members);
    event_store_destroy(store);
    event_batch_destroy(&batch);
}

TestSuite(event_store, .fini = end_store);

/* Members with the ids 10, 20, 30, ... */
static void begin(size_t member_count, size_t lane_count, size_t month_count)
{
    for (size_t i = 1; i <= member_count; i++) {
        member_table_add(&members, (int64_t)i * 10, 0, NEVER_CLOSED);
    }
    finish_members(&members);
    store = event_store_create(lane_count, month_count, members.partition_count);
}

static void put(size_t lane, size_t month_index, int64_t member_id, const Event *event)
{
    event_store_put(store, lane, month_index, member_place(&members, member_id), member_id, event);
}

static void check_same(const Event *out, const Event *in, const char *name)
{
    cr_assert_eq(out->event_id, in->event_id, "%s: event_id", name);
    cr_assert_eq(out->occurred_at_us, in->occurred_at_us, "%s: occurred_at", name);
    cr_assert_eq(out->slot, in->slot, "%s: slot", name);
    cr_assert_eq(out->present, in->present, "%s: present", name);
    bool has_order = (in->present & EVENT_HAS_ORDER) != 0;
    bool has_item = (in->present & EVENT_HAS_ITEM) != 0;
    bool has_points = (in->present & EVENT_HAS_POINTS) != 0;
    cr_assert_eq(out->order_id, has_order ? in->order_id : 0, "%s: order_id", name);
    cr_assert_eq(out->item_cents, has_item ? in->item_cents : 0, "%s: item_cents", name);
    cr_assert_eq(out->points, has_points ? in->points : 0, "%s: points", name);
    cr_assert_eq(out->discount_cents, in->discount_cents, "%s: discount_cents", name);
    cr_assert_eq(out->category_count, in->category_count, "%s: category_count", name);
    for (uint32_t i = 0; i < in->category_count; i++) {
        cr_assert_eq(out->categories[i], in->categories[i], "%s: category %u", name, i);
    }
    cr_assert_eq(out->fate, 0, "%s: a fate was kept", name);
    cr_assert_eq(out->ineligible, 0, "%s: a reason was kept", name);
    cr_assert_eq(out->local_us, 0, "%s: a wall clock was kept", name);
}

static int compare_ids(const void *left, const void *right)
{
    const Event *a = left;
    const Event *b = right;
    return (a->event_id > b->event_id) - (a->event_id < b->event_id);
}

/* Takes a bucket and puts each member's events in the order of their ids: their order is nobody's.
 */
static void take(size_t month_index, size_t partition)
{
    event_store_take(store, &members, month_index, partition, 0, &batch);
    cr_assert_eq(batch.first[0], 0);
    cr_assert_eq(batch.first[batch.slot_count], batch.event_count);
    for (size_t i = 0; i < batch.slot_count; i++) {
        cr_assert_leq(batch.first[i], batch.first[i + 1]);
        qsort(batch.events + batch.first[i], batch.first[i + 1] - batch.first[i], sizeof(Event),
              compare_ids);
    }
}

/* An event with the fields that the bits name, and something in those that it has not. */
static Event event_with(unsigned bits, int64_t event_id, const int32_t *categories,
                        uint32_t category_count)
{
    return (Event){
        .event_id = event_id,
        .occurred_at_us = -event_id * 1003,
        .local_us = 4711,
        .order_id = 1000 + event_id,
        .item_cents = 2000 + event_id,
        .discount_cents = (bits & 8) != 0 ? 3000 + event_id : 0,
        .categories = (bits & 16) != 0 ? categories : NULL,
        .category_count = (bits & 16) != 0 ? category_count : 0,
        .points = (int32_t)(4000 + event_id),
        .slot = (uint8_t)(bits * 7 % SLOTS_MAX),
        .present = bits & (EVENT_HAS_ORDER | EVENT_HAS_ITEM | EVENT_HAS_POINTS),
        .fate = FATE_CAPPED,
        .ineligible = INELIGIBLE_VOIDED,
    };
}

/* What is plain is counted by member and kind, and what is not stays an event beside it. */
Test(event_store, plain_events_are_counted)
{
    const KindSet kinds = UINT64_C(1) << 5 | UINT64_C(1) << 63 | UINT64_C(1) << 9;
    begin(2, 2, 1);
    for (size_t i = 0; i < 3000; i++) { /* more than a block holds */
        event_store_put_plain(store, i % 2, 0, member_place(&members, 10), 63, (LocalDay)(i % 7),
                              i % 3 == 0);
    }
    event_store_put_plain(store, 0, 0, member_place(&members, 20), 5, 9999, true);
    Event event = event_with(31, 1, (const int32_t[]){4, 2}, 2);
    put(0, 0, 20, &event);
    event_store_put_plain(store, 0, 0, member_place(&members, 20), 5, 9998, false);
    event_store_take(store, &members, 0, 0, kinds, &batch);
    cr_assert_eq(batch.event_count, 1);
    check_same(&batch.events[0], &event, "beside plain ones");
    cr_assert_eq(batch.plain_kind_count, 3);
    const PlainCount expected[2][3] = {
        {{0, 0, 0}, {0, 0, 0}, {0x7f, 1000, 3000}},
        {{UINT32_C(1) << (9999 & 31), 1, 2}, {0, 0, 0}, {0, 0, 0}},
    };
    for (size_t slot = 0; slot < 2; slot++) {
        for (size_t rank = 0; rank < 3; rank++) {
            const PlainCount *count = &batch.plain[slot * 3 + rank];
            cr_expect_eq(count->days, expected[slot][rank].days, "%zu, %zu", slot, rank);
            cr_expect_eq(count->eligible, expected[slot][rank].eligible, "%zu, %zu", slot, rank);
            cr_expect_eq(count->events, expected[slot][rank].events, "%zu, %zu", slot, rank);
        }
    }
    event_store_take(store, &members, 0, 0, kinds, &batch);
    cr_assert_eq(batch.plain[2].events, 0, "taken twice");
}

Test(event_store, every_combination_of_fields_comes_back)
{
    static const int32_t categories[] = {7, INT32_MIN, 0, INT32_MAX, 7};
    begin(1, 1, 1);
    Event events[32];
    for (unsigned bits = 0; bits < COUNT(events); bits++) {
        events[bits] = event_with(bits, bits + 1, categories, COUNT(categories));
        put(0, 0, 10, &events[bits]);
    }
    take(0, 0);
    cr_assert_eq(batch.event_count, COUNT(events));
    cr_assert_eq(batch.stranger_count, 0);
    for (size_t i = 0; i < COUNT(events); i++) {
        check_same(&batch.events[i], &events[i], "combination");
    }
}

Test(event_store, extreme_values_come_back)
{
    const unsigned all = EVENT_HAS_ORDER | EVENT_HAS_ITEM | EVENT_HAS_POINTS;
    const Event events[] = {
        {INT64_MIN, INT64_MIN, 0, INT64_MIN, INT64_MIN, INT64_MIN, NULL, 0, INT32_MIN, 0, all, 0,
         0},
        {-1, -1, 0, -1, -1, -1, NULL, 0, -1, SLOTS_MAX - 1, all, 0, 0},
        {0, 0, 0, 0, 0, 0, NULL, 0, 0, 0, all, 0, 0},
        {INT64_MAX, INT64_MAX, 0, INT64_MAX, INT64_MAX, INT64_MAX, NULL, 0, INT32_MAX, SLOT_UNKNOWN,
         all, 0, 0},
    };
    begin(1, 1, 1);
    for (size_t i = 0; i < COUNT(events); i++) {
        put(0, 0, 10, &events[i]);
    }
    take(0, 0);
    cr_assert_eq(batch.event_count, COUNT(events));
    for (size_t i = 0; i < COUNT(events); i++) {
        check_same(&batch.events[i], &events[i], "extreme");
    }
}

/* The event that the (lane, month, member, turn) of a test puts. */
static Event numbered(size_t lane, size_t month_index, int64_t member_id, int64_t turn)
{
    int64_t id = ((turn * 100 + (int64_t)month_index) * 10 + (int64_t)lane) * 1000000 + member_id;
    return event_with((unsigned)(id % 16), id, NULL, 0);
}

Test(event_store, lanes_months_and_partitions_do_not_mix)
{
    enum { LANES = 3, MONTHS = 4, MEMBERS = 4100, TURNS = 2 };
    begin(MEMBERS, LANES, MONTHS);
    cr_assert_eq(members.partition_count, 3);
    for (int64_t turn = 0; turn < TURNS; turn++) {
        for (size_t lane = 0; lane < LANES; lane++) {
            for (size_t month_index = 0; month_index < MONTHS; month_index++) {
                for (size_t slot = 0; slot < MEMBERS; slot += 41) {
                    Event event = numbered(lane, month_index, members.ids[slot], turn);
                    put(lane, month_index, members.ids[slot], &event);
                }
            }
        }
    }
    for (size_t month_index = 0; month_index < MONTHS; month_index++) {
        for (size_t partition = 0; partition < members.partition_count; partition++) {
            size_t first = 0;
            size_t until = 0;
            member_partition_slots(&members, partition, &first, &until);
            take(month_index, partition);
            cr_assert_eq(batch.slot_count, until - first);
            for (size_t slot = first; slot < until; slot++) {
                size_t begins = batch.first[slot - first];
                size_t count = batch.first[slot - first + 1] - begins;
                cr_assert_eq(count, slot % 41 == 0 ? LANES * TURNS : 0);
                for (size_t i = 0; i < count; i++) {
                    Event event =
                        numbered(i % LANES, month_index, members.ids[slot], (int64_t)(i / LANES));
                    check_same(&batch.events[begins + i], &event, "bucket");
                }
            }
            take(month_index, partition);
            cr_expect_eq(batch.event_count + batch.stranger_count, 0, "it was taken twice");
        }
    }
}

Test(event_store, many_blocks_of_one_bucket)
{
    enum { EVENTS = 30000 };
    begin(3, 1, 1);
    for (int64_t i = 0; i < EVENTS; i++) {
        int64_t member_id = 10 + i % 3 * 10;
        Event event = numbered(0, 0, member_id, i / 3);
        put(0, 0, member_id, &event);
    }
    take(0, 0);
    cr_assert_eq(batch.event_count, (size_t)EVENTS);
    for (size_t slot = 0; slot < 3; slot++) {
        cr_assert_eq(batch.first[slot + 1] - batch.first[slot], EVENTS / 3);
        for (int64_t i = 0; i < EVENTS / 3; i++) {
            Event event = numbered(0, 0, members.ids[slot], i);
            check_same(&batch.events[batch.first[slot] + (size_t)i], &event, "block");
        }
    }
}

/* Records of every size around that of a block, with small ones between. */
Test(event_store, thousands_of_categories)
{
    enum { LIST_MAX = 10000, EDGE_FIRST = 2000, EDGE_UNTIL = 2080 };
    static int32_t categories[LIST_MAX];
    for (int32_t i = 0; i < LIST_MAX; i++) {
        categories[i] = i * 7919 - 5;
    }
    begin(2, 1, 1);
    int64_t id = 1;
    for (uint32_t count = EDGE_FIRST; count < EDGE_UNTIL; count++) {
        Event big = event_with(31, id++, categories, count);
        put(0, 0, 10, &big);
        Event small = event_with(count % 16, id++, NULL, 0);
        put(0, 0, 10, &small);
    }
    for (int i = 0; i < 3; i++) {
        Event biggest = event_with(31, id++, categories, LIST_MAX);
        put(0, 0, 20, &biggest);
    }
    take(0, 0);
    cr_assert_eq(batch.event_count, 2 * (EDGE_UNTIL - EDGE_FIRST) + 3);
    const Event *next = batch.events;
    id = 1;
    for (uint32_t count = EDGE_FIRST; count < EDGE_UNTIL; count++) {
        Event big = event_with(31, id++, categories, count);
        check_same(next++, &big, "big");
        Event small = event_with(count % 16, id++, NULL, 0);
        check_same(next++, &small, "small");
    }
    for (int i = 0; i < 3; i++) {
        Event biggest = event_with(31, id++, categories, LIST_MAX);
        check_same(next++, &biggest, "biggest");
    }
}

Test(event_store, strangers_stand_apart)
{
    static const int64_t ids[] = {INT64_MIN, -1, 9, 11, 25, 20480, 20489, 20491, 30001, INT64_MAX};
    static const bool is_member[] = {false, false, false, false, false,
                                     true,  false, false, false, false};
    const int32_t categories[] = {1, 2, 3};
    begin(3000, 2, 1);
    for (size_t i = 0; i < COUNT(ids); i++) {
        Event event = event_with(31, (int64_t)i, categories, COUNT(categories));
        put(i % 2, 0, ids[i], &event);
    }
    size_t strangers = 0;
    size_t of_members = 0;
    for (size_t partition = 0; partition < members.partition_count; partition++) {
        take(0, partition);
        of_members += batch.event_count;
        strangers += batch.stranger_count;
        for (size_t i = 0; i < batch.stranger_count; i++) {
            size_t index = (size_t)batch.strangers[i].event_id;
            Event event = event_with(31, (int64_t)index, categories, COUNT(categories));
            cr_expect_not(is_member[index]);
            cr_expect_eq(batch.stranger_ids[i], ids[index]);
            check_same(&batch.strangers[i], &event, "stranger");
        }
    }
    cr_expect_eq(of_members, 1);
    cr_expect_eq(strangers, COUNT(ids) - 1);
}

Test(event_store, without_members_all_are_strangers)
{
    begin(0, 1, 1);
    Event event = event_with(3, 5, NULL, 0);
    put(0, 0, 10, &event);
    take(0, 0);
    cr_expect_eq(batch.slot_count, 0);
    cr_expect_eq(batch.event_count, 0);
    cr_assert_eq(batch.stranger_count, 1);
    cr_expect_eq(batch.stranger_ids[0], 10);
    check_same(&batch.strangers[0], &event, "stranger");
}

/* The same events put forwards into one lane and backwards into four. */
Test(event_store, the_order_of_putting_does_not_matter)
{
    enum { EVENTS = 5000, LANES = 4 };
    begin(50, LANES, 2);
    for (int64_t i = 0; i < EVENTS; i++) {
        Event event = event_with((unsigned)(i % 16), i, NULL, 0);
        put(0, 0, i % 53 * 10, &event);
    }
    for (int64_t i = EVENTS - 1; i >= 0; i--) {
        Event event = event_with((unsigned)(i % 16), i, NULL, 0);
        put((size_t)(i % LANES), 1, i % 53 * 10, &event);
    }
    EventBatch other = {0};
    event_store_take(store, &members, 0, 0, 0, &other);
    take(1, 0);
    cr_assert_eq(batch.event_count, other.event_count);
    cr_assert_eq(batch.stranger_count, other.stranger_count);
    cr_assert_gt(batch.stranger_count, 0);
    cr_assert_eq(memcmp(batch.first, other.first, (batch.slot_count + 1) * sizeof *batch.first), 0);
    for (size_t i = 0; i < batch.slot_count; i++) {
        qsort(other.events + other.first[i], other.first[i + 1] - other.first[i], sizeof(Event),
              compare_ids);
    }
    for (size_t i = 0; i < batch.event_count; i++) {
        check_same(&other.events[i], &batch.events[i], "order");
    }
    event_batch_destroy(&other);
}

Test(event_store, a_batch_serves_large_and_small_buckets_in_turn)
{
    static const size_t counts[] = {1, 3000, 0, 2, 5000, 0, 1};
    const int32_t categories[] = {4, 5};
    begin(20, 1, COUNT(counts));
    for (size_t month_index = 0; month_index < COUNT(counts); month_index++) {
        for (size_t i = 0; i < counts[month_index]; i++) {
            Event event = event_with(31, (int64_t)i, categories, COUNT(categories));
            put(0, month_index, (int64_t)(i % 21) * 10 + 10, &event);
        }
    }
    for (size_t month_index = 0; month_index < COUNT(counts); month_index++) {
        take(month_index, 0);
        size_t strangers = counts[month_index] / 21;
        cr_expect_eq(batch.stranger_count, strangers, "month %zu", month_index);
        cr_expect_eq(batch.event_count, counts[month_index] - strangers, "month %zu", month_index);
        for (size_t i = 0; i < batch.event_count; i++) {
            Event event = event_with(31, batch.events[i].event_id, categories, COUNT(categories));
            check_same(&batch.events[i], &event, "turn");
        }
    }
}
