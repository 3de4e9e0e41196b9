/*
 * Starting from stored points by month: which months stand, and which are folded again (fold.h).
 *
 * What a member's month comes to depends on its own events and on the refunds and frauds of the
 * same and later months ("takes") that find orders in it. So it stands as it is unless
 *
 *   (a) an event of it was recorded since;
 *   (b) it may hold the order of a take that is new: of the period's own month, or recorded since.
 *       The same goes for the order of a purchase recorded since, where a take of its own or a
 *       later month may now find that one first;
 *   (c) it was reached by a take that comes from another month read again: see below;
 *   (d) a fraud may void all that the member has, or nothing is known of the member.
 *
 * A month that is folded again needs the takes of later months in the state in which they come to
 * it. So where it was reached by any, or an order of it was recorded since, all months from it on
 * to the newest one with takes are folded with it (c). The other months are passed over, and then a
 * take must not come through that would have been spent there: fold_base_pass drops those whose
 * order the month may hold. That is exact: with such a month passed over, neither a take nor a
 * purchase of that order is new (b), so what the take reached is as it was; and of what it reached
 * nothing is folded again, or the month passed over would be, too (c).
 *
 * Which orders a month may hold is told by the marks in the member's row and by the range of all
 * orders of that month; both may say yes too often, never no.
 */
#include "close/fold_state.h"

#include "base/arena.h"

#include <inttypes.h>

/* A member's row of the base, and what it says. */
typedef struct BaseRow {
    size_t slot;
    MonthTies ties;
} BaseRow;

static size_t older_months(const Fold *fold)
{
    return fold->calendar->month_count - 1;
}

/* The months [from, until) as bits. */
static uint64_t months_between(size_t from, size_t until)
{
    uint64_t below_until = (UINT64_C(1) << until) - 1;
    uint64_t below_from = (UINT64_C(1) << from) - 1;
    return until > from ? below_until & ~below_from : 0;
}

/* Which of the base's months is the calendar's first. */
static size_t base_offset(const Fold *fold)
{
    return (size_t)(fold->calendar->first - fold->base.first);
}

/* The first row whose member's id is not below. */
static size_t first_row(const FoldBase *base, int64_t id)
{
    size_t low = 0;
    size_t high = base->row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (base->rows[middle].member_id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t first_late(const FoldBase *base, int64_t id)
{
    size_t low = 0;
    size_t high = base->late_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (base->late[middle].member_id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool unpack(const FoldBase *base, const StandingRow *row, int32_t *points,
                   MonthTies *ret_ties)
{
    return month_points_unpack(base->months->bytes + row->months_at, row->months_size, points,
                               base->month_count, ret_ties);
}

/* The row of the member at or after *row, which moves there; false where there is none. */
static bool find_row(const Fold *fold, size_t slot, size_t *row, BaseRow *ret_found)
{
    const FoldBase *base = &fold->base;
    int64_t id = fold->members->ids[slot];
    while (*row < base->row_count && base->rows[*row].member_id < id) {
        (*row)++;
    }
    ret_found->slot = slot;
    return *row < base->row_count && base->rows[*row].member_id == id &&
           unpack(base, &base->rows[*row], NULL, &ret_found->ties);
}

/* Whether the member may have bought the order in that month, as far as the base knows. */
static bool may_hold(const Fold *fold, const MonthTies *ties, size_t month_index, int64_t order_id)
{
    size_t month = base_offset(fold) + month_index;
    size_t age = fold->base.month_count - 1 - month;
    return order_range_holds(&fold->base.orders[month], order_id) &&
           (age >= ORDER_MONTHS || month_orders_hold(&ties->orders[age], order_id));
}

/* The months before `until` that may hold the order. */
static uint64_t months_of_order(const Fold *fold, const MonthTies *ties, size_t until,
                                int64_t order_id)
{
    uint64_t months = 0;
    for (size_t month = 0; month < until; month++) {
        months |= (uint64_t)may_hold(fold, ties, month, order_id) << month;
    }
    return months;
}

static uint64_t all_older(const Fold *fold)
{
    return months_between(0, older_months(fold));
}

/* What a late event opens; `taking`: the window's months with takes. */
static uint64_t months_of_late(const Fold *fold, const MonthTies *ties, uint64_t taking,
                               const FoldLate *late)
{
    size_t month = late->month_index;
    uint64_t months = all_older(fold) & (UINT64_C(1) << month);
    if (late->voids_member) {
        return all_older(fold);
    }
    if (late->order == LATE_TAKE) {
        return months | months_of_order(fold, ties, month, late->order_id);
    }
    uint64_t takes = taking >> month << month; /* of its own month and later ones */
    if (late->order == LATE_PURCHASE && takes != 0) {
        size_t newest = 63 - (size_t)__builtin_clzll(takes);
        months |= (all_older(fold) & months_between(month, newest + 1)) |
                  months_of_order(fold, ties, month, late->order_id);
    }
    return months;
}

/* The stored months of a member into their places. Of a base that is the period itself, its own
 * month's takes are kept for the late events only: that month is folded. */
static bool begin_member(Fold *fold, size_t slot, const StandingRow *row, const FoldLate *late,
                         size_t late_count, Error *reterr)
{
    int32_t stored[WINDOW_MONTHS_MAX];
    MonthTies ties;
    size_t offset = base_offset(fold);
    if (!unpack(&fold->base, row, stored, &ties)) {
        return error_set(reterr, EXIT_DATA, "close this period with --full.",
                         "the stored points by month of member %" PRId64 " cannot be read",
                         row->member_id);
    }
    for (size_t month = 0; month < older_months(fold); month++) {
        fold->month_points[month * fold->members->count + slot] = stored[offset + month];
    }
    uint64_t taking = ties.taking >> offset & months_between(0, fold->calendar->month_count);
    month_sets_add(&fold->taking, slot, taking & all_older(fold));
    month_sets_add(&fold->reached, slot, ties.reached >> offset & all_older(fold));
    for (size_t i = 0; i < late_count; i++) {
        month_sets_add(&fold->reopened, slot, months_of_late(fold, &ties, taking, &late[i]));
    }
    return true;
}

bool fold_base_begin(Fold *fold, size_t partition, Error *reterr)
{
    const MemberTable *members = fold->members;
    const FoldBase *base = &fold->base;
    size_t slot = 0;
    size_t until_slot = 0;
    member_partition_slots(members, partition, &slot, &until_slot);
    month_sets_clear(&fold->reopened, partition);
    fold_ties_forget(fold, partition);
    if (slot >= until_slot) {
        return true;
    }
    size_t row = first_row(base, members->ids[slot]);
    size_t late = first_late(base, members->ids[slot]);
    for (; slot < until_slot; slot++) {
        int64_t id = members->ids[slot];
        while (row < base->row_count && base->rows[row].member_id < id) {
            row++;
        }
        while (late < base->late_count && base->late[late].member_id < id) {
            late++;
        }
        size_t first = late;
        while (late < base->late_count && base->late[late].member_id == id) {
            late++;
        }
        if (row < base->row_count && base->rows[row].member_id == id) {
            if (!begin_member(fold, slot, &base->rows[row], base->late + first, late - first,
                              reterr)) {
                return false;
            }
        } else if (member_stands(members, slot, fold->last_day)) {
            month_sets_add(&fold->reopened, slot, all_older(fold)); /* (d) */
        }
    }
    return true;
}

/* (b) and (d) for the takes that the own month has left open. */
static void reopen_for_takes(Fold *fold, size_t first_slot, const OpenTakes *open)
{
    size_t row = open->count == 0
                     ? 0
                     : first_row(&fold->base, fold->members->ids[first_slot + open->items[0].slot]);
    BaseRow found = {.slot = SIZE_MAX};
    bool has_row = false;
    for (size_t i = 0; i < open->count; i++) {
        size_t slot = first_slot + open->items[i].slot;
        const Take *take = &open->items[i].take;
        if (slot != found.slot) {
            has_row = find_row(fold, slot, &row, &found);
        }
        uint64_t months = 0;
        if (!has_row || take->voids_member) {
            months = all_older(fold); /* without a standing the take still has its fate */
        } else {                      /* a take names an order or voids the member */
            months = months_of_order(fold, &found.ties, older_months(fold), take->order_id);
        }
        month_sets_add(&fold->reopened, slot, months);
    }
}

/* (c): a member's months that are folded with those that are. */
static void reopen_between(Fold *fold, size_t slot)
{
    uint64_t reopened = month_sets_of(&fold->reopened, slot);
    uint64_t reached = reopened == 0 ? 0 : reopened & month_sets_of(&fold->reached, slot);
    uint64_t taking = reached == 0 ? 0 : month_sets_of(&fold->taking, slot) & all_older(fold);
    if (taking != 0) {
        size_t oldest = (size_t)__builtin_ctzll(reached);
        size_t newest = 63 - (size_t)__builtin_clzll(taking);
        month_sets_add(&fold->reopened, slot, months_between(oldest, newest + 1));
    }
}

void fold_base_reopen(Fold *fold, size_t partition)
{
    size_t slot = 0;
    size_t until_slot = 0;
    member_partition_slots(fold->members, partition, &slot, &until_slot);
    reopen_for_takes(fold, slot, &fold->partitions[partition].open);
    for (; slot < until_slot; slot++) {
        reopen_between(fold, slot);
    }
}

void fold_base_pass(const Fold *fold, size_t month_index, size_t slot, TakeList *takes)
{
    size_t kept = 0;
    BaseRow found = {.slot = SIZE_MAX};
    bool has_row = false;
    for (size_t i = 0; i < takes->count; i++) {
        const Take *take = &takes->items[i];
        bool is_older = take->month != fold->period; /* (b) has seen to those of the own month */
        if (is_older && found.slot == SIZE_MAX) {
            size_t row = first_row(&fold->base, fold->members->ids[slot]);
            has_row = find_row(fold, slot, &row, &found);
        }
        bool spent = is_older && has_row && take->has_order &&
                     may_hold(fold, &found.ties, month_index, take->order_id);
        if (!spent) {
            takes->items[kept++] = *take;
        }
    }
    takes->count = kept;
}

void fold_use_months(Fold *fold, const FoldBase *base)
{
    fold->incremental = true;
    fold->base = *base;
    fold->reopened = month_sets_create(fold->members->count, fold->calendar->month_count);
    for (size_t month = 0; month < older_months(fold); month++) {
        fold->orders[month] = base->orders[base_offset(fold) + month];
    }
}

static bool is_oldest(const Fold *fold, size_t month_index, size_t slot)
{
    return month_sets_of(&fold->reopened, slot) << (63 - month_index) == UINT64_C(1) << 63;
}

size_t fold_reopened(const Fold *fold, size_t month_index, bool oldest, int64_t **ret_ids)
{
    int64_t *ids = NULL;
    size_t count = 0;
    size_t capacity = 0;
    for (size_t slot = 0; slot < fold->members->count; slot++) {
        if (month_sets_hold(&fold->reopened, month_index, slot) &&
            (!oldest || is_oldest(fold, month_index, slot))) {
            ids = array_grow(ids, &capacity, count + 1, sizeof *ids);
            ids[count++] = fold->members->ids[slot];
        }
    }
    *ret_ids = ids;
    return count;
}

bool fold_is_reopened(const Fold *fold, size_t month_index, MemberPlace place)
{
    return place.slot != PLACE_STRANGER &&
           month_sets_hold(&fold->reopened, month_index,
                           place.partition * MEMBERS_PER_PARTITION + place.slot);
}
