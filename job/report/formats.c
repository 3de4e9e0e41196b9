#include "report/formats.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

static const ReportFormat *const formats[] = {
    &report_format_html,
    &report_format_xlsx,
    &report_format_csv,
    &report_format_json,
};

enum { FORMAT_COUNT = sizeof formats / sizeof formats[0], NAMES_BYTES = 128 };
_Static_assert((int)FORMAT_COUNT <= (int)REPORT_FORMATS_MAX, "a choice has room for all");

static bool fail_format(const char *text, size_t length, Error *reterr)
{
    char names[NAMES_BYTES] = "";
    char hint[NAMES_BYTES + 64];
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        size_t used = strlen(names);
        (void)snprintf(names + used, sizeof names - used, "%s%s", i == 0 ? "" : ",",
                       formats[i]->name);
    }
    (void)snprintf(hint, sizeof hint, "write one or more with commas between: --format %s.", names);
    return error_set(reterr, EXIT_USAGE, hint, "--format: there is no format \"%.*s\"",
                     (int)(length < 40 ? length : 40), text);
}

bool report_formats_parse(const char *text, ReportFormats *ret_formats, Error *reterr)
{
    bool chosen[FORMAT_COUNT] = {false};
    for (const char *word = text; word != NULL;) {
        size_t length = strcspn(word, ",");
        size_t index = 0;
        while (index < FORMAT_COUNT && (strlen(formats[index]->name) != length ||
                                        strncmp(formats[index]->name, word, length) != 0)) {
            index++;
        }
        if (index == FORMAT_COUNT) {
            return fail_format(word, length, reterr);
        }
        if (chosen[index]) {
            return error_set(reterr, EXIT_USAGE, "name each format once.",
                             "--format: %s is there twice", formats[index]->name);
        }
        chosen[index] = true;
        word = word[length] == ',' ? word + length + 1 : NULL;
    }
    ReportFormats found = {0};
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (chosen[i] || text == NULL) {
            found.items[found.count++] = formats[i];
        }
    }
    *ret_formats = found;
    return true;
}
