/*
 * base/log: a line is one valid object, whatever is in it and however little room there is.
 */
#include "base/log.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

enum { ROOM = 2048 };

static json_t *parse(const LogLine *line, int64_t time_us, size_t size)
{
    char text[ROOM];
    cr_assert_leq(size, sizeof text);
    size_t used = log_line_json(line, time_us, text, size);
    cr_expect_lt(used, size);
    cr_expect_eq(strlen(text), used);
    cr_expect_eq(text[used - 1], '\n');
    cr_expect_eq(strcspn(text, "\n"), used - 1);
    json_t *object = json_loads(text, 0, NULL);
    cr_expect_not_null(object, "%s", text);
    return object;
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static LogLine example(const char *message)
{
    static LogField fields[5];
    fields[0] = LOG_TEXT("text", "a");
    fields[1] = LOG_TEXT("none", NULL);
    fields[2] = LOG_COUNT("count", INT64_MAX);
    fields[3] = LOG_SECONDS("seconds", 1.25);
    fields[4] = LOG_BOOLEAN("yes", true);
    return (LogLine){"error", "close", "failed", message, fields, 5};
}

Test(log, what_is_in_a_line)
{
    const LogLine line = example("message");
    json_t *object = parse(&line, 1000, ROOM);
    cr_expect_str_eq(text_of(object, "level"), "error");
    cr_expect_str_eq(text_of(object, "command"), "close");
    cr_expect_str_eq(text_of(object, "event"), "failed");
    cr_expect_str_eq(text_of(object, "message"), "message");
    cr_expect_str_eq(text_of(object, "text"), "a");
    cr_expect(json_is_null(json_object_get(object, "none")));
    cr_expect_eq(json_integer_value(json_object_get(object, "count")), INT64_MAX);
    cr_expect_float_eq(json_real_value(json_object_get(object, "seconds")), 1.25, 0.0001);
    cr_expect(json_is_true(json_object_get(object, "yes")));
    json_decref(object);
}

Test(log, the_time_is_utc)
{
    static const struct {
        int64_t time_us;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {INT64_C(951782400) * 1000000, "2000-02-29T00:00:00.000Z"},
        {INT64_C(951868799) * 1000000 + 999999, "2000-02-29T23:59:59.999Z"},
        {INT64_C(951868800) * 1000000, "2000-03-01T00:00:00.000Z"},
        {INT64_C(1767225599) * 1000000, "2025-12-31T23:59:59.000Z"},
        {INT64_C(1767225600) * 1000000, "2026-01-01T00:00:00.000Z"},
        {INT64_C(4107542400) * 1000000, "2100-03-01T00:00:00.000Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const LogLine line = example("");
        json_t *object = parse(&line, cases[i].time_us, ROOM);
        cr_expect_str_eq(text_of(object, "time"), cases[i].text);
        json_decref(object);
    }
}

Test(log, any_text_is_escaped)
{
    static const char *const cases[][2] = {
        {"\"quoted\" and \\", "\"quoted\" and \\"},
        {"two\nlines\t\001\033[31m\177", "two\nlines\t\001\033[31m\177"},
        {"caf\u00e9 \U0001f600", "caf\u00e9 \U0001f600"},
        {"cut \xc3", "cut \ufffd"},
        {"\xff\xfe", "\ufffd\ufffd"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const LogLine line = example(cases[i][0]);
        json_t *object = parse(&line, 0, ROOM);
        cr_expect_str_eq(text_of(object, "message"), cases[i][1]);
        json_decref(object);
        char text[ROOM];
        size_t used = log_line_json(&line, 0, text, sizeof text);
        for (size_t at = 0; at + 1 < used; at++) {
            cr_expect((unsigned char)text[at] >= ' ' && text[at] != '\177', "%s", text);
        }
    }
}

Test(log, what_does_not_fit_is_left_out_whole)
{
    const LogLine line = example("a \"message\" of some length");
    size_t most = 0;
    for (size_t size = 8; size < 400; size++) {
        json_t *object = parse(&line, 0, size);
        size_t count = json_object_size(object);
        cr_expect_geq(count, most);
        most = count;
        json_decref(object);
    }
    cr_expect_eq(most, 10);
}
