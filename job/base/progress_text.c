#include "base/progress_text.h"

#include "base/format.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Rates over less than this are noise. */
static const double RATE_SECONDS_MIN = 0.05;

typedef struct Line {
    char *text;
    size_t size;
    size_t used;
} Line;

__attribute__((format(printf, 2, 3))) static void add(Line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line->text + line->used, line->size - line->used, format, arguments);
    va_end(arguments);
    size_t room = line->size - line->used - 1;
    line->used += length < 0 ? 0 : (size_t)length < room ? (size_t)length : room;
}

/* Per second, or 0 where it cannot be told yet. */
static double rate(const PhaseState *state)
{
    return state->seconds < RATE_SECONDS_MIN ? 0 : (double)state->done / state->seconds;
}

size_t progress_text_running(const PhaseState *state, size_t columns, char *text, size_t size)
{
    Line line = {text, size, 0};
    double per_second = rate(state);
    add(&line, "%s:", state->phase);
    if (state->unit[0] != '\0') {
        add(&line, " %s", format_count(state->done, FORMAT_TEXT));
    }
    /* A total may be the planner's guess: once it is passed, it says nothing. */
    bool total_known = state->total > 0 && state->done <= state->total;
    if (total_known) {
        add(&line, " of %s", format_count(state->total, FORMAT_TEXT));
    }
    if (state->unit[0] != '\0') {
        add(&line, " %s", state->unit);
    }
    if (total_known) {
        add(&line, ", %d %%", (int)((double)state->done / (double)state->total * 100));
    }
    if (per_second > 0) {
        add(&line, ", %s %s/s", format_short(per_second, FORMAT_TEXT), state->unit);
    }
    if (total_known && per_second > 0 && state->seconds >= 1) {
        add(&line, ", %s left",
            format_duration((double)(state->total - state->done) / per_second, FORMAT_TEXT));
    }
    if (state->unit[0] == '\0') {
        add(&line, " %s", format_duration(state->seconds, FORMAT_TEXT));
    }
    if (columns > 0 && line.used > columns - 1) {
        line.used = columns - 1;
        text[line.used] = '\0';
    }
    return line.used;
}

size_t progress_text_ended(const PhaseState *state, char *text, size_t size)
{
    Line line = {text, size, 0};
    double per_second = rate(state);
    add(&line, "%s:", state->phase);
    if (state->unit[0] == '\0') {
        add(&line, " done in %s", format_duration(state->seconds, FORMAT_TEXT));
        return line.used;
    }
    add(&line, " %s %s in %s", format_count(state->done, FORMAT_TEXT), state->unit,
        format_duration(state->seconds, FORMAT_TEXT));
    if (per_second > 0) {
        add(&line, ", %s %s/s", format_short(per_second, FORMAT_TEXT), state->unit);
    }
    return line.used;
}
