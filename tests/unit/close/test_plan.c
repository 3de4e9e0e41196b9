/*
 * close/plan: which periods are due, final or refused (contract 8.3, 8.4).
 */
#include "close/plan.h"
#include "close_builders.h"

#include <criterion/criterion.h>

static Period period_of(const char *text)
{
    Period period = 0;
    Error error = {0};
    cr_assert(period_parse(text, &period, &error), "%s", error.message);
    return period;
}

/* NULL, NULL: nothing is closed. */
static ClosedRange closed_of(const char *first, const char *last)
{
    if (first == NULL) {
        return (ClosedRange){0};
    }
    return (ClosedRange){true, period_of(first), period_of(last)};
}

static PeriodRange range_of(const char *first, const char *last)
{
    return (PeriodRange){period_of(first), period_of(last)};
}

Test(plan, newest_due_is_this_month_on_its_last_day)
{
    static const struct {
        const char *today;
        const char *newest;
    } cases[] = {
        {"2025-12-30", "2025-11"}, {"2025-12-31", "2025-12"}, {"2026-01-01", "2025-12"},
        {"2026-01-30", "2025-12"}, {"2026-01-31", "2026-01"}, {"2026-02-01", "2026-01"},
        {"2025-02-27", "2025-01"}, {"2025-02-28", "2025-02"}, {"2024-02-28", "2024-01"},
        {"2024-02-29", "2024-02"}, {"2024-03-01", "2024-02"}, {"2025-04-29", "2025-03"},
        {"2025-04-30", "2025-04"}, {"2100-02-28", "2100-02"}, {"1999-12-31", "1999-12"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[PERIOD_TEXT_BYTES];
        cr_expect_str_eq(period_format(plan_newest_due(day_of(cases[i].today)), text),
                         cases[i].newest, "on %s it is %s", cases[i].today, text);
    }
}

Test(plan, due_is_what_follows_the_last_closed)
{
    static const struct {
        const char *closed_first;
        const char *closed_last;
        const char *today;
        const char *first; /* NULL: nothing is due */
        const char *last;
    } cases[] = {
        {NULL, NULL, "2025-12-30", "2025-11", "2025-11"},
        {NULL, NULL, "2025-12-31", "2025-12", "2025-12"},
        {"2025-11", "2025-11", "2025-12-30", NULL, NULL},
        {"2025-11", "2025-11", "2025-12-31", "2025-12", "2025-12"},
        {"2025-01", "2025-11", "2026-01-01", "2025-12", "2025-12"},
        {"2025-01", "2025-12", "2025-12-31", NULL, NULL},
        {"2025-01", "2025-12", "2026-01-30", NULL, NULL},
        {"2025-01", "2025-08", "2025-12-30", "2025-09", "2025-11"},
        {"2025-01", "2025-08", "2025-12-31", "2025-09", "2025-12"},
        {"2025-01", "2025-08", "2026-01-01", "2025-09", "2025-12"},
        /* A replay of a day before what is closed. */
        {"2025-01", "2025-12", "2025-06-30", NULL, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        PeriodRange due = plan_due(closed_of(cases[i].closed_first, cases[i].closed_last),
                                   day_of(cases[i].today));
        if (cases[i].first == NULL) {
            cr_expect_lt(due.last, due.first, "case %zu: something is due", i);
            continue;
        }
        cr_expect_eq(due.first, period_of(cases[i].first), "case %zu: first", i);
        cr_expect_eq(due.last, period_of(cases[i].last), "case %zu: last", i);
    }
}

Test(plan, final_from_the_effective_day_on)
{
    static const struct {
        const char *period;
        int32_t effective_day;
        const char *today;
        bool is_final;
    } cases[] = {
        {"2025-12", 8, "2025-12-31", false},  {"2025-12", 8, "2026-01-07", false},
        {"2025-12", 8, "2026-01-08", true},   {"2025-12", 8, "2026-01-09", true},
        {"2025-12", 8, "2026-02-01", true},   {"2026-01", 8, "2026-01-08", false},
        {"2026-01", 8, "2026-02-07", false},  {"2026-01", 8, "2026-02-08", true},
        {"2025-12", 1, "2025-12-31", false},  {"2025-12", 1, "2026-01-01", true},
        {"2026-01", 28, "2026-02-27", false}, {"2026-01", 28, "2026-02-28", true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        bool is_final = plan_is_final(period_of(cases[i].period), cases[i].effective_day,
                                      day_of(cases[i].today));
        cr_expect_eq(is_final, cases[i].is_final, "%s on %s", cases[i].period, cases[i].today);
    }
}

typedef struct RangeCase {
    const char *first;
    const char *last;
    const char *closed_first;
    const char *closed_last;
    const char *today;
    bool open_month_allowed;
    const char *message; /* NULL: it may be closed */
} RangeCase;

static void check_ranges(const RangeCase *cases, size_t case_count, const char *hint)
{
    for (size_t i = 0; i < case_count; i++) {
        const RangeCase *row = &cases[i];
        Error error = {0};
        bool allowed = plan_check_range(range_of(row->first, row->last),
                                        closed_of(row->closed_first, row->closed_last),
                                        day_of(row->today), row->open_month_allowed, &error);
        cr_expect_eq(allowed, row->message == NULL, "case %zu: %s", i, error.message);
        cr_expect_eq(error.code, row->message == NULL ? EXIT_DONE : EXIT_DATA, "case %zu", i);
        cr_expect_str_eq(error.message, row->message == NULL ? "" : row->message, "case %zu", i);
        cr_expect_str_eq(error.hint, row->message == NULL ? "" : hint, "case %zu", i);
    }
}

Test(plan, a_month_may_be_closed_on_its_last_day)
{
    static const RangeCase cases[] = {
        {"2025-12", "2025-12", NULL, NULL, "2025-12-31", false, NULL},
        {"2025-12", "2025-12", NULL, NULL, "2026-01-01", false, NULL},
        {"2025-01", "2025-12", NULL, NULL, "2025-12-31", false, NULL},
        {"2025-11", "2025-11", NULL, NULL, "2025-12-30", false, NULL},
        /* Nothing closed: any month may be the first. */
        {"2019-03", "2019-03", NULL, NULL, "2025-12-31", false, NULL},
        {"2025-12", "2025-12", NULL, NULL, "2025-12-30", false,
         "2025-12 has not reached its last day: today is 2025-12-30, it ends on 2025-12-31"},
        {"2025-01", "2025-12", NULL, NULL, "2025-12-30", false,
         "2025-12 has not reached its last day: today is 2025-12-30, it ends on 2025-12-31"},
        {"2024-02", "2024-02", NULL, NULL, "2024-02-28", false,
         "2024-02 has not reached its last day: today is 2024-02-28, it ends on 2024-02-29"},
        {"2026-01", "2026-01", "2025-12", "2025-12", "2025-12-31", false,
         "2026-01 has not reached its last day: today is 2025-12-31, it ends on 2026-01-31"},
    };
    check_ranges(cases, COUNT(cases),
                 "wait for its last day; `--dry-run` shows the current month as it stands.");
}

Test(plan, a_dry_run_may_look_at_the_open_month_only)
{
    static const RangeCase cases[] = {
        {"2025-12", "2025-12", NULL, NULL, "2025-12-01", true, NULL},
        {"2025-12", "2025-12", "2025-11", "2025-11", "2025-12-30", true, NULL},
        {"2025-12", "2025-12", NULL, NULL, "2025-12-31", true, NULL},
        {"2026-01", "2026-01", NULL, NULL, "2025-12-31", true,
         "2026-01 has not reached its last day: today is 2025-12-31, it ends on 2026-01-31"},
        {"2025-12", "2026-01", NULL, NULL, "2025-12-15", true,
         "2026-01 has not reached its last day: today is 2025-12-15, it ends on 2026-01-31"},
    };
    check_ranges(cases, COUNT(cases),
                 "wait for its last day; `--dry-run` shows the current month as it stands.");
}

Test(plan, no_gap_beside_what_is_closed)
{
    static const RangeCase cases[] = {
        /* Inside, across and beside what is closed. */
        {"2025-04", "2025-04", "2025-03", "2025-06", "2025-12-31", false, NULL},
        {"2025-01", "2025-09", "2025-03", "2025-06", "2025-12-31", false, NULL},
        {"2025-07", "2025-07", "2025-03", "2025-06", "2025-12-31", false, NULL},
        {"2025-07", "2025-12", "2025-03", "2025-06", "2025-12-31", false, NULL},
        {"2025-02", "2025-02", "2025-03", "2025-06", "2025-12-31", false, NULL},
        {"2024-11", "2025-02", "2025-03", "2025-06", "2025-12-31", false, NULL},
        /* A month or more away. */
        {"2025-08", "2025-08", "2025-03", "2025-06", "2025-12-31", false,
         "closing 2025-08 would leave a gap: 2025-07 to 2025-07 are not closed"},
        {"2025-10", "2025-11", "2025-03", "2025-06", "2025-12-31", false,
         "closing 2025-10 would leave a gap: 2025-07 to 2025-09 are not closed"},
        {"2025-01", "2025-01", "2025-03", "2025-06", "2025-12-31", false,
         "closing 2025-01 would leave a gap: 2025-02 to 2025-02 are not closed"},
        {"2024-06", "2024-11", "2025-03", "2025-06", "2025-12-31", false,
         "closing 2024-11 would leave a gap: 2024-12 to 2025-02 are not closed"},
        /* A dry run of the open month leaves none either. */
        {"2025-12", "2025-12", "2025-10", "2025-10", "2025-12-15", true,
         "closing 2025-12 would leave a gap: 2025-11 to 2025-11 are not closed"},
    };
    check_ranges(cases, COUNT(cases),
                 "close the months in between first; `tierclose backfill` closes several.");
}

Test(plan, a_month_that_was_never_closed)
{
    static const struct {
        const char *period;
        const char *closed_first;
        const char *closed_last;
        const char *message; /* NULL: it is closed */
        const char *hint;
    } cases[] = {
        {"2025-03", "2025-03", "2025-06", NULL, NULL},
        {"2025-05", "2025-03", "2025-06", NULL, NULL},
        {"2025-06", "2025-03", "2025-06", NULL, NULL},
        {"2025-02", "2025-03", "2025-06", "2025-02 was never closed: 2025-03 to 2025-06 are",
         "name a closed period; `tierclose status` lists them."},
        {"2025-07", "2025-03", "2025-06", "2025-07 was never closed: 2025-03 to 2025-06 are",
         "name a closed period; `tierclose status` lists them."},
        {"2025-07", NULL, NULL, "2025-07 was never closed: no period is",
         "run `tierclose close` first."},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Error error = {0};
        bool closed =
            plan_check_closed(period_of(cases[i].period),
                              closed_of(cases[i].closed_first, cases[i].closed_last), &error);
        cr_expect_eq(closed, cases[i].message == NULL, "case %zu", i);
        cr_expect_eq(error.code, closed ? EXIT_DONE : EXIT_DATA, "case %zu", i);
        cr_expect_str_eq(error.message, closed ? "" : cases[i].message, "case %zu", i);
        cr_expect_str_eq(error.hint, closed ? "" : cases[i].hint, "case %zu", i);
    }
}
