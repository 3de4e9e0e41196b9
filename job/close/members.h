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

#define SLOT_NONE SIZE_MAX
#define NEVER_CLOSED INT32_MAX

typedef struct MemberTable {
    int64_t *ids; /* ascending */
    LocalDay *registered_on;
    LocalDay *closed_on; /* NEVER_CLOSED */
    size_t count;
    size_t capacity;
    size_t partition_count;   /* at least 1 */
    int64_t *partition_ids;   /* each partition's first id */
    IdIndex partitions_by_id; /* of partition_ids: small enough for the processor's cache */
    IdIndex slots_by_id;      /* of ids */
} MemberTable;

void member_table_destroy(MemberTable *table);
void member_table_add(MemberTable *table, int64_t id, LocalDay registered_on, LocalDay closed_on);

/* Sorts, refuses an id that occurs twice (EXIT_DATA), cuts the partitions and indexes the ids. */
MUST_CHECK bool member_table_finish(MemberTable *table, Error *reterr);

/* The partition that a member with this id is in, or would be. */
size_t member_partition(const MemberTable *table, int64_t id);

/* The slots of a partition: [*ret_first, *ret_until). */
void member_partition_slots(const MemberTable *table, size_t partition, size_t *ret_first,
                            size_t *ret_until);

/* The slot (in the whole table) of a member, or SLOT_NONE. */
size_t member_slot(const MemberTable *table, int64_t id);

/* Whether the member gets a standing in a period with this last day (contract 2.2). */
static inline bool member_stands(const MemberTable *table, size_t slot, LocalDay last_day)
{
    return table->registered_on[slot] <= last_day && table->closed_on[slot] > last_day;
}
