#include "programme/earn.h"

#include "base/arena.h"
#include "programme/calendar.h"
#include "programme/earn_workspace.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

const char *fate_name(Fate fate)
{
    static const char *const names[] = {
        [FATE_EARNING] = "earning",
        [FATE_REFUND] = "refunds",
        [FATE_CAPPED] = "capped",
        [FATE_INELIGIBLE] = "ineligible",
        [FATE_UNKNOWN_MEMBER] = "unknown_member",
        [FATE_UNKNOWN_KIND] = "unknown_kind",
        [FATE_MISSING_ORDER_ID] = "missing_order_id",
        [FATE_MISSING_AMOUNT] = "missing_amount",
        [FATE_NEGATIVE_AMOUNT] = "negative_amount",
        [FATE_MISSING_POINTS] = "missing_points",
        [FATE_UNMATCHED_REFUND] = "unmatched_refund",
    };
    assert(fate < FATE_COUNT);
    return names[fate];
}

EarnWorkspace *earn_workspace_create(void)
{
    return memory_alloc(1, sizeof(EarnWorkspace));
}

void earn_workspace_destroy(EarnWorkspace *workspace)
{
    if (workspace != NULL) {
        free(workspace->lines);
        free(workspace->purchases);
        free(workspace->categories);
        free(workspace);
    }
}

/* An empty month with room for all that the events can lead to: a line each, and a category bonus
 * for the day of each purchase. */
static void begin_month(EarnWorkspace *workspace, size_t event_count)
{
    if (workspace->line_capacity < 2 * event_count) {
        workspace->lines = array_grow(workspace->lines, &workspace->line_capacity, 2 * event_count,
                                      sizeof *workspace->lines);
    }
    if (workspace->purchase_capacity < event_count) {
        workspace->purchases = array_grow(workspace->purchases, &workspace->purchase_capacity,
                                          event_count, sizeof *workspace->purchases);
    }
    workspace->line_count = 0;
    workspace->purchase_count = 0;
    workspace->slots = 0;
    workspace->points = 0;
    workspace->is_large = false;
}

static int compare_lines(const void *left, const void *right)
{
    const Earned *a = left;
    const Earned *b = right;
    if (a->day != b->day) {
        return a->day < b->day ? -1 : 1;
    }
    return earn_compare_time(a->occurred_at_us, a->event_id, b->occurred_at_us, b->event_id);
}

void earn_sort_lines(EarnWorkspace *workspace)
{
    Earned spare;
    earn_sort(workspace->lines, workspace->line_count, sizeof spare, &spare, compare_lines);
}

const Earned *earn_lines(EarnWorkspace *workspace, size_t *ret_count)
{
    earn_sort_lines(workspace);
    *ret_count = workspace->line_count;
    return workspace->lines;
}

bool earn_add_by_kind(const EarnWorkspace *workspace, int64_t points[SLOTS_MAX])
{
    bool wrapped = false;
    for (size_t i = 0; i < workspace->line_count; i++) {
        const Earned *line = &workspace->lines[i];
        wrapped |= __builtin_add_overflow(points[line->slot], line->points, &points[line->slot]);
    }
    return !wrapped;
}

void take_list_add(TakeList *list, const Take *take)
{
    list->items = array_grow(list->items, &list->capacity, list->count + 1, sizeof *list->items);
    list->items[list->count++] = *take;
}

bool take_is_settled(const Take *take)
{
    return take->has_order && take->found && !take->wants_all && take->remaining_cents == 0 &&
           !take->voids_member;
}

Fate take_fate(const Take *take)
{
    if (!take->has_order) {
        return FATE_MISSING_ORDER_ID;
    }
    bool satisfied = take->wants_all || take->remaining_cents == 0;
    return take->found && satisfied ? FATE_REFUND : FATE_UNMATCHED_REFUND;
}

bool earn_multiply(const Campaign *campaign, int64_t base, int64_t *ret_points, Error *reterr)
{
    __int128 product = (__int128)base * campaign->multiply_hundredths;
    __int128 floored = product / MULTIPLIER_ONE;
    if (product % MULTIPLIER_ONE < 0) {
        floored--; /* C divides toward zero; a penalty of -1.5 is -2 */
    }
    if (floored > INT64_MAX || floored < INT64_MIN) {
        return error_set(reterr, EXIT_DATA, "lower the campaign's multiplier.",
                         "an event earns more points than a bigint holds");
    }
    *ret_points = (int64_t)floored;
    return true;
}

static int compare_events(const void *left, const void *right)
{
    const Event *a = left;
    const Event *b = right;
    return earn_compare_time(a->occurred_at_us, a->event_id, b->occurred_at_us, b->event_id);
}

/* Of sorted events: counting one again would give its points twice. */
static bool check_unique(const Event *events, size_t event_count, Error *reterr)
{
    for (size_t i = 1; i < event_count; i++) {
        if (events[i].event_id == events[i - 1].event_id &&
            events[i].occurred_at_us == events[i - 1].occurred_at_us) {
            return error_set(
                reterr, EXIT_DATA, "give the job a source with one row for each event.",
                "event %" PRId64 " stands twice in the events' table", events[i].event_id);
        }
    }
    return true;
}

/* The anomaly that an event's own columns show, or FATE_EARNING (contract 6, in its order). */
static Fate check_event(const RuleSet *rules, const Event *event)
{
    bool has_order = (event->present & EVENT_HAS_ORDER) != 0;
    bool has_item = (event->present & EVENT_HAS_ITEM) != 0;
    if (event->slot == SLOT_UNKNOWN) {
        return FATE_UNKNOWN_KIND;
    }
    switch (event->slot) {
    case SLOT_PURCHASE:
        if (!rules->purchase.in_force) {
            return FATE_UNKNOWN_KIND;
        }
        if (!has_order) {
            return FATE_MISSING_ORDER_ID;
        }
        if (!has_item) {
            return FATE_MISSING_AMOUNT;
        }
        return event->item_cents < 0 || event->discount_cents < 0 ? FATE_NEGATIVE_AMOUNT
                                                                  : FATE_EARNING;
    case SLOT_REFUND:
        if (!has_order) {
            return FATE_MISSING_ORDER_ID;
        }
        return has_item && event->item_cents < 0 ? FATE_NEGATIVE_AMOUNT : FATE_EARNING;
    case SLOT_FRAUD:
        return has_order ? FATE_EARNING : FATE_MISSING_ORDER_ID;
    default: {
        const KindRule *kind = &rules->kinds[event->slot];
        if (!kind->in_force) {
            return FATE_UNKNOWN_KIND;
        }
        if (kind->has_minimum && !has_item) {
            return FATE_MISSING_AMOUNT;
        }
        if (kind->has_minimum && event->item_cents < 0) {
            return FATE_NEGATIVE_AMOUNT;
        }
        return kind->recorded && (event->present & EVENT_HAS_POINTS) == 0 ? FATE_MISSING_POINTS
                                                                          : FATE_EARNING;
    }
    }
}

static void add_take(const RuleSet *rules, Period month, const Event *event, TakeList *takes)
{
    bool fraud = event->slot == SLOT_FRAUD;
    bool whole = fraud || rules->refund_voids_order || (event->present & EVENT_HAS_ITEM) == 0;
    take_list_add(takes, &(Take){
                             .order_id = event->order_id,
                             .occurred_at_us = event->occurred_at_us,
                             .event_id = event->event_id,
                             .remaining_cents = whole ? 0 : event->item_cents,
                             .wants_all = whole,
                             .month = month,
                             .has_order = (event->present & EVENT_HAS_ORDER) != 0,
                             .is_fraud = fraud,
                             .voids_member = fraud && rules->fraud_voids_member,
                         });
}

/* Events at or before this time are void: contract 3.5, voids: member. INT64_MIN: none. */
static int64_t void_until(const RuleSet *rules, const Event *events, size_t event_count,
                          const TakeList *takes)
{
    int64_t until = INT64_MIN;
    for (size_t i = 0; i < takes->count; i++) {
        if (takes->items[i].voids_member && takes->items[i].occurred_at_us > until) {
            until = takes->items[i].occurred_at_us;
        }
    }
    for (size_t i = 0; i < event_count && rules->fraud_voids_member; i++) {
        if (events[i].slot == SLOT_FRAUD && events[i].occurred_at_us > until) {
            until = events[i].occurred_at_us;
        }
    }
    return until;
}

/* The days of the month on which the kinds that earn once a day have earned. */
typedef struct DaysSeen {
    KindSet slots;            /* those with any day */
    uint32_t days[SLOTS_MAX]; /* by slot, where `slots` has it */
} DaysSeen;

/* Whether the kind has earned on that day before; from now on it has. */
static bool seen_on_day(DaysSeen *seen, uint8_t slot, LocalDay day)
{
    /* A month has at most 31 days: their last five bits tell them apart. */
    uint32_t bit = UINT32_C(1) << (day & 31);
    uint32_t before = ((seen->slots >> slot) & 1) != 0 ? seen->days[slot] : 0;
    seen->slots |= UINT64_C(1) << slot;
    seen->days[slot] = before | bit;
    return (before & bit) != 0;
}

/* An event of any kind but purchase, refund and fraud: contract 4.1 to 4.3. */
static bool earn_other(EarnWorkspace *workspace, const RuleSet *rules, Event *event,
                       size_t event_index, int64_t voided_until_us, DaysSeen *seen, Error *reterr)
{
    const KindRule *kind = &rules->kinds[event->slot];
    LocalDay day = calendar_day(event->local_us);
    if (event->occurred_at_us <= voided_until_us) {
        event->ineligible = INELIGIBLE_VOIDED;
    } else if (kind->has_minimum && event->item_cents < kind->min_amount_cents) {
        event->ineligible = INELIGIBLE_BELOW_MINIMUM;
    } else if (kind->once_per_day && seen_on_day(seen, event->slot, day)) {
        event->ineligible = INELIGIBLE_REPEATED_ON_DAY;
    }
    if (event->ineligible != INELIGIBLE_NOT) {
        event->fate = FATE_INELIGIBLE;
        return true;
    }
    int64_t points = kind->recorded ? event->points : kind->points;
    const Campaign *campaign = earn_campaign(rules, event->slot, event->local_us);
    if (campaign != NULL && !earn_multiply(campaign, points, &points, reterr)) {
        return false;
    }
    *earn_add_line(workspace, event->slot, points) = (Earned){
        .occurred_at_us = event->occurred_at_us,
        .event_id = event->event_id,
        .points = points,
        .uncapped_points = points,
        .amount_cents = 0,
        .taken_cents = 0,
        .campaign = campaign,
        .cap = NULL,
        .event_index = event_index,
        .event_count = 1,
        .day = day,
        .slot = event->slot,
        .order_capped = false,
        .eligible = true,
    };
    return true;
}

/* Gives every event its fate as far as it is known yet, puts purchases and takes aside, and lets
 * all others earn. Looks at all events even after an error, which an order's error may replace. */
static bool earn_events(EarnWorkspace *workspace, const RuleSet *rules, Period month, Event *events,
                        size_t event_count, TakeList *takes, Error *reterr)
{
    int64_t voided_until_us = void_until(rules, events, event_count, takes);
    DaysSeen seen;
    seen.slots = 0;
    bool done = true;
    for (size_t i = 0; i < event_count; i++) {
        Event *event = &events[i];
        Fate fate = check_event(rules, event);
        event->fate = (uint8_t)fate;
        event->ineligible = INELIGIBLE_NOT;
        /* Without an order, too, a fraud may void its member. */
        bool voids = event->slot == SLOT_FRAUD && rules->fraud_voids_member;
        if (fate != FATE_EARNING && !voids) {
            continue;
        }
        if (event->slot == SLOT_PURCHASE) {
            workspace->purchases[workspace->purchase_count++] = (Purchase){event->order_id, i};
        } else if (event->slot == SLOT_REFUND || event->slot == SLOT_FRAUD) {
            add_take(rules, month, event, takes);
            event->fate = FATE_OPEN;
        } else {
            done = earn_other(workspace, rules, event, i, voided_until_us, &seen, reterr) && done;
        }
    }
    return done;
}

/* After the caps: an event whose points they took whole is not an earning one (contract 6). */
static void mark_capped(const EarnWorkspace *workspace, Event *events)
{
    for (size_t i = 0; i < workspace->line_count; i++) {
        const Earned *line = &workspace->lines[i];
        if (line->cap == NULL || line->points != 0 || line->slot == SLOT_CATEGORY_BONUS) {
            continue;
        }
        Event *first = &events[line->event_index];
        first->fate = FATE_CAPPED;
        for (size_t p = 0; line->event_count > 1 && p < workspace->purchase_count; p++) {
            if (workspace->purchases[p].order_id == first->order_id) {
                events[workspace->purchases[p].index].fate = FATE_CAPPED;
            }
        }
    }
}

/* Caps, and the sum anew, in the order of time. */
static bool add_up_lines(EarnWorkspace *workspace, const RuleSet *rules, Event *events,
                         int64_t *ret_points, Error *reterr)
{
    earn_sort_lines(workspace);
    if (!earn_caps(workspace, rules, reterr)) {
        return false;
    }
    mark_capped(workspace, events);
    int64_t points = 0;
    for (size_t i = 0; i < workspace->line_count; i++) {
        if (__builtin_add_overflow(points, workspace->lines[i].points, &points)) {
            return error_set(reterr, EXIT_DATA, "look at the member's recorded points.",
                             "a month's points add up to more than a bigint holds");
        }
    }
    *ret_points = points;
    return true;
}

/* A month without rules: no kind is known. */
static void leave_events(Event *events, size_t event_count)
{
    for (size_t i = 0; i < event_count; i++) {
        events[i].fate = FATE_UNKNOWN_KIND;
        events[i].ineligible = INELIGIBLE_NOT;
    }
}

bool earn_month(EarnWorkspace *workspace, const RuleSet *rules, Period month, Event *events,
                size_t event_count, TakeList *takes, int64_t *ret_points, Error *reterr)
{
    Event spare;
    earn_sort(events, event_count, sizeof spare, &spare, compare_events);
    begin_month(workspace, event_count);
    if (!check_unique(events, event_count, reterr)) {
        return false;
    }
    if (rules == NULL) {
        leave_events(events, event_count);
        *ret_points = 0;
        return true;
    }
    bool done = earn_events(workspace, rules, month, events, event_count, takes, reterr);
    if (!earn_orders(workspace, rules, events, takes, reterr) || !done) {
        return false;
    }
    if (workspace->is_large || earn_caps_may_cut(workspace, rules)) {
        return add_up_lines(workspace, rules, events, ret_points, reterr);
    }
    *ret_points = workspace->points;
    return true;
}
