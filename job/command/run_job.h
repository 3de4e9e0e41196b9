/*
 * From options to a Job, and its words to stdout: what close, backfill, restate and verify share.
 */
#pragma once

#include "close/job.h"
#include "command/command.h"

/* Loads the configuration and fills a Job, whose summaries and notes go to context->out as they
 * come. */
MUST_CHECK bool job_from_options(const CommandContext *context, Job *ret_job, Error *reterr);
