/*
 * The words of a phase: how far it is and what it took. Pure; progress.c decides when and where to
 * write.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct PhaseState {
    const char *phase;
    const char *unit; /* "" where nothing is counted */
    int64_t done;
    int64_t total; /* 0: not known */
    double seconds;
} PhaseState;

/*
 * "read events: 1,200,000 of 5,000,000 rows, 24 %, 600 k rows/s, 6.3 s left", cut to columns - 1,
 * so that the cursor stays on the line. Returns how many bytes were written.
 */
size_t progress_text_running(const PhaseState *state, size_t columns, char *text, size_t size);

/* "read events: 5,000,000 rows in 8.3 s, 600 k rows/s" */
size_t progress_text_ended(const PhaseState *state, char *text, size_t size);
