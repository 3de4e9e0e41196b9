#include "report/programme_print.h"

#include "base/format.h"
#include "programme/calendar.h"

#include <string.h>

enum { NAME_WIDTH = 18, SENTENCE_BYTES = 1024 };

/* "    visit             1 point, once a day" */
static void print_item(FILE *out, const char *name, const char *text)
{
    (void)fputs("    ", out);
    format_cell(out, name, NAME_WIDTH);
    format_paragraph(out, text, 4 + NAME_WIDTH, 4 + NAME_WIDTH);
}

static void print_levels(FILE *out, const RuleSet *rules)
{
    (void)fputs("  Levels\n", out);
    for (size_t i = 0; i < rules->level_count; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "from %s point%s",
                       format_count(rules->levels[i].min_points, FORMAT_TEXT),
                       format_plural(rules->levels[i].min_points));
        print_item(out, rules->levels[i].name, text);
    }
}

static void print_purchase(FILE *out, const PurchaseRule *purchase, const char *currency)
{
    char per_order[64] = "";
    char per_unit[128] = "";
    char minimum[64] = "";
    char maximum[64] = "";
    char text[SENTENCE_BYTES];
    if (purchase->points_per_order > 0) {
        (void)snprintf(per_order, sizeof per_order, "%s point%s an order",
                       format_count(purchase->points_per_order, FORMAT_TEXT),
                       format_plural(purchase->points_per_order));
    }
    if (purchase->points_per_unit_hundredths > 0) {
        (void)snprintf(per_unit, sizeof per_unit, "%s%s point%s each %.20s paid, whole points only",
                       per_order[0] == '\0' ? "" : " and ",
                       format_factor(purchase->points_per_unit_hundredths, FORMAT_TEXT),
                       purchase->points_per_unit_hundredths == MULTIPLIER_ONE ? "" : "s", currency);
    }
    if (purchase->min_amount_cents > 0) {
        (void)snprintf(minimum, sizeof minimum, ", from %s",
                       format_cents(purchase->min_amount_cents, FORMAT_TEXT));
    }
    if (purchase->max_per_order != NO_LIMIT) {
        (void)snprintf(maximum, sizeof maximum, ", at most %s points an order",
                       format_count(purchase->max_per_order, FORMAT_TEXT));
    }
    (void)snprintf(text, sizeof text, "%s%s%s%s", per_order, per_unit, minimum, maximum);
    print_item(out, "purchase", text);
    if (purchase->bonus_points > 0) {
        (void)snprintf(text, sizeof text,
                       "%s point%s for each category of a day beyond the first, at most %s a day",
                       format_count(purchase->bonus_points, FORMAT_TEXT),
                       format_plural(purchase->bonus_points),
                       purchase->bonus_max_per_day == NO_LIMIT
                           ? "any number"
                           : format_count(purchase->bonus_max_per_day, FORMAT_TEXT));
        print_item(out, "category_bonus", text);
    }
}

static void print_kind(FILE *out, const char *name, const KindRule *kind)
{
    char points[64];
    char minimum[64] = "";
    char text[SENTENCE_BYTES];
    (void)snprintf(points, sizeof points, "%s point%s", format_count(kind->points, FORMAT_TEXT),
                   format_plural(kind->points));
    if (kind->has_minimum) {
        (void)snprintf(minimum, sizeof minimum, ", for an amount from %s",
                       format_cents(kind->min_amount_cents, FORMAT_TEXT));
    }
    (void)snprintf(text, sizeof text, "%s%s%s",
                   kind->recorded ? "the points recorded in the event" : points, minimum,
                   kind->once_per_day ? ", once a day" : "");
    print_item(out, name, text);
}

static void print_earning(FILE *out, const Programme *programme, const RuleSet *rules)
{
    (void)fputs("  Earning\n", out);
    if (rules->purchase.in_force) {
        print_purchase(out, &rules->purchase, programme->currency);
    }
    for (size_t slot = SLOT_FIRST_OTHER; slot < programme->kind_count; slot++) {
        if (rules->kinds[slot].in_force) {
            print_kind(out, programme->kinds[slot], &rules->kinds[slot]);
        }
    }
    (void)fputs("    Every other kind is an anomaly (unknown_kind).\n", out);
    (void)fprintf(out, "  A refund %s.\n",
                  rules->refund_voids_order ? "voids its order whole"
                                            : "takes its amount off its order");
    (void)fprintf(out, "  A fraud voids its order%s.\n",
                  rules->fraud_voids_member ? " and all the member earned until then" : "");
}

static void print_caps(FILE *out, const RuleSet *rules)
{
    if (rules->cap_count == 0) {
        (void)fputs("  No caps.\n", out);
        return;
    }
    (void)fputs("  Caps, in the order in which they bite\n", out);
    for (size_t i = 0; i < rules->cap_count; i++) {
        (void)fputs("    ", out);
        format_paragraph(out, rules->caps[i].text, 4, 6);
    }
}

/* "2025-11-11 00:00" */
static void format_local(int64_t local_us, char text[DAY_TEXT_BYTES + sizeof " 00:00:00"])
{
    char day[DAY_TEXT_BYTES];
    int64_t second = (local_us - (int64_t)calendar_day(local_us) * US_PER_DAY) / 1000000;
    (void)snprintf(text, DAY_TEXT_BYTES + sizeof " 00:00:00", "%s %02d:%02d",
                   day_format(calendar_day(local_us), day), (int)(second / 3600 % 24),
                   (int)(second / 60 % 60));
}

static void print_campaigns(FILE *out, const Programme *programme, const RuleSet *rules)
{
    if (rules->campaign_count > 0) {
        (void)fputs("  Campaigns, local times\n", out);
    }
    for (size_t i = 0; i < rules->campaign_count; i++) {
        const Campaign *campaign = &rules->campaigns[i];
        char from[DAY_TEXT_BYTES + sizeof " 00:00:00"];
        char until[DAY_TEXT_BYTES + sizeof " 00:00:00"];
        char text[SENTENCE_BYTES];
        format_local(campaign->from_local_us, from);
        format_local(campaign->until_local_us, until);
        size_t used = (size_t)snprintf(text, sizeof text, "%s to before %s: x %s for", from, until,
                                       format_factor(campaign->multiply_hundredths, FORMAT_TEXT));
        for (size_t slot = 0; slot < programme->kind_count && used < sizeof text; slot++) {
            if (((campaign->kinds >> slot) & 1) != 0) {
                used += (size_t)snprintf(text + used, sizeof text - used, " %s",
                                         programme->kinds[slot]);
            }
        }
        print_item(out, campaign->name, text);
    }
}

static void print_coupons(FILE *out, const RuleSet *rules)
{
    const CouponRules *coupons = &rules->coupons;
    if (coupons->coupon_count == 0) {
        (void)fputs("  No coupons.\n", out);
        return;
    }
    char text[SENTENCE_BYTES];
    (void)snprintf(
        text, sizeof text,
        "Coupons, issued from day %d to day %d of the month after, valid %d day%s; for %s, "
        "%s",
        (int)coupons->issue_from_day, (int)coupons->issue_until_day, (int)coupons->valid_days,
        format_plural(coupons->valid_days),
        coupons->each_level ? "each level passed" : "the level reached",
        coupons->once_per_level ? "once in a member's life" : "at every advance");
    (void)fputs("  ", out);
    format_paragraph(out, text, 2, 4);
    for (size_t i = 0; i < coupons->coupon_count; i++) {
        const Coupon *coupon = &coupons->coupons[i];
        (void)snprintf(text, sizeof text, "%s: %s off an order of %s", coupon->code,
                       format_cents(coupon->value_cents, FORMAT_TEXT),
                       format_cents(coupon->min_spend_cents, FORMAT_TEXT));
        print_item(out, rules->levels[coupon->level_rank].name, text);
    }
}

void programme_print(FILE *out, const Programme *programme)
{
    char text[SENTENCE_BYTES];
    (void)snprintf(text, sizeof text, "Programme %.200s, from %.500s", programme->name,
                   programme->file);
    format_paragraph(out, text, 0, 2);
    (void)fprintf(out, "  time zone %s, amounts in %s\n", programme->timezone, programme->currency);
    (void)fprintf(out, "  levels count the last %d months and take effect on day %d of the next\n",
                  (int)programme->window_months, (int)programme->effective_day);
    (void)fprintf(out, "  what is recorded late is %s\n",
                  programme->settle ? "taken in until the day before (settle: true)"
                                    : "left to restate (settle: false)");
    (void)fprintf(out, "  sha256 %s\n", programme->sha256);
    for (size_t i = 0; i < programme->ruleset_count; i++) {
        const RuleSet *rules = &programme->rulesets[i];
        char month[PERIOD_TEXT_BYTES];
        (void)fprintf(out, "\nRules from %s on\n", period_format(rules->from, month));
        print_levels(out, rules);
        print_earning(out, programme, rules);
        print_caps(out, rules);
        print_campaigns(out, programme, rules);
        print_coupons(out, rules);
    }
}
