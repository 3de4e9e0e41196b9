#include "command/run_job.h"

#include "base/format.h"
#include "config/load.h"
#include "report/summary.h"

static void print_summary(void *context, const RunSummary *summary)
{
    FILE *out = context;
    summary_print(out, summary);
    /* A run over many months is watched while it goes on. */
    (void)fflush(out);
}

static void print_note(void *context, const char *sentence)
{
    FILE *out = context;
    format_paragraph(out, sentence, 0, 0);
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
