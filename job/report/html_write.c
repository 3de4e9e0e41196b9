#include "report/html_write.h"

#include "base/format.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* How many bytes from `text` on are no text in XML: control marks, and the two characters that are
 * none. They are shown as U+FFFD. */
static size_t forbidden_bytes(const unsigned char *text)
{
    if (text[0] < ' ' && text[0] != '\t' && text[0] != '\n' && text[0] != '\r') {
        return 1;
    }
    if (text[0] == 0x7f) {
        return 1;
    }
    if (text[0] == 0xc2 && text[1] >= 0x80 && text[1] <= 0x9f) {
        return 2;
    }
    bool none = text[0] == 0xef && text[1] == 0xbf && (text[2] == 0xbe || text[2] == 0xbf);
    return none ? 3 : 0;
}

static const char *mark_escaped(char letter)
{
    switch (letter) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void put_escaped(OutputFile *file, const char *text, size_t size, bool words)
{
    const char *end = text + size;
    const char *plain = text;
    while (text < end) {
        const char *instead = words && *text == '_' ? " " : mark_escaped(*text);
        size_t bytes = instead != NULL ? 1 : forbidden_bytes((const unsigned char *)text);
        if (bytes == 0) {
            text++;
            continue;
        }
        output_put(file, plain, (size_t)(text - plain));
        output_put_text(file, instead != NULL ? instead : "\xef\xbf\xbd");
        text += bytes;
        plain = text;
    }
    output_put(file, plain, (size_t)(end - plain));
}

void html_put_text(OutputFile *file, const char *text)
{
    if (text != NULL) {
        put_escaped(file, text, strlen(text), false);
    }
}

void html_put_part(OutputFile *file, const char *text, size_t size)
{
    put_escaped(file, text, size, false);
}

void html_put_words(OutputFile *file, const char *name)
{
    if (name != NULL) {
        put_escaped(file, name, strlen(name), true);
    }
}

/* A number whose minus is as wide as a plus. */
static void put_signed(OutputFile *file, const char *digits)
{
    if (digits[0] == '-') {
        output_put_text(file, "\xe2\x88\x92");
        digits++;
    }
    output_put_text(file, digits);
}

void html_put_count(OutputFile *file, int64_t value, bool sign)
{
    output_put_text(file, sign && value > 0 ? "+" : "");
    put_signed(file, format_count(value, FORMAT_TEXT));
}

void html_put_cents(OutputFile *file, int64_t cents)
{
    if (cents < 0) {
        output_put_text(file, "\xe2\x88\x92");
    }
    output_put_text(file, format_count(llabs(cents / 100), FORMAT_TEXT));
    output_printf(file, ".%02lld", llabs(cents % 100));
}

static const char *const month_names[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};

static size_t month_index(const char *month)
{
    return (size_t)((month[5] - '0') * 10 + month[6] - '0' - 1) % 12;
}

void html_put_month(OutputFile *file, const char *month)
{
    output_printf(file, "%s %.4s", month_names[month_index(month)], month);
}

const char *html_month_short(const char *month)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return names[month_index(month)];
}

/* true and false as people say it, a letter else; what comes after it. */
static const char *put_json_mark(OutputFile *file, const char *text)
{
    static const char *const words[][2] = {{"true", "yes"}, {"false", "no"}};
    for (size_t i = 0; i < 2; i++) {
        if (strncmp(text, words[i][0], strlen(words[i][0])) == 0) {
            output_put_text(file, words[i][1]);
            return text + strlen(words[i][0]);
        }
    }
    put_escaped(file, text, 1, false);
    return text + 1;
}

/* What stands between quotation marks, of which the last one is at `close`. What is escaped loses
 * its backslash; control marks (\n, \u0007) stay as they are written. */
static void put_json_string(OutputFile *file, const char *text, const char *close)
{
    bool name = close[1] == ':';
    while (text < close) {
        size_t plain = strcspn(text, "\\");
        plain = plain < (size_t)(close - text) ? plain : (size_t)(close - text);
        put_escaped(file, text, plain, name);
        text += plain;
        if (text < close) {
            bool itself = text[1] == '"' || text[1] == '\\' || text[1] == '/';
            put_escaped(file, itself ? text + 1 : text, itself ? 1 : 2, name);
            text += 2;
        }
    }
}

/* The text is PostgreSQL's (jsonb): a space after each colon and comma, keys without repetition.
 * What stands in quotation marks loses them, names also their _; the outer braces go. */
void html_put_json_words(OutputFile *file, const char *json)
{
    size_t length = json == NULL ? 0 : strlen(json);
    bool outer = length >= 2 && json[0] == '{';
    const char *text = outer ? json + 1 : json;
    const char *end = outer ? json + length - 1 : json + length;
    while (text < end) {
        if (*text != '"') {
            text = put_json_mark(file, text);
            continue;
        }
        const char *close = text + 1;
        while (close < end && *close != '"') {
            close += *close == '\\' && close + 1 < end ? 2 : 1;
        }
        put_json_string(file, text + 1, close);
        text = close + 1;
    }
}
