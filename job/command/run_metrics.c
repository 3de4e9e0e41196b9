#include "command/run_metrics.h"

#include "config/load.h"
#include "report/metrics_file.h"
#include "report/today.h"

#include <time.h>

bool run_metrics_check(const Options *options, Error *reterr)
{
    if (!option_given(options, OPTION_METRICS)) {
        return true;
    }
    if (option_given(options, OPTION_DRY_RUN)) {
        return error_set(reterr, EXIT_USAGE, "leave one of the two out: a dry run is no run.",
                         "--metrics does not go with --dry-run");
    }
    return metrics_file_check(options->metrics, reterr);
}

typedef struct Read {
    Status status;
    Health health;
} Read;

/* When the period ends that is next, and how long that is past. */
static bool read_due(Connection *connection, const Options *options, const Programme *programme,
                     MetricFacts *facts, Error *reterr)
{
    LocalDay today = 0;
    int64_t now = facts->ended_at;
    if (!today_read(connection, programme, option_given(options, OPTION_TODAY), options->today,
                    &today, reterr)) {
        return false;
    }
    Due due = due_of(facts->status, today);
    int64_t ends_at = 0;
    if (!health_midnight(connection, programme->timezone, due.ended_on, &ends_at, reterr) ||
        (option_given(options, OPTION_TODAY) &&
         !health_midnight(connection, programme->timezone, today, &now, reterr))) {
        return false;
    }
    facts->due = due;
    facts->next_ends_at = ends_at;
    facts->overdue_seconds = due.overdue > 0 && now > ends_at ? now - ends_at : 0;
    facts->due_known = true;
    return true;
}

static void read_ledger(const CommandContext *context, const Programme *programme, Read *read,
                        MetricFacts *facts)
{
    CLEANUP_CONNECTION Connection *connection = NULL;
    Error ignored;
    if (!connection_open(context->options->dsn, "tierclose metrics", &connection, &ignored) ||
        !status_read(connection, context->arena, &read->status, &ignored) ||
        !health_read(connection, context->arena, &read->health, &ignored)) {
        return;
    }
    facts->status = &read->status;
    facts->health = &read->health;
    if (facts->program == NULL) {
        facts->program = read->health.program;
    }
    if (programme != NULL && !read_due(connection, context->options, programme, facts, &ignored)) {
        facts->due_known = false;
    }
}

bool run_metrics_write(const CommandContext *context, const char *command, const char *version,
                       int exit_code, double seconds, Error *reterr)
{
    if (!option_given(context->options, OPTION_METRICS)) {
        return true;
    }
    Error ignored;
    const Programme *programme = NULL;
    bool loaded = config_load_file(context->arena, context->options->config, &programme, &ignored);
    MetricFacts facts = {
        .version = version,
        .program = loaded ? programme->name : NULL,
        .command = command,
        .exit_code = exit_code,
        .ended_at = (int64_t)time(NULL),
        .seconds = seconds,
        .steps = progress_steps(context->progress, &facts.step_count),
    };
    Read read;
    read_ledger(context, loaded ? programme : NULL, &read, &facts);
    return metrics_file_write(context->options->metrics, &facts, reterr);
}
