#include "close/fold_state.h"

#include "base/arena.h"

#include <inttypes.h>
#include <stdlib.h>

void fold_worker_init(FoldWorker *worker)
{
    *worker = (FoldWorker){
        .workspace = earn_workspace_create(),
        .tally = memory_alloc(1, sizeof(Tally)),
    };
}

void fold_worker_destroy(FoldWorker *worker)
{
    earn_workspace_destroy(worker->workspace);
    event_batch_destroy(&worker->batch);
    free(worker->takes.items);
    free(worker->tally);
    *worker = (FoldWorker){0};
}

void fold_worker_merge(Fold *fold, const FoldWorker *worker, Tally *tally)
{
    tally_merge(tally, worker->tally);
    for (size_t month = 0; month < fold->calendar->month_count; month++) {
        order_range_unite(&fold->orders[month], &worker->orders[month]);
    }
}

Fold *fold_create(const Programme *programme, const Calendar *calendar, const MemberTable *members,
                  EventStore *store)
{
    Fold *fold = memory_alloc(1, sizeof *fold);
    fold->programme = programme;
    fold->calendar = calendar;
    fold->members = members;
    fold->store = store;
    fold->month_points =
        memory_alloc(members->count * calendar->month_count, sizeof *fold->month_points);
    fold->partitions = memory_alloc(members->partition_count, sizeof *fold->partitions);
    for (size_t month = 0; month < calendar->month_count; month++) {
        fold->plain[month].rules = rules_in_force(programme, calendar->first + (Period)month);
    }
    fold->taking = month_sets_create(members->count, calendar->month_count);
    fold->reached = month_sets_create(members->count, calendar->month_count);
    fold->period = calendar->first + (Period)calendar->month_count - 1;
    fold->last_day = period_last_day(fold->period);
    return fold;
}

void fold_destroy(Fold *fold)
{
    if (fold == NULL) {
        return;
    }
    for (size_t partition = 0; partition < fold->members->partition_count; partition++) {
        free(fold->partitions[partition].open.items);
        free(fold->partitions[partition].wide);
    }
    fold_ties_destroy(fold);
    free(fold->partitions);
    free(fold->month_points);
    free(fold);
}

void fold_count_plain(Fold *fold)
{
    for (size_t month = 0; month < fold->calendar->month_count; month++) {
        fold->plain[month] = plain_rules(fold->programme, fold->calendar->first + (Period)month);
    }
}

const PlainRules *fold_plain_rules(const Fold *fold, size_t month_index)
{
    return &fold->plain[month_index];
}

/* What a member without standing would have earned counts as ineligible. */
static Fate fate_of(Fate fate, bool stands)
{
    return !stands && (fate == FATE_EARNING || fate == FATE_CAPPED) ? FATE_INELIGIBLE : fate;
}

static void count_event(Tally *tally, const Event *event, Fate fate, bool own_month,
                        int64_t member_id)
{
    if (fate < FATE_FIRST_ANOMALY) {
        tally_count(tally, fate, event->slot, own_month, 1); /* nearly all */
        return;
    }
    AnomalySample sample = {
        .event_id = event->event_id,
        .member_id = member_id,
        .occurred_at_us = event->occurred_at_us,
        .order_id = event->order_id,
        .has_member = true,
        .has_order = (event->present & EVENT_HAS_ORDER) != 0,
        .slot = event->slot,
    };
    tally_add(tally, fate, own_month, &sample);
}

/* An incremental fold tallies its own month only: the older events were, in their own close. */
static bool is_counted(const Fold *fold, Period month)
{
    return !fold->incremental || month == fold->period;
}

static void count_take(const Fold *fold, Tally *tally, const Take *take, int64_t member_id)
{
    AnomalySample sample = {
        .event_id = take->event_id,
        .member_id = member_id,
        .occurred_at_us = take->occurred_at_us,
        .order_id = take->order_id,
        .asked_cents = take->wants_all ? NO_LIMIT : take->remaining_cents + take->taken_cents,
        .taken_cents = take->taken_cents,
        .has_member = true,
        .has_order = take->has_order,
        .slot = take->is_fraud ? SLOT_FRAUD : SLOT_REFUND,
    };
    if (is_counted(fold, take->month)) {
        tally_add(tally, take_fate(take), take->month == fold->period, &sample);
    }
}

/* Counts the settled takes and appends the open ones to `kept`. */
static void keep_open_takes(const Fold *fold, FoldWorker *worker, uint32_t slot, size_t table_slot,
                            OpenTakes *kept)
{
    int64_t member_id = fold->members->ids[table_slot];
    for (size_t i = 0; i < worker->takes.count; i++) {
        const Take *take = &worker->takes.items[i];
        if (take_is_settled(take)) {
            count_take(fold, worker->tally, take, member_id);
            continue;
        }
        kept->items = array_grow(kept->items, &kept->capacity, kept->count + 1, sizeof(OpenTake));
        kept->items[kept->count++] = (OpenTake){slot, *take};
    }
}

static void note_orders(OrderRange *orders, const Event *events, size_t event_count)
{
    for (size_t i = 0; i < event_count; i++) {
        if (events[i].slot == SLOT_PURCHASE && (events[i].present & EVENT_HAS_ORDER) != 0) {
            order_range_add(orders, events[i].order_id);
        }
    }
}

/* What a member's events of plain kinds come to. */
static int64_t fold_plain(const Fold *fold, FoldWorker *worker, size_t month_index,
                          const PlainCount *counts, bool stands)
{
    const PlainRules *plain = &fold->plain[month_index];
    Period month = fold->calendar->first + (Period)month_index;
    bool own_month = month == fold->period;
    int64_t points = 0;
    size_t rank = 0;
    for (KindSet left = plain->kinds; left != 0; left &= left - 1, rank++) {
        if (counts[rank].events == 0) {
            continue;
        }
        uint8_t slot = (uint8_t)__builtin_ctzll(left);
        PlainEarned earned = plain_earn(plain->rules, slot, &counts[rank]);
        points += earned.points;
        if (own_month && stands) {
            tally_add_source(worker->tally, slot, earned.points);
        }
        if (is_counted(fold, month)) {
            Tally *tally = worker->tally;
            tally_count(tally, fate_of(FATE_EARNING, stands), slot, own_month, earned.earning);
            tally_count(tally, fate_of(FATE_CAPPED, stands), slot, own_month, earned.capped);
            tally_count(tally, FATE_INELIGIBLE, slot, own_month, earned.ineligible);
        }
    }
    return points;
}

static void set_local_times(const Fold *fold, FoldWorker *worker, Event *events, size_t event_count)
{
    for (size_t i = 0; i < event_count; i++) {
        if (!calendar_span_holds(&worker->span, events[i].occurred_at_us)) {
            worker->span = calendar_span(fold->calendar, events[i].occurred_at_us);
        }
        events[i].local_us = events[i].occurred_at_us + worker->span.offset_us;
    }
}

/* One member's month, with the takes that its later months left open: worker->takes in and out. */
static bool fold_member(Fold *fold, FoldWorker *worker, size_t month_index, size_t slot,
                        Event *events, size_t event_count, const PlainCount *plain, Error *reterr)
{
    Period month = fold->calendar->first + (Period)month_index;
    int64_t member_id = fold->members->ids[slot];
    bool stands = member_stands(fold->members, slot, fold->last_day);
    set_local_times(fold, worker, events, event_count);
    fold_ties_note(fold, month_index, slot, events, event_count, &worker->takes);
    int64_t points = 0;
    if (event_count > 0 && !earn_month(worker->workspace, fold->plain[month_index].rules, month,
                                       events, event_count, &worker->takes, &points, reterr)) {
        return error_prefix(reterr, "member %" PRId64, member_id);
    }
    if (__builtin_add_overflow(points, fold_plain(fold, worker, month_index, plain, stands),
                               &points)) {
        return error_set(reterr, EXIT_DATA, "look at the member's recorded points.",
                         "member %" PRId64 ": a month's points add up to more than a bigint holds",
                         member_id);
    }
    fold_keep_points(fold, slot, month_index, points);
    note_orders(&worker->orders[month_index], events, event_count);
    if (month == fold->period && stands && event_count > 0) {
        tally_add_sources(worker->tally, worker->workspace);
    }
    for (size_t i = 0; i < event_count && is_counted(fold, month); i++) {
        if (events[i].fate != FATE_OPEN) {
            count_event(worker->tally, &events[i], fate_of(events[i].fate, stands),
                        month == fold->period, member_id);
        }
    }
    return true;
}

/* Whether the member did nothing that month. */
static bool is_idle(const EventBatch *batch, size_t slot)
{
    uint32_t events = batch->first[slot + 1] - batch->first[slot];
    const PlainCount *plain = batch->plain + slot * batch->plain_kind_count;
    for (size_t rank = 0; rank < batch->plain_kind_count; rank++) {
        events |= plain[rank].events;
    }
    return events == 0;
}

/* Refunds of everything stay open to the last month, and are one of fifty events. */
static void shrink(OpenTakes *open)
{
    OpenTake *items = open->count == 0 ? NULL : realloc(open->items, open->count * sizeof *items);
    if (items != NULL) {
        open->items = items;
        open->capacity = open->count;
    }
}

/* A member's month without events, or one that stands; worker->takes as above. */
static void pass_member(Fold *fold, FoldWorker *worker, size_t month_index, size_t slot)
{
    if (fold_has_month(fold, month_index, slot)) {
        fold_ties_note(fold, month_index, slot, NULL, 0, &worker->takes);
    } else {
        fold_base_pass(fold, month_index, slot, &worker->takes);
    }
}

/* All members of a partition, in the order of their slots. */
static bool fold_members(Fold *fold, FoldWorker *worker, size_t month_index, size_t first_slot,
                         const OpenTakes *open, OpenTakes *kept, Error *reterr)
{
    const EventBatch *batch = &worker->batch;
    size_t next_open = 0;
    for (uint32_t slot = 0; slot < batch->slot_count; slot++) {
        size_t event_count = batch->first[slot + 1] - batch->first[slot];
        worker->takes.count = 0;
        while (next_open < open->count && open->items[next_open].slot == slot) {
            take_list_add(&worker->takes, &open->items[next_open++].take);
        }
        if (!is_idle(batch, slot)) {
            if (!fold_member(fold, worker, month_index, first_slot + slot,
                             batch->events + batch->first[slot], event_count,
                             batch->plain + slot * batch->plain_kind_count, reterr)) {
                return false;
            }
        } else if (worker->takes.count > 0) {
            pass_member(fold, worker, month_index, first_slot + slot);
        }
        if (worker->takes.count > 0) {
            keep_open_takes(fold, worker, slot, first_slot + slot, kept);
        }
    }
    return true;
}

bool fold_partition(Fold *fold, FoldWorker *worker, size_t month_index, size_t partition,
                    Error *reterr)
{
    EventBatch *batch = &worker->batch;
    event_store_take(fold->store, fold->members, month_index, partition,
                     fold->plain[month_index].kinds, batch);
    bool own_month = fold->calendar->first + (Period)month_index == fold->period;
    for (size_t i = 0; i < batch->stranger_count; i++) {
        count_event(worker->tally, &batch->strangers[i], FATE_UNKNOWN_MEMBER, own_month,
                    batch->stranger_ids[i]);
    }
    size_t first_slot = 0;
    size_t until_slot = 0;
    member_partition_slots(fold->members, partition, &first_slot, &until_slot);

    OpenTakes *open = &fold->partitions[partition].open;
    OpenTakes kept = {0};
    if ((own_month && fold->incremental && !fold_base_begin(fold, partition, reterr)) ||
        !fold_members(fold, worker, month_index, first_slot, open, &kept, reterr)) {
        free(kept.items);
        return false;
    }
    free(open->items);
    *open = kept;
    shrink(open);
    if (own_month && fold->incremental) {
        fold_base_reopen(fold, partition);
    }
    return true;
}

void fold_finish_partition(Fold *fold, FoldWorker *worker, size_t partition)
{
    size_t first_slot = 0;
    size_t until_slot = 0;
    member_partition_slots(fold->members, partition, &first_slot, &until_slot);
    OpenTakes *open = &fold->partitions[partition].open;
    for (size_t i = 0; i < open->count; i++) {
        count_take(fold, worker->tally, &open->items[i].take,
                   fold->members->ids[first_slot + open->items[i].slot]);
    }
    free(open->items);
    *open = (OpenTakes){0};
}

const OrderRange *fold_orders(const Fold *fold)
{
    return fold->orders;
}
