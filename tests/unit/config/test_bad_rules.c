/*
 * Rules that contradict themselves: months, levels, earning, coupons.
 */
#include "bad_case.h"

#include <criterion/criterion.h>

static const BadCase rules[] = {
    {"no rules", "", "program: a\ntimezone: UTC\ncurrency: EUR\nrules: []\n",
     "shop.yaml:4:8: rules is empty", "list at least one entry with from, levels and earning."},
    {"from a day", "from: 2020-01", "from: 2020-01-01",
     "shop.yaml:5:11: from must be a month, not \"2020-01-01\"",
     "write a month as YYYY-MM, such as 2025-01."},
    {"from month 13", "from: 2020-01", "from: 2020-13",
     "shop.yaml:5:11: from must be a month, not \"2020-13\"",
     "write a month as YYYY-MM, such as 2025-01."},
    {"from nothing", "from: 2020-01",
     "from:", "shop.yaml:5:10: from has no value; it must be a month",
     "write a month as YYYY-MM, such as 2025-01."},
    {"the same month twice", "      Gold: {discount: 8}",
     "      Gold: {discount: 8}\n  - from: 2020-01\n    levels: [{name: Silver, min_points: 0}]\n  "
     "  earning: {visit: {points: 1}}",
     "shop.yaml:25:11: from 2020-01 is not after 2020-01 at line 5",
     "list the entries from the oldest to the newest month."},
    {"an older month later", "      Gold: {discount: 8}",
     "      Gold: {discount: 8}\n  - from: 2019-12\n    levels: [{name: Silver, min_points: 0}]\n  "
     "  earning: {visit: {points: 1}}",
     "shop.yaml:25:11: from 2019-12 is not after 2020-01 at line 5",
     "list the entries from the oldest to the newest month."},
    {"fraud that voids an amount", "    refund: {voids: order}", "    fraud: {voids: amount}",
     "shop.yaml:17:20: voids must be order or member, not \"amount\"", "write order or member."},
    {"refund that voids a member", "{voids: order}", "{voids: member}",
     "shop.yaml:17:21: voids must be amount or order, not \"member\"", "write amount or order."},
    {"a cap on a kind of another entry", "      Gold: {discount: 8}",
     "      Gold: {discount: 8}\n  - from: 2021-01\n    levels: [{name: Silver, min_points: 0}]\n  "
     "  earning: {visit: {points: 1}}\n    caps: [{kinds: [review], per: day, max_points: 1}]",
     "shop.yaml:28:21: the kind \"review\" is not listed in earning", "allowed here: visit."},
};

Test(config_bad, rules)
{
    bad_cases_check(rules, sizeof rules / sizeof rules[0]);
}

static const BadCase levels[] = {
    {"the first level above 0", "min_points: 0", "min_points: 1",
     "shop.yaml:7:36: Silver's min_points 1 is not 0",
     "the first level is for everybody: give it min_points 0."},
    {"a level out of order", "min_points: 500", "min_points: 100",
     "shop.yaml:9:37: Diamond's min_points 100 is not above Gold's 101",
     "list the levels from the lowest to the highest."},
    {"two levels at one threshold", "min_points: 500", "min_points: 101",
     "shop.yaml:9:37: Diamond's min_points 101 is not above Gold's 101",
     "list the levels from the lowest to the highest."},
    {"a level listed twice", "name: Diamond", "name: Silver",
     "shop.yaml:9:16: the level \"Silver\" is listed twice, first at line 7",
     "give each level its own name."},
    {"no levels",
     "      - {name: Silver, min_points: 0}\n      - {name: Gold, min_points: 101}\n      - {name: "
     "Diamond, min_points: 500}\n",
     "      []\n", "shop.yaml:7:7: levels is empty",
     "list at least one, such as {name: Silver, min_points: 0}."},
    {"benefits of an unknown level", "      Gold: {discount: 8}", "      Gild: {discount: 8}",
     "shop.yaml:24:7: there is no level \"Gild\"",
     "did you mean \"Gold\"? allowed levels: Silver, Gold, Diamond."},
    {"benefits that are no map", "      Gold: {discount: 8}", "      Gold: 8",
     "shop.yaml:24:13: Gold's benefits must be a map, not \"8\"",
     "write \"name: value\" for each benefit."},
    {"a list as benefit", "{discount: 8}", "{discount: [8]}",
     "shop.yaml:24:24: the benefit \"discount\" must be one value, not a list",
     "write a number, true, false, or at most 1000 bytes of text."},
    {"a benefit without value", "{discount: 8}", "{discount: }",
     "shop.yaml:24:24: the benefit \"discount\" has no value; it must be one value",
     "write a number, true, false, or at most 1000 bytes of text."},
    {"a benefit with a bell", "{discount: 8}", "{discount: \"\\a\"}",
     "shop.yaml:24:24: the benefit \"discount\" holds unprintable characters",
     "write a number, true, false, or at most 1000 bytes of text."},
    {"a level name that hides a NUL", "      Gold: {discount: 8}",
     "      \"Gold\\0x\": {discount: 8}", "shop.yaml:24:7: there is no level \"Gold?x\"",
     "did you mean \"Gold\"? allowed levels: Silver, Gold, Diamond."},
};

Test(config_bad, levels)
{
    bad_cases_check(levels, sizeof levels / sizeof levels[0]);
}

static const BadCase earning[] = {
    {"no earning at all", "",
     "program: a\ntimezone: UTC\ncurrency: EUR\nrules:\n  - from: 2025-01\n    levels: [{name: A, "
     "min_points: 0}]\n    earning: {}\n",
     "shop.yaml:7:14: earning is empty", "write a line for each kind, such as visit: {points: 1}."},
    {"refund earns", "      bonus: {points: recorded}", "      refund: {points: 1}",
     "shop.yaml:14:7: refund earns nothing",
     "say what it takes beside earning, such as refund: {voids: order}."},
    {"fraud earns", "      bonus: {points: recorded}", "      fraud: {points: 1}",
     "shop.yaml:14:7: fraud earns nothing",
     "say what it takes beside earning, such as refund: {voids: order}."},
    {"category_bonus as a kind", "      bonus: {points: recorded}",
     "      category_bonus: {points: 1}", "shop.yaml:14:7: category_bonus is no kind of event",
     "write it inside purchase."},
    {"purchase without points", "{points_per_unit: 1, category_bonus: {points: 1, max_per_day: 5}}",
     "{min_amount: 2.00}",
     "shop.yaml:11:17: purchase has neither points_per_unit nor points_per_order",
     "give it points_per_unit, points_per_order or both."},
    {"category_bonus without max_per_day", "{points: 1, max_per_day: 5}", "{points: 1}",
     "shop.yaml:11:54: category_bonus has no max_per_day", "required keys: points, max_per_day."},
    {"a misspelt recorded", "{points: recorded}", "{points: record}",
     "shop.yaml:14:23: points must be a whole number or recorded, not \"record\"",
     "did you mean \"recorded\"? write a whole number, or recorded for the event's own points."},
    {"points that are a list", "{points: recorded}", "{points: [1]}",
     "shop.yaml:14:23: points must be a whole number or recorded, not a list",
     "write a whole number, or recorded for the event's own points."},
    {"points with decimals", "{points: recorded}", "{points: 1.5}",
     "shop.yaml:14:23: points 1.5 has decimals", "write digits only, such as 500."},
    {"once per month", "once_per: day", "once_per: month",
     "shop.yaml:12:36: once_per must be day, not \"month\"", "write day, or leave once_per out."},
    {"a kind without rule", "      bonus: {points: recorded}",
     "      bonus:", "shop.yaml:14:13: bonus has no value; it must be a map",
     "write \"key: value\" for its keys: points, min_amount, once_per."},
};

Test(config_bad, earning)
{
    bad_cases_check(earning, sizeof earning / sizeof earning[0]);
}

static const BadCase coupons[] = {
    {"coupons for an unknown level", "        Gold: [{code: GOLD, value: 3.00, min_spend: 20.00}]",
     "        Golden: [{code: GOLD, value: 3.00, min_spend: 20.00}]",
     "shop.yaml:22:9: there is no level \"Golden\"",
     "did you mean \"Gold\"? allowed levels: Gold, Diamond."},
    {"coupons for the first level", "        Gold: [{code: GOLD, value: 3.00, min_spend: 20.00}]",
     "        Silver: [{code: GOLD, value: 3.00, min_spend: 20.00}]",
     "shop.yaml:22:9: Silver is the first level",
     "name levels above the first; nobody steps up to the first."},
    {"a code twice in a level", "[{code: GOLD, value: 3.00, min_spend: 20.00}]",
     "[{code: A, value: 1}, {code: A, value: 2}]",
     "shop.yaml:22:44: the code \"A\" is used twice, first at line 22",
     "give each coupon its own code."},
    {"a code under two levels", "        Gold: [{code: GOLD, value: 3.00, min_spend: 20.00}]",
     "        Gold: [{code: GOLD, value: 3.00, min_spend: 20.00}]\n        Diamond: [{code: GOLD, "
     "value: 9.00}]",
     "shop.yaml:23:26: the code \"GOLD\" is used twice, first at line 22",
     "give each coupon its own code."},
    {"issue days reversed",
     "    coupons:", "    coupons:\n      issue_from_day: 9\n      issue_until_day: 8",
     "shop.yaml:21:23: issue_from_day 9 is after issue_until_day 8",
     "give both days; the last is not before the first."},
    {"issue_from_day after the default", "    coupons:", "    coupons:\n      issue_from_day: 15",
     "shop.yaml:21:23: issue_from_day 15 is after issue_until_day 14 (the default)",
     "give both days; the last is not before the first."},
    {"issue_until_day before the default", "    coupons:", "    coupons:\n      issue_until_day: 7",
     "shop.yaml:21:24: issue_from_day 8 (the default) is after issue_until_day 7",
     "give both days; the last is not before the first."},
    {"a coupon that is a text", "[{code: GOLD, value: 3.00, min_spend: 20.00}]", "[GOLD]",
     "shop.yaml:22:16: a coupon must be a map, not \"GOLD\"",
     "write \"key: value\" for its keys: code, value, min_spend."},
    {"coupons that are no list", "[{code: GOLD, value: 3.00, min_spend: 20.00}]", "GOLD",
     "shop.yaml:22:15: Gold's coupons must be a list, not \"GOLD\"",
     "write [a, b], or a line with a dash for each entry."},
    {"coupons without levels",
     "      level_up:\n        Gold: [{code: GOLD, value: 3.00, min_spend: 20.00}]",
     "      level_up:", "shop.yaml:21:16: level_up has no value; it must be a map",
     "write a line for each level: Gold: [{code: ..., value: ...}]."},
    {"an unknown repeat", "    coupons:", "    coupons:\n      repeat: once",
     "shop.yaml:21:15: repeat must be every_advance or once_per_level, not \"once\"",
     "write every_advance or once_per_level."},
    {"an unknown skipped_levels", "    coupons:", "    coupons:\n      skipped_levels: all",
     "shop.yaml:21:23: skipped_levels must be target_only or each, not \"all\"",
     "write target_only or each."},
    {"a coupon without value", "[{code: GOLD, value: 3.00, min_spend: 20.00}]", "[{code: GOLD}]",
     "shop.yaml:22:16: a coupon has no value", "required keys: code, value."},
};

Test(config_bad, coupons)
{
    bad_cases_check(coupons, sizeof coupons / sizeof coupons[0]);
}
