/*
 * What is no YAML, no UTF-8, or YAML that a programme file does without.
 */
#include "bad_case.h"

#include <criterion/criterion.h>

static const BadCase yaml[] = {
    {"an anchor", "currency: EUR", "currency: &c EUR", "shop.yaml:3:11: an anchor is not allowed",
     "write the value out in each place; anchors and aliases are not read."},
    {"an anchor on a map", "{name: Silver, min_points: 0}", "&s {name: Silver, min_points: 0}",
     "shop.yaml:7:9: an anchor is not allowed",
     "write the value out in each place; anchors and aliases are not read."},
    {"an anchor on a list", "kinds: [visit, review]", "kinds: &k [visit, review]",
     "shop.yaml:16:17: an anchor is not allowed",
     "write the value out in each place; anchors and aliases are not read."},
    {"an alias", "currency: EUR", "currency: *c", "shop.yaml:3:11: an alias is not allowed",
     "write the value out in each place; anchors and aliases are not read."},
    {"a tag", "min_points: 101", "min_points: !!int 101", "shop.yaml:8:34: a tag is not allowed",
     "remove it; tags are not read."},
    {"a tag on a map", "{name: Silver, min_points: 0}", "!level {name: Silver, min_points: 0}",
     "shop.yaml:7:9: a tag is not allowed", "remove it; tags are not read."},
    {"a tag on a list", "kinds: [visit, review]", "kinds: !!set [visit, review]",
     "shop.yaml:16:17: a tag is not allowed", "remove it; tags are not read."},
    {"a tag directive", "program: shop", "%TAG ! tag:example.com,2000:\n---\nprogram: shop",
     "shop.yaml:1:1: a %TAG directive is not allowed", "remove it; tags are not read."},
    {"a merge key", "{name: Silver, min_points: 0}", "{<<: x, name: Silver, min_points: 0}",
     "shop.yaml:7:10: unknown key \"<<\" in a level", "allowed keys: name, min_points."},
    {"two documents", "program: shop", "program: shop\n---\nprogram: shop",
     "shop.yaml:2:1: a second document begins here",
     "a file holds one programme; remove the line --- or use two files."},
    {"a list as key", "{name: Silver, min_points: 0}", "{[a]: 1}",
     "shop.yaml:7:10: a key is a list", "write a key as one word, followed by a colon."},
    {"a map as key", "{name: Silver, min_points: 0}", "{? {a: b} : 1}",
     "shop.yaml:7:12: a key is a map", "write a key as one word, followed by a colon."},
    {"a bracket not closed", "{name: Silver, min_points: 0}", "{name: Silver, min_points: 0",
     "shop.yaml:8:9: not valid YAML: did not find expected ',' or '}', while parsing a flow "
     "mapping that begins at line 7",
     "check indentation, colons, brackets and quotation marks up to here."},
    {"a quotation mark not closed", "currency: EUR", "currency: \"EUR",
     "shop.yaml:25:1: not valid YAML: found unexpected end of stream, while scanning a quoted "
     "scalar that begins at line 3",
     "check indentation, colons, brackets and quotation marks up to here."},
    {"a line too far right", "currency: EUR", "currency: EUR\n    settle: true",
     "shop.yaml:4:11: not valid YAML: mapping values are not allowed in this context",
     "check indentation, colons, brackets and quotation marks up to here."},
    {"a colon in plain text", "program: shop", "program: shop: the best",
     "shop.yaml:1:14: not valid YAML: mapping values are not allowed in this context",
     "check indentation, colons, brackets and quotation marks up to here."},
    {"an at sign begins a word", "program: shop", "program: @shop",
     "shop.yaml:1:10: not valid YAML: found character that cannot start any token, while scanning "
     "for the next token that begins at line 1",
     "check indentation, colons, brackets and quotation marks up to here."},
    {"a bad escape", "program: shop", "program: \"\\q\"",
     "shop.yaml:1:11: not valid YAML: found unknown escape character, while parsing a quoted "
     "scalar that begins at line 1",
     "check indentation, colons, brackets and quotation marks up to here."},
    {"a surrogate escape", "program: shop", "program: \"\\ud800\"",
     "shop.yaml:1:13: not valid YAML: found invalid Unicode character escape code, while parsing a "
     "quoted scalar that begins at line 1",
     "check indentation, colons, brackets and quotation marks up to here."},
    {"an empty file", "", "", "shop.yaml:1:1: the file is empty",
     "copy one of the programmes that are shipped and change it."},
    {"nothing but a comment", "", "# nothing\n", "shop.yaml:1:1: the file is empty",
     "copy one of the programmes that are shipped and change it."},
};

Test(config_bad, yaml)
{
    bad_cases_check(yaml, sizeof yaml / sizeof yaml[0]);
}

static const BadCase characters[] = {
    {"a tab", "    levels:", "\tlevels:", "shop.yaml:6:1: a tab stands in the indentation",
     "indent with spaces."},
    {"a tab after spaces", "    levels:", "  \tlevels:",
     "shop.yaml:6:3: a tab stands in the indentation", "indent with spaces."},
    {"a byte order mark", "program: shop", "\357\273\277program: shop",
     "shop.yaml:1:1: a byte order mark is not allowed",
     "save the file as UTF-8 without byte order mark (BOM)."},
    {"a bell", "program: shop", "program: sh\007op",
     "shop.yaml:1:12: the unprintable character U+0007 is not allowed", "remove it."},
    {"a lone carriage return", "program: shop", "program: shop\015# old Mac",
     "shop.yaml:1:14: a carriage return stands inside a line", "end lines with LF or CR LF."},
    {"a next line mark", "program: shop", "# é\302\205\nprogram: shop",
     "shop.yaml:1:4: the unprintable character U+0085 is not allowed", "remove it."},
    {"a line separator", "program: shop", "program: a\342\200\250b",
     "shop.yaml:1:11: the unprintable character U+2028 is not allowed", "remove it."},
    {"a hidden mark", "program: shop", "program: a\342\200\256b",
     "shop.yaml:1:11: the unprintable character U+202E is not allowed", "remove it."},
    {"UTF-16", "program: shop", "\377\376p", "shop.yaml:1:1: the byte 0xFF is not UTF-8",
     "save the file as UTF-8."},
    {"Latin-1", "program: shop", "program: caf\351", "shop.yaml:1:13: the byte 0xE9 is not UTF-8",
     "save the file as UTF-8."},
    {"an overlong form", "program: shop", "program: \300\257",
     "shop.yaml:1:10: the byte 0xC0 is not UTF-8", "save the file as UTF-8."},
    {"a surrogate", "program: shop", "program: \355\240\200",
     "shop.yaml:1:10: the byte 0xED is not UTF-8", "save the file as UTF-8."},
    {"beyond Unicode", "program: shop", "program: \364\220\200\200",
     "shop.yaml:1:10: the byte 0xF4 is not UTF-8", "save the file as UTF-8."},
};

Test(config_bad, characters)
{
    bad_cases_check(characters, sizeof characters / sizeof characters[0]);
}

/* In the middle of a text, and instead of it. */
Test(config_bad, zero_bytes)
{
    static const char text[] = "program: sh\0op\n";
    bad_text_check("a NUL byte", text, sizeof text - 1, "shop.yaml:1:12: a NUL byte is not allowed",
                   "a programme file is text in UTF-8.");
    static const char zeros[100] = "";
    bad_text_check("nothing but NUL bytes", zeros, sizeof zeros,
                   "shop.yaml:1:1: a NUL byte is not allowed",
                   "a programme file is text in UTF-8.");
}
