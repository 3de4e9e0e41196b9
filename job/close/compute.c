#include "close/compute.h"

#include "base/arena.h"
#include "close/budget.h"
#include "close/gather.h"
#include "close/older_months.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_BYTES = 48, PHASE_BYTES = 96 };

/* What a computation works on; one period's. */
typedef struct Computation {
    const Reading *reading;
    IncrementalBase *base; /* NULL: everything is read */
    bool base_used;
    Calendar calendar;
    size_t first_month; /* read whole from this month of the calendar on */
    EventStore *store;
    Fold *fold;
    EventChunk *chunks; /* of the months to be read whole */
    size_t chunk_count;
    Tally *tally;
} Computation;

/* The chunks of the months to be read whole, cut where months begin. */
static bool plan_chunks(Computation *computation, Error *reterr)
{
    const Calendar *calendar = &computation->calendar;
    const Reading *reading = computation->reading;
    int64_t cuts[WINDOW_MONTHS_MAX];
    int64_t from_us = 0;
    int64_t until_us = 0;
    Period first = calendar->first + (Period)computation->first_month;
    Period last = calendar->first + (Period)calendar->month_count - 1;
    calendar_utc_bounds(calendar, first, last, &from_us, &until_us);
    for (size_t i = 0; i < calendar->month_count; i++) {
        int64_t month_until_us = 0;
        Period month = calendar->first + (Period)i;
        calendar_utc_bounds(calendar, month, month, &cuts[i], &month_until_us);
    }
    return events_plan(reading->connection, reading->source, from_us, until_us, cuts,
                       calendar->month_count, reading->session->workers, &computation->chunks,
                       &computation->chunk_count, reterr);
}

/* About how many events wait to be folded at once: those of all chunks that a month waits for. */
static int64_t events_in_flight(const Computation *computation)
{
    const Calendar *calendar = &computation->calendar;
    int64_t most = 0;
    for (size_t month = computation->first_month; month < calendar->month_count; month++) {
        int64_t from_us = 0;
        int64_t until_us = 0;
        Period period = calendar->first + (Period)month;
        calendar_utc_bounds(calendar, period, period, &from_us, &until_us);
        int64_t events = 0;
        for (size_t i = 0; i < computation->chunk_count; i++) {
            const EventChunk *chunk = &computation->chunks[i];
            bool waited_for = chunk->from_us < until_us && chunk->until_us > from_us;
            events += waited_for && chunk->rows_expected > 0 ? chunk->rows_expected : 0;
        }
        most = events > most ? events : most;
    }
    return most;
}

static int64_t events_expected(const Computation *computation)
{
    int64_t expected = 0;
    for (size_t i = 0; i < computation->chunk_count; i++) {
        int64_t rows = computation->chunks[i].rows_expected;
        expected += rows > 0 ? rows : 0;
    }
    return expected;
}

/* Beside the own month's events: the standings to start from. */
static bool read_base(void *context, Error *reterr)
{
    Computation *computation = context;
    if (computation->base_used) {
        return true;
    }
    if (!incremental_base_read(computation->reading->session, computation->base, reterr)) {
        return false;
    }
    const FoldBase base = incremental_fold_base(computation->base);
    fold_use_months(computation->fold, &base);
    computation->base_used = true;
    return true;
}

/* Reads everything for the partitions [first, until). */
static GatherEnd read_pass(Computation *computation, const char *name, size_t first, size_t until,
                           Error *reterr)
{
    const GatherInput input = {
        .reading = computation->reading,
        .name = name,
        .chunks = computation->chunks,
        .chunk_count = computation->chunk_count,
        .calendar = &computation->calendar,
        .first_month = computation->first_month,
        .until_month = computation->calendar.month_count,
        .first_partition = first,
        .until_partition = until,
        .store = computation->store,
        .fold = computation->fold,
        .beside = computation->base == NULL ? NULL : read_base,
        .beside_context = computation,
    };
    Tally *tally = memory_alloc(1, sizeof *tally);
    GatherEnd end = gather(&input, tally, reterr);
    if (end == GATHER_DONE) {
        tally_merge(computation->tally, tally);
    } else {
        fold_forget(computation->fold, computation->first_month, first, until);
        event_store_clear(computation->store);
        reading_close_workers(computation->reading);
    }
    free(tally);
    return end;
}

static void begin_progress(const Computation *computation, size_t pass, size_t pass_count)
{
    Period period = computation->calendar.first + (Period)computation->calendar.month_count - 1;
    char period_text[PERIOD_TEXT_BYTES];
    char phase[PHASE_BYTES];
    int length =
        snprintf(phase, sizeof phase, "%s: read events", period_format(period, period_text));
    if (pass_count > 1) {
        (void)snprintf(phase + length, sizeof phase - (size_t)length, ", part %zu of %zu", pass + 1,
                       pass_count);
    }
    progress_begin(computation->reading->session->job->progress, phase, "events",
                   events_expected(computation));
}

/*
 * As many passes as the memory asks for. Estimates come from statistics, which may be wrong: a pass
 * that finds no room is made again as two.
 */
static bool read_and_fold(Computation *computation, const char *name, Error *reterr)
{
    const Session *session = computation->reading->session;
    const MemberTable *members = &computation->reading->members;
    size_t room = budget_event_bytes(session->memory_bytes, members->count,
                                     computation->calendar.month_count);
    size_t pass_count = budget_bytes_of_events(events_in_flight(computation)) / room + 1;
    pass_count = pass_count < members->partition_count ? pass_count : members->partition_count;
    for (size_t pass = 0; pass < pass_count;) {
        size_t first = members->partition_count * pass / pass_count;
        size_t until = members->partition_count * (pass + 1) / pass_count;
        if (first == until) {
            pass++; /* there are more passes than partitions */
            continue;
        }
        /* What cannot be cut any further is read all the same. */
        event_store_limit(computation->store, until - first > 1 ? room : SIZE_MAX);
        begin_progress(computation, pass, pass_count);
        GatherEnd end = read_pass(computation, name, first, until, reterr);
        if (end == GATHER_FAILED) {
            return false;
        }
        progress_end(session->job->progress);
        if (end == GATHER_DONE) {
            pass++;
        } else {
            assert(until - first > 1); /* one partition has no limit */
            pass_count *= 2;
            pass *= 2;
        }
    }
    return true;
}

/* What became of the refunds that are still open. */
static void finish_fold(const Computation *computation)
{
    FoldWorker worker;
    fold_worker_init(&worker);
    for (size_t partition = 0; partition < computation->reading->members.partition_count;
         partition++) {
        fold_finish_partition(computation->fold, &worker, partition);
    }
    fold_worker_merge(computation->fold, &worker, computation->tally);
    fold_worker_destroy(&worker);
}

static bool fold_all(Computation *computation, int64_t run_id, Error *reterr)
{
    char name[NAME_BYTES];
    (void)snprintf(name, sizeof name, "tierclose run %" PRId64, run_id);
    if (!plan_chunks(computation, reterr) || !read_and_fold(computation, name, reterr)) {
        return false;
    }
    if (computation->base != NULL &&
        !older_months_fold(computation->reading, &computation->calendar, name, computation->fold,
                           computation->store, computation->tally, reterr)) {
        return false;
    }
    finish_fold(computation);
    return true;
}

bool compute_period(const Reading *reading, Period period, int64_t run_id, IncrementalBase *base,
                    PeriodResult *ret_result, Error *reterr)
{
    const Programme *programme = reading->session->job->programme;
    char text[PERIOD_TEXT_BYTES];
    PeriodResult result = {.period = period, .rules = rules_in_force(programme, period)};
    if (result.rules == NULL) {
        return error_set(reterr, EXIT_CONFIG, "let the first entry under rules begin earlier.",
                         "%s: no rules are in force in %s", programme->file,
                         period_format(period, text));
    }
    Computation computation = {.reading = reading, .base = base};
    Calendar *calendar = &computation.calendar;
    calendar_init(calendar, reading->segments, reading->segment_count,
                  window_first(period, programme->window_months), period);
    computation.first_month = base == NULL ? 0 : calendar->month_count - 1;
    computation.store = event_store_create((size_t)reading->session->workers, calendar->month_count,
                                           reading->members.partition_count);
    computation.fold = fold_create(programme, calendar, &reading->members, computation.store);
    if (reading->source->events_unique) {
        fold_count_plain(computation.fold);
    }
    computation.tally = result.tally = memory_alloc(1, sizeof *result.tally);
    bool done = fold_all(&computation, run_id, reterr) && tally_reconcile(result.tally, reterr);
    event_store_destroy(computation.store);
    events_plan_free(computation.chunks, computation.chunk_count);
    done = done && result_standings(&result, &reading->members, computation.fold, reterr) &&
           result_reconcile_sources(&result, reterr);
    fold_destroy(computation.fold);
    if (!done) {
        result_destroy(&result);
        return false;
    }
    *ret_result = result;
    return true;
}
