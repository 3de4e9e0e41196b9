/*
 * close/fold_base: an incremental fold gives what a full one gives, member by member and byte by
 * byte: on random histories with late events, refunds of older orders, orders of several months,
 * frauds that void a member, members who come and go, for the next period and for the same one.
 */
#include "fold_history.h"

#include <criterion/criterion.h>

enum {
    /* Two partitions; those who do something lie around their border and at both ends. */
    MEMBERS = MEMBERS_PER_PARTITION + 24,
    ACTIVE = 48,
    HISTORIES = 120,
};

TestSuite(fold_base, .fini = end_history);

static int64_t active_id(size_t index)
{
    size_t place = index < ACTIVE / 2 ? index : MEMBERS - ACTIVE + index;
    return (int64_t)place * 3;
}

/* Some come after the base, some go before the period after it, some were never registered. */
static void add_random_members(Random *random)
{
    for (int64_t place = 0; place < MEMBERS; place++) {
        LocalDay registered_on = day_of("2020-01-01");
        LocalDay closed_on = NEVER_CLOSED;
        switch (random_below(random, 12)) {
        case 0:
            registered_on = day_of("2026-01-15");
            break;
        case 1:
            registered_on = day_of("2026-03-01");
            break;
        case 2:
            closed_on = day_of("2026-01-10");
            break;
        default:
            break;
        }
        member_table_add(&history.members, place * 3, registered_on, closed_on);
    }
    finish_members(&history.members);
}

/* The numbers of orders rise with the months, as they mostly do; few of them, so that shipments,
 * refunds and frauds of other months meet. `wild`: any number at any time. */
static int64_t random_order(Random *random, int32_t month, bool wild)
{
    int64_t about = wild ? random_below(random, 14) : month - random_below(random, 4);
    return about * 10 + random_below(random, 3);
}

static Event random_event(Random *random, int64_t event_id, bool wild)
{
    const int64_t month_us = INT64_C(30) * 86400 * 1000000;
    static const int32_t categories[] = {1, 2, 3, 2};
    static const uint8_t slots[] = {SLOT_PURCHASE, SLOT_PURCHASE, SLOT_PURCHASE, SLOT_REFUND,
                                    SLOT_VISIT,    SLOT_BONUS,    SLOT_FOLLOW,   SLOT_FRAUD};
    int64_t after_us = random_below(random, 13 * month_us);
    uint8_t slot = slots[random_below(random, COUNT(slots))];
    if (slot == SLOT_FRAUD && random_below(random, 4) != 0) {
        slot = SLOT_REFUND;
    }
    Event event = {
        .event_id = event_id,
        .occurred_at_us = at("2025-01-05 08:00") + after_us,
        .order_id = random_order(random, (int32_t)(after_us / month_us), wild),
        .item_cents = (1 + random_below(random, 20)) * 500,
        .categories = categories,
        .category_count = (uint32_t)random_below(random, 5),
        .points = (int32_t)random_below(random, 60) - 20,
        .slot = slot,
        .present = 7,
    };
    if (slot == SLOT_REFUND && random_below(random, 2) == 0) {
        event.present = EVENT_HAS_ORDER; /* of everything */
    }
    if (random_below(random, 30) == 0) {
        event.present = (uint8_t)random_below(random, 8);
    }
    event.local_us = los_angeles_us(event.occurred_at_us);
    return event;
}

static void make_history(uint64_t seed)
{
    Random random = {seed};
    history.rules = standard_rules();
    history.rules.refund_voids_order = seed % 5 == 1;
    history.rules.fraud_voids_member = seed % 4 == 1;
    history.programme = (Programme){
        .window_months = seed % 3 == 0 ? 4 : 12,
        .rulesets = &history.rules,
        .ruleset_count = 1,
    };
    add_random_members(&random);
    bool wild = seed % 7 == 3;
    int64_t late_of = 2 + random_below(&random, 40);
    history.event_count = 300 + (size_t)random_below(&random, HISTORY_EVENTS_MAX - 300);
    for (size_t i = 0; i < history.event_count; i++) {
        size_t index = (size_t)random_below(&random, ACTIVE);
        history.events[i] =
            (MemberEvent){active_id(index), random_event(&random, (int64_t)i + 1, wild)};
        history.is_late[i] = random_below(&random, late_of) == 0;
    }
}

Test(fold_base, an_incremental_fold_gives_what_a_full_one_gives)
{
    uint64_t first = first_seed();
    for (uint64_t seed = first; seed < first + HISTORIES; seed++) {
        make_history(seed);
        PeriodResult base = base_result();
        check_period(&base, base_period + 1, seed);
        check_period(&base, base_period, seed);
        result_destroy(&base);
        end_history();
    }
}
