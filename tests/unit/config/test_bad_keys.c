/*
 * Unknown, doubled and missing keys, at every level.
 */
#include "bad_case.h"

#include <criterion/criterion.h>

static const BadCase keys[] = {
    {"an unknown key", "currency: EUR", "currency: EUR\nowner: me",
     "shop.yaml:4:1: unknown key \"owner\" in the file",
     "allowed keys: program, timezone, currency, window_months, effective_day, settle, source, "
     "rules."},
    {"a misspelt key",
     "    levels:", "    lvels:", "shop.yaml:6:5: unknown key \"lvels\" in a rules entry",
     "did you mean \"levels\"? allowed keys: from, levels, earning, caps, refund, fraud, "
     "campaigns, coupons, benefits."},
    {"two letters swapped", "currency: EUR", "curerncy: EUR",
     "shop.yaml:3:1: unknown key \"curerncy\" in the file",
     "did you mean \"currency\"? allowed keys: program, timezone, currency, window_months, "
     "effective_day, settle, source, rules."},
    {"an empty key", "currency: EUR", "currency: EUR\n: x",
     "shop.yaml:4:1: not valid YAML: did not find expected key, while parsing a block mapping that "
     "begins at line 1",
     "check indentation, colons, brackets and quotation marks up to here."},
    {"a capital", "program: shop", "Program: shop",
     "shop.yaml:1:1: unknown key \"Program\" in the file",
     "did you mean \"program\"? allowed keys: program, timezone, currency, window_months, "
     "effective_day, settle, source, rules."},
    {"an unknown key in a level", "{name: Silver, min_points: 0}", "{name: Silver, min_point: 0}",
     "shop.yaml:7:24: unknown key \"min_point\" in a level",
     "did you mean \"min_points\"? allowed keys: name, min_points."},
    {"an unknown key in purchase", "points_per_unit: 1", "points_per_euro: 1",
     "shop.yaml:11:18: unknown key \"points_per_euro\" in purchase",
     "allowed keys: points_per_unit, points_per_order, min_amount, max_per_order, category_bonus."},
    {"an unknown key in category_bonus", "max_per_day: 5", "max_per_month: 5",
     "shop.yaml:11:66: unknown key \"max_per_month\" in category_bonus",
     "allowed keys: points, max_per_day."},
    {"an unknown key in a kind", "once_per: day", "once_a: day",
     "shop.yaml:12:26: unknown key \"once_a\" in visit",
     "allowed keys: points, min_amount, once_per."},
    {"an unknown key in a cap", "per: month", "each: month",
     "shop.yaml:16:34: unknown key \"each\" in a cap", "allowed keys: kinds, per, max_points."},
    {"an unknown key in refund", "{voids: order}", "{void: order}",
     "shop.yaml:17:14: unknown key \"void\" in refund",
     "did you mean \"voids\"? allowed keys: voids."},
    {"an unknown key in a campaign", "multiply: 2", "multiplier: 2",
     "shop.yaml:19:78: unknown key \"multiplier\" in a campaign",
     "allowed keys: name, from, until, kinds, multiply."},
    {"an unknown key in coupons", "    coupons:", "    coupons:\n      valid_day: 7",
     "shop.yaml:21:7: unknown key \"valid_day\" in coupons",
     "did you mean \"valid_days\"? allowed keys: issue_from_day, issue_until_day, valid_days, "
     "skipped_levels, repeat, level_up."},
    {"an unknown key in a coupon", "min_spend: 20.00", "max_spend: 20.00",
     "shop.yaml:22:42: unknown key \"max_spend\" in a coupon",
     "did you mean \"min_spend\"? allowed keys: code, value, min_spend."},
    {"an unknown key in source", "currency: EUR", "currency: EUR\nsource: {member: m}",
     "shop.yaml:4:10: unknown key \"member\" in source",
     "did you mean \"members\"? allowed keys: members, events, kinds."},
    {"a doubled key", "currency: EUR", "currency: EUR\nprogram: again",
     "shop.yaml:4:1: \"program\" is given twice, first at line 1", "keep one of the two."},
    {"a doubled key in a rules entry", "    refund:", "    from: 2021-01\n    refund:",
     "shop.yaml:17:5: \"from\" is given twice, first at line 5", "keep one of the two."},
    {"a doubled key in a level", "{name: Silver, min_points: 0}",
     "{name: Silver, min_points: 0, min_points: 0}",
     "shop.yaml:7:39: \"min_points\" is given twice, first at line 7", "keep one of the two."},
    {"a doubled kind", "      bonus: {points: recorded}", "      visit: {points: 2}",
     "shop.yaml:14:7: \"visit\" is given twice, first at line 12", "keep one of the two."},
    {"a doubled level in level_up", "        Gold: [{code: GOLD, value: 3.00, min_spend: 20.00}]",
     "        Gold: []\n        Gold: []",
     "shop.yaml:23:9: \"Gold\" is given twice, first at line 22", "keep one of the two."},
    {"a doubled level in benefits", "      Gold: {discount: 8}",
     "      Gold: {discount: 8}\n      Gold: {}",
     "shop.yaml:25:7: \"Gold\" is given twice, first at line 24", "keep one of the two."},
    {"a doubled benefit", "{discount: 8}", "{discount: 8, \"discount\": 9}",
     "shop.yaml:24:27: \"discount\" is given twice, first at line 24", "keep one of the two."},
    {"no program", "program: shop", "settle: true", "shop.yaml:1:1: the file has no program",
     "required keys: program, timezone, currency, rules."},
    {"no timezone", "timezone: Europe/Paris", "settle: true",
     "shop.yaml:1:1: the file has no timezone",
     "required keys: program, timezone, currency, rules."},
    {"no name", "{name: Silver, min_points: 0}", "{min_points: 0}",
     "shop.yaml:7:9: a level has no name", "required keys: name, min_points."},
    {"no min_points", "{name: Gold, min_points: 101}", "{name: Gold}",
     "shop.yaml:8:9: a level has no min_points", "required keys: name, min_points."},
    {"no points", "{points: 1, once_per: day}", "{once_per: day}",
     "shop.yaml:12:14: visit has no points", "required keys: points."},
    {"no voids", "{voids: order}", "{}", "shop.yaml:17:13: refund has no voids",
     "required keys: voids."},
    {"no code", "{code: GOLD, value: 3.00, min_spend: 20.00}", "{value: 3.00}",
     "shop.yaml:22:16: a coupon has no code", "required keys: code, value."},
};

Test(config_bad, keys)
{
    bad_cases_check(keys, sizeof keys / sizeof keys[0]);
}
