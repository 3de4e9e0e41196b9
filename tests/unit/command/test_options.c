/*
 * command/options: what is taken, and the exact words for everything that is not (contract 9).
 */
#include "command/options.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 20 };

static const OptionSet CLOSE_TAKES =
    OPTION_PERIOD | OPTION_FULL | OPTION_DRY_RUN | OPTION_NO_WAIT | OPTION_WORKERS | OPTION_MEMORY;

/* Splits at single spaces; argv[0] is the command's name. */
static bool parse(OptionSet taken, OptionSet required, const char *line, Options *ret_options,
                  Error *reterr)
{
    static char words[512]; /* options point into it */
    static char name[] = "close";
    char *argv[WORDS_MAX + 1] = {name};
    int argc = 1;
    (void)snprintf(words, sizeof words, "%s", line);
    for (char *word = strtok(words, " "); word != NULL && argc < WORDS_MAX;
         word = strtok(NULL, " ")) {
        argv[argc++] = word;
    }
    return options_parse("close", taken, required, argc, argv, ret_options, reterr);
}

typedef struct WrongCase {
    const char *line;
    const char *message;
    const char *hint;
} WrongCase;

#define HELP_HINT "tierclose close --help lists its options."
#define MONTH_HINT "write a month as YYYY-MM, for example 2025-01."
#define MEMORY_HINT "write a whole number and M or G: --memory 500M."
#define WORKERS_HINT "one for each core of the database is enough."
#define EXTRA_HINT "every value belongs to an option, as in --period 2025-01."

static const WrongCase wrong_cases[] = {
    {"--perid 2025-01", "close has no option --perid", "did you mean --period? " HELP_HINT},
    {"--dryrun", "close has no option --dryrun", "did you mean --dry-run? " HELP_HINT},
    {"--password=geheim", "close has no option --password", HELP_HINT},
    {"--from 2025-01", "close has no option --from", HELP_HINT},
    {"-x", "close has no option -x", HELP_HINT},
    {"-xpassword", "close has no option -x", HELP_HINT},
    {"--period", "--period needs a value", "write --period YYYY-MM."},
    {"--full=yes", "--full takes no value", "write --full."},
    {"--period 2025-13", "--period: \"2025-13\" is not a month", MONTH_HINT},
    {"--period 2025-1", "--period: \"2025-1\" is not a month", MONTH_HINT},
    {"--period --full", "--period: \"--full\" is not a month", MONTH_HINT},
    {"--workers 0", "--workers: \"0\" is not a number from 1 to 64", WORKERS_HINT},
    {"--workers 65", "--workers: \"65\" is not a number from 1 to 64", WORKERS_HINT},
    {"--workers 4x", "--workers: \"4x\" is not a number from 1 to 64", WORKERS_HINT},
    {"--workers +4", "--workers: \"+4\" is not a number from 1 to 64", WORKERS_HINT},
    {"--workers=", "--workers: \"\" is not a number from 1 to 64", WORKERS_HINT},
    {"--memory 0M", "--memory: \"0M\" is not a size", MEMORY_HINT},
    {"--memory 500", "--memory: \"500\" is not a size", MEMORY_HINT},
    {"--memory M", "--memory: \"M\" is not a size", MEMORY_HINT},
    {"--memory 5MB", "--memory: \"5MB\" is not a size", MEMORY_HINT},
    {"--memory -5M", "--memory: \"-5M\" is not a size", MEMORY_HINT},
    {"--memory 17592186044416M", "--memory: \"17592186044416M\" is not a size", MEMORY_HINT},
    {"--memory 99999999999999999999G", "--memory: \"99999999999999999999G\" is not a size",
     MEMORY_HINT},
    {"--today 2025-02-30", "--today: \"2025-02-30\" is not a day",
     "write a day as YYYY-MM-DD, for example 2025-01-31."},
    {"--dsn postgresql://user:geheim@db/loyalty", "--dsn holds a secret (password)",
     "every user of the machine can read a command line: keep the password in ~/.pgpass, or in the "
     "service file for service=NAME."},
    {"--dsn host:geheim=", "the connection string of --dsn cannot be read",
     "write \"host=... dbname=... user=...\" or postgresql://user@host/database, there with % and "
     "two hex digits for @ : / ? in a value; keep the password in ~/.pgpass."},
    {"--log-format xml", "--log-format: there is no format \"xml\"",
     "write --log-format text or --log-format json."},
    {"--config=", "--config: the file name is empty", "name the programme's YAML file."},
    {"--full --full", "--full is given twice", "keep one of the two."},
    {"2025-01", "close takes no argument \"2025-01\"", EXTRA_HINT},
    {"-- --full", "close takes no argument \"--full\"", EXTRA_HINT},
    {"--dsn host=x password=geheim", "close takes no argument \"password=...\"",
     "put the whole conninfo in quotation marks: --dsn \"host=... dbname=...\"."},
};

Test(options, wrong_usage_says_what_and_what_to_do)
{
    for (size_t i = 0; i < sizeof wrong_cases / sizeof wrong_cases[0]; i++) {
        const WrongCase *wrong = &wrong_cases[i];
        Options options = {.workers = -42};
        Error error = {0};
        cr_expect_not(parse(CLOSE_TAKES, 0, wrong->line, &options, &error), "%s", wrong->line);
        cr_expect_eq(error.code, EXIT_USAGE, "%s", wrong->line);
        cr_expect_str_eq(error.message, wrong->message);
        cr_expect_str_eq(error.hint, wrong->hint);
        cr_expect_eq(options.workers, -42, "%s: ret_options was touched", wrong->line);
    }
}

Test(options, all_that_close_takes)
{
    Options options;
    Error error = {0};
    cr_assert(
        parse(
            CLOSE_TAKES, 0,
            "--period 2025-12 --full --dry-run --no-wait --workers 64 --memory 2G --config a.yaml "
            "--dsn service=x --today 2026-01-05 --quiet",
            &options, &error),
        "%s", error.message);
    cr_expect_eq(options.period, 2025 * 12 + 11);
    cr_expect_eq(options.workers, 64);
    cr_expect_eq(options.memory_bytes, (size_t)2 << 30);
    cr_expect_eq(options.today, day_from_date((Date){2026, 1, 5}));
    cr_expect_str_eq(options.config, "a.yaml");
    cr_expect_str_eq(options.dsn, "service=x");
    cr_expect(option_given(&options, OPTION_FULL));
    cr_expect(option_given(&options, OPTION_DRY_RUN));
    cr_expect(option_given(&options, OPTION_NO_WAIT));
    cr_expect(option_given(&options, OPTION_QUIET));
    cr_expect_not(option_given(&options, OPTION_HELP));
}

Test(options, what_is_not_given_is_known)
{
    Options options;
    Error error = {0};
    (void)setenv("TIERCLOSE_CONFIG", "", 1);
    cr_assert(parse(CLOSE_TAKES, 0, "", &options, &error));
    cr_expect_eq(options.given, 0);
    cr_expect_eq(options.workers, 0);
    cr_expect_null(options.dsn);
    cr_expect_str_eq(strrchr(options.config, '/'), "/programme.yaml");
    (void)setenv("TIERCLOSE_CONFIG", "/etc/mine.yaml", 1);
    cr_assert(parse(CLOSE_TAKES, 0, "", &options, &error));
    cr_expect_str_eq(options.config, "/etc/mine.yaml");
    cr_assert(parse(CLOSE_TAKES, 0, "--config other.yaml", &options, &error));
    cr_expect_str_eq(options.config, "other.yaml");
}

Test(options, members_are_any_bigint)
{
    Options options;
    Error error = {0};
    cr_assert(parse(OPTION_MEMBER, 0, "--member -9223372036854775808", &options, &error));
    cr_expect_eq(options.member, INT64_MIN);
    cr_assert(parse(OPTION_MEMBER, 0, "--member=9223372036854775807", &options, &error));
    cr_expect_eq(options.member, INT64_MAX);
    cr_expect_not(parse(OPTION_MEMBER, 0, "--member 9223372036854775808", &options, &error));
    cr_expect_str_eq(error.message, "--member: \"9223372036854775808\" is not a bigint");
    cr_expect_str_eq(error.hint, "give the member_id, for example --member 42.");
}

Test(options, formats)
{
    Options options;
    Error error = {0};
    cr_assert(parse(OPTION_FORMAT, 0, "--format json", &options, &error));
    cr_expect(options.json);
    cr_assert(parse(OPTION_FORMAT, 0, "--format text", &options, &error));
    cr_expect_not(options.json);
    cr_expect_not(parse(OPTION_FORMAT, 0, "--format xml", &options, &error));
    cr_expect_str_eq(error.message, "--format: there is no format \"xml\"");
    cr_expect_str_eq(error.hint, "write --format text or --format json.");
}

Test(options, what_is_required_is_asked_for)
{
    Options options;
    Error error = {0};
    OptionSet both = OPTION_FROM | OPTION_TO;
    cr_expect_not(parse(both, both, "--from 2025-01", &options, &error));
    cr_expect_str_eq(error.message, "close needs --to");
    cr_expect_str_eq(error.hint, "add --to YYYY-MM; tierclose close --help explains it.");
    cr_expect_not(parse(both, both, "--from 2025-02 --to 2025-01", &options, &error));
    cr_expect_str_eq(error.message, "--from is after --to");
    cr_expect(parse(both, both, "--from 2025-01 --to 2025-01", &options, &error));
}

Test(options, help_goes_before_every_check)
{
    Options options;
    Error error = {0};
    cr_assert(parse(CLOSE_TAKES, OPTION_PERIOD, "--help", &options, &error));
    cr_expect(option_given(&options, OPTION_HELP));
    cr_assert(parse(CLOSE_TAKES, OPTION_PERIOD, "-h --nonsense", &options, &error));
    cr_expect(option_given(&options, OPTION_HELP));
}
