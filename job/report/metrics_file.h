/*
 * The file of metrics: replaced as a whole, so that a reader sees the text before or the one after.
 *
 * The new text is written beside it, synced and renamed; only who holds the lock of that work file
 * reads the old text and replaces it, so two commands may share a file. What is no file of metrics
 * is never replaced. A command that is killed leaves the file as it was.
 */
#pragma once

#include "report/metrics.h"

/*
 * Sees, before anything is done, whether the file can be written. EXIT_USAGE: its folder is not
 * there, or it is no file of metrics. EXIT_BUG: it cannot be written.
 */
MUST_CHECK bool metrics_file_check(const char *path, Error *reterr);

/* Puts the facts into the file, mode 0644. EXIT_USAGE and EXIT_BUG as above. */
MUST_CHECK bool metrics_file_write(const char *path, const MetricFacts *facts, Error *reterr);
