/*
 * The completion for bash. It asks nothing of the package bash-completion, and no database.
 *
 * bash breaks words at "=", so `--format=te` comes as three of them. Files and folders are left to
 * readline, which knows about quotation marks and spaces.
 */
#include "command/command.h"
#include "manual/completion.h"
#include "manual/manual.h"

static const char head[] =
    "# bash completion for tierclose. Made from the program's own tables (job/manual).\n"
    "\n"
    "# This month and the twelve before it.\n"
    "_tierclose_periods() {\n"
    "    local year month count\n"
    "    printf -v year '%(%Y)T' -1\n"
    "    printf -v month '%(%m)T' -1\n"
    "    month=$((10#$month))\n"
    "    for ((count = 0; count < 13; count++)); do\n"
    "        printf '%04d-%02d\\n' \"$year\" \"$month\"\n"
    "        if ((--month == 0)); then\n"
    "            month=12\n"
    "            ((year -= 1))\n"
    "        fi\n"
    "    done\n"
    "}\n"
    "\n"
    "# The words of $2 that begin with $1, but for options that were given before.\n"
    "_tierclose_offer() {\n"
    "    local word\n"
    "    for word in $2; do\n"
    "        if [[ \"$word\" == \"$1\"* && \" ${COMP_WORDS[*]:1:COMP_CWORD-1} \" != *\" $word \"* "
    "]]"
    "; then\n"
    "            COMPREPLY+=(\"$word\")\n"
    "        fi\n"
    "    done\n"
    "}\n"
    "\n"
    "# A list with commas: $1 what is typed of it, $2 its words.\n"
    "_tierclose_offer_list() {\n"
    "    local done=\"\" word\n"
    "    [[ \"$1\" != *,* ]] || done=\"${1%,*},\"\n"
    "    for word in $2; do\n"
    "        if [[ \"$done$word\" == \"$1\"* && \",$done\" != *\",$word,\"* ]]; then\n"
    "            COMPREPLY+=(\"$done$word\")\n"
    "        fi\n"
    "    done\n"
    "    compopt -o nospace 2>/dev/null\n"
    "}\n"
    "\n";

static const char tail[] =
    "\n"
    "_tierclose() {\n"
    "    local IFS=$' \\t\\n' command=\"${COMP_WORDS[1]}\"\n"
    "    local typed=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
    "    COMPREPLY=()\n"
    "    if [[ \"$typed\" == \"=\" ]]; then\n"
    "        typed=\"\"\n"
    "    elif [[ \"$before\" == \"=\" ]]; then\n"
    "        before=\"${COMP_WORDS[COMP_CWORD-2]}\"\n"
    "    fi\n"
    "    if [[ \"$COMP_CWORD\" -eq 1 ]]; then\n"
    "        _tierclose_offer \"$typed\" \"$_tierclose_commands help --help --version\"\n"
    "    elif [[ \"$command\" == help ]]; then\n"
    "        [[ \"$COMP_CWORD\" -ne 2 ]] || _tierclose_offer \"$typed\" \"$_tierclose_commands\"\n"
    "    elif ! _tierclose_value \"$command\" \"$before\" \"$typed\"; then\n"
    "        _tierclose_offer \"$typed\" \"$(_tierclose_options \"$command\")\"\n"
    "    fi\n"
    "}\n"
    "\n"
    "complete -F _tierclose tierclose\n";

static void write_commands(FILE *out)
{
    size_t count = 0;
    const Command *const *commands = command_table(&count);
    (void)fputs("_tierclose_commands=\"", out);
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(out, "%s%s", i == 0 ? "" : " ", commands[i]->name);
    }
    (void)fputs("\"\n\n", out);
}

static void write_options(FILE *out)
{
    size_t command_count = 0;
    size_t option_count = 0;
    const Command *const *commands = command_table(&command_count);
    const OptionText *options = option_table(&option_count);
    (void)fputs("_tierclose_options() {\n    case \"$1\" in\n", out);
    for (size_t i = 0; i < command_count; i++) {
        OptionSet taken = commands[i]->options | OPTIONS_COMMON;
        (void)fprintf(out, "        %s) echo \"", commands[i]->name);
        const char *space = "";
        for (size_t j = 0; j < option_count; j++) {
            if ((taken & (OptionSet)options[j].bit) != 0) {
                (void)fprintf(out, "%s--%s", space, options[j].name);
                space = " ";
            }
        }
        (void)fputs("\" ;;\n", out);
    }
    (void)fputs("    esac\n}\n\n", out);
}

static void write_action(FILE *out, const OptionText *option)
{
    char words[VALUE_WORDS_BYTES];
    switch (completion_kind(option)) {
    case VALUE_CHOICE:
        (void)fprintf(out, "_tierclose_offer \"$3\" \"%s\"", completion_words(option, words));
        break;
    case VALUE_LIST:
        (void)fprintf(out, "_tierclose_offer_list \"$3\" \"%s\"", completion_words(option, words));
        break;
    case VALUE_FILE:
        (void)fputs("compopt -o default", out);
        break;
    case VALUE_FOLDER:
        (void)fputs("compopt -o dirnames", out);
        break;
    case VALUE_PERIOD:
        (void)fputs("_tierclose_offer \"$3\" \"$(_tierclose_periods)\"", out);
        break;
    case VALUE_DAY:
        (void)fputs("_tierclose_offer \"$3\" \"$(printf '%(%Y-%m-%d)T' -1)\"", out);
        break;
    case VALUE_NONE:
    case VALUE_FREE:
        (void)fputs(":", out);
        break;
    }
}

/* One pattern for each command that takes the option: "explain --format" | "status --format". */
static void write_patterns(FILE *out, const OptionText *option)
{
    size_t count = 0;
    const Command *const *commands = command_table(&count);
    const char *bar = "";
    for (size_t i = 0; i < count; i++) {
        if (((commands[i]->options | OPTIONS_COMMON) & (OptionSet)option->bit) != 0) {
            (void)fprintf(out, "%s\"%s --%s\"", bar, commands[i]->name, option->name);
            bar = " | ";
        }
    }
}

static void write_values(FILE *out)
{
    size_t count = 0;
    const OptionText *options = option_table(&count);
    (void)fputs("# Offers values of the option $2 of the command $1; fails if it takes none.\n"
                "_tierclose_value() {\n    case \"$1 $2\" in\n",
                out);
    for (size_t i = 0; i < count; i++) {
        if (options[i].argument != NULL) {
            (void)fputs("        ", out);
            write_patterns(out, &options[i]);
            (void)fputs(")\n            ", out);
            write_action(out, &options[i]);
            (void)fputs(" ;;\n", out);
        }
    }
    (void)fputs("        *) return 1 ;;\n    esac\n    return 0\n}\n", out);
}

void manual_write_bash_completion(FILE *out)
{
    (void)fputs(head, out);
    write_commands(out);
    write_options(out);
    write_values(out);
    (void)fputs(tail, out);
}
