/*
 * The members of a run: sorted by id, cut into partitions of neighbours.
 *
 * A member's *slot* is its place in the table; a partition is a range of slots small enough that
 * its state and one month of its events stay in the processor's cache. Filled once, then read by
 * every thread.
 */
#pragma once

#include "close/id_index.h"
#include "programme/period.h"

#include <stddef.h>

enum { MEMBERS_PER_PARTITION = 2048 };

#define NEVER_CLOSED INT32_MAX

typedef struct MemberTable {
    int64_t *ids; /* ascending */
    LocalDay *registered_on;
    LocalDay *closed_on; /* NEVER_CLOSED */
    size_t count;
    size_t capacity;
    size_t partition_count; /* at least 1 */
    IdIndex slots_by_id;    /* of ids */
} MemberTable;

void member_table_destroy(MemberTable *table);
void member_table_add(MemberTable *table, int64_t id, LocalDay registered_on, LocalDay closed_on);

/* Sorts, refuses an id that occurs twice (EXIT_DATA), cuts the partitions and indexes the ids. */
MUST_CHECK bool member_table_finish(MemberTable *table, Error *reterr);

/* Where a member is, or would be. */
typedef struct MemberPlace {
    uint32_t partition;
    uint16_t slot; /* within the partition; PLACE_STRANGER: the table does not have it */
} MemberPlace;

enum { PLACE_STRANGER = UINT16_MAX };

MemberPlace member_place(const MemberTable *table, int64_t id);

/*
 * The places of many ids at once: each is looked up where the processor's cache mostly does not
 * reach, and so they wait for memory side by side.
 */
void member_places(const MemberTable *table, const int64_t *ids, size_t count,
                   MemberPlace *ret_places);

/* The slots of a partition: [*ret_first, *ret_until). */
void member_partition_slots(const MemberTable *table, size_t partition, size_t *ret_first,
                            size_t *ret_until);

/* Whether the member gets a standing in a period with this last day (contract 2.2). */
static inline bool member_stands(const MemberTable *table, size_t slot, LocalDay last_day)
{
    return table->registered_on[slot] <= last_day && table->closed_on[slot] > last_day;
}
