/*
 * Reading a text of metrics again: its lines, one sample each. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* `name{label="value",...} number`, as metrics_print writes it; points into the text. */
typedef struct MetricLine {
    const char *text;
    size_t length; /* without the newline */
    size_t name_length;
    const char *value; /* the number */
} MetricLine;

/* The next line that is a sample, from *text on, which moves behind it. False at the end. */
bool metric_line_next(const char **text, MetricLine *ret_line);

/* A label's value as it is written there, with its escapes; false where there is no such label. */
bool metric_line_label(const MetricLine *line, const char *label, const char **ret_value,
                       size_t *ret_length);

bool metric_line_is(const MetricLine *line, const char *name);
