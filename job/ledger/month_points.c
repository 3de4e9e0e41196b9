#include "ledger/month_points.h"

#include <string.h>

enum { ORDERS_UNKNOWN = 255 };

static size_t put_varint(uint64_t value, unsigned char *bytes)
{
    size_t used = 0;
    while (value >= 0x80) {
        bytes[used++] = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    bytes[used++] = (unsigned char)value;
    return used;
}

size_t month_points_pack(const int32_t *points, size_t count, unsigned char *bytes)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        /* Zigzag: small numbers of either sign become small ones. */
        uint32_t zigzag = ((uint32_t)points[i] << 1) ^ (points[i] < 0 ? UINT32_MAX : 0);
        used += put_varint(zigzag, bytes + used);
    }
    return used;
}

size_t month_ties_pack(const MonthTies *ties, unsigned char *bytes)
{
    size_t used = put_varint(ties->taking, bytes);
    used += put_varint(ties->reached, bytes + used);
    for (size_t i = 0; i < ORDER_MONTHS; i++) {
        const MonthOrders *orders = &ties->orders[i];
        bytes[used++] = orders->known ? orders->count : ORDERS_UNKNOWN;
        if (orders->known && orders->count > 0) {
            memcpy(bytes + used, orders->marks, orders->count);
            used += orders->count;
        }
    }
    return used;
}

/* What is left to be read. */
typedef struct Cursor {
    const unsigned char *at;
    const unsigned char *end;
} Cursor;

/* The next number, which has at most `bits` bits. */
static bool get_varint(Cursor *cursor, unsigned bits, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < bits && cursor->at < cursor->end; shift += 7) {
        unsigned char byte = *cursor->at++;
        uint64_t part = byte & 0x7F;
        if (bits - shift < 7 && part >> (bits - shift) != 0) {
            return false;
        }
        value |= part << shift;
        if ((byte & 0x80) == 0) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

static bool get_orders(Cursor *cursor, MonthOrders *ret_orders)
{
    if (cursor->at == cursor->end) {
        return false;
    }
    uint8_t count = *cursor->at++;
    *ret_orders = (MonthOrders){0};
    if (count == ORDERS_UNKNOWN) {
        return true;
    }
    if ((size_t)(cursor->end - cursor->at) < count) {
        return false;
    }
    *ret_orders = (MonthOrders){.marks = cursor->at, .count = count, .known = true};
    cursor->at += count;
    return true;
}

static bool get_ties(Cursor *cursor, MonthTies *ret_ties)
{
    MonthTies ties = {.taking = UINT64_MAX, .reached = UINT64_MAX};
    if (cursor->at < cursor->end) {
        bool read = get_varint(cursor, 64, &ties.taking) && get_varint(cursor, 64, &ties.reached);
        for (size_t i = 0; read && i < ORDER_MONTHS; i++) {
            read = get_orders(cursor, &ties.orders[i]);
        }
        if (!read || cursor->at != cursor->end) {
            return false;
        }
    }
    *ret_ties = ties;
    return true;
}

bool month_points_unpack(const unsigned char *bytes, size_t size, int32_t *points, size_t count,
                         MonthTies *ret_ties)
{
    Cursor cursor = {bytes, bytes + size};
    for (size_t i = 0; i < count; i++) {
        uint64_t value = 0;
        if (!get_varint(&cursor, 32, &value)) {
            return false;
        }
        uint32_t zigzag = (uint32_t)value;
        if (points != NULL) {
            points[i] = (int32_t)((zigzag >> 1) ^ (0U - (zigzag & 1)));
        }
    }
    MonthTies ties;
    if (!get_ties(&cursor, &ties)) {
        return false;
    }
    if (ret_ties != NULL) {
        *ret_ties = ties;
    }
    return true;
}

bool month_orders_hold(const MonthOrders *orders, int64_t order_id)
{
    unsigned char mark = month_order_mark(order_id);
    for (size_t i = 0; orders->known && i < orders->count; i++) {
        if (orders->marks[i] == mark) {
            return true;
        }
    }
    return !orders->known;
}
