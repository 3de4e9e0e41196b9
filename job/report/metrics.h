/*
 * The job's state as Prometheus reads it: one text for node_exporter's textfile collector. Pure but
 * for the file that is printed to; metrics_file.h writes it.
 *
 * A file belongs to one programme and may be shared by its commands. What a command cannot know now
 * is kept from the text that stood there: the runs of the other commands always, this command's
 * last success where it failed, and what the ledger said where the database did not answer (then
 * database_up is 0, and ledger_timestamp_seconds says of when it is). Nothing is kept of another
 * programme, nor a line that is none of these metrics.
 *
 * Points in time rather than ages, so that an alert stays right however old the file is.
 */
#pragma once

#include "base/progress.h"
#include "ledger/health.h"
#include "report/due.h"

#include <stdio.h>

typedef struct MetricFacts {
    const char *version;
    const char *program; /* NULL: not known; that of the text before is taken */
    const char *command;
    int exit_code;
    int64_t ended_at; /* seconds since 1970 */
    double seconds;
    const ProgressStep *steps;
    size_t step_count;
    const Health *health; /* NULL: the database did not answer */
    const Status *status; /* of the same moment */
    bool due_known;       /* the calendar needs the programme's zone */
    Due due;
    int64_t next_ends_at;    /* of due.next, in seconds since 1970 */
    int64_t overdue_seconds; /* since then; 0 where none is overdue */
} MetricFacts;

/* `previous`: the text that stood in the file; "" where there was none. */
void metrics_print(FILE *out, const MetricFacts *facts, const char *previous);

/* Whether a text is one that metrics_print wrote, or empty: only such a file is replaced. */
bool metrics_text_is_ours(const char *text);
