/*
 * What the files of the fold share: the buffers of one thread. Private to programme/earn*.c.
 *
 * A close folds millions of member-months of a few events each, and nobody looks at their lines: so
 * points are added up while lines are made, and lines are sorted only where a cap may cut or
 * somebody asks for them.
 */
#pragma once

#include "programme/earn.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A valid purchase event; `index` is its place among the month's events. */
typedef struct Purchase {
    int64_t order_id;
    size_t index;
} Purchase;

/* A category that an earning credit's event holds on a day. */
typedef struct DayCategory {
    LocalDay day;
    int32_t category;
} DayCategory;

struct EarnWorkspace {
    Earned *lines; /* as they were made, until earn_sort_lines */
    size_t line_count;
    size_t line_capacity;
    KindSet slots;            /* of the lines */
    int64_t gains[SLOTS_MAX]; /* by slot, where `slots` has it: the sum of its lines above 0 */
    int64_t points;           /* the sum of all lines */
    bool is_large; /* some line's points leave int32; else no sum of lines can leave int64 */
    Purchase *purchases;
    size_t purchase_count;
    size_t purchase_capacity;
    DayCategory *categories;
    size_t category_count;
    size_t category_capacity;
};

/*
 * The next line, its points already counted, for the caller to fill in whole: a struct that is
 * given with every field is stored field by field, while one that leaves some out is cleared first.
 */
static inline Earned *earn_add_line(EarnWorkspace *workspace, uint8_t slot, int64_t points)
{
    assert(workspace->line_count < workspace->line_capacity); /* earn_month made room */
    /* 0 where the slot is new; a product, because a branch would be a guess half of the time. */
    int64_t gain = workspace->gains[slot] * (int64_t)((workspace->slots >> slot) & 1);
    /* A sum that wraps is not used: is_large is set. */
    (void)__builtin_add_overflow(gain, points > 0 ? points : 0, &workspace->gains[slot]);
    (void)__builtin_add_overflow(workspace->points, points, &workspace->points);
    workspace->is_large |= points != (int32_t)points;
    workspace->slots |= UINT64_C(1) << slot;
    return &workspace->lines[workspace->line_count++];
}

/* Puts the lines into the order that earn_lines promises. */
void earn_sort_lines(EarnWorkspace *workspace);

/* The campaign with the largest multiplier of those that hold an event; NULL: none (contract 4.3).
 */
static inline const Campaign *earn_campaign(const RuleSet *rules, uint8_t slot, int64_t local_us)
{
    const Campaign *largest = NULL;
    for (size_t i = 0; i < rules->campaign_count; i++) {
        const Campaign *campaign = &rules->campaigns[i];
        if (((campaign->kinds >> slot) & 1) != 0 && local_us >= campaign->from_local_us &&
            local_us < campaign->until_local_us &&
            (largest == NULL || campaign->multiply_hundredths > largest->multiply_hundredths)) {
            largest = campaign;
        }
    }
    return largest;
}

/* base x the campaign's multiplier, floored. */
MUST_CHECK bool earn_multiply(const Campaign *campaign, int64_t base, int64_t *ret_points,
                              Error *reterr);

/* earn_orders.c: the credits of the month and the days' category bonuses (contract 3). */
MUST_CHECK bool earn_orders(EarnWorkspace *workspace, const RuleSet *rules, Event *events,
                            TakeList *takes, Error *reterr);

/* earn_caps.c: false where no cap can cut any line, whatever their order. Not if is_large. */
bool earn_caps_may_cut(const EarnWorkspace *workspace, const RuleSet *rules);
/* earn_caps.c: cuts the sorted lines to the caps (contract 4.4). */
MUST_CHECK bool earn_caps(EarnWorkspace *workspace, const RuleSet *rules, Error *reterr);

/* Negative, zero or positive as (at, id) is before, at or after the other. */
static inline int earn_compare_time(int64_t at_us, int64_t id, int64_t other_at_us,
                                    int64_t other_id)
{
    if (at_us != other_at_us) {
        return at_us < other_at_us ? -1 : 1;
    }
    return id < other_id ? -1 : id > other_id;
}

enum { SORT_FEW_MAX = 32 };

/*
 * qsort for what is mostly a handful and often in order already: calling qsort for three events
 * costs as much as all else that is done with them. Inline, so that size and compare are known
 * where it is compiled; `spare` is room for one item.
 */
static inline __attribute__((always_inline)) void
earn_sort(void *items, size_t count, size_t size, void *spare,
          int (*compare)(const void *, const void *))
{
    unsigned char *bytes = items;
    if (count > SORT_FEW_MAX) {
        qsort(items, count, size, compare);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        unsigned char *place = bytes + i * size;
        if (compare(place - size, place) <= 0) {
            continue;
        }
        memcpy(spare, place, size);
        do {
            memcpy(place, place - size, size);
            place -= size;
        } while (place > bytes && compare(place - size, spare) > 0);
        memcpy(place, spare, size);
    }
}
