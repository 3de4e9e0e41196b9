#include "config/scalar.h"

#include "programme/period.h"

#include <string.h>

enum { IDENTIFIER_BYTES_MAX = 63 }; /* PostgreSQL cuts longer ones silently */

#define US_PER_SECOND INT64_C(1000000)
#define SECONDS_PER_DAY INT64_C(86400)

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* How many digits text[from..length) starts with. */
static size_t count_digits(const char *text, size_t length, size_t from)
{
    size_t end = from;
    while (end < length && is_digit(text[end])) {
        end++;
    }
    return end - from;
}

/* The shape of a decimal number: where its digits stand. */
typedef struct Shape {
    size_t whole_from;
    size_t whole_count;
    size_t decimal_count;
} Shape;

static bool find_shape(const char *text, size_t length, Shape *ret_shape)
{
    Shape shape = {.whole_from = length > 0 && text[0] == '-' ? 1 : 0};
    shape.whole_count = count_digits(text, length, shape.whole_from);
    size_t end = shape.whole_from + shape.whole_count;
    if (end < length && text[end] == '.') {
        shape.decimal_count = count_digits(text, length, end + 1);
        end += 1 + shape.decimal_count;
        if (shape.decimal_count == 0) {
            return false;
        }
    }
    if (shape.whole_count == 0 || end != length) {
        return false;
    }
    *ret_shape = shape;
    return true;
}

static bool has_leading_zero(const char *text, Shape shape)
{
    return shape.whole_count > 1 && text[shape.whole_from] == '0';
}

/* Appends a digit to *value; negative numbers grow downwards, so that the smallest fits too. */
static bool append_digit(int64_t *value, int digit, bool negative)
{
    return !__builtin_mul_overflow(*value, 10, value) &&
           !__builtin_add_overflow(*value, negative ? -digit : digit, value);
}

NumberFault scalar_decimal(const char *text, size_t length, size_t decimals, int64_t *ret_value)
{
    Shape shape;
    if (!find_shape(text, length, &shape)) {
        return NUMBER_NOT_ONE;
    }
    if (has_leading_zero(text, shape)) {
        return NUMBER_LEADING_ZERO;
    }
    if (shape.decimal_count > decimals) {
        return NUMBER_DECIMALS;
    }
    bool negative = shape.whole_from == 1;
    int64_t value = 0;
    for (size_t i = shape.whole_from; i < length; i++) {
        if (text[i] != '.' && !append_digit(&value, text[i] - '0', negative)) {
            return NUMBER_TOO_LARGE;
        }
    }
    for (size_t i = shape.decimal_count; i < decimals; i++) {
        if (!append_digit(&value, 0, negative)) {
            return NUMBER_TOO_LARGE;
        }
    }
    *ret_value = value;
    return NUMBER_OK;
}

bool scalar_is_decimal(const char *text, size_t length)
{
    Shape shape;
    return find_shape(text, length, &shape) && !has_leading_zero(text, shape);
}

/* Two digits below `limit` at text, or -1. */
static int32_t two_digits(const char *text, int32_t limit)
{
    if (!is_digit(text[0]) || !is_digit(text[1])) {
        return -1;
    }
    int32_t value = (text[0] - '0') * 10 + (text[1] - '0');
    return value < limit ? value : -1;
}

/* HH:MM or HH:MM:SS as seconds of the day, or -1. */
static int32_t clock_seconds(const char *text, size_t length)
{
    bool minutes_only = length == strlen("HH:MM");
    if (!minutes_only && length != strlen("HH:MM:SS")) {
        return -1;
    }
    int32_t hour = two_digits(text, 24);
    int32_t minute = two_digits(text + 3, 60);
    int32_t second = minutes_only ? 0 : two_digits(text + 6, 60);
    bool colons = text[2] == ':' && (minutes_only || text[5] == ':');
    if (hour < 0 || minute < 0 || second < 0 || !colons) {
        return -1;
    }
    return (hour * 60 + minute) * 60 + second;
}

bool scalar_local_time(const char *text, size_t length, int64_t *ret_local_us)
{
    char date[DAY_TEXT_BYTES] = "";
    size_t date_length = sizeof date - 1;
    if (length < date_length) {
        return false;
    }
    memcpy(date, text, date_length);
    LocalDay day = 0;
    Error ignored;
    if (!day_parse(date, &day, &ignored)) {
        return false;
    }
    int32_t seconds = 0;
    if (length > date_length) {
        seconds = text[date_length] == 'T'
                      ? clock_seconds(text + date_length + 1, length - date_length - 1)
                      : -1;
    }
    if (seconds < 0) {
        return false;
    }
    *ret_local_us = (day * SECONDS_PER_DAY + seconds) * US_PER_SECOND;
    return true;
}

/* How many bytes of text one part of a relation's name takes; 0 where there is none. */
static size_t identifier_length(const char *text)
{
    size_t length = 0;
    if (text[0] == '"') {
        for (length = 1; text[length] != '\0'; length++) {
            if (text[length] == '"') {
                if (text[length + 1] != '"') {
                    break;
                }
                length++; /* a doubled mark stands for one */
            }
        }
        bool closed = text[length] == '"';
        return closed && length > 1 && length - 1 <= IDENTIFIER_BYTES_MAX ? length + 1 : 0;
    }
    for (;; length++) {
        unsigned char byte = (unsigned char)text[length];
        bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
                      byte >= 0x80;
        bool later = (byte >= '0' && byte <= '9') || byte == '$';
        if (!letter && (length == 0 || !later)) {
            break;
        }
    }
    return length <= IDENTIFIER_BYTES_MAX ? length : 0;
}

bool scalar_is_relation(const char *text)
{
    size_t length = identifier_length(text);
    if (length == 0) {
        return false;
    }
    if (text[length] == '.') {
        text += length + 1;
        length = identifier_length(text);
    }
    return length > 0 && text[length] == '\0';
}
