/*
 * The commands of tierclose: what main needs to find, explain and run one (contract 9).
 *
 * A command is one file: it says which options it takes and calls one function of close/ or
 * report/. Results go to context->out, everything else through context->progress; errors travel up
 * to main.
 */
#pragma once

#include "base/arena.h"
#include "base/progress.h"
#include "command/options.h"

#include <stdatomic.h>
#include <stdio.h>

typedef struct CommandContext {
    const Options *options;
    Arena *arena; /* lives as long as the run */
    Progress *progress;
    atomic_int *stop_signal; /* SIGINT or SIGTERM once it came, else 0 */
    FILE *out;
} CommandContext;

/* *ret_code is EXIT_DONE before the call; `verify` may set EXIT_DIFFERENT. */
typedef bool (*CommandFunction)(const CommandContext *context, ExitCode *ret_code, Error *reterr);

typedef struct Command {
    const char *name;
    CommandFunction run;
    const char *summary; /* one line of `tierclose --help` */
    const char *details; /* paragraphs of `tierclose help NAME`, an empty line between them */
    OptionSet options;   /* besides the common ones */
    OptionSet required;
    bool publishes; /* what it did stands, even where its words could not be written */
} Command;

extern const Command command_close;
extern const Command command_backfill;
extern const Command command_restate;
extern const Command command_verify;
extern const Command command_explain;
extern const Command command_report;
extern const Command command_status;
extern const Command command_check;

/* What the program is for, a paragraph. */
extern const char command_purpose[];

/* All commands, in the order of the help; *ret_count gets how many there are. */
const Command *const *command_table(size_t *ret_count);

/* EXIT_USAGE with "did you mean" where there is none of that name. */
MUST_CHECK bool command_find(const char *name, const Command **ret_command, Error *reterr);

/* What `tierclose --help` prints: usage, commands, environment, files, exit codes. */
void command_print_overview(FILE *out);

/* What `tierclose help NAME` prints. */
void command_print_help(FILE *out, const Command *command);
