#include "close/session.h"

#include "base/arena.h"
#include "base/machine.h"
#include "close/budget.h"
#include "ledger/zone.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS_DEFAULT_MAX = 4, NOTE_BYTES = 512 };

static int default_workers(void)
{
    int cores = machine_cores();
    return cores > WORKERS_DEFAULT_MAX ? WORKERS_DEFAULT_MAX : cores;
}

static bool check_contiguous(const Session *session, Error *reterr)
{
    for (size_t i = 0; i < session->closed_count; i++) {
        Period period = 0;
        if (!period_parse(session->closed[i].period, &period, reterr)) {
            return false;
        }
        if (period != session->range.first + (Period)i) {
            return error_set(reterr, EXIT_BUG,
                             "rows of tierclose.published were removed by hand; restore them.",
                             "the closed periods have a gap before %s", session->closed[i].period);
        }
    }
    return true;
}

bool session_refresh(Session *session, Error *reterr)
{
    ClosedPeriod *closed = NULL;
    size_t count = 0;
    if (!runs_closed(session->leader, &closed, &count, reterr)) {
        return false;
    }
    runs_closed_free(session->closed, session->closed_count);
    session->closed = closed;
    session->closed_count = count;
    session->range = (ClosedRange){.any = count > 0};
    return count == 0 || (period_parse(closed[0].period, &session->range.first, reterr) &&
                          period_parse(closed[count - 1].period, &session->range.last, reterr) &&
                          check_contiguous(session, reterr));
}

/* A wait is seen to be one. */
static bool take_lock(const Session *session, Error *reterr)
{
    const Job *job = session->job;
    if (runs_lock(session->leader, false, job->stop_signal, reterr)) {
        return true;
    }
    if (reterr->code != EXIT_LOCKED || job->no_wait) {
        return false;
    }
    *reterr = (Error){0};
    progress_begin(job->progress, "wait for another run", NULL, 0);
    if (!runs_lock(session->leader, true, job->stop_signal, reterr)) {
        return false;
    }
    progress_end(job->progress);
    return true;
}

static bool open_leader(Session *session, Error *reterr)
{
    const Job *job = session->job;
    if (!connection_open(job->dsn, "tierclose", &session->leader, reterr)) {
        return false;
    }
    watch_add(session->watch, session->leader);
    if (session->publishes &&
        (!connection_refuse_standby(session->leader, reterr) ||
         !connection_set_role(session->leader, JOB_ROLE, reterr) || !take_lock(session, reterr) ||
         !runs_sweep(session->leader, reterr))) {
        return false;
    }
    if (!session->publishes &&
        !connection_execute(session->leader, "begin isolation level repeatable read read only",
                            reterr)) {
        return false;
    }
    const Programme *programme = job->programme;
    if (!job->has_today &&
        !zone_today(session->leader, programme->timezone, &session->today, reterr)) {
        return reterr->code == EXIT_CONFIG &&
               programme_error_at(programme, programme->timezone_place, reterr);
    }
    return session_refresh(session, reterr);
}

bool session_open(const Job *job, bool publishes, Session *ret_session, Error *reterr)
{
    Session session = {
        .job = job,
        .publishes = publishes,
        .today = job->today,
        .workers = job->workers > 0 ? job->workers : default_workers(),
        .memory_bytes =
            job->memory_bytes > 0 ? job->memory_bytes : budget_default(machine_memory_bytes()),
    };
    session.watch = watch_start(job->stop_signal);
    if (!open_leader(&session, reterr)) {
        session_close(&session);
        return false;
    }
    *ret_session = session;
    return true;
}

void session_close(Session *session)
{
    assert(session->writing == NULL);
    watch_stop(session->watch);
    connection_close(&session->writer);
    connection_close(&session->leader);
    free(session->unattached);
    runs_closed_free(session->closed, session->closed_count);
    free(session->planned_grants);
    free(session->summaries);
    arena_destroy(&session->arena);
    *session = (Session){0};
}

const ClosedPeriod *session_closed(const Session *session, Period period)
{
    if (!session->range.any || period < session->range.first || period > session->range.last) {
        return NULL;
    }
    return &session->closed[period - session->range.first];
}

LevelsBefore levels_before_of_result(const PeriodResult *result)
{
    LevelsBefore before = {
        .rows = result->standings,
        .row_count = result->standing_count,
        .level_count = result->rules->level_count,
    };
    for (size_t rank = 0; rank < before.level_count; rank++) {
        before.names[rank] = result->rules->levels[rank].name;
    }
    return before;
}

LevelsBefore session_levels_before_of_set(Session *session, const StandingSet *set)
{
    assert(set->level_count <= LEVELS_MAX);
    LevelsBefore before = {
        .rows = set->rows,
        .row_count = set->row_count,
        .level_count = set->level_count,
    };
    /* The changes that come of it name these levels for as long as the session lasts. */
    for (size_t rank = 0; rank < set->level_count; rank++) {
        before.names[rank] = arena_strdup(&session->arena, set->levels[rank].name);
    }
    return before;
}

bool session_levels_before(Session *session, Period period, StandingSet *ret_set,
                           LevelsBefore *ret_before, Error *reterr)
{
    const ClosedPeriod *before = session_closed(session, period - 1);
    if (before == NULL) {
        *ret_set = (StandingSet){0};
        *ret_before = (LevelsBefore){0};
        return true;
    }
    StandingSet set;
    if (!standing_read(session->leader, before->run_id, false, &set, reterr)) {
        return false;
    }
    *ret_before = session_levels_before_of_set(session, &set);
    *ret_set = set;
    return true;
}

bool session_standing(Session *session, Period period, Standing *ret_standing, Error *reterr)
{
    const ClosedPeriod *closed = session_closed(session, period);
    Standing standing = {0};
    if (closed != NULL) {
        standing.closed = true;
        standing.run_id = closed->run_id;
        if (!standing_read(session->leader, closed->run_id, false, &standing.set, reterr) ||
            !changes_read(session->leader, &session->arena, closed->period, &standing.changes,
                          &standing.change_count, reterr) ||
            !grants_read(session->leader, &session->arena, closed->period, &standing.grants,
                         &standing.grant_count, reterr)) {
            standing_destroy(&standing);
            return false;
        }
    }
    *ret_standing = standing;
    return true;
}

/* A dry run writes nothing, so what its earlier periods would grant is kept here. */
static void remember_planned(Session *session, const PeriodResult *result)
{
    size_t capacity = session->planned_grant_count;
    size_t total = session->planned_grant_count + result->grant_count;
    session->planned_grants =
        array_grow(session->planned_grants, &capacity, total + 1, sizeof *session->planned_grants);
    memcpy(session->planned_grants + session->planned_grant_count, result->grants,
           result->grant_count * sizeof *result->grants);
    session->planned_grant_count = total;
    qsort(session->planned_grants, total, sizeof *session->planned_grants, grant_compare);
}

bool session_finish_result(Session *session, PeriodResult *result, const Standing *standing,
                           Error *reterr)
{
    if (result->points_overflow) {
        return error_set(reterr, EXIT_DATA, "look for absurd amounts or recorded points.",
                         "all members' points add up to more than a bigint holds");
    }
    if (result->rules->coupons.once_per_level && result->grant_count > 0) {
        char period[PERIOD_TEXT_BYTES];
        GrantRow *elsewhere = NULL;
        size_t count = 0;
        if (!grants_elsewhere(session->leader, &session->arena,
                              period_format(result->period, period), session->today, &elsewhere,
                              &count, reterr)) {
            return false;
        }
        result_once_per_level(result, elsewhere, count, standing->grants, standing->grant_count);
        free(elsewhere);
        if (session->planned_grant_count > 0) {
            result_once_per_level(result, session->planned_grants, session->planned_grant_count,
                                  standing->grants, standing->grant_count);
        }
    }
    if (session->job->dry_run && result->grant_count > 0) {
        remember_planned(session, result);
    }
    result_checksum(result);
    return true;
}

void session_add_summary(Session *session, const RunSummary *summary)
{
    session->summaries = array_grow(session->summaries, &session->summary_capacity,
                                    session->summary_count + 1, sizeof *session->summaries);
    session->summaries[session->summary_count++] = *summary;
}

void session_tell(Session *session)
{
    for (size_t i = 0; session->job->on_summary != NULL && i < session->summary_count; i++) {
        session->job->on_summary(session->job->context, &session->summaries[i]);
    }
    session->summary_count = 0;
}

void session_note(const Session *session, const char *format, ...)
{
    char sentence[NOTE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    if (session->job->on_note != NULL) {
        session->job->on_note(session->job->context, sentence);
    }
}
