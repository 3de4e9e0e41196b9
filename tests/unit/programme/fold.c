/*
 * Folding in tests: a member's months from the newest to the oldest, as the job does it (earn.h).
 */
#include "builders.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_newest_first(const void *left, const void *right)
{
    Period a = *(const Period *)left;
    Period b = *(const Period *)right;
    return (a < b) - (a > b);
}

/* The months that the events are in, newest first. */
static void find_months(Folded *folded, const Event *events, size_t event_count)
{
    for (size_t i = 0; i < event_count; i++) {
        Period wanted = month_of_local(events[i].local_us);
        size_t known = 0;
        while (known < folded->month_count && folded->months[known] != wanted) {
            known++;
        }
        if (known == folded->month_count) {
            cr_assert_lt(known, FOLD_MONTHS_MAX, "the test has too many months");
            folded->months[folded->month_count++] = wanted;
        }
    }
    qsort(folded->months, folded->month_count, sizeof(Period), compare_newest_first);
}

static bool fold_month(EarnWorkspace *workspace, const Programme *programme, Folded *folded,
                       size_t month_index, const Event *events, size_t event_count, TakeList *takes)
{
    Period wanted = folded->months[month_index];
    Event *own = folded->events + folded->event_count;
    size_t own_count = 0;
    for (size_t i = 0; i < event_count; i++) {
        if (month_of_local(events[i].local_us) == wanted) {
            own[own_count++] = events[i];
        }
    }
    folded->event_count += own_count;
    int64_t points = 0;
    if (!earn_month(workspace, rules_in_force(programme, wanted), wanted, own, own_count, takes,
                    &points, &folded->error)) {
        return false;
    }
    size_t line_count = 0;
    const Earned *lines = earn_lines(workspace, &line_count);
    cr_assert_leq(folded->line_count + line_count, FOLD_LINES_MAX, "the test has too many lines");
    if (line_count > 0) {
        memcpy(folded->lines + folded->line_count, lines, line_count * sizeof *lines);
    }
    folded->line_count += line_count;
    folded->month_points[month_index] = points;
    folded->points += points;
    return true;
}

/* The fates that were left open are now those of the takes. */
static void settle_takes(Folded *folded, const TakeList *takes)
{
    for (size_t i = 0; i < takes->count; i++) {
        for (size_t j = 0; j < folded->event_count; j++) {
            if (folded->events[j].event_id == takes->items[i].event_id) {
                cr_expect_eq(folded->events[j].fate, FATE_OPEN);
                folded->events[j].fate = (uint8_t)take_fate(&takes->items[i]);
            }
        }
    }
}

static int compare_event_ids(const void *left, const void *right)
{
    const Event *a = left;
    const Event *b = right;
    return (a->event_id > b->event_id) - (a->event_id < b->event_id);
}

static void write_fates(Folded *folded)
{
    qsort(folded->events, folded->event_count, sizeof(Event), compare_event_ids);
    size_t used = 0;
    for (size_t i = 0; i < folded->event_count; i++) {
        Fate fate = (Fate)folded->events[i].fate;
        int written = snprintf(folded->fates + used, sizeof folded->fates - used, "%s%s",
                               i == 0 ? "" : " ", fate < FATE_COUNT ? fate_name(fate) : "open");
        used += (size_t)written;
        cr_assert_lt(used, sizeof folded->fates, "the test has too many events");
    }
}

Folded fold_programme(const Programme *programme, const Event *events, size_t event_count)
{
    cr_assert_leq(event_count, FOLD_EVENTS_MAX, "the test has too many events");
    Folded folded = {.done = true};
    TakeList takes = {NULL, 0, 0};
    EarnWorkspace *workspace = earn_workspace_create();
    find_months(&folded, events, event_count);
    for (size_t i = 0; i < folded.month_count && folded.done; i++) {
        folded.done = fold_month(workspace, programme, &folded, i, events, event_count, &takes);
    }
    if (folded.done) {
        settle_takes(&folded, &takes);
        write_fates(&folded);
    }
    earn_workspace_destroy(workspace);
    free(takes.items);
    return folded;
}

Folded fold(const RuleSet *rules, const Event *events, size_t event_count)
{
    const Programme programme = {.rulesets = rules, .ruleset_count = 1};
    return fold_programme(&programme, events, event_count);
}

int64_t folded_month(const Folded *folded, Period wanted)
{
    for (size_t i = 0; i < folded->month_count; i++) {
        if (folded->months[i] == wanted) {
            return folded->month_points[i];
        }
    }
    return 0;
}

const Earned *folded_line(const Folded *folded, int64_t event_id)
{
    for (size_t i = 0; i < folded->line_count; i++) {
        if (folded->lines[i].event_id == event_id) {
            return &folded->lines[i];
        }
    }
    return NULL;
}

void check_fold_cases(const FoldCase *cases, size_t case_count)
{
    for (size_t i = 0; i < case_count; i++) {
        const FoldCase *row = &cases[i];
        RuleSet rules = standard_rules();
        if (row->change != NULL) {
            row->change(&rules);
        }
        size_t event_count = 0;
        while (event_count < CASE_EVENTS_MAX && row->events[event_count].event_id != 0) {
            event_count++;
        }
        Folded folded = fold(&rules, row->events, event_count);
        cr_expect(folded.done, "%s: %s", row->name, folded.error.message);
        cr_expect_eq(folded.points, row->points, "%s: %lld points, expected %lld", row->name,
                     (long long)folded.points, (long long)row->points);
        cr_expect_str_eq(folded.fates, row->fates, "%s: fates are \"%s\", expected \"%s\"",
                         row->name, folded.fates, row->fates);
    }
}
