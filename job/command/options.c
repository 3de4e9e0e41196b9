#include "command/options.h"

#include "base/format.h"
#include "base/log.h"
#include "close/job.h"
#include "command/suggest.h"
#include "ledger/dsn.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#ifndef TIERCLOSE_DEFAULT_CONFIG
#error "TIERCLOSE_DEFAULT_CONFIG: the path of the installed programme.yaml, given by meson.build"
#endif

/* getopt_long gives an option back as this plus its index, beyond every letter. */
enum { OPTION_VALUE_FIRST = 256, HELP_COLUMN = 24 };

static const OptionText option_texts[] = {
    {OPTION_MEMBER, "member", "ID", "the member, a whole number"},
    {OPTION_PERIOD, "period", "YYYY-MM", "the month, in the programme's time zone"},
    {OPTION_FROM, "from", "YYYY-MM", "the first month"},
    {OPTION_TO, "to", "YYYY-MM", "the last month"},
    {OPTION_FULL, "full", NULL, "read all events of the window, also where less would do"},
    {OPTION_DRY_RUN, "dry-run", NULL, "say what would change and write nothing"},
    {OPTION_NO_WAIT, "no-wait", NULL,
     "end with exit code 75 where another run is at work, instead of waiting for it"},
    {OPTION_WORKERS, "workers", "N",
     "connections that read side by side, 1 to 64; else as many as the machine has cores, 4 at "
     "most"},
    {OPTION_MEMORY, "memory", "SIZE",
     "memory to keep within, as 500M or 2G, by reading the events several times where it is short; "
     "else a quarter of the machine's"},
    {OPTION_METRICS, "metrics", "FILE",
     "write metrics for Prometheus here when the run has ended, well or not; the folder of "
     "node_exporter's textfile collector takes NAME.prom"},
    {OPTION_FORMAT, "format", "text|json", "for people (text, the default) or for programs"},
    {OPTION_OUT, "out", "DIR",
     "the folder to write, in one that is there; an older report of the same period in it is "
     "replaced"},
    {OPTION_FORMATS, "format", "html,xlsx,csv,json",
     "which files to write; without it all formats"},
    {OPTION_CHECK_FOLDER, "check", "DIR", "prove the report in this folder, instead of making one"},
    {OPTION_CHECK, "check", NULL,
     "for monitoring: one line where all is well, exit code 2 where a period has ended and is not "
     "closed"},
    {OPTION_DB, "db", NULL, "look at the database too: tables, columns, kinds, rights"},
    {OPTION_CONFIG, "config", "FILE",
     "the programme; else $TIERCLOSE_CONFIG, else " TIERCLOSE_DEFAULT_CONFIG},
    {OPTION_DSN, "dsn", "CONNINFO",
     "the database, as libpq writes it; else PGHOST, PGSERVICE and the like. Without a password: "
     "that belongs into the password file"},
    {OPTION_TODAY, "today", "YYYY-MM-DD",
     "the local date to act on, for replays and tests; else the database's clock"},
    {OPTION_LOG_FORMAT, "log-format", "text|json",
     "how stderr is written: for people (text, the default), or json, an object a line"},
    {OPTION_QUIET, "quiet", NULL, "no progress on stderr; results and errors as ever"},
    {OPTION_HELP, "help", NULL, "show this and end"},
};

enum { OPTION_COUNT = sizeof option_texts / sizeof option_texts[0] };

static bool in_set(OptionSet set, OptionBit bit)
{
    return (set & (OptionSet)bit) != 0;
}

static bool parse_period(const char *name, const char *value, Period *ret_period, Error *reterr)
{
    return period_parse(value, ret_period, reterr) || error_prefix(reterr, "--%s", name);
}

/* A whole number in [min, max]; `wanted` says so: "a number from 1 to 64". */
static bool parse_whole(const char *name, const char *value, int64_t min, int64_t max,
                        const char *wanted, const char *hint, int64_t *ret_value, Error *reterr)
{
    char *end = NULL;
    errno = 0;
    long long number = strtoll(value, &end, 10);
    /* strtoll would also take white space and a plus sign. */
    bool plain = (value[0] >= '0' && value[0] <= '9') || value[0] == '-';
    if (!plain || *end != '\0' || errno != 0 || number < min || number > max) {
        return error_set(reterr, EXIT_USAGE, hint, "--%s: \"%.40s\" is not %s", name, value,
                         wanted);
    }
    *ret_value = number;
    return true;
}

/* "500M", "2G". */
static bool parse_size(const char *name, const char *value, size_t *ret_bytes, Error *reterr)
{
    const char *unit = value + strspn(value, "0123456789");
    unsigned shift = strcmp(unit, "M") == 0 ? 20 : strcmp(unit, "G") == 0 ? 30 : 0;
    errno = 0;
    unsigned long long number = strtoull(value, NULL, 10);
    if (unit == value || shift == 0 || errno != 0 || number == 0 || number > SIZE_MAX >> shift) {
        return error_set(reterr, EXIT_USAGE, "write a whole number and M or G: --memory 500M.",
                         "--%s: \"%.40s\" is not a size", name, value);
    }
    *ret_bytes = (size_t)number << shift;
    return true;
}

static bool parse_folder(const char *name, const char *value, const char **ret_folder,
                         Error *reterr)
{
    *ret_folder = value;
    return value[0] != '\0' || error_set(reterr, EXIT_USAGE, "name a folder.",
                                         "--%s: the folder's name is empty", name);
}

static bool parse_value(const OptionText *text, const char *value, Options *options, Error *reterr)
{
    switch (text->bit) {
    case OPTION_PERIOD:
        return parse_period(text->name, value, &options->period, reterr);
    case OPTION_FROM:
        return parse_period(text->name, value, &options->from, reterr);
    case OPTION_TO:
        return parse_period(text->name, value, &options->to, reterr);
    case OPTION_MEMBER:
        return parse_whole(text->name, value, INT64_MIN, INT64_MAX, "a bigint",
                           "give the member_id, for example --member 42.", &options->member,
                           reterr);
    case OPTION_WORKERS: {
        int64_t workers = 0;
        if (!parse_whole(text->name, value, 1, WORKERS_MAX, "a number from 1 to 64",
                         "one for each core of the database is enough.", &workers, reterr)) {
            return false;
        }
        options->workers = (int)workers;
        return true;
    }
    case OPTION_MEMORY:
        return parse_size(text->name, value, &options->memory_bytes, reterr);
    case OPTION_FORMAT:
        options->json = strcmp(value, "json") == 0;
        return options->json || strcmp(value, "text") == 0 ||
               error_set(reterr, EXIT_USAGE, "write --format text or --format json.",
                         "--format: there is no format \"%.40s\"", value);
    case OPTION_FORMATS:
        options->formats = value;
        return true;
    case OPTION_LOG_FORMAT:
        if (strcmp(value, "json") == 0) {
            log_use_json();
            return true;
        }
        return strcmp(value, "text") == 0 ||
               error_set(reterr, EXIT_USAGE, "write --log-format text or --log-format json.",
                         "--log-format: there is no format \"%.40s\"", value);
    case OPTION_METRICS:
        options->metrics = value;
        return value[0] != '\0' || error_set(reterr, EXIT_USAGE, "name a file, such as NAME.prom.",
                                             "--metrics: the file name is empty");
    case OPTION_OUT:
        return parse_folder(text->name, value, &options->out, reterr);
    case OPTION_CHECK_FOLDER:
        return parse_folder(text->name, value, &options->check_folder, reterr);
    case OPTION_TODAY:
        return day_parse(value, &options->today, reterr) || error_prefix(reterr, "--today");
    case OPTION_CONFIG:
        options->config = value;
        return value[0] != '\0' || error_set(reterr, EXIT_USAGE, "name the programme's YAML file.",
                                             "--config: the file name is empty");
    case OPTION_DSN: {
        bool service = false;
        options->dsn = value;
        return dsn_check(value, &service, reterr);
    }
    default:
        return true;
    }
}

/* What getopt_long did not understand; argv[optind - 1] is the word. */
static bool fail_unknown(const char *command, OptionSet taken, const char *word, Error *reterr)
{
    const char *names[OPTION_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (in_set(taken, option_texts[i].bit)) {
            names[count++] = option_texts[i].name;
        }
    }
    char name[64] = "";
    if (strncmp(word, "--", 2) == 0) {
        size_t length = strcspn(word + 2, "=");
        (void)snprintf(name, sizeof name, "%.*s", (int)(length < 60 ? length : 60), word + 2);
    }
    const char *suggestion = suggest_word(name, names, count);
    char hint[ERROR_HINT_BYTES];
    (void)snprintf(hint, sizeof hint, "%s%s%stierclose %s --help lists its options.",
                   suggestion == NULL ? "" : "did you mean --",
                   suggestion == NULL ? "" : suggestion, suggestion == NULL ? "" : "? ", command);
    /* Not the whole word: what follows "=" may be a secret. */
    return error_set(reterr, EXIT_USAGE, hint, "%s has no option %s%.40s", command,
                     name[0] == '\0' ? "" : "--", name[0] == '\0' ? word : name);
}

static bool take_option(const OptionText *text, const char *value, Options *options, Error *reterr)
{
    if (in_set(options->given, text->bit)) {
        return error_set(reterr, EXIT_USAGE, "keep one of the two.", "--%s is given twice",
                         text->name);
    }
    options->given |= (OptionSet)text->bit;
    return value == NULL || parse_value(text, value, options, reterr);
}

static bool fail_value(const OptionText *text, bool missing, Error *reterr)
{
    char hint[ERROR_HINT_BYTES];
    (void)snprintf(hint, sizeof hint, "write --%s%s%s.", text->name,
                   text->argument == NULL ? "" : " ", text->argument == NULL ? "" : text->argument);
    return error_set(reterr, EXIT_USAGE, hint, "--%s %s", text->name,
                     missing ? "needs a value" : "takes no value");
}

static bool fail_extra(const char *command, const char *word, Error *reterr)
{
    /* A conninfo without quotation marks around it ends up here in pieces, a password among them.
     */
    const char *equals = strchr(word, '=');
    int shown = equals == NULL ? 40 : (int)(equals + 1 - word < 40 ? equals + 1 - word : 40);
    return error_set(
        reterr, EXIT_USAGE,
        equals == NULL
            ? "every value belongs to an option, as in --period 2025-01."
            : "put the whole conninfo in quotation marks: --dsn \"host=... dbname=...\".",
        "%s takes no argument \"%.*s%s\"", command, shown, word, equals == NULL ? "" : "...");
}

static bool check_together(const char *command, OptionSet required, const Options *options,
                           Error *reterr)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const OptionText *text = &option_texts[i];
        if (in_set(required, text->bit) && !in_set(options->given, text->bit)) {
            char hint[ERROR_HINT_BYTES];
            (void)snprintf(hint, sizeof hint, "add --%s %s; tierclose %s --help explains it.",
                           text->name, text->argument == NULL ? "" : text->argument, command);
            return error_set(reterr, EXIT_USAGE, hint, "%s needs --%s", command, text->name);
        }
    }
    if (option_given(options, OPTION_FROM) && option_given(options, OPTION_TO) &&
        options->from > options->to) {
        return error_set(reterr, EXIT_USAGE, "give the earlier month as --from.",
                         "--from is after --to");
    }
    return true;
}

static const char *default_config(void)
{
    const char *config = getenv("TIERCLOSE_CONFIG");
    return config != NULL && config[0] != '\0' ? config : TIERCLOSE_DEFAULT_CONFIG;
}

bool options_parse(const char *command, OptionSet taken, OptionSet required, int argc, char **argv,
                   Options *ret_options, Error *reterr)
{
    OptionSet all = taken | OPTIONS_COMMON;
    struct option longs[OPTION_COUNT + 1] = {0};
    size_t count = 0;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (in_set(all, option_texts[i].bit)) {
            bool has_argument = option_texts[i].argument != NULL;
            longs[count++] = (struct option){option_texts[i].name,
                                             has_argument ? required_argument : no_argument, NULL,
                                             OPTION_VALUE_FIRST + (int)i};
        }
    }
    Options options = {.config = default_config()};
    opterr = 0;
    optind = 0; /* glibc: begin anew */
    for (;;) {
        int found = getopt_long(argc, argv, "+:h", longs, NULL);
        if (found == -1) {
            break;
        }
        if (found == 'h' || found == OPTION_VALUE_FIRST + OPTION_COUNT - 1) {
            options.given |= OPTION_HELP;
            *ret_options = options;
            return true;
        }
        if ((found == ':' || found == '?') && optopt >= OPTION_VALUE_FIRST) {
            return fail_value(&option_texts[optopt - OPTION_VALUE_FIRST], found == ':', reterr);
        }
        if (found < OPTION_VALUE_FIRST) {
            /* Within letters ("-xy") optind still stands on the word: only optopt knows which. */
            const char letter[] = {'-', (char)optopt, '\0'};
            return fail_unknown(command, all, optopt != 0 ? letter : argv[optind - 1], reterr);
        }
        const OptionText *text = &option_texts[found - OPTION_VALUE_FIRST];
        if (!take_option(text, text->argument == NULL ? NULL : optarg, &options, reterr)) {
            return false;
        }
    }
    if (optind < argc) {
        return fail_extra(command, argv[optind], reterr);
    }
    if (!check_together(command, required, &options, reterr)) {
        return false;
    }
    *ret_options = options;
    return true;
}

const OptionText *option_table(size_t *ret_count)
{
    *ret_count = OPTION_COUNT;
    return option_texts;
}

void options_print_help(FILE *out, OptionSet options)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const OptionText *text = &option_texts[i];
        if (!in_set(options, text->bit)) {
            continue;
        }
        char left[HELP_COLUMN + 16];
        int width =
            snprintf(left, sizeof left, "  --%s%s%s", text->name, text->argument == NULL ? "" : " ",
                     text->argument == NULL ? "" : text->argument);
        (void)fprintf(out, "%s", left);
        if (width > HELP_COLUMN - 2) {
            (void)fprintf(out, "\n");
            width = 0;
        }
        (void)fprintf(out, "%*s", HELP_COLUMN - width, "");
        format_paragraph(out, text->help, HELP_COLUMN, HELP_COLUMN);
    }
}

void options_print_usage(FILE *out, size_t column, OptionSet options, OptionSet required)
{
    size_t used = column;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const OptionText *text = &option_texts[i];
        if (in_set(OPTIONS_COMMON, text->bit) || !in_set(options, text->bit)) {
            continue;
        }
        bool must = in_set(required, text->bit);
        char word[64];
        size_t width =
            (size_t)snprintf(word, sizeof word, "%s--%s%s%s%s", must ? "" : "[", text->name,
                             text->argument == NULL ? "" : " ",
                             text->argument == NULL ? "" : text->argument, must ? "" : "]");
        if (used + 1 + width > FORMAT_COLUMNS) {
            (void)fprintf(out, "\n%*s", (int)column, "");
            used = column;
        }
        (void)fprintf(out, " %s", word);
        used += 1 + width;
    }
    (void)fprintf(out, "%s\n",
                  used + sizeof " [OPTION...]" - 1 > FORMAT_COLUMNS ? "" : " [OPTION...]");
}
