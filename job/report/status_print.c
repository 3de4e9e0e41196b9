#include "report/status_print.h"

#include "base/format.h"
#include "report/due.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

enum { LATE_TEXT_BYTES = 2 * PERIOD_TEXT_BYTES + 8 };

static const char *run_status(const Status *status, const StatusRun *run)
{
    return strcmp(run->status, "running") == 0 && !status->lock_held ? "died" : run->status;
}

/* "Closed: 2024-07 to 2025-12, the newest by run 18; final since 2026-01-08." */
static void print_closed(FILE *out, const Status *status, const Programme *programme,
                         const Due *due)
{
    bool several = status->any_closed && strcmp(status->oldest_period, status->newest_period) != 0;
    char text[256];
    char effective[DAY_TEXT_BYTES];
    char until[DAY_TEXT_BYTES];
    if (!status->any_closed) {
        (void)fputs("No period is closed yet.\n", out);
        return;
    }
    (void)day_format(status->newest_effective_on, effective);
    (void)day_format(status->newest_effective_on - 1, until);
    int used = snprintf(text, sizeof text, "Closed: %s%s%s, %sby run %" PRId64 "; ",
                        several ? status->oldest_period : "", several ? " to " : "",
                        status->newest_period, several ? "the newest " : "", status->newest_run_id);
    if (due->final) {
        (void)snprintf(text + used, sizeof text - (size_t)used, "final since %s.", effective);
    } else if (programme->settle) {
        (void)snprintf(text + used, sizeof text - (size_t)used,
                       "takes effect on %s, until %s a nightly close takes in what is recorded "
                       "late.",
                       effective, until);
    } else {
        (void)snprintf(text + used, sizeof text - (size_t)used, "takes effect on %s.", effective);
    }
    format_paragraph(out, text, 0, 2);
}

static void print_due(FILE *out, const Due *due)
{
    char period[PERIOD_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];
    (void)fprintf(out, "Next: %s, %s %s%s\n", period_format(due->next, period),
                  due->due ? "due since" : "due on", day_format(due->due_on, day),
                  due->due ? "; run: tierclose close" : ".");
}

/* "2025-11 to 2025-12" */
static const char *late_periods(const Due *due, char text[LATE_TEXT_BYTES])
{
    char first[PERIOD_TEXT_BYTES];
    char last[PERIOD_TEXT_BYTES];
    (void)snprintf(text, LATE_TEXT_BYTES, "%s%s%s", period_format(due->next, first),
                   due->overdue > 1 ? " to " : "",
                   due->overdue > 1 ? period_format(due->next + due->overdue - 1, last) : "");
    return text;
}

/* What there is to say of the periods that are late. */
static void print_late(FILE *out, const char *word, const Due *due, LocalDay today)
{
    char periods[LATE_TEXT_BYTES];
    char since[DAY_TEXT_BYTES];
    char text[256];
    int32_t days = today - due->ended_on + 1;
    (void)snprintf(text, sizeof text,
                   "%s: %s %s ended and %s not closed; overdue since %s, day %" PRId32 ".", word,
                   late_periods(due, periods), due->overdue > 1 ? "have" : "has",
                   due->overdue > 1 ? "are" : "is", day_format(due->ended_on, since), days);
    format_paragraph(out, text, 0, 2);
}

static void print_work(FILE *out, const Status *status)
{
    if (status->lock_held) {
        (void)fputs("A run is at work now.\n", out);
        return;
    }
    (void)fputs("No run is at work.\n", out);
    for (size_t i = 0; i < status->run_count; i++) {
        const StatusRun *run = &status->runs[i];
        if (strcmp(run_status(status, run), "died") == 0) {
            (void)fprintf(out,
                          "Run %" PRId64 " (%s of %s) died: nothing of it was published, and the "
                          "next\n  run needs no help.\n",
                          run->run_id, run->action, run->period);
        }
    }
}

static void print_success(FILE *out, const Status *status)
{
    const StatusRun *run = &status->last_published;
    if (!status->any_published) {
        (void)fputs("No run has published anything yet.\n", out);
        return;
    }
    char text[256];
    (void)snprintf(text, sizeof text, "Last success: run %" PRId64 ", %s of %s, published at %s%s.",
                   run->run_id, run->action, run->period,
                   run->finished_at == NULL ? "?" : run->finished_at,
                   !run->changed  ? "; it found what stood"
                   : run->carried ? "; it carried levels"
                                  : "");
    format_paragraph(out, text, 0, 2);
}

/* "    42  2025-12  settle    published 2026-01-02T03:00:00Z      1.2 s  stands" */
static void print_run(FILE *out, const Status *status, const StatusRun *run)
{
    const char *took = run->milliseconds < 0
                           ? "-"
                           : format_duration((double)run->milliseconds / 1000, FORMAT_TEXT);
    const char *note = !run->changed  ? "unchanged"
                       : run->carried ? "carried"
                       : run->stands  ? "stands"
                                      : "replaced";
    (void)fprintf(out, "%6" PRId64 "  %s  %-8s  %-9s %s %10s%s%s\n", run->run_id, run->period,
                  run->action, run_status(status, run), run->started_at, took,
                  strcmp(run->status, "published") == 0 ? "  " : "",
                  strcmp(run->status, "published") == 0 ? note : "");
    if (run->error != NULL) {
        (void)fputs("        ", out);
        format_paragraph(out, run->error, 8, 8);
    }
}

void status_print_text(FILE *out, const Status *status, const Programme *programme, LocalDay today)
{
    Due due = due_of(status, today);
    char day[DAY_TEXT_BYTES];
    (void)fprintf(out, "Today is %s in %s.\n", day_format(today, day), programme->timezone);
    print_closed(out, status, programme, &due);
    print_due(out, &due);
    if (due.overdue > 0) {
        print_late(out, "Late", &due, today);
    }
    print_work(out, status);
    print_success(out, status);
    if (status->run_count > 0) {
        (void)fputs("\n   run  period   action    status    began                      took\n",
                    out);
    }
    for (size_t i = 0; i < status->run_count; i++) {
        print_run(out, status, &status->runs[i]);
    }
}

void status_print_check(FILE *out, const Status *status, LocalDay today)
{
    Due due = due_of(status, today);
    char period[PERIOD_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];
    if (due.overdue == 0) {
        (void)fprintf(out, "OK: %s%s next is %s, due %s %s.\n",
                      status->any_closed ? status->newest_period : "",
                      status->any_closed ? " is closed;" : "nothing is closed yet;",
                      period_format(due.next, period), due.due ? "since" : "on",
                      day_format(due.due_on, day));
        return;
    }
    print_late(out, "OVERDUE", &due, today);
    const StatusRun *last = status->run_count > 0 ? &status->runs[0] : NULL;
    if (status->lock_held) {
        (void)fputs("A run is at work now.\n", out);
    } else if (last != NULL && strcmp(last->status, "published") != 0) {
        char text[1024];
        (void)snprintf(text, sizeof text, "Last run: %" PRId64 ", begun at %s, %s%s%.800s",
                       last->run_id, last->started_at, run_status(status, last),
                       last->error == NULL ? "." : ": ", last->error == NULL ? "" : last->error);
        format_paragraph(out, text, 0, 2);
    }
    (void)fputs("Run: tierclose close\n", out);
}

static void set(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

static json_t *text_or_null(const char *text)
{
    json_t *value = text == NULL ? NULL : json_string(text);
    return value == NULL ? json_null() : value;
}

static json_t *run_json(const Status *status, const StatusRun *run)
{
    json_t *object = json_object();
    set(object, "run_id", json_integer(run->run_id));
    set(object, "period", text_or_null(run->period));
    set(object, "action", text_or_null(run->action));
    set(object, "mode", text_or_null(run->mode));
    set(object, "status", text_or_null(run_status(status, run)));
    set(object, "started_at", text_or_null(run->started_at));
    set(object, "finished_at", text_or_null(run->finished_at));
    set(object, "error", text_or_null(run->error));
    set(object, "changed", json_boolean(run->changed));
    set(object, "stands", json_boolean(run->stands));
    set(object, "carried", json_boolean(run->carried));
    set(object, "members", json_integer(run->members));
    set(object, "points", json_integer(run->points));
    set(object, "events", json_integer(run->events));
    set(object, "upgrades", json_integer(run->upgrades));
    set(object, "downgrades", json_integer(run->downgrades));
    set(object, "grants", json_integer(run->grants));
    set(object, "anomalies", json_integer(run->anomalies));
    return object;
}

static json_t *closed_json(const Status *status)
{
    if (!status->any_closed) {
        return json_null();
    }
    json_t *object = json_object();
    set(object, "first", text_or_null(status->oldest_period));
    set(object, "last", text_or_null(status->newest_period));
    return object;
}

static json_t *newest_json(const Status *status, const Due *due)
{
    char effective[DAY_TEXT_BYTES];
    if (!status->any_closed) {
        return json_null();
    }
    json_t *object = json_object();
    set(object, "period", text_or_null(status->newest_period));
    set(object, "run_id", json_integer(status->newest_run_id));
    set(object, "effective_on", json_string(day_format(status->newest_effective_on, effective)));
    set(object, "final", json_boolean(due->final));
    return object;
}

static json_t *overdue_json(const Due *due)
{
    char first[PERIOD_TEXT_BYTES];
    char last[PERIOD_TEXT_BYTES];
    char since[DAY_TEXT_BYTES];
    if (due->overdue == 0) {
        return json_null();
    }
    json_t *object = json_object();
    set(object, "first", json_string(period_format(due->next, first)));
    set(object, "last", json_string(period_format(due->next + due->overdue - 1, last)));
    set(object, "periods", json_integer(due->overdue));
    set(object, "since", json_string(day_format(due->ended_on, since)));
    return object;
}

void status_print_json(FILE *out, const Status *status, const Programme *programme, LocalDay today)
{
    Due due = due_of(status, today);
    char day[DAY_TEXT_BYTES];
    char period[PERIOD_TEXT_BYTES];
    json_t *object = json_object();
    set(object, "today", json_string(day_format(today, day)));
    set(object, "timezone", text_or_null(programme->timezone));
    set(object, "at_work", json_boolean(status->lock_held));
    set(object, "closed", closed_json(status));
    set(object, "newest_closed", newest_json(status, &due));
    json_t *next = json_object();
    set(next, "period", json_string(period_format(due.next, period)));
    set(next, "due_on", json_string(day_format(due.due_on, day)));
    set(next, "due", json_boolean(due.due));
    set(object, "next", next);
    set(object, "overdue", overdue_json(&due));
    set(object, "last_success",
        status->any_published ? run_json(status, &status->last_published) : json_null());
    json_t *runs = json_array();
    for (size_t i = 0; i < status->run_count; i++) {
        (void)json_array_append_new(runs, run_json(status, &status->runs[i]));
    }
    set(object, "runs", runs);
    (void)json_dumpf(object, out, JSON_INDENT(2));
    (void)fputc('\n', out);
    json_decref(object);
}
