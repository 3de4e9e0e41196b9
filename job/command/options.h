/*
 * The options of all commands: one table of what they are called and mean, one reader (contract 9).
 *
 * A command names the options it takes as a set of OPTION_ bits; what is common to all commands is
 * always taken. Every mistake is EXIT_USAGE with a message that names the option and a hint. Texts
 * point into argv or the environment. For the main thread: getopt_long keeps its place in globals.
 */
#pragma once

#include "base/error.h"
#include "programme/period.h"

#include <stdint.h>
#include <stdio.h>

typedef enum OptionBit {
    OPTION_PERIOD = 1 << 0,
    OPTION_FROM = 1 << 1,
    OPTION_TO = 1 << 2,
    OPTION_MEMBER = 1 << 3,
    OPTION_FULL = 1 << 4,
    OPTION_DRY_RUN = 1 << 5,
    OPTION_NO_WAIT = 1 << 6,
    OPTION_WORKERS = 1 << 7,
    OPTION_FORMAT = 1 << 8,
    OPTION_DB = 1 << 9,
    OPTION_CONFIG = 1 << 10,
    OPTION_DSN = 1 << 11,
    OPTION_TODAY = 1 << 12,
    OPTION_QUIET = 1 << 13,
    OPTION_HELP = 1 << 14,
    OPTION_MEMORY = 1 << 15,
    OPTION_METRICS = 1 << 16,
    OPTION_LOG_FORMAT = 1 << 17,
    OPTION_CHECK = 1 << 18,
    OPTION_OUT = 1 << 20,
    OPTION_FORMATS = 1 << 21,
    OPTION_CHECK_FOLDER = 1 << 22,
    OPTIONS_COMMON =
        OPTION_CONFIG | OPTION_DSN | OPTION_TODAY | OPTION_LOG_FORMAT | OPTION_QUIET | OPTION_HELP,
} OptionBit;

typedef uint32_t OptionSet;

/* An option as it is read, explained, and completed by a shell. */
typedef struct OptionText {
    OptionBit bit;
    const char *name;
    /* NULL: takes none. The form tells what shells complete: words between "|", a list of words
     * between ",", FILE, DIR, YYYY-MM, YYYY-MM-DD; nothing for anything else. */
    const char *argument;
    const char *help; /* what comes before the first ";" or "." is enough for a menu */
} OptionText;

typedef struct Options {
    OptionSet given;
    Period period;
    Period from;
    Period to;
    int64_t member;
    int workers;         /* 0: not given */
    size_t memory_bytes; /* 0: not given */
    bool json;           /* --format json */
    const char *formats; /* --format of the report; NULL: not given */
    const char *out;
    const char *metrics;      /* NULL: not given */
    const char *check_folder; /* --check DIR */
    const char *config; /* --config, else $TIERCLOSE_CONFIG, else the installed file; never NULL */
    const char *dsn;    /* NULL: not given */
    LocalDay today;
} Options;

/*
 * Reads argv[1..argc) of `command` (argv[0] is not looked at). Where --help is given nothing else
 * is checked. EXIT_USAGE: anything unknown, doubled, malformed, missing from `required`, or --from
 * after --to. --log-format holds from where it is read on: a mistake behind it is told in it.
 */
MUST_CHECK bool options_parse(const char *command, OptionSet taken, OptionSet required, int argc,
                              char **argv, Options *ret_options, Error *reterr);

static inline bool option_given(const Options *options, OptionBit option)
{
    return (options->given & (OptionSet)option) != 0;
}

/* All options, in the order of the help; *ret_count gets how many there are. */
const OptionText *option_table(size_t *ret_count);

/* The options of a set with their help, within 80 columns. */
void options_print_help(FILE *out, OptionSet options);

/* " --period YYYY-MM [--dry-run] [OPTION...]": ends a usage line that has come to `column`. */
void options_print_usage(FILE *out, size_t column, OptionSet options, OptionSet required);
