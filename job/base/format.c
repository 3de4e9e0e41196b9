#include "base/format.h"

#include <string.h>

/* The absolute value, INT64_MIN's too. */
static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

const char *format_count(int64_t value, char text[FORMAT_TEXT_BYTES])
{
    char reversed[FORMAT_TEXT_BYTES];
    size_t used = 0;
    size_t digits = 0;
    uint64_t rest = magnitude(value);
    do {
        if (digits > 0 && digits % 3 == 0) {
            reversed[used++] = ',';
        }
        reversed[used++] = (char)('0' + rest % 10);
        rest /= 10;
        digits++;
    } while (rest > 0);
    if (value < 0) {
        reversed[used++] = '-';
    }
    for (size_t i = 0; i < used; i++) {
        text[i] = reversed[used - 1 - i];
    }
    text[used] = '\0';
    return text;
}

const char *format_short(double value, char text[FORMAT_TEXT_BYTES])
{
    static const char *const units[] = {"", " k", " M", " G", " T"};
    size_t unit = 0;
    /* 999.5 would be rounded to 1000. */
    while (value >= 999.5 && unit + 1 < sizeof units / sizeof units[0]) {
        value /= 1000;
        unit++;
    }
    int places = unit > 0 && value < 9.95 ? 1 : 0;
    (void)snprintf(text, FORMAT_TEXT_BYTES, "%.*f%s", places, value, units[unit]);
    return text;
}

const char *format_cents(int64_t cents, char text[FORMAT_TEXT_BYTES])
{
    uint64_t size = magnitude(cents);
    (void)snprintf(text, FORMAT_TEXT_BYTES, "%s%llu.%02u", cents < 0 ? "-" : "",
                   (unsigned long long)(size / 100), (unsigned)(size % 100));
    return text;
}

const char *format_factor(int64_t hundredths, char text[FORMAT_TEXT_BYTES])
{
    (void)format_cents(hundredths, text);
    size_t length = strlen(text);
    while (text[length - 1] == '0') {
        length--;
    }
    if (text[length - 1] == '.') {
        length--;
    }
    text[length] = '\0';
    return text;
}

const char *format_duration(double seconds, char text[FORMAT_TEXT_BYTES])
{
    if (seconds < 9.95) {
        (void)snprintf(text, FORMAT_TEXT_BYTES, "%.1f s", seconds < 0 ? 0.0 : seconds);
        return text;
    }
    /* Beyond this the number says nothing any more. */
    long long whole = seconds > 1e9 ? 1000000000LL : (long long)(seconds + 0.5);
    if (whole < 60) {
        (void)snprintf(text, FORMAT_TEXT_BYTES, "%lld s", whole);
    } else if (whole < 3600) {
        (void)snprintf(text, FORMAT_TEXT_BYTES, "%lld min %02lld s", whole / 60, whole % 60);
    } else {
        (void)snprintf(text, FORMAT_TEXT_BYTES, "%lld h %02lld min", whole / 3600,
                       whole % 3600 / 60);
    }
    return text;
}

const char *format_plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

/* Bytes of UTF-8 that continue a character take no column. */
static int is_continuation(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

size_t format_width(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++) {
        width += is_continuation(*text) ? 0 : 1;
    }
    return width;
}

/* Writes the first `width` characters and returns what follows them. */
static const char *put_characters(FILE *out, const char *text, size_t width)
{
    while (*text != '\0' && (width > 0 || is_continuation(*text))) {
        width -= is_continuation(*text) ? 0 : 1;
        (void)fputc(*text, out);
        text++;
    }
    return text;
}

void format_cell(FILE *out, const char *text, size_t width)
{
    size_t needed = format_width(text);
    if (needed > width) {
        (void)put_characters(out, text, width - 3);
        (void)fputs("...", out);
        return;
    }
    (void)fprintf(out, "%s%*s", text, (int)(width - needed), "");
}

static int is_break(char byte)
{
    return (unsigned char)byte <= ' ' || byte == 0x7F;
}

/*
 * The bytes up to the next break. A backquote that has its other one keeps all between them
 * together; without it, it is a mark like any other.
 */
static size_t word_length(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0' && !is_break(text[length])) {
        const char *end = text[length] == '`' ? strchr(text + length + 1, '`') : NULL;
        length = end == NULL ? length + 1 : (size_t)(end - text) + 1;
    }
    return length;
}

/* Writes a word, runs of breaks within it as one space; without a file it only counts. Returns its
 * width. */
static size_t put_word(FILE *out, const char *text, size_t length)
{
    size_t width = 0;
    for (size_t i = 0; i < length; i++) {
        char byte = text[i];
        if (is_break(byte)) {
            byte = ' ';
        }
        if (is_break(text[i]) && i > 0 && is_break(text[i - 1])) {
            continue;
        }
        width += is_continuation(byte) ? 0 : 1;
        if (out != NULL) {
            (void)fputc(byte, out);
        }
    }
    return width;
}

void format_paragraph(FILE *out, const char *text, size_t column, size_t indent)
{
    size_t used = column;
    int first_in_line = 1;
    while (*text != '\0') {
        while (*text != '\0' && is_break(*text)) {
            text++;
        }
        size_t length = word_length(text);
        size_t width = put_word(NULL, text, length);
        if (length == 0) {
            break;
        }
        if (!first_in_line && used + 1 + width > FORMAT_COLUMNS) {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            used = indent;
            first_in_line = 1;
        }
        (void)fputs(first_in_line ? "" : " ", out);
        (void)put_word(out, text, length);
        used += width + (first_in_line ? 0 : 1);
        first_in_line = 0;
        text += length;
    }
    (void)fputc('\n', out);
}
