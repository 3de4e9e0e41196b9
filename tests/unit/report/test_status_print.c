/*
 * report/status_print and report/difference: the state of the job in words.
 */
#include "base/format.h"
#include "report/difference.h"
#include "report/due.h"
#include "report/status_print.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const Programme programme = {.timezone = "Europe/London", .settle = true};

static Status example(void)
{
    StatusRun published = {
        .run_id = 42,
        .period = "2025-12",
        .action = "close",
        .mode = "full",
        .status = "published",
        .started_at = "2025-12-31T23:00:00Z",
        .finished_at = "2025-12-31T23:01:05Z",
        .milliseconds = 65000,
        .changed = true,
        .stands = true,
    };
    StatusRun failed = {
        .run_id = 41,
        .period = "2025-12",
        .action = "close",
        .mode = "full",
        .status = "failed",
        .started_at = "2025-12-31T22:00:00Z",
        .finished_at = "2025-12-31T22:00:00Z",
        .error = "the connection was lost: server closed the connection unexpectedly, which may "
                 "be anything",
        .milliseconds = 400,
    };
    StatusRun running = {
        .run_id = 43,
        .period = "2025-12",
        .action = "settle",
        .mode = "full",
        .status = "running",
        .started_at = "2026-01-02T03:00:00Z",
        .milliseconds = -1,
    };
    return (Status){
        .any_closed = true,
        .oldest_period = "2024-07",
        .newest_period = "2025-12",
        .newest_run_id = 42,
        .newest_effective_on = day_from_date((Date){2026, 1, 8}),
        .runs = {running, published, failed},
        .run_count = 3,
        .any_published = true,
        .last_published = published,
    };
}

typedef void (*StatusPrinter)(FILE *out, const Status *status, const Programme *programme,
                              LocalDay today);

static char *print(StatusPrinter printer, Status status, Date today)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    printer(out, &status, &programme, day_from_date(today));
    (void)fclose(out);
    return text;
}

Test(status_text, a_run_without_the_lock_is_dead)
{
    char *text = print(status_print_text, example(), (Date){2026, 1, 7});
    cr_expect_str_eq(
        text, "Today is 2026-01-07 in Europe/London.\n"
              "Closed: 2024-07 to 2025-12, the newest by run 42; takes effect on 2026-01-08,\n"
              "  until 2026-01-07 a nightly close takes in what is recorded late.\n"
              "Next: 2026-01, due on 2026-01-31.\n"
              "No run is at work.\n"
              "Run 43 (settle of 2025-12) died: nothing of it was published, and the next\n"
              "  run needs no help.\n"
              "Last success: run 42, close of 2025-12, published at 2025-12-31T23:01:05Z.\n"
              "\n"
              "   run  period   action    status    began                      took\n"
              "    43  2025-12  settle    died      2026-01-02T03:00:00Z          -\n"
              "    42  2025-12  close     published 2025-12-31T23:00:00Z 1 min 05 s  stands\n"
              "    41  2025-12  close     failed    2025-12-31T22:00:00Z      0.4 s\n"
              "        the connection was lost: server closed the connection unexpectedly,\n"
              "        which may be anything\n");
    free(text);
}

Test(status_text, with_the_lock_it_is_at_work)
{
    Status status = example();
    status.lock_held = true;
    char *text = print(status_print_text, status, (Date){2026, 1, 7});
    cr_expect_not_null(strstr(text, "\nA run is at work now.\n"));
    cr_expect_not_null(strstr(text, "    43  2025-12  settle    running"));
    cr_expect_null(strstr(text, "died"));
    free(text);
}

Test(status_text, final_from_the_effective_day_on_and_due_on_the_last_day)
{
    char *text = print(status_print_text, example(), (Date){2026, 1, 8});
    cr_expect_not_null(strstr(text, "; final since 2026-01-08.\n"));
    free(text);
    text = print(status_print_text, example(), (Date){2026, 1, 30});
    cr_expect_not_null(strstr(text, "\nNext: 2026-01, due on 2026-01-31.\n"));
    free(text);
    text = print(status_print_text, example(), (Date){2026, 1, 31});
    cr_expect_not_null(
        strstr(text, "\nNext: 2026-01, due since 2026-01-31; run: tierclose close\n"));
    free(text);
}

Test(status_text, one_closed_period_is_no_range)
{
    Status status = example();
    status.oldest_period = status.newest_period;
    char *text = print(status_print_text, status, (Date){2026, 1, 8});
    cr_expect_not_null(strstr(text, "\nClosed: 2025-12, by run 42; final since 2026-01-08.\n"));
    free(text);
}

Test(status_text, a_run_says_what_became_of_it)
{
    static const struct {
        bool changed;
        bool carried;
        bool stands;
        const char *run;
        const char *success;
    } cases[] = {
        {true, false, true, "  stands\n", "T23:01:05Z.\n"},
        {true, false, false, "  replaced\n", "T23:01:05Z.\n"},
        {false, false, false, "  unchanged\n", "; it\n  found what stood.\n"},
        {true, true, false, "  carried\n", "; it\n  carried levels.\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Status status = example();
        status.runs[1].changed = cases[i].changed;
        status.runs[1].carried = cases[i].carried;
        status.runs[1].stands = cases[i].stands;
        status.last_published = status.runs[1];
        char *text = print(status_print_text, status, (Date){2026, 1, 8});
        cr_expect_not_null(strstr(text, cases[i].run), "%s", text);
        cr_expect_not_null(strstr(text, cases[i].success), "%s", text);
        free(text);
    }
}

Test(status_text, before_any_close_the_newest_due_comes_first)
{
    char *text = print(status_print_text, (Status){0}, (Date){2026, 1, 30});
    cr_expect_str_eq(text, "Today is 2026-01-30 in Europe/London.\n"
                           "No period is closed yet.\n"
                           "Next: 2025-12, due since 2025-12-31; run: tierclose close\n"
                           "Late: 2025-12 has ended and is not closed; overdue since 2026-01-01, "
                           "day 30.\n"
                           "No run is at work.\n"
                           "No run has published anything yet.\n");
    free(text);
    text = print(status_print_text, (Status){0}, (Date){2026, 1, 31});
    cr_expect_not_null(strstr(text, "\nNext: 2026-01, due since 2026-01-31;"));
    free(text);
}

Test(status_text, the_widest_line_fits)
{
    Status status = example();
    status.runs[0] = status.runs[1];
    status.runs[0].action = "backfill";
    status.runs[0].run_id = 999999;
    status.runs[0].milliseconds = 3599000;
    status.runs[0].changed = true;
    status.runs[0].carried = true;
    char *text = print(status_print_text, status, (Date){2026, 1, 8});
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        cr_expect_leq(format_width(line), FORMAT_COLUMNS, "%s", line);
    }
    free(text);
}

Test(status_json, says_the_same)
{
    char *text = print(status_print_json, example(), (Date){2026, 1, 8});
    json_t *object = json_loads(text, 0, NULL);
    cr_assert_not_null(object);
    cr_expect(json_is_false(json_object_get(object, "at_work")));
    json_t *newest = json_object_get(object, "newest_closed");
    cr_expect_str_eq(json_string_value(json_object_get(newest, "period")), "2025-12");
    json_t *closed = json_object_get(object, "closed");
    cr_expect_str_eq(json_string_value(json_object_get(closed, "first")), "2024-07");
    cr_expect_str_eq(json_string_value(json_object_get(closed, "last")), "2025-12");
    cr_expect(json_is_true(json_object_get(newest, "final")));
    json_t *runs = json_object_get(object, "runs");
    cr_assert_eq(json_array_size(runs), 3);
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(runs, 0), "status")), "died");
    cr_expect(json_is_null(json_object_get(json_array_get(runs, 0), "finished_at")));
    cr_expect(json_is_false(json_object_get(json_array_get(runs, 1), "carried")));
    cr_expect(json_is_null(json_object_get(object, "overdue")));
    json_decref(object);
    free(text);
    text = print(status_print_json, example(), (Date){2026, 3, 1});
    object = json_loads(text, 0, NULL);
    json_t *overdue = json_object_get(object, "overdue");
    cr_expect_str_eq(json_string_value(json_object_get(overdue, "first")), "2026-01");
    cr_expect_str_eq(json_string_value(json_object_get(overdue, "last")), "2026-02");
    cr_expect_eq(json_integer_value(json_object_get(overdue, "periods")), 2);
    cr_expect_str_eq(json_string_value(json_object_get(overdue, "since")), "2026-02-01");
    json_decref(object);
    free(text);
    text = print(status_print_json, (Status){0}, (Date){2026, 1, 8});
    object = json_loads(text, 0, NULL);
    cr_expect(json_is_null(json_object_get(object, "closed")));
    json_decref(object);
    free(text);
}

static char *print_check(Status status, Date today)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    status_print_check(out, &status, day_from_date(today));
    (void)fclose(out);
    return text;
}

/* The example has closed up to 2025-12; its newest run died. */
Test(status_check, one_line_until_the_month_has_ended)
{
    static const struct {
        Date today;
        const char *text;
    } cases[] = {
        {{2026, 1, 1}, "OK: 2025-12 is closed; next is 2026-01, due on 2026-01-31.\n"},
        {{2026, 1, 30}, "OK: 2025-12 is closed; next is 2026-01, due on 2026-01-31.\n"},
        {{2026, 1, 31}, "OK: 2025-12 is closed; next is 2026-01, due since 2026-01-31.\n"},
        {{2026, 2, 1},
         "OVERDUE: 2026-01 has ended and is not closed; overdue since 2026-02-01, day 1.\n"
         "Last run: 43, begun at 2026-01-02T03:00:00Z, died.\n"
         "Run: tierclose close\n"},
        {{2026, 4, 1},
         "OVERDUE: 2026-01 to 2026-03 have ended and are not closed; overdue since\n"
         "  2026-02-01, day 60.\n"
         "Last run: 43, begun at 2026-01-02T03:00:00Z, died.\n"
         "Run: tierclose close\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = print_check(example(), cases[i].today);
        cr_expect_str_eq(text, cases[i].text, "%s", text);
        free(text);
        cr_expect_eq(due_of(&(Status){.any_closed = true, .newest_period = "2025-12"},
                            day_from_date(cases[i].today))
                             .overdue > 0,
                     i >= 3);
    }
}

Test(status_check, the_error_of_the_last_run_and_a_run_at_work)
{
    Status status = example();
    status.runs[0] = status.runs[2];
    char *text = print_check(status, (Date){2026, 2, 3});
    cr_expect_not_null(strstr(text, "\nLast run: 41, begun at 2025-12-31T22:00:00Z, failed: the "
                                    "connection was lost:\n  server closed the connection"),
                       "%s", text);
    free(text);
    status.lock_held = true;
    text = print_check(status, (Date){2026, 2, 3});
    cr_expect_not_null(strstr(text, "\nA run is at work now.\nRun: tierclose close\n"), "%s", text);
    free(text);
    text = print_check((Status){0}, (Date){2026, 1, 31});
    cr_expect_str_eq(text, "OK: nothing is closed yet; next is 2026-01, due since 2026-01-31.\n");
    free(text);
    text = print_check((Status){0}, (Date){2026, 1, 30});
    cr_expect_str_eq(text, "OVERDUE: 2025-12 has ended and is not closed; overdue since 2026-01-01,"
                           " day 30.\nRun: tierclose close\n");
    free(text);
}

static char *print_difference(const VerifyResult *result)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    difference_print(out, result);
    (void)fclose(out);
    return text;
}

Test(difference, all_equal)
{
    VerifyResult result = {
        .summary = {.period = 2025 * 12 + 11,
                    .events = 5000,
                    .members = 2000,
                    .result_checksum = "abc"},
        .standing_run_id = 42,
    };
    char *text = print_difference(&result);
    cr_expect_str_eq(text,
                     "Period 2025-12: run 42 stands; computed anew from 5,000 events of 2,000 "
                     "members.\n"
                     "  All equal: standings, level changes and grants.\n"
                     "  checksum  abc\n");
    free(text);
}

Test(difference, what_differs_and_why_it_may)
{
    VerifyResult result = {
        .summary = {.period = 2025 * 12 + 11, .events = 1, .members = 1},
        .standing_run_id = 42,
        .differences = 3,
        .late_events = 1,
        .shown = {{7, "standing", "Gold, 120 points", "Silver, 99 points"},
                  {7, "grant", "LEVEL-GOLD for Gold", "none"}},
        .shown_count = 2,
    };
    char *text = print_difference(&result);
    cr_expect_str_eq(text,
                     "Period 2025-12: run 42 stands; computed anew from 1 event of 1 member.\n"
                     "  3 differences.\n"
                     "  member 7, standing\n"
                     "    stands    Gold, 120 points\n"
                     "    computed  Silver, 99 points\n"
                     "  member 7, grant\n"
                     "    stands    LEVEL-GOLD for Gold\n"
                     "    computed  none\n"
                     "  and 1 more\n"
                     "  1 event was recorded since: a restatement would take it in.\n"
                     "  Look first: tierclose restate --period 2025-12 --dry-run\n"
                     "  Why a member has what it has:\n"
                     "    tierclose explain --member 7 --period 2025-12\n");
    free(text);
    result.late_events = 0;
    text = print_difference(&result);
    /* The result does not say by which column, so the words hold for both. */
    cr_expect_not_null(
        strstr(text, "  No event was found that was recorded late, so late events do not explain\n"
                     "  this. Events without recorded_xid can hide one: committed more than 24\n"
                     "  hours after its recorded_at.\n"));
    free(text);
    result.late_events = -1;
    text = print_difference(&result);
    cr_expect_not_null(strstr(text, "cannot be told"));
    free(text);
}
