/*
 * Numbers and paragraphs for people, without locale: 1,234,567 is the same in every cron job.
 *
 * The format_ functions that take `text` write into it and return it, so that they can stand as
 * arguments: printf("%s rows", format_count(rows, FORMAT_TEXT)). Pure but for format_paragraph; any
 * thread.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

enum {
    FORMAT_TEXT_BYTES = 32,
    FORMAT_COLUMNS = 80, /* of everything that is written for a person */
};

/* Room for one number, until the end of the block it stands in. */
#define FORMAT_TEXT ((char[FORMAT_TEXT_BYTES]){0})

/* 1,234,567 */
const char *format_count(int64_t value, char text[FORMAT_TEXT_BYTES]);

/* Three digits or so: 950, 1.2 k, 35 k, 1.2 M */
const char *format_short(double value, char text[FORMAT_TEXT_BYTES]);

/* Cents with both places: 119.50 */
const char *format_cents(int64_t cents, char text[FORMAT_TEXT_BYTES]);

/* Hundredths with the places they need: 2, 1.5, 1.25 */
const char *format_factor(int64_t hundredths, char text[FORMAT_TEXT_BYTES]);

/* 0.4 s, 12 s, 3 min 05 s, 2 h 03 min */
const char *format_duration(double seconds, char text[FORMAT_TEXT_BYTES]);

/* "s" unless count is 1 */
const char *format_plural(int64_t count);

/* How many columns a text takes: its characters. Texts are UTF-8. */
size_t format_width(const char *text);

/* Writes text cut (with "...") or padded to `width` columns; width is at least 3. */
void format_cell(FILE *out, const char *text, size_t width);

/*
 * Writes words from column `column` on, broken before FORMAT_COLUMNS; the lines that follow are
 * indented by `indent`. White space and control marks are breaks. What stands between two
 * backquotes is one word, so that a command can be copied whole: write `tierclose status` in
 * backquotes. Only a word of its own that is too wide passes FORMAT_COLUMNS. Ends with a newline.
 */
void format_paragraph(FILE *out, const char *text, size_t column, size_t indent);
