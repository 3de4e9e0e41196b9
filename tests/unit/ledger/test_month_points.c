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
