#include "command/command.h"
#include "report/audit.h"

/* What --check takes and what making a report takes do not go together. */
static bool check_options(const Options *options, Error *reterr)
{
    bool check = option_given(options, OPTION_CHECK_FOLDER);
    if (check && (option_given(options, OPTION_PERIOD) || option_given(options, OPTION_OUT) ||
                  option_given(options, OPTION_FORMATS))) {
        return error_set(reterr, EXIT_USAGE,
                         "to prove a report: tierclose report --check DIR; to make one: tierclose "
                         "report --period YYYY-MM --out DIR.",
                         "--check does not go with --period, --out or --format");
    }
    if (!check && option_given(options, OPTION_DB)) {
        return error_set(reterr, EXIT_USAGE, "leave --db out: a report is always made from one.",
                         "--db goes with --check only");
    }
    if (check || (option_given(options, OPTION_PERIOD) && option_given(options, OPTION_OUT))) {
        return true;
    }
    bool period = option_given(options, OPTION_PERIOD);
    return error_set(reterr, EXIT_USAGE,
                     period ? "add --out DIR; tierclose report --help explains it."
                            : "add --period YYYY-MM; tierclose report --help explains it.",
                     "report needs --%s", period ? "out" : "period");
}

static bool check_report(const CommandContext *context, ExitCode *ret_code, Error *reterr)
{
    const Options *options = context->options;
    const AuditCheck check = {
        .folder = options->check_folder,
        .database = option_given(options, OPTION_DB) || option_given(options, OPTION_DSN),
        .dsn = options->dsn,
        .stop_signal = context->stop_signal,
    };
    bool equal = false;
    if (!audit_check(context->out, context->arena, &check, &equal, reterr)) {
        return false;
    }
    *ret_code = equal ? EXIT_DONE : EXIT_DIFFERENT;
    return true;
}

static bool run_report(const CommandContext *context, ExitCode *ret_code, Error *reterr)
{
    const Options *options = context->options;
    char period[PERIOD_TEXT_BYTES];
    if (!check_options(options, reterr)) {
        return false;
    }
    if (option_given(options, OPTION_CHECK_FOLDER)) {
        return check_report(context, ret_code, reterr);
    }
    AuditMake make = {
        .dsn = options->dsn,
        .period = period_format(options->period, period),
        .out = options->out,
        .progress = context->progress,
        .stop_signal = context->stop_signal,
    };
    AuditMade made;
    if (!report_formats_parse(options->formats, &make.formats, reterr) ||
        !audit_make(context->arena, &make, &made, reterr)) {
        return false;
    }
    audit_print_made(context->out, &make, &made);
    return true;
}

const Command command_report = {
    .name = "report",
    .run = run_report,
    .summary = "write what was published for a period as files, or prove such a report",
    .details =
        "Writes the report of a closed period into a folder: the run, members by level and the "
        "flow between levels, points by source and month, the reconciliation of every event, "
        "level changes, coupons, anomalies and restated results. Nothing is computed from events: "
        "the same published state gives the same bytes on any day. A folder with an older report "
        "of the same period is replaced in one step; one with anything else is left alone.\n\n"
        "manifest.json lists every file with its size and SHA-256, and names the run and the "
        "checksum of its result. --check DIR proves the files against it; with --db, or with "
        "--dsn, also that this run stands in the database and that the report made anew from it "
        "is the same. Exit code 1 means a difference.\n\n"
        "The user needs no more rights than tierclose_auditor has, and no programme file.",
    .options = OPTION_PERIOD | OPTION_OUT | OPTION_FORMATS | OPTION_CHECK_FOLDER | OPTION_DB,
};
