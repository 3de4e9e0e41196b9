/* What needs no server in ledger/query: exit codes of SQLSTATEs, time stamps as text. */
#include "ledger/query.h"

#include <criterion/criterion.h>

Test(query, every_sqlstate_has_an_exit_code)
{
    static const struct {
        const char *sqlstate;
        ExitCode code;
        bool hint;
    } cases[] = {
        {"42501", EXIT_CONFIG, true},    {"42P01", EXIT_CONFIG, true},
        {"42703", EXIT_CONFIG, true},    {"42883", EXIT_CONFIG, true},
        {"42804", EXIT_CONFIG, true},    {"3F000", EXIT_CONFIG, true},
        {"25006", EXIT_CONFIG, true},    {"55P03", EXIT_LOCKED, true},
        {"53100", EXIT_DATABASE, true},  {"53200", EXIT_DATABASE, true},
        {"53300", EXIT_DATABASE, true},  {"57014", EXIT_DATABASE, true},
        {"57P01", EXIT_DATABASE, true},  {"40001", EXIT_DATABASE, true},
        {"40P01", EXIT_DATABASE, true},  {"22003", EXIT_DATA, false},
        {"22P05", EXIT_CONFIG, true},    {"22021", EXIT_CONFIG, true},
        {"23505", EXIT_DATA, false},     {"42601", EXIT_BUG, false},
        {"XX000", EXIT_DATABASE, false}, {"", EXIT_DATABASE, false},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        SqlstateAdvice advice = sqlstate_advice(cases[index].sqlstate);
        cr_assert_eq(advice.code, cases[index].code, "%s", cases[index].sqlstate);
        cr_assert_eq(advice.hint != NULL, cases[index].hint, "%s", cases[index].sqlstate);
    }
}

Test(query, timestamps_as_text)
{
    static const struct {
        int64_t time_us;
        const char *text;
    } cases[] = {
        {0, "2000-01-01 00:00:00.000000+00"},
        {-1, "1999-12-31 23:59:59.999999+00"},
        {INT64_C(5184000000000) - 1, "2000-02-29 23:59:59.999999+00"},
        {INT64_C(5184000000000), "2000-03-01 00:00:00.000000+00"},
        {INT64_C(820454399999999), "2025-12-30 23:59:59.999999+00"},
        {INT64_C(-63082281600000000), "0001-01-01 00:00:00.000000+00"},
        {INT64_C(-63082281600000001), "-infinity"},
        {INT64_C(252455615999999999), "9999-12-31 23:59:59.999999+00"},
        {INT64_C(252455616000000000), "infinity"},
        {INT64_MIN, "-infinity"},
        {INT64_MAX, "infinity"},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        char text[TIMESTAMP_TEXT_BYTES];
        cr_assert_str_eq(timestamp_format(cases[index].time_us, text), cases[index].text);
    }
}
