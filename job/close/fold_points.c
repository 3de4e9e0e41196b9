/* The points that a fold has come to, by member and month: kept, summed, taken back. */
#include "close/fold_state.h"

#include "base/arena.h"

#include <inttypes.h>
#include <string.h>

void fold_keep_points(Fold *fold, size_t slot, size_t month_index, int64_t points)
{
    bool wide = points > INT32_MAX || points < INT32_MIN;
    fold->month_points[month_index * fold->members->count + slot] = wide ? 0 : (int32_t)points;
    if (wide) {
        PartitionState *state = &fold->partitions[slot / MEMBERS_PER_PARTITION];
        state->wide = array_grow(state->wide, &state->wide_capacity, state->wide_count + 1,
                                 sizeof *state->wide);
        state->wide[state->wide_count++] = (WideMonth){slot, month_index, points};
        atomic_store(&fold->months_overflow, true);
    }
}

void fold_forget(Fold *fold, size_t first_month, size_t first, size_t until)
{
    for (size_t partition = first; partition < until; partition++) {
        PartitionState *state = &fold->partitions[partition];
        size_t first_slot = 0;
        size_t until_slot = 0;
        member_partition_slots(fold->members, partition, &first_slot, &until_slot);
        for (size_t month = first_month; month < fold->calendar->month_count; month++) {
            memset(fold->month_points + month * fold->members->count + first_slot, 0,
                   (until_slot - first_slot) * sizeof *fold->month_points);
        }
        state->open.count = 0;
        state->wide_count = 0;
        fold_ties_forget(fold, partition);
    }
}

bool fold_sum(const Fold *fold, size_t slot, int64_t *ret_points, int64_t *ret_expiring,
              Error *reterr)
{
    size_t member_count = fold->members->count;
    int64_t points = 0;
    for (size_t i = 0; i < fold->calendar->month_count; i++) {
        points += fold->month_points[i * member_count + slot];
    }
    int64_t expiring = fold->month_points[slot];
    const PartitionState *state = &fold->partitions[slot / MEMBERS_PER_PARTITION];
    for (size_t i = 0; i < state->wide_count; i++) {
        const WideMonth *wide = &state->wide[i];
        if (wide->slot != slot) {
            continue;
        }
        if (__builtin_add_overflow(points, wide->points, &points)) {
            return error_set(reterr, EXIT_DATA, "look at the member's recorded points.",
                             "member %" PRId64 ": the window's points are more than a bigint holds",
                             fold->members->ids[slot]);
        }
        expiring = wide->month_index == 0 ? wide->points : expiring;
    }
    *ret_points = points;
    *ret_expiring = expiring;
    return true;
}

bool fold_months_fit(const Fold *fold)
{
    return !atomic_load(&fold->months_overflow);
}

bool fold_add_wide(const Fold *fold, int64_t sums[WINDOW_MONTHS_MAX])
{
    bool wrapped = false;
    for (size_t p = 0; p < fold->members->partition_count; p++) {
        for (size_t i = 0; i < fold->partitions[p].wide_count; i++) {
            const WideMonth *wide = &fold->partitions[p].wide[i];
            if (member_stands(fold->members, wide->slot, fold->last_day)) {
                int64_t *sum = &sums[wide->month_index];
                wrapped |= __builtin_add_overflow(*sum, wide->points, sum);
            }
        }
    }
    return !wrapped;
}

void fold_months(const Fold *fold, size_t slot, int32_t ret_points[WINDOW_MONTHS_MAX])
{
    for (size_t i = 0; i < fold->calendar->month_count; i++) {
        ret_points[i] = fold->month_points[i * fold->members->count + slot];
    }
}

size_t fold_month_count(const Fold *fold)
{
    return fold->calendar->month_count;
}
