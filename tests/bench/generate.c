/*
 * Writes the members or events of the bench to stdout, as COPY BINARY.
 *
 *   generate members MEMBERS
 *   generate events MEMBERS EVENTS FROM UNTIL WRITE_FROM WRITE_UNTIL on-time|late
 *
 * Times are seconds since 1970, UTC. EVENTS events lie between FROM and UNTIL in the order of time;
 * those in [WRITE_FROM, WRITE_UNTIL) are written: without what is recorded late, or only that.
 */
#include "generate_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t epoch_2000_us = INT64_C(946684800) * 1000000;

static void put_bytes(uint64_t value, int bytes)
{
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        (void)putc_unlocked((int)((value >> shift) & 0xff), stdout);
    }
}

static void put_header(void)
{
    (void)fwrite("PGCOPY\n\377\r\n\0", 1, 11, stdout);
    put_bytes(0, 8);
}

static void put_trailer(void)
{
    put_bytes(UINT16_MAX, 2);
}

static void put_field(uint64_t value, int bytes)
{
    put_bytes((uint64_t)bytes, 4);
    put_bytes(value, bytes);
}

static void put_null(void)
{
    put_bytes(UINT32_MAX, 4);
}

static void put_optional(bool present, int64_t value, int bytes)
{
    if (present) {
        put_field((uint64_t)value, bytes);
    } else {
        put_null();
    }
}

static void put_categories(const EventRow *row)
{
    if (!row->has_categories) {
        put_null();
        return;
    }
    uint32_t bytes = 20;
    bool any_null = false;
    for (uint32_t i = 0; i < row->category_count; i++) {
        bytes += row->categories[i].is_null ? 4 : 8;
        any_null = any_null || row->categories[i].is_null;
    }
    put_bytes(bytes, 4);
    put_bytes(1, 4); /* dimensions */
    put_bytes(any_null, 4);
    put_bytes(23, 4); /* int4 */
    put_bytes(row->category_count, 4);
    put_bytes(1, 4); /* lower bound */
    for (uint32_t i = 0; i < row->category_count; i++) {
        put_optional(!row->categories[i].is_null, row->categories[i].id, 4);
    }
}

static void put_event(const EventRow *row)
{
    put_bytes(11, 2);
    put_field((uint64_t)row->event_id, 8);
    put_field((uint64_t)row->member_id, 8);
    put_field((uint64_t)row->kind, 2);
    put_field((uint64_t)(row->occurred_at_us - epoch_2000_us), 8);
    put_optional(row->has_order, row->order_id, 8);
    put_optional(row->has_item, row->item_cents, 8);
    put_optional(row->has_discount, row->discount_cents, 8);
    put_optional(row->has_shipping, row->shipping_cents, 8);
    put_categories(row);
    put_optional(row->has_points, row->points, 4);
    put_field((uint64_t)(row->recorded_at_us - epoch_2000_us), 8);
}

static void put_member(const MemberRow *row)
{
    put_bytes(4, 2);
    put_field((uint64_t)row->member_id, 8);
    put_optional(true, row->registered_on, 4);
    put_optional(row->is_closed, row->closed_on, 4);
    put_optional(row->has_birth_date, row->birth_date, 4);
}

static int64_t parse(const char *text)
{
    char *end = NULL;
    int64_t value = strtoll(text, &end, 10);
    if (*text == '\0' || *end != '\0') {
        (void)fprintf(stderr, "error: generate: \"%s\" is not a whole number\n", text);
        exit(64);
    }
    return value;
}

static void write_members(int64_t members)
{
    for (int64_t place = 0; place < members; place++) {
        MemberRow row;
        make_member(place, &row);
        put_member(&row);
    }
}

static void write_events(const Shape *shape, int64_t from_s, int64_t until_s, bool late)
{
    int64_t until = first_number(shape, until_s);
    for (int64_t number = first_number(shape, from_s); number < until; number++) {
        if (is_late(number) == late) {
            EventRow row;
            make_event(shape, number, &row);
            put_event(&row);
        }
    }
}

int main(int argc, char **argv)
{
    static char buffer[1 << 18];
    (void)setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    put_header();
    if (argc == 3 && strcmp(argv[1], "members") == 0) {
        write_members(parse(argv[2]));
    } else if (argc == 9 && strcmp(argv[1], "events") == 0) {
        Shape shape = shape_make(parse(argv[2]), parse(argv[3]), parse(argv[4]), parse(argv[5]));
        write_events(&shape, parse(argv[6]), parse(argv[7]), strcmp(argv[8], "late") == 0);
    } else {
        (void)fprintf(stderr, "usage: see the head of tests/bench/generate.c\n");
        return 64;
    }
    put_trailer();
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("error: generate");
        return 74;
    }
    return 0;
}
