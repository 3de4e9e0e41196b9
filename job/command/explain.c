#include "command/command.h"
#include "config/load.h"
#include "ledger/connection.h"
#include "report/explain_print.h"
#include "report/explain_read.h"

static bool run_explain(const CommandContext *context, ExitCode *ret_code, Error *reterr)
{
    (void)ret_code;
    const Options *options = context->options;
    const Programme *programme = NULL;
    CLEANUP_CONNECTION Connection *connection = NULL;
    ExplainInput input;
    Explanation explanation;
    if (!config_load_file(context->arena, options->config, &programme, reterr) ||
        !connection_open(options->dsn, "tierclose explain", &connection, reterr) ||
        !explain_read(context->arena, connection, programme, options->member, options->period,
                      option_given(options, OPTION_TODAY), options->today, &input, reterr) ||
        !explain_build(context->arena, &input, &explanation, reterr)) {
        return false;
    }
    if (options->json) {
        explain_print_json(context->out, &explanation);
    } else {
        explain_print_text(context->out, &explanation);
    }
    return true;
}

const Command command_explain = {
    .name = "explain",
    .run = run_explain,
    .summary = "show why a member has its points and its level, event by event",
    .details =
        "Reads the member's events of the window and folds them with the job's own rules: each "
        "event with what it earned and why, the months' sums, the level, what is missing to the "
        "next one, what leaves the window at the next close, and whether that is what is "
        "published. Writes nothing.\n\n"
        "Of a closed period it also tells which runs gave the member another standing than the "
        "one before. Where the events now give another result than the published one, it says why: "
        "what was recorded since is marked with + (if the events tell when they were recorded), "
        "and the member is computed once more without it. Otherwise the programme file is another "
        "one, or the member's row or events themselves were changed.\n\n"
        "A month that has not ended is shown as it stands now. A member without a standing in the "
        "period (closed, or registered later) is shown with 0 points and the reason. Where the "
        "sum is below 0, a line of the kind \"floor\" raises it to 0.\n\n"
        "The JSON object has member_id, period, points, level, months (month, points) and lines "
        "(day, event_id, kind, points, why, order_id, fate, late); standing, no_standing, "
        "level_from_points, effective_on, next_level, points_to_next, expiring_points, sum (before "
        "it is raised to 0), open_month; published (run_id, points, level), differs, publications "
        "(run_id, action, day, points, level) and since (late_events, other_rules, "
        "late_events_explain). What is not known, or not there, is null.",
    .options = OPTION_MEMBER | OPTION_PERIOD | OPTION_FORMAT,
    .required = OPTION_MEMBER | OPTION_PERIOD,
};
