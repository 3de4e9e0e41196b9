#include "close/difference.h"

#include "base/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void standing_destroy(Standing *standing)
{
    standing_set_destroy(&standing->set);
    free(standing->changes);
    free(standing->grants);
    *standing = (Standing){0};
}

static void add_id(IdList *list, int64_t id)
{
    list->ids = array_grow(list->ids, &list->capacity, list->count + 1, sizeof *list->ids);
    list->ids[list->count++] = id;
}

/* -1, 0 or 1: which side of a merge comes next; an ended side comes after everything. */
static int merge_order(bool left_ended, int64_t left, bool right_ended, int64_t right)
{
    if (left_ended || right_ended) {
        return left_ended ? 1 : -1;
    }
    return left < right ? -1 : left > right;
}

static void find_standings(const PeriodResult *result, const Standing *standing,
                           PeriodDifference *difference)
{
    size_t capacity = 0;
    size_t n = 0;
    size_t o = 0;
    const StandingSet *old = &standing->set;
    while (n < result->standing_count || o < old->row_count) {
        const StandingRow *now = n < result->standing_count ? &result->standings[n] : NULL;
        const StandingRow *before = o < old->row_count ? &old->rows[o] : NULL;
        int order = merge_order(now == NULL, now == NULL ? 0 : now->member_id, before == NULL,
                                before == NULL ? 0 : before->member_id);
        RestatementRow row = {0};
        if (order <= 0) {
            assert(now != NULL);
            row.member_id = now->member_id;
            row.points_after = now->points;
            row.level_after = result->rules->levels[now->level_rank].name;
            row.expiring_after = now->expiring_points;
            n++;
        }
        if (order >= 0) {
            assert(before != NULL);
            row.member_id = before->member_id;
            row.points_before = before->points;
            row.level_before = old->levels[before->level_rank].name;
            row.expiring_before = before->expiring_points;
            o++;
        }
        bool same = order == 0 && now->points == before->points &&
                    now->expiring_points == before->expiring_points &&
                    strcmp(row.level_before, row.level_after) == 0;
        if (!same) {
            difference->restated =
                array_grow(difference->restated, &capacity, difference->restated_count + 1,
                           sizeof *difference->restated);
            difference->restated[difference->restated_count++] = row;
        }
    }
}

/* Whether the levels that stand are the rules' by name and threshold. */
static bool same_levels(const RuleSet *rules, const StandingSet *set)
{
    bool same = rules->level_count == set->level_count;
    for (size_t rank = 0; same && rank < set->level_count; rank++) {
        same = rules->levels[rank].min_points == set->levels[rank].min_points &&
               strcmp(rules->levels[rank].name, set->levels[rank].name) == 0;
    }
    return same;
}

static bool same_change(const ChangeRow *a, const ChangeRow *b)
{
    return a->points == b->points && strcmp(a->from_level, b->from_level) == 0 &&
           strcmp(a->to_level, b->to_level) == 0 && strcmp(a->direction, b->direction) == 0;
}

static void find_changes(const PeriodResult *result, const Standing *standing,
                         PeriodDifference *difference)
{
    size_t capacity = 0;
    size_t n = 0;
    size_t o = 0;
    while (n < result->change_count || o < standing->change_count) {
        bool new_ended = n == result->change_count;
        bool old_ended = o == standing->change_count;
        int order = merge_order(new_ended, new_ended ? 0 : result->changes[n].member_id, old_ended,
                                old_ended ? 0 : standing->changes[o].member_id);
        if (order == 0 && same_change(&result->changes[n], &standing->changes[o])) {
            n++;
            o++;
            continue;
        }
        if (order <= 0) {
            difference->changes_new =
                array_grow(difference->changes_new, &capacity, difference->changes_new_count + 1,
                           sizeof *difference->changes_new);
            difference->changes_new[difference->changes_new_count++] = result->changes[n++];
        }
        if (order >= 0) {
            add_id(&difference->changes_gone, standing->changes[o++].member_id);
        }
    }
}

static void find_grants(const PeriodResult *result, const Standing *standing, LocalDay today,
                        PeriodDifference *difference)
{
    size_t capacity = 0;
    size_t n = 0;
    size_t o = 0;
    while (n < result->grant_count || o < standing->grant_count) {
        int order = n == result->grant_count ? 1
                    : o == standing->grant_count
                        ? -1
                        : grant_compare(&result->grants[n], &standing->grants[o]);
        if (order < 0) {
            difference->grants_new =
                array_grow(difference->grants_new, &capacity, difference->grants_new_count + 1,
                           sizeof *difference->grants_new);
            difference->grants_new[difference->grants_new_count++] = result->grants[n++];
            continue;
        }
        const GrantRow *stands = &standing->grants[o++];
        if (order == 0) {
            n++;
            if (stands->overgranted) {
                add_id(&difference->grants_deserved, stands->grant_id);
            }
        } else if (stands->overgranted) {
            difference->overgranted++;
        } else if (today < stands->issue_from) {
            add_id(&difference->grants_revoked, stands->grant_id);
        } else {
            add_id(&difference->grants_overgranted, stands->grant_id);
            difference->overgranted++;
        }
    }
}

void difference_find(const PeriodResult *result, const Standing *standing, LocalDay today,
                     PeriodDifference *ret_difference)
{
    PeriodDifference difference = {0};
    difference.levels = standing->closed && !same_levels(result->rules, &standing->set);
    find_standings(result, standing, &difference);
    find_changes(result, standing, &difference);
    find_grants(result, standing, today, &difference);
    *ret_difference = difference;
}

bool difference_any(const PeriodDifference *difference)
{
    return difference->levels || difference->benefits || difference->anomalies ||
           difference->restated_count > 0 || difference->changes_gone.count > 0 ||
           difference->changes_new_count > 0 || difference->grants_new_count > 0 ||
           difference->grants_revoked.count > 0 || difference->grants_overgranted.count > 0 ||
           difference->grants_deserved.count > 0;
}

void difference_destroy(PeriodDifference *difference)
{
    free(difference->restated);
    free(difference->changes_gone.ids);
    free(difference->changes_new);
    free(difference->grants_new);
    free(difference->grants_revoked.ids);
    free(difference->grants_overgranted.ids);
    free(difference->grants_deserved.ids);
    *difference = (PeriodDifference){0};
}
