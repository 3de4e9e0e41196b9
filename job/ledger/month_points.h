/*
 * A member's points by month, packed, and what ties the months to each other: what the next close
 * starts from instead of reading the months again. PURE.
 *
 * Each month is a zigzag varint, oldest first, seven bits a byte, the lowest first: a month of 40
 * points is one byte more than nothing. The ties follow: two sets of months as varints, bit i is
 * month i, and the orders of the newest months, the newest first, a byte for their count and one
 * for each. Stored in tierclose.standing.month_points; what an older version has stored ends with
 * the points, and then nothing is known of the ties.
 *
 * Example: a member of three months with 40, 0 and 7 points, a refund in the last month that took
 * from an order of the first, and one order in the last month: 50 00 0E, 04, 01, 01 xx, 00, 01 yy.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MONTH_POINTS_BYTES_MAX = 5, /* of one month */
    ORDER_MONTHS = 3,           /* refunds mostly come within two months of the purchase */
    ORDERS_MAX = 254,           /* of a month; more are not kept */
    MONTH_TIES_BYTES_MAX = 10 + 10 + ORDER_MONTHS * (1 + ORDERS_MAX),
};

/* The orders that a member bought in one month, a byte of each number's hash: an order that is not
 * among them was not bought; one that is probably was. */
typedef struct MonthOrders {
    const unsigned char *marks; /* ascending */
    uint8_t count;
    bool known; /* false: any order may have been bought */
} MonthOrders;

/* Sets of months have bit i for the i-th of the months that were packed with them. */
typedef struct MonthTies {
    uint64_t taking;  /* the months with refunds and frauds */
    uint64_t reached; /* those that refunds and frauds of later months may have changed */
    MonthOrders orders[ORDER_MONTHS]; /* of the last month, the one before, ... */
} MonthTies;

/* Writes `count` months into `bytes`, which holds MONTH_POINTS_BYTES_MAX for each; returns the
 * bytes used. */
size_t month_points_pack(const int32_t *points, size_t count, unsigned char *bytes);

/* Writes the ties behind the months, at most MONTH_TIES_BYTES_MAX; returns the bytes used. */
size_t month_ties_pack(const MonthTies *ties, unsigned char *bytes);

/*
 * Reads `count` months and their ties, which borrow the bytes; false where that is not what they
 * hold. `points` or `ret_ties` may be NULL.
 */
bool month_points_unpack(const unsigned char *bytes, size_t size, int32_t *points, size_t count,
                         MonthTies *ret_ties);

/* The byte that stands for an order. */
static inline unsigned char month_order_mark(int64_t order_id)
{
    return (unsigned char)(((uint64_t)order_id * UINT64_C(0x9E3779B97F4A7C15)) >> 56);
}

bool month_orders_hold(const MonthOrders *orders, int64_t order_id);
