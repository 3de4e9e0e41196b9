#include "command/run_job.h"

#include "base/format.h"
#include "base/log.h"
#include "config/load.h"
#include "report/summary.h"

/* The summary for who reads the log by program. */
static void log_summary(const RunSummary *summary)
{
    char period[PERIOD_TEXT_BYTES];
    char message[64];
    int64_t anomalies = 0;
    for (int fate = FATE_FIRST_ANOMALY; fate < FATE_COUNT; fate++) {
        anomalies += summary->month_fates[fate];
    }
    (void)snprintf(message, sizeof message, "%s %s%s", summary->action,
                   period_format(summary->period, period), summary->dry_run ? ", dry run" : "");
    log_event(
        "result", message,
        LOG_FIELDS(
            LOG_COUNT("run_id", summary->run_id), LOG_TEXT("period", period),
            LOG_TEXT("action", summary->action), LOG_TEXT("mode", summary->mode),
            LOG_BOOLEAN("dry_run", summary->dry_run), LOG_BOOLEAN("changed", summary->changed),
            LOG_BOOLEAN("carried", summary->carried), LOG_COUNT("members", summary->members),
            LOG_COUNT("points", summary->points), LOG_COUNT("events", summary->events),
            LOG_COUNT("upgrades", summary->upgrades), LOG_COUNT("downgrades", summary->downgrades),
            LOG_COUNT("grants", summary->grants), LOG_COUNT("anomalies", anomalies),
            LOG_COUNT("overgranted", summary->overgranted),
            LOG_SECONDS("seconds", summary->seconds)));
}

static void print_summary(void *context, const RunSummary *summary)
{
    FILE *out = context;
    summary_print(out, summary);
    log_summary(summary);
    /* A run over many months is watched while it goes on. */
    (void)fflush(out);
}

static void print_note(void *context, const char *sentence)
{
    FILE *out = context;
    format_paragraph(out, sentence, 0, 0);
    log_event("note", sentence, NULL, 0);
    (void)fflush(out);
}

bool job_from_options(const CommandContext *context, Job *ret_job, Error *reterr)
{
    const Options *options = context->options;
    const Programme *programme = NULL;
    if (!config_load_file(context->arena, options->config, &programme, reterr)) {
        return false;
    }
    *ret_job = (Job){
        .programme = programme,
        .dsn = options->dsn,
        .workers = options->workers,
        .memory_bytes = options->memory_bytes,
        .full = option_given(options, OPTION_FULL),
        .dry_run = option_given(options, OPTION_DRY_RUN),
        .no_wait = option_given(options, OPTION_NO_WAIT),
        .has_today = option_given(options, OPTION_TODAY),
        .today = options->today,
        .progress = context->progress,
        .stop_signal = context->stop_signal,
        .on_summary = print_summary,
        .on_note = print_note,
        .context = context->out,
    };
    return true;
}
