/*
 * tierclose(1).
 */
#include "base/exit_code.h"
#include "command/command.h"
#include "command/surroundings.h"
#include "manual/manual.h"
#include "manual/page.h"

#include <string.h>

static void write_synopsis_option(FILE *out, const OptionText *option, bool required)
{
    (void)fputs(required ? " " : " [", out);
    char name[64];
    (void)snprintf(name, sizeof name, "--%s", option->name);
    page_bold(out, name);
    if (option->argument != NULL) {
        (void)fputs("\\~", out);
        page_italic(out, option->argument);
    }
    (void)fputs(required ? "" : "]", out);
}

/* The usage of a command as one hanging paragraph. */
static void write_usage(FILE *out, const Command *command)
{
    (void)fputs(".HP\n", out);
    page_bold(out, "tierclose");
    (void)fputc(' ', out);
    page_bold(out, command->name);
    size_t count = 0;
    const OptionText *options = option_table(&count);
    for (size_t i = 0; i < count; i++) {
        if ((command->options & ~(OptionSet)OPTIONS_COMMON & (OptionSet)options[i].bit) != 0) {
            write_synopsis_option(out, &options[i],
                                  (command->required & (OptionSet)options[i].bit) != 0);
        }
    }
    (void)fputs(" [", out);
    page_italic(out, "option");
    (void)fputs("\\~...]\n", out);
}

static void write_synopsis(FILE *out)
{
    page_heading(out, "SYNOPSIS");
    size_t count = 0;
    const Command *const *commands = command_table(&count);
    for (size_t i = 0; i < count; i++) {
        write_usage(out, commands[i]);
    }
    (void)fputs(".HP\n", out);
    page_bold(out, "tierclose help");
    (void)fputs(" [", out);
    page_italic(out, "command");
    (void)fputs("]\n.HP\n", out);
    page_bold(out, "tierclose --version");
    (void)fputc('\n', out);
}

static void write_options(FILE *out, OptionSet set)
{
    size_t count = 0;
    const OptionText *options = option_table(&count);
    for (size_t i = 0; i < count; i++) {
        if ((set & (OptionSet)options[i].bit) != 0) {
            char name[64];
            (void)snprintf(name, sizeof name, "--%s", options[i].name);
            page_tag(out, name, options[i].argument, NULL);
            page_text(out, options[i].help);
        }
    }
}

static void write_commands(FILE *out)
{
    page_heading(out, "COMMANDS");
    size_t count = 0;
    const Command *const *commands = command_table(&count);
    for (size_t i = 0; i < count; i++) {
        page_subheading(out, commands[i]->name);
        page_paragraphs(out, commands[i]->details);
        write_options(out, commands[i]->options & ~(OptionSet)OPTIONS_COMMON);
    }
}

static void write_surroundings(FILE *out, const char *heading, const Surrounding *things,
                               size_t count)
{
    page_heading(out, heading);
    for (size_t i = 0; i < count; i++) {
        page_tag(out, things[i].name, NULL, NULL);
        page_text(out, things[i].meaning);
    }
}

static void write_exit_codes(FILE *out)
{
    page_heading(out, "EXIT STATUS");
    size_t count = 0;
    const ExitCodeText *codes = exit_code_table(&count);
    for (size_t i = 0; i < count; i++) {
        char code[16];
        (void)snprintf(code, sizeof code, "%d", (int)codes[i].code);
        page_tag(out, code, NULL, NULL);
        page_text(out, codes[i].meaning);
    }
}

void manual_write_command_page(FILE *out)
{
    size_t count = 0;
    page_begin(out, "TIERCLOSE", "1", "User Commands");
    page_heading(out, "NAME");
    (void)fputs("tierclose \\- close the month of a loyalty programme\n", out);
    write_synopsis(out);
    page_heading(out, "DESCRIPTION");
    page_paragraphs(out, command_purpose);
    (void)fputs(".PP\nResults go to stdout, everything else to stderr.\n", out);
    write_commands(out);
    page_heading(out, "OPTIONS OF EVERY COMMAND");
    write_options(out, OPTIONS_COMMON);
    const Surrounding *things = environment_table(&count);
    write_surroundings(out, "ENVIRONMENT", things, count);
    things = file_table(&count);
    write_surroundings(out, "FILES", things, count);
    write_exit_codes(out);
    page_heading(out, "SEE ALSO");
    (void)fputs(".BR programme.yaml (5),\n.BR psql (1),\n.BR sqitch (1)\n", out);
}
