/*
 * base/error and base/exit_code: what a person reads when something fails (contract 9).
 */
#include "base/error.h"
#include "base/exit_code.h"

#include <criterion/criterion.h>
#include <string.h>

Test(error, set_fills_everything_and_returns_false)
{
    Error error = {0};
    cr_expect_not(error_set(&error, EXIT_CONFIG, "a day from 1 to 28", "effective_day %d", 29));
    cr_expect_eq(error.code, EXIT_CONFIG);
    cr_expect_str_eq(error.message, "effective_day 29");
    cr_expect_str_eq(error.hint, "a day from 1 to 28");
}

Test(error, hint_may_be_missing_and_is_not_a_format)
{
    Error error = {0};
    cr_expect_not(error_set(&error, EXIT_DATA, "first", "one"));
    cr_expect_not(error_set(&error, EXIT_DATA, NULL, "two"));
    cr_expect_str_eq(error.hint, "");
    cr_expect_not(error_set(&error, EXIT_DATA, "100% of %s", "three"));
    cr_expect_str_eq(error.hint, "100% of %s");
}

Test(error, long_texts_are_cut_and_ended)
{
    char text[2 * ERROR_MESSAGE_BYTES];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    Error error = {0};
    cr_expect_not(error_set(&error, EXIT_BUG, text, "%s", text));
    cr_expect_eq(strlen(error.message), ERROR_MESSAGE_BYTES - 1);
    cr_expect_eq(strlen(error.hint), ERROR_HINT_BYTES - 1);
    cr_expect_eq(error.code, EXIT_BUG);
}

/* A message may hold what the database or a command line said. */
Test(error, what_a_terminal_would_obey_is_not_in_a_message)
{
    static const struct {
        const char *said;
        const char *shown;
    } cases[] = {
        {"caf\u00e9 \u5b57 \U0001f600", "caf\u00e9 \u5b57 \U0001f600"},
        {"two\r\n\tlines", "two   lines"},
        {"\033[31mred\a\177", "?[31mred??"},
        {"\302\233C1", "?C1"},
        {"\u202eturned\u2066\u200b\ufeff", "?turned???"},
        {"cut \303", "cut ?"},
        {"\377\300\257", "???"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Error error = {0};
        cr_expect_not(error_set(&error, EXIT_DATA, NULL, "%s", cases[i].said));
        cr_expect_str_eq(error.message, cases[i].shown);
    }
}

Test(error, prefix_comes_before_and_keeps_the_rest)
{
    Error error = {0};
    cr_expect_not(error_set(&error, EXIT_DATABASE, "start it", "no server"));
    cr_expect_not(error_prefix(&error, "worker %d", 3));
    cr_expect_str_eq(error.message, "worker 3: no server");
    cr_expect_not(error_prefix(&error, "run %d", 42));
    cr_expect_str_eq(error.message, "run 42: worker 3: no server");
    cr_expect_str_eq(error.hint, "start it");
    cr_expect_eq(error.code, EXIT_DATABASE);
}

Test(error, long_prefix_is_cut_so_that_the_message_still_begins)
{
    char text[ERROR_MESSAGE_BYTES];
    memset(text, 'p', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    Error error = {0};
    cr_expect_not(error_set(&error, EXIT_DATA, NULL, "message"));
    cr_expect_not(error_prefix(&error, "%s", text));
    cr_expect_not_null(strstr(error.message, "ppp: message"));
    cr_expect_lt(strlen(error.message), ERROR_MESSAGE_BYTES);
}

Test(error, long_message_is_cut_at_its_end)
{
    char text[ERROR_MESSAGE_BYTES];
    memset(text, 'm', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    Error error = {0};
    cr_expect_not(error_set(&error, EXIT_DATA, NULL, "%s", text));
    cr_expect_not(error_prefix(&error, "context"));
    cr_expect_eq(strlen(error.message), ERROR_MESSAGE_BYTES - 1);
    cr_expect_eq(strncmp(error.message, "context: mmm", 12), 0);
}

Test(exit_code, table_lists_the_codes_of_the_contract)
{
    /* 2 is not in it: it is that of monitoring plug-ins, for status --check. */
    static const int expected[] = {0, 1, 2, 64, 65, 69, 70, 74, 75, 78, 130, 143};
    size_t count = 0;
    const ExitCodeText *table = exit_code_table(&count);
    cr_assert_eq(count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < count; i++) {
        cr_expect_eq((int)table[i].code, expected[i], "row %zu is code %d", i, (int)table[i].code);
        cr_expect_gt(strlen(table[i].meaning), 0);
        /* Of several months the earlier ones may be: each is published by itself. */
        cr_expect(strstr(table[i].meaning, "nothing") == NULL || expected[i] == 0, "%s",
                  table[i].meaning);
    }
}
