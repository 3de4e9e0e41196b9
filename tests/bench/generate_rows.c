#include "generate_rows.h"

static const int64_t first_member_id = 1000003;
static const int64_t member_id_step = 3;
static const int64_t first_order_id = INT64_C(8100000000);

enum {
    KIND_PURCHASE = 1,
    KIND_REFUND = 2,
    KIND_FRAUD = 3,
    KIND_REVIEW = 4,
    KIND_VISIT = 5,
    KIND_FOLLOW = 6,
    KIND_CLUB_POST = 7,
    KIND_BONUS = 8,
    KIND_ADJUSTMENT = 9,
    KIND_COINS = 100, /* no rule names it */
    CATEGORY_COUNT = 300,
    ORDER_DAYS_MAX = 60 /* between an order and what happens to it */
};

/* What a number stands for; of 10,000 numbers so many. */
typedef enum Sort {
    SORT_ORDER,
    SORT_SHIPMENT,
    SORT_REFUND,
    SORT_FRAUD,
    SORT_VISIT,
    SORT_REVIEW,
    SORT_CLUB_POST,
    SORT_FOLLOW,
    SORT_BONUS,
    SORT_ADJUSTMENT,
    SORT_BAD,
    SORT_COUNT
} Sort;

static const uint64_t shares[SORT_COUNT] = {
    [SORT_ORDER] = 4300, [SORT_SHIPMENT] = 200,  [SORT_REFUND] = 300,    [SORT_FRAUD] = 10,
    [SORT_VISIT] = 2800, [SORT_REVIEW] = 1000,   [SORT_CLUB_POST] = 700, [SORT_FOLLOW] = 500,
    [SORT_BONUS] = 150,  [SORT_ADJUSTMENT] = 30, [SORT_BAD] = 10,
};

/* One stream of random numbers for each use (`salt`); splitmix64. */
static uint64_t chance(int64_t number, uint64_t salt)
{
    uint64_t z =
        (uint64_t)number * UINT64_C(0x9E3779B97F4A7C15) + salt * UINT64_C(0xD1B54A32D192ED03);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint64_t below(int64_t number, uint64_t salt, uint64_t limit)
{
    return chance(number, salt) % limit;
}

/* In [0, 1). */
static double fraction(int64_t number, uint64_t salt)
{
    return (double)(chance(number, salt) >> 11) / 9007199254740992.0;
}

static int64_t time_of(const Shape *shape, int64_t number)
{
    double span_us = (double)(shape->until_s - shape->from_s) * 1e6;
    double step_us = span_us / (double)shape->events;
    double us = ((double)number + fraction(number, 3) * 0.99) * step_us;
    return shape->from_s * INT64_C(1000000) + (int64_t)us;
}

/* Registered from 2015 to 2025. */
static int32_t registered_on(int64_t place)
{
    return 5479 + (int32_t)below(-1 - place, 31, 4018);
}

/* Four of ten events come from members who do much, six from anybody. */
static int64_t draw_place(const Shape *shape, int64_t number, uint64_t salt)
{
    double u = fraction(number, 1 + salt);
    if (below(number, 2 + salt, 10) < 4) {
        u *= 0.02 + 0.98 * u;
    }
    uint64_t rank = (uint64_t)(u * (double)shape->members);
    /* The busy ones lie anywhere among the others. */
    return (int64_t)((rank * UINT64_C(1000003) + 17) % shape->members);
}

/* Somebody who has registered by then, but for one draw in a thousand. */
static int64_t member_of(const Shape *shape, int64_t number)
{
    enum { DRAWS_MAX = 4, SALT_STEP = 1000, SECONDS_A_DAY = 86400 };
    int64_t day = time_of(shape, number) / INT64_C(1000000) / SECONDS_A_DAY - 10957;
    int64_t place = 0;
    for (uint64_t draw = 0; draw < DRAWS_MAX; draw++) {
        place = draw_place(shape, number, draw * SALT_STEP);
        if (registered_on(place) <= day) {
            break;
        }
    }
    return first_member_id + member_id_step * place;
}

Shape shape_make(int64_t members, int64_t events, int64_t from_s, int64_t until_s)
{
    return (Shape){
        .members = (uint64_t)members,
        .events = events,
        .from_s = from_s,
        .until_s = until_s,
        .numbers_a_day = 1 + events * 86400 / (until_s - from_s),
    };
}

int64_t first_number(const Shape *shape, int64_t at_s)
{
    int64_t low = 0;
    int64_t high = shape->events;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (time_of(shape, middle) < at_s * INT64_C(1000000)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static Sort sort_of(int64_t number)
{
    uint64_t ticket = below(number, 4, 10000);
    Sort sort = SORT_ORDER;
    while (ticket >= shares[sort]) {
        ticket -= shares[sort];
        sort++;
    }
    return sort;
}

bool is_late(int64_t number)
{
    return below(number, 5, 1000) == 7;
}

/* The order that a shipment, a refund or a fraud is about: more often last week's than last
 * month's. Below 0: bought before the first event; the shop asks for it all the same. */
static int64_t earlier_order(const Shape *shape, int64_t number)
{
    double u = fraction(number, 6);
    double reach = (double)(shape->numbers_a_day * ORDER_DAYS_MAX);
    int64_t order = number - 1 - (int64_t)(u * u * u * reach);
    while (order >= 0 && sort_of(order) != SORT_ORDER) {
        order--;
    }
    return order;
}

static int64_t amount_of(int64_t number)
{
    double u = fraction(number, 7);
    return 90 + (int64_t)(600.0 * (u / (1.004 - u)));
}

static void set_categories(EventRow *row, int64_t number)
{
    uint64_t ticket = below(number, 10, 100);
    row->has_categories = ticket != 99;
    row->category_count = ticket < 60 ? 1 : ticket < 85 ? 2 : ticket < 95 ? 3 : 4;
    for (uint32_t i = 0; i < row->category_count; i++) {
        uint64_t index = below(number, 20 + i, CATEGORY_COUNT);
        row->categories[i] = (Category){.id = (int32_t)(100000 + index * 6700417)};
    }
    row->categories[0].is_null = below(number, 11, 200) == 0;
}

static void make_purchase(const Shape *shape, int64_t number, int64_t order, EventRow *row)
{
    row->member_id = member_of(shape, order);
    row->kind = KIND_PURCHASE;
    row->has_order = true;
    row->order_id = first_order_id + order;
    row->has_item = true;
    row->item_cents = amount_of(number);
    row->has_discount = below(number, 8, 10) < 6;
    row->discount_cents = (int64_t)below(number, 9, 200);
    row->has_shipping = true;
    row->shipping_cents = (int64_t)below(number, 12, 5) * 199;
    set_categories(row, number);
}

/* Half of them name no amount, a third names all that was paid, the others a part of it. */
static void make_refund(const Shape *shape, int64_t number, EventRow *row)
{
    EventRow bought = {0};
    int64_t order = earlier_order(shape, number);
    make_purchase(shape, order, order, &bought);
    row->member_id = bought.member_id;
    row->kind = KIND_REFUND;
    row->has_order = true;
    row->order_id = bought.order_id;
    int64_t discount = bought.has_discount ? bought.discount_cents : 0;
    int64_t paid = bought.item_cents > discount ? bought.item_cents - discount : 0;
    uint64_t ticket = below(number, 13, 6);
    row->has_item = ticket >= 3;
    row->item_cents = ticket == 5 ? paid * (int64_t)below(number, 14, 100) / 100 : paid;
}

static void make_other(const Shape *shape, int64_t number, Sort sort, EventRow *row)
{
    static const int16_t kinds[SORT_COUNT] = {
        [SORT_VISIT] = KIND_VISIT,         [SORT_REVIEW] = KIND_REVIEW,
        [SORT_CLUB_POST] = KIND_CLUB_POST, [SORT_FOLLOW] = KIND_FOLLOW,
        [SORT_BONUS] = KIND_BONUS,         [SORT_ADJUSTMENT] = KIND_ADJUSTMENT,
    };
    row->member_id = member_of(shape, number);
    row->kind = kinds[sort];
    row->has_item = sort == SORT_REVIEW;
    row->item_cents = amount_of(number);
    row->has_points = sort == SORT_BONUS || sort == SORT_ADJUSTMENT;
    row->points = sort == SORT_BONUS ? 1 + (int32_t)below(number, 15, 20)
                                     : (int32_t)below(number, 15, 60) - 40;
}

/* What no rule can use (contract 6), each way in turn. */
static void make_bad(const Shape *shape, int64_t number, EventRow *row)
{
    make_purchase(shape, number, number, row);
    switch (below(number, 16, 8)) {
    case 0:
        row->member_id = 1;
        break;
    case 1:
        row->kind = KIND_COINS;
        break;
    case 2:
        row->has_order = false;
        break;
    case 3:
        row->has_item = false;
        break;
    case 4:
        row->item_cents = -row->item_cents;
        break;
    case 5:
        row->has_discount = true;
        row->discount_cents = -150;
        break;
    case 6:
        row->kind = KIND_BONUS;
        break;
    default:
        row->kind = KIND_REFUND;
        break;
    }
}

void make_event(const Shape *shape, int64_t number, EventRow *ret_row)
{
    EventRow row = {.event_id = number + 1, .occurred_at_us = time_of(shape, number)};
    row.recorded_at_us = row.occurred_at_us + 1500000;
    Sort sort = sort_of(number);
    switch (sort) {
    case SORT_ORDER:
        make_purchase(shape, number, number, &row);
        break;
    case SORT_SHIPMENT:
        make_purchase(shape, number, earlier_order(shape, number), &row);
        break;
    case SORT_REFUND:
        make_refund(shape, number, &row);
        break;
    case SORT_FRAUD:
        make_refund(shape, number, &row);
        row.kind = KIND_FRAUD;
        row.has_item = false;
        break;
    case SORT_BAD:
        make_bad(shape, number, &row);
        break;
    default:
        make_other(shape, number, sort, &row);
        break;
    }
    *ret_row = row;
}

/* One of 50 has closed the account since 2024. */
void make_member(int64_t place, MemberRow *ret_row)
{
    int64_t number = -1 - place;
    *ret_row = (MemberRow){
        .member_id = first_member_id + member_id_step * place,
        .registered_on = registered_on(place),
        .is_closed = below(number, 30, 50) == 0,
        .closed_on = 8766 + (int32_t)below(number, 32, 900),
        .has_birth_date = below(number, 33, 3) != 0,
        .birth_date = -15000 + (int32_t)below(number, 34, 18000),
    };
}
