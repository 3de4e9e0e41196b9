/*
 * The completion for zsh.
 */
#include "command/command.h"
#include "manual/completion.h"
#include "manual/manual.h"

static const char head[] = "#compdef tierclose\n"
                           "# Made from the program's own tables (job/manual).\n"
                           "\n"
                           "# This month and the twelve before it.\n"
                           "_tierclose_periods() {\n"
                           "    local -a periods\n"
                           "    local -i year month count\n"
                           "    zmodload zsh/datetime\n"
                           "    year=$(strftime %Y $EPOCHSECONDS)\n"
                           "    month=${$(strftime %m $EPOCHSECONDS)#0}\n"
                           "    for ((count = 0; count < 13; count++)); do\n"
                           "        periods+=(\"${(l:4::0:)year}-${(l:2::0:)month}\")\n"
                           "        if ((--month == 0)); then\n"
                           "            ((month = 12, year -= 1))\n"
                           "        fi\n"
                           "    done\n"
                           "    compadd -V periods \"$@\" -- $periods\n"
                           "}\n"
                           "\n"
                           "_tierclose_day() {\n"
                           "    zmodload zsh/datetime\n"
                           "    compadd \"$@\" -- \"$(strftime %Y-%m-%d $EPOCHSECONDS)\"\n"
                           "}\n"
                           "\n"
                           "_tierclose_commands() {\n"
                           "    local -a commands\n"
                           "    commands=(\n";

static const char middle[] = "    )\n"
                             "    _describe -t commands command commands \"$@\"\n"
                             "}\n"
                             "\n"
                             "_tierclose() {\n"
                             "    local curcontext=\"$curcontext\" state\n"
                             "    local -a line\n"
                             "    _arguments -C \\\n"
                             "        '(- *)--help[explain the commands]' \\\n"
                             "        '(- *)--version[show the version]' \\\n"
                             "        '1: :->command' \\\n"
                             "        '*:: :->rest' && return\n"
                             "    case $state in\n"
                             "        command)\n"
                             "            _alternative 'commands:command:_tierclose_commands' \\\n"
                             "                'help:help:((help\\:\"explain a command\"))'\n"
                             "            return ;;\n"
                             "    esac\n"
                             "    case $words[1] in\n"
                             "        help) _arguments '1:command:_tierclose_commands' ;;\n";

static const char tail[] = "    esac\n"
                           "}\n"
                           "\n"
                           "_tierclose \"$@\"\n";

/* A text between single quotation marks; `escaped` are marks that the specification needs. */
static void put_quoted(FILE *out, const char *text, bool in_brackets)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            (void)fputs("'\\''", out);
            continue;
        }
        if (*text == '\\' || (in_brackets && (*text == '[' || *text == ']'))) {
            (void)fputc('\\', out);
        }
        (void)fputc(*text, out);
    }
}

static void write_commands(FILE *out)
{
    size_t count = 0;
    const Command *const *commands = command_table(&count);
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(out, "        '%s:", commands[i]->name);
        put_quoted(out, commands[i]->summary, false);
        (void)fputs("'\n", out);
    }
}

static void write_action(FILE *out, const OptionText *option)
{
    char words[VALUE_WORDS_BYTES];
    switch (completion_kind(option)) {
    case VALUE_NONE:
        return;
    case VALUE_CHOICE:
        (void)fprintf(out, ":%s:(%s)", option->name, completion_words(option, words));
        return;
    case VALUE_LIST:
        (void)fprintf(out, ":%s:_sequence compadd - %s", option->name,
                      completion_words(option, words));
        return;
    case VALUE_FILE:
        (void)fputs(":file:_files", out);
        return;
    case VALUE_FOLDER:
        (void)fputs(":folder:_files -/", out);
        return;
    case VALUE_PERIOD:
        (void)fputs(":month:_tierclose_periods", out);
        return;
    case VALUE_DAY:
        (void)fputs(":day:_tierclose_day", out);
        return;
    case VALUE_FREE:
        (void)fprintf(out, ":%s: ", option->argument);
        return;
    }
}

static void write_arguments(FILE *out, const Command *command)
{
    size_t count = 0;
    const OptionText *options = option_table(&count);
    (void)fprintf(out, "        %s)\n            _arguments", command->name);
    for (size_t i = 0; i < count; i++) {
        if (((command->options | OPTIONS_COMMON) & (OptionSet)options[i].bit) != 0) {
            char text[MENU_TEXT_BYTES];
            (void)fprintf(out, " \\\n                '--%s%s[", options[i].name,
                          options[i].argument == NULL ? "" : "=");
            put_quoted(out, completion_menu_text(options[i].help, text), true);
            (void)fputc(']', out);
            write_action(out, &options[i]);
            (void)fputc('\'', out);
        }
    }
    (void)fputs(" ;;\n", out);
}

void manual_write_zsh_completion(FILE *out)
{
    size_t count = 0;
    const Command *const *commands = command_table(&count);
    (void)fputs(head, out);
    write_commands(out);
    (void)fputs(middle, out);
    for (size_t i = 0; i < count; i++) {
        write_arguments(out, commands[i]);
    }
    (void)fputs(tail, out);
}
