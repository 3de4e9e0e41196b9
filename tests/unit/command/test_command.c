/*
 * command/command and command/suggest: finding a command, and help that fits a terminal.
 */
#include "base/exit_code.h"
#include "base/format.h"
#include "command/command.h"
#include "command/suggest.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"close",   "backfill", "restate", "verify",
                                    "explain", "report",   "status",  "check"};
enum { NAME_COUNT = sizeof names / sizeof names[0] };

Test(command, every_command_is_found_by_its_name)
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        const Command *command = NULL;
        Error error = {0};
        cr_assert(command_find(names[i], &command, &error));
        cr_expect_str_eq(command->name, names[i]);
        cr_expect_not_null(command->run);
    }
}

Test(command, unknown_commands_are_refused_with_a_guess)
{
    static const struct {
        const char *name;
        const char *message;
        const char *hint;
    } cases[] = {
        {"clsoe", "\"clsoe\" is no command",
         "did you mean close? tierclose --help lists the commands."},
        {"stat", "\"stat\" is no command",
         "did you mean status? tierclose --help lists the commands."},
        {"publish", "\"publish\" is no command", "tierclose --help lists the commands."},
        {"", "\"\" is no command", "tierclose --help lists the commands."},
        {"--config", "\"--config\" is no command",
         "the command comes first: tierclose close --config FILE."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const Command *command = NULL;
        Error error = {0};
        cr_expect_not(command_find(cases[i].name, &command, &error));
        cr_expect_eq(error.code, EXIT_USAGE);
        cr_expect_str_eq(error.message, cases[i].message);
        cr_expect_str_eq(error.hint, cases[i].hint);
        cr_expect_null(command);
    }
}

Test(suggest, at_most_two_letters_away)
{
    cr_expect_str_eq(suggest_word("explian", names, NAME_COUNT), "explain");
    cr_expect_str_eq(suggest_word("verfiy", names, NAME_COUNT), "verify");
    cr_expect_str_eq(suggest_word("xlose", names, NAME_COUNT), "close");
    cr_expect_null(suggest_word("xxxse", names, NAME_COUNT));
    cr_expect_null(suggest_word("a word that is far too long to be meant", names, NAME_COUNT));
    static const char *const tiny[] = {"ab"};
    cr_expect_null(suggest_word("xy", tiny, 1));
}

/* Every line fits 80 columns; returns how often `needle` occurs. */
static size_t check_lines(char *text, const char *needle)
{
    size_t found = 0;
    for (char *at = strstr(text, needle); at != NULL; at = strstr(at + 1, needle)) {
        found++;
    }
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        cr_expect_leq(format_width(line), FORMAT_COLUMNS, "%s", line);
    }
    return found;
}

Test(command, the_overview_has_every_command_and_exit_code)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    command_print_overview(out);
    (void)fclose(out);
    for (size_t i = 0; i < NAME_COUNT; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "\n  %s ", names[i]);
        cr_expect_not_null(strstr(text, line), "%s", names[i]);
    }
    size_t count = 0;
    const ExitCodeText *codes = exit_code_table(&count);
    for (size_t i = 0; i < count; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "\n  %3d  ", (int)codes[i].code);
        cr_expect_not_null(strstr(text, line), "%d", (int)codes[i].code);
    }
    cr_expect_eq(check_lines(text, "--dsn CONNINFO"), 1);
    free(text);
}

Test(command, each_help_fits_and_names_its_options)
{
    for (size_t i = 0; i < NAME_COUNT; i++) {
        const Command *command = NULL;
        Error error = {0};
        cr_assert(command_find(names[i], &command, &error));
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        command_print_help(out, command);
        (void)fclose(out);
        char usage[64];
        (void)snprintf(usage, sizeof usage, "Usage: tierclose %s ", names[i]);
        cr_expect_eq(strncmp(text, usage, strlen(usage)), 0, "%s", text);
        bool has_period = (command->options & OPTION_PERIOD) != 0;
        /* In the usage line and in the list. */
        cr_expect_geq(check_lines(text, "--period YYYY-MM"), has_period ? 2 : 0, "%s", names[i]);
        free(text);
    }
}

/* What a first connection that fails says; each ends before a server is asked. */
Test(command, a_connection_that_never_was_is_not_called_lost)
{
    static const char *const dsns[] = {"host=/nonexistent", "service=no_such_service",
                                       "host=/nonexistent port=0"};
    cr_assert_eq(setenv("PGSERVICEFILE", "/dev/null", 1), 0);
    cr_assert_eq(unsetenv("PGSYSCONFDIR"), 0);
    for (size_t i = 0; i < sizeof dsns / sizeof dsns[0]; i++) {
        Arena arena = {0};
        Options options = {.config = SOURCE_ROOT "/config/aliexpress.yaml", .dsn = dsns[i]};
        const CommandContext context = {.options = &options, .arena = &arena, .out = stdout};
        ExitCode code = EXIT_DONE;
        Error error = {0};
        cr_expect_not(command_status.run(&context, &code, &error));
        cr_expect_eq(error.code, EXIT_DATABASE);
        cr_expect_eq(strncmp(error.message, "no connection: ", strlen("no connection: ")), 0, "%s",
                     error.message);
        cr_expect_not_null(strstr(error.hint, "--dsn"), "%s", error.hint);
        arena_destroy(&arena);
    }
}
