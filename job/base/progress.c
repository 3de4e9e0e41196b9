#include "base/progress.h"

#include "base/arena.h"
#include "base/log.h"
#include "base/progress_text.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
    DRAW_INTERVAL_MS = 100,
    COLUMNS_UNKNOWN = 80,
    NAME_BYTES = 64,
    LINE_BYTES = 512,
};

/* In a log: the first word of a phase that takes long, and how far apart the words are at most. */
static const double LOG_SECONDS_FIRST = 10;
static const double LOG_SECONDS_MAX = 60;

/* To the first column; what follows is written over the line that stands there. */
#define LINE_START "\r"
/* Erases from the cursor to the end of the line. */
#define LINE_REST_ERASE "\033[K"

struct Progress {
    bool quiet;
    bool terminal;
    bool has_thread;
    pthread_t thread;
    pthread_mutex_t mutex; /* of all that follows but `done`, and of what stands on the terminal */
    pthread_cond_t changed;
    bool ends;
    bool active;
    char phase[NAME_BYTES];
    char unit[NAME_BYTES];
    int64_t total;
    double started;
    double log_next; /* seconds into the phase */
    double log_interval;
    RecentRate rate;
    ProgressStep steps[PROGRESS_STEPS_MAX];
    size_t step_count;
    _Atomic int64_t done;
};

static double now_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The room for a line: the last column stays free, or some terminals go on to the next line. */
static size_t line_columns(const Progress *progress)
{
    struct winsize size;
    if (!progress->terminal) {
        return 0;
    }
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2) {
        return COLUMNS_UNKNOWN - 1;
    }
    return size.ws_col < LINE_BYTES ? (size_t)size.ws_col - 1 : LINE_BYTES - 1;
}

/* A job sent to the background keeps its line to itself: the terminal is somebody else's now. */
static bool in_foreground(void)
{
    pid_t group = tcgetpgrp(STDERR_FILENO);
    return group < 0 || group == getpgrp();
}

static PhaseState phase_state(const Progress *progress)
{
    return (PhaseState){
        .phase = progress->phase,
        .unit = progress->unit,
        .done = atomic_load(&progress->done),
        .total = progress->total,
        .seconds = now_seconds() - progress->started,
        .per_second = recent_rate_per_second(&progress->rate),
    };
}

/* In one write, so that no half of a line is ever seen. */
static void put(const Progress *progress, const char *text, bool ends_line)
{
    char line[LINE_BYTES + sizeof LINE_START LINE_REST_ERASE "\n"];
    int length = snprintf(line, sizeof line, "%s%s%s%s", progress->terminal ? LINE_START : "", text,
                          progress->terminal ? LINE_REST_ERASE : "", ends_line ? "\n" : "");
    (void)fwrite(line, 1, length < 0 ? 0 : (size_t)length, stderr);
    (void)fflush(stderr);
}

/* The same for a program. */
static void log_phase(const char *event, const PhaseState *state, const char *text)
{
    const LogField fields[] = {
        LOG_TEXT("phase", state->phase),  LOG_SECONDS("seconds", state->seconds),
        LOG_TEXT("unit", state->unit),    LOG_COUNT("done", state->done),
        LOG_COUNT("total", state->total),
    };
    size_t known = state->unit[0] == '\0' ? 2 : state->total == 0 ? 4 : 5;
    log_event(event, text, fields, known);
}

static void draw_running(Progress *progress)
{
    char text[LINE_BYTES];
    PhaseState state = phase_state(progress);
    recent_rate_look(&progress->rate, state.seconds, state.done);
    state.per_second = recent_rate_per_second(&progress->rate);
    if (!progress->terminal && state.seconds < progress->log_next) {
        return;
    }
    if (progress->terminal && !in_foreground()) {
        return;
    }
    progress->log_next += progress->log_interval;
    progress->log_interval =
        progress->log_interval * 2 < LOG_SECONDS_MAX ? progress->log_interval * 2 : LOG_SECONDS_MAX;
    (void)progress_text_running(&state, line_columns(progress), text, sizeof text);
    if (log_is_json()) {
        log_phase("phase_running", &state, text);
    } else {
        put(progress, text, !progress->terminal);
    }
}

static void *draw_until_end(void *argument)
{
    Progress *progress = argument;
    (void)pthread_mutex_lock(&progress->mutex);
    while (!progress->ends) {
        struct timespec until;
        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += DRAW_INTERVAL_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        (void)pthread_cond_timedwait(&progress->changed, &progress->mutex, &until);
        if (progress->active && !progress->ends) {
            draw_running(progress);
        }
    }
    (void)pthread_mutex_unlock(&progress->mutex);
    return NULL;
}

/* Signals are for the other threads, whose waits they break off. Without this thread the lines that
 * end the phases are still written. */
static void start_thread(Progress *progress)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    progress->has_thread = pthread_create(&progress->thread, NULL, draw_until_end, progress) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static bool is_terminal(void)
{
    const char *kind = getenv("TERM");
    return isatty(STDERR_FILENO) == 1 && kind != NULL && kind[0] != '\0' &&
           strcmp(kind, "dumb") != 0;
}

Progress *progress_create(bool quiet)
{
    Progress *progress = memory_alloc(1, sizeof *progress);
    progress->quiet = quiet;
    progress->terminal = !log_is_json() && is_terminal();
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&progress->changed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    (void)pthread_mutex_init(&progress->mutex, NULL);
    return progress;
}

typedef size_t (*EndText)(const PhaseState *state, size_t columns, char *text, size_t size);

/* Adds what the phase has taken to its kind. */
static void add_step(Progress *progress)
{
    char name[PROGRESS_STEP_BYTES];
    progress_text_step(progress->phase, name, sizeof name);
    size_t at = 0;
    while (at < progress->step_count && strcmp(progress->steps[at].name, name) != 0) {
        at++;
    }
    if (at == PROGRESS_STEPS_MAX) {
        return;
    }
    if (at == progress->step_count) {
        progress->step_count++;
        progress->steps[at] = (ProgressStep){0};
        memcpy(progress->steps[at].name, name, sizeof name);
    }
    progress->steps[at].seconds += now_seconds() - progress->started;
}

static void end_phase(Progress *progress, const char *event, EndText write)
{
    if (!progress->active) {
        return;
    }
    add_step(progress);
    progress->active = false;
    if (progress->quiet) {
        return;
    }
    char text[LINE_BYTES];
    PhaseState state = phase_state(progress);
    (void)write(&state, line_columns(progress), text, sizeof text);
    if (log_is_json()) {
        log_phase(event, &state, text);
    } else {
        put(progress, text, true);
    }
}

void progress_begin(Progress *progress, const char *phase, const char *unit, int64_t total)
{
    if (progress == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&progress->mutex);
    end_phase(progress, "phase_ended", progress_text_ended);
    (void)snprintf(progress->phase, sizeof progress->phase, "%s", phase);
    (void)snprintf(progress->unit, sizeof progress->unit, "%s", unit == NULL ? "" : unit);
    progress->total = total;
    progress->started = now_seconds();
    progress->log_next = LOG_SECONDS_FIRST;
    progress->log_interval = 2 * LOG_SECONDS_FIRST;
    progress->rate = (RecentRate){0};
    progress->active = true;
    atomic_store(&progress->done, 0);
    if (!progress->has_thread && !progress->quiet) {
        start_thread(progress);
    }
    (void)pthread_mutex_unlock(&progress->mutex);
}

void progress_add(Progress *progress, int64_t count)
{
    if (progress == NULL || progress->quiet) {
        return;
    }
    (void)atomic_fetch_add(&progress->done, count);
}

const ProgressStep *progress_steps(const Progress *progress, size_t *ret_count)
{
    if (progress == NULL) {
        *ret_count = 0;
        return NULL;
    }
    *ret_count = progress->step_count;
    return progress->steps;
}

void progress_end(Progress *progress)
{
    if (progress == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&progress->mutex);
    end_phase(progress, "phase_ended", progress_text_ended);
    (void)pthread_mutex_unlock(&progress->mutex);
}

void progress_stop(Progress *progress)
{
    if (progress == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&progress->mutex);
    end_phase(progress, "phase_stopped", progress_text_stopped);
    (void)pthread_mutex_unlock(&progress->mutex);
}

void progress_destroy(Progress *progress)
{
    if (progress == NULL) {
        return;
    }
    progress_stop(progress);
    (void)pthread_mutex_lock(&progress->mutex);
    progress->ends = true;
    (void)pthread_cond_signal(&progress->changed);
    (void)pthread_mutex_unlock(&progress->mutex);
    if (progress->has_thread) {
        (void)pthread_join(progress->thread, NULL);
    }
    (void)pthread_cond_destroy(&progress->changed);
    (void)pthread_mutex_destroy(&progress->mutex);
    free(progress);
}
