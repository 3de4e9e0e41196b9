/*
 * Writing a manual page in the language of man(7), which groff, mandoc and man-db read alike.
 *
 * Texts are those of the help. In them a word that begins with "--" and what stands between two
 * backquotes become bold; everything else is made safe, so that no text is taken for a request.
 */
#pragma once

#include <stdio.h>

/* The first line. The date is $SOURCE_DATE_EPOCH's, so that a package is built alike twice, else
 * today's. */
void page_begin(FILE *out, const char *title, const char *section, const char *manual);

/* ".SH HEADING" or, within one, ".SS Heading" */
void page_heading(FILE *out, const char *heading);
void page_subheading(FILE *out, const char *heading);

/* Paragraphs, an empty line between them. */
void page_paragraphs(FILE *out, const char *text);

/* One paragraph's words on lines of their own, without a request before them. */
void page_text(FILE *out, const char *text);

/* The tag of an entry in a list of terms: bold words, then perhaps some in italics, and a note in
 * parentheses; NULL where there is none. */
void page_tag(FILE *out, const char *bold, const char *italic, const char *note);

/* Words within a line: made safe, in one font. */
void page_bold(FILE *out, const char *text);
void page_italic(FILE *out, const char *text);

/* Lines that stay as they are. */
void page_example_begin(FILE *out);
void page_example_line(FILE *out, const char *line);
void page_example_end(FILE *out);
