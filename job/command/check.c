#include "report/check.h"
#include "command/command.h"
#include "config/load.h"
#include "ledger/connection.h"
#include "report/programme_print.h"

static bool run_check(const CommandContext *context, ExitCode *ret_code, Error *reterr)
{
    (void)ret_code;
    const Options *options = context->options;
    const Programme *programme = NULL;
    CLEANUP_CONNECTION Connection *connection = NULL;
    if (!config_load_file(context->arena, options->config, &programme, reterr)) {
        return false;
    }
    programme_print(context->out, programme);
    if (!option_given(options, OPTION_DB)) {
        (void)fputs("\nThe configuration is good; --db looks at the database too.\n", context->out);
        return true;
    }
    if (!connection_open(options->dsn, "tierclose check", &connection, reterr) ||
        !check_database(context->out, context->arena, connection, programme, reterr)) {
        return false;
    }
    (void)fputs("\nThe configuration and the database are good.\n", context->out);
    return true;
}

const Command command_check = {
    .name = "check",
    .run = run_check,
    .summary = "check the configuration and, with --db, the database",
    .details =
        "Loads the configuration and shows the programme as it was understood. An error names the "
        "file, the line and the column and says what is allowed.\n\n"
        "With --db also: the server, the schema tierclose, the job's role and its rights, the time "
        "zone, the tables that go in with their columns and kinds, and how events that are "
        "recorded late are found. Writes nothing.",
    .options = OPTION_DB,
};
