#include "programme/plain.h"

#include "programme/calendar.h"

/* So that a month's points of one kind cannot leave int64. */
enum { PLAIN_POINTS_MAX = 1000000 };

static bool in_campaign(const RuleSet *rules, uint8_t slot, Period month)
{
    int64_t from_us = (int64_t)period_first_day(month) * US_PER_DAY;
    int64_t until_us = (int64_t)period_first_day(month + 1) * US_PER_DAY;
    for (size_t i = 0; i < rules->campaign_count; i++) {
        const Campaign *campaign = &rules->campaigns[i];
        if (((campaign->kinds >> slot) & 1) != 0 && campaign->from_local_us < until_us &&
            campaign->until_local_us > from_us) {
            return true;
        }
    }
    return false;
}

/* Whether all that bounds the kind bounds it alone, and over the whole month. */
static bool has_plain_caps(const RuleSet *rules, uint8_t slot)
{
    KindSet alone = UINT64_C(1) << slot;
    for (size_t i = 0; i < rules->cap_count; i++) {
        const Cap *cap = &rules->caps[i];
        if ((cap->kinds & alone) != 0 && (cap->per_day || cap->kinds != alone)) {
            return false;
        }
    }
    return true;
}

/* A fraud of any later month may void what a month's events earned before it. */
static bool frauds_void_members(const Programme *programme)
{
    for (size_t i = 0; i < programme->ruleset_count; i++) {
        if (programme->rulesets[i].fraud_voids_member) {
            return true;
        }
    }
    return false;
}

PlainRules plain_rules(const Programme *programme, Period month)
{
    PlainRules plain = {.rules = rules_in_force(programme, month)};
    if (plain.rules == NULL || frauds_void_members(programme)) {
        return plain;
    }
    for (size_t i = SLOT_FIRST_OTHER; i < programme->kind_count; i++) {
        uint8_t slot = (uint8_t)i;
        const KindRule *kind = &plain.rules->kinds[slot];
        if (kind->in_force && !kind->recorded && kind->points <= PLAIN_POINTS_MAX &&
            has_plain_caps(plain.rules, slot) && !in_campaign(plain.rules, slot, month)) {
            plain.kinds |= UINT64_C(1) << slot;
        }
    }
    return plain;
}

/* The tightest of the kind's caps. */
static int64_t least_cap(const RuleSet *rules, uint8_t slot)
{
    int64_t least = NO_LIMIT;
    for (size_t i = 0; i < rules->cap_count; i++) {
        const Cap *cap = &rules->caps[i];
        if (((cap->kinds >> slot) & 1) != 0 && cap->max_points < least) {
            least = cap->max_points;
        }
    }
    return least;
}

PlainEarned plain_earn(const RuleSet *rules, uint8_t slot, const PlainCount *count)
{
    const KindRule *kind = &rules->kinds[slot];
    int64_t earning =
        kind->once_per_day ? (int64_t)__builtin_popcount(count->days) : (int64_t)count->eligible;
    PlainEarned earned = {
        .points = earning * kind->points,
        .earning = earning,
        .ineligible = (int64_t)count->events - earning,
    };
    int64_t most = least_cap(rules, slot);
    if (earned.points > most) {
        /* The first events stay whole, one may be cut in part, the others earn nothing. */
        int64_t left = most / kind->points + (most % kind->points > 0 ? 1 : 0);
        earned.points = most;
        earned.earning = left;
        earned.capped = earning - left;
    }
    return earned;
}
