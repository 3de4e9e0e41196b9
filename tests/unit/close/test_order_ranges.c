/*
 * close/order_ranges: which months cannot hold an order.
 */
#include "close/order_ranges.h"

#include <criterion/criterion.h>

static Arena arena;

static void end_arena(void)
{
    arena_destroy(&arena);
}

TestSuite(order_ranges, .fini = end_arena);

Test(order_ranges, a_range_holds_what_was_added_and_what_lies_between)
{
    OrderRange range = {0};
    cr_expect_not(order_range_holds(&range, 0));
    order_range_add(&range, 7);
    cr_expect(order_range_holds(&range, 7));
    cr_expect_not(order_range_holds(&range, 6));
    cr_expect_not(order_range_holds(&range, 8));
    order_range_add(&range, -3);
    order_range_add(&range, 5);
    cr_expect(order_range_holds(&range, -3));
    cr_expect(order_range_holds(&range, 0));
    cr_expect_not(order_range_holds(&range, -4));
    cr_expect_not(order_range_holds(&range, 8));
    OrderRange all = order_range_all();
    cr_expect(order_range_holds(&all, INT64_MIN));
    cr_expect(order_range_holds(&all, INT64_MAX));
}

Test(order_ranges, uniting_is_adding_both)
{
    OrderRange range = {0};
    const OrderRange none = {0};
    const OrderRange some = {-2, 9, true};
    order_range_unite(&range, &none);
    cr_expect_not(range.any);
    order_range_unite(&range, &some);
    cr_expect_eq(range.least, -2);
    cr_expect_eq(range.most, 9);
    order_range_unite(&range, &none);
    order_range_unite(&range, &(OrderRange){3, 12, true});
    cr_expect_eq(range.least, -2);
    cr_expect_eq(range.most, 12);
}

Test(order_ranges, text_comes_back)
{
    const OrderRange ranges[] = {
        {8101503015, 8106082174, true}, {0}, {INT64_MIN, INT64_MAX, true}, {-5, -5, true}};
    const char *text = order_ranges_text(&arena, ranges, 4);
    cr_expect_str_eq(text, "8101503015..8106082174 - -9223372036854775808..9223372036854775807 "
                           "-5..-5");
    OrderRange read[4];
    order_ranges_parse(text, read, 4);
    for (size_t i = 0; i < 4; i++) {
        cr_expect_eq(read[i].any, ranges[i].any, "month %zu", i);
        cr_expect_eq(read[i].least, ranges[i].least, "month %zu", i);
        cr_expect_eq(read[i].most, ranges[i].most, "month %zu", i);
    }
}

Test(order_ranges, what_cannot_be_read_may_hold_anything)
{
    static const char *const texts[] = {NULL, "", "nonsense", "1..", "5..3", "1..2x", "--", "1 2"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        OrderRange read[2];
        order_ranges_parse(texts[i], read, 2);
        for (size_t month = 0; month < 2; month++) {
            cr_expect(read[month].any, "%s", texts[i]);
            cr_expect_eq(read[month].least, INT64_MIN, "%s", texts[i]);
            cr_expect_eq(read[month].most, INT64_MAX, "%s", texts[i]);
        }
    }
    OrderRange read[2];
    order_ranges_parse("1..2", read, 2);
    cr_expect_eq(read[0].most, 2);
    cr_expect_eq(read[1].most, INT64_MAX);
}
