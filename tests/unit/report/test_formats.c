/*
 * report/formats: which are chosen; report/format_csv and format_json: how one value is written.
 */
#include "report/format_csv.h"
#include "report/format_json.h"
#include "report/formats.h"
#include "scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char *chosen(const char *text)
{
    static char names[ERROR_MESSAGE_BYTES];
    ReportFormats formats;
    Error error = {0};
    if (!report_formats_parse(text, &formats, &error)) {
        cr_expect_eq(error.code, EXIT_USAGE);
        (void)snprintf(names, sizeof names, "%s", error.message);
        return names;
    }
    names[0] = '\0';
    for (size_t i = 0; i < formats.count; i++) {
        (void)strcat(strcat(names, i == 0 ? "" : ","), formats.items[i]->name);
    }
    return names;
}

Test(formats, each_once_and_in_one_order)
{
    char all[ERROR_MESSAGE_BYTES];
    (void)snprintf(all, sizeof all, "%s", chosen(NULL));
    cr_expect_str_eq(chosen(all), all);
    cr_expect_not_null(strstr(all, "csv,json"));
    cr_expect_str_eq(chosen("json"), "json");
    cr_expect_str_eq(chosen("json,csv"), "csv,json");
    cr_expect_str_eq(chosen("json,html"), "html,json");
    cr_expect_str_eq(chosen("csv,csv"), "--format: csv is there twice");
    cr_expect_str_eq(chosen("csv,xml"), "--format: there is no format \"xml\"");
    cr_expect_str_eq(chosen("cs"), "--format: there is no format \"cs\"");
    cr_expect_str_eq(chosen("csv,"), "--format: there is no format \"\"");
    cr_expect_str_eq(chosen(""), "--format: there is no format \"\"");
    cr_expect_str_eq(chosen("csv, json"), "--format: there is no format \" json\"");
}

/* What a function puts into a file. */
static const char *written(void (*put)(OutputFile *, const char *), const char *text)
{
    put(scratch_begin(), text);
    return scratch_end();
}

Test(formats, a_field_of_csv)
{
    static const char *const cases[][2] = {
        {NULL, ""},
        {"", "\"\""},
        {"plain", "plain"},
        {" spaces ", " spaces "},
        {"a,b", "\"a,b\""},
        {"say \"so\"", "\"say \"\"so\"\"\""},
        {"\"", "\"\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {"\r", "\"\r\""},
        {"Gr\xc3\xb6\xc3\x9f"
         "e",
         "Gr\xc3\xb6\xc3\x9f"
         "e"},
        {"-1", "-1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_str_eq(written(csv_put_field, cases[i][0]), cases[i][1]);
    }
}

Test(formats, a_string_of_json)
{
    static const char *const cases[][2] = {
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"say \"so\"", "\"say \\\"so\\\"\""},
        {"back\\slash", "\"back\\\\slash\""},
        {"line\nend", "\"line\\u000aend\""},
        {"\x01\x1f", "\"\\u0001\\u001f\""},
        {"\x7f", "\"\x7f\""},
        {"Gr\xc3\xb6\xc3\x9f"
         "e",
         "\"Gr\xc3\xb6\xc3\x9f"
         "e\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_str_eq(written(json_put_string, cases[i][0]), cases[i][1]);
    }
}
