/*
 * `earning`: what each kind of event earns (parts.h).
 */
#include "config/defaults.h"
#include "config/forms.h"
#include "config/parts.h"

#include <string.h>

enum { BONUS_POINTS, BONUS_MAX_PER_DAY, BONUS_KEYS };

static const MapKey bonus_keys[] = {
    [BONUS_POINTS] = {"points", true, "points for each category after the day's first", NULL},
    [BONUS_MAX_PER_DAY] = {"max_per_day", true,
                           "the most points that a member gets so on one local day", NULL},
};

const MapForm config_form_bonus = {"category_bonus in purchase", bonus_keys,
                                   sizeof bonus_keys / sizeof bonus_keys[0]};

static bool load_category_bonus(const Reader *reader, const Node *node, PurchaseRule *rule,
                                Error *reterr)
{
    const Node *values[BONUS_KEYS];
    return read_map(reader, node, "category_bonus", bonus_keys, BONUS_KEYS, values, reterr) &&
           read_whole(reader, values[BONUS_POINTS], "points", 1, INT64_MAX, &rule->bonus_points,
                      reterr) &&
           read_whole(reader, values[BONUS_MAX_PER_DAY], "max_per_day", 1, INT64_MAX,
                      &rule->bonus_max_per_day, reterr);
}

enum {
    PURCHASE_PER_UNIT,
    PURCHASE_PER_ORDER,
    PURCHASE_MIN_AMOUNT,
    PURCHASE_MAX_PER_ORDER,
    PURCHASE_BONUS,
    PURCHASE_KEYS,
};

static const MapKey purchase_keys[] = {
    [PURCHASE_PER_UNIT] = {"points_per_unit", false,
                           "points for each unit of currency of an order, a decimal; one of this "
                           "and points_per_order is needed",
                           NULL},
    [PURCHASE_PER_ORDER] = {"points_per_order", false,
                            "points for each order, whatever it costs; both add up", NULL},
    [PURCHASE_MIN_AMOUNT] = {"min_amount", false,
                             "an order earns only if its amount after refunds is at least this",
                             TEXT_OF(DEFAULT_MIN_AMOUNT_CENTS)},
    [PURCHASE_MAX_PER_ORDER] = {"max_per_order", false, "the most points of one order", NULL},
    [PURCHASE_BONUS] = {"category_bonus", false,
                        "points for orders in several categories on one day", NULL},
};

const MapForm config_form_purchase = {"purchase in earning", purchase_keys,
                                      sizeof purchase_keys / sizeof purchase_keys[0]};

static bool load_purchase(const Reader *reader, const Node *node, Programme *programme,
                          PurchaseRule *ret_rule, Error *reterr)
{
    const Node *values[PURCHASE_KEYS];
    if (!read_map(reader, node, "purchase", purchase_keys, PURCHASE_KEYS, values, reterr)) {
        return false;
    }
    const Node *per_unit = values[PURCHASE_PER_UNIT];
    const Node *per_order = values[PURCHASE_PER_ORDER];
    const Node *min_amount = values[PURCHASE_MIN_AMOUNT];
    const Node *max_per_order = values[PURCHASE_MAX_PER_ORDER];
    const Node *bonus = values[PURCHASE_BONUS];
    if (per_unit == NULL && per_order == NULL) {
        return reader_fault(reader, node->place, reterr,
                            "give it points_per_unit, points_per_order or both.",
                            "purchase has neither points_per_unit nor points_per_order");
    }
    PurchaseRule rule = {
        .in_force = true,
        .min_amount_cents = DEFAULT_MIN_AMOUNT_CENTS,
        .max_per_order = NO_LIMIT,
    };
    if ((per_unit != NULL && !read_hundredths(reader, per_unit, "points_per_unit",
                                              &rule.points_per_unit_hundredths, reterr)) ||
        (per_order != NULL && !read_whole(reader, per_order, "points_per_order", 0, INT64_MAX,
                                          &rule.points_per_order, reterr)) ||
        (min_amount != NULL &&
         !read_hundredths(reader, min_amount, "min_amount", &rule.min_amount_cents, reterr)) ||
        (max_per_order != NULL && !read_whole(reader, max_per_order, "max_per_order", 0, INT64_MAX,
                                              &rule.max_per_order, reterr)) ||
        (bonus != NULL && !load_category_bonus(reader, bonus, &rule, reterr))) {
        return false;
    }
    if (bonus != NULL) {
        size_t slot = 0;
        if (!kind_slot(reader, bonus->key, programme, &slot, reterr)) {
            return false;
        }
    }
    *ret_rule = rule;
    return true;
}

enum { KIND_POINTS, KIND_MIN_AMOUNT, KIND_ONCE_PER, KIND_KEYS };

static const MapKey kind_keys[] = {
    [KIND_POINTS] = {"points", true,
                     "points of an event: a whole number, or recorded for the event's own points, "
                     "which may be negative",
                     NULL},
    [KIND_MIN_AMOUNT] = {"min_amount", false,
                         "the event earns only if its item_cents are at least this amount", NULL},
    [KIND_ONCE_PER] = {"once_per", false,
                       "day: of a member's events of the kind on a local day only the first earns",
                       NULL},
};

const MapForm config_form_kind = {"every other kind in earning, by its name", kind_keys,
                                  sizeof kind_keys / sizeof kind_keys[0]};

static bool read_points(const Reader *reader, const Node *node, KindRule *rule, Error *reterr)
{
    if (node_is(node, "recorded")) {
        rule->recorded = true;
        return true;
    }
    if (node->type != NODE_SCALAR || (!node->quoted && strspn(node->text, "-0123456789.") == 0)) {
        static const char *const word[] = {"recorded"};
        const char *suggestion =
            node->type == NODE_SCALAR ? reader_suggest(reader, node, word, 1) : "";
        const char *hint = arena_printf(
            reader->arena, "%swrite a whole number, or recorded for the event's own points.",
            suggestion);
        return reader_fault_type(reader, node, "points", "a whole number or recorded", hint,
                                 reterr);
    }
    return read_whole(reader, node, "points", 0, INT64_MAX, &rule->points, reterr);
}

static bool load_kind(const Reader *reader, const Node *node, KindRule *ret_rule, Error *reterr)
{
    const Node *values[KIND_KEYS];
    if (!read_map(reader, node, node->key->text, kind_keys, KIND_KEYS, values, reterr)) {
        return false;
    }
    const Node *min_amount = values[KIND_MIN_AMOUNT];
    KindRule rule = {.in_force = true, .has_minimum = min_amount != NULL};
    const Node *once_per = values[KIND_ONCE_PER];
    if (!read_points(reader, values[KIND_POINTS], &rule, reterr) ||
        (min_amount != NULL &&
         !read_hundredths(reader, min_amount, "min_amount", &rule.min_amount_cents, reterr))) {
        return false;
    }
    if (once_per != NULL) {
        if (!node_is(once_per, "day")) {
            return reader_fault_type(reader, once_per, "once_per", "day",
                                     "write day, or leave once_per out.", reterr);
        }
        rule.once_per_day = true;
    }
    *ret_rule = rule;
    return true;
}

/* refund, fraud and category_bonus are not earned by listing them. */
static bool check_earns(const Reader *reader, const Node *key, Error *reterr)
{
    if (node_is(key, "refund") || node_is(key, "fraud")) {
        return reader_fault(reader, key->place, reterr,
                            "say what it takes beside earning, such as refund: {voids: order}.",
                            "%s earns nothing", key->text);
    }
    if (node_is(key, "category_bonus")) {
        return reader_fault(reader, key->place, reterr, "write it inside purchase.",
                            "category_bonus is no kind of event");
    }
    return true;
}

bool load_earning(const Reader *reader, const Node *node, Programme *programme, RuleSet *rules,
                  Error *reterr)
{
    static const char hint[] = "write a line for each kind, such as visit: {points: 1}.";
    if (!read_free_map(reader, node, "earning", hint, reterr)) {
        return false;
    }
    if (node->count == 0) {
        return reader_fault(reader, node->place, reterr, hint, "earning is empty");
    }
    FilePlace first[SLOTS_MAX] = {{0, 0}};
    for (const Node *entry = node->first; entry != NULL; entry = entry->next) {
        const char *name = NULL;
        size_t slot = 0;
        if (!read_name(reader, entry->key, "a kind", &name, reterr) ||
            !check_earns(reader, entry->key, reterr) ||
            !kind_slot(reader, entry->key, programme, &slot, reterr)) {
            return false;
        }
        if (first[slot].line != 0) {
            return reader_fault_doubled(reader, entry->key, first[slot], reterr);
        }
        first[slot] = entry->key->place;
        bool loaded = slot == SLOT_PURCHASE
                          ? load_purchase(reader, entry, programme, &rules->purchase, reterr)
                          : load_kind(reader, entry, &rules->kinds[slot], reterr);
        if (!loaded) {
            return false;
        }
    }
    return true;
}
