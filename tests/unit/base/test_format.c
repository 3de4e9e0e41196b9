/*
 * base/format: numbers and paragraphs for people, at their boundaries.
 */
#include "base/format.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(format, counts_have_separators)
{
    static const struct {
        int64_t value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {999, "999"},
        {1000, "1,000"},
        {-1000, "-1,000"},
        {999999, "999,999"},
        {1000000, "1,000,000"},
        {INT64_MAX, "9,223,372,036,854,775,807"},
        {INT64_MIN, "-9,223,372,036,854,775,808"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_str_eq(format_count(cases[i].value, FORMAT_TEXT), cases[i].text);
    }
}

Test(format, short_numbers_have_three_digits_or_so)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},          {950, "950"},      {999.4, "999"},     {999.5, "1.0 k"},
        {1234, "1.2 k"},   {9949, "9.9 k"},   {9950, "10 k"},     {35000, "35 k"},
        {999499, "999 k"}, {999500, "1.0 M"}, {1250000, "1.2 M"}, {3e15, "3000 T"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_str_eq(format_short(cases[i].value, FORMAT_TEXT), cases[i].text);
    }
}

Test(format, money_has_both_places_and_factors_the_needed_ones)
{
    cr_expect_str_eq(format_cents(0, FORMAT_TEXT), "0.00");
    cr_expect_str_eq(format_cents(11950, FORMAT_TEXT), "119.50");
    cr_expect_str_eq(format_cents(-5, FORMAT_TEXT), "-0.05");
    cr_expect_str_eq(format_cents(INT64_MIN, FORMAT_TEXT), "-92233720368547758.08");
    cr_expect_str_eq(format_factor(200, FORMAT_TEXT), "2");
    cr_expect_str_eq(format_factor(1000, FORMAT_TEXT), "10");
    cr_expect_str_eq(format_factor(150, FORMAT_TEXT), "1.5");
    cr_expect_str_eq(format_factor(125, FORMAT_TEXT), "1.25");
    cr_expect_str_eq(format_factor(0, FORMAT_TEXT), "0");
}

Test(format, durations)
{
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {-1, "0.0 s"},
        {0.04, "0.0 s"},
        {9.94, "9.9 s"},
        {9.95, "10 s"},
        {59.4, "59 s"},
        {59.5, "1 min 00 s"},
        {185, "3 min 05 s"},
        {3599.4, "59 min 59 s"},
        {3600, "1 h 00 min"},
        {7380, "2 h 03 min"},
        {1e300, "277777 h 46 min"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_str_eq(format_duration(cases[i].seconds, FORMAT_TEXT), cases[i].text);
    }
}

/* What a function wrote to the file, to be freed. */
static char *paragraph(const char *text, size_t column, size_t indent)
{
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);
    format_paragraph(out, text, column, indent);
    (void)fclose(out);
    return written;
}

Test(format, paragraphs_break_before_the_81st_column)
{
    char *fits =
        paragraph("12345678901234567890123456789012345678901234567890123456789012345678901 "
                  "34567890",
                  0, 2);
    cr_expect_str_eq(fits,
                     "12345678901234567890123456789012345678901234567890123456789012345678901 "
                     "34567890\n");
    char *breaks =
        paragraph("12345678901234567890123456789012345678901234567890123456789012345678901 "
                  "345678901",
                  0, 2);
    cr_expect_str_eq(breaks,
                     "12345678901234567890123456789012345678901234567890123456789012345678901"
                     "\n  345678901\n");
    free(fits);
    free(breaks);
}

Test(format, paragraphs_have_no_control_marks_and_count_characters)
{
    char *clean = paragraph("  one\ttwo\r\n\x1b[31m ", 0, 0);
    cr_expect_str_eq(clean, "one two [31m\n");
    /* 79 characters of two bytes and one more word: 81 columns. */
    char text[79 * 2 + 3];
    for (size_t i = 0; i < 79; i++) {
        memcpy(text + 2 * i, "\xc3\xa9", 2);
    }
    memcpy(text + (size_t)(79 * 2), " x", 3);
    char *wide = paragraph(text, 0, 0);
    cr_expect_str_eq(wide + strlen(wide) - 3, "\nx\n");
    char *empty = paragraph("", 0, 0);
    cr_expect_str_eq(empty, "\n");
    free(clean);
    free(wide);
    free(empty);
}

/* So long that a command after them would have to be broken. */
#define LONG_SENTENCE "2025-12 is final since 2026-01-08; nothing was done. To change it later: "

Test(format, what_stands_between_backquotes_is_never_broken)
{
    static const struct {
        const char *text;
        const char *written;
    } cases[] = {
        {LONG_SENTENCE "`tierclose restate`.",
         "2025-12 is final since 2026-01-08; nothing was done. To change it later:\n"
         "  `tierclose restate`.\n"},
        {LONG_SENTENCE "(`tierclose restate --period 2025-12` or so).",
         "2025-12 is final since 2026-01-08; nothing was done. To change it later:\n"
         "  (`tierclose restate --period 2025-12` or so).\n"},
        {"run `tierclose backfill` or `tierclose status`",
         "run `tierclose backfill` or `tierclose status`\n"},
        /* Too wide for any line, it stands alone. */
        {"run `tierclose backfill --from 2024-12 --to 2025-12 --config "
         "/etc/tierclose/programme.yaml` now",
         "run\n  `tierclose backfill --from 2024-12 --to 2025-12 --config "
         "/etc/tierclose/programme.yaml`\n  now\n"},
        /* What a server says may hold one, and control marks between two. */
        {LONG_SENTENCE "a ` bcdefg",
         "2025-12 is final since 2026-01-08; nothing was done. To change it "
         "later: a `\n  bcdefg\n"},
        {"`one \n\x1b two`\tthree", "`one two` three\n"},
        {"``", "``\n"},
        {"`", "`\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *written = paragraph(cases[i].text, 0, 2);
        cr_expect_str_eq(written, cases[i].written);
        free(written);
    }
}

Test(format, a_command_may_end_in_the_80th_column)
{
    static const char *const texts[] = {"1234567890123456789012345678901234567890123456789012345678"
                                        "90 `tierclose restate`\n",
                                        "1234567890123456789012345678901234567890123456789012345678"
                                        "901\n`tierclose restate`\n"};
    char *fits = paragraph(texts[0], 0, 0);
    char *breaks = paragraph(texts[1], 0, 0);
    cr_expect_eq(strlen(fits), FORMAT_COLUMNS + 1);
    cr_expect_str_eq(fits, texts[0]);
    cr_expect_str_eq(breaks, texts[1]);
    free(fits);
    free(breaks);
}

Test(format, cells_are_padded_or_cut_by_characters)
{
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);
    format_cell(out, "Gold", 6);
    format_cell(out, "Platinum", 8);
    format_cell(out, "Platinum", 7);
    format_cell(out, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 4);
    (void)fclose(out);
    cr_expect_str_eq(written, "Gold  PlatinumPlat...\xc3\xa9...");
    free(written);
}
