/*
 * Points to levels, changes and coupons (contract 5). Pure; any thread.
 */
#pragma once

#include "programme/rules.h"

enum {
    LEVEL_NONE = -1,    /* no level before: the member had no standing */
    LEVEL_FOREIGN = -2, /* a level before that the rules now in force do not have */
};

typedef enum Direction {
    DIRECTION_NONE,
    DIRECTION_UP,
    DIRECTION_DOWN,
    DIRECTION_PROGRAM,
} Direction;

/* "up", "down", "program" as in level_changes; "" for none. */
const char *direction_name(Direction direction);

/* A sum over the window to what counts: at least 0 (contract 5.1). */
static inline int64_t level_points(int64_t sum)
{
    return sum < 0 ? 0 : sum;
}

/* The rank of the highest level whose min_points is not above the points (contract 5.1). */
int32_t level_rank(const RuleSet *rules, int64_t points);

/* The change from the level before (a rank, LEVEL_NONE or LEVEL_FOREIGN) to a rank
 * (contract 5.2, 5.3). */
Direction level_change(int32_t before, int32_t after);

/*
 * The coupons that a change deserves, as a range of rules->coupons.coupons: [*ret_first,
 * *ret_until). Empty unless the change is up (contract 5.4). once_per_level is the caller's to
 * apply: it needs the past.
 */
void level_coupons(const RuleSet *rules, int32_t before, int32_t after, size_t *ret_first,
                   size_t *ret_until);
