/*
 * report/summary: the words of a run, whole, and within 80 columns.
 */
#include "base/format.h"
#include "report/summary.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const LevelFlow flows[] = {
    {"Silver", "Silver", DIRECTION_NONE, 1234567},
    {"Silver", "Gold", DIRECTION_UP, 120},
    {NULL, "Silver", DIRECTION_NONE, 9},
    {NULL, "Gold", DIRECTION_UP, 3},
    {"Gold", "Silver", DIRECTION_DOWN, 14},
    {"A name that is much too long for its column", "Silver", DIRECTION_PROGRAM, 2},
};
static const CouponCount coupons[] = {{"Gold", "LEVEL-GOLD", 123}};

static RunSummary filled(void)
{
    return (RunSummary){
        .run_id = 42,
        .period = 2025 * 12 + 11,
        .action = "close",
        .mode = "full",
        .changed = true,
        .effective_on = day_from_date((Date){2026, 1, 8}),
        .issue_from = day_from_date((Date){2026, 1, 8}),
        .issue_until = day_from_date((Date){2026, 1, 14}),
        .expires_on = day_from_date((Date){2026, 1, 21}),
        .late_events = 7,
        .members = 1234715,
        .points = 98765432,
        .events = 5000,
        .window_fates = {[FATE_EARNING] = 4000,
                         [FATE_REFUND] = 500,
                         [FATE_CAPPED] = 300,
                         [FATE_INELIGIBLE] = 190,
                         [FATE_UNKNOWN_KIND] = 9,
                         [FATE_UNMATCHED_REFUND] = 1},
        .month_fates = {[FATE_EARNING] = 400,
                        [FATE_REFUND] = 50,
                        [FATE_CAPPED] = 30,
                        [FATE_INELIGIBLE] = 19,
                        [FATE_UNKNOWN_KIND] = 1},
        .upgrades = 123,
        .downgrades = 14,
        .program_changes = 2,
        .grants = 123,
        .new_grants = 100,
        .lapsed = 100,
        .revoked = 4,
        .overgranted = 5,
        .flows = flows,
        .flow_count = sizeof flows / sizeof flows[0],
        .coupons = coupons,
        .coupon_count = 1,
        .result_checksum = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        .seconds = 12.3,
    };
}

/* The printed summary, whose lines all fit; to be freed. */
static char *print(RunSummary summary)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    summary_print(out, &summary);
    (void)fclose(out);
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        cr_expect_leq(length, FORMAT_COLUMNS, "%.*s", (int)length, line);
        line += length + 1;
    }
    return text;
}

static const char full_text[] =
    "Period 2025-12 closed by run 42.\n"
    "Its level changes take effect on 2026-01-08.\n"
    "Mode: full.\n"
    "\n"
    "  members with a standing                            1,234,715\n"
    "  sum of their points                               98,765,432\n"
    "  events recorded since the run before                       7\n"
    "  time taken                                              12 s\n"
    "\n"
    "  Events                                               2025-12    whole window\n"
    "  earning                                                  400           4,000\n"
    "  refunds and frauds                                        50             500\n"
    "  capped to nothing                                         30             300\n"
    "  not eligible                                              19             190\n"
    "  anomalies                                                  1              10\n"
    "  all                                                      500           5,000\n"
    "\n"
    "  Level changes                                        members\n"
    "  up       Silver            -> Gold                       120\n"
    "  up       (new member)      -> Gold                         3\n"
    "  down     Gold              -> Silver                      14\n"
    "  program  A name that is... -> Silver                       2\n"
    "  up                                                       123\n"
    "  down                                                      14\n"
    "  program (the rules' levels changed)                        2\n"
    "  no change                                          1,234,576\n"
    "\n"
    "  Levels after it                                      members\n"
    "  Silver                                             1,234,592\n"
    "  Gold                                                     123\n"
    "\n"
    "  Coupons, issued 2026-01-08 to 2026-01-14, lapsed after 2026-01-21\n"
    "  LEVEL-GOLD               for Gold                        123\n"
    "  grants                                                   123\n"
    "  of them new                                              100\n"
    "  of the new ones lapsed: too late                         100\n"
    "  revoked                                                    4\n"
    "  kept though no longer deserved                             5\n"
    "\n"
    "  Anomalies of 2025-12: events that could not earn\n"
    "  unknown_kind                                               1\n"
    "  Samples: select * from tierclose.anomalies where period = '2025-12'\n"
    "\n"
    "  checksum  0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
    "\n"
    "Why a member is where it is:\n"
    "  tierclose explain --member ID --period 2025-12\n"
    "Who changed: select * from tierclose.level_changes where period = '2025-12'\n";

Test(summary, in_full)
{
    char *text = print(filled());
    cr_expect_str_eq(text, full_text);
    free(text);
}

static const char month_only_text[] =
    "  Events                                               2025-12\n"
    "  earning                                                  400\n"
    "  refunds and frauds                                        50\n"
    "  capped to nothing                                         30\n"
    "  not eligible                                              19\n"
    "  anomalies                                                  1\n"
    "  all                                                      500\n"
    "\n";

/* It has counted the events of its own month only, and must not call them the window's. */
Test(summary, an_incremental_run_shows_its_month_only)
{
    RunSummary summary = filled();
    summary.mode = "incremental";
    summary.events = 500;
    memcpy(summary.window_fates, summary.month_fates, sizeof summary.window_fates);
    char *text = print(summary);
    cr_expect_not_null(strstr(text, "\nMode: incremental.\n\n"), "%s", text);
    cr_expect_not_null(strstr(text, month_only_text), "%s", text);
    cr_expect_null(strstr(text, "window"), "%s", text);
    free(text);
}

Test(summary, why_all_was_read)
{
    RunSummary summary = filled();
    summary.why_full = "the rules of 2025-03 have changed";
    char *text = print(summary);
    static const char line[] = "Mode: full, read in full: the rules of 2025-03 have changed.\n";
    cr_expect_not_null(strstr(text, line), "%s", text);
    cr_expect_not_null(strstr(text, "whole window"));
    free(text);
    summary.changed = false;
    text = print(summary);
    cr_expect_not_null(strstr(text, line), "%s", text);
    free(text);
    /* However long it is, it fits. */
    summary.why_full = "the events have neither recorded_xid nor recorded_at, and there is no end "
                       "to the reasons that could be given here";
    text = print(summary);
    free(text);
}

Test(summary, a_dry_run_says_first_and_last_that_nothing_was_written)
{
    RunSummary summary = filled();
    summary.run_id = 0;
    summary.dry_run = true;
    char *text = print(summary);
    static const char first[] = "Period 2025-12, dry run: would be closed. Nothing is written.\n";
    static const char last[] = "\nThis was a dry run: nothing was written.\n";
    cr_expect_eq(strncmp(text, first, strlen(first)), 0);
    cr_expect_str_eq(text + strlen(text) - strlen(last), last);
    cr_expect_null(strstr(text, "tierclose.anomalies"), "nothing was stored to look at");
    free(text);
}

Test(summary, an_open_month_is_not_called_closed)
{
    RunSummary summary = filled();
    summary.dry_run = true;
    summary.open_month = true;
    char *text = print(summary);
    static const char first[] =
        "Period 2025-12 has not ended: this is how it stands now. Nothing is written.\n";
    cr_expect_eq(strncmp(text, first, strlen(first)), 0);
    free(text);
}

Test(summary, what_is_unchanged_or_carried_is_short)
{
    RunSummary summary = filled();
    summary.changed = false;
    summary.month_fates[FATE_UNKNOWN_KIND] = 0;
    char *text = print(summary);
    cr_expect_str_eq(
        text, "Period 2025-12: the run found what stands, nothing was changed: 1,234,715\n"
              "  members, 98,765,432 points, 5,000 events read.\n"
              "  Mode: full.\n"
              "  checksum  0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
              "\n"
              "  Anomalies of 2025-12: none.\n");
    free(text);
    summary.carried = true;
    text = print(summary);
    cr_expect_str_eq(
        text, "Period 2025-12: the levels were carried forward from the month before; now 123\n"
              "  up, 14 down, 2 by the programme, 123 grants (100 new, 100 lapsed, 4 revoked, 5\n"
              "  kept though no longer deserved).\n");
    free(text);
}

Test(summary, nothing_to_grant_and_no_anomalies)
{
    RunSummary summary = filled();
    summary.grants = summary.new_grants = summary.lapsed = summary.revoked = 0;
    summary.overgranted = 0;
    summary.late_events = -1;
    memset(summary.month_fates, 0, sizeof summary.month_fates);
    char *text = print(summary);
    cr_expect_not_null(strstr(text, "\n  Coupons: none to grant.\n"));
    cr_expect_not_null(strstr(text, "\n  Anomalies of 2025-12: none.\n"));
    cr_expect_null(strstr(text, "recorded since"));
    free(text);
}

Test(summary, the_largest_numbers_still_print)
{
    RunSummary summary = filled();
    summary.members = summary.points = INT64_MAX;
    char *text = print(summary);
    cr_expect_not_null(strstr(text, "9,223,372,036,854,775,807"));
    free(text);
}
