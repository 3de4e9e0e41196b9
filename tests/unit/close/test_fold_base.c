/*
 * close/fold that starts from stored points by month: it comes to what a fold of all events comes
 * to, and reads again only what it must (fold.h).
 */
#include "close_builders.h"
#include "ledger/month_points.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEMBERS = 3000, /* two partitions */
    ACTIVE = 200,
    EVENTS_EACH = 24,
    EVENTS_MAX = ACTIVE * EVENTS_EACH,
    MONTHS = 12,
    BASE_MONTHS = 13,  /* 2024-11 to 2025-11 */
    BEFORE_WINDOW = 2, /* of these are older than the window */
    OLDEST = 2025 * 12 + 11 - BASE_MONTHS,
    NEW_EVERY = 17, /* each so manyth member is not in the base */
    LATE_EVERY = 41 /* each so manyth event of an older month came late */
};

static const ZoneSegment utc = {INT64_MIN, 0};

typedef struct Work {
    Calendar calendar;
    EventStore *store;
    Fold *fold;
    FoldWorker worker;
    Tally tally;
    Error error;
} Work;

static MemberTable members;
static MemberEvent events[EVENTS_MAX];
static RuleSet rules;
static const Programme programme = {
    .window_months = MONTHS, .rulesets = &rules, .ruleset_count = 1};

static Work *work_begin(Period first, Period last)
{
    Work *work = calloc(1, sizeof *work);
    cr_assert(work != NULL);
    calendar_init(&work->calendar, &utc, 1, first, last);
    work->store = event_store_create(1, work->calendar.month_count, members.partition_count);
    work->fold = fold_create(&programme, &work->calendar, &members, work->store);
    fold_worker_init(&work->worker);
    return work;
}

static void work_end(Work *work)
{
    fold_worker_destroy(&work->worker);
    fold_destroy(work->fold);
    event_store_destroy(work->store);
    free(work);
}

static bool is_late(size_t i)
{
    return i % LATE_EVERY == 0 && month_of_local(events[i].event.occurred_at_us) < month(2025, 12);
}

static bool is_new(size_t slot)
{
    return slot % NEW_EVERY == 0;
}

static void put(Work *work, size_t i)
{
    int32_t index = calendar_month_index(&work->calendar, events[i].event.occurred_at_us);
    if (index >= 0) {
        event_store_put(work->store, 0, (size_t)index, member_place(&members, events[i].member_id),
                        events[i].member_id, &events[i].event);
    }
}

/* From month `until` - 1 down to the first. */
static void fold_months_of(Work *work, size_t until, size_t first)
{
    for (size_t left = until; left > first; left--) {
        for (size_t partition = 0; partition < members.partition_count; partition++) {
            cr_assert(fold_partition(work->fold, &work->worker, left - 1, partition, &work->error),
                      "%s", work->error.message);
        }
    }
}

static void finish(Work *work)
{
    for (size_t partition = 0; partition < members.partition_count; partition++) {
        fold_finish_partition(work->fold, &work->worker, partition);
    }
    fold_worker_merge(work->fold, &work->worker, &work->tally);
}

/* Few orders for each member, whose numbers rise from month to month and overlap. */
static Event random_event(Random *random, int64_t event_id)
{
    static const uint8_t slots[] = {SLOT_PURCHASE, SLOT_PURCHASE, SLOT_REFUND, SLOT_REFUND,
                                    SLOT_FRAUD,    SLOT_VISIT,    SLOT_BONUS};
    Period of = OLDEST + (Period)random_below(random, BASE_MONTHS + 1);
    Event event = {
        .event_id = event_id,
        .occurred_at_us = period_first_day(of) * US_PER_DAY + random_below(random, 28 * US_PER_DAY),
        .item_cents = random_below(random, 20) * 500 + 100,
        .points = (int32_t)random_below(random, 60) - 20,
        .slot = slots[random_below(random, COUNT(slots))],
        .present = EVENT_HAS_ORDER | EVENT_HAS_ITEM | EVENT_HAS_POINTS,
    };
    Period bought = event.slot == SLOT_PURCHASE ? of : of - (Period)random_below(random, 10);
    event.order_id = bought * 10 + random_below(random, 12);
    return event;
}

/* What the close of 2025-11 left: the months 2024-11 to 2025-11, without what came late. */
typedef struct Base {
    StandingRow rows[MEMBERS];
    size_t row_count;
    MonthPool months;
    OrderRange orders[BASE_MONTHS];
    FoldLate late[EVENTS_MAX];
    size_t late_count;
} Base;

static void store_months(Base *base, const Work *work)
{
    for (size_t slot = 0; slot < members.count; slot++) {
        if (is_new(slot)) {
            continue;
        }
        int32_t points[WINDOW_MONTHS_MAX];
        unsigned char packed[BASE_MONTHS * MONTH_POINTS_BYTES_MAX];
        fold_months(work->fold, slot, points);
        size_t size = month_points_pack(points, BASE_MONTHS, packed);
        StandingRow *row = &base->rows[base->row_count++];
        *row = (StandingRow){.member_id = members.ids[slot]};
        cr_assert(month_pool_add(&base->months, row, packed, size));
    }
}

static Base *base_of_november(void)
{
    Base *base = calloc(1, sizeof *base);
    cr_assert(base != NULL);
    Work *work = work_begin(OLDEST, month(2025, 11));
    for (size_t i = 0; i < EVENTS_MAX; i++) {
        int32_t index = calendar_month_index(&work->calendar, events[i].event.occurred_at_us);
        if (!is_late(i)) {
            put(work, i);
        } else if (index >= BEFORE_WINDOW) {
            base->late[base->late_count++] =
                (FoldLate){events[i].member_id, events[i].event.order_id, true,
                           events[i].event.slot == SLOT_FRAUD && rules.fraud_voids_member,
                           (size_t)(index - BEFORE_WINDOW)};
        }
    }
    fold_months_of(work, BASE_MONTHS, 0);
    finish(work);
    memcpy(base->orders, fold_orders(work->fold), sizeof base->orders);
    store_months(base, work);
    work_end(work);
    return base;
}

static FoldBase fold_base(const Base *base)
{
    return (FoldBase){.rows = base->rows,
                      .row_count = base->row_count,
                      .months = &base->months,
                      .orders = base->orders,
                      .first = OLDEST,
                      .month_count = BASE_MONTHS,
                      .late = base->late,
                      .late_count = base->late_count};
}

static void base_end(Base *base)
{
    free(base->months.bytes);
    free(base);
}

/* The events of the members who are read again from this month on, the own month's left out. */
static size_t put_reopened(Work *work, size_t first_month)
{
    int64_t *ids = NULL;
    size_t count = fold_reopened(work->fold, first_month, &ids);
    for (size_t i = 0; i < EVENTS_MAX && count > 0; i++) {
        int32_t index = calendar_month_index(&work->calendar, events[i].event.occurred_at_us);
        bool wanted = false;
        for (size_t n = 0; n < count; n++) {
            wanted = wanted || ids[n] == events[i].member_id;
        }
        if (wanted && index >= (int32_t)first_month && index < MONTHS - 1) {
            put(work, i);
        }
    }
    free(ids);
    return count;
}

static Work *fold_december(const Base *base)
{
    Work *work = work_begin(month(2025, 1), month(2025, 12));
    if (base != NULL) {
        const FoldBase start = fold_base(base);
        cr_assert(fold_use_months(work->fold, &start, &work->error), "%s", work->error.message);
    }
    for (size_t i = 0; i < EVENTS_MAX; i++) {
        if (base == NULL || month_of_local(events[i].event.occurred_at_us) == month(2025, 12)) {
            put(work, i);
        }
    }
    fold_months_of(work, MONTHS, MONTHS - 1);
    if (base != NULL) {
        fold_reopen(work->fold);
        size_t reopened = 0;
        for (size_t first = 0; first < MONTHS - 1; first++) {
            reopened += put_reopened(work, first);
        }
        cr_assert_gt(reopened, 0);
        cr_assert_lt(reopened, MEMBERS, "everybody is read again");
    }
    fold_months_of(work, MONTHS - 1, 0);
    finish(work);
    return work;
}

static void check_same(const Work *from_base, const Work *full, uint64_t seed)
{
    for (size_t slot = 0; slot < members.count; slot++) {
        int32_t wanted[WINDOW_MONTHS_MAX];
        int32_t got[WINDOW_MONTHS_MAX];
        fold_months(full->fold, slot, wanted);
        fold_months(from_base->fold, slot, got);
        cr_assert_arr_eq(got, wanted, MONTHS * sizeof *got, "seed %llu, member %lld",
                         (unsigned long long)seed, (long long)members.ids[slot]);
    }
    for (Fate fate = 0; fate < FATE_COUNT; fate++) {
        cr_assert_eq(from_base->tally.month_fates[fate], full->tally.month_fates[fate],
                     "seed %llu: %s in the month", (unsigned long long)seed, fate_name(fate));
    }
}

static void begin_members(void)
{
    for (int64_t i = 0; i < MEMBERS; i++) {
        /* Some stand only from the last month on, or not at all. */
        LocalDay registered = i % 50 == 34 ? day_of("2026-01-01") : 0;
        member_table_add(&members, i * 3, registered, NEVER_CLOSED);
    }
    finish_members(&members);
    rules = standard_rules();
}

static void end_members(void)
{
    member_table_destroy(&members);
}

TestSuite(fold_base, .init = begin_members, .fini = end_members);

Test(fold_base, comes_to_what_all_events_come_to)
{
    uint64_t first = first_seed();
    for (uint64_t seed = first; seed < first + 6; seed++) {
        Random random = {seed};
        rules.refund_voids_order = seed % 3 == 1;
        rules.fraud_voids_member = seed % 2 == 1;
        for (size_t i = 0; i < EVENTS_MAX; i++) {
            events[i] = (MemberEvent){(int64_t)(i / EVENTS_EACH) * (MEMBERS / ACTIVE) * 3,
                                      random_event(&random, (int64_t)i + 1)};
        }
        Base *base = base_of_november();
        cr_assert_gt(base->late_count, 0);
        Work *full = fold_december(NULL);
        Work *from_base = fold_december(base);
        check_same(from_base, full, seed);
        work_end(from_base);
        work_end(full);
        base_end(base);
    }
}

/* Members 0 and 3 have rows; member 6 has none; 9 stands in no month and has none. */
static Work *start(const StandingRow *rows, const MonthPool *months, const FoldLate *late,
                   size_t late_count, bool *ret_good)
{
    OrderRange orders[MONTHS] = {{0}};
    for (int64_t i = 0; i < MONTHS; i++) {
        orders[i] = (OrderRange){i * 100, i * 100 + 149, true};
    }
    const FoldBase base = {.rows = rows,
                           .row_count = 3,
                           .months = months,
                           .orders = orders,
                           .first = month(2025, 1),
                           .month_count = MONTHS,
                           .late = late,
                           .late_count = late_count};
    member_table_destroy(&members);
    for (int64_t id = 0; id <= 9; id += 3) {
        member_table_add(&members, id, id == 9 ? day_of("2026-01-01") : 0, NEVER_CLOSED);
    }
    finish_members(&members);
    Work *work = work_begin(month(2025, 1), month(2025, 12));
    *ret_good = fold_use_months(work->fold, &base, &work->error);
    return work;
}

static StandingRow row_with(MonthPool *pool, int64_t member_id, size_t month_count)
{
    const int32_t points[MONTHS] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    unsigned char packed[MONTHS * MONTH_POINTS_BYTES_MAX];
    StandingRow row = {.member_id = member_id};
    size_t size = month_points_pack(points, month_count, packed);
    cr_assert(month_pool_add(pool, &row, packed, size));
    return row;
}

static void expect_reopened(const Work *work, size_t month_index, const int64_t *ids, size_t count)
{
    int64_t *got = NULL;
    cr_expect_eq(fold_reopened(work->fold, month_index, &got), count, "month %zu", month_index);
    for (size_t i = 0; i < count; i++) {
        cr_expect_eq(got[i], ids[i], "month %zu: member %lld", month_index, (long long)got[i]);
    }
    free(got);
}

Test(fold_base, late_events_open_the_oldest_month_that_may_hold_their_order)
{
    MonthPool pool = {0};
    /* Row -1 is of nobody; the late events of 1 and 99 too. */
    const StandingRow rows[] = {row_with(&pool, -1, MONTHS), row_with(&pool, 0, MONTHS),
                                row_with(&pool, 3, MONTHS)};
    const FoldLate late[] = {
        {0, 120, true, false, 5},                            /* 120 is of month 0 or 1 */
        {0, 0, false, false, 7},                             /* a newer month changes nothing */
        {1, 0, false, false, 0},  {3, 9999, true, false, 4}, /* no month has that order */
        {99, 0, false, false, 0},
    };
    bool good = false;
    Work *work = start(rows, &pool, late, COUNT(late), &good);
    cr_assert(good, "%s", work->error.message);
    expect_reopened(work, 0, (const int64_t[]){0, 6}, 2);
    expect_reopened(work, 4, (const int64_t[]){3}, 1);
    expect_reopened(work, 5, NULL, 0);
    expect_reopened(work, 7, NULL, 0);
    int32_t months[WINDOW_MONTHS_MAX];
    fold_months(work->fold, 1, months);
    cr_expect_eq(months[0], 1);
    cr_expect_eq(months[10], 11);
    cr_expect_eq(months[11], 0, "the own month is read anew");
    work_end(work);
    free(pool.bytes);
}

Test(fold_base, a_late_fraud_that_voids_its_member_opens_every_month)
{
    MonthPool pool = {0};
    const StandingRow rows[] = {row_with(&pool, -1, MONTHS), row_with(&pool, 0, MONTHS),
                                row_with(&pool, 3, MONTHS)};
    const FoldLate late[] = {{3, 9999, true, true, 9}};
    bool good = false;
    Work *work = start(rows, &pool, late, COUNT(late), &good);
    cr_assert(good, "%s", work->error.message);
    expect_reopened(work, 0, (const int64_t[]){3, 6}, 2);
    work_end(work);
    free(pool.bytes);
}

Test(fold_base, a_row_that_cannot_be_read_is_an_error)
{
    MonthPool pool = {0};
    const StandingRow rows[] = {row_with(&pool, -1, MONTHS), row_with(&pool, 0, MONTHS),
                                row_with(&pool, 3, MONTHS - 1)};
    bool good = true;
    Work *work = start(rows, &pool, NULL, 0, &good);
    cr_assert_not(good);
    cr_expect_eq(work->error.code, EXIT_DATA);
    cr_expect_str_eq(work->error.message, "the stored points by month of member 3 cannot be read");
    cr_expect_str_eq(work->error.hint, "close this period with --full.");
    work_end(work);
    free(pool.bytes);
}

Test(fold_base, what_is_forgotten_is_folded_again_to_the_same)
{
    Random random = {7};
    for (size_t i = 0; i < EVENTS_MAX; i++) {
        events[i] = (MemberEvent){(int64_t)(i / EVENTS_EACH) * (MEMBERS / ACTIVE) * 3,
                                  random_event(&random, (int64_t)i + 1)};
    }
    events[0].event.slot = SLOT_ADJUSTMENT; /* two of the largest: a month beyond 32 bits */
    events[0].event.points = INT32_MAX;
    events[0].event.occurred_at_us = at("2025-12-05 12:00");
    events[1].event = events[0].event;
    events[1].event.event_id = 2;
    Work *full = fold_december(NULL);
    Work *work = work_begin(month(2025, 1), month(2025, 12));
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < EVENTS_MAX; i++) {
            put(work, i);
        }
        /* The first time it stops in the middle, with refunds that are still open. */
        fold_months_of(work, MONTHS, round == 0 ? MONTHS / 2 : 0);
        if (round == 0) {
            fold_forget(work->fold, 0, 0, members.partition_count);
            event_store_clear(work->store);
            for (size_t slot = 0; slot < members.count; slot++) {
                SlotSum sum = slot_sum(work->fold, slot);
                cr_assert_eq(sum.points, 0);
                cr_assert_eq(sum.expiring, 0);
            }
        }
    }
    cr_assert_not(fold_months_fit(work->fold));
    for (size_t slot = 0; slot < members.count; slot++) {
        cr_assert_eq(slot_sum(work->fold, slot).points, slot_sum(full->fold, slot).points);
        cr_assert_eq(slot_sum(work->fold, slot).expiring, slot_sum(full->fold, slot).expiring);
    }
    work_end(work);
    work_end(full);
}
