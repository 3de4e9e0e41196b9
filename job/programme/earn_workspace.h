/*
 * What the files of the fold share: the buffers of one thread. Private to programme/earn*.c.
 */
#pragma once

#include "programme/earn.h"

/* A category that an earning credit's event holds on a day. */
typedef struct DayCategory {
    LocalDay day;
    int32_t category;
} DayCategory;

struct EarnWorkspace {
    Earned *lines;
    size_t line_count;
    size_t line_capacity;
    size_t *purchases; /* indices of the month's valid purchase events, by order, then in time */
    size_t purchase_count;
    size_t purchase_capacity;
    DayCategory *categories;
    size_t category_count;
    size_t category_capacity;
};

/* Room for one more line, zeroed. */
Earned *earn_add_line(EarnWorkspace *workspace);

/* base x the largest multiplier of the campaigns that hold it, floored (contract 4.3). */
MUST_CHECK bool earn_multiply(const RuleSet *rules, uint8_t slot, int64_t local_us, int64_t base,
                              Earned *line, Error *reterr);

/* earn_orders.c: the credits of the month and the days' category bonuses (contract 3). */
MUST_CHECK bool earn_orders(EarnWorkspace *workspace, const RuleSet *rules, Event *events,
                            TakeList *takes, Error *reterr);

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
