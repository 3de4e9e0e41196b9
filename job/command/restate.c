#include "command/run_job.h"

static bool run_restate(const CommandContext *context, ExitCode *ret_code, Error *reterr)
{
    (void)ret_code;
    Job job;
    return job_from_options(context, &job, reterr) &&
           job_restate(&job, context->options->period, reterr);
}

const Command command_restate = {
    .name = "restate",
    .run = run_restate,
    .summary = "compute one closed month anew, also a final one",
    .details =
        "Computes a month that is closed from all events recorded by now and replaces its "
        "standings, changes and grants; the new levels are carried forward through the later "
        "months "
        "already closed. Grants that are no longer deserved are revoked if their issue has not "
        "begun, else kept and counted.\n\n"
        "A close does this by itself until the day before the month takes effect; restate is for "
        "later. Try --dry-run first.",
    .options = OPTION_PERIOD | OPTION_DRY_RUN | OPTION_NO_WAIT | OPTION_WORKERS | OPTION_MEMORY |
               OPTION_METRICS,
    .required = OPTION_PERIOD,
    .publishes = true,
};
