#include "command/run_job.h"

static bool run_close(const CommandContext *context, ExitCode *ret_code, Error *reterr)
{
    (void)ret_code;
    Job job;
    return job_from_options(context, &job, reterr) &&
           job_close(&job, option_given(context->options, OPTION_PERIOD), context->options->period,
                     reterr);
}

const Command command_close = {
    .name = "close",
    .run = run_close,
    .summary = "close every month that is due, or settle the one that was closed last",
    .details =
        "Recomputes every member's level from the events of the window and publishes standings, "
        "level changes and coupon grants of the month in one commit. Where the month before was "
        "closed under the same rules, only the events of the new month are read, and older ones of "
        "the members whom late events or refunds concern; --full reads all.\n\n"
        "Without --period: closes every month that has ended since the last one closed, the oldest "
        "first, and the present one on its last day; until the day before a closed month takes "
        "effect, finds what was recorded late for it and restates it. With nothing due it says so "
        "and ends with 0. Run it every night.\n\n"
        "With --period: closes that month, or settles it while it is not final.",
    .options = OPTION_PERIOD | OPTION_FULL | OPTION_DRY_RUN | OPTION_NO_WAIT | OPTION_WORKERS |
               OPTION_MEMORY | OPTION_METRICS,
    .publishes = true,
};
