#include "report/metrics_previous.h"

#include <string.h>

/* Behind the closing quotation mark of a value that begins at `at`; NULL: it has none. */
static const char *skip_value(const char *at, const char *end)
{
    for (; at < end && *at != '"'; at++) {
        if (*at == '\\') {
            at++;
        }
    }
    return at < end ? at + 1 : NULL;
}

static size_t name_length(const char *at, const char *end)
{
    const char *start = at;
    while (at < end && ((*at >= 'a' && *at <= 'z') || *at == '_')) {
        at++;
    }
    return (size_t)(at - start);
}

/* One label from *at on: `name="value"`, then a comma or the closing brace. */
static bool next_label(const char **at, const char *end, const char **ret_name,
                       size_t *ret_name_length, const char **ret_value, size_t *ret_value_length)
{
    const char *name = *at;
    size_t length = name_length(name, end);
    const char *value = name + length;
    if (length == 0 || end - value < 2 || memcmp(value, "=\"", 2) != 0) {
        return false;
    }
    value += 2;
    const char *behind = skip_value(value, end);
    if (behind == NULL || behind == end || (*behind != ',' && *behind != '}')) {
        return false;
    }
    *ret_name = name;
    *ret_name_length = length;
    *ret_value = value;
    *ret_value_length = (size_t)(behind - 1 - value);
    *at = behind;
    return true;
}

/* A number of digits, with a sign and a point at most. */
static bool is_number(const char *at, const char *end)
{
    size_t digits = 0;
    at += at < end && *at == '-';
    for (; at < end && ((*at >= '0' && *at <= '9') || *at == '.'); at++) {
        digits += *at != '.';
    }
    return at == end && digits > 0;
}

static bool parse_line(const char *text, size_t length, MetricLine *ret_line)
{
    const char *end = text + length;
    MetricLine line = {.text = text, .length = length, .name_length = name_length(text, end)};
    const char *at = text + line.name_length;
    if (line.name_length == 0 || at == end || *at != '{') {
        return false;
    }
    do {
        const char *name, *value;
        size_t name_size, value_size;
        at++;
        if (!next_label(&at, end, &name, &name_size, &value, &value_size)) {
            return false;
        }
    } while (*at == ',');
    if (end - at < 3 || at[1] != ' ' || !is_number(at + 2, end)) {
        return false;
    }
    line.value = at + 2;
    *ret_line = line;
    return true;
}

bool metric_line_next(const char **text, MetricLine *ret_line)
{
    while (**text != '\0') {
        const char *start = *text;
        size_t length = strcspn(start, "\n");
        *text = start + length + (start[length] == '\n');
        if (parse_line(start, length, ret_line)) {
            return true;
        }
    }
    return false;
}

bool metric_line_label(const MetricLine *line, const char *label, const char **ret_value,
                       size_t *ret_length)
{
    const char *end = line->text + line->length;
    const char *at = line->text + line->name_length;
    const char *name, *value;
    size_t name_size, value_size;
    do {
        at++;
        if (!next_label(&at, end, &name, &name_size, &value, &value_size)) {
            return false;
        }
        if (name_size == strlen(label) && memcmp(name, label, name_size) == 0) {
            *ret_value = value;
            *ret_length = value_size;
            return true;
        }
    } while (*at == ',');
    return false;
}

bool metric_line_is(const MetricLine *line, const char *name)
{
    return line->name_length == strlen(name) && memcmp(line->text, name, line->name_length) == 0;
}
