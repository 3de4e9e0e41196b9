#include "close/members.h"

#include "base/arena.h"

#include <stdlib.h>

void member_table_destroy(MemberTable *table)
{
    free(table->ids);
    free(table->registered_on);
    free(table->closed_on);
    id_index_destroy(&table->slots_by_id);
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

static void cut_partitions(MemberTable *table)
{
    table->partition_count =
        table->count == 0 ? 1 : (table->count + MEMBERS_PER_PARTITION - 1) / MEMBERS_PER_PARTITION;
    table->slots_by_id = id_index_build(table->ids, table->count, 2);
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
    if (table->count >= UINT32_MAX) {
        return error_set(reterr, EXIT_DATA, "split the programme.",
                         "there are more than 4 billion members");
    }
    cut_partitions(table);
    return true;
}

static inline MemberPlace find_place(const MemberTable *table, int64_t id)
{
    size_t slot = id_index_find(&table->slots_by_id, id);
    return (MemberPlace){
        .partition = (uint32_t)(slot / MEMBERS_PER_PARTITION),
        .slot = table->ids[slot] == id ? (uint16_t)(slot % MEMBERS_PER_PARTITION) : PLACE_STRANGER,
    };
}

MemberPlace member_place(const MemberTable *table, int64_t id)
{
    return table->count == 0 ? (MemberPlace){0, PLACE_STRANGER} : find_place(table, id);
}

void member_places(const MemberTable *table, const int64_t *ids, size_t count,
                   MemberPlace *ret_places)
{
    if (table->count == 0) {
        for (size_t i = 0; i < count; i++) {
            ret_places[i] = (MemberPlace){0, PLACE_STRANGER};
        }
        return;
    }
    for (size_t i = 0; i < count; i++) {
        id_index_fetch_start(&table->slots_by_id, ids[i]);
    }
    for (size_t i = 0; i < count; i++) {
        id_index_fetch_ids(&table->slots_by_id, ids[i]);
    }
    for (size_t i = 0; i < count; i++) {
        ret_places[i] = find_place(table, ids[i]);
    }
}

void member_partition_slots(const MemberTable *table, size_t partition, size_t *ret_first,
                            size_t *ret_until)
{
    size_t until = (partition + 1) * MEMBERS_PER_PARTITION;
    *ret_first = partition * MEMBERS_PER_PARTITION;
    *ret_until = until < table->count ? until : table->count;
}
