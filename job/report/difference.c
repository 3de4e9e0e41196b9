#include "report/difference.h"

#include "base/format.h"
#include "ledger/events.h"

#include <inttypes.h>

static void print_late(FILE *out, const VerifyResult *result, const char *period)
{
    if (result->late_events < 0) {
        (void)fputs("  Whether events were recorded late cannot be told: the source has neither\n"
                    "  recorded_xid nor recorded_at, or the period may have been computed on "
                    "another server.\n",
                    out);
        return;
    }
    if (result->late_events == 0) {
        (void)fprintf(out,
                      "  No event was found that was recorded late, so late events do not explain\n"
                      "  this. Events without recorded_xid can hide one: committed more than %d\n"
                      "  hours after its recorded_at.\n",
                      (int)LATE_MARGIN_HOURS);
        return;
    }
    (void)fprintf(out, "  %s event%s recorded since: a restatement would take %s in.\n",
                  format_count(result->late_events, FORMAT_TEXT),
                  result->late_events == 1 ? " was" : "s were",
                  result->late_events == 1 ? "it" : "them");
    (void)fprintf(out, "  Look first: tierclose restate --period %s --dry-run\n", period);
}

void difference_print(FILE *out, const VerifyResult *result)
{
    char period[PERIOD_TEXT_BYTES];
    (void)period_format(result->summary.period, period);
    (void)fprintf(
        out, "Period %s: run %" PRId64 " stands; computed anew from %s event%s of %s member%s.\n",
        period, result->standing_run_id, format_count(result->summary.events, FORMAT_TEXT),
        format_plural(result->summary.events), format_count(result->summary.members, FORMAT_TEXT),
        format_plural(result->summary.members));
    if (result->differences == 0) {
        (void)fputs("  All equal: standings, level changes and grants.\n", out);
        (void)fprintf(out, "  checksum  %s\n", result->summary.result_checksum);
        return;
    }
    (void)fprintf(out, "  %s difference%s.\n", format_count(result->differences, FORMAT_TEXT),
                  format_plural(result->differences));
    if (result->other_levels) {
        (void)fputs("  the levels\n"
                    "    names or thresholds in the configuration are not those that stand\n",
                    out);
    }
    for (size_t i = 0; i < result->shown_count; i++) {
        const Difference *difference = &result->shown[i];
        (void)fprintf(out, "  member %" PRId64 ", %s\n", difference->member_id, difference->what);
        (void)fputs("    stands    ", out);
        format_paragraph(out, difference->stands, 14, 14);
        (void)fputs("    computed  ", out);
        format_paragraph(out, difference->computed, 14, 14);
    }
    int64_t shown = (int64_t)result->shown_count + (result->other_levels ? 1 : 0);
    if (result->differences > shown) {
        (void)fprintf(out, "  and %s more\n",
                      format_count(result->differences - shown, FORMAT_TEXT));
    }
    print_late(out, result, period);
    if (result->shown_count > 0) {
        (void)fprintf(out,
                      "  Why a member has what it has:\n"
                      "    tierclose explain --member %" PRId64 " --period %s\n",
                      result->shown[0].member_id, period);
    }
}
