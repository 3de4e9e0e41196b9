#include "command/command.h"

#include "base/exit_code.h"
#include "base/format.h"
#include "command/suggest.h"
#include "command/surroundings.h"

#include <string.h>

static const Command *const commands[] = {
    &command_close,   &command_backfill, &command_restate, &command_verify,
    &command_explain, &command_report,   &command_status,  &command_check,
};

enum {
    COMMAND_COUNT = sizeof commands / sizeof commands[0],
    NAME_COLUMN = 12,
    SURROUNDING_COLUMN = 6
};

const char command_purpose[] = "Closes the month of a loyalty programme: from the point events in "
                               "PostgreSQL to levels, level changes and coupons.";

const Command *const *command_table(size_t *ret_count)
{
    *ret_count = COMMAND_COUNT;
    return commands;
}

bool command_find(const char *name, const Command **ret_command, Error *reterr)
{
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            *ret_command = commands[i];
            return true;
        }
        names[i] = commands[i]->name;
    }
    if (name[0] == '-') {
        return error_set(reterr, EXIT_USAGE,
                         "the command comes first: tierclose close --config FILE.",
                         "\"%.40s\" is no command", name);
    }
    const char *suggestion = suggest_word(name, names, COMMAND_COUNT);
    char hint[ERROR_HINT_BYTES];
    (void)snprintf(hint, sizeof hint, "%s%s%stierclose --help lists the commands.",
                   suggestion == NULL ? "" : "did you mean ", suggestion == NULL ? "" : suggestion,
                   suggestion == NULL ? "" : "? ");
    return error_set(reterr, EXIT_USAGE, hint, "\"%.40s\" is no command", name);
}

/* Paragraphs of which an empty line marks the end. */
static void print_paragraphs(FILE *out, const char *text)
{
    while (*text != '\0') {
        const char *end = strstr(text, "\n\n");
        size_t length = end == NULL ? strlen(text) : (size_t)(end - text);
        char paragraph[1024];
        (void)snprintf(paragraph, sizeof paragraph, "%.*s", (int)length, text);
        format_paragraph(out, paragraph, 0, 0);
        (void)fputc('\n', out);
        text += length;
        text += end == NULL ? 0 : 2;
    }
}

static void print_surroundings(FILE *out, const char *title, const Surrounding *things,
                               size_t count)
{
    (void)fprintf(out, "\n%s:\n", title);
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(out, "  %s\n%*s", things[i].name, SURROUNDING_COLUMN, "");
        format_paragraph(out, things[i].meaning, SURROUNDING_COLUMN, SURROUNDING_COLUMN);
    }
}

void command_print_overview(FILE *out)
{
    (void)fputs("Usage: tierclose COMMAND [OPTION...]\n\n", out);
    print_paragraphs(out, command_purpose);
    (void)fputs("Commands:\n", out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)fprintf(out, "  %-*s", NAME_COLUMN - 2, commands[i]->name);
        format_paragraph(out, commands[i]->summary, NAME_COLUMN, NAME_COLUMN);
    }
    (void)fputs("\ntierclose help COMMAND tells more of one. Options of every command:\n", out);
    options_print_help(out, OPTIONS_COMMON);
    size_t count = 0;
    const Surrounding *things = environment_table(&count);
    print_surroundings(out, "Environment", things, count);
    things = file_table(&count);
    print_surroundings(out, "Files", things, count);
    (void)fputs("\nResults go to stdout, everything else to stderr. Exit codes:\n", out);
    const ExitCodeText *codes = exit_code_table(&count);
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(out, "  %3d  ", (int)codes[i].code);
        format_paragraph(out, codes[i].meaning, 7, 7);
    }
}

void command_print_help(FILE *out, const Command *command)
{
    int column = fprintf(out, "Usage: tierclose %s", command->name);
    options_print_usage(out, column < 0 ? 0 : (size_t)column, command->options, command->required);
    (void)fputc('\n', out);
    print_paragraphs(out, command->details);
    if (command->options != 0) {
        (void)fputs("Options:\n", out);
        options_print_help(out, command->options);
        (void)fputc('\n', out);
    }
    (void)fputs("Options of every command:\n", out);
    options_print_help(out, OPTIONS_COMMON);
}
