/*
 * A wrong value at each key that the other tables leave out, and what else spoils a value: no two
 * keys share the check of a value, so each is shown to be checked.
 */
#include "bad_case.h"
#include "config/reader.h"

#include "config/parts.h"

#include <criterion/criterion.h>
#include <string.h>

#define HINT_NAME "write 1 to 100 bytes of printable text without backslash."
#define HINT_WHOLE "write digits only, such as 500."
#define HINT_DECIMAL "write digits with at most two decimals, such as 2.00."
#define HINT_MONTH "write a month as YYYY-MM, such as 2025-01."
#define HINT_TIME "write YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], such as 2025-11-11."
#define HINT_CURRENCY "write an ISO 4217 code, such as USD."
#define HINT_BENEFIT "write a number, true, false, or at most 1000 bytes of text."

static const BadCase values[] = {
    {"a currency that is a list", "currency: EUR", "currency: [EUR]",
     "shop.yaml:3:11: currency must be three capital letters, not a list", HINT_CURRENCY},
    {"Null for a text", "timezone: Europe/Paris", "timezone: Null",
     "shop.yaml:2:11: timezone has no value; it must be a text", HINT_NAME},
    {"NULL for a text", "timezone: Europe/Paris", "timezone: NULL",
     "shop.yaml:2:11: timezone has no value; it must be a text", HINT_NAME},
    {"from that is a list", "from: 2020-01", "from: [2020-01]",
     "shop.yaml:5:11: from must be a month, not a list", HINT_MONTH},
    {"from with a zero byte", "from: 2020-01", "from: \"2020-01\\0\"",
     "shop.yaml:5:11: from must be a month, not the quoted text \"2020-01?\"", HINT_MONTH},
    {"voids that is a list", "{voids: order}", "{voids: [order]}",
     "shop.yaml:17:21: voids must be amount or order, not a list", "write amount or order."},
    {"points_per_order in words", "points_per_unit: 1,", "points_per_order: one,",
     "shop.yaml:11:36: points_per_order must be a whole number, not \"one\"", HINT_WHOLE},
    {"min_amount of a purchase in words", "points_per_unit: 1,",
     "points_per_unit: 1, min_amount: two,",
     "shop.yaml:11:50: min_amount must be a decimal number, not \"two\"", HINT_DECIMAL},
    {"max_per_order in words", "points_per_unit: 1,", "points_per_unit: 1, max_per_order: all,",
     "shop.yaml:11:53: max_per_order must be a whole number, not \"all\"", HINT_WHOLE},
    {"points of the category bonus in words", "{points: 1, max_per_day: 5}",
     "{points: x, max_per_day: 5}", "shop.yaml:11:63: points must be a whole number, not \"x\"",
     HINT_WHOLE},
    {"max_per_day in words", "max_per_day: 5", "max_per_day: x",
     "shop.yaml:11:79: max_per_day must be a whole number, not \"x\"", HINT_WHOLE},
    {"quoted points", "visit: {points: 1,", "visit: {points: \"1\",",
     "shop.yaml:12:23: points must be a whole number, not the quoted text \"1\"",
     "write the number without quotation marks."},
    {"a kind with a backslash", "      visit: {points: 1, once_per: day}",
     "      vi\\sit: {points: 1}", "shop.yaml:12:7: a kind \"vi\\sit\" holds a backslash",
     HINT_NAME},
    {"an empty kind in a list", "kinds: [visit, review]", "kinds: [~]",
     "shop.yaml:16:18: a kind has no value; it must be a name",
     "name kinds that are listed in earning."},
    {"two caps a day on the same kinds",
     "      - {kinds: [visit, review], per: month, max_points: 10}",
     "      - {kinds: [visit], per: day, max_points: 10}\n"
     "      - {kinds: [visit], per: day, max_points: 9}",
     "shop.yaml:17:9: visit has a second cap per day, the first is at line 16, column 9",
     "keep one of the two."},
    {"a campaign's name that is a list", "name: Sale", "name: [Sale]",
     "shop.yaml:19:16: name must be a text, not a list", HINT_NAME},
    {"a campaign's end in words", "until: 2025-11-12", "until: later",
     "shop.yaml:19:47: until must be a local time that exists, not \"later\"", HINT_TIME},
    {"a campaign's end that is a list", "until: 2025-11-12", "until: [2025-11-12]",
     "shop.yaml:19:47: until must be a local time that exists, not a list", HINT_TIME},
    {"a campaign's hour that is no number", "until: 2025-11-12", "until: 2025-11-12T1x:00",
     "shop.yaml:19:47: until must be a local time that exists, not \"2025-11-12T1x:00\"",
     HINT_TIME},
    {"a coupon's code that is a list", "code: GOLD", "code: [GOLD]",
     "shop.yaml:22:23: code must be a text, not a list", HINT_NAME},
    {"a coupon's min_spend in words", "min_spend: 20.00", "min_spend: little",
     "shop.yaml:22:53: min_spend must be a decimal number, not \"little\"", HINT_DECIMAL},
    {"a benefit's name with a backslash", "{discount: 8}", "{dis\\count: 8}",
     "shop.yaml:24:14: a benefit \"dis\\count\" holds a backslash", HINT_NAME},
    {"a coupon of a level whose two letters are all others", "",
     "program: a\ntimezone: UTC\ncurrency: EUR\nrules:\n  - from: 2020-01\n"
     "    levels: [{name: A, min_points: 0}, {name: Xy, min_points: 1}]\n"
     "    earning: {visit: {points: 1}}\n"
     "    coupons:\n      level_up: {Au: [{code: c, value: 1.00}]}\n",
     "shop.yaml:9:18: there is no level \"Au\"", "allowed levels: Xy."},
    {"a coupon of a level, where another has a long name", "",
     "program: a\ntimezone: UTC\ncurrency: EUR\nrules:\n  - from: 2020-01\n"
     "    levels: [{name: A, min_points: 0}, {name: abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq,"
     " min_points: 1}]\n    earning: {visit: {points: 1}}\n"
     "    coupons:\n      level_up: {abcdefghijklmnopqrstuvwxyz: [{code: c, value: 1.00}]}\n",
     "shop.yaml:9:18: there is no level \"abcdefghijklmnopqrstuvwxyz\"",
     "allowed levels: abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq."},
    {"a coupon where there is one level only", "",
     "program: a\ntimezone: UTC\ncurrency: EUR\nrules:\n  - from: 2020-01\n"
     "    levels: [{name: A, min_points: 0}]\n    earning: {visit: {points: 1}}\n"
     "    coupons:\n      level_up: {B: [{code: c, value: 1.00}]}\n",
     "shop.yaml:9:18: there is no level \"B\"", "allowed levels: none."},
    {"a level of one letter that is another", "Gold: {discount: 8}", "S: {discount: 8}",
     "shop.yaml:24:7: there is no level \"S\"", "allowed levels: Silver, Gold, Diamond."},
    {"a carriage return at the end", "{discount: 8}\n", "{discount: 8}\r",
     "shop.yaml:24:26: a carriage return stands inside a line", "end lines with LF or CR LF."},
    {"a character that ends with the file", "", "program: \xC3",
     "shop.yaml:1:10: the byte 0xC3 is not UTF-8", "save the file as UTF-8."},
    {"a character in more bytes than it needs", "", "program: \xE0\x80\x80",
     "shop.yaml:1:10: the byte 0xE0 is not UTF-8", "save the file as UTF-8."},
};

Test(config_bad, values)
{
    bad_cases_check(values, sizeof values / sizeof values[0]);
}

Test(config_bad, a_benefit_of_more_than_1000_bytes)
{
    char put[1100] = "{discount: ";
    memset(put + strlen(put), 'x', 1001);
    strcat(put, "}");
    const BadCase too_long = {"a benefit of 1001 bytes", "{discount: 8}", put,
                              "shop.yaml:24:24: the benefit \"discount\" has 1001 bytes",
                              HINT_BENEFIT};
    bad_cases_check(&too_long, 1);
}

Test(config_bad, a_key_too_long_to_suggest_another)
{
    char put[200] = "";
    memset(put, 'x', 150);
    strcat(put, ": 1\nprogram: shop");
    const BadCase key = {
        "a key of 150 bytes", "program: shop", put,
        "shop.yaml:1:1: unknown key \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\" in the file",
        "allowed keys: program, timezone, currency, window_months, effective_day, settle, source, "
        "rules."};
    bad_cases_check(&key, 1);
}

/* Nodes that no file gives, since its characters are looked at first. */
Test(config_bad, a_text_that_is_not_utf8_is_never_shown)
{
    Arena arena = {0};
    const Reader reader = {.arena = &arena, .file = "shop.yaml"};
    const Node node = {.type = NODE_SCALAR, .place = {3, 4}, .text = "a\xFFz\x07", .length = 4};
    Error error = {0};
    const char *text = NULL;
    cr_expect_str_eq(reader_show(&reader, &node), "\"a?z?\"");
    cr_expect_not(read_name(&reader, &node, "name", &text, &error));
    cr_expect_null(text);
    cr_expect_str_eq(error.message, "shop.yaml:3:4: name \"a?z?\" holds the character U+0000");
    arena_destroy(&arena);
}
