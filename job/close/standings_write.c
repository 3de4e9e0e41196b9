#include "close/standings_write.h"

#include "base/arena.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_BYTES = 48, ROWS_BETWEEN_LOOKS = 4096 };

struct StandingsWrite {
    pthread_t thread;
    Session *session;
    int64_t run_id;
    const StandingRow *rows;
    size_t row_count;
    MonthPool months;
    Progress *progress; /* NULL: another phase goes on meanwhile */
    bool done;
    Error error;
};

static bool stopped(const Session *session)
{
    const atomic_int *stop_signal = session->job->stop_signal;
    return stop_signal != NULL && atomic_load(stop_signal) != 0;
}

/* The writer's connection, opened once a session. */
static bool open_writer(Session *session, int64_t run_id, Error *reterr)
{
    char name[NAME_BYTES];
    (void)snprintf(name, sizeof name, "tierclose run %" PRId64 " writer", run_id);
    if (session->writer != NULL) {
        return connection_rename(session->writer, name, reterr);
    }
    if (!connection_open(session->job->dsn, name, &session->writer, reterr)) {
        return false;
    }
    watch_add(session->watch, session->writer);
    return connection_set_role(session->writer, JOB_ROLE, reterr);
}

static bool write_rows(const StandingsWrite *write, Error *reterr)
{
    StandingWriter *writer = NULL;
    if (!standing_write_begin(write->session->writer, write->run_id, &writer, reterr)) {
        return false;
    }
    for (size_t i = 0; i < write->row_count; i++) {
        if (i % ROWS_BETWEEN_LOOKS == 0) {
            if (stopped(write->session)) {
                standing_write_abandon(writer);
                return error_set(reterr, EXIT_INTERRUPTED, NULL,
                                 "stopped by a signal while writing standings");
            }
            progress_add(write->progress, i == 0 ? 0 : ROWS_BETWEEN_LOOKS);
        }
        if (!standing_write_row(writer, &write->rows[i], &write->months, reterr)) {
            standing_write_abandon(writer);
            return false;
        }
    }
    if (!standing_write_finish(writer, reterr)) {
        return false;
    }
    /* What the last look has not counted yet. */
    size_t looked = write->row_count == 0 ? 0 : (write->row_count - 1) / ROWS_BETWEEN_LOOKS;
    progress_add(write->progress, (int64_t)(write->row_count - looked * ROWS_BETWEEN_LOOKS));
    return true;
}

static void *run(void *argument)
{
    StandingsWrite *write = argument;
    write->done = open_writer(write->session, write->run_id, &write->error) &&
                  write_rows(write, &write->error);
    return NULL;
}

static void remember(Session *session, int64_t run_id)
{
    session->unattached = array_grow(session->unattached, &session->unattached_capacity,
                                     session->unattached_count + 1, sizeof *session->unattached);
    session->unattached[session->unattached_count++] = run_id;
}

bool standings_write_start(Session *session, int64_t run_id, const PeriodResult *result,
                           Progress *progress, Error *reterr)
{
    if (!standings_write_wait(session, reterr)) {
        return false;
    }
    StandingsWrite *write = memory_alloc(1, sizeof *write);
    write->session = session;
    write->run_id = run_id;
    write->rows = result->standings;
    write->row_count = result->standing_count;
    write->months = result->months;
    write->progress = progress;
    if (pthread_create(&write->thread, NULL, run, write) != 0) {
        free(write);
        return error_set(reterr, EXIT_BUG, "leave the process room for one thread more.",
                         "the thread that writes standings could not be started");
    }
    session->writing = write;
    remember(session, run_id);
    return true;
}

bool standings_write_wait(Session *session, Error *reterr)
{
    StandingsWrite *write = session->writing;
    if (write == NULL) {
        return true;
    }
    (void)pthread_join(write->thread, NULL);
    session->writing = NULL;
    bool done = write->done;
    if (!done) {
        *reterr = write->error;
    }
    free(write);
    return done;
}

bool standings_write_attach(Session *session, Error *reterr)
{
    if (!standings_write_wait(session, reterr)) {
        return false;
    }
    for (size_t i = 0; i < session->unattached_count; i++) {
        if (!standing_attach(session->leader, session->unattached[i], reterr)) {
            return false;
        }
    }
    return true;
}

void standings_write_published(Session *session)
{
    session->unattached_count = 0;
}

void standings_write_abandon(Session *session)
{
    Error ignored;
    bool written = standings_write_wait(session, &ignored);
    (void)written; /* what counts is why the run failed */
    if (session->writer != NULL) {
        runs_rollback(session->writer);
    }
    /* On the connection that made them: the leader's may be what has failed. */
    bool usable = session->writer != NULL && !connection_lost(session->writer);
    for (size_t i = 0; usable && i < session->unattached_count; i++) {
        /* A cancel that was under way when the look-out was held may still hit the first. */
        /* NOLINTNEXTLINE(misc-redundant-expression): it is tried twice */
        bool dropped = standing_drop(session->writer, session->unattached[i], &ignored) ||
                       standing_drop(session->writer, session->unattached[i], &ignored);
        (void)dropped; /* the next run drops what is left */
    }
    session->unattached_count = 0;
}
