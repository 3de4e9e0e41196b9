/*
 * An event as it lies in memory between reading and folding: packed, since a month of events is the
 * most that a close holds.
 *
 * A record is a head (the kind, what is there, the member's slot in its partition, and a nibble for
 * the length of each number) and the numbers, each in as few bytes as it needs. Event id, time and
 * order are differences from the record before in the same block: events arrive in about the order
 * of time. A purchase takes about 25 bytes, where Event has 72. The id of a member who is not in
 * the table follows the head.
 *
 * Of an event of a plain kind (programme/plain.h) only kind, day and member are kept: 4 bytes.
 *
 * Writing and reading are inline: they run once and twice for each event there is.
 */
#pragma once

#include "close/members.h"
#include "programme/earn.h"

#include <endian.h>
#include <string.h>

/* The record before, which differences are taken from; all zero before a block's first. */
typedef struct RecordBase {
    int64_t event_id;
    int64_t occurred_at_us;
    int64_t order_id;
} RecordBase;

enum {
    RECORD_NUMBERS = 7,
    RECORD_HEAD_BYTES = 1 + 1 + 2 + 4,
    RECORD_STRANGER_BYTES = 8,
    /* Numbers are written and read eight bytes at a time, so a record needs that much room after
     * it. */
    RECORD_SLACK_BYTES = 8,
    RECORD_BYTES_MAX = RECORD_HEAD_BYTES + RECORD_STRANGER_BYTES + RECORD_NUMBERS * 8,
    RECORD_PLAIN = 0x40, /* with the kind's slot: one of 64 to 127, which no kind's slot is */
    RECORD_PLAIN_BYTES = 1 + 1 + 2,
    RECORD_DAY_BITS = 0x1f,
    RECORD_ELIGIBLE = 0x80,
};
_Static_assert((int)SLOTS_MAX == (int)RECORD_PLAIN,
               "a plain record is told apart by its first byte");
_Static_assert((int)MEMBERS_PER_PARTITION <= (int)PLACE_STRANGER, "a slot fits two bytes");

static inline bool record_is_plain(const unsigned char *at)
{
    return (at[0] & 0xc0) == RECORD_PLAIN;
}

static inline unsigned char *record_put_plain(unsigned char *at, uint16_t member_slot, uint8_t slot,
                                              uint32_t day, bool eligible)
{
    at[0] = (unsigned char)(RECORD_PLAIN | slot);
    at[1] = (unsigned char)((day & RECORD_DAY_BITS) | (eligible ? RECORD_ELIGIBLE : 0));
    memcpy(at + 2, &member_slot, sizeof member_slot);
    return at + RECORD_PLAIN_BYTES;
}

/* The member's slot in its partition, of a record of either sort. */
static inline uint16_t record_member_slot(const unsigned char *at)
{
    uint16_t slot = 0;
    memcpy(&slot, at + 2, sizeof slot);
    return slot;
}

/* The most bytes that event_record_put needs, slack included. */
static inline size_t event_record_bytes_max(const Event *event)
{
    return RECORD_BYTES_MAX + event->category_count * sizeof *event->categories +
           RECORD_SLACK_BYTES;
}

/* Small numbers of either sign to small numbers without one. */
static inline uint64_t record_zigzag(uint64_t value)
{
    return (value << 1) ^ (0 - (value >> 63));
}

static inline uint64_t record_unzigzag(uint64_t value)
{
    return (value >> 1) ^ (0 - (value & 1));
}

static inline unsigned char *record_put_number(unsigned char *at, uint64_t value, uint32_t *lengths)
{
    unsigned length = value == 0 ? 0 : (unsigned)(71 - __builtin_clzll(value)) / 8;
    uint64_t lowest_first = htole64(value);
    memcpy(at, &lowest_first, sizeof lowest_first);
    *lengths = *lengths << 4 | length;
    return at + length;
}

static inline const unsigned char *record_get_number(const unsigned char *at, uint32_t *lengths,
                                                     uint64_t *ret_value)
{
    static const uint64_t masks[16] = {
        0,
        UINT64_C(0xff),
        UINT64_C(0xffff),
        UINT64_C(0xffffff),
        UINT64_C(0xffffffff),
        UINT64_C(0xffffffffff),
        UINT64_C(0xffffffffffff),
        UINT64_C(0xffffffffffffff),
        UINT64_MAX,
    };
    unsigned length = *lengths >> 28;
    *lengths <<= 4;
    uint64_t lowest_first = 0;
    memcpy(&lowest_first, at, sizeof lowest_first);
    *ret_value = le64toh(lowest_first) & masks[length];
    return at + length;
}

static inline void event_record_advance(RecordBase *base, const Event *event)
{
    base->event_id = event->event_id;
    base->occurred_at_us = event->occurred_at_us;
    if ((event->present & EVENT_HAS_ORDER) != 0) {
        base->order_id = event->order_id;
    }
}

/* Writes the record; returns its end. fate, ineligible and local_us are not kept, nor the values of
 * what is not present. */
static inline unsigned char *event_record_put(unsigned char *at, RecordBase *base,
                                              uint16_t member_slot, int64_t member_id,
                                              const Event *event)
{
    const RecordBase before = *base;
    uint64_t order = (event->present & EVENT_HAS_ORDER) != 0
                         ? record_zigzag((uint64_t)event->order_id - (uint64_t)before.order_id)
                         : 0;
    uint64_t item =
        (event->present & EVENT_HAS_ITEM) != 0 ? record_zigzag((uint64_t)event->item_cents) : 0;
    uint64_t points = (event->present & EVENT_HAS_POINTS) != 0
                          ? record_zigzag((uint64_t)(int64_t)event->points)
                          : 0;
    event_record_advance(base, event);
    uint32_t lengths = 0;
    unsigned char *head = at;
    at += RECORD_HEAD_BYTES;
    if (member_slot == PLACE_STRANGER) {
        memcpy(at, &member_id, sizeof member_id);
        at += RECORD_STRANGER_BYTES;
    }
    at = record_put_number(at, record_zigzag((uint64_t)event->event_id - (uint64_t)before.event_id),
                           &lengths);
    at = record_put_number(
        at, record_zigzag((uint64_t)event->occurred_at_us - (uint64_t)before.occurred_at_us),
        &lengths);
    at = record_put_number(at, order, &lengths);
    at = record_put_number(at, item, &lengths);
    at = record_put_number(at, record_zigzag((uint64_t)event->discount_cents), &lengths);
    at = record_put_number(at, points, &lengths);
    at = record_put_number(at, event->category_count, &lengths);
    lengths <<= 4; /* the first number's nibble is the uppermost */
    head[0] = event->slot;
    head[1] = event->present;
    memcpy(head + 2, &member_slot, sizeof member_slot);
    memcpy(head + 4, &lengths, sizeof lengths);
    size_t category_bytes = event->category_count * sizeof *event->categories;
    if (category_bytes > 0) {
        memcpy(at, event->categories, category_bytes);
    }
    return at + category_bytes;
}

/* The sum of the eight nibbles. */
static inline unsigned record_sum_lengths(uint32_t lengths)
{
    uint32_t pairs = (lengths & 0x0f0f0f0fU) + ((lengths >> 4) & 0x0f0f0f0fU);
    return (pairs * 0x01010101U) >> 24;
}

/* Reads the count of a record's categories only; returns its end. */
static inline const unsigned char *event_record_skip(const unsigned char *at,
                                                     uint32_t *ret_category_count)
{
    uint32_t lengths = 0;
    uint64_t categories = 0;
    memcpy(&lengths, at + 4, sizeof lengths);
    bool is_stranger = record_member_slot(at) == PLACE_STRANGER;
    at += RECORD_HEAD_BYTES + (is_stranger ? RECORD_STRANGER_BYTES : 0);
    const unsigned char *end = at + record_sum_lengths(lengths);
    uint32_t last = lengths >> 4;
    uint32_t last_alone = last << 28;
    (void)record_get_number(end - (last & 15), &last_alone, &categories);
    *ret_category_count = (uint32_t)categories;
    return end + categories * sizeof(int32_t);
}

/*
 * Reads one record; returns its end. ret_event->categories is NULL: *ret_categories is where they
 * lie, unaligned. *ret_member_id is set for a stranger only.
 */
static inline const unsigned char *event_record_get(const unsigned char *at, RecordBase *base,
                                                    int64_t *ret_member_id, Event *ret_event,
                                                    const unsigned char **ret_categories)
{
    uint64_t numbers[RECORD_NUMBERS];
    uint32_t lengths = 0;
    uint8_t slot = at[0];
    uint8_t present = at[1];
    bool is_stranger = record_member_slot(at) == PLACE_STRANGER;
    memcpy(&lengths, at + 4, sizeof lengths);
    at += RECORD_HEAD_BYTES;
    if (is_stranger) {
        memcpy(ret_member_id, at, sizeof *ret_member_id);
        at += RECORD_STRANGER_BYTES;
    }
    for (size_t i = 0; i < RECORD_NUMBERS; i++) {
        at = record_get_number(at, &lengths, &numbers[i]);
    }
    *ret_event = (Event){
        .event_id = (int64_t)((uint64_t)base->event_id + record_unzigzag(numbers[0])),
        .occurred_at_us = (int64_t)((uint64_t)base->occurred_at_us + record_unzigzag(numbers[1])),
        .order_id = (present & EVENT_HAS_ORDER) != 0
                        ? (int64_t)((uint64_t)base->order_id + record_unzigzag(numbers[2]))
                        : 0,
        .item_cents = (int64_t)record_unzigzag(numbers[3]),
        .discount_cents = (int64_t)record_unzigzag(numbers[4]),
        .points = (int32_t)(int64_t)record_unzigzag(numbers[5]),
        .category_count = (uint32_t)numbers[6],
        .slot = slot,
        .present = present,
    };
    event_record_advance(base, ret_event);
    *ret_categories = at;
    return at + ret_event->category_count * sizeof *ret_event->categories;
}
