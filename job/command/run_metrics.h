/*
 * --metrics: what a command's run leaves for Prometheus, however it ended.
 */
#pragma once

#include "command/command.h"

/* Before the command: that the file can be written. Without --metrics nothing. */
MUST_CHECK bool run_metrics_check(const Options *options, Error *reterr);

/*
 * After it: reads the ledger on a connection of its own and writes the file. A database that does
 * not answer is no error here but part of what is written. Without --metrics nothing. `seconds`:
 * how long the run took.
 */
MUST_CHECK bool run_metrics_write(const CommandContext *context, const char *command,
                                  const char *version, int exit_code, double seconds,
                                  Error *reterr);
