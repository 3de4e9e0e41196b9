#include "close/members.h"

#include "base/arena.h"

#include <stdlib.h>

void member_table_destroy(MemberTable *table)
{
    free(table->ids);
    free(table->registered_on);
    free(table->closed_on);
    *table = (MemberTable){0};
}

void member_table_add(MemberTable *table, int64_t id, LocalDay registered_on, LocalDay closed_on)
{
    size_t needed = table->count + 1;
    if (needed > table->capacity || table->ids == NULL) {
        /* The three columns grow together: each call starts from the same capacity. */
        size_t capacity = table->capacity;
        table->ids = array_grow(table->ids, &capacity, needed, sizeof *table->ids);
        capacity = table->capacity;
        table->registered_on =
            array_grow(table->registered_on, &capacity, needed, sizeof *table->registered_on);
        capacity = table->capacity;
        table->closed_on =
            array_grow(table->closed_on, &capacity, needed, sizeof *table->closed_on);
        table->capacity = capacity;
    }
    table->ids[table->count] = id;
    table->registered_on[table->count] = registered_on;
    table->closed_on[table->count] = closed_on;
    table->count++;
}

typedef struct MemberRow {
    int64_t id;
    LocalDay registered_on;
    LocalDay closed_on;
} MemberRow;

static int compare_rows(const void *left, const void *right)
{
    const MemberRow *a = left;
    const MemberRow *b = right;
    return a->id < b->id ? -1 : a->id > b->id;
}

static void sort_columns(MemberTable *table)
{
    MemberRow *rows = memory_alloc(table->count, sizeof *rows);
    for (size_t i = 0; i < table->count; i++) {
        rows[i] = (MemberRow){table->ids[i], table->registered_on[i], table->closed_on[i]};
    }
    qsort(rows, table->count, sizeof *rows, compare_rows);
    for (size_t i = 0; i < table->count; i++) {
        table->ids[i] = rows[i].id;
        table->registered_on[i] = rows[i].registered_on;
        table->closed_on[i] = rows[i].closed_on;
    }
    free(rows);
}

bool member_table_finish(MemberTable *table, Error *reterr)
{
    bool sorted = true;
    for (size_t i = 1; i < table->count && sorted; i++) {
        sorted = table->ids[i - 1] <= table->ids[i];
    }
    if (!sorted) {
        sort_columns(table);
    }
    for (size_t i = 1; i < table->count; i++) {
        if (table->ids[i - 1] == table->ids[i]) {
            return error_set(
                reterr, EXIT_DATA, "give the job a source with one row for each member_id.",
                "member %lld stands twice in the members' table", (long long)table->ids[i]);
        }
    }
    table->partition_count =
        table->count == 0 ? 1 : (table->count + MEMBERS_PER_PARTITION - 1) / MEMBERS_PER_PARTITION;
    return true;
}

/*
 * The last index in [first, until) whose id is not above `id`; `first` if there is none. Ids are
 * mostly dense, so a guess by proportion is tried before the halving.
 */
static size_t last_not_above(const int64_t *ids, size_t first, size_t until, int64_t id)
{
    size_t low = first;
    size_t high = until;                                    /* exclusive */
    double span = (double)ids[high - 1] - (double)ids[low]; /* 0 for huge neighbours */
    if (high - low > 8 && span > 0 && id > ids[low] && id < ids[high - 1]) {
        double share = ((double)id - (double)ids[low]) / span;
        size_t guess = low + (size_t)(share * (double)(high - 1 - low));
        if (guess < high - 1 && ids[guess] <= id) {
            low = guess;
            if (ids[guess + 1] > id) {
                return guess;
            }
        } else if (ids[guess] > id) {
            high = guess;
        }
    }
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (ids[middle] <= id) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

size_t member_partition(const MemberTable *table, int64_t id)
{
    if (table->partition_count == 1) {
        return 0;
    }
    return last_not_above(table->ids, 0, table->count, id) / MEMBERS_PER_PARTITION;
}

void member_partition_slots(const MemberTable *table, size_t partition, size_t *ret_first,
                            size_t *ret_until)
{
    size_t until = (partition + 1) * MEMBERS_PER_PARTITION;
    *ret_first = partition * MEMBERS_PER_PARTITION;
    *ret_until = until < table->count ? until : table->count;
}

size_t member_slot(const MemberTable *table, size_t partition, int64_t id)
{
    size_t first = 0;
    size_t until = 0;
    member_partition_slots(table, partition, &first, &until);
    if (first >= until) {
        return SLOT_NONE;
    }
    size_t slot = last_not_above(table->ids, first, until, id);
    return table->ids[slot] == id ? slot : SLOT_NONE;
}
