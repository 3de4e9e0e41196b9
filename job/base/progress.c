#include "base/progress.h"

#include "base/arena.h"
#include "base/progress_text.h"

#include <pthread.h>
#include <stdarg.h>
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
    COLUMNS_MAX = 200,
    NAME_BYTES = 64,
    LINE_BYTES = 512,
};

struct Progress {
    bool quiet;
    bool terminal;
    pthread_mutex_t mutex; /* of all that is not atomic, and of what stands on the terminal */
    bool active;
    char phase[NAME_BYTES];
    char unit[NAME_BYTES];
    int64_t total;
    double started;
    size_t drawn; /* bytes of the line that stands on the terminal without a newline */
    _Atomic int64_t done;
    _Atomic int64_t next_draw_ms;
};

static double now_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int64_t now_ms(void)
{
    return (int64_t)(now_seconds() * 1000);
}

static size_t terminal_columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        return COLUMNS_UNKNOWN;
    }
    return size.ws_col < COLUMNS_MAX ? size.ws_col : COLUMNS_MAX;
}

Progress *progress_create(bool quiet)
{
    Progress *progress = memory_alloc(1, sizeof *progress);
    progress->quiet = quiet;
    /* No colours and no escape codes anywhere, so NO_COLOR and TERM=dumb need no look. */
    progress->terminal = isatty(STDERR_FILENO) == 1;
    (void)pthread_mutex_init(&progress->mutex, NULL);
    return progress;
}

static PhaseState phase_state(Progress *progress)
{
    return (PhaseState){
        .phase = progress->phase,
        .unit = progress->unit,
        .done = atomic_load(&progress->done),
        .total = progress->total,
        .seconds = now_seconds() - progress->started,
    };
}

/* Replaces the line on the terminal; spaces wipe the end of a longer one before. */
static void draw(Progress *progress, const char *text, size_t length)
{
    size_t wiped = progress->drawn > length ? progress->drawn - length : 0;
    (void)fprintf(stderr, "\r%s%*s", text, (int)wiped, "");
    (void)fflush(stderr);
    progress->drawn = length;
}

static void wipe(Progress *progress)
{
    if (progress->drawn > 0) {
        draw(progress, "", 0);
        (void)fputc('\r', stderr);
    }
}

static void draw_running(Progress *progress)
{
    char text[LINE_BYTES];
    PhaseState state = phase_state(progress);
    size_t length = progress_text_running(&state, terminal_columns(), text, sizeof text);
    draw(progress, text, length);
    atomic_store(&progress->next_draw_ms, now_ms() + DRAW_INTERVAL_MS);
}

static void end_phase(Progress *progress)
{
    if (!progress->active) {
        return;
    }
    progress->active = false;
    char text[LINE_BYTES];
    PhaseState state = phase_state(progress);
    (void)progress_text_ended(&state, text, sizeof text);
    wipe(progress);
    (void)fprintf(stderr, "%s\n", text);
    (void)fflush(stderr);
}

void progress_begin(Progress *progress, const char *phase, const char *unit, int64_t total)
{
    if (progress == NULL || progress->quiet) {
        return;
    }
    (void)pthread_mutex_lock(&progress->mutex);
    end_phase(progress);
    (void)snprintf(progress->phase, sizeof progress->phase, "%s", phase);
    (void)snprintf(progress->unit, sizeof progress->unit, "%s", unit == NULL ? "" : unit);
    progress->total = total;
    progress->started = now_seconds();
    progress->active = true;
    atomic_store(&progress->done, 0);
    if (progress->terminal) {
        draw_running(progress);
    } else {
        (void)fprintf(stderr, "%s: started\n", progress->phase);
        (void)fflush(stderr);
    }
    (void)pthread_mutex_unlock(&progress->mutex);
}

void progress_add(Progress *progress, int64_t count)
{
    if (progress == NULL || progress->quiet) {
        return;
    }
    (void)atomic_fetch_add(&progress->done, count);
    if (!progress->terminal || now_ms() < atomic_load(&progress->next_draw_ms)) {
        return;
    }
    /* A reader never waits for the terminal: whoever comes while another one draws goes on. */
    if (pthread_mutex_trylock(&progress->mutex) == 0) {
        if (progress->active) {
            draw_running(progress);
        }
        (void)pthread_mutex_unlock(&progress->mutex);
    }
}

void progress_end(Progress *progress)
{
    if (progress == NULL || progress->quiet) {
        return;
    }
    (void)pthread_mutex_lock(&progress->mutex);
    end_phase(progress);
    (void)pthread_mutex_unlock(&progress->mutex);
}

void progress_note(Progress *progress, const char *format, ...)
{
    if (progress == NULL || progress->quiet) {
        return;
    }
    (void)pthread_mutex_lock(&progress->mutex);
    wipe(progress);
    va_list arguments;
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
    (void)fflush(stderr);
    (void)pthread_mutex_unlock(&progress->mutex);
}

void progress_destroy(Progress *progress)
{
    if (progress == NULL) {
        return;
    }
    /* A phase that failed has no end: its line stays as far as it came. */
    if (progress->active && progress->drawn > 0) {
        (void)fputc('\n', stderr);
    }
    (void)pthread_mutex_destroy(&progress->mutex);
    free(progress);
}
