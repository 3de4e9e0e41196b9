/*
 * libFuzzer: any bytes give a programme that keeps its promises, or an error that names the file.
 */
#include "../require.h"
#include "config/load.h"

#include <jansson.h>

static void check_levels(const RuleSet *rules)
{
    require(rules->level_count >= 1 && rules->level_count <= LEVELS_MAX);
    require(rules->levels[0].min_points == 0);
    for (size_t i = 0; i < rules->level_count; i++) {
        require(i == 0 || rules->levels[i].min_points > rules->levels[i - 1].min_points);
        require(rules_level_rank(rules, rules->levels[i].name) == (int32_t)i);
        json_t *json = json_loads(rules->levels[i].benefits_json, JSON_REJECT_DUPLICATES, NULL);
        /* jansson itself refuses numbers beyond its types; those are only looked at as text. */
        require(json == NULL || json_is_object(json));
        json_decref(json);
    }
}

static void check_caps(const RuleSet *rules)
{
    require(rules->cap_count <= CAPS_MAX);
    for (size_t i = 0; i < rules->cap_count; i++) {
        require(rules->caps[i].kinds != 0 && rules->caps[i].max_points >= 0);
        for (size_t j = 0; j < i; j++) {
            KindSet common = rules->caps[i].kinds & rules->caps[j].kinds;
            require(common == 0 || common == rules->caps[i].kinds ||
                    common == rules->caps[j].kinds);
            require(rules->caps[j].per_day || !rules->caps[i].per_day);
        }
    }
}

static void check_rules(const RuleSet *rules)
{
    check_levels(rules);
    check_caps(rules);
    for (size_t i = 0; i < rules->campaign_count; i++) {
        const Campaign *campaign = &rules->campaigns[i];
        require(campaign->from_local_us < campaign->until_local_us);
        require(campaign->kinds != 0 && campaign->multiply_hundredths > 0);
    }
    for (size_t i = 0; i < rules->coupons.coupon_count; i++) {
        const Coupon *coupon = &rules->coupons.coupons[i];
        require(coupon->level_rank > 0 && (size_t)coupon->level_rank < rules->level_count);
        require(coupon->value_cents >= 0 && coupon->min_spend_cents >= 0);
        require(i == 0 || coupon->level_rank >= rules->coupons.coupons[i - 1].level_rank);
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static const Programme untouched;
    Arena arena = {0};
    Error error = {0};
    const Programme *programme = &untouched;
    if (config_load_text(&arena, "fuzz.yaml", (const char *)data, size, &programme, &error)) {
        require(programme->ruleset_count >= 1 && programme->ruleset_count <= RULESETS_MAX);
        require(programme->kind_count >= SLOT_FIRST_OTHER && programme->kind_count <= SLOTS_MAX);
        for (size_t i = 0; i < programme->ruleset_count; i++) {
            require(i == 0 || programme->rulesets[i].from > programme->rulesets[i - 1].from);
            check_rules(&programme->rulesets[i]);
        }
    } else {
        require(programme == &untouched && error.code == EXIT_CONFIG);
        require(strncmp(error.message, "fuzz.yaml:", strlen("fuzz.yaml:")) == 0);
        require(error.hint[0] != '\0' && strchr(error.message, '\n') == NULL);
    }
    arena_destroy(&arena);
    return 0;
}
