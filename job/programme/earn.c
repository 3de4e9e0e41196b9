#include "programme/earn.h"

#include "base/arena.h"
#include "programme/calendar.h"
#include "programme/earn_workspace.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

Earned *earn_add_line(EarnWorkspace *workspace)
{
    workspace->lines = array_grow(workspace->lines, &workspace->line_capacity,
                                  workspace->line_count + 1, sizeof(Earned));
    Earned *line = &workspace->lines[workspace->line_count++];
    memset(line, 0, sizeof *line);
    return line;
}

const Earned *earn_lines(const EarnWorkspace *workspace, size_t *ret_count)
{
    *ret_count = workspace->line_count;
    return workspace->lines;
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

bool earn_multiply(const RuleSet *rules, uint8_t slot, int64_t local_us, int64_t base, Earned *line,
                   Error *reterr)
{
    int64_t multiplier = MULTIPLIER_ONE;
    for (size_t i = 0; i < rules->campaign_count; i++) {
        const Campaign *campaign = &rules->campaigns[i];
        if (((campaign->kinds >> slot) & 1) != 0 && local_us >= campaign->from_local_us &&
            local_us < campaign->until_local_us &&
            (line->campaign == NULL || campaign->multiply_hundredths > multiplier)) {
            line->campaign = campaign;
            multiplier = campaign->multiply_hundredths;
        }
    }
    __int128 product = (__int128)base * multiplier;
    __int128 floored = product / MULTIPLIER_ONE;
    if (product % MULTIPLIER_ONE < 0) {
        floored--; /* C divides toward zero; a penalty of -1.5 is -2 */
    }
    if (floored > INT64_MAX || floored < INT64_MIN) {
        return error_set(reterr, EXIT_DATA, "lower the campaign's multiplier.",
                         "an event earns more points than a bigint holds");
    }
    line->points = (int64_t)floored;
    return true;
}

static int compare_events(const void *left, const void *right)
{
    const Event *a = left;
    const Event *b = right;
    return earn_compare_time(a->occurred_at_us, a->event_id, b->occurred_at_us, b->event_id);
}

static void sort_events(Event *events, size_t count)
{
    if (count > 16) {
        qsort(events, count, sizeof *events, compare_events);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        if (compare_events(&events[i - 1], &events[i]) <= 0) {
            continue;
        }
        Event moved = events[i];
        size_t j = i;
        for (; j > 0 && compare_events(&events[j - 1], &moved) > 0; j--) {
            events[j] = events[j - 1];
        }
        events[j] = moved;
    }
}

/* The anomaly that an event's own columns show, or FATE_EARNING (contract 6, in its order). */
static Fate check_event(const RuleSet *rules, const Event *event)
{
    bool has_order = (event->present & EVENT_HAS_ORDER) != 0;
    bool has_item = (event->present & EVENT_HAS_ITEM) != 0;
    if (rules == NULL || event->slot == SLOT_UNKNOWN) {
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

/* Checks every event, puts purchases and takes aside. */
static void classify(EarnWorkspace *workspace, const RuleSet *rules, Period month, Event *events,
                     size_t event_count, TakeList *takes)
{
    workspace->purchase_count = 0;
    for (size_t i = 0; i < event_count; i++) {
        Event *event = &events[i];
        event->fate = (uint8_t)check_event(rules, event);
        event->ineligible = INELIGIBLE_NOT;
        bool takes_part = event->fate == FATE_EARNING;
        if (event->slot == SLOT_PURCHASE && takes_part) {
            workspace->purchases =
                array_grow(workspace->purchases, &workspace->purchase_capacity,
                           workspace->purchase_count + 1, sizeof *workspace->purchases);
            workspace->purchases[workspace->purchase_count++] = i;
        } else if (event->slot == SLOT_REFUND && takes_part) {
            add_take(rules, month, event, takes);
            event->fate = FATE_OPEN;
        } else if (event->slot == SLOT_FRAUD && rules != NULL &&
                   (takes_part || rules->fraud_voids_member)) {
            add_take(rules, month, event, takes);
            event->fate = FATE_OPEN;
        }
    }
}

/* Events at or before this time are void: contract 3.5, voids: member. INT64_MIN: none. */
static int64_t void_until(const TakeList *takes)
{
    int64_t until = INT64_MIN;
    for (size_t i = 0; i < takes->count; i++) {
        if (takes->items[i].voids_member && takes->items[i].occurred_at_us > until) {
            until = takes->items[i].occurred_at_us;
        }
    }
    return until;
}

/* Every kind but purchase: contract 4.1 to 4.3. */
static bool earn_others(EarnWorkspace *workspace, const RuleSet *rules, Event *events,
                        size_t event_count, int64_t voided_until_us, Error *reterr)
{
    uint32_t days_seen[SLOTS_MAX]; /* bit d: the kind has earned on day d of the month */
    bool days_ready = false;
    for (size_t i = 0; i < event_count; i++) {
        Event *event = &events[i];
        if (event->fate != FATE_EARNING || event->slot < SLOT_FIRST_OTHER) {
            continue;
        }
        const KindRule *kind = &rules->kinds[event->slot];
        LocalDay day = calendar_day(event->local_us);
        if (event->occurred_at_us <= voided_until_us) {
            event->fate = FATE_INELIGIBLE;
            event->ineligible = INELIGIBLE_VOIDED;
            continue;
        }
        if (kind->has_minimum && event->item_cents < kind->min_amount_cents) {
            event->fate = FATE_INELIGIBLE;
            event->ineligible = INELIGIBLE_BELOW_MINIMUM;
            continue;
        }
        if (kind->once_per_day) {
            if (!days_ready) {
                memset(days_seen, 0, sizeof days_seen);
                days_ready = true;
            }
            uint32_t bit = UINT32_C(1) << (day_to_date(day).day & 31);
            if ((days_seen[event->slot] & bit) != 0) {
                event->fate = FATE_INELIGIBLE;
                event->ineligible = INELIGIBLE_REPEATED_ON_DAY;
                continue;
            }
            days_seen[event->slot] |= bit;
        }
        Earned *line = earn_add_line(workspace);
        line->occurred_at_us = event->occurred_at_us;
        line->event_id = event->event_id;
        line->event_index = i;
        line->event_count = 1;
        line->day = day;
        line->slot = event->slot;
        line->eligible = true;
        int64_t base = kind->recorded ? event->points : kind->points;
        if (!earn_multiply(rules, event->slot, event->local_us, base, line, reterr)) {
            return false;
        }
    }
    return true;
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

/* After the caps: an event whose points they took whole is not an earning one (contract 6). */
static void mark_capped(EarnWorkspace *workspace, Event *events)
{
    size_t purchase = 0;
    for (size_t i = 0; i < workspace->line_count; i++) {
        const Earned *line = &workspace->lines[i];
        if (line->cap == NULL || line->points != 0 || line->slot == SLOT_CATEGORY_BONUS) {
            continue;
        }
        events[line->event_index].fate = FATE_CAPPED;
        for (purchase = 0; line->event_count > 1 && purchase < workspace->purchase_count;
             purchase++) {
            Event *event = &events[workspace->purchases[purchase]];
            if (event->order_id == events[line->event_index].order_id) {
                event->fate = FATE_CAPPED;
            }
        }
    }
}

bool earn_month(EarnWorkspace *workspace, const RuleSet *rules, Period month, Event *events,
                size_t event_count, TakeList *takes, int64_t *ret_points, Error *reterr)
{
    sort_events(events, event_count);
    workspace->line_count = 0;
    classify(workspace, rules, month, events, event_count, takes);
    if (rules == NULL) {
        *ret_points = 0;
        return true;
    }
    if (!earn_orders(workspace, rules, events, takes, reterr) ||
        !earn_others(workspace, rules, events, event_count, void_until(takes), reterr)) {
        return false;
    }
    for (size_t i = 0; i < workspace->line_count; i++) {
        workspace->lines[i].uncapped_points = workspace->lines[i].points;
    }
    if (workspace->line_count > 1) {
        qsort(workspace->lines, workspace->line_count, sizeof *workspace->lines, compare_lines);
    }
    if (rules->cap_count > 0) {
        if (!earn_caps(workspace, rules, reterr)) {
            return false;
        }
        mark_capped(workspace, events);
    }
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
