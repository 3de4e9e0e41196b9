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

/* "  31  purchase  1001    119  order 7: floor(119.50) = 119 points"; a + before what is late */
static void print_line(FILE *out, const ExplainLine *line, const Widths *widths)
{
    (void)fprintf(out, "%c %*" PRId32 "  ", line->is_late ? '+' : ' ', DAY_WIDTH,
                  day_to_date(line->day).day);
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
    const ExplainInput *input = explanation->input;
    char day[DAY_TEXT_BYTES];
    (void)snprintf(
        text, sizeof text, "Level: %s, from %s point%s on; in effect from %s.", level->name,
        format_count(level->min_points, FORMAT_TEXT), format_plural(level->min_points),
        day_format(period_next_month_day(input->period, input->programme->effective_day), day));
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
    (void)snprintf(text, sizeof text, "Leaving the window at the next close: %s point%s of %s.",
                   format_count(explanation->expiring_points, FORMAT_TEXT),
                   format_plural(explanation->expiring_points),
                   period_format(explanation->months[0].month, period));
    format_paragraph(out, text, 0, 2);
}

/* "180 points, Gold", "no standing" */
static const char *standing_text(bool present, int64_t points, const char *level,
                                 char text[SENTENCE_BYTES])
{
    if (present) {
        (void)snprintf(text, SENTENCE_BYTES, "%s point%s, %s", format_count(points, FORMAT_TEXT),
                       format_plural(points), level);
    } else {
        (void)snprintf(text, SENTENCE_BYTES, "no standing");
    }
    return text;
}

/* "run 19 (settle, 2026-01-03)" */
static const char *run_text(const ExplainInput *input, int64_t run_id, char text[SENTENCE_BYTES])
{
    for (size_t i = 0; i < input->publication_count; i++) {
        const Publication *publication = &input->publications[i];
        if (publication->run_id == run_id) {
            (void)snprintf(text, SENTENCE_BYTES, "run %" PRId64 " (%s, %s)", run_id,
                           publication->action, publication->day);
            return text;
        }
    }
    (void)snprintf(text, SENTENCE_BYTES, "run %" PRId64, run_id);
    return text;
}

/* What was published before what stands now. */
static void print_restatements(FILE *out, const ExplainInput *input)
{
    for (size_t i = 0; i < input->publication_count && input->publication_count > 1; i++) {
        const Publication *publication = &input->publications[i];
        char text[SENTENCE_BYTES * 2];
        (void)snprintf(text, sizeof text, "%s by %s: %s.", i == 0 ? "First published" : "Restated",
                       run_text(input, publication->run_id, (char[SENTENCE_BYTES]){0}),
                       standing_text(publication->present, publication->points, publication->level,
                                     (char[SENTENCE_BYTES]){0}));
        format_paragraph(out, text, 0, 2);
    }
}

/* Why what is published and what the events give now are not the same. */
static void print_cause(FILE *out, const Explanation *explanation)
{
    const ExplainInput *input = explanation->input;
    const ExplainSince *since = &explanation->since;
    char text[SENTENCE_BYTES * 2];
    const char *other = input->other_rules
                            ? "the programme file is not the one that the period was computed with"
                            : "the member's row was changed, or events were changed or removed";
    if (since->late_count > 0) {
        (void)snprintf(
            text, sizeof text, "%s event%s, marked +, %s recorded since it was published.",
            format_count((int64_t)since->late_count, FORMAT_TEXT),
            format_plural((int64_t)since->late_count), since->late_count == 1 ? "was" : "were");
        format_paragraph(out, text, 0, 2);
        if (since->late_explains) {
            (void)fputs("Without what is marked the result is the published one.\n", out);
            return;
        }
        (void)snprintf(text, sizeof text,
                       "Without what is marked it would be %s, so more is behind: "
                       "%s.",
                       standing_text(since->then_present, since->then_points, since->then_level,
                                     (char[SENTENCE_BYTES]){0}),
                       other);
    } else if (input->late_known) {
        (void)snprintf(text, sizeof text, "No event was recorded since it was published: %s.",
                       other);
    } else {
        (void)snprintf(text, sizeof text,
                       "Which events were recorded since it was published is not known here.%s",
                       input->other_rules ? " The programme file is not the one that the period "
                                            "was computed with."
                                          : "");
    }
    format_paragraph(out, text, 0, 2);
}

/* How the published result becomes what the events give. */
static void print_remedy(FILE *out, const Explanation *explanation)
{
    const ExplainInput *input = explanation->input;
    char text[SENTENCE_BYTES];
    char period[PERIOD_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];
    LocalDay effective_on = period_next_month_day(input->period, input->programme->effective_day);
    (void)period_format(input->period, period);
    (void)day_format(effective_on, day);
    if (input->today >= effective_on) {
        (void)snprintf(text, sizeof text,
                       "%s is final since %s. What a restatement would change: "
                       "`tierclose restate --period %s --dry-run`",
                       period, day, period);
    } else if (input->programme->settle) {
        (void)snprintf(text, sizeof text,
                       "The next `tierclose close` takes it in; the period is final from %s.", day);
    } else {
        (void)snprintf(text, sizeof text,
                       "The programme has settle: false, so only a restatement takes it in: "
                       "`tierclose restate --period %s --dry-run`",
                       period);
    }
    format_paragraph(out, text, 0, 2);
}

/* What readers see of the period, and what to do where it is not what the events give. */
static void print_published(FILE *out, const Explanation *explanation)
{
    const ExplainInput *input = explanation->input;
    const PublishedStanding *published = &input->published;
    char text[SENTENCE_BYTES * 2];
    char run[SENTENCE_BYTES];
    if (!published->closed) {
        (void)fprintf(out, "%s",
                      input->open ? ""
                                  : "The period is not closed: this is what a close would give "
                                    "now.\n");
        return;
    }
    print_restatements(out, input);
    if (!explanation->since.differs) {
        (void)snprintf(text, sizeof text, "Published: the same, by %s.",
                       run_text(input, published->run_id, run));
        format_paragraph(out, text, 0, 2);
        if (explanation->since.late_count > 0) {
            (void)fputs("What is marked + was recorded since, and makes no difference.\n", out);
        }
        return;
    }
    (void)snprintf(text, sizeof text, "Published by %s: %s.",
                   run_text(input, published->run_id, run),
                   standing_text(published->present, published->points, published->level,
                                 (char[SENTENCE_BYTES]){0}));
    format_paragraph(out, text, 0, 2);
    (void)snprintf(text, sizeof text, "That differs from what the events give now: %s.",
                   standing_text(explanation->level != NULL, explanation->points,
                                 explanation->level == NULL ? NULL : explanation->level->name,
                                 (char[SENTENCE_BYTES]){0}));
    format_paragraph(out, text, 0, 2);
    print_cause(out, explanation);
    print_remedy(out, explanation);
}

void explain_print_text(FILE *out, const Explanation *explanation)
{
    const ExplainInput *input = explanation->input;
    char period[PERIOD_TEXT_BYTES];
    char text[SENTENCE_BYTES];
    (void)snprintf(text, sizeof text, "Member %" PRId64 ", period %s%s", input->member_id,
                   period_format(input->period, period),
                   input->open ? ", which has not ended: as it stands now" : "");
    format_paragraph(out, text, 0, 2);
    (void)fputc('\n', out);
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
