#include "builders.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const int64_t US_PER_SECOND = 1000000;
static const int64_t UNIX_SECONDS_AT_2000 = 946684800;

int64_t at(const char *when)
{
    int year = 0;
    int month_of_year = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    char fraction[8] = "";
    int found = sscanf(when, "%4d-%2d-%2d %2d:%2d:%2d.%6[0-9]", &year, &month_of_year, &day, &hour,
                       &minute, &second, fraction);
    cr_assert(found >= 5, "the test's time \"%s\" makes no sense", when);
    struct tm parts = {
        .tm_year = year - 1900,
        .tm_mon = month_of_year - 1,
        .tm_mday = day,
        .tm_hour = hour,
        .tm_min = minute,
        .tm_sec = second,
    };
    int64_t micros = 0;
    for (size_t i = 0, digits = strlen(fraction); i < 6; i++) {
        micros = micros * 10 + (i < digits ? fraction[i] - '0' : 0);
    }
    return ((int64_t)timegm(&parts) - UNIX_SECONDS_AT_2000) * US_PER_SECOND + micros;
}

Period month(int32_t year, int32_t month_of_year)
{
    return year * 12 + month_of_year - 1;
}

Period month_of_local(int64_t local_us)
{
    int64_t remainder = local_us % US_PER_SECOND;
    int64_t seconds = local_us / US_PER_SECOND - (remainder < 0 ? 1 : 0);
    time_t unix_seconds = (time_t)(seconds + UNIX_SECONDS_AT_2000);
    struct tm parts;
    cr_assert_not_null(gmtime_r(&unix_seconds, &parts));
    return month(parts.tm_year + 1900, parts.tm_mon + 1);
}

RuleSet standard_rules(void)
{
    static const Level levels[] = {
        {"Silver", 0, "{}"},
        {"Gold", 101, "{}"},
        {"Platinum", 501, "{}"},
        {"Diamond", 1501, "{}"},
    };
    static const Cap caps[] = {
        {KIND_SET(SLOT_VISIT), false, 10, "visit: at most 10 a month"},
        {KIND_SET(SLOT_FOLLOW), false, 10, "follow: at most 10 a month"},
        {KIND_SET(SLOT_CLUB_POST), false, 10, "club_post: at most 10 a month"},
    };
    static const Coupon coupons[] = {
        {1, "LEVEL-GOLD", 300, 2000},
        {2, "LEVEL-PLATINUM", 600, 4000},
        {3, "LEVEL-DIAMOND", 1500, 8000},
    };
    return (RuleSet){
        .from = month(1990, 1),
        .levels = levels,
        .level_count = COUNT(levels),
        .purchase = {.in_force = true,
                     .points_per_unit_hundredths = 100,
                     .min_amount_cents = 200,
                     .max_per_order = 500,
                     .bonus_points = 1,
                     .bonus_max_per_day = 5},
        .kinds = {[SLOT_REVIEW] =
                      {.in_force = true, .points = 1, .has_minimum = true, .min_amount_cents = 200},
                  [SLOT_VISIT] = {.in_force = true, .points = 1, .once_per_day = true},
                  [SLOT_FOLLOW] = {.in_force = true, .points = 1},
                  [SLOT_CLUB_POST] = {.in_force = true, .points = 2},
                  [SLOT_BONUS] = {.in_force = true, .recorded = true},
                  [SLOT_ADJUSTMENT] = {.in_force = true, .recorded = true}},
        .caps = caps,
        .cap_count = COUNT(caps),
        .coupons = {.issue_from_day = 8,
                    .issue_until_day = 14,
                    .valid_days = 7,
                    .coupons = coupons,
                    .coupon_count = COUNT(coupons)},
    };
}

Event event_of(uint8_t slot, int64_t event_id, const char *when)
{
    int64_t local_us = at(when);
    return (Event){
        .event_id = event_id, .occurred_at_us = local_us, .local_us = local_us, .slot = slot};
}

static Event order_event(uint8_t slot, int64_t event_id, const char *when, int64_t order_id)
{
    Event event = event_of(slot, event_id, when);
    event.order_id = order_id;
    event.present = EVENT_HAS_ORDER;
    return event;
}

Event buy(int64_t event_id, const char *when, int64_t order_id, int64_t item_cents)
{
    return with_item(order_event(SLOT_PURCHASE, event_id, when, order_id), item_cents);
}

Event refund(int64_t event_id, const char *when, int64_t order_id, int64_t item_cents)
{
    return with_item(order_event(SLOT_REFUND, event_id, when, order_id), item_cents);
}

Event refund_all(int64_t event_id, const char *when, int64_t order_id)
{
    return order_event(SLOT_REFUND, event_id, when, order_id);
}

Event fraud(int64_t event_id, const char *when, int64_t order_id)
{
    return order_event(SLOT_FRAUD, event_id, when, order_id);
}

Event review(int64_t event_id, const char *when, int64_t item_cents)
{
    return with_item(event_of(SLOT_REVIEW, event_id, when), item_cents);
}

Event visit(int64_t event_id, const char *when)
{
    return event_of(SLOT_VISIT, event_id, when);
}

Event follow(int64_t event_id, const char *when)
{
    return event_of(SLOT_FOLLOW, event_id, when);
}

Event club_post(int64_t event_id, const char *when)
{
    return event_of(SLOT_CLUB_POST, event_id, when);
}

static Event recorded_event(uint8_t slot, int64_t event_id, const char *when, int32_t points)
{
    Event event = event_of(slot, event_id, when);
    event.points = points;
    event.present = EVENT_HAS_POINTS;
    return event;
}

Event bonus(int64_t event_id, const char *when, int32_t points)
{
    return recorded_event(SLOT_BONUS, event_id, when, points);
}

Event adjustment(int64_t event_id, const char *when, int32_t points)
{
    return recorded_event(SLOT_ADJUSTMENT, event_id, when, points);
}

Event with_discount(Event event, int64_t discount_cents)
{
    event.discount_cents = discount_cents;
    return event;
}

Event with_categories(Event event, size_t count, const int32_t *categories)
{
    event.category_count = (uint32_t)count;
    event.categories = categories;
    return event;
}

Event with_item(Event event, int64_t item_cents)
{
    event.item_cents = item_cents;
    event.present |= EVENT_HAS_ITEM;
    return event;
}

static Event without(Event event, unsigned flag)
{
    event.present = (uint8_t)(event.present & ~flag);
    return event;
}

Event without_order(Event event)
{
    return without(event, EVENT_HAS_ORDER);
}

Event without_item(Event event)
{
    return without(event, EVENT_HAS_ITEM);
}

Event without_points(Event event)
{
    return without(event, EVENT_HAS_POINTS);
}

Event in_wall_clock(Event event, const char *local)
{
    event.local_us = at(local);
    return event;
}

uint64_t random_next(Random *random)
{
    uint64_t mixed = (random->state += UINT64_C(0x9e3779b97f4a7c15));
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

int64_t random_below(Random *random, int64_t bound)
{
    return (int64_t)(random_next(random) % (uint64_t)bound);
}

uint64_t first_seed(void)
{
    const char *text = getenv("TIERCLOSE_SEED");
    return text == NULL || *text == '\0' ? 1 : strtoull(text, NULL, 10);
}
