/*
 * base/progress_text: what a phase says while it runs and at its end, and how fast it is of late.
 */
#include "base/progress_text.h"

#include <criterion/criterion.h>
#include <string.h>

enum { TEXT_BYTES = 512 };

static const PhaseState reading = {
    .phase = "read events",
    .unit = "rows",
    .done = 1200000,
    .total = 5000000,
    .seconds = 2,
    .per_second = 600000,
};

typedef size_t (*WriteText)(const PhaseState *state, size_t columns, char *text, size_t size);

static void expect_text(WriteText write, PhaseState state, size_t columns, const char *expected)
{
    char text[TEXT_BYTES];
    size_t length = write(&state, columns, text, sizeof text);
    cr_expect_str_eq(text, expected);
    cr_expect_eq(length, strlen(expected));
}

static void expect_running(PhaseState state, size_t columns, const char *expected)
{
    expect_text(progress_text_running, state, columns, expected);
}

typedef struct WidthCase {
    size_t columns;
    const char *expected;
} WidthCase;

Test(progress_text, of_one_thing_the_unit_is_singular)
{
    static const PhaseState one = {.phase = "write json", .unit = "files", .done = 1};
    PhaseState state = one;
    expect_text(progress_text_ended, state, 0, "write json: 1 file in 0.0 s");
    expect_text(progress_text_stopped, state, 0, "write json: stopped at 1 file after 0.0 s");
    expect_running(state, 0, "write json: 1 file, 0.0 s");
    state.total = 2;
    expect_running(state, 0, "write json: 50 %, 1 of 2 files, 0.0 s");
    state.total = 1;
    expect_running(state, 0, "write json: 100 %, 1 of 1 file, 0.0 s");
}

Test(progress_text, the_fullest_text_that_fits)
{
    static const WidthCase cases[] = {
        {0, "read events: 24 %, 1,200,000 of 5,000,000 rows, 600 k/s, 6 s left"},
        {65, "read events: 24 %, 1,200,000 of 5,000,000 rows, 600 k/s, 6 s left"},
        {64, "read events: 24 %, 1.2 M of 5.0 M rows, 600 k/s, 6 s left"},
        {57, "read events: 24 %, 1.2 M of 5.0 M rows, 600 k/s, 6 s left"},
        {56, "read events: 24 %, 1.2 M rows, 600 k/s, 6 s left"},
        {47, "read events: 24 %, 600 k/s, 6 s left"},
        {35, "read events: 24 %, 6 s left"},
        {26, "read events: 24 %"},
        {17, "read events: 24 %"},
        {16, "read ev...: 24 %"},
        {10, "r...: 24 %"},
        {9, "read even"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect_running(reading, cases[i].columns, cases[i].expected);
    }
}

Test(progress_text, without_a_total_the_time_that_it_took)
{
    PhaseState state = reading;
    state.total = 0;
    static const WidthCase cases[] = {
        {46, "read events: 1,200,000 rows, 600 k/s, 2.0 s"},
        {42, "read events: 1.2 M rows, 600 k/s, 2.0 s"},
        {38, "read events: 1.2 M rows, 2.0 s"},
        {29, "read events: 2.0 s"},
        {17, "read ev...: 2.0 s"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect_running(state, cases[i].columns, cases[i].expected);
    }
}

Test(progress_text, no_time_left_where_it_cannot_be_told)
{
    PhaseState state = reading;
    state.seconds = 0.9; /* the first second tells nothing */
    expect_running(state, 0, "read events: 24 %, 1,200,000 of 5,000,000 rows, 600 k/s, 0.9 s");
    state.seconds = 30;
    state.per_second = 0; /* nothing moves */
    expect_running(state, 0, "read events: 24 %, 1,200,000 of 5,000,000 rows, 30 s");
    state.per_second = 10; /* 4.4 days */
    expect_running(state, 0, "read events: 24 %, 1,200,000 of 5,000,000 rows, 10/s, 30 s");
    state.per_second = 40000;
    expect_running(state, 0,
                   "read events: 24 %, 1,200,000 of 5,000,000 rows, 40 k/s, 1 min 35 s left");
}

Test(progress_text, a_total_that_was_passed_is_not_shown)
{
    PhaseState state = {"read events", "rows", 1001, 1000, 2, 500};
    expect_running(state, 80, "read events: 1,001 rows, 500/s, 2.0 s");
    state.done = 1000;
    expect_running(state, 80, "read events: 100 %, 1,000 of 1,000 rows, 500/s, 0 s left");
}

Test(progress_text, nothing_counted_shows_the_time)
{
    PhaseState state = {.phase = "commit", .unit = "", .seconds = 3.21};
    expect_running(state, 80, "commit: 3.2 s");
    expect_text(progress_text_ended, state, 80, "commit: done in 3.2 s");
    expect_text(progress_text_ended, state, 14, "commit: 3.2 s");
    expect_text(progress_text_stopped, state, 80, "commit: stopped after 3.2 s");
}

Test(progress_text, long_names_do_not_overflow)
{
    char name[TEXT_BYTES];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    char text[64];
    PhaseState state = {name, "rows", INT64_MAX, INT64_MAX, 2, 1};
    static const WriteText writers[] = {progress_text_running, progress_text_ended,
                                        progress_text_stopped};
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
        cr_expect_eq(writers[i](&state, 0, text, sizeof text), sizeof text - 1);
        for (size_t columns = 1; columns < sizeof text; columns++) {
            cr_expect_leq(writers[i](&state, columns, text, sizeof text), columns);
            cr_expect_leq(strlen(text), columns);
        }
    }
}

Test(progress_text, the_end_has_count_time_and_rate)
{
    PhaseState state = {"read events", "rows", 5000000, 0, 8.3, 0};
    static const WidthCase cases[] = {
        {0, "read events: 5,000,000 rows in 8.3 s, 602 k/s"},
        {44, "read events: 5,000,000 rows in 8.3 s"},
        {35, "read events: 5.0 M rows in 8.3 s"},
        {31, "read events: 8.3 s"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect_text(progress_text_ended, state, cases[i].columns, cases[i].expected);
    }
    state.seconds = 0.2; /* too short for a rate */
    expect_text(progress_text_ended, state, 0, "read events: 5,000,000 rows in 0.2 s");
}

Test(progress_text, what_was_stopped_says_where)
{
    static const WidthCase cases[] = {
        {0, "read events: stopped at 1,200,000 rows after 2.0 s"},
        {49, "read events: stopped at 1.2 M rows after 2.0 s"},
        {45, "read events: stopped after 2.0 s"},
        {31, "read events: stopped"},
        {19, "read ev...: stopped"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect_text(progress_text_stopped, reading, cases[i].columns, cases[i].expected);
    }
}

/* Ten looks a second. Returns what was done at the end. */
static int64_t look_for(RecentRate *rate, double from, double until, int64_t done, int64_t each)
{
    for (double seconds = from + 0.1; seconds < until + 0.05; seconds += 0.1) {
        done += each;
        recent_rate_look(rate, seconds, done);
    }
    return done;
}

Test(recent_rate, is_exact_while_nothing_changes)
{
    RecentRate rate = {0};
    (void)look_for(&rate, 0, 2, 0, 50);
    cr_expect_float_eq(recent_rate_per_second(&rate), 500, 0.001);
}

Test(recent_rate, says_nothing_at_first)
{
    RecentRate rate = {0};
    (void)look_for(&rate, 0, 0.2, 0, 50);
    cr_expect_eq(recent_rate_per_second(&rate), 0);
    recent_rate_look(&rate, 0.2, 999999); /* no time has passed */
    cr_expect_eq(recent_rate_per_second(&rate), 0);
}

Test(recent_rate, follows_a_source_that_slows_down)
{
    RecentRate rate = {0};
    int64_t done = look_for(&rate, 0, 60, 0, 500);
    (void)look_for(&rate, 60, 80, done, 5);
    /* The average of the whole would still say 3,800. */
    cr_expect_lt(recent_rate_per_second(&rate), 250);
    cr_expect_gt(recent_rate_per_second(&rate), 50);
}

Test(progress_text, the_kind_of_a_phase_has_no_month)
{
    static const char *const cases[][2] = {
        {"read members", "read members"},
        {"2025-12: read events", "read events"},
        {"2025-12: read events, part 1 of 2", "read events"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[TEXT_BYTES];
        progress_text_step(cases[i][0], text, sizeof text);
        cr_expect_str_eq(text, cases[i][1]);
    }
}
