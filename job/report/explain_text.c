#include "base/format.h"
#include "report/explain_print.h"

#include <inttypes.h>
#include <string.h>

enum {
    DAY_WIDTH = 2,
    KIND_WIDTH_MAX = 14,
    WHY_WIDTH_MIN = 30, /* with less room the words go on a line of their own */
    WHY_INDENT = 6,
    SENTENCE_BYTES = 1024,
};

/* How wide the columns must be. */
typedef struct Widths {
    size_t kind;
    size_t event;
    size_t points;
} Widths;

static const char *event_text(const ExplainLine *line, char text[FORMAT_TEXT_BYTES])
{
    if (!line->has_event) {
        return "-";
    }
    (void)snprintf(text, FORMAT_TEXT_BYTES, "%" PRId64, line->event_id);
    return text;
}

static size_t larger(size_t left, size_t right)
{
    return left > right ? left : right;
}

static Widths measure(const Explanation *explanation)
{
    Widths widths = {4, 1, 1};
    for (size_t i = 0; i < explanation->line_count; i++) {
        const ExplainLine *line = &explanation->lines[i];
        widths.kind = larger(widths.kind, format_width(line->kind));
        widths.event = larger(widths.event, strlen(event_text(line, FORMAT_TEXT)));
        widths.points = larger(widths.points, strlen(format_count(line->points, FORMAT_TEXT)));
    }
    widths.kind = widths.kind > KIND_WIDTH_MAX ? KIND_WIDTH_MAX : widths.kind;
    return widths;
}

/* "  31  purchase  1001    119  order 7: floor(119.50) = 119 points" */
static void print_line(FILE *out, const ExplainLine *line, const Widths *widths)
{
    (void)fprintf(out, "  %*" PRId32 "  ", DAY_WIDTH, day_to_date(line->day).day);
    format_cell(out, line->kind, widths->kind);
    (void)fprintf(out, "  %*s  %*s  ", (int)widths->event, event_text(line, FORMAT_TEXT),
                  (int)widths->points, format_count(line->points, FORMAT_TEXT));
    size_t column = 2 + DAY_WIDTH + 2 + widths->kind + 2 + widths->event + 2 + widths->points + 2;
    if (column + WHY_WIDTH_MIN > FORMAT_COLUMNS) {
        (void)fprintf(out, "\n%*s", WHY_INDENT, "");
        format_paragraph(out, line->why, WHY_INDENT, WHY_INDENT);
        return;
    }
    format_paragraph(out, line->why, column, column);
}

static void print_months(FILE *out, const Explanation *explanation)
{
    Widths widths = measure(explanation);
    for (size_t i = 0; i < explanation->month_count; i++) {
        const ExplainMonth *month = &explanation->months[i];
        char text[PERIOD_TEXT_BYTES];
        (void)fprintf(out, "%s: %s point%s\n", period_format(month->month, text),
                      format_count(month->points, FORMAT_TEXT), format_plural(month->points));
        for (size_t j = 0; j < month->count; j++) {
            print_line(out, &explanation->lines[month->first + j], &widths);
        }
    }
}

static void print_level(FILE *out, const Explanation *explanation)
{
    char text[SENTENCE_BYTES];
    const Level *level = explanation->level;
    const Level *next = explanation->next_level;
    (void)snprintf(text, sizeof text, "Level: %s, from %s point%s on.", level->name,
                   format_count(level->min_points, FORMAT_TEXT), format_plural(level->min_points));
    format_paragraph(out, text, 0, 2);
    if (next == NULL) {
        (void)fputs("It is the highest.\n", out);
    } else {
        int64_t missing = next->min_points - explanation->points;
        (void)snprintf(text, sizeof text, "Next: %s, from %s points on: %s missing.", next->name,
                       format_count(next->min_points, FORMAT_TEXT),
                       format_count(missing, FORMAT_TEXT));
        format_paragraph(out, text, 0, 2);
    }
    const PublishedStanding *before = &explanation->input->before;
    char period[PERIOD_TEXT_BYTES];
    if (before->present) {
        (void)snprintf(text, sizeof text, "The period before, %s: %s with %s point%s.",
                       period_format(explanation->input->period - 1, period), before->level,
                       format_count(before->points, FORMAT_TEXT), format_plural(before->points));
        format_paragraph(out, text, 0, 2);
    }
    (void)fprintf(out, "Leaving the window at the next close: %s point%s of %s.\n",
                  format_count(explanation->expiring_points, FORMAT_TEXT),
                  format_plural(explanation->expiring_points),
                  period_format(explanation->months[0].month, period));
}

/* What readers see of the period, and what to do where it is not what the events give. */
static void print_published(FILE *out, const Explanation *explanation)
{
    const ExplainInput *input = explanation->input;
    const PublishedStanding *published = &input->published;
    char text[SENTENCE_BYTES];
    char period[PERIOD_TEXT_BYTES];
    (void)period_format(input->period, period);
    if (!published->closed) {
        (void)fprintf(out, "%s", input->open ? "" : "The period is not closed yet.\n");
        return;
    }
    if (!explain_differs(explanation)) {
        (void)fprintf(out, "Published: the same, by run %" PRId64 ".\n", published->run_id);
        return;
    }
    if (published->present) {
        (void)snprintf(text, sizeof text, "Published by run %" PRId64 ": %s point%s, %s.",
                       published->run_id, format_count(published->points, FORMAT_TEXT),
                       format_plural(published->points), published->level);
    } else {
        (void)snprintf(text, sizeof text, "Published by run %" PRId64 ": no standing.",
                       published->run_id);
    }
    format_paragraph(out, text, 0, 2);
    (void)snprintf(text, sizeof text,
                   "That differs: since that run events were recorded, or the member or the rules "
                   "were changed. `tierclose close` takes it in until the day before the period "
                   "takes effect; after that: `tierclose restate --period %s --dry-run`",
                   period);
    format_paragraph(out, text, 0, 2);
}

void explain_print_text(FILE *out, const Explanation *explanation)
{
    const ExplainInput *input = explanation->input;
    char period[PERIOD_TEXT_BYTES];
    (void)fprintf(out, "Member %" PRId64 ", period %s%s\n\n", input->member_id,
                  period_format(input->period, period),
                  input->open ? ", which has not ended: as it stands now" : "");
    print_months(out, explanation);
    (void)fprintf(out, "Total: %s point%s\n\n", format_count(explanation->points, FORMAT_TEXT),
                  format_plural(explanation->points));
    if (explanation->no_standing != NULL) {
        (void)fprintf(out, "No standing in this period: %s.\n", explanation->no_standing);
    } else {
        print_level(out, explanation);
    }
    print_published(out, explanation);
}
