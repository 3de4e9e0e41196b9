/*
 * Caps that cross, campaigns that are over before they begin, kinds that earn nothing.
 */
#include "bad_case.h"

#include <criterion/criterion.h>

static const BadCase caps[] = {
    {"a cap on an unknown kind", "[visit, review]", "[vist, review]",
     "shop.yaml:16:18: the kind \"vist\" is not listed in earning",
     "did you mean \"visit\"? allowed here: purchase, category_bonus, visit, review, bonus."},
    {"a cap on a kind twice", "[visit, review]", "[visit, review, visit]",
     "shop.yaml:16:33: the kind \"visit\" is named twice", "name each kind once."},
    {"a cap on nothing", "[visit, review]", "[]", "shop.yaml:16:17: kinds is empty",
     "name at least one kind."},
    {"a cap on refund", "[visit, review]", "[refund]", "shop.yaml:16:18: refund earns nothing",
     "allowed here: purchase, category_bonus, visit, review, bonus."},
    {"a cap on fraud", "[visit, review]", "[visit, fraud]", "shop.yaml:16:25: fraud earns nothing",
     "allowed here: purchase, category_bonus, visit, review, bonus."},
    {"a cap on category_bonus without one", "",
     "program: a\ntimezone: UTC\ncurrency: EUR\nrules:\n  - from: 2025-01\n    levels: [{name: A, "
     "min_points: 0}]\n    earning: {purchase: {points_per_order: 1}}\n    caps: [{kinds: "
     "[category_bonus], per: day, max_points: 1}]\n",
     "shop.yaml:8:21: purchase has no category_bonus that could be capped",
     "allowed here: purchase."},
    {"a cap on a list", "[visit, review]", "[[visit]]",
     "shop.yaml:16:18: a kind must be a name, not a list",
     "name kinds that are listed in earning."},
    {"a cap a week", "per: month", "per: week",
     "shop.yaml:16:39: per must be day or month, not \"week\"", "write day or month."},
    {"crossing caps", "      - {kinds: [visit, review], per: month, max_points: 10}",
     "      - {kinds: [visit, review], per: month, max_points: 10}\n      - {kinds: [bonus, "
     "review], per: day, max_points: 5}",
     "shop.yaml:17:9: the cap on bonus, review crosses the cap on visit, review at line 16, column "
     "9",
     "two caps share no kind, or one has all the kinds of the other."},
    {"the same cap twice", "      - {kinds: [visit, review], per: month, max_points: 10}",
     "      - {kinds: [visit, review], per: month, max_points: 10}\n      - {kinds: [review, "
     "visit], per: month, max_points: 5}",
     "shop.yaml:17:9: review, visit has a second cap per month, the first is at line 16, column 9",
     "keep one of the two."},
    {"crossing through purchase", "      - {kinds: [visit, review], per: month, max_points: 10}",
     "      - {kinds: [visit, review], per: month, max_points: 10}\n      - {kinds: [purchase, "
     "visit], per: month, max_points: 5}",
     "shop.yaml:17:9: the cap on purchase, visit crosses the cap on visit, review at line 16, "
     "column 9",
     "two caps share no kind, or one has all the kinds of the other."},
};

Test(config_bad, caps)
{
    bad_cases_check(caps, sizeof caps / sizeof caps[0]);
}

static const BadCase campaigns[] = {
    {"a campaign that ends before it begins", "until: 2025-11-12", "until: 2025-11-10",
     "shop.yaml:19:47: until 2025-11-10 is not after from 2025-11-11",
     "until is the first moment after the campaign."},
    {"a campaign that ends as it begins", "until: 2025-11-12", "until: 2025-11-11T00:00",
     "shop.yaml:19:47: until 2025-11-11T00:00 is not after from 2025-11-11",
     "until is the first moment after the campaign."},
    {"a day that does not exist", "from: 2025-11-11", "from: 2025-02-29",
     "shop.yaml:19:28: from must be a local time that exists, not \"2025-02-29\"",
     "write YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], such as 2025-11-11."},
    {"a month that does not exist", "from: 2025-11-11", "from: 2025-13-01",
     "shop.yaml:19:28: from must be a local time that exists, not \"2025-13-01\"",
     "write YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], such as 2025-11-11."},
    {"an hour that does not exist", "from: 2025-11-11", "from: 2025-11-11T24:00",
     "shop.yaml:19:28: from must be a local time that exists, not \"2025-11-11T24:00\"",
     "write YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], such as 2025-11-11."},
    {"a leap second", "from: 2025-11-11", "from: 2025-06-30T23:59:60",
     "shop.yaml:19:28: from must be a local time that exists, not \"2025-06-30T23:59:60\"",
     "write YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], such as 2025-11-11."},
    {"a time with a zone", "from: 2025-11-11", "from: 2025-11-11T00:00:00Z",
     "shop.yaml:19:28: from must be a local time that exists, not \"2025-11-11T00:00:00Z\"",
     "write YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], such as 2025-11-11."},
    {"a space for the T", "from: 2025-11-11", "from: 2025-11-11 00:00",
     "shop.yaml:19:28: from must be a local time that exists, not \"2025-11-11 00:00\"",
     "write YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], such as 2025-11-11."},
    {"a day in another order", "from: 2025-11-11", "from: 11/11/2025",
     "shop.yaml:19:28: from must be a local time that exists, not \"11/11/2025\"",
     "write YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], such as 2025-11-11."},
    {"a time without minutes", "from: 2025-11-11", "from: 2025-11-11T10",
     "shop.yaml:19:28: from must be a local time that exists, not \"2025-11-11T10\"",
     "write YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], such as 2025-11-11."},
    {"times zero", "multiply: 2", "multiply: 0.00", "shop.yaml:19:88: multiply is 0",
     "write a number above 0, such as 2 or 1.5."},
    {"times a negative number", "multiply: 2", "multiply: -2",
     "shop.yaml:19:88: multiply -2 is negative", "write a number without minus sign."},
    {"times three decimals", "multiply: 2", "multiply: 1.125",
     "shop.yaml:19:88: multiply 1.125 has more than two decimals",
     "write digits with at most two decimals, such as 2.00."},
    {"a campaign twice",
     "      - {name: Sale, from: 2025-11-11, until: 2025-11-12, kinds: [purchase], multiply: 2}",
     "      - {name: Sale, from: 2025-11-11, until: 2025-11-12, kinds: [purchase], multiply: 2}\n  "
     "    - {name: Sale, from: 2025-11-11, until: 2025-11-12, kinds: [purchase], multiply: 2}",
     "shop.yaml:20:16: the campaign \"Sale\" is listed twice, first at line 19",
     "give each campaign its own name."},
    {"a campaign on category_bonus", "[purchase]", "[category_bonus]",
     "shop.yaml:19:67: a campaign cannot name category_bonus",
     "allowed here: purchase, visit, review, bonus."},
    {"a campaign on refund", "[purchase]", "[refund]", "shop.yaml:19:67: refund earns nothing",
     "allowed here: purchase, visit, review, bonus."},
    {"a campaign on an unknown kind", "[purchase]", "[games]",
     "shop.yaml:19:67: the kind \"games\" is not listed in earning",
     "allowed here: purchase, visit, review, bonus."},
    {"a campaign on a kind twice", "[purchase]", "[purchase, purchase]",
     "shop.yaml:19:77: the kind \"purchase\" is named twice", "name each kind once."},
    {"a campaign on nothing", "[purchase]", "[]", "shop.yaml:19:66: kinds is empty",
     "name at least one kind."},
};

Test(config_bad, campaigns)
{
    bad_cases_check(campaigns, sizeof campaigns / sizeof campaigns[0]);
}
