/*
 * `rules`: the entries, each in force from its month on (parts.h).
 */
#include "config/defaults.h"
#include "config/forms.h"
#include "config/parts.h"

enum {
    RULES_FROM,
    RULES_LEVELS,
    RULES_EARNING,
    RULES_CAPS,
    RULES_REFUND,
    RULES_FRAUD,
    RULES_CAMPAIGNS,
    RULES_COUPONS,
    RULES_BENEFITS,
    RULES_KEYS,
};

static const MapKey rules_keys[] = {
    [RULES_FROM] = {"from", true, "the first local month in which the entry is in force, YYYY-MM",
                    NULL},
    [RULES_LEVELS] = {"levels", true, "a list of the levels, from the lowest to the highest", NULL},
    [RULES_EARNING] = {"earning", true, "what each kind of event earns", NULL},
    [RULES_CAPS] =
        {"caps", false,
         "a list of bounds on what kinds earn together; two of them share no kind, or one has all "
         "the kinds of the other; day caps come before month caps, narrow ones before wide ones",
         NULL},
    [RULES_REFUND] = {"refund", false, "what a refund takes; see below", NULL},
    [RULES_FRAUD] = {"fraud", false, "what a fraud takes; see below", NULL},
    [RULES_CAMPAIGNS] = {"campaigns", false,
                         "a list of times in which kinds earn more; where two overlap, the larger "
                         "multiplier counts",
                         NULL},
    [RULES_COUPONS] = {"coupons", false, "what a step up grants, and when", NULL},
    [RULES_BENEFITS] = {"benefits", false,
                        "a map from levels to maps of any names and values: what member_center "
                        "shows of a level; nothing is computed from it",
                        NULL},
};

const MapForm config_form_rules = {"each entry of rules", rules_keys,
                                   sizeof rules_keys / sizeof rules_keys[0]};

static const MapKey voids_keys[] = {
    {"voids", true,
     "in refund: amount takes the refunded amount off the order, order takes all points of the "
     "order at any refund (default: amount); in fraud: order takes all points of the order, member "
     "also all that the member earned before (default: order)",
     NULL}};

const MapForm config_form_voids = {"refund and fraud", voids_keys,
                                   sizeof voids_keys / sizeof voids_keys[0]};

/* `refund` or `fraud`: what it voids (contract 3.4, 3.5). */
static bool load_voids(const Reader *reader, const Node *node, Programme *programme,
                       const char *name, const char *first, const char *second, bool *ret_second,
                       Error *reterr)
{
    if (node == NULL) {
        return true;
    }
    const Node *voids = NULL;
    size_t slot = 0;
    return kind_slot(reader, node->key, programme, &slot, reterr) &&
           read_map(reader, node, name, voids_keys, 1, &voids, reterr) &&
           read_choice(reader, voids, "voids", first, second, ret_second, reterr);
}

static bool load_ruleset(const Reader *reader, const Node *node, Programme *programme,
                         RuleSet *rules, FilePlace *ret_from_place, Error *reterr)
{
    const Node *values[RULES_KEYS];
    rules->refund_voids_order = DEFAULT_REFUND_VOIDS_ORDER;
    rules->fraud_voids_member = DEFAULT_FRAUD_VOIDS_MEMBER;
    if (!read_map(reader, node, "a rules entry", rules_keys, RULES_KEYS, values, reterr) ||
        !read_period(reader, values[RULES_FROM], "from", &rules->from, reterr) ||
        !load_levels(reader, values[RULES_LEVELS], values[RULES_BENEFITS], rules, reterr) ||
        !load_earning(reader, values[RULES_EARNING], programme, rules, reterr) ||
        !load_caps(reader, values[RULES_CAPS], programme, rules, reterr) ||
        !load_voids(reader, values[RULES_REFUND], programme, "refund", "amount", "order",
                    &rules->refund_voids_order, reterr) ||
        !load_voids(reader, values[RULES_FRAUD], programme, "fraud", "order", "member",
                    &rules->fraud_voids_member, reterr) ||
        !load_campaigns(reader, values[RULES_CAMPAIGNS], programme, rules, reterr) ||
        !load_coupons(reader, values[RULES_COUPONS], rules, reterr)) {
        return false;
    }
    *ret_from_place = values[RULES_FROM]->place;
    return true;
}

bool load_rulesets(const Reader *reader, const Node *node, Programme *programme, Error *reterr)
{
    if (!read_list(reader, node, "rules", RULESETS_MAX, reterr)) {
        return false;
    }
    if (node->count == 0) {
        return reader_fault(reader, node->place, reterr,
                            "list at least one entry with from, levels and earning.",
                            "rules is empty");
    }
    RuleSet *rulesets = arena_alloc(reader->arena, node->count, sizeof *rulesets);
    FilePlace earlier = {0, 0};
    size_t count = 0;
    for (const Node *entry = node->first; entry != NULL; entry = entry->next) {
        FilePlace place = {0, 0};
        if (!load_ruleset(reader, entry, programme, &rulesets[count], &place, reterr)) {
            return false;
        }
        if (count > 0 && rulesets[count].from <= rulesets[count - 1].from) {
            char from[PERIOD_TEXT_BYTES];
            char before[PERIOD_TEXT_BYTES];
            return reader_fault(
                reader, place, reterr, "list the entries from the oldest to the newest month.",
                "from %s is not after %s at line %d", period_format(rulesets[count].from, from),
                period_format(rulesets[count - 1].from, before), earlier.line);
        }
        earlier = place;
        count++;
    }
    programme->rulesets = rulesets;
    programme->ruleset_count = count;
    return true;
}
