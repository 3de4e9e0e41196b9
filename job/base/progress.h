/*
 * Progress of long steps, and the quiet lines of a log: everything that is not a result goes to
 * stderr here.
 *
 * On a terminal a phase is one line that is rewritten in place at most ten times a second, with
 * rows, rate and time left where the total is known; elsewhere a line at the start and one at the
 * end. Thread-safe where it says so. NULL as the Progress of any call means silence.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct Progress Progress;

/* `quiet`: nothing at all. A Progress owns no file: it writes to stderr. */
Progress *progress_create(bool quiet);
void progress_destroy(Progress *progress);

/* Begins a phase, for example ("read events", "rows", 0); total 0: not known. Ends the one before.
 */
void progress_begin(Progress *progress, const char *phase, const char *unit, int64_t total);

/* Adds to what is done; from any thread. */
void progress_add(Progress *progress, int64_t count);

/* Ends the phase with its line: name, count, rate, seconds. */
void progress_end(Progress *progress);

/* A line of its own between phases, such as a warning. */
void progress_note(Progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
