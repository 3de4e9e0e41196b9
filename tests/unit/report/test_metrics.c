/*
 * report/metrics and report/metrics_previous: the text that Prometheus reads, and what is kept of
 * the one before.
 */
#include "report/metrics.h"
#include "report/metrics_previous.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const ProgressStep steps[] = {{"read events", 1.5}};
static const HealthCount publications[] = {{{"close"}, 900}, {{"settle"}, 950}, {{"restate"}, 990}};
static const HealthCount levels[] = {{{"Gold \"1\"\\\n"}, 7}};
static const HealthCount grants[] = {{{"C", "Gold", "granted"}, 3}};
static const Health health = {
    .program = "p",
    .publications = {publications, 3},
    .members = {levels, 1},
    .grants = {grants, 1},
    .overgranted = 2,
};
static const Status status = {.any_closed = true, .newest_period = "2025-12"};

static MetricFacts example(void)
{
    return (MetricFacts){
        .version = "1.2",
        .program = "p",
        .command = "close",
        .ended_at = 1000,
        .seconds = 2.25,
        .steps = steps,
        .step_count = 1,
        .health = &health,
        .status = &status,
        .due_known = true,
        .due = {.overdue = 1},
        .next_ends_at = 400,
        .overdue_seconds = 600,
    };
}

static char *print(const MetricFacts *facts, const char *previous)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    metrics_print(out, facts, previous);
    (void)fclose(out);
    cr_expect(metrics_text_is_ours(text));
    return text;
}

static void expect_line(const char *text, const char *line, size_t times)
{
    char whole[512];
    size_t found = 0;
    (void)snprintf(whole, sizeof whole, "\n%s\n", line);
    for (const char *at = strstr(text, whole); at != NULL; at = strstr(at + 1, whole)) {
        found++;
    }
    cr_expect_eq(found, times, "%zu times %s in\n%s", found, line, text);
}

Test(metrics, what_a_run_and_the_ledger_say)
{
    MetricFacts facts = example();
    char *text = print(&facts, "");
    static const char *const lines[] = {
        "tierclose_build_info{program=\"p\",version=\"1.2\"} 1",
        "tierclose_run_exit_code{program=\"p\",command=\"close\"} 0",
        "tierclose_run_timestamp_seconds{program=\"p\",command=\"close\"} 1000",
        "tierclose_run_duration_seconds{program=\"p\",command=\"close\"} 2.250",
        "tierclose_run_phase_seconds{program=\"p\",command=\"close\",phase=\"read events\"} 1.500",
        "tierclose_last_success_timestamp_seconds{program=\"p\",command=\"close\"} 1000",
        "tierclose_database_up{program=\"p\"} 1",
        "tierclose_newest_closed_period_info{program=\"p\",period=\"2025-12\"} 1",
        "tierclose_next_period_end_timestamp_seconds{program=\"p\"} 400",
        "tierclose_periods_overdue{program=\"p\"} 1",
        "tierclose_overdue_seconds{program=\"p\"} 600",
        "tierclose_members{program=\"p\",level=\"Gold \\\"1\\\"\\\\\\n\"} 7",
        "tierclose_coupon_grants{program=\"p\",coupon=\"C\",level=\"Gold\",status=\"granted\"} 3",
        "tierclose_coupons_overgranted{program=\"p\"} 2",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        expect_line(text, lines[i], 1);
    }
    /* Every line is one that can be read again, or a comment. */
    size_t samples = 0;
    MetricLine line;
    for (const char *at = text; metric_line_next(&at, &line);) {
        samples++;
    }
    size_t comments = 0;
    size_t all = 0;
    for (const char *at = text; *at != '\0'; at += strcspn(at, "\n") + 1) {
        comments += *at == '#';
        all++;
    }
    cr_expect_eq(samples + comments, all);
    free(text);
}

#define SUCCESS "tierclose_last_success_timestamp_seconds{program=\"p\",command=\"close\"} "

Test(metrics, a_failure_keeps_the_last_success)
{
    MetricFacts facts = example();
    char *before = print(&facts, "");
    facts.exit_code = 65;
    facts.ended_at = 2000;
    char *text = print(&facts, before);
    expect_line(text, SUCCESS "1000", 1);
    expect_line(text, "tierclose_run_exit_code{program=\"p\",command=\"close\"} 65", 1);
    free(text);
    /* Without a text before, the ledger's newest of close and settle. */
    text = print(&facts, "");
    expect_line(text, SUCCESS "950", 1);
    free(text);
    free(before);
}

Test(metrics, other_commands_keep_their_lines_and_other_programmes_do_not)
{
    MetricFacts facts = example();
    char *before = print(&facts, "");
    facts.command = "verify";
    char *text = print(&facts, before);
    expect_line(text, "tierclose_run_exit_code{program=\"p\",command=\"close\"} 0", 1);
    expect_line(text, "tierclose_run_exit_code{program=\"p\",command=\"verify\"} 0", 1);
    expect_line(text, "tierclose_members{program=\"p\",level=\"Gold \\\"1\\\"\\\\\\n\"} 7", 1);
    free(text);
    facts.program = "q";
    text = print(&facts, before);
    cr_expect_null(strstr(text, "program=\"p\""));
    free(text);
    facts.program = NULL;
    text = print(&facts, before);
    expect_line(text, "tierclose_run_exit_code{program=\"p\",command=\"verify\"} 0", 1);
    free(text);
    free(before);
}

Test(metrics, without_a_database_the_ledger_stays_but_time_goes_on)
{
    static const struct {
        int64_t now;
        const char *periods;
        const char *seconds;
    } cases[] = {{400, "0", "0"}, {401, "1", "1"}, {5000, "1", "4600"}};
    MetricFacts facts = example();
    facts.due.overdue = 0;
    facts.overdue_seconds = 0;
    char *before = print(&facts, "");
    facts.health = NULL;
    facts.due_known = false;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[128];
        facts.ended_at = cases[i].now;
        char *text = print(&facts, before);
        expect_line(text, "tierclose_database_up{program=\"p\"} 0", 1);
        expect_line(text, "tierclose_ledger_timestamp_seconds{program=\"p\"} 1000", 1);
        expect_line(text, "tierclose_coupons_overgranted{program=\"p\"} 2", 1);
        (void)snprintf(line, sizeof line, "tierclose_periods_overdue{program=\"p\"} %s",
                       cases[i].periods);
        expect_line(text, line, 1);
        (void)snprintf(line, sizeof line, "tierclose_overdue_seconds{program=\"p\"} %s",
                       cases[i].seconds);
        expect_line(text, line, 1);
        free(text);
    }
    free(before);
}

Test(metrics, broken_lines_are_not_kept)
{
    static const char *const broken[] = {
        "tierclose_members{program=\"p\",level=\"Silver\"} ",
        "tierclose_members{program=\"p\",level=\"Silver\"} one",
        "tierclose_members{program=\"p\",level=\"Silver\"}7",
        "tierclose_members{program=\"p\",level=\"Silver} 7",
        "tierclose_members{program=\"p\",level=\"Silver\\\"} 7",
        "tierclose_members{program=\"p\" level=\"Silver\"} 7",
        "tierclose_members{program=\"p\",=\"Silver\"} 7",
        "tierclose_members{} 7",
        "tierclose_members 7",
        "tierclose_members{program=\"p\",level=\"Silver\"",
        "x{program=\"p\",level=\"Silver\"} 7",
    };
    MetricFacts facts = example();
    facts.health = NULL;
    facts.due_known = false;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        char *text = print(&facts, broken[i]);
        cr_expect_null(strstr(text, "Silver"), "%s", broken[i]);
        free(text);
    }
    char *text = print(&facts, "tierclose_members{program=\"p\",level=\"Silver\"} -7.5");
    expect_line(text, "tierclose_members{program=\"p\",level=\"Silver\"} -7.5", 1);
    free(text);
}

Test(metrics, only_a_file_of_metrics_is_ours)
{
    cr_expect(metrics_text_is_ours(""));
    cr_expect_not(metrics_text_is_ours("\n"));
    cr_expect_not(metrics_text_is_ours("# HELP node_load1 1m load average.\n"));
    cr_expect_not(metrics_text_is_ours("program: p\n"));
}
