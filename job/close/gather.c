#include "close/gather.h"

#include "base/arena.h"
#include "close/event_row.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIGNAL_POLL_MS = 100 };

typedef struct Gather {
    const GatherInput *input;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    atomic_bool stop; /* a failure or a signal: all end */
    /* Below: under `lock`. */
    size_t next_chunk;
    size_t read_prefix; /* chunks[0..read_prefix) are read */
    bool *chunk_read;
    size_t *chunks_needed; /* by month: this many of the first chunks hold all its events */
    size_t months_left;    /* months [0, months_left) are not folded yet */
    size_t next_partition; /* of month months_left - 1 */
    size_t partitions_done;
    size_t worker_count;
    size_t active_workers;
    bool beside_done;
    bool failed;
    atomic_bool no_room;
    Error error;
} Gather;

typedef struct Worker {
    Gather *gather;
    size_t lane;
    pthread_t thread;
    const MemberChunk *member_chunk; /* of the chunk being read; NULL: it holds everybody */
    CalendarSpan span;               /* of the last row */
    FoldWorker fold;
} Worker;

static void fail(Gather *gather, const Error *error)
{
    pthread_mutex_lock(&gather->lock);
    if (!gather->failed) {
        gather->failed = true;
        gather->error = *error;
    }
    atomic_store(&gather->stop, true);
    pthread_cond_broadcast(&gather->changed);
    pthread_mutex_unlock(&gather->lock);
}

/* A row without member belongs to nobody's partition: the first one's pass counts it. */
static void count_nobody(Worker *worker, const Event *event, bool own_month)
{
    const AnomalySample sample = {
        .event_id = event->event_id,
        .occurred_at_us = event->occurred_at_us,
        .slot = event->slot,
    };
    worker->fold.tally->events++;
    tally_add(worker->fold.tally, FATE_UNKNOWN_MEMBER, own_month, &sample);
}

/* A row of a month and member that this pass folds, to its bucket. */
static void keep_row(Worker *worker, const EventRow *row, MemberPlace place)
{
    const GatherInput *input = worker->gather->input;
    size_t month_index = (size_t)worker->span.month_index;
    const PlainRules *plain = fold_plain_rules(input->fold, month_index);
    uint8_t kind = slot_of_row(input->reading->kinds, row);
    bool has_item = (row->present & ROW_HAS_ITEM) != 0;
    if (place.slot != PLACE_STRANGER && plain_takes(plain, kind, has_item, row->item_cents)) {
        LocalDay day = calendar_day(row->occurred_at_us + worker->span.offset_us);
        event_store_put_plain(input->store, worker->lane, month_index, place, kind, day,
                              plain_eligible(plain, kind, row->item_cents));
        return;
    }
    Event event = event_of_row(input->reading->kinds, row);
    event_store_put(input->store, worker->lane, month_index, place, row->member_id, &event);
}

/* Whether a row of an older month is to be folded again, and read by this chunk. */
static bool is_wanted(const Worker *worker, MemberPlace place)
{
    const MemberChunk *chunk = worker->member_chunk;
    size_t month_index = (size_t)worker->span.month_index;
    return month_index >= chunk->first_month && month_index < chunk->until_month &&
           fold_is_reopened(worker->gather->input->fold, month_index, place);
}

/* One row from the database: to its month and partition, by its wall clock. */
static void put_row(Worker *worker, const EventRow *row, MemberPlace place)
{
    const GatherInput *input = worker->gather->input;
    if (!calendar_span_holds(&worker->span, row->occurred_at_us)) {
        worker->span = calendar_span(input->calendar, row->occurred_at_us);
    }
    int32_t month_index = worker->span.month_index;
    if (month_index < (int32_t)input->first_month || month_index >= (int32_t)input->until_month) {
        return; /* the chunks reach a little over the ends */
    }
    if ((row->present & ROW_HAS_MEMBER) == 0) {
        if (input->first_partition == 0) {
            Event event = event_of_row(input->reading->kinds, row);
            count_nobody(worker, &event, (size_t)month_index + 1 == input->calendar->month_count);
        }
        return;
    }
    if (place.partition < input->first_partition || place.partition >= input->until_partition) {
        return;
    }
    if (worker->member_chunk == NULL) {
        worker->fold.tally->events++;
    } else if (!is_wanted(worker, place)) {
        return; /* it stands as it is */
    }
    keep_row(worker, row, place);
}

static bool put_rows(void *context, const EventRow *rows, size_t count, Error *reterr)
{
    Worker *worker = context;
    const GatherInput *input = worker->gather->input;
    int64_t member_ids[COPY_BATCH_ROWS] = {0};
    MemberPlace places[COPY_BATCH_ROWS];
    for (size_t i = 0; i < count; i++) {
        if (!events_check_id(&rows[i], reterr)) {
            return false;
        }
        member_ids[i] = rows[i].member_id;
    }
    member_places(&input->reading->members, member_ids, count, places);
    for (size_t i = 0; i < count; i++) {
        put_row(worker, &rows[i], places[i]);
    }
    progress_add(input->reading->session->job->progress, (int64_t)count);
    if (event_store_is_full(input->store)) {
        atomic_store(&worker->gather->no_room, true);
        return error_set(reterr, EXIT_BUG, NULL, "there is no room for this month's events");
    }
    return true;
}

static bool read_chunk(Worker *worker, size_t index, Error *reterr)
{
    Gather *gather = worker->gather;
    const GatherInput *input = gather->input;
    const EventChunk *chunk = &input->chunks[index];
    Connection *connection = NULL;
    if (!reading_worker(input->reading, worker->lane, input->name, &connection, reterr)) {
        return false;
    }
    if (input->member_chunks == NULL) {
        return events_read_chunk(connection, chunk, &gather->stop, put_rows, worker, reterr);
    }
    const MemberChunk *members = &input->member_chunks[index];
    worker->member_chunk = members;
    if (members->ids == NULL) {
        return events_read_chunk(connection, chunk, &gather->stop, put_rows, worker, reterr);
    }
    return events_read_members(connection, chunk, members->ids, members->id_count, &gather->stop,
                               put_rows, worker, reterr);
}

/* With the lock held: the next thing to do. */
typedef enum Task { TASK_FOLD, TASK_READ, TASK_WAIT, TASK_END } Task;

static Task next_task(Gather *gather, size_t *ret_month, size_t *ret_index)
{
    if (atomic_load(&gather->stop) || gather->months_left == gather->input->first_month) {
        return TASK_END;
    }
    size_t month = gather->months_left - 1;
    bool month_is_read = gather->beside_done && gather->read_prefix >= gather->chunks_needed[month];
    if (month_is_read && gather->next_partition < gather->input->until_partition) {
        *ret_month = month;
        *ret_index = gather->next_partition++;
        return TASK_FOLD;
    }
    size_t ahead = month > gather->input->first_month ? month - 1 : month;
    size_t read_ahead = gather->chunks_needed[month] + gather->worker_count;
    if (gather->next_chunk < read_ahead && gather->next_chunk < gather->chunks_needed[ahead]) {
        *ret_index = gather->next_chunk++;
        return TASK_READ;
    }
    return TASK_WAIT;
}

/* With the lock held. */
static void finish_fold(Gather *gather)
{
    const GatherInput *input = gather->input;
    gather->partitions_done++;
    if (gather->partitions_done == input->until_partition - input->first_partition) {
        gather->months_left--;
        gather->next_partition = input->first_partition;
        gather->partitions_done = 0;
        pthread_cond_broadcast(&gather->changed);
    }
}

static void finish_read(Gather *gather, size_t index)
{
    gather->chunk_read[index] = true;
    while (gather->read_prefix < gather->input->chunk_count &&
           gather->chunk_read[gather->read_prefix]) {
        gather->read_prefix++;
    }
    pthread_cond_broadcast(&gather->changed);
}

static void *work(void *argument)
{
    Worker *worker = argument;
    Gather *gather = worker->gather;
    Error error = {0};
    bool done = true;
    pthread_mutex_lock(&gather->lock);
    while (done) {
        size_t month = 0;
        size_t index = 0;
        Task task = next_task(gather, &month, &index);
        if (task == TASK_END) {
            break;
        }
        if (task == TASK_WAIT) {
            pthread_cond_wait(&gather->changed, &gather->lock);
            continue;
        }
        pthread_mutex_unlock(&gather->lock);
        done = task == TASK_FOLD
                   ? fold_partition(gather->input->fold, &worker->fold, month, index, &error)
                   : read_chunk(worker, index, &error);
        pthread_mutex_lock(&gather->lock);
        if (done && task == TASK_FOLD) {
            finish_fold(gather);
        } else if (done) {
            finish_read(gather, index);
        }
    }
    gather->active_workers--;
    pthread_cond_broadcast(&gather->changed);
    pthread_mutex_unlock(&gather->lock);
    if (!done) {
        fail(gather, &error);
    }
    return NULL;
}

/* Months to the chunks they wait for. A chunk may hold events of a month whose stretch of UTC it
 * touches. */
static void plan_months(Gather *gather)
{
    const GatherInput *input = gather->input;
    const Calendar *calendar = input->calendar;
    gather->months_left = input->until_month;
    gather->next_partition = input->first_partition;
    gather->chunks_needed = memory_alloc(calendar->month_count, sizeof *gather->chunks_needed);
    gather->chunk_read = memory_alloc(input->chunk_count, sizeof *gather->chunk_read);
    for (size_t month = 0; month < calendar->month_count; month++) {
        Period period = calendar->first + (Period)month;
        int64_t from_us = 0;
        int64_t until_us = 0;
        calendar_utc_bounds(calendar, period, period, &from_us, &until_us);
        size_t needed = 0;
        while (needed < input->chunk_count && input->chunks[needed].until_us > from_us) {
            needed++;
        }
        gather->chunks_needed[month] = needed;
    }
}

static void do_beside(Gather *gather)
{
    const GatherInput *input = gather->input;
    Error error = {0};
    if (input->beside != NULL && !input->beside(input->beside_context, &error)) {
        fail(gather, &error);
    }
    pthread_mutex_lock(&gather->lock);
    gather->beside_done = true;
    pthread_cond_broadcast(&gather->changed);
    pthread_mutex_unlock(&gather->lock);
}

/* The leader waits here and looks out for signals. */
static void wait_for_workers(Gather *gather)
{
    pthread_mutex_lock(&gather->lock);
    while (gather->active_workers > 0) {
        struct timespec until;
        (void)clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += SIGNAL_POLL_MS * 1000000L;
        if (until.tv_nsec >= 1000000000L) {
            until.tv_nsec -= 1000000000L;
            until.tv_sec++;
        }
        (void)pthread_cond_timedwait(&gather->changed, &gather->lock, &until);
        atomic_int *stop_signal = gather->input->reading->session->job->stop_signal;
        if (stop_signal != NULL && atomic_load(stop_signal) != 0 && !gather->failed) {
            gather->failed = true;
            (void)error_set(&gather->error, EXIT_INTERRUPTED, NULL,
                            "stopped by a signal while reading events");
            atomic_store(&gather->stop, true);
            pthread_cond_broadcast(&gather->changed);
        }
    }
    pthread_mutex_unlock(&gather->lock);
}

/* Starts the workers; those that run have been counted. */
static size_t start_workers(Gather *gather, Worker *workers, size_t count)
{
    gather->worker_count = count;
    gather->active_workers = count;
    size_t started = 0;
    for (; started < count; started++) {
        Worker *worker = &workers[started];
        worker->gather = gather;
        worker->lane = started;
        fold_worker_init(&worker->fold);
        if (pthread_create(&worker->thread, NULL, work, worker) != 0) {
            Error error;
            (void)error_set(&error, EXIT_BUG, "ask for fewer --workers.",
                            "worker %zu could not be started", started + 1);
            pthread_mutex_lock(&gather->lock);
            gather->active_workers -= count - started;
            pthread_mutex_unlock(&gather->lock);
            fail(gather, &error);
            fold_worker_destroy(&worker->fold);
            break;
        }
    }
    return started;
}

GatherEnd gather(const GatherInput *input, Tally *ret_tally, Error *reterr)
{
    Gather gather = {.input = input};
    pthread_mutex_init(&gather.lock, NULL);
    pthread_cond_init(&gather.changed, NULL);
    plan_months(&gather);

    size_t worker_count = (size_t)input->reading->session->workers;
    Worker *workers = memory_alloc(worker_count, sizeof *workers);
    size_t started = start_workers(&gather, workers, worker_count);
    do_beside(&gather);
    wait_for_workers(&gather);
    memset(ret_tally, 0, sizeof *ret_tally);
    for (size_t i = 0; i < started; i++) {
        (void)pthread_join(workers[i].thread, NULL);
        fold_worker_merge(input->fold, &workers[i].fold, ret_tally);
        fold_worker_destroy(&workers[i].fold);
    }
    free(workers);
    free(gather.chunk_read);
    free(gather.chunks_needed);
    pthread_cond_destroy(&gather.changed);
    pthread_mutex_destroy(&gather.lock);
    if (!gather.failed) {
        return GATHER_DONE;
    }
    *reterr = gather.error;
    return gather.no_room && gather.error.code == EXIT_BUG ? GATHER_NO_ROOM : GATHER_FAILED;
}
