#include "close/period_run.h"

#include "base/arena.h"
#include "close/standings_write.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

bool period_run_start(Session *session, Period period, const char *action, int64_t *ret_run_id,
                      Error *reterr)
{
    if (session->job->dry_run) {
        *ret_run_id = 0;
        return true;
    }
    const Programme *programme = session->job->programme;
    char text[PERIOD_TEXT_BYTES];
    const RunStart start = {
        .period = period_format(period, text),
        .action = action,
        .mode = "full",
        .config_sha256 = programme->sha256,
        .config_file = programme->file,
        .config_text = programme->text,
        .acted_on = session->today,
        .effective_on = period_next_month_day(period, programme->effective_day),
        .timezone = programme->timezone,
        .program = programme->name,
        .currency = programme->currency,
        .workers = session->workers,
    };
    return runs_start(session->leader, &start, ret_run_id, reterr);
}

/* Grants by coupon, in the order of the rules; the codes are theirs, so pointers tell them apart.
 */
static size_t count_coupons(Arena *arena, const PeriodResult *result,
                            const CouponCount **ret_coupons)
{
    const RuleSet *rules = result->rules;
    CouponCount *coupons = arena_alloc(arena, rules->coupons.coupon_count, sizeof *coupons);
    size_t count = 0;
    for (size_t c = 0; c < rules->coupons.coupon_count; c++) {
        const Coupon *coupon = &rules->coupons.coupons[c];
        int64_t grants = 0;
        for (size_t i = 0; i < result->grant_count; i++) {
            grants += result->grants[i].coupon == coupon->code;
        }
        if (grants > 0) {
            coupons[count++] =
                (CouponCount){rules->levels[coupon->level_rank].name, coupon->code, grants};
        }
    }
    *ret_coupons = coupons;
    return count;
}

/* The flows outlive the standings before, whose names they use. */
static const LevelFlow *copy_flows(Arena *arena, const PeriodResult *result)
{
    LevelFlow *flows = arena_alloc(arena, result->flow_count + 1, sizeof *flows);
    for (size_t i = 0; i < result->flow_count; i++) {
        flows[i] = result->flows[i];
        flows[i].from = flows[i].from == NULL ? NULL : arena_strdup(arena, flows[i].from);
        flows[i].to = arena_strdup(arena, flows[i].to);
    }
    return flows;
}

RunSummary period_run_summary(Session *session, const PeriodResult *result,
                              const PeriodDifference *difference)
{
    GrantTerms terms = publish_terms(result, session->today);
    RunSummary summary = {
        .period = result->period,
        .dry_run = session->job->dry_run,
        .open_month = result->period > plan_newest_due(session->today),
        .effective_on =
            period_next_month_day(result->period, session->job->programme->effective_day),
        .issue_from = terms.issue_from,
        .issue_until = terms.issue_until,
        .expires_on = terms.expires_on,
        .late_events = -1,
        .members = (int64_t)result->standing_count,
        .points = result->points,
        .upgrades = result->upgrades,
        .downgrades = result->downgrades,
        .program_changes = result->program_changes,
        .grants = (int64_t)result->grant_count,
        .new_grants = (int64_t)difference->grants_new_count,
        .lapsed = terms.lapsed ? (int64_t)difference->grants_new_count : 0,
        .revoked = (int64_t)difference->grants_revoked.count,
        .overgranted = difference->overgranted,
        .flows = copy_flows(&session->arena, result),
        .flow_count = result->flow_count,
    };
    if (result->tally != NULL) {
        summary.events = result->tally->events;
        memcpy(summary.window_fates, result->tally->window_fates, sizeof summary.window_fates);
        memcpy(summary.month_fates, result->tally->month_fates, sizeof summary.month_fates);
    }
    memcpy(summary.result_checksum, result->checksum, sizeof summary.result_checksum);
    summary.coupon_count = count_coupons(&session->arena, result, &summary.coupons);
    return summary;
}

/* Compares, writes unless it is a dry run, and tells the caller. */
static bool finish(PeriodRun *run, const PeriodResult *result, const Standing *standing,
                   double started, bool *ret_changed, Error *reterr)
{
    Session *session = run->session;
    PeriodDifference difference;
    Publication publication = {
        .session = session,
        .run_id = run->run_id,
        .result = result,
        .standing = standing,
        .reading = run->reading,
        .mode = run->mode,
        .late_events = run->late_events,
        .followed = run->followed,
    };
    if (run->reading != NULL && result->months_kept) {
        publication.month_orders =
            order_ranges_text(&session->arena, result->orders, result->month_count);
        publication.month_rules = incremental_month_rules(&session->arena, session->job->programme,
                                                          run->reading->kinds, run->period);
    }
    if (!publish_compare(&publication, &difference, reterr)) {
        return false;
    }
    if (run->reading == NULL) {
        difference.levels = false; /* the standings stay as they are, and so do their levels */
    }
    publication.difference = &difference;
    bool changed = !standing->closed || difference_any(&difference);
    bool carried = run->reading == NULL;
    bool done = true;
    if (carried && changed && !session->job->dry_run) {
        done = period_run_start(session, run->period, run->action, &run->run_id, reterr);
        publication.run_id = run->run_id;
    }
    if (done && !session->job->dry_run && (changed || !carried)) {
        done = publish_period(&publication, reterr);
    }
    if (done && (changed || !carried)) {
        RunSummary summary = period_run_summary(session, result, &difference);
        summary.run_id = run->run_id;
        summary.action = run->action;
        summary.mode = run->mode;
        summary.why_full = run->why_full;
        summary.changed = changed;
        summary.carried = carried;
        summary.late_events = run->late_events;
        summary.seconds = seconds_now() - started;
        session_add_summary(session, &summary);
    }
    difference_destroy(&difference);
    *ret_changed = changed;
    return done;
}

/* The period before, of the same reading, as a base: nothing was recorded since. It stays the
 * caller's. */
static IncrementalBase base_of_previous(const Session *session, const PeriodResult *previous)
{
    int32_t window_months = session->job->programme->window_months;
    IncrementalBase base = {
        .usable = true,
        .set = {.rows = previous->standings,
                .row_count = previous->standing_count,
                .months = previous->months},
        .first = window_first(previous->period, window_months),
        .month_count = (size_t)window_months,
    };
    memcpy(base.orders, previous->orders, sizeof base.orders);
    return base;
}

/* NOLINTNEXTLINE(misc-no-recursion): once, without a base */
static bool compute_from(PeriodRun *run, IncrementalBase *base, PeriodResult *ret_result,
                         Error *reterr)
{
    PeriodResult result;
    if (!compute_period(run->reading, run->period, run->run_id, base, &result, reterr)) {
        return false;
    }
    if (base != NULL && !result.months_kept) {
        result_destroy(&result);
        run->why_full = "a member's month has too many points to be kept";
        return compute_from(run, NULL, ret_result, reterr);
    }
    run->mode = base == NULL ? "full" : "incremental";
    *ret_result = result;
    return true;
}

/* The changes against the period before, as it was published; `base` may be just that. */
static bool change_since_published(PeriodRun *run, const IncrementalBase *base,
                                   PeriodResult *result, Error *reterr)
{
    Session *session = run->session;
    if (base->usable && base->period == run->period - 1) {
        const LevelsBefore before = session_levels_before_of_set(session, &base->set);
        result_changes(result, &before);
        return true;
    }
    StandingSet set;
    LevelsBefore before;
    if (!session_levels_before(session, run->period, &set, &before, reterr)) {
        return false;
    }
    result_changes(result, &before);
    standing_set_destroy(&set);
    return true;
}

/* From the period before, which this same command has computed. */
static bool compute_next(PeriodRun *run, PeriodResult *ret_result, Error *reterr)
{
    const PeriodResult *previous = run->previous;
    IncrementalBase base = base_of_previous(run->session, previous);
    bool incremental = previous->months_kept && !run->session->job->full;
    if (!compute_from(run, incremental ? &base : NULL, ret_result, reterr)) {
        return false;
    }
    const LevelsBefore before = levels_before_of_result(previous);
    result_changes(ret_result, &before);
    return true;
}

/* Incrementally where that is wanted and possible, else in full. */
static bool compute(PeriodRun *run, PeriodResult *ret_result, Error *reterr)
{
    if (run->previous != NULL) {
        return compute_next(run, ret_result, reterr);
    }
    IncrementalBase base = {0};
    if (run->may_be_incremental &&
        !incremental_base_find(run->session, run->reading, run->period, &base, reterr)) {
        return false;
    }
    run->why_full = base.why_not;
    PeriodResult result;
    bool done = compute_from(run, base.usable ? &base : NULL, &result, reterr);
    if (done && !change_since_published(run, &base, &result, reterr)) {
        result_destroy(&result);
        done = false;
    }
    incremental_base_destroy(&base);
    if (done) {
        *ret_result = result;
    }
    return done;
}

bool period_run(PeriodRun *run, PeriodResult *ret_result, bool *ret_changed, Error *reterr)
{
    Session *session = run->session;
    double started = seconds_now();
    PeriodResult result;
    if (!compute(run, &result, reterr)) {
        return false;
    }
    Standing standing;
    bool changed = false;
    if (!session_standing(session, run->period, &standing, reterr)) {
        result_destroy(&result);
        return false;
    }
    bool done = session_finish_result(session, &result, &standing, reterr) &&
                finish(run, &result, &standing, started, &changed, reterr);
    standing_destroy(&standing);
    if (!done) {
        Error ignored;
        bool written = standings_write_wait(session, &ignored); /* it reads the result */
        (void)written;
        result_destroy(&result);
        return false;
    }
    *ret_result = result;
    *ret_changed = changed;
    return true;
}

/* The standings that stand, as a result under the rules now in force. */
static bool result_of_standing(Session *session, Period period, const Standing *standing,
                               PeriodResult *ret_result, Error *reterr)
{
    char text[PERIOD_TEXT_BYTES];
    const RuleSet *rules = rules_in_force(session->job->programme, period);
    bool same = rules != NULL && rules->level_count == standing->set.level_count;
    for (size_t rank = 0; same && rank < rules->level_count; rank++) {
        same = strcmp(rules->levels[rank].name, standing->set.levels[rank].name) == 0;
    }
    if (!same) {
        return error_set(reterr, EXIT_CONFIG,
                         "run `tierclose backfill` from this period to the last closed one.",
                         "%s was closed under other levels than the configuration has now",
                         period_format(period, text));
    }
    PeriodResult result = {.period = period, .rules = rules};
    result.standing_count = standing->set.row_count;
    result.standings = memory_alloc(result.standing_count + 1, sizeof *result.standings);
    memcpy(result.standings, standing->set.rows, result.standing_count * sizeof *result.standings);
    *ret_result = result;
    return true;
}

static bool carry_one(Session *session, Period period, const LevelsBefore *before,
                      const char *action, PeriodResult *ret_result, bool *ret_changed,
                      Error *reterr)
{
    double started = seconds_now();
    PeriodRun run = {
        .session = session,
        .period = period,
        .action = action,
        .late_events = -1,
        .mode = "full",
    };
    Standing standing;
    PeriodResult result = {0};
    if (!session_standing(session, period, &standing, reterr)) {
        return false;
    }
    bool done = result_of_standing(session, period, &standing, &result, reterr);
    if (done) {
        result_changes(&result, before);
        done = session_finish_result(session, &result, &standing, reterr) &&
               finish(&run, &result, &standing, started, ret_changed, reterr);
    }
    standing_destroy(&standing);
    if (!done) {
        result_destroy(&result);
        return false;
    }
    *ret_result = result;
    return true;
}

bool period_run_carry(Session *session, const PeriodResult *result, const char *action,
                      Error *reterr)
{
    PeriodResult held = {0};
    const PeriodResult *previous = result;
    bool done = true;
    /* A level depends on the level before only through the change; but a coupon once in a life may
     * move far. */
    for (Period period = result->period + 1;
         done && session->range.any && period <= session->range.last; period++) {
        LevelsBefore before = levels_before_of_result(previous);
        PeriodResult next;
        bool changed = false;
        done = carry_one(session, period, &before, action, &next, &changed, reterr);
        if (done) {
            result_destroy(&held);
            held = next;
            previous = &held;
            if (!changed && !held.rules->coupons.once_per_level) {
                break;
            }
        }
    }
    result_destroy(&held);
    return done;
}
