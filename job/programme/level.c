#include "programme/level.h"

#include <assert.h>

const char *direction_name(Direction direction)
{
    static const char *const names[] = {"", "up", "down", "program"};
    return names[direction];
}

int32_t level_rank(const RuleSet *rules, int64_t points)
{
    assert(rules->level_count > 0 && points >= 0);
    int32_t rank = (int32_t)rules->level_count - 1;
    while (rank > 0 && rules->levels[rank].min_points > points) {
        rank--;
    }
    return rank;
}

/* All members start at the first level (contract 5.2). */
static int32_t start_rank(int32_t before)
{
    return before == LEVEL_NONE ? 0 : before;
}

Direction level_change(int32_t before, int32_t after)
{
    int32_t start = start_rank(before);
    if (start == LEVEL_FOREIGN) {
        return DIRECTION_PROGRAM;
    }
    return start == after ? DIRECTION_NONE : start < after ? DIRECTION_UP : DIRECTION_DOWN;
}

void level_coupons(const RuleSet *rules, int32_t before, int32_t after, size_t *ret_first,
                   size_t *ret_until)
{
    const CouponRules *coupons = &rules->coupons;
    *ret_first = 0;
    *ret_until = 0;
    if (level_change(before, after) != DIRECTION_UP) {
        return;
    }
    int32_t lowest = coupons->each_level ? start_rank(before) + 1 : after;
    size_t first = 0;
    while (first < coupons->coupon_count && coupons->coupons[first].level_rank < lowest) {
        first++;
    }
    size_t until = first;
    while (until < coupons->coupon_count && coupons->coupons[until].level_rank <= after) {
        until++;
    }
    *ret_first = first;
    *ret_until = until;
}
