#include "close_builders.h"

#include "base/arena.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { ZONE_SEGMENTS = 4, LANES_MAX = 8 };

LocalDay day_of(const char *text)
{
    LocalDay day = 0;
    Error error = {0};
    cr_assert(day_parse(text, &day, &error), "%s", error.message);
    return day;
}

void add_member(MemberTable *members, int64_t id, const char *registered_on, const char *closed_on)
{
    member_table_add(members, id, day_of(registered_on),
                     closed_on == NULL ? NEVER_CLOSED : day_of(closed_on));
}

void finish_members(MemberTable *members)
{
    Error error = {0};
    cr_assert(member_table_finish(members, &error), "%s", error.message);
}

size_t slot_of_member(const MemberTable *members, int64_t id)
{
    MemberPlace place = member_place(members, id);
    return place.slot == PLACE_STRANGER
               ? SLOT_NONE
               : (size_t)place.partition * MEMBERS_PER_PARTITION + place.slot;
}

static const ZoneSegment *los_angeles(void)
{
    static ZoneSegment segments[ZONE_SEGMENTS];
    const int64_t hour_us = INT64_C(3600) * 1000000;
    segments[0] = (ZoneSegment){at("2023-11-05 09:00"), -8 * hour_us};
    segments[1] = (ZoneSegment){at("2025-03-09 10:00"), -7 * hour_us};
    segments[2] = (ZoneSegment){at("2025-11-02 09:00"), -8 * hour_us};
    segments[3] = (ZoneSegment){at("2026-03-08 10:00"), -7 * hour_us};
    return segments;
}

int64_t los_angeles_us(int64_t utc_us)
{
    Calendar calendar;
    calendar_init(&calendar, los_angeles(), ZONE_SEGMENTS, month(2025, 1), month(2025, 12));
    return calendar_local_us(&calendar, utc_us);
}

int32_t month_index_of(const Programme *programme, Period period, const Event *event)
{
    Calendar calendar;
    calendar_init(&calendar, los_angeles(), ZONE_SEGMENTS,
                  window_first(period, programme->window_months), period);
    return calendar_month_index(&calendar, calendar_local_us(&calendar, event->occurred_at_us));
}

typedef enum Part { PART_ALL, PART_OWN_MONTH, PART_REOPENED } Part;

static bool is_of_part(const FoldRun *run, Part part, int32_t month_index, MemberPlace place)
{
    bool own = month_index >= 0 && (size_t)month_index + 1 == run->calendar.month_count;
    return month_index >= 0 && (part == PART_ALL || (part == PART_OWN_MONTH && own) ||
                                (part == PART_REOPENED && !own &&
                                 fold_is_reopened(run->fold, (size_t)month_index, place)));
}

static void put_events(FoldRun *run, Tally *tally, Part part, const MemberEvent *events,
                       size_t event_count, size_t lane_count)
{
    for (size_t i = 0; i < event_count; i++) {
        const Event *event = &events[i].event;
        int64_t local_us = calendar_local_us(&run->calendar, event->occurred_at_us);
        int32_t month_index = calendar_month_index(&run->calendar, local_us);
        MemberPlace place = member_place(run->members, events[i].member_id);
        if (!is_of_part(run, part, month_index, place)) {
            continue;
        }
        tally->events += part != PART_REOPENED;
        size_t index = (size_t)month_index;
        const PlainRules *plain = fold_plain_rules(run->fold, index);
        bool has_item = (event->present & EVENT_HAS_ITEM) != 0;
        if (place.slot != PLACE_STRANGER &&
            plain_takes(plain, event->slot, has_item, event->item_cents)) {
            event_store_put_plain(run->store, i % lane_count, index, place, event->slot,
                                  calendar_day(local_us),
                                  plain_eligible(plain, event->slot, event->item_cents));
        } else {
            event_store_put(run->store, i % lane_count, index, place, events[i].member_id, event);
        }
    }
}

/* The months [first, until), the newest first. */
static void fold_months_of(FoldRun *run, FoldWorker *workers, size_t worker_count, size_t first,
                           size_t until)
{
    for (size_t left = until; left > first; left--) {
        for (size_t partition = 0; partition < run->members->partition_count; partition++) {
            if (run->done && !fold_partition(run->fold, &workers[partition % worker_count],
                                             left - 1, partition, &run->error)) {
                run->done = false;
            }
        }
    }
}

static void fold_finish(FoldRun *run, FoldWorker *workers, size_t worker_count)
{
    size_t partition_count = run->members->partition_count;
    for (size_t partition = 0; run->done && partition < partition_count; partition++) {
        fold_finish_partition(run->fold, &workers[partition % worker_count], partition);
    }
    int64_t points = 0;
    int64_t expiring = 0;
    for (size_t slot = 0; run->done && slot < run->members->count; slot++) {
        run->done = fold_sum(run->fold, slot, &points, &expiring, &run->error);
    }
}

FoldRun fold_run(const Programme *programme, Period period, const MemberTable *members,
                 const MemberEvent *events, size_t event_count, size_t lane_count)
{
    return fold_run_from(programme, period, members, events, event_count, lane_count, NULL);
}

/* A run with nothing in it, and its workers. */
static FoldRun begin_run(const Programme *programme, Period period, const MemberTable *members,
                         FoldWorker *workers, size_t lane_count)
{
    static Calendar calendar; /* the fold borrows it: it must not move with the run */
    cr_assert(lane_count > 0 && lane_count <= LANES_MAX);
    calendar_init(&calendar, los_angeles(), ZONE_SEGMENTS,
                  window_first(period, programme->window_months), period);
    FoldRun run = {.calendar = calendar, .members = members, .done = true};
    run.store = event_store_create(lane_count, calendar.month_count, members->partition_count);
    run.fold = fold_create(programme, &calendar, members, run.store);
    fold_count_plain(run.fold);
    run.tally = memory_alloc(1, sizeof *run.tally);
    for (size_t i = 0; i < lane_count; i++) {
        fold_worker_init(&workers[i]);
    }
    return run;
}

static void finish_run(FoldRun *run, FoldWorker *workers, size_t lane_count)
{
    fold_finish(run, workers, lane_count);
    for (size_t i = 0; i < lane_count; i++) {
        fold_worker_merge(run->fold, &workers[i], run->tally);
        fold_worker_destroy(&workers[i]);
    }
}

FoldRun fold_run_from(const Programme *programme, Period period, const MemberTable *members,
                      const MemberEvent *events, size_t event_count, size_t lane_count,
                      const FoldBase *base)
{
    FoldWorker workers[LANES_MAX];
    FoldRun run = begin_run(programme, period, members, workers, lane_count);
    size_t own_month = run.calendar.month_count - 1;
    Tally *tally = workers[lane_count - 1].tally;
    if (base == NULL) {
        put_events(&run, tally, PART_ALL, events, event_count, lane_count);
        fold_months_of(&run, workers, lane_count, 0, own_month + 1);
    } else {
        fold_use_months(run.fold, base);
        put_events(&run, tally, PART_OWN_MONTH, events, event_count, lane_count);
        fold_months_of(&run, workers, lane_count, own_month, own_month + 1);
        put_events(&run, tally, PART_REOPENED, events, event_count, lane_count);
        fold_months_of(&run, workers, lane_count, 0, own_month);
    }
    finish_run(&run, workers, lane_count);
    return run;
}

FoldRun fold_run_forgotten(const Programme *programme, Period period, const MemberTable *members,
                           const MemberEvent *events, size_t event_count)
{
    FoldWorker worker;
    FoldRun run = begin_run(programme, period, members, &worker, 1);
    size_t own_month = run.calendar.month_count - 1;
    put_events(&run, worker.tally, PART_OWN_MONTH, events, event_count, 1);
    fold_months_of(&run, &worker, 1, own_month, own_month + 1);
    fold_forget(run.fold, own_month, 0, members->partition_count);
    fold_worker_destroy(&worker);
    fold_worker_init(&worker);
    put_events(&run, worker.tally, PART_ALL, events, event_count, 1);
    fold_months_of(&run, &worker, 1, 0, own_month + 1);
    finish_run(&run, &worker, 1);
    return run;
}

void fold_run_end(FoldRun *run)
{
    fold_destroy(run->fold);
    event_store_destroy(run->store);
    free(run->tally);
    *run = (FoldRun){0};
}

static size_t slot_of(const FoldRun *run, int64_t member_id)
{
    size_t slot = slot_of_member(run->members, member_id);
    cr_assert_neq(slot, SLOT_NONE, "the test has no member %lld", (long long)member_id);
    return slot;
}

int64_t run_points(const FoldRun *run, int64_t member_id)
{
    return slot_sum(run->fold, slot_of(run, member_id)).points;
}

int64_t run_expiring(const FoldRun *run, int64_t member_id)
{
    return slot_sum(run->fold, slot_of(run, member_id)).expiring;
}

SlotSum slot_sum(const Fold *fold, size_t slot)
{
    SlotSum sum = {0, 0};
    Error error;
    cr_assert(fold_sum(fold, slot, &sum.points, &sum.expiring, &error), "%s", error.message);
    return sum;
}

static bool same_sample(const AnomalySample *left, const AnomalySample *right)
{
    return left->event_id == right->event_id && left->member_id == right->member_id &&
           left->occurred_at_us == right->occurred_at_us && left->order_id == right->order_id &&
           left->asked_cents == right->asked_cents && left->taken_cents == right->taken_cents &&
           left->has_member == right->has_member && left->has_order == right->has_order &&
           left->slot == right->slot;
}

bool same_tally(const Tally *left, const Tally *right)
{
    bool same = left->events == right->events;
    for (size_t fate = 0; fate < FATE_COUNT; fate++) {
        same = same && left->window_fates[fate] == right->window_fates[fate] &&
               left->month_fates[fate] == right->month_fates[fate] &&
               memcmp(left->kind_fates[fate], right->kind_fates[fate],
                      sizeof left->kind_fates[fate]) == 0;
    }
    same = same && left->sources_overflow == right->sources_overflow &&
           memcmp(left->sources, right->sources, sizeof left->sources) == 0;
    for (size_t reason = 0; reason < ANOMALY_REASONS; reason++) {
        const SampleList *a = &left->samples[reason];
        const SampleList *b = &right->samples[reason];
        same = same && a->count == b->count;
        for (size_t i = 0; same && i < a->count; i++) {
            same = same_sample(&a->items[i], &b->items[i]);
        }
    }
    return same;
}
