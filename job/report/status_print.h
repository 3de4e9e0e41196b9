/*
 * The words of `status`: what is closed, what is due, what the last runs did (contract 9). Pure but
 * for the file.
 *
 * The JSON object has: today, timezone, at_work, closed (null, or the first and the last closed
 * period: all between them are), newest_closed (null, or period, run_id, effective_on, final), next
 * (period, due_on, due), overdue (null, or first and last of the periods that have ended and are
 * not closed, periods: how many, since: the day after the first one's end), last_success (null or a
 * run) and runs, the newest first. A run's status is that of tierclose.runs, or "died" where it
 * says `running` though nobody holds the job's lock.
 */
#pragma once

#include "ledger/status.h"
#include "programme/rules.h"

#include <stdio.h>

void status_print_text(FILE *out, const Status *status, const Programme *programme, LocalDay today);
void status_print_json(FILE *out, const Status *status, const Programme *programme, LocalDay today);

/* One line where no period is overdue, else what is, since when, and what to run. */
void status_print_check(FILE *out, const Status *status, LocalDay today);
