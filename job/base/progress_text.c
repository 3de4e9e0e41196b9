#include "base/progress_text.h"

#include "base/format.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Rates over less than this are noise, and so is the time left in the first second. */
static const double RATE_SECONDS_MIN = 0.3;
static const double LEFT_SECONDS_MIN = 1;
static const double RECENT_SECONDS = 5;
/* A time left beyond this says only that nothing moves. */
static const double LEFT_SECONDS_MAX = 100.0 * 3600;

/* How much a form says: a bit for each part, besides the phase. */
typedef enum Part {
    PART_SHARE = 1 << 0,
    PART_COUNT = 1 << 1,
    PART_LONG_COUNT = 1 << 2, /* 1,200,000 instead of 1.2 M */
    PART_TOTAL = 1 << 3,
    PART_RATE = 1 << 4,
    PART_TIME = 1 << 5,
} Part;

typedef struct Line {
    char *text;
    size_t size;
    size_t used;
    int parts;
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

/* Before each part but the first. */
static const char *comma(Line *line)
{
    return line->parts++ == 0 ? "" : ",";
}

static const char *count_text(int64_t count, int form, char text[FORMAT_TEXT_BYTES])
{
    return (form & PART_LONG_COUNT) != 0 ? format_count(count, text)
                                         : format_short((double)count, text);
}

/* The unit is a regular plural: of one thing its s is not shown. */
static void add_unit(Line *line, const PhaseState *state, int64_t count)
{
    add(line, " %.*s", (int)strlen(state->unit) - (count == 1 ? 1 : 0), state->unit);
}

/* A total may be the planner's guess: once it is passed, it says nothing. */
static bool total_known(const PhaseState *state)
{
    return state->total > 0 && state->done <= state->total;
}

/* Seconds, or -1 where it cannot be told. */
static double time_left(const PhaseState *state)
{
    if (!total_known(state) || state->per_second <= 0 || state->seconds < LEFT_SECONDS_MIN) {
        return -1;
    }
    double left = (double)(state->total - state->done) / state->per_second;
    return left <= LEFT_SECONDS_MAX ? left : -1;
}

static void add_time(Line *line, const PhaseState *state)
{
    double left = time_left(state);
    if (left < 0) {
        add(line, "%s %s", comma(line), format_duration(state->seconds, FORMAT_TEXT));
    } else if (left < 59.5) {
        /* Whole seconds: a tenth of what is only a guess would flicker. */
        add(line, "%s %.0f s left", comma(line), left);
    } else {
        add(line, "%s %s left", comma(line), format_duration(left, FORMAT_TEXT));
    }
}

static void write_running(Line *line, const PhaseState *state, int form)
{
    add(line, "%s:", state->phase);
    if (total_known(state) && (form & PART_SHARE) != 0) {
        add(line, "%s %d %%", comma(line), (int)((double)state->done / (double)state->total * 100));
    }
    if (state->unit[0] != '\0' && (form & PART_COUNT) != 0) {
        add(line, "%s %s", comma(line), count_text(state->done, form, FORMAT_TEXT));
        bool with_total = total_known(state) && (form & PART_TOTAL) != 0;
        if (with_total) {
            add(line, " of %s", count_text(state->total, form, FORMAT_TEXT));
        }
        add_unit(line, state, with_total ? state->total : state->done);
    }
    if (state->unit[0] != '\0' && state->per_second > 0 && (form & PART_RATE) != 0) {
        add(line, "%s %s/s", comma(line), format_short(state->per_second, FORMAT_TEXT));
    }
    if ((form & PART_TIME) != 0) {
        add_time(line, state);
    }
}

static void write_ended(Line *line, const PhaseState *state, int form)
{
    const char *duration = format_duration(state->seconds, FORMAT_TEXT);
    bool counted = state->unit[0] != '\0';
    add(line, "%s:", state->phase);
    if (!counted || (form & PART_COUNT) == 0) {
        add(line, "%s %s", !counted && (form & PART_COUNT) != 0 ? " done in" : "", duration);
        return;
    }
    add(line, " %s", count_text(state->done, form, FORMAT_TEXT));
    add_unit(line, state, state->done);
    add(line, " in %s", duration);
    if (state->seconds >= RATE_SECONDS_MIN && (form & PART_RATE) != 0) {
        add(line, ", %s/s", format_short((double)state->done / state->seconds, FORMAT_TEXT));
    }
}

static void write_stopped(Line *line, const PhaseState *state, int form)
{
    add(line, "%s: stopped", state->phase);
    if (state->unit[0] != '\0' && (form & PART_COUNT) != 0) {
        add(line, " at %s", count_text(state->done, form, FORMAT_TEXT));
        add_unit(line, state, state->done);
    }
    if ((form & PART_TIME) != 0) {
        add(line, " after %s", format_duration(state->seconds, FORMAT_TEXT));
    }
}

/* What nobody has room for: the name gives way, and its place shows it. */
static void shorten_phase(Line *line, size_t name_length, size_t columns)
{
    size_t excess = line->used - columns;
    size_t kept = name_length > excess + 3 ? name_length - excess - 3 : 0;
    if (kept > 0) {
        memmove(line->text + kept + 3, line->text + name_length, line->used - name_length + 1);
        memcpy(line->text + kept, "...", 3);
        line->used -= excess;
    } else {
        line->used = columns;
        line->text[line->used] = '\0';
    }
}

typedef void (*WriteForm)(Line *line, const PhaseState *state, int form);

/* The first of the forms that fits; of the last one the name is shortened. */
static size_t write_fitting(WriteForm write, const int *forms, size_t form_count,
                            const PhaseState *state, size_t columns, char *text, size_t size)
{
    Line line = {0};
    for (size_t i = 0; i < form_count; i++) {
        line = (Line){.text = text, .size = size};
        write(&line, state, forms[i]);
        if (columns == 0 || line.used <= columns) {
            return line.used;
        }
    }
    size_t name_length = strlen(state->phase);
    shorten_phase(&line, name_length < line.used ? name_length : line.used, columns);
    return line.used;
}

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

size_t progress_text_running(const PhaseState *state, size_t columns, char *text, size_t size)
{
    static const int with_total[] = {
        PART_SHARE | PART_COUNT | PART_LONG_COUNT | PART_TOTAL | PART_RATE | PART_TIME,
        PART_SHARE | PART_COUNT | PART_TOTAL | PART_RATE | PART_TIME,
        PART_SHARE | PART_COUNT | PART_RATE | PART_TIME,
        PART_SHARE | PART_RATE | PART_TIME,
        PART_SHARE | PART_TIME,
        PART_SHARE,
    };
    static const int without_total[] = {
        PART_COUNT | PART_LONG_COUNT | PART_RATE | PART_TIME,
        PART_COUNT | PART_RATE | PART_TIME,
        PART_COUNT | PART_TIME,
        PART_TIME,
    };
    if (total_known(state)) {
        return write_fitting(write_running, with_total, COUNT_OF(with_total), state, columns, text,
                             size);
    }
    return write_fitting(write_running, without_total, COUNT_OF(without_total), state, columns,
                         text, size);
}

size_t progress_text_ended(const PhaseState *state, size_t columns, char *text, size_t size)
{
    static const int forms[] = {PART_COUNT | PART_LONG_COUNT | PART_RATE,
                                PART_COUNT | PART_LONG_COUNT, PART_COUNT, 0};
    return write_fitting(write_ended, forms, COUNT_OF(forms), state, columns, text, size);
}

size_t progress_text_stopped(const PhaseState *state, size_t columns, char *text, size_t size)
{
    static const int forms[] = {PART_COUNT | PART_LONG_COUNT | PART_TIME, PART_COUNT | PART_TIME,
                                PART_TIME, 0};
    return write_fitting(write_stopped, forms, COUNT_OF(forms), state, columns, text, size);
}

void recent_rate_look(RecentRate *rate, double seconds, int64_t done)
{
    double passed = seconds - rate->seconds;
    if (passed <= 0) {
        return;
    }
    /* The share of the new look: near 1 after a long time, near 0 after a short one. */
    double share = passed / (RECENT_SECONDS + passed);
    rate->sum += share * ((double)(done - rate->done) / passed - rate->sum);
    rate->weight += share * (1 - rate->weight);
    rate->seconds = seconds;
    rate->done = done;
}

double recent_rate_per_second(const RecentRate *rate)
{
    return rate->seconds < RATE_SECONDS_MIN || rate->weight <= 0 ? 0 : rate->sum / rate->weight;
}

void progress_text_step(const char *phase, char *text, size_t size)
{
    const char *colon = strstr(phase, ": ");
    const char *name = colon == NULL ? phase : colon + 2;
    (void)snprintf(text, size, "%.*s", (int)strcspn(name, ","), name);
}
