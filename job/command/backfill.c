#include "command/run_job.h"

static bool run_backfill(const CommandContext *context, ExitCode *ret_code, Error *reterr)
{
    (void)ret_code;
    Job job;
    return job_from_options(context, &job, reterr) &&
           job_backfill(&job, context->options->from, context->options->to, reterr);
}

const Command command_backfill = {
    .name = "backfill",
    .run = run_backfill,
    .summary = "close a range of past months anew, in one publication",
    .details =
        "Computes every month from --from to --to, closed before or not, and publishes all of them "
        "in one commit; the new levels are carried forward through the later months already "
        "closed. For the first months of a programme, and after a correction of old events.\n\n"
        "A coupon whose issue is over is written as lapsed. Try --dry-run first.",
    .options = OPTION_FROM | OPTION_TO | OPTION_DRY_RUN | OPTION_NO_WAIT | OPTION_WORKERS |
               OPTION_MEMORY | OPTION_METRICS,
    .required = OPTION_FROM | OPTION_TO,
    .publishes = true,
};
