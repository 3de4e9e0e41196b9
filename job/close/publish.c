#include "close/publish.h"

#include "base/arena.h"
#include "close/publish_details.h"
#include "close/standings_write.h"

#include <stdlib.h>
#include <string.h>

GrantTerms publish_terms(const PeriodResult *result, LocalDay today)
{
    const CouponRules *coupons = &result->rules->coupons;
    LocalDay until = period_next_month_day(result->period, coupons->issue_until_day);
    return (GrantTerms){
        .issue_from = period_next_month_day(result->period, coupons->issue_from_day),
        .issue_until = until,
        .expires_on = until + coupons->valid_days,
        .lapsed = today > until,
    };
}

/* The tally's anomalies as rows for the ledger. */
typedef struct AnomalyTable {
    AnomalyCount counts[ANOMALY_REASONS];
    AnomalyRow *rows;
    size_t row_count;
    char (*details)[ANOMALY_DETAIL_BYTES];
} AnomalyTable;

static const char *kind_name(const Programme *programme, uint8_t slot)
{
    return slot < programme->kind_count ? programme->kinds[slot] : "event";
}

static AnomalyTable anomaly_table(const Programme *programme, const Tally *tally)
{
    const size_t samples_max = (size_t)ANOMALY_REASONS * ANOMALY_SAMPLES_MAX;
    AnomalyTable table = {0};
    table.rows = memory_alloc(samples_max, sizeof *table.rows);
    table.details = memory_alloc(samples_max, sizeof *table.details);
    for (size_t reason = 0; reason < ANOMALY_REASONS; reason++) {
        Fate fate = (Fate)(FATE_FIRST_ANOMALY + reason);
        table.counts[reason] =
            (AnomalyCount){fate_name(fate), tally->month_fates[fate], tally->window_fates[fate]};
        const SampleList *samples = &tally->samples[reason];
        for (size_t i = 0; i < samples->count; i++) {
            const AnomalySample *sample = &samples->items[i];
            table.rows[table.row_count] = (AnomalyRow){
                .reason = fate_name(fate),
                .member_id = sample->member_id,
                .event_id = sample->event_id,
                .occurred_at_us = sample->occurred_at_us,
                .detail = anomaly_detail(fate, sample, kind_name(programme, sample->slot),
                                         table.details[table.row_count]),
                .has_member = sample->has_member,
            };
            table.row_count++;
        }
    }
    return table;
}

static void anomaly_table_free(AnomalyTable *table)
{
    free(table->rows);
    free(table->details);
}

/* The rules' levels for the ledger. */
static void standing_levels(const RuleSet *rules, StandingLevel levels[LEVELS_MAX])
{
    for (size_t rank = 0; rank < rules->level_count; rank++) {
        const Level *level = &rules->levels[rank];
        levels[rank] = (StandingLevel){level->name, level->min_points, level->benefits_json};
    }
}

/* What only the database can compare: benefits as JSON, and the stored samples. */
static bool compare_stored(const Publication *publication, PeriodDifference *difference,
                           Error *reterr)
{
    const Session *session = publication->session;
    const RuleSet *rules = publication->result->rules;
    int64_t run_id = publication->standing->run_id;
    StandingLevel levels[LEVELS_MAX];
    standing_levels(rules, levels);
    bool same_benefits = false;
    bool same_anomalies = false;
    AnomalyTable table = anomaly_table(session->job->programme, publication->result->tally);
    bool compared = standing_benefits_equal(session->leader, run_id, levels, rules->level_count,
                                            &same_benefits, reterr) &&
                    anomalies_equal(session->leader, run_id, table.counts, ANOMALY_REASONS,
                                    table.rows, table.row_count, &same_anomalies, reterr);
    anomaly_table_free(&table);
    difference->benefits = !same_benefits;
    difference->anomalies = !same_anomalies;
    return compared;
}

bool publish_compare(Publication *publication, PeriodDifference *ret_difference, Error *reterr)
{
    PeriodDifference difference;
    difference_find(publication->result, publication->standing, publication->session->today,
                    &difference);
    if (publication->reading != NULL && publication->standing->closed &&
        !compare_stored(publication, &difference, reterr)) {
        difference_destroy(&difference);
        return false;
    }
    *ret_difference = difference;
    return true;
}

/* Where another period follows, its events are read while the standings are still being written. */
static Progress *progress_of_standings(const Publication *publication)
{
    return publication->followed ? NULL : publication->session->job->progress;
}

static bool start_standings(const Publication *publication, Error *reterr)
{
    const PeriodResult *result = publication->result;
    StandingLevel levels[LEVELS_MAX];
    standing_levels(result->rules, levels);
    return standing_write_levels(publication->session->leader, publication->run_id, levels,
                                 result->rules->level_count, reterr) &&
           standings_write_start(publication->session, publication->run_id, result,
                                 progress_of_standings(publication), reterr);
}

static bool write_anomalies(const Publication *publication, const char *period, Error *reterr)
{
    AnomalyTable table =
        anomaly_table(publication->session->job->programme, publication->result->tally);
    bool written =
        anomalies_write(publication->session->leader, period, publication->run_id, table.counts,
                        ANOMALY_REASONS, table.rows, table.row_count, reterr);
    anomaly_table_free(&table);
    return written;
}

static bool write_grants(const Publication *publication, const char *period, Error *reterr)
{
    const PeriodDifference *difference = publication->difference;
    Connection *leader = publication->session->leader;
    GrantTerms terms = publish_terms(publication->result, publication->session->today);
    int64_t run_id = publication->run_id;
    const IdList *revoked = &difference->grants_revoked;
    const IdList *overgranted = &difference->grants_overgranted;
    const IdList *deserved = &difference->grants_deserved;
    return grants_mark(leader, period, run_id, GRANT_REVOKED, revoked->ids, revoked->count,
                       reterr) &&
           grants_mark(leader, period, run_id, GRANT_OVERGRANTED, overgranted->ids,
                       overgranted->count, reterr) &&
           grants_mark(leader, period, run_id, GRANT_DESERVED, deserved->ids, deserved->count,
                       reterr) &&
           grants_add(leader, period, run_id, &terms, difference->grants_new,
                      difference->grants_new_count, reterr);
}

static bool write_difference(const Publication *publication, const char *period, Error *reterr)
{
    const PeriodResult *result = publication->result;
    const PeriodDifference *difference = publication->difference;
    const Standing *standing = publication->standing;
    Connection *leader = publication->session->leader;
    bool carried = publication->reading == NULL;
    if (!carried &&
        (!start_standings(publication, reterr) || !write_anomalies(publication, period, reterr))) {
        return false;
    }
    if (!carried && standing->closed &&
        !restatements_write(leader, period, publication->run_id, standing->run_id,
                            difference->restated, difference->restated_count, reterr)) {
        return false;
    }
    int32_t effective_day = publication->session->job->programme->effective_day;
    return changes_replace(leader, period, publication->run_id,
                           period_next_month_day(result->period, effective_day),
                           difference->changes_gone.ids, difference->changes_gone.count,
                           difference->changes_new, difference->changes_new_count, reterr) &&
           write_grants(publication, period, reterr);
}

static int64_t fates_sum(const int64_t fates[FATE_COUNT], Fate first)
{
    int64_t sum = 0;
    for (size_t fate = first; fate < FATE_COUNT; fate++) {
        sum += fates[fate];
    }
    return sum;
}

static RunFigures figures(const PeriodResult *result, const PeriodDifference *difference)
{
    RunFigures figures = {
        .members = (int64_t)result->standing_count,
        .points = result->points,
        .events = -1, /* carried: not read */
        .events_earning = -1,
        .events_refund = -1,
        .events_capped = -1,
        .events_ineligible = -1,
        .events_anomalous = -1,
        .anomalies = -1,
        .upgrades = result->upgrades,
        .downgrades = result->downgrades,
        .program_changes = result->program_changes,
        .grants = (int64_t)result->grant_count,
        .revoked = (int64_t)difference->grants_revoked.count,
        .overgranted = difference->overgranted,
    };
    const Tally *tally = result->tally;
    if (tally != NULL) {
        figures.events = tally->events;
        figures.events_earning = tally->window_fates[FATE_EARNING];
        figures.events_refund = tally->window_fates[FATE_REFUND];
        figures.events_capped = tally->window_fates[FATE_CAPPED];
        figures.events_ineligible = tally->window_fates[FATE_INELIGIBLE];
        figures.events_anomalous = fates_sum(tally->window_fates, FATE_FIRST_ANOMALY);
        figures.anomalies = fates_sum(tally->month_fates, FATE_FIRST_ANOMALY);
    }
    return figures;
}

bool publish_period(const Publication *publication, Error *reterr)
{
    const Session *session = publication->session;
    const Programme *programme = session->job->programme;
    const Reading *reading = publication->reading;
    char period[PERIOD_TEXT_BYTES];
    char digest[SHA256_HEX_BYTES] = "";
    (void)period_format(publication->result->period, period);
    bool changed = !publication->standing->closed || difference_any(publication->difference);
    if (reading != NULL) {
        /* Who had events and was not known may be by the next run. */
        bool strangers = publication->result->tally->month_fates[FATE_UNKNOWN_MEMBER] > 0;
        reading_members_digest(reading, publication->result->period, strangers, digest);
    }
    const RunResult run = {
        .run_id = publication->run_id,
        .period = period,
        .changed = changed,
        .standings_written = changed && reading != NULL,
        .carried = reading == NULL,
        .figures = figures(publication->result, publication->difference),
        .result_checksum = publication->result->checksum,
        .members_digest = reading == NULL ? NULL : digest,
        .month_rules = publication->month_rules,
        .month_orders = publication->month_orders,
        .mode = publication->mode,
        .snapshot_visible = reading == NULL ? NULL : reading->snapshot.visible,
        .system_identifier = reading == NULL ? "" : reading->snapshot.system_identifier,
        .snapshot_taken_at_us = reading == NULL ? 0 : reading->snapshot.taken_at_us,
        .late_events = publication->late_events,
    };
    Progress *progress = session->job->progress;
    progress_begin(progress, "write results", "members",
                   (int64_t)publication->result->standing_count);
    bool written =
        !changed || (write_difference(publication, period, reterr) &&
                     (publication->followed || standings_write_wait(publication->session, reterr)));
    if (!written) {
        return false;
    }
    if (!run.standings_written || progress_of_standings(publication) == NULL) {
        progress_add(progress, (int64_t)publication->result->standing_count);
    }
    progress_end(progress);
    return (reading == NULL || publish_details(session->leader, programme, publication->run_id,
                                               publication->result, reterr)) &&
           runs_publish(session->leader, &run, reterr) &&
           runs_publish_program(session->leader, programme->name, programme->timezone,
                                programme->currency, programme->effective_day, reterr);
}
