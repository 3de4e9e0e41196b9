#include "report/summary.h"

#include "base/format.h"

#include <inttypes.h>
#include <string.h>

enum { NUMBER_WIDTH = 16, LABEL_WIDTH = 44, LEVEL_WIDTH = 17, COUPON_WIDTH = 24 };

/* "closed", "settled", "restated", "backfilled" */
static const char *done_word(const char *action)
{
    static const char *const words[][2] = {{"close", "closed"},
                                           {"settle", "settled"},
                                           {"restate", "restated"},
                                           {"backfill", "backfilled"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i][0], action) == 0) {
            return words[i][1];
        }
    }
    return action;
}

static void print_number(FILE *out, const char *label, int64_t value)
{
    (void)fputs("  ", out);
    format_cell(out, label, LABEL_WIDTH);
    (void)fprintf(out, "%*s\n", NUMBER_WIDTH, format_count(value, FORMAT_TEXT));
}

/* "Mode: full, read in full: the rules of 2025-03 have changed." */
static void print_mode(FILE *out, const RunSummary *summary, size_t indent)
{
    char text[512];
    (void)snprintf(text, sizeof text, "Mode: %s%s%.400s.", summary->mode,
                   summary->why_full == NULL ? "" : ", read in full: ",
                   summary->why_full == NULL ? "" : summary->why_full);
    (void)fprintf(out, "%*s", (int)indent, "");
    format_paragraph(out, text, indent, 2);
}

static void print_head(FILE *out, const RunSummary *summary, const char *period)
{
    char effective[DAY_TEXT_BYTES];
    (void)day_format(summary->effective_on, effective);
    if (summary->open_month) {
        (void)fprintf(out,
                      "Period %s has not ended: this is how it stands now. Nothing is written.\n",
                      period);
    } else if (summary->dry_run) {
        (void)fprintf(out, "Period %s, dry run: would be %s. Nothing is written.\n", period,
                      done_word(summary->action));
    } else {
        (void)fprintf(out, "Period %s %s by run %" PRId64 ".\n", period, done_word(summary->action),
                      summary->run_id);
    }
    (void)fprintf(out, "Its level changes take effect on %s.\n", effective);
    print_mode(out, summary, 0);
}

static void print_totals(FILE *out, const RunSummary *summary)
{
    (void)fputc('\n', out);
    print_number(out, "members with a standing", summary->members);
    print_number(out, "sum of their points", summary->points);
    if (summary->late_events > 0) {
        print_number(out, "events recorded since the run before", summary->late_events);
    }
    (void)fprintf(out, "  %-*s%*s\n", LABEL_WIDTH, "time taken", NUMBER_WIDTH,
                  format_duration(summary->seconds, FORMAT_TEXT));
}

/* An incremental run has read the events of its own month only, so there is no window to show. */
static bool knows_window(const RunSummary *summary)
{
    return strcmp(summary->mode, "incremental") != 0;
}

static void print_fates(FILE *out, const RunSummary *summary, const char *label, int64_t month,
                        int64_t window)
{
    (void)fprintf(out, "  %-*s%*s", LABEL_WIDTH, label, NUMBER_WIDTH,
                  format_count(month, FORMAT_TEXT));
    if (knows_window(summary)) {
        (void)fprintf(out, "%*s", NUMBER_WIDTH, format_count(window, FORMAT_TEXT));
    }
    (void)fputc('\n', out);
}

static void print_events(FILE *out, const RunSummary *summary, const char *period)
{
    static const char *const labels[] = {
        [FATE_EARNING] = "earning",
        [FATE_REFUND] = "refunds and frauds",
        [FATE_CAPPED] = "capped to nothing",
        [FATE_INELIGIBLE] = "not eligible",
    };
    (void)fprintf(out, "\n  %-*s%*s%s\n", LABEL_WIDTH, "Events", NUMBER_WIDTH, period,
                  knows_window(summary) ? "    whole window" : "");
    int64_t month = 0;
    int64_t month_anomalies = 0;
    int64_t window_anomalies = 0;
    for (int fate = 0; fate < FATE_COUNT; fate++) {
        month += summary->month_fates[fate];
        if (fate < FATE_FIRST_ANOMALY) {
            print_fates(out, summary, labels[fate], summary->month_fates[fate],
                        summary->window_fates[fate]);
        } else {
            month_anomalies += summary->month_fates[fate];
            window_anomalies += summary->window_fates[fate];
        }
    }
    print_fates(out, summary, "anomalies", month_anomalies, window_anomalies);
    print_fates(out, summary, "all", month, summary->events);
}

/* "  up       Silver            -> Gold                        120" */
static void print_flow(FILE *out, const LevelFlow *flow)
{
    (void)fprintf(out, "  %-9s", direction_name(flow->direction));
    format_cell(out, flow->from == NULL ? "(new member)" : flow->from, LEVEL_WIDTH);
    (void)fputs(" -> ", out);
    format_cell(out, flow->to, LEVEL_WIDTH);
    (void)fprintf(out, "%*s\n", LABEL_WIDTH + NUMBER_WIDTH - 9 - LEVEL_WIDTH - 4 - LEVEL_WIDTH,
                  format_count(flow->members, FORMAT_TEXT));
}

static void print_changes(FILE *out, const RunSummary *summary)
{
    (void)fprintf(out, "\n  %-*s%*s\n", LABEL_WIDTH, "Level changes", NUMBER_WIDTH, "members");
    int64_t changes = summary->upgrades + summary->downgrades + summary->program_changes;
    for (size_t i = 0; i < summary->flow_count; i++) {
        if (summary->flows[i].direction != DIRECTION_NONE && summary->flows[i].members > 0) {
            print_flow(out, &summary->flows[i]);
        }
    }
    print_number(out, "up", summary->upgrades);
    print_number(out, "down", summary->downgrades);
    if (summary->program_changes > 0) {
        print_number(out, "program (the rules' levels changed)", summary->program_changes);
    }
    print_number(out, "no change", summary->members - changes);
}

/* The members at a level after the period; 0 for one that another flow has shown before. */
static int64_t members_at(const RunSummary *summary, size_t index)
{
    int64_t members = 0;
    for (size_t i = 0; i < summary->flow_count; i++) {
        if (strcmp(summary->flows[i].to, summary->flows[index].to) == 0) {
            if (i < index) {
                return 0;
            }
            members += summary->flows[i].members;
        }
    }
    return members;
}

static void print_levels(FILE *out, const RunSummary *summary)
{
    (void)fprintf(out, "\n  %-*s%*s\n", LABEL_WIDTH, "Levels after it", NUMBER_WIDTH, "members");
    for (size_t i = 0; i < summary->flow_count; i++) {
        int64_t members = members_at(summary, i);
        if (members > 0) {
            print_number(out, summary->flows[i].to, members);
        }
    }
}

static void print_coupons(FILE *out, const RunSummary *summary)
{
    char from[DAY_TEXT_BYTES];
    char until[DAY_TEXT_BYTES];
    char expires[DAY_TEXT_BYTES];
    if (summary->grants == 0 && summary->revoked == 0 && summary->overgranted == 0) {
        (void)fputs("\n  Coupons: none to grant.\n", out);
        return;
    }
    (void)fprintf(out, "\n  Coupons, issued %s to %s, lapsed after %s\n",
                  day_format(summary->issue_from, from), day_format(summary->issue_until, until),
                  day_format(summary->expires_on, expires));
    for (size_t i = 0; i < summary->coupon_count; i++) {
        const CouponCount *coupon = &summary->coupons[i];
        (void)fputs("  ", out);
        format_cell(out, coupon->code, COUPON_WIDTH);
        (void)fputs(" for ", out);
        format_cell(out, coupon->level, LEVEL_WIDTH);
        (void)fprintf(out, "%*s\n", LABEL_WIDTH + NUMBER_WIDTH - COUPON_WIDTH - 5 - LEVEL_WIDTH,
                      format_count(coupon->grants, FORMAT_TEXT));
    }
    print_number(out, "grants", summary->grants);
    print_number(out, "of them new", summary->new_grants);
    if (summary->lapsed > 0) {
        print_number(out, "of the new ones lapsed: too late", summary->lapsed);
    }
    if (summary->revoked > 0) {
        print_number(out, "revoked", summary->revoked);
    }
    if (summary->overgranted > 0) {
        print_number(out, "kept though no longer deserved", summary->overgranted);
    }
}

static void print_anomalies(FILE *out, const RunSummary *summary, const char *period)
{
    int64_t anomalies = 0;
    for (int fate = FATE_FIRST_ANOMALY; fate < FATE_COUNT; fate++) {
        anomalies += summary->month_fates[fate];
    }
    if (anomalies == 0) {
        (void)fprintf(out, "\n  Anomalies of %s: none.\n", period);
        return;
    }
    (void)fprintf(out, "\n  Anomalies of %s: events that could not earn\n", period);
    for (int fate = FATE_FIRST_ANOMALY; fate < FATE_COUNT; fate++) {
        if (summary->month_fates[fate] > 0) {
            print_number(out, fate_name((Fate)fate), summary->month_fates[fate]);
        }
    }
    if (!summary->dry_run) {
        (void)fprintf(out, "  Samples: select * from tierclose.anomalies where period = '%s'\n",
                      period);
    }
}

static void print_next(FILE *out, const RunSummary *summary, const char *period)
{
    if (summary->result_checksum[0] != '\0') {
        (void)fprintf(out, "\n  checksum  %s\n", summary->result_checksum);
    }
    (void)fputc('\n', out);
    (void)fprintf(out,
                  "Why a member is where it is:\n"
                  "  tierclose explain --member ID --period %s\n",
                  period);
    if (summary->dry_run) {
        (void)fputs("This was a dry run: nothing was written.\n", out);
        return;
    }
    (void)fprintf(out, "Who changed: select * from tierclose.level_changes where period = '%s'\n",
                  period);
}

static void print_unchanged(FILE *out, const RunSummary *summary, const char *period)
{
    char text[512];
    (void)snprintf(text, sizeof text,
                   "Period %s: %s found what stands, nothing %s: %s members, %s points, %s events "
                   "read.",
                   period, summary->dry_run ? "a dry run" : "the run",
                   summary->dry_run ? "would change" : "was changed",
                   format_count(summary->members, FORMAT_TEXT),
                   format_count(summary->points, FORMAT_TEXT),
                   format_count(summary->events, FORMAT_TEXT));
    format_paragraph(out, text, 0, 2);
    print_mode(out, summary, 2);
    if (summary->result_checksum[0] != '\0') {
        (void)fprintf(out, "  checksum  %s\n", summary->result_checksum);
    }
}

static void print_carried(FILE *out, const RunSummary *summary, const char *period)
{
    char text[1024];
    (void)snprintf(
        text, sizeof text,
        "Period %s: %s from the month before; now %s up, %s down, %s by the programme, %s grants "
        "(%s new, %s lapsed, %s revoked, %s kept though no longer deserved).%s",
        period,
        summary->dry_run ? "the levels would be carried forward"
                         : "the levels were carried forward",
        format_count(summary->upgrades, FORMAT_TEXT),
        format_count(summary->downgrades, FORMAT_TEXT),
        format_count(summary->program_changes, FORMAT_TEXT),
        format_count(summary->grants, FORMAT_TEXT), format_count(summary->new_grants, FORMAT_TEXT),
        format_count(summary->lapsed, FORMAT_TEXT), format_count(summary->revoked, FORMAT_TEXT),
        format_count(summary->overgranted, FORMAT_TEXT),
        summary->dry_run ? " Nothing was written." : "");
    format_paragraph(out, text, 0, 2);
}

void summary_print(FILE *out, const RunSummary *summary)
{
    char period[PERIOD_TEXT_BYTES];
    (void)period_format(summary->period, period);
    if (summary->carried) {
        print_carried(out, summary, period);
        return;
    }
    if (!summary->changed) {
        print_unchanged(out, summary, period);
        print_anomalies(out, summary, period);
        return;
    }
    print_head(out, summary, period);
    print_totals(out, summary);
    print_events(out, summary, period);
    print_changes(out, summary);
    print_levels(out, summary);
    print_coupons(out, summary);
    print_anomalies(out, summary, period);
    print_next(out, summary, period);
}
