/*
 * close/fold_base: an incremental fold gives what a full one gives, member by member and byte by
 * byte: on random histories with late events, refunds of older orders, orders of several months,
 * frauds that void a member, members who come and go, for the next period and for the same one.
 *
 * Then the reasons one by one why an older month is folded again, and that others are not.
 */
#include "close/result.h"
#include "close_builders.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* Two partitions; those who do something lie around their border and at both ends. */
    MEMBERS = MEMBERS_PER_PARTITION + 24,
    ACTIVE = 48,
    EVENTS_MAX = 2600,
    HISTORIES = 120,
};

typedef struct History {
    Programme programme;
    RuleSet rules;
    MemberTable members;
    MemberEvent events[EVENTS_MAX];
    bool is_late[EVENTS_MAX]; /* the base has not seen it */
    size_t event_count;
} History;

static History history;

static void end_history(void)
{
    member_table_destroy(&history.members);
    history = (History){0};
}

TestSuite(fold_base, .fini = end_history);

static const Period base_period = 2025 * 12 + 11; /* December 2025 */

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
    history.event_count = 300 + (size_t)random_below(&random, EVENTS_MAX - 300);
    for (size_t i = 0; i < history.event_count; i++) {
        size_t index = (size_t)random_below(&random, ACTIVE);
        history.events[i] =
            (MemberEvent){active_id(index), random_event(&random, (int64_t)i + 1, wild)};
        history.is_late[i] = random_below(&random, late_of) == 0;
    }
}

static PeriodResult result_of(FoldRun *run, Period period)
{
    PeriodResult result = {.period = period, .rules = &history.rules};
    Error error = {0};
    cr_assert(run->done, "%s", run->error.message);
    cr_assert(result_standings(&result, &history.members, run->fold, &error), "%s", error.message);
    cr_assert(result.months_kept);
    return result;
}

/* What the base sees: nothing that is late. */
static PeriodResult base_result(void)
{
    static MemberEvent seen[EVENTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < history.event_count; i++) {
        if (!history.is_late[i]) {
            seen[count++] = history.events[i];
        }
    }
    FoldRun run = fold_run(&history.programme, base_period, &history.members, seen, count, 2);
    PeriodResult result = result_of(&run, base_period);
    fold_run_end(&run);
    return result;
}

static int compare_late(const void *left, const void *right)
{
    const FoldLate *a = left;
    const FoldLate *b = right;
    return a->member_id < b->member_id ? -1 : a->member_id > b->member_id;
}

/* What an incremental close of `period` would be told. */
static size_t list_late(Period period, FoldLate late[EVENTS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < history.event_count; i++) {
        const Event *event = &history.events[i].event;
        int32_t month = month_index_of(&history.programme, period, event);
        bool has_order = (event->present & EVENT_HAS_ORDER) != 0;
        bool own = month + 1 == history.programme.window_months;
        if (!history.is_late[i] || month < 0 || (own && (period != base_period || !has_order))) {
            continue;
        }
        LateOrder order = LATE_OTHER;
        if (has_order && event->slot == SLOT_PURCHASE) {
            order = LATE_PURCHASE;
        } else if (has_order && (event->slot == SLOT_REFUND || event->slot == SLOT_FRAUD)) {
            order = LATE_TAKE;
        }
        late[count++] = (FoldLate){history.events[i].member_id, event->order_id, order,
                                   event->slot == SLOT_FRAUD, (size_t)month};
    }
    if (count > 0) {
        qsort(late, count, sizeof *late, compare_late);
    }
    return count;
}

static void check_same(const PeriodResult *result, const PeriodResult *full, uint64_t seed)
{
    cr_assert_eq(result->standing_count, full->standing_count);
    for (size_t i = 0; i < full->standing_count; i++) {
        const StandingRow *row = &result->standings[i];
        const StandingRow *expected = &full->standings[i];
        cr_assert_eq(row->member_id, expected->member_id);
        cr_assert_eq(row->points, expected->points, "seed %llu, member %lld: %lld instead of %lld",
                     (unsigned long long)seed, (long long)row->member_id, (long long)row->points,
                     (long long)expected->points);
        cr_assert_eq(row->expiring_points, expected->expiring_points, "seed %llu, member %lld",
                     (unsigned long long)seed, (long long)row->member_id);
        cr_assert(row->months_size == expected->months_size &&
                      memcmp(result->months.bytes + row->months_at,
                             full->months.bytes + expected->months_at, row->months_size) == 0,
                  "seed %llu, member %lld: other months or ties", (unsigned long long)seed,
                  (long long)row->member_id);
    }
}

/* `period` from the base and in full; the months of the first member that were folded again, the
 * oldest lowest. */
static uint64_t check_period(const PeriodResult *base, Period period, uint64_t seed)
{
    static FoldLate late[EVENTS_MAX];
    size_t late_count = list_late(period, late);
    const FoldBase fold_base = {
        .rows = base->standings,
        .row_count = base->standing_count,
        .months = &base->months,
        .orders = base->orders,
        .first = window_first(base_period, history.programme.window_months),
        .month_count = base->month_count,
        .late = late,
        .late_count = late_count,
    };
    FoldRun run = fold_run(&history.programme, period, &history.members, history.events,
                           history.event_count, 2);
    PeriodResult full = result_of(&run, period);
    FoldRun again = fold_run_from(&history.programme, period, &history.members, history.events,
                                  history.event_count, 1 + seed % 3, &fold_base);
    PeriodResult result = result_of(&again, period);
    uint64_t reopened = 0;
    MemberPlace first = member_place(&history.members, history.members.ids[0]);
    for (size_t month = 0; month + 1 < full.month_count; month++) {
        reopened |= (uint64_t)fold_is_reopened(again.fold, month, first) << month;
    }
    check_same(&result, &full, seed);
    for (Fate fate = 0; fate < FATE_COUNT; fate++) {
        cr_assert_eq(again.tally->month_fates[fate], run.tally->month_fates[fate],
                     "seed %llu: %s in the month", (unsigned long long)seed, fate_name(fate));
        cr_assert_eq(again.tally->window_fates[fate], run.tally->month_fates[fate],
                     "seed %llu: %s of other months are counted", (unsigned long long)seed,
                     fate_name(fate));
    }
    result_destroy(&result);
    result_destroy(&full);
    fold_run_end(&again);
    fold_run_end(&run);
    return reopened;
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

static void begin_examples(void)
{
    history.rules = standard_rules();
    history.programme =
        (Programme){.window_months = 12, .rulesets = &history.rules, .ruleset_count = 1};
    add_member(&history.members, 1, "2020-01-01", NULL);
    add_member(&history.members, 2, "2026-01-15", NULL);
    finish_members(&history.members);
}

static void add_event(Event event, bool is_late)
{
    history.events[history.event_count] = (MemberEvent){1, event};
    history.is_late[history.event_count++] = is_late;
}

/* The months of January's window, or of December's; bit 0 is the oldest. */
enum {
    AUGUST = 1 << 6,
    SEPTEMBER = 1 << 7,
    OCTOBER = 1 << 8,
    NOVEMBER = 1 << 9,
    DECEMBER = 1 << 10,
    ALL_OLDER = (1 << 11) - 1,
};

static void check_example(Period period, uint64_t expected)
{
    PeriodResult base = base_result();
    uint64_t reopened = check_period(&base, period, 0);
    cr_expect_eq(reopened, expected, "folded again: %llx instead of %llx",
                 (unsigned long long)reopened, (unsigned long long)expected);
    result_destroy(&base);
}

/* Orders 11 and 19 make November's range hold 12 as well; the member's marks tell better. */
Test(fold_base, a_refund_opens_the_month_of_its_order)
{
    begin_examples();
    add_event(buy(1, "2025-11-10 20:00", 11, 3000), false);
    add_event(buy(2, "2025-11-11 20:00", 19, 3000), false);
    add_event(buy(3, "2025-12-10 20:00", 12, 3000), false);
    add_event(buy(4, "2025-12-10 20:00", 20, 3000), false);
    add_event(refund(5, "2026-01-10 20:00", 12, 1000), false);
    check_example(base_period + 1, DECEMBER);
}

/* Of months that long ago no marks are kept. */
Test(fold_base, a_refund_opens_each_month_whose_orders_lie_around_it)
{
    begin_examples();
    add_event(buy(1, "2025-08-10 20:00", 11, 3000), false);
    add_event(buy(2, "2025-08-11 20:00", 19, 3000), false);
    add_event(buy(3, "2025-09-10 20:00", 12, 3000), false);
    add_event(buy(4, "2025-09-10 20:00", 20, 3000), false);
    add_event(refund(5, "2026-01-10 20:00", 12, 1000), false);
    check_example(base_period + 1, AUGUST | SEPTEMBER);
}

static void add_refunded_order(void)
{
    add_event(buy(1, "2025-08-10 20:00", 10, 3000), false);
    add_event(refund(2, "2025-10-10 20:00", 10, 1000), false);
}

Test(fold_base, a_late_event_opens_its_month)
{
    begin_examples();
    add_refunded_order();
    add_event(visit(3, "2025-09-10 20:00"), true);
    check_example(base_period + 1, SEPTEMBER);
}

Test(fold_base, a_late_event_opens_the_refunds_that_have_reached_its_month)
{
    begin_examples();
    add_refunded_order();
    add_event(visit(3, "2025-08-12 20:00"), true);
    check_example(base_period + 1, AUGUST | SEPTEMBER | OCTOBER);
}

Test(fold_base, a_late_order_opens_no_more_where_nothing_was_refunded)
{
    begin_examples();
    add_refunded_order();
    add_event(buy(3, "2025-11-12 20:00", 10, 2000), true);
    check_example(base_period + 1, NOVEMBER);
}

Test(fold_base, a_late_order_opens_later_refunds_and_older_orders)
{
    begin_examples();
    add_refunded_order();
    add_event(buy(3, "2025-09-12 20:00", 10, 2000), true);
    check_example(base_period + 1, AUGUST | SEPTEMBER | OCTOBER);
}

Test(fold_base, a_late_refund_opens_older_orders)
{
    begin_examples();
    add_event(buy(1, "2025-09-10 20:00", 10, 3000), false);
    add_event(refund(2, "2025-11-10 20:00", 10, 1000), true);
    check_example(base_period + 1, SEPTEMBER | NOVEMBER);
}

/* The refund took all it wanted from September's shipment. November and August are folded again,
 * September is not: the refund must not come through to August. */
Test(fold_base, a_refund_that_was_satisfied_in_a_month_that_stands_does_not_pass_it)
{
    begin_examples();
    add_event(buy(1, "2025-08-10 20:00", 10, 3000), false);
    add_event(buy(2, "2025-09-10 20:00", 10, 3000), false);
    add_event(refund(3, "2025-11-10 20:00", 10, 1000), false);
    add_event(visit(4, "2025-11-12 20:00"), true);
    add_event(visit(5, "2025-08-12 20:00"), true);
    check_example(base_period + 1, AUGUST | NOVEMBER);
}

Test(fold_base, a_fraud_that_voids_the_member_opens_all)
{
    begin_examples();
    history.rules.fraud_voids_member = true;
    add_event(buy(1, "2025-08-10 20:00", 10, 3000), false);
    add_event(without_order(fraud(2, "2026-01-10 20:00", 0)), false);
    check_example(base_period + 1, ALL_OLDER);
}

/* October's fraud voids what comes late in August; all between is opened with it. */
Test(fold_base, a_late_event_opens_the_fraud_that_voids_it)
{
    begin_examples();
    history.rules.fraud_voids_member = true;
    add_event(without_order(fraud(1, "2025-10-10 20:00", 0)), false);
    add_event(buy(2, "2025-08-10 20:00", 10, 3000), true);
    check_example(base_period + 1, AUGUST | SEPTEMBER | OCTOBER);
}

/* December is settled: a shipment of that month was recorded late, so the refund takes from it, and
 * November's credit is whole again. */
Test(fold_base, a_late_order_of_the_own_month_gives_back_what_an_older_one_gave)
{
    begin_examples();
    add_event(buy(1, "2025-11-10 20:00", 10, 3000), false);
    add_event(refund(2, "2025-12-10 20:00", 10, 1000), false);
    add_event(buy(3, "2025-12-05 20:00", 10, 2000), true);
    check_example(base_period, 1 << 10);
}

/* Rows of an older version: nothing is known of the ties. */
Test(fold_base, without_ties_more_is_opened)
{
    begin_examples();
    add_refunded_order();
    add_event(visit(3, "2025-09-10 20:00"), true);
    PeriodResult base = base_result();
    for (size_t i = 0; i < base.standing_count; i++) {
        StandingRow *row = &base.standings[i];
        int32_t points[WINDOW_MONTHS_MAX];
        unsigned char *bytes = base.months.bytes + row->months_at;
        cr_assert(month_points_unpack(bytes, row->months_size, points, base.month_count, NULL));
        row->months_size = (uint16_t)month_points_pack(points, base.month_count, bytes);
    }
    FoldLate late = {1, 0, LATE_OTHER, false, 7};
    const FoldBase fold_base = {
        .rows = base.standings,
        .row_count = base.standing_count,
        .months = &base.months,
        .orders = base.orders,
        .first = window_first(base_period, 12),
        .month_count = base.month_count,
        .late = &late,
        .late_count = 1,
    };
    FoldRun run = fold_run_from(&history.programme, base_period + 1, &history.members,
                                history.events, history.event_count, 1, &fold_base);
    cr_expect(run.done);
    cr_expect_eq(run_points(&run, 1), 21);
    for (size_t month = 0; month < 11; month++) {
        cr_expect_eq(fold_is_reopened(run.fold, month, member_place(&history.members, 1)),
                     month >= 7);
    }
    fold_run_end(&run);
    result_destroy(&base);
}

Test(fold_base, a_row_that_cannot_be_read_is_refused)
{
    begin_examples();
    PeriodResult base = base_result();
    base.standings[0].months_size--;
    const FoldBase fold_base = {
        .rows = base.standings,
        .row_count = base.standing_count,
        .months = &base.months,
        .orders = base.orders,
        .first = window_first(base_period, 12),
        .month_count = base.month_count,
    };
    FoldRun run = fold_run_from(&history.programme, base_period + 1, &history.members, NULL, 0, 1,
                                &fold_base);
    cr_expect_not(run.done);
    cr_expect_eq(run.error.code, EXIT_DATA);
    cr_expect_str_eq(run.error.message, "the stored points by month of member 1 cannot be read");
    fold_run_end(&run);
    result_destroy(&base);
}
