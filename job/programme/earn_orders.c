/*
 * Orders: purchase events to credits, refunds and fraud off them, points, category days (contract
 * 3).
 */
#include "programme/calendar.h"
#include "programme/earn_workspace.h"

#include "base/arena.h"

#include <stdlib.h>

enum { POINTS_DIVISOR = 100 * 100 }; /* cents a unit x hundredths of a point */

static int compare_takes(const void *left, const void *right)
{
    const Take *a = left;
    const Take *b = right;
    if (a->has_order != b->has_order) {
        return a->has_order ? 1 : -1;
    }
    if (a->order_id != b->order_id) {
        return a->order_id < b->order_id ? -1 : 1;
    }
    return earn_compare_time(a->occurred_at_us, a->event_id, b->occurred_at_us, b->event_id);
}

/* qsort has no context parameter, and an order id stands in the event: a pair carries both. */
typedef struct OrderIndex {
    int64_t order_id;
    size_t index;
} OrderIndex;

static int compare_order_index(const void *left, const void *right)
{
    const OrderIndex *a = left;
    const OrderIndex *b = right;
    if (a->order_id != b->order_id) {
        return a->order_id < b->order_id ? -1 : 1;
    }
    return a->index < b->index ? -1 : a->index > b->index;
}

/* By order and, as the events are sorted in time, in time. Most members have one or two a month. */
static void sort_purchases(EarnWorkspace *workspace, const Event *events)
{
    size_t *purchases = workspace->purchases;
    size_t count = workspace->purchase_count;
    if (count <= 32) {
        for (size_t i = 1; i < count; i++) {
            size_t moved = purchases[i];
            size_t j = i;
            for (; j > 0 && events[purchases[j - 1]].order_id > events[moved].order_id; j--) {
                purchases[j] = purchases[j - 1];
            }
            purchases[j] = moved;
        }
        return;
    }
    OrderIndex *pairs = memory_alloc(count, sizeof *pairs);
    for (size_t i = 0; i < count; i++) {
        pairs[i] = (OrderIndex){events[purchases[i]].order_id, purchases[i]};
    }
    qsort(pairs, count, sizeof *pairs, compare_order_index);
    for (size_t i = 0; i < count; i++) {
        purchases[i] = pairs[i].index;
    }
    free(pairs);
}

/* The first voiding fraud that reaches a credit of this date: it takes what is left then. */
static const Take *first_void(const TakeList *takes, int64_t credit_at_us)
{
    const Take *first = NULL;
    for (size_t i = 0; i < takes->count; i++) {
        const Take *take = &takes->items[i];
        if (take->voids_member && take->occurred_at_us >= credit_at_us &&
            (first == NULL || earn_compare_time(take->occurred_at_us, take->event_id,
                                                first->occurred_at_us, first->event_id) < 0)) {
            first = take;
        }
    }
    return first;
}

/* Lets the order's takes, in time, take from a credit; returns what is left of it
 * (contract 3.3, 3.5). */
static int64_t take_from_credit(TakeList *takes, int64_t order_id, int64_t credit_at_us,
                                int64_t amount_cents, bool *ret_voided)
{
    int64_t left = amount_cents;
    const Take *voiding = first_void(takes, credit_at_us);
    for (size_t i = 0; i < takes->count; i++) {
        Take *take = &takes->items[i];
        if (!take->has_order || take->order_id != order_id) {
            continue;
        }
        bool after_void =
            voiding != NULL && earn_compare_time(take->occurred_at_us, take->event_id,
                                                 voiding->occurred_at_us, voiding->event_id) > 0;
        if (left == 0 || after_void) {
            continue;
        }
        take->found = true;
        int64_t taken =
            take->wants_all || take->remaining_cents > left ? left : take->remaining_cents;
        left -= taken;
        if (!take->wants_all) {
            take->remaining_cents -= taken;
        }
        /* For people only; several credits of a void order may pass int64, then it stays put. */
        if (__builtin_add_overflow(take->taken_cents, taken, &take->taken_cents)) {
            take->taken_cents = INT64_MAX;
        }
    }
    *ret_voided = voiding != NULL;
    return voiding != NULL ? 0 : left;
}

/* The points of an earning credit: contract 3.6. */
static bool credit_points(const RuleSet *rules, int64_t local_us, int64_t left_cents, Earned *line,
                          Error *reterr)
{
    const PurchaseRule *purchase = &rules->purchase;
    __int128 exact = (__int128)left_cents * purchase->points_per_unit_hundredths / POINTS_DIVISOR +
                     purchase->points_per_order;
    if (exact > INT64_MAX) {
        return error_set(reterr, EXIT_DATA, "correct the amount with a refund or an adjustment.",
                         "an order earns more points than a bigint holds");
    }
    if (!earn_multiply(rules, SLOT_PURCHASE, local_us, (int64_t)exact, line, reterr)) {
        return false;
    }
    if (line->points > purchase->max_per_order) {
        line->points = purchase->max_per_order;
        line->order_capped = true;
    }
    return true;
}

static void collect_categories(EarnWorkspace *workspace, const Event *event)
{
    LocalDay day = calendar_day(event->local_us);
    for (uint32_t i = 0; i < event->category_count; i++) {
        workspace->categories = array_grow(workspace->categories, &workspace->category_capacity,
                                           workspace->category_count + 1, sizeof(DayCategory));
        workspace->categories[workspace->category_count++] =
            (DayCategory){day, event->categories[i]};
    }
}

/* One credit: the purchases[first..until), all of one order. */
static bool earn_credit(EarnWorkspace *workspace, const RuleSet *rules, Event *events,
                        TakeList *takes, size_t first, size_t until, Error *reterr)
{
    Event *dated = &events[workspace->purchases[first]];
    int64_t amount_cents = 0;
    for (size_t i = first; i < until; i++) {
        const Event *event = &events[workspace->purchases[i]];
        int64_t net = event->item_cents > event->discount_cents
                          ? event->item_cents - event->discount_cents
                          : 0;
        if (__builtin_add_overflow(amount_cents, net, &amount_cents)) {
            return error_set(reterr, EXIT_DATA, "correct the order's events at their source.",
                             "the amounts of order %lld add up to more than a bigint holds",
                             (long long)dated->order_id);
        }
    }
    bool voided = false;
    int64_t left_cents = amount_cents;
    if (takes->count > 0) {
        left_cents =
            take_from_credit(takes, dated->order_id, dated->occurred_at_us, amount_cents, &voided);
    }
    Earned *line = earn_add_line(workspace);
    line->occurred_at_us = dated->occurred_at_us;
    line->event_id = dated->event_id;
    line->amount_cents = amount_cents;
    line->taken_cents = amount_cents - left_cents;
    line->event_index = workspace->purchases[first];
    line->event_count = until - first;
    line->day = calendar_day(dated->local_us);
    line->slot = SLOT_PURCHASE;
    line->eligible = left_cents > 0 && left_cents >= rules->purchase.min_amount_cents;
    uint8_t ineligible = INELIGIBLE_NOT;
    if (line->eligible) {
        if (!credit_points(rules, dated->local_us, left_cents, line, reterr)) {
            return false;
        }
    } else {
        ineligible = voided                      ? INELIGIBLE_VOIDED
                     : left_cents < amount_cents ? INELIGIBLE_REFUNDED
                                                 : INELIGIBLE_BELOW_MINIMUM;
    }
    for (size_t i = first; i < until; i++) {
        Event *event = &events[workspace->purchases[i]];
        event->fate = line->eligible ? FATE_EARNING : FATE_INELIGIBLE;
        event->ineligible = ineligible;
        if (line->eligible && rules->purchase.bonus_points > 0) {
            collect_categories(workspace, event);
        }
    }
    return true;
}

static int compare_day_categories(const void *left, const void *right)
{
    const DayCategory *a = left;
    const DayCategory *b = right;
    if (a->day != b->day) {
        return a->day < b->day ? -1 : 1;
    }
    return a->category < b->category ? -1 : a->category > b->category;
}

/* A line for each day on which earning credits hold two categories or more (contract 3.7). */
static bool earn_category_days(EarnWorkspace *workspace, const RuleSet *rules, Error *reterr)
{
    const DayCategory *categories = workspace->categories;
    size_t count = workspace->category_count;
    if (count < 2) {
        return true;
    }
    qsort(workspace->categories, count, sizeof *categories, compare_day_categories);
    for (size_t first = 0; first < count;) {
        LocalDay day = categories[first].day;
        size_t distinct = 1;
        size_t next = first + 1;
        for (; next < count && categories[next].day == day; next++) {
            distinct += categories[next].category != categories[next - 1].category;
        }
        first = next;
        if (distinct < 2) {
            continue;
        }
        int64_t points = 0;
        if (__builtin_mul_overflow((int64_t)distinct - 1, rules->purchase.bonus_points, &points)) {
            return error_set(reterr, EXIT_DATA, NULL,
                             "a day's category bonus is more than a bigint holds");
        }
        Earned *line = earn_add_line(workspace);
        line->order_capped = points > rules->purchase.bonus_max_per_day;
        line->points = line->order_capped ? rules->purchase.bonus_max_per_day : points;
        line->uncapped_points = line->points;
        line->occurred_at_us = INT64_MAX;
        line->event_index = distinct;
        line->day = day;
        line->slot = SLOT_CATEGORY_BONUS;
        line->eligible = true;
    }
    return true;
}

bool earn_orders(EarnWorkspace *workspace, const RuleSet *rules, Event *events, TakeList *takes,
                 Error *reterr)
{
    if (takes->count > 1) {
        qsort(takes->items, takes->count, sizeof *takes->items, compare_takes);
    }
    if (workspace->purchase_count > 1) {
        sort_purchases(workspace, events);
    }
    workspace->category_count = 0;
    const size_t *purchases = workspace->purchases;
    for (size_t first = 0; first < workspace->purchase_count;) {
        size_t until = first + 1;
        while (until < workspace->purchase_count &&
               events[purchases[until]].order_id == events[purchases[first]].order_id) {
            until++;
        }
        if (!earn_credit(workspace, rules, events, takes, first, until, reterr)) {
            return false;
        }
        first = until;
    }
    return earn_category_days(workspace, rules, reterr);
}
