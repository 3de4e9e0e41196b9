/*
 * libFuzzer: any words give options that keep their promises, or an error that says what to do.
 *
 * The first two bytes choose which options the command takes, the next two which of them it needs;
 * the rest are its words, a line each.
 */
#include "../require.h"
#include "command/options.h"

#include "close/job.h"

enum { CHOICE_BYTES = 4, WORDS_MAX = 40 };

static void check_taken(const Options *options, OptionSet taken, OptionSet required)
{
    require((options->given & ~(taken | OPTIONS_COMMON)) == 0);
    require(options->config != NULL && options->config[0] != '\0');
    if (option_given(options, OPTION_HELP)) {
        return; /* what stands behind --help is not looked at */
    }
    require((required & ~options->given) == 0);
    const Period periods[] = {options->period, options->from, options->to};
    for (size_t i = 0; i < 3; i++) {
        require(periods[i] == 0 || (periods[i] >= PERIOD_FIRST && periods[i] <= PERIOD_LAST));
    }
    require(!option_given(options, OPTION_FROM) || !option_given(options, OPTION_TO) ||
            options->from <= options->to);
    require(option_given(options, OPTION_WORKERS)
                ? options->workers >= 1 && options->workers <= WORKERS_MAX
                : options->workers == 0);
    require(option_given(options, OPTION_MEMORY) == (options->memory_bytes != 0));
    require(options->memory_bytes % ((size_t)1 << 20) == 0);
    require(option_given(options, OPTION_DSN) == (options->dsn != NULL));
    require(!options->json || option_given(options, OPTION_FORMAT));
}

/* Cuts the text at its lines into argv, after the command's name. */
static int cut_words(char *text, char *argv[WORDS_MAX + 2])
{
    static char name[] = "close";
    int argc = 0;
    argv[argc++] = name;
    while (*text != '\0' && argc <= WORDS_MAX) {
        char *end = text + strcspn(text, "\n");
        argv[argc++] = text;
        if (*end == '\0') {
            break;
        }
        *end = '\0';
        text = end + 1;
    }
    argv[argc] = NULL;
    return argc;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size < CHOICE_BYTES) {
        return 0;
    }
    OptionSet taken = (OptionSet)data[0] << 8 | data[1];
    OptionSet required = ((OptionSet)data[2] << 8 | data[3]) & taken & ~(OptionSet)OPTION_HELP;
    char *text = copy_text(data + CHOICE_BYTES, size - CHOICE_BYTES);
    char *argv[WORDS_MAX + 2];
    int argc = cut_words(text, argv);

    Options untouched;
    memset(&untouched, 0x5A, sizeof untouched);
    Options options;
    memcpy(&options, &untouched, sizeof options);
    Error error = {0};
    if (options_parse("close", taken, required, argc, argv, &options, &error)) {
        check_taken(&options, taken, required);
    } else {
        require(error.code == EXIT_USAGE && error.message[0] != '\0' && error.hint[0] != '\0');
        require(strchr(error.message, '\n') == NULL);
        require(memcmp(&options, &untouched, sizeof options) == 0);
    }
    free(text);
    return 0;
}
