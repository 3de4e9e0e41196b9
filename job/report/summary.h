/*
 * What a run did with a period, for a person: within 80 columns, the numbers that matter first.
 *
 * Three forms: in full; one paragraph where nothing changed; one paragraph where a later period
 * only got new levels before (carried). A dry run says first and last that nothing was written. An
 * incremental run has counted the events of the period's own month only, and so shows no window.
 */
#pragma once

#include "close/job.h"

#include <stdio.h>

void summary_print(FILE *out, const RunSummary *summary);
