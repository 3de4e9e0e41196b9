#include "ledger/status.h"
#include "command/command.h"
#include "config/load.h"
#include "ledger/connection.h"
#include "report/due.h"
#include "report/status_print.h"
#include "report/today.h"

static bool run_status(const CommandContext *context, ExitCode *ret_code, Error *reterr)
{
    const Options *options = context->options;
    const Programme *programme = NULL;
    CLEANUP_CONNECTION Connection *connection = NULL;
    LocalDay today = 0;
    Status status;
    if (!config_load_file(context->arena, options->config, &programme, reterr) ||
        !connection_open(options->dsn, "tierclose status", &connection, reterr) ||
        !today_read(connection, programme, option_given(options, OPTION_TODAY), options->today,
                    &today, reterr) ||
        !status_read(connection, context->arena, &status, reterr)) {
        return false;
    }
    if (options->json) {
        status_print_json(context->out, &status, programme, today);
    } else if (option_given(options, OPTION_CHECK)) {
        status_print_check(context->out, &status, today);
    } else {
        status_print_text(context->out, &status, programme, today);
    }
    if (option_given(options, OPTION_CHECK) && due_of(&status, today).overdue > 0) {
        *ret_code = EXIT_OVERDUE;
    }
    return true;
}

const Command command_status = {
    .name = "status",
    .run = run_status,
    .summary = "show what is closed, what is due, and what the last runs did",
    .details =
        "Shows which periods are closed and whether the newest is final, the next one and when it "
        "is due, "
        "whether a run is at work, the last success, and the last ten runs with their errors.\n\n"
        "After exit code 74 (the connection died while publishing) it tells the outcome: the run "
        "shows as published, or as died, and then nothing of it was published.\n\n"
        "--check is for monitoring: exit code 2 where a period has ended and is not closed, with "
        "what is overdue, since when, and what to run; else 0 and one line. A month that ended at "
        "midnight is overdue until the night's close has run. With --format json the object is the "
        "same as without.",
    .options = OPTION_FORMAT | OPTION_CHECK | OPTION_METRICS,
};
