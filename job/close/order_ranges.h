/*
 * Between which numbers the orders of each month lie, to know in which months a refunded order
 * cannot have been bought. Pure.
 *
 * Order numbers mostly rise with time, so a refund's order can lie in few months. A range may be
 * too wide, never too narrow.
 *
 * As text, oldest month first: "8101503015..8106082174 8103104587..8107597323 -"; "-" is a month
 * without orders.
 */
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From least to most; empty where `any` is false. */
typedef struct OrderRange {
    int64_t least;
    int64_t most;
    bool any;
} OrderRange;

static inline void order_range_add(OrderRange *range, int64_t order_id)
{
    range->least = !range->any || order_id < range->least ? order_id : range->least;
    range->most = !range->any || order_id > range->most ? order_id : range->most;
    range->any = true;
}

static inline bool order_range_holds(const OrderRange *range, int64_t order_id)
{
    return range->any && order_id >= range->least && order_id <= range->most;
}

/* Adds another's orders. */
void order_range_unite(OrderRange *range, const OrderRange *other);

/* The range of all numbers: nothing is known. */
OrderRange order_range_all(void);

/* The text of `count` months; in the arena. */
const char *order_ranges_text(Arena *arena, const OrderRange *ranges, size_t count);

/* Reads the text of `count` months; whatever cannot be read, and NULL, is taken for all numbers. */
void order_ranges_parse(const char *text, OrderRange *ret_ranges, size_t count);
