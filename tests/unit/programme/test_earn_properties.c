/*
 * programme/earn: what must hold for whatever events, tried on random ones.
 *
 * A failure names its seed: TIERCLOSE_SEED=that seed runs it again first.
 */
#include "builders.h"
#include "programme/calendar.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { SEEDS = 3000, EVENTS = 24, ORDERS = 4, MONTHS = 4 };

/* A time of one of four months, often the same one, or an edge of a month. */
static int64_t random_time(Random *random)
{
    static const char *const edges[] = {
        "2023-12-01 00:00",           "2023-12-31 23:59:59.999999", "2024-01-01 00:00",
        "2024-01-31 23:59:59.999999", "2024-02-29 23:59:59.999999", "2024-03-01 00:00",
        "2024-03-31 23:59:59.999999", "2024-02-29 12:00",
    };
    if (random_below(random, 2) == 0) {
        return at(edges[random_below(random, COUNT(edges))]);
    }
    int64_t begins = at("2023-12-01 00:00");
    return begins + random_below(random, 31 + 31 + 29 + 31) * US_PER_DAY +
           random_below(random, 2) * US_PER_DAY / 2;
}

static Event random_event(Random *random, int64_t event_id)
{
    static const uint8_t slots[] = {
        SLOT_PURCHASE, SLOT_PURCHASE, SLOT_PURCHASE, SLOT_REFUND, SLOT_REFUND,     SLOT_FRAUD,
        SLOT_REVIEW,   SLOT_VISIT,    SLOT_FOLLOW,   SLOT_BONUS,  SLOT_ADJUSTMENT,
    };
    static const int32_t categories[][3] = {{1, 2, 3}, {2, 2, 4}, {5, 6, 1}};
    Event event = {
        .event_id = event_id,
        .slot = slots[random_below(random, COUNT(slots))],
        .occurred_at_us = random_time(random),
        .order_id = random_below(random, ORDERS),
        .item_cents = random_below(random, 8) * 150 - (random_below(random, 20) == 0 ? 2000 : 0),
        .discount_cents = random_below(random, 4) == 0 ? 100 : 0,
        .categories = categories[random_below(random, COUNT(categories))],
        .category_count = (uint32_t)random_below(random, 4),
        .points = (int32_t)random_below(random, 40) - 10,
        .present = EVENT_HAS_ORDER | EVENT_HAS_ITEM | EVENT_HAS_POINTS,
    };
    event.local_us = event.occurred_at_us;
    if (random_below(random, 12) == 0) {
        event.present = (uint8_t)random_below(random, 8);
    }
    return event;
}

static void random_events(Random *random, Event events[EVENTS])
{
    for (int64_t i = 0; i < EVENTS; i++) {
        events[i] = random_event(random, i + 1);
    }
}

static RuleSet random_rules(Random *random)
{
    static const Cap caps[] = {
        {KIND_SET(SLOT_BONUS), true, 20, "bonus: at most 20 a day"},
        {KIND_SET(SLOT_PURCHASE), true, 9, "purchase: at most 9 a day"},
        {KIND_SET(SLOT_FOLLOW), false, 1, "follow: at most 1 a month"},
        {KIND_SET(SLOT_FOLLOW) | KIND_SET(SLOT_VISIT), false, 2, "at most 2 a month"},
        {KIND_SET(SLOT_PURCHASE) | KIND_SET(SLOT_CATEGORY_BONUS) | KIND_SET(SLOT_BONUS) |
             KIND_SET(SLOT_ADJUSTMENT),
         false, 30, "at most 30 a month"},
    };
    RuleSet rules = standard_rules();
    rules.caps = caps;
    rules.cap_count = random_below(random, 4) == 0 ? 0 : COUNT(caps);
    rules.refund_voids_order = random_below(random, 3) == 0;
    rules.fraud_voids_member = random_below(random, 2) == 0;
    return rules;
}

static int compare_lines(const void *left, const void *right)
{
    const Earned *a = left;
    const Earned *b = right;
    if (a->day != b->day) {
        return a->day < b->day ? -1 : 1;
    }
    if (a->occurred_at_us != b->occurred_at_us) {
        return a->occurred_at_us < b->occurred_at_us ? -1 : 1;
    }
    return (a->event_id > b->event_id) - (a->event_id < b->event_id);
}

/* The order in which events are given does not matter. */
Test(earn_properties, shuffled_events_give_the_same)
{
    for (uint64_t seed = first_seed(), end = seed + SEEDS; seed < end; seed++) {
        Random random = {seed};
        Event events[EVENTS];
        RuleSet rules = random_rules(&random);
        random_events(&random, events);
        Folded once = fold(&rules, events, EVENTS);
        for (size_t i = EVENTS - 1; i > 0; i--) {
            size_t other = (size_t)random_below(&random, (int64_t)i + 1);
            Event moved = events[i];
            events[i] = events[other];
            events[other] = moved;
        }
        Folded again = fold(&rules, events, EVENTS);
        cr_assert(once.done && again.done, "seed %llu", (unsigned long long)seed);
        cr_assert_str_eq(again.fates, once.fates, "seed %llu:\n%s\n%s", (unsigned long long)seed,
                         once.fates, again.fates);
        cr_assert_eq(again.points, once.points, "seed %llu", (unsigned long long)seed);
        cr_assert_eq(again.line_count, once.line_count, "seed %llu", (unsigned long long)seed);
        qsort(once.lines, once.line_count, sizeof(Earned), compare_lines);
        qsort(again.lines, again.line_count, sizeof(Earned), compare_lines);
        for (size_t i = 0; i < once.line_count; i++) {
            cr_assert_eq(again.lines[i].event_id, once.lines[i].event_id, "seed %llu",
                         (unsigned long long)seed);
            cr_assert_eq(again.lines[i].points, once.lines[i].points, "seed %llu",
                         (unsigned long long)seed);
        }
    }
}

/* A credit as people think of it: an order in a month, and what is left of it. */
typedef struct ModelCredit {
    bool exists;
    int64_t first_at_us;
    int64_t left_cents;
} ModelCredit;

typedef struct Model {
    ModelCredit credits[ORDERS * MONTHS]; /* by order, then by month */
    const char *fates[EVENTS + 1];        /* by event_id; NULL: not told here */
} Model;

static int32_t model_month(const Event *event)
{
    return month_of_local(event->local_us) - month(2023, 12);
}

static ModelCredit *model_credit(Model *model, const Event *event, int32_t in_month)
{
    return &model->credits[event->order_id * MONTHS + in_month];
}

static void model_purchase(Model *model, const Event *event)
{
    ModelCredit *credit = model_credit(model, event, model_month(event));
    int64_t amount = event->item_cents - event->discount_cents;
    if (!credit->exists || event->occurred_at_us < credit->first_at_us) {
        credit->first_at_us = event->occurred_at_us;
    }
    credit->exists = true;
    credit->left_cents += amount > 0 ? amount : 0;
}

/* Contract 3.3 to 3.5, told forward in time. */
static void model_take(Model *model, const RuleSet *rules, const Event *event)
{
    bool fraud_event = event->slot == SLOT_FRAUD;
    bool has_order = (event->present & EVENT_HAS_ORDER) != 0;
    bool definite =
        !fraud_event && !rules->refund_voids_order && (event->present & EVENT_HAS_ITEM) != 0;
    if (has_order) {
        int64_t available = 0;
        for (int32_t m = model_month(event); m >= 0; m--) {
            available += model_credit(model, event, m)->left_cents;
        }
        int64_t wanted = definite ? event->item_cents : available;
        bool matched = available > 0 && wanted <= available;
        model->fates[event->event_id] = matched ? "refunds" : "unmatched_refund";
        for (int32_t m = model_month(event); m >= 0; m--) {
            ModelCredit *credit = model_credit(model, event, m);
            int64_t taken = wanted < credit->left_cents ? wanted : credit->left_cents;
            credit->left_cents -= taken;
            wanted -= taken;
        }
    } else {
        model->fates[event->event_id] = "missing_order_id";
    }
    if (fraud_event && rules->fraud_voids_member) {
        for (size_t i = 0; i < COUNT(model->credits); i++) {
            ModelCredit *credit = &model->credits[i];
            if (credit->exists && credit->first_at_us <= event->occurred_at_us) {
                credit->left_cents = 0;
            }
        }
    }
}

static bool is_whole_purchase(const Event *event)
{
    return event->slot == SLOT_PURCHASE && (event->present & EVENT_HAS_ORDER) != 0 &&
           (event->present & EVENT_HAS_ITEM) != 0 && event->item_cents >= 0 &&
           event->discount_cents >= 0;
}

static bool is_valid_take(const RuleSet *rules, const Event *event)
{
    bool has_order = (event->present & EVENT_HAS_ORDER) != 0;
    if (event->slot == SLOT_FRAUD) {
        return has_order || rules->fraud_voids_member;
    }
    return event->slot == SLOT_REFUND && has_order &&
           ((event->present & EVENT_HAS_ITEM) == 0 || event->item_cents >= 0);
}

/* All purchases first (each take looks back from its own month), then the takes in time. */
static Model model_of(const RuleSet *rules, const Event *events)
{
    Model model;
    memset(&model, 0, sizeof model);
    bool done[EVENTS] = {false};
    for (size_t i = 0; i < EVENTS; i++) {
        if (is_whole_purchase(&events[i])) {
            model_purchase(&model, &events[i]);
        }
        done[i] = !is_valid_take(rules, &events[i]);
    }
    for (;;) {
        size_t next = EVENTS;
        for (size_t i = 0; i < EVENTS; i++) {
            /* Events are numbered in the order in which they stand: the first of a time wins. */
            if (!done[i] &&
                (next == EVENTS || events[i].occurred_at_us < events[next].occurred_at_us)) {
                next = i;
            }
        }
        if (next == EVENTS) {
            return model;
        }
        done[next] = true;
        model_take(&model, rules, &events[next]);
    }
}

static int64_t model_points(const RuleSet *rules, const Model *model)
{
    int64_t points = 0;
    for (size_t i = 0; i < COUNT(model->credits); i++) {
        int64_t left = model->credits[i].left_cents;
        if (left > 0 && left >= rules->purchase.min_amount_cents) {
            points += left / 100 < 500 ? left / 100 : 500;
        }
    }
    return points;
}

/* Months folded newest first give what refunds told forward in time give. */
Test(earn_properties, newest_month_first_equals_time_told_forward)
{
    for (uint64_t seed = first_seed(), end = seed + SEEDS; seed < end; seed++) {
        Random random = {seed};
        Event events[EVENTS];
        RuleSet rules = random_rules(&random);
        rules.cap_count = 0;
        rules.purchase.bonus_points = 0;
        random_events(&random, events);
        Folded folded = fold(&rules, events, EVENTS);
        Model model = model_of(&rules, events);
        cr_assert(folded.done, "seed %llu", (unsigned long long)seed);
        int64_t points = 0;
        for (size_t i = 0; i < folded.line_count; i++) {
            points += folded.lines[i].slot == SLOT_PURCHASE ? folded.lines[i].points : 0;
        }
        cr_assert_eq(points, model_points(&rules, &model), "seed %llu: %lld, expected %lld",
                     (unsigned long long)seed, (long long)points,
                     (long long)model_points(&rules, &model));
        for (size_t i = 0; i < EVENTS; i++) {
            const char *expected = model.fates[folded.events[i].event_id];
            const char *fate = fate_name((Fate)folded.events[i].fate);
            cr_assert(expected == NULL || strcmp(fate, expected) == 0,
                      "seed %llu: event %zu is %s, expected %s", (unsigned long long)seed, i + 1,
                      fate, expected);
        }
    }
}

/* The sum of a cap's lines in the month, or on a day of it. */
static int64_t capped_sum(const Folded *folded, const Cap *cap, Period wanted, LocalDay day)
{
    int64_t sum = 0;
    for (size_t i = 0; i < folded->line_count; i++) {
        const Earned *line = &folded->lines[i];
        if (((cap->kinds >> line->slot) & 1) != 0 &&
            (cap->per_day ? line->day == day : period_of_day(line->day) == wanted)) {
            sum += line->points;
        }
    }
    return sum;
}

Test(earn_properties, no_set_earns_more_than_its_cap)
{
    size_t at_the_cap = 0;
    for (uint64_t seed = first_seed(), end = seed + SEEDS; seed < end; seed++) {
        Random random = {seed};
        Event events[EVENTS];
        RuleSet rules = random_rules(&random);
        random_events(&random, events);
        Folded folded = fold(&rules, events, EVENTS);
        cr_assert(folded.done, "seed %llu", (unsigned long long)seed);
        int64_t points = 0;
        for (size_t i = 0; i < folded.line_count; i++) {
            const Earned *line = &folded.lines[i];
            points += line->points;
            bool cut = line->points < line->uncapped_points;
            cr_assert_leq(line->points, line->uncapped_points, "seed %llu",
                          (unsigned long long)seed);
            cr_assert(!cut || line->points >= 0, "seed %llu: cut below 0",
                      (unsigned long long)seed);
            cr_assert_eq(cut, line->cap != NULL, "seed %llu: a cut line names its cap",
                         (unsigned long long)seed);
            for (size_t c = 0; c < rules.cap_count; c++) {
                int64_t sum =
                    capped_sum(&folded, &rules.caps[c], period_of_day(line->day), line->day);
                cr_assert_leq(sum, rules.caps[c].max_points, "seed %llu: %s",
                              (unsigned long long)seed, rules.caps[c].text);
                at_the_cap += sum == rules.caps[c].max_points;
            }
        }
        cr_assert_eq(points, folded.points, "seed %llu", (unsigned long long)seed);
    }
    cr_assert_gt(at_the_cap, 1000, "the events must reach the caps for this to mean anything");
}

/* Contract 6: every event has exactly one fate, and it is a fate. */
Test(earn_properties, every_event_has_a_fate)
{
    size_t seen[FATE_COUNT] = {0};
    for (uint64_t seed = first_seed(), end = seed + SEEDS; seed < end; seed++) {
        Random random = {seed};
        Event events[EVENTS];
        RuleSet rules = random_rules(&random);
        random_events(&random, events);
        Folded folded = fold(&rules, events, EVENTS);
        cr_assert(folded.done, "seed %llu", (unsigned long long)seed);
        cr_assert_eq(folded.event_count, EVENTS);
        for (size_t i = 0; i < EVENTS; i++) {
            const Event *event = &folded.events[i];
            cr_assert_lt(event->fate, FATE_COUNT, "seed %llu: event %zu", (unsigned long long)seed,
                         i + 1);
            cr_assert_eq(event->fate == FATE_INELIGIBLE, event->ineligible != INELIGIBLE_NOT,
                         "seed %llu: event %zu", (unsigned long long)seed, i + 1);
            seen[event->fate]++;
        }
    }
    for (unsigned fate = 0; fate < FATE_COUNT; fate++) {
        /* Members and kinds are looked up before the fold. */
        bool from_outside = fate == FATE_UNKNOWN_MEMBER || fate == FATE_UNKNOWN_KIND;
        cr_expect(from_outside || seen[fate] > 0, "no event was ever %s", fate_name((Fate)fate));
    }
}
