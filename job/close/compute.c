#include "close/compute.h"

#include "base/arena.h"
#include "close/gather.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_BYTES = 48 };

/* What a computation works on; one period's. */
typedef struct Computation {
    const Reading *reading;
    Calendar calendar;
    size_t first_month; /* read whole from this month of the calendar on */
    EventStore *store;
    Fold *fold;
} Computation;

/* The chunks of the months to be read whole, cut where months begin. */
static bool plan_chunks(const Computation *computation, EventChunk **ret_chunks, size_t *ret_count,
                        Error *reterr)
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
                       calendar->month_count, ret_chunks, ret_count, reterr);
}

static bool read_and_fold(const Computation *computation, Period period, int64_t run_id,
                          Tally *tally, Error *reterr)
{
    const Reading *reading = computation->reading;
    const Session *session = reading->session;
    EventChunk *chunks = NULL;
    size_t chunk_count = 0;
    if (!plan_chunks(computation, &chunks, &chunk_count, reterr)) {
        return false;
    }
    int64_t expected = 0;
    for (size_t i = 0; i < chunk_count; i++) {
        expected += chunks[i].rows_expected > 0 ? chunks[i].rows_expected : 0;
    }
    char period_text[PERIOD_TEXT_BYTES];
    char name[NAME_BYTES];
    char phase[NAME_BYTES];
    (void)snprintf(name, sizeof name, "tierclose run %" PRId64, run_id);
    (void)snprintf(phase, sizeof phase, "%s: read and fold events",
                   period_format(period, period_text));
    progress_begin(session->job->progress, phase, "events", expected);
    const GatherInput input = {
        .dsn = session->job->dsn,
        .name = name,
        .role = session->publishes ? JOB_ROLE : NULL,
        .snapshot = &reading->snapshot,
        .chunks = chunks,
        .chunk_count = chunk_count,
        .kinds = reading->kinds,
        .calendar = &computation->calendar,
        .first_month = computation->first_month,
        .members = &reading->members,
        .store = computation->store,
        .fold = computation->fold,
        .workers = session->workers,
        .watch = session->watch,
        .progress = session->job->progress,
        .stop_signal = session->job->stop_signal,
    };
    bool done = gather(&input, tally, reterr);
    if (done) {
        progress_end(session->job->progress);
    }
    events_plan_free(chunks, chunk_count);
    return done;
}

static bool fold_all(Computation *computation, Period period, int64_t run_id,
                     const IncrementalBase *base, Tally *tally, Error *reterr)
{
    if (base == NULL) {
        return read_and_fold(computation, period, run_id, tally, reterr);
    }
    return fold_use_months(computation->fold, base->set.rows, base->set.row_count,
                           &base->set.months, base->first, base->month_count, base->late,
                           base->late_count, reterr) &&
           read_and_fold(computation, period, run_id, tally, reterr) &&
           incremental_finish(computation->reading, &computation->calendar, computation->fold,
                              computation->store, tally, reterr);
}

bool compute_period(const Reading *reading, Period period, int64_t run_id,
                    const LevelsBefore *before, const IncrementalBase *base,
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
    Computation computation = {.reading = reading};
    Calendar *calendar = &computation.calendar;
    calendar_init(calendar, reading->segments, reading->segment_count,
                  window_first(period, programme->window_months), period);
    computation.first_month = base == NULL ? 0 : calendar->month_count - 1;
    computation.store = event_store_create((size_t)reading->session->workers, calendar->month_count,
                                           reading->members.partition_count);
    computation.fold = fold_create(programme, calendar, &reading->members, computation.store);
    result.tally = memory_alloc(1, sizeof *result.tally);
    bool done = fold_all(&computation, period, run_id, base, result.tally, reterr) &&
                tally_reconcile(result.tally, reterr);
    if (done) {
        result_standings(&result, &reading->members, computation.fold);
        result_changes(&result, before);
        *ret_result = result;
    } else {
        result_destroy(&result);
    }
    fold_destroy(computation.fold);
    event_store_destroy(computation.store);
    return done;
}
