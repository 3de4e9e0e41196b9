/*
 * verify: a full recomputation against what stands (contract 9). Reads only, under no lock: the
 * results in one snapshot, the events in another.
 */
#include "close/period_run.h"

#include "base/arena.h"

#include <inttypes.h>
#include <string.h>

/* Keeps the first differences for people; counts all. */
static void report(VerifyResult *result, int64_t member_id, const char *what, const char *stands,
                   const char *computed)
{
    result->differences++;
    if (result->shown_count < DIFFERENCES_SHOWN_MAX) {
        result->shown[result->shown_count++] = (Difference){member_id, what, stands, computed};
    }
}

static const char *standing_text(Arena *arena, const char *level, int64_t points, int64_t expiring)
{
    return level == NULL ? "none"
                         : arena_printf(arena, "%s, %" PRId64 " points, %" PRId64 " expiring",
                                        level, points, expiring);
}

static const char *change_text(Arena *arena, const ChangeRow *change)
{
    return arena_printf(arena, "%s to %s, %s, %" PRId64 " points", change->from_level,
                        change->to_level, change->direction, change->points);
}

static const ChangeRow *find_change(const ChangeRow *rows, size_t count, int64_t member_id)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rows[middle].member_id < member_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && rows[low].member_id == member_id ? &rows[low] : NULL;
}

static void report_changes(Session *session, const PeriodResult *computed, const Standing *standing,
                           const PeriodDifference *difference, VerifyResult *result)
{
    for (size_t i = 0; i < difference->changes_gone.count; i++) {
        int64_t member_id = difference->changes_gone.ids[i];
        const ChangeRow *stands = find_change(standing->changes, standing->change_count, member_id);
        const ChangeRow *now = find_change(computed->changes, computed->change_count, member_id);
        report(result, member_id, "level change", change_text(&session->arena, stands),
               now == NULL ? "none" : change_text(&session->arena, now));
    }
    for (size_t i = 0; i < difference->changes_new_count; i++) {
        const ChangeRow *now = &difference->changes_new[i];
        /* One that replaces another is already told. */
        if (find_change(standing->changes, standing->change_count, now->member_id) == NULL) {
            report(result, now->member_id, "level change", "none",
                   change_text(&session->arena, now));
        }
    }
}

/* A grant that is no longer deserved and marked as overgranted is no difference: it is kept on
 * purpose. */
static void report_grants(Session *session, const Standing *standing,
                          const PeriodDifference *difference, VerifyResult *result)
{
    for (size_t i = 0; i < difference->grants_new_count; i++) {
        const GrantRow *grant = &difference->grants_new[i];
        report(result, grant->member_id, "grant", "none",
               arena_printf(&session->arena, "%s for %s", grant->coupon, grant->level));
    }
    const IdList *undeserved[] = {&difference->grants_revoked, &difference->grants_overgranted};
    for (size_t list = 0; list < 2; list++) {
        for (size_t i = 0; i < undeserved[list]->count; i++) {
            for (size_t g = 0; g < standing->grant_count; g++) {
                const GrantRow *grant = &standing->grants[g];
                if (grant->grant_id == undeserved[list]->ids[i]) {
                    report(result, grant->member_id, "grant",
                           arena_printf(&session->arena, "%s for %s", grant->coupon, grant->level),
                           "none");
                }
            }
        }
    }
}

static void compare(Session *session, const PeriodResult *computed, const Standing *standing,
                    VerifyResult *result)
{
    PeriodDifference difference;
    difference_find(computed, standing, session->today, &difference);
    if (difference.levels) {
        result->other_levels = true;
        result->differences++;
    }
    for (size_t i = 0; i < difference.restated_count; i++) {
        const RestatementRow *row = &difference.restated[i];
        report(result, row->member_id, "standing",
               standing_text(&session->arena, row->level_before, row->points_before,
                             row->expiring_before),
               standing_text(&session->arena, row->level_after, row->points_after,
                             row->expiring_after));
    }
    report_changes(session, computed, standing, &difference, result);
    report_grants(session, standing, &difference, result);
    result->summary = period_run_summary(session, computed, &difference);
    result->summary.action = "verify";
    result->summary.mode = "full";
    difference_destroy(&difference);
}

static bool compute(Session *session, Reading *reading, Period period, const Standing *standing,
                    PeriodResult *ret_result, Error *reterr)
{
    PeriodResult result = {0};
    StandingSet before_set;
    LevelsBefore before;
    if (!compute_period(reading, period, 0, NULL, &result, reterr)) {
        return false;
    }
    bool done = session_levels_before(session, period, &before_set, &before, reterr);
    if (done) {
        result_changes(&result, &before);
        standing_set_destroy(&before_set);
        done = session_finish_result(session, &result, standing, reterr);
    }
    if (!done) {
        result_destroy(&result);
        return false;
    }
    *ret_result = result;
    return true;
}

static bool verify(Session *session, Period period, VerifyResult *result, Error *reterr)
{
    const ClosedPeriod *closed = session_closed(session, period);
    Reading reading;
    Standing standing;
    PeriodResult computed;
    if (!reading_begin(session, period, period, &reading, reterr)) {
        return false;
    }
    bool done = reading_late_events(&reading, closed, period, &result->late_events, reterr) &&
                session_standing(session, period, &standing, reterr);
    if (done) {
        done = compute(session, &reading, period, &standing, &computed, reterr);
        if (done) {
            result->standing_run_id = standing.run_id;
            compare(session, &computed, &standing, result);
            result_destroy(&computed);
        }
        standing_destroy(&standing);
    }
    reading_end(&reading);
    return done;
}

bool job_verify(const Job *job, Period period,
                void (*on_result)(void *context, const VerifyResult *result), bool *ret_equal,
                Error *reterr)
{
    Session session;
    VerifyResult result = {0};
    if (!session_open(job, false, &session, reterr)) {
        return false;
    }
    bool done = plan_check_closed(period, session.range, reterr) &&
                verify(&session, period, &result, reterr);
    if (done) {
        on_result(job->context, &result);
        *ret_equal = result.differences == 0;
    }
    session_close(&session);
    return done;
}
