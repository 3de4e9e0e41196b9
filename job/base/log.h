/*
 * The lines of the log: everything that goes to stderr and is no drawing on a terminal, for people
 * or, with --log-format json, for programs (one home for both).
 *
 * As JSON a line is one object: time (UTC), level (info, warning, error), command, event, message,
 * and what the event has besides; an error has hint and exit_code. No control character is in it,
 * and it goes out in one write. In text only errors and warnings are lines; progress.h has the
 * rest.
 *
 * log_use_json and log_begin are for the main thread, before others begin; the rest is for any.
 * Nothing here asks for memory, so that memory_end.c can use it.
 */
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* From here on lines are JSON. */
void log_use_json(void);
bool log_is_json(void);

/* Which command speaks. `quiet`: no lines of level info. */
void log_begin(const char *command, bool quiet);

typedef enum LogType {
    LOG_TYPE_TEXT,
    LOG_TYPE_COUNT,
    LOG_TYPE_SECONDS,
    LOG_TYPE_BOOLEAN,
} LogType;

typedef struct LogField {
    const char *name;
    LogType type;
    const char *text; /* NULL: null */
    int64_t count;
    double seconds;
} LogField;

#define LOG_TEXT(name_, text_) ((LogField){(name_), LOG_TYPE_TEXT, .text = (text_)})
#define LOG_COUNT(name_, value_) ((LogField){(name_), LOG_TYPE_COUNT, .count = (value_)})
#define LOG_SECONDS(name_, value_) ((LogField){(name_), LOG_TYPE_SECONDS, .seconds = (value_)})
#define LOG_BOOLEAN(name_, value_) ((LogField){(name_), LOG_TYPE_BOOLEAN, .count = (value_)})
#define LOG_FIELDS(...)                                                                            \
    ((const LogField[]){__VA_ARGS__}), sizeof((const LogField[]){__VA_ARGS__}) / sizeof(LogField)

/* A line of level info; nothing in text. */
void log_event(const char *event, const char *message, const LogField *fields, size_t field_count);

/* "error: MESSAGE", "hint: HINT" */
void log_error(const Error *error);

/* "warning: MESSAGE" */
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The JSON of one line with its newline, into text[0..size); how many bytes it has. What does not
 * fit is left out whole, from the end on; `time_us`: since 1970. */
typedef struct LogLine {
    const char *level;
    const char *command;
    const char *event;
    const char *message;
    const LogField *fields;
    size_t field_count;
} LogLine;
size_t log_line_json(const LogLine *line, int64_t time_us, char *text, size_t size);
