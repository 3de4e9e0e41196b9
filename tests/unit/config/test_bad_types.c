/*
 * Values of the wrong type, and texts that cannot stay.
 */
#include "bad_case.h"

#include <criterion/criterion.h>

static const BadCase types[] = {
    {"a list for a map", "    refund: {voids: order}", "    refund: [order]",
     "shop.yaml:17:13: refund must be a map, not a list",
     "write \"key: value\" for its keys: voids."},
    {"a text for a map", "    refund: {voids: order}", "    refund: order",
     "shop.yaml:17:13: refund must be a map, not \"order\"",
     "write \"key: value\" for its keys: voids."},
    {"nothing for a map", "    refund: {voids: order}",
     "    refund:", "shop.yaml:17:12: refund has no value; it must be a map",
     "write \"key: value\" for its keys: voids."},
    {"a map for a list", "kinds: [visit, review]", "kinds: {visit: 1}",
     "shop.yaml:16:17: kinds must be a list, not a map",
     "write [a, b], or a line with a dash for each entry."},
    {"a text for a list", "kinds: [visit, review]", "kinds: visit",
     "shop.yaml:16:17: kinds must be a list, not \"visit\"",
     "write [a, b], or a line with a dash for each entry."},
    {"null for a list", "kinds: [visit, review]", "kinds: null",
     "shop.yaml:16:17: kinds has no value; it must be a list",
     "write [a, b], or a line with a dash for each entry."},
    {"a list for a text", "program: shop", "program: [shop]",
     "shop.yaml:1:10: program must be a text, not a list",
     "write 1 to 100 bytes of printable text without backslash."},
    {"a map for a text", "program: shop", "program: {name: shop}",
     "shop.yaml:1:10: program must be a text, not a map",
     "write 1 to 100 bytes of printable text without backslash."},
    {"nothing for a text", "program: shop",
     "program:", "shop.yaml:1:9: program has no value; it must be a text",
     "write 1 to 100 bytes of printable text without backslash."},
    {"a tilde for a text", "timezone: Europe/Paris", "timezone: ~",
     "shop.yaml:2:11: timezone has no value; it must be a text",
     "write 1 to 100 bytes of printable text without backslash."},
    {"a quoted number", "min_points: 101", "min_points: \"101\"",
     "shop.yaml:8:34: min_points must be a whole number, not the quoted text \"101\"",
     "write the number without quotation marks."},
    {"a block text for a number", "{name: Gold, min_points: 101}",
     "name: Gold\n        min_points: |-\n          101",
     "shop.yaml:9:21: min_points must be a whole number, not the quoted text \"101\"",
     "write the number without quotation marks."},
    {"a word for a number", "min_points: 101", "min_points: many",
     "shop.yaml:8:34: min_points must be a whole number, not \"many\"",
     "write digits only, such as 500."},
    {"a quoted word for a number", "min_points: 101", "min_points: 'many'",
     "shop.yaml:8:34: min_points must be a whole number, not the quoted text \"many\"",
     "write digits only, such as 500."},
    {"a list for a number", "min_points: 101", "min_points: [101]",
     "shop.yaml:8:34: min_points must be a whole number, not a list",
     "write digits only, such as 500."},
    {"nothing for a number", "min_points: 101",
     "min_points: ", "shop.yaml:8:34: min_points has no value; it must be a whole number",
     "write digits only, such as 500."},
    {"yes for a boolean", "currency: EUR", "currency: EUR\nsettle: yes",
     "shop.yaml:4:9: settle must be true or false, not \"yes\"",
     "write true or false, without quotation marks."},
    {"a quoted boolean", "currency: EUR", "currency: EUR\nsettle: \"true\"",
     "shop.yaml:4:9: settle must be true or false, not the quoted text \"true\"",
     "write true or false, without quotation marks."},
    {"a capital boolean", "currency: EUR", "currency: EUR\nsettle: True",
     "shop.yaml:4:9: settle must be true or false, not \"True\"",
     "write true or false, without quotation marks."},
    {"a number for a choice", "{voids: order}", "{voids: 1}",
     "shop.yaml:17:21: voids must be amount or order, not \"1\"", "write amount or order."},
    {"a misspelt choice", "{voids: order}", "{voids: orders}",
     "shop.yaml:17:21: voids must be amount or order, not \"orders\"",
     "did you mean \"order\"? write amount or order."},
    {"a rules entry that is a text", "",
     "program: a\ntimezone: UTC\ncurrency: EUR\nrules: [later]\n",
     "shop.yaml:4:9: a rules entry must be a map, not \"later\"",
     "write \"key: value\" for its keys: from, levels, earning, caps, refund, fraud, campaigns, "
     "coupons, benefits."},
    {"the file is a list", "", "# A list.\n- a\n",
     "shop.yaml:2:1: the file must be a map, not a list",
     "write \"key: value\" for its keys: program, timezone, currency, window_months, "
     "effective_day, settle, source, rules."},
    {"the file is a word", "", "programme",
     "shop.yaml:1:1: the file must be a map, not \"programme\"",
     "write \"key: value\" for its keys: program, timezone, currency, window_months, "
     "effective_day, settle, source, rules."},
    {"nothing but three dashes", "", "---\n",
     "shop.yaml:2:1: the file has no value; it must be a map",
     "write \"key: value\" for its keys: program, timezone, currency, window_months, "
     "effective_day, settle, source, rules."},
};

Test(config_bad, types)
{
    bad_cases_check(types, sizeof types / sizeof types[0]);
}

static const BadCase texts[] = {
    {"an empty text", "program: shop", "program: \"\"", "shop.yaml:1:10: program is empty",
     "write 1 to 100 bytes of printable text without backslash."},
    {"a name with a tab", "name: Gold", "name: \"Go\\tld\"",
     "shop.yaml:8:16: name \"Go?ld\" holds the character U+0009",
     "write 1 to 100 bytes of printable text without backslash."},
    {"a name with a newline", "name: Gold", "name: \"Go\\nld\"",
     "shop.yaml:8:16: name \"Go?ld\" holds the character U+000A",
     "write 1 to 100 bytes of printable text without backslash."},
    {"a name with a backslash", "name: Gold", "name: 'Go\\ld'",
     "shop.yaml:8:16: name \"Go\\ld\" holds a backslash",
     "write 1 to 100 bytes of printable text without backslash."},
    {"a name with a NUL", "name: Gold", "name: \"Go\\0ld\"",
     "shop.yaml:8:16: name \"Go?ld\" holds the character U+0000",
     "write 1 to 100 bytes of printable text without backslash."},
    {"a name that turns text around", "name: Gold", "name: \"Go\\u202eld\"",
     "shop.yaml:8:16: name \"Go?ld\" holds the character U+202E",
     "write 1 to 100 bytes of printable text without backslash."},
    {"a name with a space before", "name: Gold", "name: \" Gold\"",
     "shop.yaml:8:16: name \" Gold\" begins or ends with a space", "remove the space."},
    {"a name with a space after", "name: Gold", "name: \"Gold \"",
     "shop.yaml:8:16: name \"Gold \" begins or ends with a space", "remove the space."},
    {"a name of 101 bytes", "name: Gold",
     "name: "
     "GGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGG"
     "GGGGGGGG",
     "shop.yaml:8:16: name \"GGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGG...\" has 101 bytes",
     "write 1 to 100 bytes of printable text without backslash."},
    {"a long name of wide letters", "name: Gold",
     "name: ééééééééééééééééééééééééééééééééééééééééééééééééééé",
     "shop.yaml:8:16: name \"éééééééééééééééééééééééééééééééééééééééé...\" has 102 bytes",
     "write 1 to 100 bytes of printable text without backslash."},
    {"a currency in small letters", "currency: EUR", "currency: eur",
     "shop.yaml:3:11: currency must be three capital letters, not \"eur\"",
     "write an ISO 4217 code, such as USD."},
    {"a currency of four letters", "currency: EUR", "currency: EURO",
     "shop.yaml:3:11: currency must be three capital letters, not \"EURO\"",
     "write an ISO 4217 code, such as USD."},
    {"a currency sign as currency", "currency: EUR", "currency: €",
     "shop.yaml:3:11: currency must be three capital letters, not \"€\"",
     "write an ISO 4217 code, such as USD."},
    {"a timezone with a control character", "timezone: Europe/Paris", "timezone: \"Europe\\x07\"",
     "shop.yaml:2:11: timezone \"Europe?\" holds the character U+0007",
     "write 1 to 100 bytes of printable text without backslash."},
    {"a source with a space", "currency: EUR", "currency: EUR\nsource: {members: my members}",
     "shop.yaml:4:19: members must be a table or view, not \"my members\"",
     "write name or schema.name; put other characters than letters, digits and _ in double "
     "quotation marks: '\"my view\"'."},
    {"a source of three parts", "currency: EUR", "currency: EUR\nsource: {events: a.b.c}",
     "shop.yaml:4:18: events must be a table or view, not \"a.b.c\"",
     "write name or schema.name; put other characters than letters, digits and _ in double "
     "quotation marks: '\"my view\"'."},
    {"a source with an empty part", "currency: EUR", "currency: EUR\nsource: {events: a.}",
     "shop.yaml:4:18: events must be a table or view, not \"a.\"",
     "write name or schema.name; put other characters than letters, digits and _ in double "
     "quotation marks: '\"my view\"'."},
    {"a source with an empty quoted part", "currency: EUR",
     "currency: EUR\nsource: {events: '\"\".b'}",
     "shop.yaml:4:18: events must be a table or view, not the quoted text \"\"\".b\"",
     "write name or schema.name; put other characters than letters, digits and _ in double "
     "quotation marks: '\"my view\"'."},
    {"a source with an open quotation mark", "currency: EUR",
     "currency: EUR\nsource: {kinds: '\"b'}",
     "shop.yaml:4:17: kinds must be a table or view, not the quoted text \"\"b\"",
     "write name or schema.name; put other characters than letters, digits and _ in double "
     "quotation marks: '\"my view\"'."},
    {"a source that begins with a digit", "currency: EUR", "currency: EUR\nsource: {kinds: 1b}",
     "shop.yaml:4:17: kinds must be a table or view, not \"1b\"",
     "write name or schema.name; put other characters than letters, digits and _ in double "
     "quotation marks: '\"my view\"'."},
    {"a source of 64 letters", "currency: EUR",
     "currency: EUR\nsource: {kinds: "
     "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk}",
     "shop.yaml:4:17: kinds must be a table or view, not "
     "\"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk...\"",
     "write name or schema.name; put other characters than letters, digits and _ in double "
     "quotation marks: '\"my view\"'."},
    {"an empty source", "currency: EUR", "currency: EUR\nsource: {kinds: \"\"}",
     "shop.yaml:4:17: kinds is empty", "write 1 to 100 bytes of printable text without backslash."},
};

Test(config_bad, texts)
{
    bad_cases_check(texts, sizeof texts / sizeof texts[0]);
}
