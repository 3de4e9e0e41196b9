#include "programme/month_rules.h"

#include "base/sha256.h"
#include "programme/calendar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void add_text(Sha256 *hash, const char *text)
{
    sha256_add(hash, text, strlen(text) + 1); /* with its zero byte: a separator */
}

static void add_number(Sha256 *hash, int64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, value);
    add_text(hash, text);
}

/* A set by its names in alphabetical order: slots depend on what else the file names. */
static void add_kinds(Sha256 *hash, const Programme *programme, KindSet kinds)
{
    const char *last = "";
    for (;;) {
        const char *next = NULL;
        for (size_t slot = 0; slot < programme->kind_count; slot++) {
            const char *name = programme->kinds[slot];
            if (((kinds >> slot) & 1) != 0 && strcmp(name, last) > 0 &&
                (next == NULL || strcmp(name, next) < 0)) {
                next = name;
            }
        }
        if (next == NULL) {
            break;
        }
        add_text(hash, next);
        last = next;
    }
    add_text(hash, "");
}

/* The kinds that can earn or take in a month. */
static KindSet kinds_in_force(const Programme *programme, const RuleSet *rules)
{
    KindSet kinds = (KindSet)1 << SLOT_REFUND | (KindSet)1 << SLOT_FRAUD;
    if (rules->purchase.in_force) {
        kinds |= (KindSet)1 << SLOT_PURCHASE;
    }
    for (size_t slot = SLOT_FIRST_OTHER; slot < programme->kind_count; slot++) {
        if (rules->kinds[slot].in_force) {
            kinds |= (KindSet)1 << slot;
        }
    }
    return kinds;
}

static void add_kind_rules(Sha256 *hash, const Programme *programme, const KindMap *map,
                           const RuleSet *rules)
{
    KindSet kinds = kinds_in_force(programme, rules);
    add_kinds(hash, programme, kinds);
    for (uint32_t number = 0; number < KIND_NUMBERS; number++) {
        uint8_t slot = map->slots[number];
        if (slot == SLOT_UNKNOWN || ((kinds >> slot) & 1) == 0) {
            continue;
        }
        const KindRule *kind = &rules->kinds[slot];
        add_number(hash, number);
        add_text(hash, programme->kinds[slot]);
        if (slot >= SLOT_FIRST_OTHER) {
            add_number(hash, kind->recorded);
            add_number(hash, kind->once_per_day);
            add_number(hash, kind->points);
            add_number(hash, kind->has_minimum);
            add_number(hash, kind->min_amount_cents);
        }
    }
}

static void add_campaigns(Sha256 *hash, const Programme *programme, const RuleSet *rules,
                          Period month)
{
    int64_t from_us = (int64_t)period_first_day(month) * US_PER_DAY;
    int64_t until_us = (int64_t)period_first_day(month + 1) * US_PER_DAY;
    for (size_t i = 0; i < rules->campaign_count; i++) {
        const Campaign *campaign = &rules->campaigns[i];
        if (campaign->from_local_us < until_us && campaign->until_local_us > from_us) {
            add_number(hash, campaign->from_local_us);
            add_number(hash, campaign->until_local_us);
            add_number(hash, campaign->multiply_hundredths);
            add_kinds(hash, programme, campaign->kinds);
        }
    }
}

void month_rules_digest(const Programme *programme, const KindMap *kinds, Period month,
                        char digest[MONTH_RULES_BYTES])
{
    Sha256 *hash = sha256_begin();
    add_text(hash, "month rules 1"); /* another number when the rules come to mean something else */
    add_text(hash, programme->timezone);
    add_text(hash, programme->source_events); /* other events, other points */
    const RuleSet *rules = rules_in_force(programme, month);
    if (rules != NULL) {
        const PurchaseRule *purchase = &rules->purchase;
        const int64_t numbers[] = {
            purchase->in_force,
            purchase->points_per_order,
            purchase->points_per_unit_hundredths,
            purchase->min_amount_cents,
            purchase->max_per_order,
            purchase->bonus_points,
            purchase->bonus_max_per_day,
            rules->refund_voids_order,
            rules->fraud_voids_member,
        };
        for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
            add_number(hash, numbers[i]);
        }
        add_kind_rules(hash, programme, kinds, rules);
        for (size_t i = 0; i < rules->cap_count; i++) {
            add_number(hash, rules->caps[i].per_day);
            add_number(hash, rules->caps[i].max_points);
            add_kinds(hash, programme, rules->caps[i].kinds);
        }
        add_text(hash, "campaigns");
        add_campaigns(hash, programme, rules, month);
    }
    char hex[SHA256_HEX_BYTES];
    sha256_finish(hash, hex);
    (void)snprintf(digest, MONTH_RULES_BYTES, "%.16s", hex);
}
