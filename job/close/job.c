#include "close/job.h"

#include "base/memory_end.h"
#include "close/period_run.h"
#include "close/standings_write.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The runs of a command that have begun, so that a failure can mark them. */
typedef struct StartedRuns {
    int64_t *ids;
    size_t count;
} StartedRuns;

static bool stopped(const Session *session)
{
    const atomic_int *stop_signal = session->job->stop_signal;
    return stop_signal != NULL && atomic_load(stop_signal) != 0;
}

/* Best effort: if this fails too, the next run's sweep marks them. */
static void mark_failed(Session *session, const StartedRuns *runs, const Error *error)
{
    if (runs->count == 0 || session->leader == NULL || error->code == EXIT_OUTCOME_UNKNOWN) {
        return;
    }
    Error ignored;
    bool written = standings_write_wait(session, &ignored); /* while a signal still cancels it */
    (void)written;
    watch_hold(session->watch, true);
    runs_rollback(session->leader);
    standings_write_abandon(session);
    const char *why = stopped(session) ? "stopped by a signal" : error->message;
    bool marked = !connection_lost(session->leader) &&
                  runs_fail(session->leader, runs->ids, runs->count, why, &ignored);
    (void)marked;
    watch_hold(session->watch, false);
}

/* A dry run has had its transaction, a read-only one, since the session began. */
static bool begin(Session *session, Error *reterr)
{
    return !session->publishes ||
           connection_execute(session->leader, "begin isolation level read committed read write",
                              reterr);
}

/* Commits; then the summaries are true and are told. */
static bool end(Session *session, Error *reterr)
{
    if (session->publishes) {
        if (!standings_write_attach(session, reterr)) {
            return false;
        }
        watch_hold(session->watch, true);
        memory_stage(MEMORY_COMMITTING);
        /* A signal before this point ends the run, one after it comes too late. */
        bool committed = !stopped(session) ? runs_commit(session->leader, reterr)
                                           : error_set(reterr, EXIT_INTERRUPTED, NULL,
                                                       "stopped by a signal before the commit");
        if (committed) {
            memory_stage(MEMORY_PUBLISHED);
        } else if (reterr->code != EXIT_OUTCOME_UNKNOWN) {
            memory_stage(MEMORY_UNPUBLISHED);
        }
        watch_hold(session->watch, false);
        if (!committed) {
            return false;
        }
        standings_write_published(session);
    }
    session_tell(session);
    return true;
}

/* Closes or settles one period: one run, one commit. `chained`: the result before it, of this same
 * command. */
static bool close_one(Session *session, Reading *reading, Period period, const char *action,
                      int64_t late_events, PeriodResult *chained, Error *reterr)
{
    int64_t run_id = 0;
    if (!period_run_start(session, period, action, &run_id, reterr)) {
        return false;
    }
    const StartedRuns started = {&run_id, run_id == 0 ? 0 : 1};
    PeriodResult result = {0};
    bool changed = false;
    PeriodRun run = {
        .session = session,
        .reading = reading,
        .period = period,
        .action = action,
        .run_id = run_id,
        .late_events = late_events,
        .may_be_incremental = true,
        .previous = chained->standings == NULL ? NULL : chained,
    };
    if (!begin(session, reterr) || !period_run(&run, &result, &changed, reterr) ||
        !end(session, reterr)) {
        mark_failed(session, &started, reterr);
        result_destroy(&result);
        return false;
    }
    result_destroy(chained);
    *chained = result;
    return true;
}

/* What was published stands; from here on it is about the next month. */
static bool go_on(Session *session, Error *reterr)
{
    memory_stage(MEMORY_UNPUBLISHED);
    return session_refresh(session, reterr);
}

static bool close_range(Session *session, PeriodRange range, Error *reterr)
{
    Reading reading;
    if (!reading_begin(session, range.first, range.last, &reading, reterr)) {
        return false;
    }
    PeriodResult chained = {0};
    bool done = true;
    for (Period period = range.first; done && period <= range.last; period++) {
        done = close_one(session, &reading, period, "close", -1, &chained, reterr) &&
               (session->job->dry_run || period == range.last || go_on(session, reterr));
    }
    result_destroy(&chained);
    reading_end(&reading);
    return done;
}

/* Whether those whom the closed period rests on are the same still; see publish_period. */
static bool same_members(const Reading *reading, const ClosedPeriod *closed, Period period)
{
    char standing[SHA256_HEX_BYTES];
    char everybody[SHA256_HEX_BYTES];
    reading_members_digest(reading, period, false, standing);
    reading_members_digest(reading, period, true, everybody);
    return strcmp(closed->members_digest, standing) == 0 ||
           strcmp(closed->members_digest, everybody) == 0;
}

/* Computes a closed period again if anything it rests on has changed since (contract 8.3). */
static bool settle(Session *session, Period period, Error *reterr)
{
    const ClosedPeriod *closed = session_closed(session, period);
    const Job *job = session->job;
    Reading reading;
    if (!reading_begin(session, period, period, &reading, reterr)) {
        return false;
    }
    int64_t late_events = 0;
    bool done = reading_late_events(&reading, closed, period, &late_events, reterr);
    bool same_config = strcmp(closed->config_sha256, job->programme->sha256) == 0;
    if (done && late_events == 0 && same_config && !job->full &&
        same_members(&reading, closed, period)) {
        session_note(session, "%s: nothing was recorded late since run %" PRId64 "; it stands.",
                     closed->period, closed->checked_run_id);
    } else if (done) {
        PeriodResult result = {0};
        done = close_one(session, &reading, period, "settle", late_events, &result, reterr);
        result_destroy(&result);
    }
    reading_end(&reading);
    return done;
}

/* `close` without --period when no month is due: settle the newest, or say what comes next. */
static bool close_nothing_due(Session *session, Error *reterr)
{
    const Programme *programme = session->job->programme;
    Period newest = session->range.last;
    char period[PERIOD_TEXT_BYTES];
    char next[PERIOD_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];
    if (programme->settle && !plan_is_final(newest, programme->effective_day, session->today)) {
        return settle(session, newest, reterr);
    }
    session_note(session, "Nothing is due: %s is closed, and %s can be closed from %s on.",
                 period_format(newest, period), period_format(newest + 1, next),
                 day_format(period_last_day(newest + 1), day));
    return true;
}

static bool close_period(Session *session, Period period, Error *reterr)
{
    const Programme *programme = session->job->programme;
    char text[PERIOD_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];
    if (session_closed(session, period) == NULL) {
        const PeriodRange range = {period, period};
        return plan_check_range(range, session->range, session->today, session->job->dry_run,
                                reterr) &&
               close_range(session, range, reterr);
    }
    if (plan_is_final(period, programme->effective_day, session->today)) {
        session_note(session,
                     "%s is final since %s; nothing was done. To change it: `tierclose restate`.",
                     period_format(period, text),
                     day_format(period_next_month_day(period, programme->effective_day), day));
        return true;
    }
    if (!programme->settle) {
        session_note(session,
                     "%s is closed, and this programme does not settle; nothing was done. To change"
                     " it: `tierclose restate`.",
                     period_format(period, text));
        return true;
    }
    return settle(session, period, reterr);
}

bool job_close(const Job *job, bool has_period, Period period, Error *reterr)
{
    Session session;
    if (!session_open(job, !job->dry_run, &session, reterr)) {
        return false;
    }
    bool done = false;
    PeriodRange due = plan_due(session.range, session.today);
    if (has_period) {
        done = close_period(&session, period, reterr);
    } else if (due.first <= due.last) {
        done = close_range(&session, due, reterr);
    } else {
        done = close_nothing_due(&session, reterr);
    }
    session_close(&session);
    return done;
}

/* The periods of a backfill in one transaction, each from the one before it, then the later ones'
 * levels. */
static bool restate_range(Session *session, Reading *reading, PeriodRange range, const char *action,
                          const int64_t *run_ids, Error *reterr)
{
    PeriodResult chained = {0};
    bool done = true;
    for (Period period = range.first; done && period <= range.last; period++) {
        const ClosedPeriod *closed = session_closed(session, period);
        PeriodRun run = {
            .session = session,
            .reading = reading,
            .period = period,
            .action = action,
            .run_id = run_ids[period - range.first],
            .late_events = -1,
            .followed = period < range.last,
            .previous = chained.standings == NULL ? NULL : &chained,
        };
        PeriodResult result = {0};
        bool changed = false;
        done = closed == NULL ||
               reading_late_events(reading, closed, period, &run.late_events, reterr);
        /* The standings of the one before are written by now, unless nothing had to be written
         * after them. */
        done = done && period_run(&run, &result, &changed, reterr) &&
               (changed || standings_write_wait(session, reterr));
        if (done) {
            result_destroy(&chained);
            chained = result;
        }
    }
    done = done && period_run_carry(session, &chained, action, reterr);
    Error ignored;
    bool written = standings_write_wait(session, done ? reterr : &ignored);
    done = done && written;
    result_destroy(&chained);
    return done;
}

/* What was recorded late also lies in the windows of later periods, which keep their points. */
static void note_later_periods(Session *session, Period first)
{
    char from[PERIOD_TEXT_BYTES];
    char to[PERIOD_TEXT_BYTES];
    session_note(session,
                 "Later periods keep their points. To recompute them as well: `tierclose backfill"
                 " --from %s --to %s`.",
                 period_format(first, from), period_format(session->range.last, to));
}

/* Runs, one reading, one transaction, one commit. */
static bool restate(Session *session, PeriodRange range, const char *action, Error *reterr)
{
    size_t count = (size_t)(range.last - range.first) + 1;
    StartedRuns started = {.ids = calloc(count, sizeof *started.ids)};
    Reading reading;
    if (started.ids == NULL) {
        return error_set(reterr, EXIT_BUG, NULL, "out of memory");
    }
    bool done = true;
    for (Period period = range.first; done && period <= range.last; period++) {
        done =
            period_run_start(session, period, action, &started.ids[period - range.first], reterr);
        started.count += done && !session->job->dry_run;
    }
    if (done && (done = reading_begin(session, range.first, range.last, &reading, reterr))) {
        done = begin(session, reterr) &&
               restate_range(session, &reading, range, action, started.ids, reterr) &&
               end(session, reterr);
        reading_end(&reading);
    }
    if (!done) {
        mark_failed(session, &started, reterr);
    } else if (session->range.any && range.last < session->range.last) {
        note_later_periods(session, range.first);
    }
    free(started.ids);
    return done;
}

bool job_backfill(const Job *job, Period first, Period last, Error *reterr)
{
    Session session;
    if (last < first) {
        return error_set(reterr, EXIT_USAGE, "name the earlier month in --from.",
                         "--to lies before --from");
    }
    if (!session_open(job, !job->dry_run, &session, reterr)) {
        return false;
    }
    const PeriodRange range = {first, last};
    bool done = plan_check_range(range, session.range, session.today, job->dry_run, reterr) &&
                reading_check_periods(&session, first, last, reterr) &&
                restate(&session, range, "backfill", reterr);
    session_close(&session);
    return done;
}

bool job_restate(const Job *job, Period period, Error *reterr)
{
    Session session;
    if (!session_open(job, !job->dry_run, &session, reterr)) {
        return false;
    }
    const PeriodRange range = {period, period};
    bool done = plan_check_closed(period, session.range, reterr) &&
                restate(&session, range, "restate", reterr);
    session_close(&session);
    return done;
}
