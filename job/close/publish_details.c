/* What a run has counted, as rows for the ledger (ledger/run_details.h). */
#include "close/publish_details.h"

#include "ledger/run_details.h"
#include "programme/rules.h"

enum { FATES_MAX = FATE_COUNT * TALLY_KINDS };

static const char *kind_name(const Programme *programme, size_t kind)
{
    return kind < programme->kind_count ? programme->kinds[kind] : "-";
}

/* The window's months, where their sums are known. */
static size_t month_rows(const PeriodResult *result, char names[][PERIOD_TEXT_BYTES],
                         RunMonth *rows)
{
    size_t count = result->month_sums_known ? result->month_count : 0;
    for (size_t i = 0; i < count; i++) {
        Period month = result->period - (Period)(result->month_count - 1 - i);
        rows[i] = (RunMonth){period_format(month, names[i]), result->month_sums[i]};
    }
    return count;
}

/* Also those that earned nothing: so a month without points is not taken for one that was not
 * counted. */
static size_t source_rows(const Programme *programme, const Tally *tally, RunSource *rows)
{
    size_t count = 0;
    for (size_t slot = 0; slot < programme->kind_count && !tally->sources_overflow; slot++) {
        if (slot != SLOT_REFUND && slot != SLOT_FRAUD) {
            rows[count++] = (RunSource){programme->kinds[slot], tally->sources[slot]};
        }
    }
    return count;
}

static size_t fate_rows(const Programme *programme, const Tally *tally, RunFate *rows)
{
    size_t count = 0;
    for (size_t fate = 0; fate < FATE_COUNT; fate++) {
        for (size_t kind = 0; kind < TALLY_KINDS; kind++) {
            if (tally->kind_fates[fate][kind] > 0) {
                rows[count++] = (RunFate){kind_name(programme, kind), fate_name((Fate)fate),
                                          tally->kind_fates[fate][kind]};
            }
        }
    }
    return count;
}

bool publish_details(Connection *connection, const Programme *programme, int64_t run_id,
                     const PeriodResult *result, Error *reterr)
{
    char names[WINDOW_MONTHS_MAX][PERIOD_TEXT_BYTES];
    char period[PERIOD_TEXT_BYTES];
    char first[PERIOD_TEXT_BYTES];
    RunMonth months[WINDOW_MONTHS_MAX];
    RunSource sources[SLOTS_MAX];
    RunFate fates[FATES_MAX];
    const RunDetails details = {
        .run_id = run_id,
        .period = period_format(result->period, period),
        .first_month = period_format(window_first(result->period, programme->window_months), first),
        .months = months,
        .month_count = month_rows(result, names, months),
        .sources = sources,
        .source_count = source_rows(programme, result->tally, sources),
        .fates = fates,
        .fate_count = fate_rows(programme, result->tally, fates),
    };
    return run_details_write(connection, &details, reterr);
}
