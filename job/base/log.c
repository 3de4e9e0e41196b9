#include "base/log.h"

#include "base/character.h"
#include "base/civil_date.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    LINE_BYTES = 16 * 1024, /* an error and its hint, each letter escaped */
    WARNING_BYTES = ERROR_MESSAGE_BYTES,
    DATE_BYTES = 128, /* for any number that gcc can think of */
};

static bool json;
static bool info_wanted = true;
static const char *command_name = "";

void log_use_json(void)
{
    json = true;
}

bool log_is_json(void)
{
    return json;
}

void log_begin(const char *command, bool quiet)
{
    command_name = command;
    info_wanted = !quiet;
}

enum { DAYS_FROM_1970_TO_2000 = 10957 };

/* Without gmtime_r, which may ask for memory. */
static void format_time(int64_t time_us, char text[DATE_BYTES])
{
    int64_t seconds = time_us / 1000000;
    Date date = day_to_date((int32_t)(seconds / 86400 - DAYS_FROM_1970_TO_2000));
    (void)snprintf(text, DATE_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", date.year, date.month,
                   date.day, (int)(seconds / 3600 % 24), (int)(seconds / 60 % 60),
                   (int)(seconds % 60), (int)(time_us / 1000 % 1000));
}

typedef struct Room {
    char *text;
    size_t size; /* without what ends the line */
    size_t used;
    bool full;
} Room;

static void put(Room *room, const char *bytes, size_t size)
{
    if (room->full || size > room->size - room->used) {
        room->full = true;
        return;
    }
    memcpy(room->text + room->used, bytes, size);
    room->used += size;
}

static void put_word(Room *room, const char *word)
{
    put(room, word, strlen(word));
}

/* A string in its quotation marks; what is not UTF-8 becomes the replacement character. */
static void put_string(Room *room, const char *text)
{
    size_t length = strlen(text);
    put_word(room, "\"");
    for (size_t at = 0; at < length;) {
        uint32_t character = 0;
        size_t size = character_decode(text + at, length - at, &character);
        char escaped[16] = {'\\', text[at], '\0'};
        if (size == 0) {
            put_word(room, "\\ufffd");
        } else if (character == '"' || character == '\\') {
            put_word(room, escaped);
        } else if (character_is_unprintable(character)) {
            (void)snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)character);
            put_word(room, escaped);
        } else {
            put(room, text + at, size);
        }
        at += size == 0 ? 1 : size;
    }
    put_word(room, "\"");
}

/* A member that does not fit is left out, and so is all that follows. */
static void put_member(Room *room, const LogField *field)
{
    char number[64];
    size_t before = room->used;
    put_word(room, before == 1 ? "" : ",");
    put_string(room, field->name);
    put_word(room, ":");
    if (field->type == LOG_TYPE_TEXT && field->text != NULL) {
        put_string(room, field->text);
    } else if (field->type == LOG_TYPE_TEXT) {
        put_word(room, "null");
    } else if (field->type == LOG_TYPE_BOOLEAN) {
        put_word(room, field->count != 0 ? "true" : "false");
    } else if (field->type == LOG_TYPE_COUNT) {
        (void)snprintf(number, sizeof number, "%" PRId64, field->count);
        put_word(room, number);
    } else {
        (void)snprintf(number, sizeof number, "%.3f", field->seconds);
        put_word(room, number);
    }
    if (room->full) {
        room->used = before;
    }
}

size_t log_line_json(const LogLine *line, int64_t time_us, char *text, size_t size)
{
    char date[DATE_BYTES];
    format_time(time_us, date);
    Room room = {.text = text, .size = size - sizeof "}\n"};
    const LogField head[] = {
        LOG_TEXT("time", date),
        LOG_TEXT("level", line->level),
        LOG_TEXT("command", line->command),
        LOG_TEXT("event", line->event),
        LOG_TEXT("message", line->message),
    };
    put_word(&room, "{");
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
        put_member(&room, &head[i]);
    }
    for (size_t i = 0; i < line->field_count; i++) {
        put_member(&room, &line->fields[i]);
    }
    memcpy(text + room.used, "}\n", sizeof "}\n");
    return room.used + 2;
}

static void write_json(const char *level, const char *event, const char *message,
                       const LogField *fields, size_t field_count)
{
    char text[LINE_BYTES];
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    const LogLine line = {level, command_name, event, message, fields, field_count};
    size_t size =
        log_line_json(&line, (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000, text, sizeof text);
    for (size_t at = 0; at < size;) {
        ssize_t written = write(STDERR_FILENO, text + at, size - at);
        if (written < 0 && errno != EINTR) {
            return; /* nobody is there to be told */
        }
        at += written < 0 ? 0 : (size_t)written;
    }
}

void log_event(const char *event, const char *message, const LogField *fields, size_t field_count)
{
    if (json && info_wanted) {
        write_json("info", event, message, fields, field_count);
    }
}

void log_error(const Error *error)
{
    if (json) {
        write_json("error", "failed", error->message,
                   LOG_FIELDS(LOG_TEXT("hint", error->hint), LOG_COUNT("exit_code", error->code)));
        return;
    }
    (void)fprintf(stderr, "error: %s\n", error->message);
    if (error->hint[0] != '\0') {
        (void)fprintf(stderr, "hint: %s\n", error->hint);
    }
}

void log_warning(const char *format, ...)
{
    char message[WARNING_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (json) {
        write_json("warning", "warning", message, NULL, 0);
        return;
    }
    (void)fprintf(stderr, "warning: %s\n", message);
}
