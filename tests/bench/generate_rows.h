/*
 * The members and events of the bench, each a function of its number alone.
 *
 * An order is the number of its first event. A refund picks an earlier number and finds what was
 * bought there, so nothing has to be remembered and any stretch of time can be made by itself. Only
 * whole numbers and the four basic operations on doubles are used: the same rows on every machine.
 */
#ifndef TESTS_BENCH_GENERATE_ROWS_H
#define TESTS_BENCH_GENERATE_ROWS_H

#include <stdbool.h>
#include <stdint.h>

enum { CATEGORIES_MAX = 4 };

/* How many, and over which span of time: seconds since 1970, UTC, the end excluded. */
typedef struct Shape {
    uint64_t members;
    int64_t events;
    int64_t from_s;
    int64_t until_s;
    int64_t numbers_a_day;
} Shape;

typedef struct Category {
    int32_t id;
    bool is_null;
} Category;

/* A row of loyalty.point_event; times are microseconds since 1970. */
typedef struct EventRow {
    int64_t event_id;
    int64_t member_id;
    int16_t kind;
    int64_t occurred_at_us;
    int64_t recorded_at_us;
    bool has_order;
    bool has_item;
    bool has_discount;
    bool has_shipping;
    bool has_categories;
    bool has_points;
    int64_t order_id;
    int64_t item_cents;
    int64_t discount_cents;
    int64_t shipping_cents;
    uint32_t category_count;
    Category categories[CATEGORIES_MAX];
    int32_t points;
} EventRow;

/* A row of loyalty.member; dates are days since 2000-01-01. */
typedef struct MemberRow {
    int64_t member_id;
    int32_t registered_on;
    bool is_closed;
    int32_t closed_on;
    bool has_birth_date;
    int32_t birth_date;
} MemberRow;

Shape shape_make(int64_t members, int64_t events, int64_t from_s, int64_t until_s);

/* The first number whose event is not before `at_s`; events are in the order of time. */
int64_t first_number(const Shape *shape, int64_t at_s);

/* One event in a thousand reaches the database late. */
bool is_late(int64_t number);

void make_event(const Shape *shape, int64_t number, EventRow *ret_row);
void make_member(int64_t place, MemberRow *ret_row);

#endif
