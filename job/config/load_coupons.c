/*
 * `coupons`: what a step up grants, and when (parts.h).
 */
#include "config/defaults.h"
#include "config/forms.h"
#include "config/parts.h"

#include <stdlib.h>
#include <string.h>

enum { COUPON_CODE, COUPON_VALUE, COUPON_MIN_SPEND, COUPON_KEYS };

static const MapKey coupon_keys[] = {
    [COUPON_CODE] = {"code", true, "the coupon's code, of its own for each coupon", NULL},
    [COUPON_VALUE] = {"value", true, "what it is worth, an amount", NULL},
    [COUPON_MIN_SPEND] = {"min_spend", false,
                          "the smallest purchase that it can be used for, an amount",
                          TEXT_OF(DEFAULT_MIN_SPEND_CENTS)},
};

const MapForm config_form_coupon = {"each coupon of a level in level_up", coupon_keys,
                                    sizeof coupon_keys / sizeof coupon_keys[0]};

/* The coupons while the levels are read, with the places of their codes. */
typedef struct CouponList {
    Coupon *coupons;
    FilePlace *places;
    size_t count;
} CouponList;

static bool load_coupon(const Reader *reader, const Node *node, int32_t rank, CouponList *list,
                        Error *reterr)
{
    const Node *values[COUPON_KEYS];
    Coupon coupon = {.level_rank = rank, .min_spend_cents = DEFAULT_MIN_SPEND_CENTS};
    if (!read_map(reader, node, "a coupon", coupon_keys, COUPON_KEYS, values, reterr) ||
        !read_name(reader, values[COUPON_CODE], "code", &coupon.code, reterr) ||
        !read_hundredths(reader, values[COUPON_VALUE], "value", &coupon.value_cents, reterr) ||
        (values[COUPON_MIN_SPEND] != NULL &&
         !read_hundredths(reader, values[COUPON_MIN_SPEND], "min_spend", &coupon.min_spend_cents,
                          reterr))) {
        return false;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->coupons[i].code, coupon.code) == 0) {
            return reader_fault(reader, values[COUPON_CODE]->place, reterr,
                                "give each coupon its own code.",
                                "the code %s is used twice, first at line %d",
                                reader_show(reader, values[COUPON_CODE]), list->places[i].line);
        }
    }
    list->places[list->count] = values[COUPON_CODE]->place;
    list->coupons[list->count++] = coupon;
    return true;
}

/* How many coupons the levels list together, as far as they are allowed. */
static size_t count_coupons(const Node *level_up)
{
    size_t count = 0;
    for (const Node *entry = level_up->first; entry != NULL; entry = entry->next) {
        count += entry->count;
    }
    return count < COUPONS_MAX ? count : COUPONS_MAX;
}

/* The lowest level first; coupons of one level keep the order of the file. */
static void sort_coupons(CouponList *list, const RuleSet *rules, Coupon *sorted)
{
    size_t next = 0;
    for (size_t rank = 0; rank < rules->level_count; rank++) {
        for (size_t i = 0; i < list->count; i++) {
            if ((size_t)list->coupons[i].level_rank == rank) {
                sorted[next++] = list->coupons[i];
            }
        }
    }
}

static bool load_level_up(const Reader *reader, const Node *node, RuleSet *rules, Error *reterr)
{
    static const char hint[] = "write a line for each level: Gold: [{code: ..., value: ...}].";
    if (!read_free_map(reader, node, "level_up", hint, reterr)) {
        return false;
    }
    size_t count_max = count_coupons(node);
    CouponList list = {
        .coupons = arena_alloc(reader->arena, count_max, sizeof *list.coupons),
        .places = arena_alloc(reader->arena, count_max, sizeof *list.places),
    };
    FilePlace first[LEVELS_MAX] = {{0, 0}};
    for (const Node *entry = node->first; entry != NULL; entry = entry->next) {
        int32_t rank = 0;
        if (!find_level(reader, entry->key, rules, 1, &rank, reterr)) {
            return false;
        }
        if (first[rank].line != 0) {
            return reader_fault_doubled(reader, entry->key, first[rank], reterr);
        }
        first[rank] = entry->key->place;
        const char *name = arena_printf(reader->arena, "%s's coupons", rules->levels[rank].name);
        if (!read_list(reader, entry, name, COUPONS_MAX - list.count, reterr)) {
            return false;
        }
        for (const Node *coupon = entry->first; coupon != NULL; coupon = coupon->next) {
            if (!load_coupon(reader, coupon, rank, &list, reterr)) {
                return false;
            }
        }
    }
    Coupon *sorted = arena_alloc(reader->arena, list.count, sizeof *sorted);
    sort_coupons(&list, rules, sorted);
    rules->coupons.coupons = sorted;
    rules->coupons.coupon_count = list.count;
    return true;
}

enum {
    COUPONS_ISSUE_FROM,
    COUPONS_ISSUE_UNTIL,
    COUPONS_VALID,
    COUPONS_SKIPPED,
    COUPONS_REPEAT,
    COUPONS_LEVEL_UP,
    COUPONS_KEYS,
};

static const MapKey coupons_keys[] = {
    [COUPONS_ISSUE_FROM] = {"issue_from_day", false,
                            "the day of the next month on which issue begins; 1 to 28",
                            TEXT_OF(DEFAULT_ISSUE_FROM_DAY)},
    [COUPONS_ISSUE_UNTIL] = {"issue_until_day", false, "the last day of issue; 1 to 28",
                             TEXT_OF(DEFAULT_ISSUE_UNTIL_DAY)},
    [COUPONS_VALID] = {"valid_days", false,
                       "how many days after the last day of issue a coupon is valid; 0 to 366",
                       TEXT_OF(DEFAULT_VALID_DAYS)},
    [COUPONS_SKIPPED] = {"skipped_levels", false,
                         "target_only: who skips a level gets the coupons of the level reached; "
                         "each: those of every level passed",
                         "target_only"},
    [COUPONS_REPEAT] = {"repeat", false,
                        "every_advance: a grant at each advance, also when a member comes back to "
                        "a level; once_per_level: only at the first",
                        "every_advance"},
    [COUPONS_LEVEL_UP] = {"level_up", false,
                          "a map from levels above the first to lists of coupons", NULL},
};

const MapForm config_form_coupons = {"coupons", coupons_keys,
                                     sizeof coupons_keys / sizeof coupons_keys[0]};

static bool load_issue(const Reader *reader, const Node *node, const Node **values,
                       CouponRules *coupons, Error *reterr)
{
    const Node *from = values[COUPONS_ISSUE_FROM];
    const Node *until = values[COUPONS_ISSUE_UNTIL];
    const Node *valid = values[COUPONS_VALID];
    const Node *skipped = values[COUPONS_SKIPPED];
    const Node *repeat = values[COUPONS_REPEAT];
    if ((from != NULL &&
         !read_small(reader, from, "issue_from_day", 1, 28, &coupons->issue_from_day, reterr)) ||
        (until != NULL &&
         !read_small(reader, until, "issue_until_day", 1, 28, &coupons->issue_until_day, reterr)) ||
        (valid != NULL &&
         !read_small(reader, valid, "valid_days", 0, 366, &coupons->valid_days, reterr)) ||
        (skipped != NULL && !read_choice(reader, skipped, "skipped_levels", "target_only", "each",
                                         &coupons->each_level, reterr)) ||
        (repeat != NULL && !read_choice(reader, repeat, "repeat", "every_advance", "once_per_level",
                                        &coupons->once_per_level, reterr))) {
        return false;
    }
    if (coupons->issue_from_day > coupons->issue_until_day) {
        const Node *place = from != NULL ? from : until != NULL ? until : node;
        return reader_fault(reader, place->place, reterr,
                            "give both days; the last is not before the first.",
                            "issue_from_day %d%s is after issue_until_day %d%s",
                            coupons->issue_from_day, from == NULL ? " (the default)" : "",
                            coupons->issue_until_day, until == NULL ? " (the default)" : "");
    }
    return true;
}

bool load_coupons(const Reader *reader, const Node *node, RuleSet *rules, Error *reterr)
{
    rules->coupons = (CouponRules){
        .issue_from_day = DEFAULT_ISSUE_FROM_DAY,
        .issue_until_day = DEFAULT_ISSUE_UNTIL_DAY,
        .valid_days = DEFAULT_VALID_DAYS,
        .each_level = DEFAULT_EACH_LEVEL,
        .once_per_level = DEFAULT_ONCE_PER_LEVEL,
    };
    if (node == NULL) {
        return true;
    }
    const Node *values[COUPONS_KEYS];
    if (!read_map(reader, node, "coupons", coupons_keys, COUPONS_KEYS, values, reterr) ||
        !load_issue(reader, node, values, &rules->coupons, reterr)) {
        return false;
    }
    return values[COUPONS_LEVEL_UP] == NULL ||
           load_level_up(reader, values[COUPONS_LEVEL_UP], rules, reterr);
}
