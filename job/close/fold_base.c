/* Starting from stored points by month: which months stand, and which are folded again (fold.h). */
#include "close/fold_state.h"

#include "base/arena.h"
#include "ledger/month_points.h"

#include <inttypes.h>

/* One member's stored months into its place; the last one of a base may be the period itself, which
 * is read anew. */
static bool use_row(Fold *fold, size_t slot, const StandingRow *row, const FoldBase *base)
{
    int32_t stored[WINDOW_MONTHS_MAX];
    if (!month_points_unpack(base->months->bytes + row->months_at, row->months_size, stored,
                             base->month_count)) {
        return false;
    }
    size_t from = (size_t)(fold->calendar->first - base->first);
    for (size_t i = 0; i + 1 < fold->calendar->month_count; i++) {
        fold->month_points[i * fold->members->count + slot] = stored[from + i];
    }
    return true;
}

/* The oldest month before the period that may hold the order; NOT_REOPENED: none. */
static uint16_t oldest_month_of(const Fold *fold, int64_t order_id)
{
    for (size_t month = 0; month + 1 < fold->calendar->month_count; month++) {
        if (order_range_holds(&fold->orders[month], order_id)) {
            return (uint16_t)month;
        }
    }
    return NOT_REOPENED;
}

static void reopen(Fold *fold, size_t slot, uint16_t month_index)
{
    if (month_index < fold->reopened[slot]) {
        fold->reopened[slot] = month_index;
    }
}

/* A late purchase may also take a refund from an older credit of its order, and give it back. */
static uint16_t month_of_late(const Fold *fold, const FoldLate *late)
{
    uint16_t month = late->has_order ? oldest_month_of(fold, late->order_id) : NOT_REOPENED;
    return late->voids_member ? 0 : late->month_index < month ? (uint16_t)late->month_index : month;
}

bool fold_use_months(Fold *fold, const FoldBase *base, Error *reterr)
{
    const MemberTable *members = fold->members;
    size_t row = 0;
    size_t late = 0;
    fold->incremental = true;
    fold->reopened = memory_alloc(members->count, sizeof *fold->reopened);
    for (size_t i = 0; i + 1 < fold->calendar->month_count; i++) {
        fold->orders[i] = base->orders[(size_t)(fold->calendar->first - base->first) + i];
    }
    for (size_t slot = 0; slot < members->count; slot++) {
        int64_t id = members->ids[slot];
        while (row < base->row_count && base->rows[row].member_id < id) {
            row++;
        }
        bool has_row = row < base->row_count && base->rows[row].member_id == id;
        fold->reopened[slot] = NOT_REOPENED;
        for (; late < base->late_count && base->late[late].member_id <= id; late++) {
            if (base->late[late].member_id == id) {
                reopen(fold, slot, month_of_late(fold, &base->late[late]));
            }
        }
        if (!has_row) {
            fold->reopened[slot] = member_stands(members, slot, fold->last_day) ? 0 : NOT_REOPENED;
        } else if (!use_row(fold, slot, &base->rows[row], base)) {
            return error_set(reterr, EXIT_DATA, "close this period with --full.",
                             "the stored points by month of member %" PRId64 " cannot be read", id);
        }
    }
    return true;
}

void fold_reopen(Fold *fold)
{
    for (size_t partition = 0; partition < fold->members->partition_count; partition++) {
        const OpenTakes *open = &fold->partitions[partition].open;
        for (size_t i = 0; i < open->count; i++) {
            const Take *take = &open->items[i].take;
            reopen(fold, partition * MEMBERS_PER_PARTITION + open->items[i].slot,
                   take->voids_member ? 0 : oldest_month_of(fold, take->order_id));
        }
    }
}

size_t fold_reopened(const Fold *fold, size_t first_month, int64_t **ret_ids)
{
    int64_t *ids = NULL;
    size_t count = 0;
    size_t capacity = 0;
    for (size_t slot = 0; slot < fold->members->count; slot++) {
        if (fold->reopened[slot] == first_month) {
            ids = array_grow(ids, &capacity, count + 1, sizeof *ids);
            ids[count++] = fold->members->ids[slot];
        }
    }
    *ret_ids = ids;
    return count;
}
