/*
 * close/event_row: what a row of the ledger is to the programme.
 */
#include "close/event_row.h"

#include <criterion/criterion.h>
#include <string.h>

static const int32_t categories[] = {5, 6};

static const KindMap *kinds_of(void)
{
    static const char *const names[] = {"purchase", "refund", "visit"};
    static const int16_t numbers[] = {1, 2, 5};
    static const Programme programme = {
        .kinds = {"purchase", "refund", "fraud", "category_bonus", "visit"}, .kind_count = 5};
    static KindMap kinds;
    Error error = {0};
    cr_assert(kind_map_init(&kinds, &programme, numbers, names, 3, &error), "%s", error.message);
    return &kinds;
}

static EventRow row_with(uint16_t present)
{
    return (EventRow){.event_id = 1,
                      .member_id = 2,
                      .occurred_at_us = 3,
                      .order_id = 4,
                      .item_cents = 5,
                      .discount_cents = 6,
                      .points = 7,
                      .kind = 5,
                      .present = present,
                      .category_count = 2,
                      .categories = categories};
}

Test(event_row, every_column_has_its_field)
{
    EventRow row = row_with(ROW_HAS_KIND);
    Event event = event_of_row(kinds_of(), &row);
    cr_expect_eq(event.event_id, 1);
    cr_expect_eq(event.occurred_at_us, 3);
    cr_expect_eq(event.order_id, 4);
    cr_expect_eq(event.item_cents, 5);
    cr_expect_eq(event.discount_cents, 6);
    cr_expect_eq(event.points, 7);
    cr_expect_eq(event.category_count, 2);
    cr_expect_eq(event.categories, categories);
    cr_expect_eq(event.slot, SLOT_FIRST_OTHER);
    cr_expect_eq(event.present, 0);
}

Test(event_row, what_is_present_goes_over_bit_by_bit)
{
    static const struct {
        uint16_t row;
        uint8_t event;
    } cases[] = {
        {ROW_HAS_ORDER, EVENT_HAS_ORDER},
        {ROW_HAS_ITEM, EVENT_HAS_ITEM},
        {ROW_HAS_POINTS, EVENT_HAS_POINTS},
        {ROW_HAS_ID | ROW_HAS_MEMBER | ROW_HAS_DISCOUNT, 0},
        {0x1ff, EVENT_HAS_ORDER | EVENT_HAS_ITEM | EVENT_HAS_POINTS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EventRow row = row_with(cases[i].row);
        cr_expect_eq(event_of_row(kinds_of(), &row).present, cases[i].event, "case %zu", i);
    }
}

Test(event_row, a_kind_that_is_missing_or_has_no_rule_is_unknown)
{
    EventRow row = row_with(0);
    cr_expect_eq(event_of_row(kinds_of(), &row).slot, SLOT_UNKNOWN, "without kind");
    row = row_with(ROW_HAS_KIND);
    row.kind = 6;
    cr_expect_eq(event_of_row(kinds_of(), &row).slot, SLOT_UNKNOWN, "no rule");
}
