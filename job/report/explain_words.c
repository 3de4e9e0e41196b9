#include "report/explain_words.h"

#include "base/format.h"

#include <inttypes.h>

/* "1 point", "1,501 points" */
static const char *points_text(Arena *arena, int64_t points)
{
    return arena_printf(arena, "%s point%s", format_count(points, FORMAT_TEXT),
                        points == 1 || points == -1 ? "" : "s");
}

/* What campaign and caps made of it: ", campaign 11.11: x 2 = 238 points, visit: ...: none left".
 */
static const char *after_text(Arena *arena, const Earned *line, int64_t multiplied, int64_t max)
{
    const char *campaign = "";
    const char *max_text = "";
    const char *cap = "";
    if (line->campaign != NULL) {
        campaign = arena_printf(arena, ", campaign %s: x %s = %s", line->campaign->name,
                                format_factor(line->campaign->multiply_hundredths, FORMAT_TEXT),
                                points_text(arena, multiplied));
    }
    if (line->order_capped) {
        max_text = arena_printf(arena, ", order at most %s", format_count(max, FORMAT_TEXT));
    }
    if (line->cap != NULL) {
        cap = line->points == 0 ? arena_printf(arena, ", %s: none left", line->cap->text)
                                : arena_printf(arena, ", %s: %s left", line->cap->text,
                                               format_count(line->points, FORMAT_TEXT));
    }
    return arena_printf(arena, "%s%s%s", campaign, max_text, cap);
}

/* base x the campaign's multiplier, floored: as the fold did before max_per_order. */
static int64_t multiply(const Earned *line, int64_t base)
{
    if (line->campaign == NULL) {
        return base;
    }
    __int128 product = (__int128)base * line->campaign->multiply_hundredths;
    __int128 floored = product / MULTIPLIER_ONE;
    return (int64_t)(product % MULTIPLIER_ONE < 0 ? floored - 1 : floored);
}

/* A credit that earns nothing: what of it is left, and what it would have needed. */
static const char *credit_nothing(Arena *arena, const RuleSet *rules, const Earned *line,
                                  const Event *event)
{
    int64_t left = line->amount_cents - line->taken_cents;
    const char *minimum = format_cents(rules->purchase.min_amount_cents, FORMAT_TEXT);
    if (event->ineligible == INELIGIBLE_VOIDED) {
        return arena_printf(arena, "order %" PRId64 ": voided by a fraud", event->order_id);
    }
    if (line->taken_cents > 0 && left == 0) {
        return arena_printf(arena, "order %" PRId64 ": %s taken back, nothing left",
                            event->order_id, format_cents(line->taken_cents, FORMAT_TEXT));
    }
    if (line->taken_cents > 0) {
        return arena_printf(arena, "order %" PRId64 ": %s left, below %s, %s refunded",
                            event->order_id, format_cents(left, FORMAT_TEXT), minimum,
                            format_cents(line->taken_cents, FORMAT_TEXT));
    }
    if (left == 0) {
        return arena_printf(arena, "order %" PRId64 ": nothing paid, the amount is 0.00",
                            event->order_id);
    }
    return arena_printf(arena, "order %" PRId64 ": %s, below %s", event->order_id,
                        format_cents(left, FORMAT_TEXT), minimum);
}

const char *words_credit(Arena *arena, const RuleSet *rules, const Earned *line, const Event *event)
{
    if (!line->eligible) {
        return credit_nothing(arena, rules, line, event);
    }
    const PurchaseRule *purchase = &rules->purchase;
    int64_t left = line->amount_cents - line->taken_cents;
    int64_t unit = purchase->points_per_unit_hundredths;
    int64_t base = (int64_t)((__int128)left * unit / 10000) + purchase->points_per_order;
    const char *formula = "";
    if (unit == 0) {
        formula = arena_printf(arena, "%s an order", points_text(arena, base));
    } else {
        const char *factor = unit == MULTIPLIER_ONE
                                 ? ""
                                 : arena_printf(arena, " x %s", format_factor(unit, FORMAT_TEXT));
        const char *fixed =
            purchase->points_per_order == 0
                ? ""
                : arena_printf(arena, "%s + ",
                               format_count(purchase->points_per_order, FORMAT_TEXT));
        formula = arena_printf(arena, "%sfloor(%s%s) = %s", fixed, format_cents(left, FORMAT_TEXT),
                               factor, points_text(arena, base));
    }
    const char *shipments =
        line->event_count > 1 ? arena_printf(arena, " in %zu shipments", line->event_count) : "";
    const char *refunded =
        line->taken_cents > 0
            ? arena_printf(arena, ", %s refunded", format_cents(line->taken_cents, FORMAT_TEXT))
            : "";
    return arena_printf(arena, "order %" PRId64 "%s: %s%s%s", event->order_id, shipments, formula,
                        after_text(arena, line, multiply(line, base), purchase->max_per_order),
                        refunded);
}

const char *words_part(Arena *arena, const Event *event)
{
    return arena_printf(arena, "part of order %" PRId64, event->order_id);
}

const char *words_bonus(Arena *arena, const RuleSet *rules, const Earned *line)
{
    int64_t each = rules->purchase.bonus_points;
    size_t categories = line->event_index;
    int64_t points = ((int64_t)categories - 1) * each;
    const char *max =
        line->order_capped
            ? arena_printf(arena, ", at most %s a day",
                           format_count(rules->purchase.bonus_max_per_day, FORMAT_TEXT))
            : "";
    Earned bare = *line;
    bare.order_capped = false; /* said already, in the day's words */
    return arena_printf(arena, "%zu categories on this day: (%zu - 1) x %s = %s%s%s", categories,
                        categories, format_count(each, FORMAT_TEXT), points_text(arena, points),
                        max, after_text(arena, &bare, 0, 0));
}

const char *words_other(Arena *arena, const RuleSet *rules, const Earned *line, const Event *event)
{
    const KindRule *kind = &rules->kinds[event->slot];
    int64_t base = kind->recorded ? event->points : kind->points;
    return arena_printf(arena, "%s%s%s", points_text(arena, base),
                        kind->recorded ? ", as recorded" : "",
                        after_text(arena, line, multiply(line, base), 0));
}

const char *words_ineligible(Arena *arena, const RuleSet *rules, const Event *event,
                             const char *kind)
{
    switch (event->ineligible) {
    case INELIGIBLE_BELOW_MINIMUM:
        return arena_printf(arena, "%s, below %s", format_cents(event->item_cents, FORMAT_TEXT),
                            format_cents(rules->kinds[event->slot].min_amount_cents, FORMAT_TEXT));
    case INELIGIBLE_REPEATED_ON_DAY:
        return arena_printf(arena, "not the first %s of the day", kind);
    case INELIGIBLE_VOIDED:
        return "voided by a fraud";
    default:
        return "not eligible";
    }
}

const char *words_anomaly(Arena *arena, const RuleSet *rules, Period month, const Event *event,
                          const char *kind)
{
    char text[PERIOD_TEXT_BYTES];
    switch (event->fate) {
    case FATE_UNKNOWN_KIND:
        return rules == NULL
                   ? arena_printf(arena, "no rules are in force in %s", period_format(month, text))
                   : arena_printf(arena, "no rule for kind %s", kind);
    case FATE_MISSING_ORDER_ID:
        return arena_printf(arena, "missing_order_id: a %s must name its order", kind);
    case FATE_MISSING_AMOUNT:
        return "missing_amount: item_cents is needed here";
    case FATE_NEGATIVE_AMOUNT:
        return "negative_amount: an amount is below 0";
    case FATE_MISSING_POINTS:
        return "missing_points: the event must bring its points";
    default:
        return fate_name((Fate)event->fate);
    }
}

const char *words_take(Arena *arena, const Take *take, bool order_seen)
{
    const char *voids = take->voids_member ? ", voids what the member earned until then" : "";
    if (!take->has_order) {
        return arena_printf(arena, "missing_order_id: a fraud must name its order%s", voids);
    }
    const char *taken = format_cents(take->taken_cents, FORMAT_TEXT);
    if (take_fate(take) == FATE_REFUND) {
        return take->taken_cents == 0 ? arena_printf(arena, "took nothing off order %" PRId64 "%s",
                                                     take->order_id, voids)
                                      : arena_printf(arena, "took %s off order %" PRId64 "%s",
                                                     taken, take->order_id, voids);
    }
    if (!order_seen) {
        return arena_printf(arena, "order %" PRId64 " not found in the window%s", take->order_id,
                            voids);
    }
    if (!take->found) {
        return arena_printf(arena, "order %" PRId64 " has nothing left to take%s", take->order_id,
                            voids);
    }
    return arena_printf(arena, "took %s off order %" PRId64 ", %s more than it had%s", taken,
                        take->order_id, format_cents(take->remaining_cents, FORMAT_TEXT), voids);
}
