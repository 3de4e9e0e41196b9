#include "manual/page.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef TIERCLOSE_VERSION
#error "TIERCLOSE_VERSION: the project's version, given by meson.build"
#endif

/* A line is broken at the first space after this; what is longest then still fits 80. */
enum { LINE_COLUMNS = 56 };

static void put_safe(FILE *out, char byte)
{
    switch (byte) {
    case '\\':
        (void)fputs("\\e", out);
        break;
    case '-': /* a minus sign: what is copied from the page must work */
        (void)fputs("\\-", out);
        break;
    case '\'':
        (void)fputs("\\(aq", out);
        break;
    case '`':
        (void)fputs("\\(ga", out);
        break;
    case '^':
        (void)fputs("\\(ha", out);
        break;
    case '~':
        (void)fputs("\\(ti", out);
        break;
    default:
        (void)fputc(byte, out);
    }
}

static void put_words(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        put_safe(out, text[i]);
    }
}

/* A hyphen within a word of prose stays one; the minus sign is for what is typed. */
static void put_prose(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '-' && i > 0 && isalpha((unsigned char)text[i - 1])) {
            (void)fputc('-', out);
        } else {
            put_safe(out, text[i]);
        }
    }
}

/* An option's length where one begins: "--no-wait". */
static size_t option_length(const char *text)
{
    size_t length = strncmp(text, "--", 2) == 0 ? 2 : 0;
    while (length >= 2 && (isalpha((unsigned char)text[length]) || text[length] == '-')) {
        length++;
    }
    return length > 2 ? length : 0;
}

static void put_bold(FILE *out, const char *text, size_t length)
{
    (void)fputs("\\fB", out);
    put_words(out, text, length);
    (void)fputs("\\fR", out);
}

/* A word of prose, a quoted text or an option; returns its length in `text`. */
static size_t put_piece(FILE *out, const char *text, size_t rest)
{
    const char *quote = *text == '`' ? memchr(text + 1, '`', rest - 1) : NULL;
    if (quote != NULL) {
        put_bold(out, text + 1, (size_t)(quote - text - 1));
        return (size_t)(quote - text) + 1;
    }
    size_t option = option_length(text);
    if (option > 0) {
        put_bold(out, text, option);
        return option;
    }
    size_t word = 1;
    while (word < rest && text[word] != ' ' && text[word] != '`') {
        word++;
    }
    put_prose(out, text, word);
    return word;
}

/* One paragraph, text[0..length), on lines that an editor can show. */
static void put_marked(FILE *out, const char *text, size_t length)
{
    size_t used = 0; /* of text, since the line began */
    for (size_t i = 0; i < length;) {
        if (text[i] == ' ') {
            bool full = used >= LINE_COLUMNS;
            (void)fputc(full ? '\n' : ' ', out);
            used = full ? 0 : used + 1;
            i++;
            continue;
        }
        if (used == 0 && text[i] == '.') {
            (void)fputs("\\&", out); /* no request */
        }
        size_t piece = put_piece(out, text + i, length - i);
        used += piece;
        i += piece;
    }
    (void)fputc('\n', out);
}

void page_begin(FILE *out, const char *title, const char *section, const char *manual)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    time_t moment = epoch == NULL ? time(NULL) : (time_t)strtoll(epoch, NULL, 10);
    struct tm day;
    char date[sizeof "YYYY-MM-DD"];
    if (gmtime_r(&moment, &day) == NULL || strftime(date, sizeof date, "%Y-%m-%d", &day) == 0) {
        date[0] = '\0';
    }
    (void)fprintf(out, ".\\\" Made from the program's own tables (job/manual): edit those.\n");
    /* Ragged lines without hyphens: names and paths must be found and copied whole. */
    (void)fprintf(out, ".TH %s %s %s \"tierclose %s\" \"%s\"\n.nh\n.ad l\n", title, section, date,
                  TIERCLOSE_VERSION, manual);
}

void page_heading(FILE *out, const char *heading)
{
    (void)fprintf(out, ".SH %s\n", heading);
}

void page_subheading(FILE *out, const char *heading)
{
    (void)fputs(".SS ", out);
    put_words(out, heading, strlen(heading));
    (void)fputc('\n', out);
}

void page_text(FILE *out, const char *text)
{
    put_marked(out, text, strlen(text));
}

void page_paragraphs(FILE *out, const char *text)
{
    for (bool first = true; *text != '\0'; first = false) {
        const char *end = strstr(text, "\n\n");
        size_t length = end == NULL ? strlen(text) : (size_t)(end - text);
        if (!first) {
            (void)fputs(".PP\n", out);
        }
        put_marked(out, text, length);
        text += length + (end == NULL ? 0 : 2);
    }
}

void page_bold(FILE *out, const char *text)
{
    put_bold(out, text, strlen(text));
}

void page_italic(FILE *out, const char *text)
{
    (void)fputs("\\fI", out);
    put_words(out, text, strlen(text));
    (void)fputs("\\fR", out);
}

void page_tag(FILE *out, const char *bold, const char *italic, const char *note)
{
    (void)fputs(".TP\n", out);
    page_bold(out, bold);
    if (italic != NULL) {
        (void)fputc(' ', out);
        page_italic(out, italic);
    }
    if (note != NULL) {
        (void)fputs(" (", out);
        put_words(out, note, strlen(note));
        (void)fputc(')', out);
    }
    (void)fputc('\n', out);
}

void page_example_begin(FILE *out)
{
    (void)fputs(".PP\n.nf\n", out);
}

void page_example_line(FILE *out, const char *line)
{
    if (line[0] == '\0') {
        (void)fputs(".sp\n", out);
        return;
    }
    if (line[0] == '.') {
        (void)fputs("\\&", out);
    }
    put_words(out, line, strlen(line));
    (void)fputc('\n', out);
}

void page_example_end(FILE *out)
{
    (void)fputs(".fi\n", out);
}
