/*
 * The parts of a programme file, one load_*.c each. Private to config/.
 *
 * Called by load.c and load_rules.c in the order of this header: earning names the kinds that caps
 * and campaigns may use, levels those of coupons and benefits. The node of an optional part may be
 * NULL: then the part gets its defaults (defaults.h).
 */
#pragma once

#include "config/reader.h"

/* `rules`: the list of rule sets (contract 4.5), into programme->rulesets. */
MUST_CHECK bool load_rulesets(const Reader *reader, const Node *node, Programme *programme,
                              Error *reterr);

/* `levels` (contract 5.1) and `benefits` (contract 10), into rules->levels. */
MUST_CHECK bool load_levels(const Reader *reader, const Node *levels_node,
                            const Node *benefits_node, RuleSet *rules, Error *reterr);

/* The rank of a level, `lowest` or higher; rules->levels must be loaded. */
MUST_CHECK bool find_level(const Reader *reader, const Node *key, const RuleSet *rules,
                           int32_t lowest, int32_t *ret_rank, Error *reterr);

/* `earning` (contract 3.6, 3.7, 4.1, 4.2); new kinds get their slots in the programme. */
MUST_CHECK bool load_earning(const Reader *reader, const Node *node, Programme *programme,
                             RuleSet *rules, Error *reterr);

/* `caps` (contract 4.4), sorted into the order in which they bite. */
MUST_CHECK bool load_caps(const Reader *reader, const Node *node, const Programme *programme,
                          RuleSet *rules, Error *reterr);

/* `campaigns` (contract 4.3). */
MUST_CHECK bool load_campaigns(const Reader *reader, const Node *node, const Programme *programme,
                               RuleSet *rules, Error *reterr);

/* `coupons` (contract 1.5, 5.4); rules->levels must be loaded. */
MUST_CHECK bool load_coupons(const Reader *reader, const Node *node, RuleSet *rules, Error *reterr);

/* Who lists kinds: a cap may name category_bonus, a campaign may not (contract 3.7). */
typedef enum KindUser { KIND_USER_CAP, KIND_USER_CAMPAIGN } KindUser;

/* A list of one or more kinds that earn in these rules; *ret_names: "review, visit". */
MUST_CHECK bool read_kinds(const Reader *reader, const Node *node, const Programme *programme,
                           const RuleSet *rules, KindUser user, KindSet *ret_kinds,
                           const char **ret_names, Error *reterr);

/*
 * The slot of a kind's name, or a new one with this place; refused when all SLOTS_MAX are taken.
 * For a built-in kind it notes the place where it is first named.
 */
MUST_CHECK bool kind_slot(const Reader *reader, const Node *name, Programme *programme,
                          size_t *ret_slot, Error *reterr);
