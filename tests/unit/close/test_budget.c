/*
 * close/budget: what is left for events of the memory that a run may take.
 */
#include "close/budget.h"

#include <criterion/criterion.h>

Test(budget, events_get_what_members_leave)
{
    const size_t gigabyte = (size_t)1 << 30;
    size_t taken = BUDGET_BASE_BYTES + budget_member_bytes(500000, 12);
    cr_expect_eq(budget_event_bytes(gigabyte, 500000, 12), gigabyte - taken);
    cr_expect_eq(budget_event_bytes(taken + BUDGET_EVENTS_BYTES_MIN + 1, 500000, 12),
                 BUDGET_EVENTS_BYTES_MIN + 1);
}

Test(budget, events_keep_a_little_where_nothing_is_left)
{
    size_t taken = BUDGET_BASE_BYTES + budget_member_bytes(500000, 12);
    cr_expect_eq(budget_event_bytes(0, 500000, 12), BUDGET_EVENTS_BYTES_MIN);
    cr_expect_eq(budget_event_bytes(1, 0, 12), BUDGET_EVENTS_BYTES_MIN);
    cr_expect_eq(budget_event_bytes(taken, 500000, 12), BUDGET_EVENTS_BYTES_MIN);
    cr_expect_eq(budget_event_bytes(taken + BUDGET_EVENTS_BYTES_MIN, 500000, 12),
                 BUDGET_EVENTS_BYTES_MIN);
}

Test(budget, more_members_and_months_leave_less)
{
    cr_expect_gt(budget_member_bytes(2, 12), budget_member_bytes(1, 12));
    cr_expect_gt(budget_member_bytes(1, 13), budget_member_bytes(1, 12));
    cr_expect_eq(budget_member_bytes(0, 12), 0);
}

Test(budget, events_that_nobody_has_counted_take_nothing)
{
    cr_expect_eq(budget_bytes_of_events(-1), 0);
    cr_expect_eq(budget_bytes_of_events(0), 0);
    cr_expect_geq(budget_bytes_of_events(1000000), (size_t)20000000);
}

Test(budget, without_a_limit_it_is_a_quarter_of_the_machine)
{
    cr_expect_eq(budget_default((size_t)8 << 30), (size_t)2 << 30);
    cr_expect_eq(budget_default(3), 0);
}
