/*
 * base/progress_text: what a phase says while it runs and at its end.
 */
#include "base/progress_text.h"

#include <criterion/criterion.h>
#include <string.h>

enum { TEXT_BYTES = 512 };

static void expect_running(PhaseState state, size_t columns, const char *expected)
{
    char text[TEXT_BYTES];
    size_t length = progress_text_running(&state, columns, text, sizeof text);
    cr_expect_str_eq(text, expected);
    cr_expect_eq(length, strlen(expected));
}

Test(progress_text, a_known_total_gives_share_and_time_left)
{
    expect_running((PhaseState){"read events", "rows", 1200000, 5000000, 2}, 80,
                   "read events: 1,200,000 of 5,000,000 rows, 24 %, 600 k rows/s, 6.3 s left");
}

Test(progress_text, no_time_left_within_the_first_second)
{
    expect_running((PhaseState){"read events", "rows", 500, 1000, 0.5}, 80,
                   "read events: 500 of 1,000 rows, 50 %, 1.0 k rows/s");
    expect_running((PhaseState){"read events", "rows", 500, 1000, 0.01}, 80,
                   "read events: 500 of 1,000 rows, 50 %");
}

Test(progress_text, a_total_that_was_passed_is_not_shown)
{
    expect_running((PhaseState){"read events", "rows", 1001, 1000, 2}, 80,
                   "read events: 1,001 rows, 500 rows/s");
    expect_running((PhaseState){"read events", "rows", 1000, 1000, 2}, 80,
                   "read events: 1,000 of 1,000 rows, 100 %, 500 rows/s, 0.0 s left");
}

Test(progress_text, nothing_counted_shows_the_time)
{
    expect_running((PhaseState){"commit", "", 0, 0, 3.21}, 80, "commit: 3.2 s");
}

Test(progress_text, is_cut_before_the_last_column)
{
    expect_running((PhaseState){"read events", "rows", 1200000, 5000000, 2}, 20,
                   "read events: 1,200,");
}

Test(progress_text, long_names_do_not_overflow)
{
    char name[TEXT_BYTES];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    char text[64];
    PhaseState state = {name, "rows", INT64_MAX, INT64_MAX, 2};
    cr_expect_eq(progress_text_running(&state, 200, text, sizeof text), sizeof text - 1);
    cr_expect_eq(progress_text_ended(&state, text, sizeof text), sizeof text - 1);
}

Test(progress_text, the_end_has_count_time_and_rate)
{
    char text[TEXT_BYTES];
    PhaseState counted = {"read events", "rows", 5000000, 0, 8.3};
    (void)progress_text_ended(&counted, text, sizeof text);
    cr_expect_str_eq(text, "read events: 5,000,000 rows in 8.3 s, 602 k rows/s");
    PhaseState plain = {"commit", "", 0, 0, 0.04};
    (void)progress_text_ended(&plain, text, sizeof text);
    cr_expect_str_eq(text, "commit: done in 0.0 s");
}
