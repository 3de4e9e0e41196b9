/* What ties a member's months to each other, noted while they are folded (month_points.h). */
#include "close/fold_state.h"

#include "base/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { NOTE_HEAD_BYTES = 3 };

static bool is_purchase(const Event *event)
{
    return event->slot == SLOT_PURCHASE && (event->present & EVENT_HAS_ORDER) != 0;
}

/* Whether any of the takes may have a part in what the month comes to. */
static bool reaches(const TakeList *takes, const Event *events, size_t event_count)
{
    for (size_t i = 0; i < takes->count; i++) {
        const Take *take = &takes->items[i];
        if (take->voids_member) {
            return true;
        }
        for (size_t e = 0; e < event_count; e++) {
            if (is_purchase(&events[e]) && events[e].order_id == take->order_id) {
                return true;
            }
        }
    }
    return false;
}

/* Ascending, so that the order of reading does not show. */
static void insert_mark(unsigned char *marks, size_t count, unsigned char mark)
{
    size_t at = count;
    while (at > 0 && marks[at - 1] > mark) {
        marks[at] = marks[at - 1];
        at--;
    }
    marks[at] = mark;
}

static void note_orders(OrderNotes *notes, size_t slot, const Event *events, size_t event_count)
{
    size_t needed = notes->size + NOTE_HEAD_BYTES + ORDERS_MAX;
    notes->bytes = array_grow(notes->bytes, &notes->capacity, needed, 1);
    unsigned char *note = notes->bytes + notes->size;
    size_t count = 0;
    for (size_t i = 0; i < event_count; i++) {
        if (is_purchase(&events[i])) {
            if (count < ORDERS_MAX) {
                insert_mark(note + NOTE_HEAD_BYTES, count, month_order_mark(events[i].order_id));
            }
            count++;
        }
    }
    if (count == 0) {
        return;
    }
    size_t kept = count <= ORDERS_MAX ? count : 0;
    note[0] = (unsigned char)(slot & 0xFF);
    note[1] = (unsigned char)(slot >> 8);
    note[2] = (unsigned char)(kept > 0 ? kept : ORDERS_MAX + 1);
    notes->size += NOTE_HEAD_BYTES + kept;
}

void fold_ties_note(Fold *fold, size_t month_index, size_t slot, const Event *events,
                    size_t event_count, const TakeList *takes)
{
    size_t age = fold->calendar->month_count - 1 - month_index;
    bool taking = false;
    for (size_t i = 0; i < event_count; i++) {
        taking = taking || events[i].slot == SLOT_REFUND || events[i].slot == SLOT_FRAUD;
    }
    month_sets_put(&fold->taking, month_index, slot, taking);
    month_sets_put(&fold->reached, month_index, slot, reaches(takes, events, event_count));
    if (age < ORDER_MONTHS) {
        note_orders(&fold->partitions[slot / MEMBERS_PER_PARTITION].orders[age],
                    slot % MEMBERS_PER_PARTITION, events, event_count);
    }
}

void fold_ties_forget(Fold *fold, size_t partition)
{
    month_sets_clear(&fold->taking, partition);
    month_sets_clear(&fold->reached, partition);
    for (size_t age = 0; age < ORDER_MONTHS; age++) {
        fold->partitions[partition].orders[age].size = 0;
    }
}

void fold_ties_destroy(Fold *fold)
{
    for (size_t partition = 0; partition < fold->members->partition_count; partition++) {
        for (size_t age = 0; age < ORDER_MONTHS; age++) {
            free(fold->partitions[partition].orders[age].bytes);
        }
    }
    month_sets_destroy(&fold->taking);
    month_sets_destroy(&fold->reached);
    month_sets_destroy(&fold->reopened);
}

/* The member's note; slots are asked for in ascending order. */
static MonthOrders noted_orders(OrderNotes *notes, size_t slot)
{
    while (notes->read < notes->size) {
        const unsigned char *note = notes->bytes + notes->read;
        size_t noted_slot = (size_t)note[0] | (size_t)note[1] << 8;
        bool known = note[2] <= ORDERS_MAX;
        if (noted_slot > slot) {
            break;
        }
        notes->read += NOTE_HEAD_BYTES + (known ? note[2] : 0U);
        if (noted_slot == slot) {
            return known ? (MonthOrders){note + NOTE_HEAD_BYTES, note[2], true} : (MonthOrders){0};
        }
    }
    return (MonthOrders){.known = true};
}

/* The base's ties of a member who has a row there; members are asked for in ascending order. */
static MonthTies base_ties(Fold *fold, size_t slot)
{
    const FoldBase *base = &fold->base;
    MonthTies ties = {0};
    int64_t id = fold->members->ids[slot];
    while (fold->base_read < base->row_count && base->rows[fold->base_read].member_id < id) {
        fold->base_read++;
    }
    if (fold->base_read < base->row_count && base->rows[fold->base_read].member_id == id) {
        const StandingRow *row = &base->rows[fold->base_read];
        bool read = month_points_unpack(base->months->bytes + row->months_at, row->months_size,
                                        NULL, base->month_count, &ties);
        ties = read ? ties : (MonthTies){0}; /* fold_base_begin has read it before */
    }
    return ties;
}

MonthTies fold_ties(Fold *fold, size_t slot)
{
    size_t month_count = fold->calendar->month_count;
    PartitionState *state = &fold->partitions[slot / MEMBERS_PER_PARTITION];
    MonthTies ties = {
        .taking = month_sets_of(&fold->taking, slot),
        .reached = month_sets_of(&fold->reached, slot),
    };
    MonthTies before = fold->incremental ? base_ties(fold, slot) : (MonthTies){0};
    /* Of the base, the month `age` months before the period was younger then by so many months. */
    size_t grown = fold->incremental
                       ? (size_t)(fold->period - fold->base.first) + 1 - fold->base.month_count
                       : 0;
    for (size_t age = 0; age < ORDER_MONTHS && age < month_count; age++) {
        if (fold_has_month(fold, month_count - 1 - age, slot)) {
            ties.orders[age] = noted_orders(&state->orders[age], slot % MEMBERS_PER_PARTITION);
        } else {
            assert(age >= grown); /* at least the period's own month is this run's */
            ties.orders[age] = before.orders[age - grown];
        }
    }
    return ties;
}
