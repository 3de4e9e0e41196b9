/*
 * Progress of long steps, and the quiet lines of a log: everything that is not a result goes to
 * stderr here.
 *
 * A phase ends with one line: its name, what was done, how long that took. On a terminal the line
 * stands there from the start and is rewritten in place ten times a second, with rows, rate and
 * time left where the total is known, within the terminal's width as it is at that moment.
 * Elsewhere (a file, a pipe, TERM=dumb) a phase that takes long says how far it is after 10
 * seconds, 20 more, 40 more, and then every minute. There are no colours, which is how NO_COLOR is
 * honoured; the only escape sequence wipes the rest of a line, on terminals only, and no mode of
 * the terminal is changed, so there is nothing to put back when the process ends.
 *
 * With --log-format json the same words are lines of the log (log.h), as if there were no terminal.
 *
 * A thread of its own draws, so that a step that waits is seen to wait, and whoever counts never
 * waits for a terminal. Thread-safe where it says so. NULL as the Progress of any call means
 * silence.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Progress Progress;

/* What a kind of phase took in all, over the months and parts of a run. */
enum { PROGRESS_STEPS_MAX = 8, PROGRESS_STEP_BYTES = 64 };
typedef struct ProgressStep {
    char name[PROGRESS_STEP_BYTES]; /* "read events" */
    double seconds;
} ProgressStep;

/* `quiet`: nothing is written at all. A Progress owns no file: it writes to stderr. */
Progress *progress_create(bool quiet);

/* A phase that has not ended gets a line that says where it stopped. */
void progress_stop(Progress *progress);

/* Stops, and frees it. */
void progress_destroy(Progress *progress);

/* Begins a phase, for example ("read events", "rows", 0); unit: a plural that ends with s; total 0:
 * not known. Ends the one before. */
void progress_begin(Progress *progress, const char *phase, const char *unit, int64_t total);

/* Adds to what is done; from any thread. */
void progress_add(Progress *progress, int64_t count);

/* Ends the phase with its line: name, count, seconds, rate. */
void progress_end(Progress *progress);

/*
 * What each kind of ended phase took, in the order in which they first came; *ret_count gets how
 * many. Belongs to the Progress. For the thread that begins and ends the phases.
 */
const ProgressStep *progress_steps(const Progress *progress, size_t *ret_count);
