/*
 * ledger/month_points: what is packed comes back, and nothing else is taken.
 */
#include "ledger/month_points.h"

#include <criterion/criterion.h>
#include <string.h>

enum { MONTHS = 12 };

Test(month_points, round_trips)
{
    static const int32_t months[MONTHS] = {0,    1,     -1,        63,        -64,     64,
                                           8191, -8192, INT32_MAX, INT32_MIN, 1 << 20, -40};
    unsigned char packed[MONTHS * MONTH_POINTS_BYTES_MAX];
    int32_t back[MONTHS];
    size_t size = month_points_pack(months, MONTHS, packed);
    cr_assert(month_points_unpack(packed, size, back, MONTHS, NULL));
    cr_expect_arr_eq(back, months, sizeof months);
}

Test(month_points, a_small_month_is_a_byte)
{
    static const int32_t months[] = {0, 63, -64};
    unsigned char packed[3 * MONTH_POINTS_BYTES_MAX];
    cr_expect_eq(month_points_pack(months, 3, packed), 3);
    static const int32_t more[] = {64};
    cr_expect_eq(month_points_pack(more, 1, packed), 2);
}

Test(month_points, refuses_what_is_too_short_or_too_long)
{
    static const int32_t months[] = {300, 5};
    unsigned char packed[2 * MONTH_POINTS_BYTES_MAX + 1] = {0};
    int32_t back[3];
    size_t size = month_points_pack(months, 2, packed);
    cr_expect_not(month_points_unpack(packed, size - 1, back, 2, NULL));
    cr_expect_not(month_points_unpack(packed, size + 1, back, 2, NULL));
    cr_expect_not(month_points_unpack(packed, size, back, 1, NULL));
    cr_expect_not(month_points_unpack(packed, size, back, 3, NULL));
    cr_expect_not(month_points_unpack(packed, 0, back, 1, NULL));
    cr_expect(month_points_unpack(packed, 0, back, 0, NULL));
}

Test(month_points, refuses_what_no_month_is)
{
    int32_t back[1];
    static const unsigned char endless[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x01};
    static const unsigned char too_large[] = {0xFF, 0xFF, 0xFF, 0xFF, 0x1F};
    cr_expect_not(month_points_unpack(endless, sizeof endless, back, 1, NULL));
    cr_expect_not(month_points_unpack(too_large, sizeof too_large, back, 1, NULL));
}

/* One month, then the ties of three. */
static size_t pack_one_month(const MonthTies *ties,
                             unsigned char packed[MONTH_POINTS_BYTES_MAX + MONTH_TIES_BYTES_MAX])
{
    static const int32_t months[] = {7};
    size_t size = month_points_pack(months, 1, packed);
    return size + month_ties_pack(ties, packed + size);
}

Test(month_points, ties_come_back)
{
    static const unsigned char marks[] = {3, 9, 250};
    const MonthTies ties = {.taking = UINT64_MAX,
                            .reached = 5,
                            .orders = {{marks, sizeof marks, true}, {0}, {.known = true}}};
    unsigned char packed[MONTH_POINTS_BYTES_MAX + MONTH_TIES_BYTES_MAX];
    size_t size = pack_one_month(&ties, packed);
    MonthTies back = {0};
    int32_t points = 0;
    cr_assert(month_points_unpack(packed, size, &points, 1, &back));
    cr_expect_eq(points, 7);
    cr_expect_eq(back.taking, UINT64_MAX);
    cr_expect_eq(back.reached, 5);
    for (size_t i = 0; i < ORDER_MONTHS; i++) {
        cr_expect_eq(back.orders[i].known, ties.orders[i].known, "month %zu", i);
        cr_expect_eq(back.orders[i].count, ties.orders[i].count, "month %zu", i);
    }
    cr_expect_arr_eq(back.orders[0].marks, marks, sizeof marks);
}

Test(month_points, ties_that_are_cut_or_too_long_are_refused)
{
    static const unsigned char marks[] = {3, 9, 250};
    const MonthTies ties = {.taking = UINT64_MAX,
                            .reached = UINT64_MAX,
                            .orders = {{marks, sizeof marks, true}, {0}, {marks, 2, true}}};
    unsigned char packed[MONTH_POINTS_BYTES_MAX + MONTH_TIES_BYTES_MAX] = {0};
    size_t size = pack_one_month(&ties, packed);
    MonthTies back;
    /* Only the points: what an older version has stored. */
    cr_expect(month_points_unpack(packed, 1, NULL, 1, &back));
    cr_expect(back.taking == UINT64_MAX && !back.orders[0].known);
    for (size_t cut = 2; cut <= size + 1; cut++) {
        MonthTies untouched = {.taking = 42};
        cr_expect_eq(month_points_unpack(packed, cut, NULL, 1, &untouched), cut == size, "%zu",
                     cut);
        cr_expect_eq(untouched.taking, cut == size ? UINT64_MAX : 42, "%zu", cut);
    }
}

Test(month_points, an_order_is_held_by_its_mark)
{
    const unsigned char marks[] = {month_order_mark(12)};
    const MonthOrders orders = {marks, 1, true};
    cr_expect(month_orders_hold(&orders, 12));
    cr_expect_neq(month_order_mark(13), marks[0]);
    cr_expect_not(month_orders_hold(&orders, 13));
    const MonthOrders none = {.known = true};
    cr_expect_not(month_orders_hold(&none, 12));
    const MonthOrders unknown = {0};
    cr_expect(month_orders_hold(&unknown, 13));
}
