/*
 * Orders: purchase events to credits, refunds and fraud off them, points, category days (contract
 * 3).
 */
#include "programme/calendar.h"
#include "programme/earn_workspace.h"

#include "base/arena.h"

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

/* By order and, as the events are sorted in time, in time. */
static int compare_purchases(const void *left, const void *right)
{
    const Purchase *a = left;
    const Purchase *b = right;
    if (a->order_id != b->order_id) {
        return a->order_id < b->order_id ? -1 : 1;
    }
    return a->index < b->index ? -1 : a->index > b->index;
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

/* points_per_order + floor(amount x points_per_unit); false where that leaves int64. */
static bool base_points(const PurchaseRule *purchase, int64_t left_cents, int64_t *ret_points)
{
    __int128 product = (__int128)left_cents * purchase->points_per_unit_hundredths;
    /* Nearly always, and then the division by a constant is a multiplication. */
    if (product <= INT64_MAX) {
        return !__builtin_add_overflow((int64_t)product / POINTS_DIVISOR,
                                       purchase->points_per_order, ret_points);
    }
    return !__builtin_add_overflow(product / POINTS_DIVISOR, purchase->points_per_order,
                                   ret_points);
}

/* The points of an earning credit: contract 3.6. */
static bool credit_points(const RuleSet *rules, int64_t left_cents, const Campaign *campaign,
                          int64_t *ret_points, bool *ret_capped, Error *reterr)
{
    const PurchaseRule *purchase = &rules->purchase;
    int64_t points = 0;
    if (!base_points(purchase, left_cents, &points)) {
        return error_set(reterr, EXIT_DATA, "correct the amount with a refund or an adjustment.",
                         "an order earns more points than a bigint holds");
    }
    if (campaign != NULL && !earn_multiply(campaign, points, &points, reterr)) {
        return false;
    }
    *ret_capped = points > purchase->max_per_order;
    *ret_points = *ret_capped ? purchase->max_per_order : points;
    return true;
}

static void collect_categories(EarnWorkspace *workspace, const Event *event)
{
    size_t count = workspace->category_count;
    size_t needed = count + event->category_count;
    if (needed > workspace->category_capacity) {
        workspace->categories = array_grow(workspace->categories, &workspace->category_capacity,
                                           needed, sizeof *workspace->categories);
    }
    LocalDay day = calendar_day(event->local_us);
    for (uint32_t i = 0; i < event->category_count; i++) {
        workspace->categories[count + i] = (DayCategory){day, event->categories[i]};
    }
    workspace->category_count = needed;
}

/* The sum of the purchases' net amounts. */
static bool add_amounts(const Event *events, const Purchase *purchases, size_t count,
                        int64_t *ret_cents, Error *reterr)
{
    int64_t sum_cents = 0;
    for (size_t i = 0; i < count; i++) {
        const Event *event = &events[purchases[i].index];
        int64_t net = event->item_cents > event->discount_cents
                          ? event->item_cents - event->discount_cents
                          : 0;
        if (__builtin_add_overflow(sum_cents, net, &sum_cents)) {
            return error_set(reterr, EXIT_DATA, "correct the order's events at their source.",
                             "the amounts of order %lld add up to more than a bigint holds",
                             (long long)purchases->order_id);
        }
    }
    *ret_cents = sum_cents;
    return true;
}

/* One credit: the purchases of one order, in time. */
static bool earn_credit(EarnWorkspace *workspace, const RuleSet *rules, Event *events,
                        TakeList *takes, const Purchase *purchases, size_t count, Error *reterr)
{
    const Event *dated = &events[purchases->index];
    int64_t amount_cents = 0;
    if (!add_amounts(events, purchases, count, &amount_cents, reterr)) {
        return false;
    }
    bool voided = false;
    int64_t left_cents = amount_cents;
    if (takes->count > 0) {
        left_cents = take_from_credit(takes, purchases->order_id, dated->occurred_at_us,
                                      amount_cents, &voided);
    }
    bool eligible = left_cents > 0 && left_cents >= rules->purchase.min_amount_cents;
    const Campaign *campaign = NULL;
    int64_t points = 0;
    bool order_capped = false;
    if (eligible) {
        campaign = earn_campaign(rules, SLOT_PURCHASE, dated->local_us);
        if (!credit_points(rules, left_cents, campaign, &points, &order_capped, reterr)) {
            return false;
        }
    }
    *earn_add_line(workspace, SLOT_PURCHASE, points) = (Earned){
        .occurred_at_us = dated->occurred_at_us,
        .event_id = dated->event_id,
        .points = points,
        .uncapped_points = points,
        .amount_cents = amount_cents,
        .taken_cents = amount_cents - left_cents,
        .campaign = campaign,
        .cap = NULL,
        .event_index = purchases->index,
        .event_count = count,
        .day = calendar_day(dated->local_us),
        .slot = SLOT_PURCHASE,
        .order_capped = order_capped,
        .eligible = eligible,
    };
    if (!eligible) {
        Ineligible why = voided                      ? INELIGIBLE_VOIDED
                         : left_cents < amount_cents ? INELIGIBLE_REFUNDED
                                                     : INELIGIBLE_BELOW_MINIMUM;
        for (size_t i = 0; i < count; i++) {
            events[purchases[i].index].fate = FATE_INELIGIBLE;
            events[purchases[i].index].ineligible = (uint8_t)why;
        }
    } else if (rules->purchase.bonus_points > 0) {
        for (size_t i = 0; i < count; i++) {
            collect_categories(workspace, &events[purchases[i].index]);
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
    DayCategory spare;
    earn_sort(workspace->categories, count, sizeof spare, &spare, compare_day_categories);
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
        bool day_capped = points > rules->purchase.bonus_max_per_day;
        if (day_capped) {
            points = rules->purchase.bonus_max_per_day;
        }
        *earn_add_line(workspace, SLOT_CATEGORY_BONUS, points) = (Earned){
            .occurred_at_us = INT64_MAX,
            .event_id = 0,
            .points = points,
            .uncapped_points = points,
            .amount_cents = 0,
            .taken_cents = 0,
            .campaign = NULL,
            .cap = NULL,
            .event_index = distinct,
            .event_count = 0,
            .day = day,
            .slot = SLOT_CATEGORY_BONUS,
            .order_capped = day_capped,
            .eligible = true,
        };
    }
    return true;
}

bool earn_orders(EarnWorkspace *workspace, const RuleSet *rules, Event *events, TakeList *takes,
                 Error *reterr)
{
    Take spare_take;
    earn_sort(takes->items, takes->count, sizeof spare_take, &spare_take, compare_takes);
    Purchase spare_purchase;
    earn_sort(workspace->purchases, workspace->purchase_count, sizeof spare_purchase,
              &spare_purchase, compare_purchases);
    workspace->category_count = 0;
    const Purchase *purchases = workspace->purchases;
    for (size_t first = 0; first < workspace->purchase_count;) {
        size_t until = first + 1;
        while (until < workspace->purchase_count &&
               purchases[until].order_id == purchases[first].order_id) {
            until++;
        }
        if (!earn_credit(workspace, rules, events, takes, purchases + first, until - first,
                         reterr)) {
            return false;
        }
        first = until;
    }
    return earn_category_days(workspace, rules, reterr);
}
