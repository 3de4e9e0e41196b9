#include "command/run_job.h"
#include "report/difference.h"

static void print_result(void *context, const VerifyResult *result)
{
    difference_print(context, result);
}

/* The result says it all. */
static void keep_summary(void *context, const RunSummary *summary)
{
    (void)context;
    (void)summary;
}

static bool run_verify(const CommandContext *context, ExitCode *ret_code, Error *reterr)
{
    Job job;
    bool equal = false;
    if (!job_from_options(context, &job, reterr)) {
        return false;
    }
    job.on_summary = keep_summary;
    if (!job_verify(&job, context->options->period, print_result, &equal, reterr)) {
        return false;
    }
    *ret_code = equal ? EXIT_DONE : EXIT_DIFFERENT;
    return true;
}

const Command command_verify = {
    .name = "verify",
    .run = run_verify,
    .summary = "compute a closed month in full and compare it with what stands",
    .details =
        "Reads all events of the window, computes the month and compares every standing, level "
        "change and grant with what is published. Writes nothing. Ends with 0 where all is equal "
        "and with 1 where something differs; events that were recorded late are counted, since "
        "they explain differences.",
    .options = OPTION_PERIOD | OPTION_WORKERS | OPTION_MEMORY | OPTION_METRICS,
    .required = OPTION_PERIOD,
};
