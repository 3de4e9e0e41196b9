/*
 * The words of a phase: how far it is and what it took. Pure; progress.c decides when and where to
 * write.
 *
 * Each text comes in forms from the fullest to the tersest, and the fullest that fits is taken: a
 * line is never broken and never cut within a number. `columns` is the room, 0 where there is no
 * limit, as in a log. Returns how many bytes were written; texts are ASCII.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct PhaseState {
    const char *phase;
    const char *unit; /* a plural that ends with s; "" where nothing is counted */
    int64_t done;
    int64_t total; /* 0: not known */
    double seconds;
    double per_second; /* of late; 0 where it cannot be told yet */
} PhaseState;

/*
 * "read events: 24 %, 1,200,000 of 5,000,000 rows, 600 k/s, 7 s left"; the time it has taken takes
 * the place of the time left where that is not known.
 */
size_t progress_text_running(const PhaseState *state, size_t columns, char *text, size_t size);

/* "read events: 5,000,000 rows in 8.3 s, 602 k/s" */
size_t progress_text_ended(const PhaseState *state, size_t columns, char *text, size_t size);

/* "read events: stopped at 1,200,000 rows after 8.3 s" */
size_t progress_text_stopped(const PhaseState *state, size_t columns, char *text, size_t size);

/*
 * The rate of the last seconds: an average in which what is older than RECENT_SECONDS counts for
 * little. It follows a source that slows down, and does not tremble with each batch.
 */
typedef struct RecentRate {
    double seconds; /* of the last look, since the phase began */
    int64_t done;
    double sum; /* of the rates so far, weighted */
    double weight;
} RecentRate;

/* Takes in that `done` was reached after `seconds`. */
void recent_rate_look(RecentRate *rate, double seconds, int64_t done);

/* Per second; 0 where too little time has passed to tell. */
double recent_rate_per_second(const RecentRate *rate);

/* The kind of a phase, without its month and its part: "read events" of "2025-12: read events, part
 * 1 of 2". */
void progress_text_step(const char *phase, char *text, size_t size);
