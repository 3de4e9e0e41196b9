/*
 * close/fold with random events: each member's points and fates are those of the rules alone,
 * member by member; and one lane gives the same as four.
 */
#include "close_builders.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { MEMBERS = 5000, EVENTS_EACH = 24, ACTIVE = 250, EVENTS_MAX = ACTIVE * EVENTS_EACH };

static MemberTable members;
static MemberEvent events[EVENTS_MAX];

static void begin_members(void)
{
    for (int64_t i = 0; i < MEMBERS; i++) {
        member_table_add(&members, i * 3, 0, NEVER_CLOSED);
    }
    finish_members(&members);
}

static void end_members(void)
{
    member_table_destroy(&members);
}

TestSuite(fold_random, .init = begin_members, .fini = end_members);

/* Few orders and few amounts, so that refunds meet purchases. */
static Event random_event(Random *random, int64_t event_id)
{
    const int64_t year_us = at("2026-01-01 08:00") - at("2025-01-01 08:00");
    static const int32_t categories[] = {1, 2, 3, 2};
    Event event = {
        .event_id = event_id,
        .occurred_at_us = at("2025-01-01 08:00") + random_below(random, year_us),
        .order_id = random_below(random, 5),
        .item_cents = random_below(random, 20) * 500 - 500,
        .discount_cents = random_below(random, 4) * 100,
        .categories = categories,
        .category_count = (uint32_t)random_below(random, 5),
        .points = (int32_t)random_below(random, 60) - 20,
        .slot = (uint8_t)random_below(random, SLOT_STANDARD_END),
        .present = (uint8_t)(random_below(random, 12) == 0 ? random_below(random, 8) : 7),
    };
    if (event.slot == SLOT_CATEGORY_BONUS) {
        event.slot = SLOT_UNKNOWN;
    }
    event.local_us = los_angeles_us(event.occurred_at_us);
    return event;
}

static void check_member(const FoldRun *run, const Programme *programme, const MemberEvent *own,
                         int64_t window[FATE_COUNT], int64_t own_month[FATE_COUNT], uint64_t seed)
{
    Event alone[EVENTS_EACH];
    for (size_t i = 0; i < EVENTS_EACH; i++) {
        alone[i] = own[i].event;
    }
    Folded folded = fold_programme(programme, alone, EVENTS_EACH);
    int64_t id = own[0].member_id;
    cr_assert(folded.done, "seed %llu: %s", (unsigned long long)seed, folded.error.message);
    cr_assert_eq(run_points(run, id), folded.points, "seed %llu, member %lld",
                 (unsigned long long)seed, (long long)id);
    cr_assert_eq(run_expiring(run, id), folded_month(&folded, month(2025, 1)),
                 "seed %llu, member %lld expiring", (unsigned long long)seed, (long long)id);
    for (size_t i = 0; i < folded.event_count; i++) {
        const Event *event = &folded.events[i];
        window[event->fate]++;
        own_month[event->fate] += month_of_local(event->local_us) == month(2025, 12);
    }
}

static void check_seed(uint64_t seed)
{
    Random random = {seed};
    RuleSet rules = standard_rules();
    rules.refund_voids_order = seed % 3 == 1;
    rules.fraud_voids_member = seed % 2 == 1;
    /* Where no fraud voids a member, several kinds are plain (programme/plain.h). */
    const Programme programme = {.window_months = 12,
                                 .kind_count = SLOT_STANDARD_END,
                                 .rulesets = &rules,
                                 .ruleset_count = 1};
    for (size_t i = 0; i < EVENTS_MAX; i++) {
        /* Members from all partitions. */
        int64_t member_id = (int64_t)(i / EVENTS_EACH) * (MEMBERS / ACTIVE) * 3;
        events[i] = (MemberEvent){member_id, random_event(&random, (int64_t)i + 1)};
    }
    FoldRun run = fold_run(&programme, month(2025, 12), &members, events, EVENTS_MAX, 1);
    cr_assert(run.done, "seed %llu: %s", (unsigned long long)seed, run.error.message);
    int64_t window[FATE_COUNT] = {0};
    int64_t own_month[FATE_COUNT] = {0};
    for (size_t i = 0; i < EVENTS_MAX; i += EVENTS_EACH) {
        check_member(&run, &programme, &events[i], window, own_month, seed);
    }
    for (Fate fate = 0; fate < FATE_COUNT; fate++) {
        cr_expect_eq(run.tally->window_fates[fate], window[fate], "seed %llu: %s in the window",
                     (unsigned long long)seed, fate_name(fate));
        cr_expect_eq(run.tally->month_fates[fate], own_month[fate], "seed %llu: %s in the month",
                     (unsigned long long)seed, fate_name(fate));
    }
    for (size_t i = EVENTS_MAX - 1; i > 0; i--) {
        size_t other = (size_t)random_below(&random, (int64_t)i + 1);
        MemberEvent moved = events[i];
        events[i] = events[other];
        events[other] = moved;
    }
    FoldRun shuffled = fold_run(&programme, month(2025, 12), &members, events, EVENTS_MAX, 4);
    for (size_t slot = 0; slot < members.count; slot++) {
        SlotSum sum = slot_sum(run.fold, slot);
        SlotSum other = slot_sum(shuffled.fold, slot);
        cr_assert_eq(other.points, sum.points);
        cr_assert_eq(other.expiring, sum.expiring);
    }
    cr_expect(same_tally(shuffled.tally, run.tally), "seed %llu: other counts or samples",
              (unsigned long long)seed);
    fold_run_end(&shuffled);
    fold_run_end(&run);
}

Test(fold_random, members_are_folded_as_if_alone_and_lanes_do_not_matter)
{
    uint64_t first = first_seed();
    for (uint64_t seed = first; seed < first + 6; seed++) {
        check_seed(seed);
    }
}
