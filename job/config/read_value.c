/*
 * The readers of single values: names, numbers, booleans, choices and times (reader.h).
 */
#include "config/characters.h"
#include "config/scalar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HINT_NAME "write 1 to 100 bytes of printable text without backslash."

/* Refuses what would spoil a report, a COPY line or a log. */
static bool check_printable(const Reader *reader, const Node *node, const char *name, Error *reterr)
{
    for (size_t i = 0; i < node->length;) {
        uint32_t character = 0;
        size_t size = character_decode(node->text + i, node->length - i, &character);
        if (size == 0 || character_is_unprintable(character) || character == '\\') {
            char what[32] = "a backslash";
            if (size == 0 || character != '\\') {
                (void)snprintf(what, sizeof what, "the character U+%04" PRIX32, character);
            }
            return reader_fault(reader, node->place, reterr, HINT_NAME, "%s %s holds %s", name,
                                reader_show(reader, node), what);
        }
        i += size;
    }
    return true;
}

bool read_name(const Reader *reader, const Node *node, const char *name, const char **ret_text,
               Error *reterr)
{
    if (node->type != NODE_SCALAR || node_is_empty(node)) {
        return reader_fault_type(reader, node, name, "a text", HINT_NAME, reterr);
    }
    if (node->length == 0) {
        return reader_fault(reader, node->place, reterr, HINT_NAME, "%s is empty", name);
    }
    if (node->length > NAME_BYTES_MAX) {
        return reader_fault(reader, node->place, reterr, HINT_NAME, "%s %s has %zu bytes", name,
                            reader_show(reader, node), node->length);
    }
    if (!check_printable(reader, node, name, reterr)) {
        return false;
    }
    if (node->text[0] == ' ' || node->text[node->length - 1] == ' ') {
        return reader_fault(reader, node->place, reterr, "remove the space.",
                            "%s %s begins or ends with a space", name, reader_show(reader, node));
    }
    *ret_text = node->text;
    return true;
}

/* Reads a decimal number times 10 to the power of `decimals`, or says what is wrong with it. */
static bool read_decimal(const Reader *reader, const Node *node, const char *name, size_t decimals,
                         int64_t *ret_value, Error *reterr)
{
    const char *expected = decimals == 0 ? "a whole number" : "a decimal number";
    const char *hint = decimals == 0 ? "write digits only, such as 500."
                                     : "write digits with at most two decimals, such as 2.00.";
    if (node->type != NODE_SCALAR || node_is_empty(node)) {
        return reader_fault_type(reader, node, name, expected, hint, reterr);
    }
    int64_t value = 0;
    NumberFault fault = scalar_decimal(node->text, node->length, decimals, &value);
    if (node->quoted) {
        if (fault != NUMBER_NOT_ONE) {
            hint = "write the number without quotation marks.";
        }
        return reader_fault_type(reader, node, name, expected, hint, reterr);
    }
    switch (fault) {
    case NUMBER_OK:
        *ret_value = value;
        return true;
    case NUMBER_NOT_ONE:
        break;
    case NUMBER_LEADING_ZERO:
        return reader_fault(reader, node->place, reterr, "write it without leading zeros.",
                            "%s %.60s begins with a zero", name, node->text);
    case NUMBER_DECIMALS:
        return reader_fault(reader, node->place, reterr, hint, "%s %.60s has %s", name, node->text,
                            decimals == 0 ? "decimals" : "more than two decimals");
    case NUMBER_TOO_LARGE:
        if (node->text[0] == '-') {
            return reader_fault(reader, node->place, reterr, "write a number without minus sign.",
                                "%s %.60s is negative", name, node->text);
        }
        hint = decimals == 0 ? "the largest number is 9223372036854775807."
                             : "the largest number is 92233720368547758.07.";
        return reader_fault(reader, node->place, reterr, hint, "%s %.60s is too large", name,
                            node->text);
    }
    return reader_fault_type(reader, node, name, expected, hint, reterr);
}

bool read_whole(const Reader *reader, const Node *node, const char *name, int64_t min, int64_t max,
                int64_t *ret_value, Error *reterr)
{
    int64_t value = 0;
    if (!read_decimal(reader, node, name, 0, &value, reterr)) {
        return false;
    }
    if (value < min || value > max) {
        const char *hint =
            max == INT64_MAX
                ? arena_printf(reader->arena, "write a whole number, %" PRId64 " or more.", min)
                : arena_printf(reader->arena,
                               "write a whole number from %" PRId64 " to %" PRId64 ".", min, max);
        return reader_fault(reader, node->place, reterr, hint, "%s %" PRId64 " is %s", name, value,
                            value < min ? (value < 0 ? "negative" : "too small") : "too large");
    }
    *ret_value = value;
    return true;
}

bool read_small(const Reader *reader, const Node *node, const char *name, int32_t min, int32_t max,
                int32_t *ret_value, Error *reterr)
{
    int64_t value = 0;
    if (!read_whole(reader, node, name, min, max, &value, reterr)) {
        return false;
    }
    *ret_value = (int32_t)value;
    return true;
}

bool read_hundredths(const Reader *reader, const Node *node, const char *name, int64_t *ret_value,
                     Error *reterr)
{
    int64_t value = 0;
    if (!read_decimal(reader, node, name, 2, &value, reterr)) {
        return false;
    }
    if (value < 0) {
        return reader_fault(reader, node->place, reterr, "write a number without minus sign.",
                            "%s %.60s is negative", name, node->text);
    }
    *ret_value = value;
    return true;
}

bool read_boolean(const Reader *reader, const Node *node, const char *name, bool *ret_value,
                  Error *reterr)
{
    bool yes = node_is(node, "true");
    if (node->quoted || (!yes && !node_is(node, "false"))) {
        return reader_fault_type(reader, node, name, "true or false",
                                 "write true or false, without quotation marks.", reterr);
    }
    *ret_value = yes;
    return true;
}

bool read_choice(const Reader *reader, const Node *node, const char *name, const char *first,
                 const char *second, bool *ret_second, Error *reterr)
{
    bool is_second = node_is(node, second);
    if (!is_second && !node_is(node, first)) {
        const char *expected = arena_printf(reader->arena, "%s or %s", first, second);
        const char *hint = arena_printf(reader->arena, "write %s.", expected);
        if (node->type == NODE_SCALAR) {
            const char *choices[] = {first, second};
            const char *suggestion = reader_suggest(reader, node, choices, 2);
            hint = arena_printf(reader->arena, "%s%s", suggestion, hint);
        }
        return reader_fault_type(reader, node, name, expected, hint, reterr);
    }
    *ret_second = is_second;
    return true;
}

bool read_period(const Reader *reader, const Node *node, const char *name, Period *ret_period,
                 Error *reterr)
{
    Period period = 0;
    Error ignored;
    if (node->type != NODE_SCALAR || node->length != strlen(node->text) ||
        !period_parse(node->text, &period, &ignored)) {
        return reader_fault_type(reader, node, name, "a month",
                                 "write a month as YYYY-MM, such as 2025-01.", reterr);
    }
    *ret_period = period;
    return true;
}

bool read_local_time(const Reader *reader, const Node *node, const char *name,
                     int64_t *ret_local_us, Error *reterr)
{
    if (node->type != NODE_SCALAR || !scalar_local_time(node->text, node->length, ret_local_us)) {
        return reader_fault_type(reader, node, name, "a local time that exists",
                                 "write YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], such as 2025-11-11.",
                                 reterr);
    }
    return true;
}
