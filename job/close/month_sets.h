/*
 * For each month a set of members: a bit for each slot of the members' table.
 *
 * The slots of a partition fill whole bytes, so workers that fold different partitions may set bits
 * at once.
 */
#pragma once

#include "base/arena.h"
#include "close/members.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(MEMBERS_PER_PARTITION % 8 == 0, "partitions share no byte");

typedef struct MonthSets {
    unsigned char *bits;
    size_t month_bytes;
    size_t month_count;
} MonthSets;

static inline MonthSets month_sets_create(size_t member_count, size_t month_count)
{
    size_t month_bytes = member_count / 8 + 1;
    return (MonthSets){
        .bits = memory_alloc(month_bytes * month_count, 1),
        .month_bytes = month_bytes,
        .month_count = month_count,
    };
}

static inline void month_sets_destroy(MonthSets *sets)
{
    free(sets->bits);
    *sets = (MonthSets){0};
}

static inline bool month_sets_hold(const MonthSets *sets, size_t month, size_t slot)
{
    return (sets->bits[month * sets->month_bytes + slot / 8] >> (slot % 8) & 1) != 0;
}

static inline void month_sets_put(MonthSets *sets, size_t month, size_t slot, bool held)
{
    unsigned char *byte = &sets->bits[month * sets->month_bytes + slot / 8];
    unsigned bit = 1U << (slot % 8);
    *byte = (unsigned char)(held ? *byte | bit : *byte & ~bit);
}

/* A member's months as bits, the oldest lowest. */
static inline uint64_t month_sets_of(const MonthSets *sets, size_t slot)
{
    uint64_t months = 0;
    for (size_t month = 0; month < sets->month_count; month++) {
        months |= (uint64_t)month_sets_hold(sets, month, slot) << month;
    }
    return months;
}

/* Adds months of a member. */
static inline void month_sets_add(MonthSets *sets, size_t slot, uint64_t months)
{
    for (; months != 0; months &= months - 1) {
        month_sets_put(sets, (size_t)__builtin_ctzll(months), slot, true);
    }
}

/* Empties the sets of a partition's members. */
static inline void month_sets_clear(MonthSets *sets, size_t partition)
{
    const size_t bytes = MEMBERS_PER_PARTITION / 8;
    size_t begin = partition * bytes;
    if (begin >= sets->month_bytes) {
        return; /* it has none */
    }
    size_t left = sets->month_bytes - begin;
    for (size_t month = 0; month < sets->month_count; month++) {
        memset(sets->bits + month * sets->month_bytes + begin, 0, left < bytes ? left : bytes);
    }
}
