#include "report/metrics.h"

#include "report/metrics_previous.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "tierclose_"
#define FIRST_LINE "# HELP " PREFIX "build_info "

enum { LABEL_BYTES = 512, LINE_PROGRAM_BYTES = 512 };

/* What of the text before is kept, besides the other commands' runs. */
typedef enum Keep {
    KEEP_NOTHING,
    KEEP_OTHER_COMMANDS,
    KEEP_ON_FAILURE,       /* also this command's, where it failed */
    KEEP_WITHOUT_DATABASE, /* all, where the database did not answer */
} Keep;

typedef struct Text {
    FILE *out;
    const MetricFacts *facts;
    const char *previous;
    char program[LINE_PROGRAM_BYTES]; /* escaped */
    const char *name;                 /* of the metric that is being printed */
} Text;

/* Escapes a label's value: backslash, quotation mark and newline (Prometheus' text format). */
static const char *escape(const char *value, char text[LABEL_BYTES])
{
    size_t used = 0;
    for (; *value != '\0' && used + 3 < LABEL_BYTES; value++) {
        if (*value == '\\' || *value == '"' || *value == '\n') {
            text[used++] = '\\';
        }
        text[used++] = *value;
        if (*value == '\n') {
            text[used - 1] = 'n';
        }
    }
    text[used] = '\0';
    return text;
}

static bool same_label(const MetricLine *line, const char *label, const char *escaped)
{
    const char *value = NULL;
    size_t length = 0;
    return metric_line_label(line, label, &value, &length) && length == strlen(escaped) &&
           memcmp(value, escaped, length) == 0;
}

static bool is_kept(const Text *text, const MetricLine *line, Keep keep)
{
    const MetricFacts *facts = text->facts;
    if (keep == KEEP_NOTHING || !same_label(line, "program", text->program)) {
        return false;
    }
    if (keep == KEEP_WITHOUT_DATABASE) {
        return facts->health == NULL;
    }
    return !same_label(line, "command", facts->command) ||
           (keep == KEEP_ON_FAILURE && facts->exit_code != EXIT_DONE);
}

/* The head of a metric, and what is kept of it. Its name without the prefix. */
static void begin(Text *text, const char *name, const char *help, Keep keep)
{
    text->name = name;
    (void)fprintf(text->out, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s gauge\n", name, help,
                  name);
    char full[128];
    (void)snprintf(full, sizeof full, PREFIX "%s", name);
    MetricLine line;
    for (const char *at = text->previous; metric_line_next(&at, &line);) {
        if (metric_line_is(&line, full) && is_kept(text, &line, keep)) {
            (void)fprintf(text->out, "%.*s\n", (int)line.length, line.text);
        }
    }
}

/* One sample of the metric begun last: `labels` are pairs of name and value, NULL at the end. */
static void sample(const Text *text, const char *const *labels, const char *value)
{
    char escaped[LABEL_BYTES];
    (void)fprintf(text->out, PREFIX "%s{program=\"%s\"", text->name, text->program);
    for (; labels[0] != NULL; labels += 2) {
        (void)fprintf(text->out, ",%s=\"%s\"", labels[0], escape(labels[1], escaped));
    }
    (void)fprintf(text->out, "} %s\n", value);
}

typedef char Number[32];

static const char *whole(int64_t value, Number number)
{
    (void)snprintf(number, sizeof(Number), "%" PRId64, value);
    return number;
}

static const char *fraction(double value, Number number)
{
    (void)snprintf(number, sizeof(Number), "%.3f", value);
    return number;
}

#define LABELS(...) ((const char *const[]){__VA_ARGS__, NULL})
static const char *const no_labels[] = {NULL};
#define NUMBER ((Number){0})

/* A metric of counts by one to three labels. */
static void counts(Text *text, const char *name, const char *help, const HealthCounts *counts,
                   const char *const labels[HEALTH_LABELS_MAX])
{
    begin(text, name, help, KEEP_WITHOUT_DATABASE);
    for (size_t i = 0; counts != NULL && i < counts->row_count; i++) {
        const char *pairs[2 * HEALTH_LABELS_MAX + 1] = {0};
        for (size_t l = 0; l < HEALTH_LABELS_MAX && labels[l] != NULL; l++) {
            pairs[2 * l] = labels[l];
            pairs[2 * l + 1] = counts->rows[i].labels[l];
        }
        sample(text, pairs, whole(counts->rows[i].count, NUMBER));
    }
}

/* Where this command has no success yet in the file, the ledger may know one. */
static int64_t published_at(const MetricFacts *facts)
{
    int64_t newest = 0;
    for (size_t i = 0; facts->health != NULL && i < facts->health->publications.row_count; i++) {
        const HealthCount *row = &facts->health->publications.rows[i];
        bool own = strcmp(row->labels[0], facts->command) == 0 ||
                   (strcmp(facts->command, "close") == 0 && strcmp(row->labels[0], "settle") == 0);
        newest = own && row->count > newest ? row->count : newest;
    }
    return newest;
}

/* The number that stood there; `command`: NULL where the metric is not one of a command. */
static bool previous_value(const Text *text, const char *name, const char *command,
                           int64_t *ret_value)
{
    MetricLine line;
    for (const char *at = text->previous; metric_line_next(&at, &line);) {
        if (metric_line_is(&line, name) && same_label(&line, "program", text->program) &&
            (command == NULL || same_label(&line, "command", command))) {
            *ret_value = strtoll(line.value, NULL, 10);
            return true;
        }
    }
    return false;
}

static void print_run(Text *text)
{
    const MetricFacts *facts = text->facts;
    const char *const *labels = LABELS("command", facts->command);
    begin(text, "run_exit_code", "Exit code of the command's last run.", KEEP_OTHER_COMMANDS);
    sample(text, labels, whole(facts->exit_code, NUMBER));
    begin(text, "run_timestamp_seconds", "When the command's last run ended.", KEEP_OTHER_COMMANDS);
    sample(text, labels, whole(facts->ended_at, NUMBER));
    begin(text, "run_duration_seconds", "How long the command's last run took.",
          KEEP_OTHER_COMMANDS);
    sample(text, labels, fraction(facts->seconds, NUMBER));
    begin(text, "run_phase_seconds", "What each phase of the command's last run took.",
          KEEP_OTHER_COMMANDS);
    for (size_t i = 0; i < facts->step_count; i++) {
        sample(text, LABELS("command", facts->command, "phase", facts->steps[i].name),
               fraction(facts->steps[i].seconds, NUMBER));
    }
    begin(text, "last_success_timestamp_seconds", "When the command last ended with exit code 0.",
          KEEP_ON_FAILURE);
    int64_t before = 0;
    int64_t success = facts->exit_code == EXIT_DONE ? facts->ended_at : published_at(facts);
    if (success > 0 &&
        (facts->exit_code == EXIT_DONE ||
         !previous_value(text, PREFIX "last_success_timestamp_seconds", facts->command, &before))) {
        sample(text, labels, whole(success, NUMBER));
    }
}

/* How late it is. Time goes on also where the database does not answer: from what stood there. */
static void print_due(Text *text)
{
    const MetricFacts *facts = text->facts;
    bool known = facts->health != NULL && facts->due_known;
    int64_t periods = facts->due.overdue;
    int64_t seconds = facts->overdue_seconds;
    int64_t ends_at = 0;
    begin(text, "next_period_end_timestamp_seconds",
          "When the oldest period that is not closed ends; it is overdue from then on.",
          KEEP_WITHOUT_DATABASE);
    if (known) {
        sample(text, no_labels, whole(facts->next_ends_at, NUMBER));
    } else if (facts->health == NULL &&
               previous_value(text, PREFIX "next_period_end_timestamp_seconds", NULL, &ends_at)) {
        known = true;
        seconds = facts->ended_at > ends_at ? facts->ended_at - ends_at : 0;
        periods = 0;
        (void)previous_value(text, PREFIX "periods_overdue", NULL, &periods);
        periods = seconds == 0 ? 0 : periods > 0 ? periods : 1;
    }
    begin(text, "periods_overdue", "Periods that have ended and are not closed.", KEEP_NOTHING);
    if (known) {
        sample(text, no_labels, whole(periods, NUMBER));
    }
    begin(text, "overdue_seconds", "Since when the oldest of them is; 0 where none is.",
          KEEP_NOTHING);
    if (known) {
        sample(text, no_labels, whole(seconds, NUMBER));
    }
}

static void print_ledger(Text *text)
{
    const MetricFacts *facts = text->facts;
    const Health *health = facts->health;
    begin(text, "database_up", "Whether the database answered when this was written.",
          KEEP_NOTHING);
    sample(text, no_labels, health != NULL ? "1" : "0");
    begin(text, "ledger_timestamp_seconds", "When all that follows was read from the database.",
          KEEP_WITHOUT_DATABASE);
    if (health != NULL) {
        sample(text, no_labels, whole(facts->ended_at, NUMBER));
    }
    counts(text, "last_publication_timestamp_seconds", "When a run last published, by action.",
           health == NULL ? NULL : &health->publications, LABELS("action", NULL, NULL));
    begin(text, "newest_closed_period_info", "The period that what follows is about.",
          KEEP_WITHOUT_DATABASE);
    if (health != NULL && facts->status->any_closed) {
        sample(text, LABELS("period", facts->status->newest_period), "1");
    }
    print_due(text);
    counts(text, "members", "Members with a standing, by level.",
           health == NULL ? NULL : &health->members, LABELS("level", NULL, NULL));
    counts(text, "events", "Events of the period's month, by what became of them.",
           health == NULL ? NULL : &health->fates, LABELS("fate", NULL, NULL));
    counts(text, "anomalies", "Those that could not earn, by reason.",
           health == NULL ? NULL : &health->anomalies, LABELS("reason", NULL, NULL));
    counts(text, "anomalies_before", "The same of the period before, to compare.",
           health == NULL ? NULL : &health->anomalies_before, LABELS("reason", NULL, NULL));
    counts(text, "level_changes", "Members whose level changed, by direction.",
           health == NULL ? NULL : &health->changes, LABELS("direction", NULL, NULL));
    counts(text, "coupon_grants", "Coupon grants of the period, by coupon, level and status.",
           health == NULL ? NULL : &health->grants, LABELS("coupon", "level", "status"));
    begin(text, "coupons_overgranted",
          "Grants of all periods that were kept though they are no longer deserved.",
          KEEP_WITHOUT_DATABASE);
    if (health != NULL) {
        sample(text, no_labels, whole(health->overgranted, NUMBER));
    }
}

/* Where the programme is not known, as its file cannot be read: the one that stood there. */
static void find_program(Text *text)
{
    char escaped[LABEL_BYTES];
    const char *value = NULL;
    size_t length = 0;
    MetricLine line;
    const char *at = text->previous;
    if (text->facts->program != NULL) {
        (void)snprintf(text->program, sizeof text->program, "%s",
                       escape(text->facts->program, escaped));
    } else if (metric_line_next(&at, &line) &&
               metric_line_label(&line, "program", &value, &length) &&
               length < sizeof text->program) {
        (void)snprintf(text->program, sizeof text->program, "%.*s", (int)length, value);
    }
}

void metrics_print(FILE *out, const MetricFacts *facts, const char *previous)
{
    Text text = {.out = out, .facts = facts, .previous = previous};
    find_program(&text);
    begin(&text, "build_info", "The version of tierclose that wrote this.", KEEP_NOTHING);
    sample(&text, LABELS("version", facts->version), "1");
    print_run(&text);
    print_ledger(&text);
}

bool metrics_text_is_ours(const char *text)
{
    return text[0] == '\0' || strncmp(text, FIRST_LINE, strlen(FIRST_LINE)) == 0;
}
