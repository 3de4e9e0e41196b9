/*
 * Files that are too big, too deep or no files: refused with a clear error, quickly, and without
 * harm.
 */
#include "bad_case.h"

#include "config/load.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define HINT_BYTES "a programme file has at most 1 MiB (1048576 bytes)."
#define HINT_FILE "name a programme file with --config."
#define HINT_DEPTH "a programme needs 7; look for brackets that are not closed."

enum { TIME_OUT_SECONDS = 30, SPARSE_BYTES = 100 * 1024 * 1024 };

static void bad_file_check(const char *path, const char *message, const char *hint)
{
    static const Programme untouched;
    Arena arena = {0};
    Error error = {0};
    const Programme *programme = &untouched;
    cr_expect(!config_load_file(&arena, path, &programme, &error));
    cr_expect(programme == &untouched);
    cr_expect(error.code == EXIT_CONFIG);
    cr_expect_str_eq(error.message, message, "%s", error.message);
    cr_expect_str_eq(error.hint, hint, "%s", error.hint);
    arena_destroy(&arena);
}

/* True if the text is a programme; the error's message goes to `message` otherwise. */
static bool loads(const char *text, size_t length, char message[ERROR_MESSAGE_BYTES])
{
    Arena arena = {0};
    Error error = {0};
    const Programme *programme = NULL;
    bool loaded = config_load_text(&arena, "big.yaml", text, length, &programme, &error);
    (void)snprintf(message, ERROR_MESSAGE_BYTES, "%s", loaded ? "" : error.message);
    arena_destroy(&arena);
    return loaded;
}

/* A new file under /tmp, its name in `path`. */
static int make_file(char path[32])
{
    (void)snprintf(path, 32, "/tmp/programme-XXXXXX");
    int file = mkstemp(path);
    cr_assert(file >= 0);
    return file;
}

Test(config_limits, a_file_of_100_megabytes, .timeout = TIME_OUT_SECONDS)
{
    char path[32];
    int file = make_file(path);
    cr_assert(ftruncate(file, SPARSE_BYTES) == 0);
    char message[ERROR_MESSAGE_BYTES];
    (void)snprintf(message, sizeof message, "%s: 104857600 bytes are too many", path);
    bad_file_check(path, message, HINT_BYTES);
    (void)close(file);
    (void)unlink(path);
}

/* A named pipe and a child that writes the text in small pieces: once, or until nobody reads. */
static pid_t feed_pipe(const char *path, const char *text, bool endless)
{
    cr_assert(mkfifo(path, 0600) == 0);
    pid_t child = fork();
    cr_assert(child >= 0);
    if (child > 0) {
        return child;
    }
    (void)signal(SIGPIPE, SIG_DFL);
    int pipe = open(path, O_WRONLY);
    size_t length = strlen(text);
    for (;;) {
        for (size_t i = 0; i < length; i += 100) {
            (void)!write(pipe, text + i, length - i < 100 ? length - i : 100);
        }
        if (!endless) {
            break;
        }
    }
    _exit(0);
}

/* Of an endless pipe one byte more than allowed is read; a short one is a file like any other. */
Test(config_limits, pipes, .timeout = TIME_OUT_SECONDS)
{
    char folder[] = "/tmp/programme-XXXXXX";
    cr_assert(mkdtemp(folder) != NULL);
    char path[64];
    char message[ERROR_MESSAGE_BYTES];
    (void)snprintf(path, sizeof path, "%s/pipe", folder);
    (void)snprintf(message, sizeof message, "%s: more than 1048576 bytes", path);
    pid_t child = feed_pipe(path, shop_yaml, true);
    bad_file_check(path, message, HINT_BYTES);
    (void)waitpid(child, NULL, 0);
    (void)unlink(path);

    child = feed_pipe(path, shop_yaml, false);
    Arena arena = {0};
    Error error = {0};
    const Programme *programme = NULL;
    cr_expect(config_load_file(&arena, path, &programme, &error), "%s", error.message);
    cr_expect(programme != NULL && strcmp(programme->text, shop_yaml) == 0);
    arena_destroy(&arena);
    (void)waitpid(child, NULL, 0);
    (void)unlink(path);
    (void)rmdir(folder);
}

Test(config_limits, no_files)
{
    bad_file_check("/tmp", "/tmp: is a directory", HINT_FILE);
    bad_file_check("/no/such/file.yaml",
                   "/no/such/file.yaml: cannot be read: No such file or directory", HINT_FILE);
    bad_file_check("", ": cannot be read: No such file or directory", HINT_FILE);
    /* Opens, and fails when it is read. */
    bad_file_check("/proc/self/mem", "/proc/self/mem: cannot be read: Input/output error",
                   HINT_FILE);
    bad_file_check("/dev/null", "/dev/null:1:1: the file is empty",
                   "copy one of the programmes that are shipped and change it.");
}

/* Filled up with a comment to the last byte allowed, and one more. */
Test(config_limits, bytes)
{
    size_t size = CONFIG_BYTES_MAX + 1;
    char *text = malloc(size);
    cr_assert(text != NULL);
    memset(text, '#', size);
    memcpy(text, shop_yaml, strlen(shop_yaml));
    char message[ERROR_MESSAGE_BYTES];
    cr_expect(loads(text, size - 1, message), "%s", message);
    cr_expect(!loads(text, size, message));
    cr_expect_str_eq(message, "big.yaml: more than 1048576 bytes");
    free(text);
}

static char *repeat(const char *part, size_t count)
{
    char *text = calloc(count + 1, strlen(part));
    cr_assert(text != NULL);
    char *end = text;
    for (size_t i = 0; i < count; i++) {
        end = mempcpy(end, part, strlen(part));
    }
    *end = '\0';
    return text;
}

Test(config_limits, depth, .timeout = TIME_OUT_SECONDS)
{
    static const struct {
        const char *part;
        const char *message;
    } cases[] = {
        {"[", "shop.yaml:1:21: more than 20 lists and maps inside each other"},
        {"{a: ", "shop.yaml:1:81: more than 20 lists and maps inside each other"},
        {"- ", "shop.yaml:1:41: more than 20 lists and maps inside each other"},
        {"[\n", "shop.yaml:21:1: more than 20 lists and maps inside each other"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = repeat(cases[i].part, 10000);
        bad_text_check(cases[i].part, text, strlen(text), cases[i].message, HINT_DEPTH);
        free(text);
    }
    /* Twenty are read, and are no programme. */
    char text[64] = "";
    memset(text, '[', CONFIG_DEPTH_MAX);
    memset(text + CONFIG_DEPTH_MAX, ']', CONFIG_DEPTH_MAX);
    char message[ERROR_MESSAGE_BYTES];
    cr_expect(!loads(text, strlen(text), message));
    cr_expect_str_eq(message, "big.yaml:1:1: the file must be a map, not a list");
}

Test(config_limits, values, .timeout = TIME_OUT_SECONDS)
{
    char *commas = repeat("a,", 200000);
    char *text = calloc(1, strlen(commas) + 3);
    cr_assert(text != NULL);
    (void)stpcpy(stpcpy(text, "["), commas);
    bad_text_check("200,001 values", text, strlen(text),
                   "shop.yaml:1:400000: more than 200000 values",
                   "is this the right file? A programme needs a few hundred.");
    free(text);
    free(commas);
}

/* `count` entries, each with its number for the #. */
static char *entries(const char *format, size_t count)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    cr_assert(stream != NULL);
    for (size_t i = 0; i < count; i++) {
        for (const char *next = format; *next != '\0'; next++) {
            if (*next == '#') {
                (void)fprintf(stream, "%zu", i);
            } else {
                (void)fputc(*next, stream);
            }
        }
    }
    (void)fclose(stream);
    return text;
}

/* A megabyte of what would take libyaml many seconds. */
Test(config_limits, tag_directives, .timeout = TIME_OUT_SECONDS)
{
    char *text = entries("%TAG !#! x\n", 60000);
    bad_text_check("tag directives", text, strlen(text),
                   "shop.yaml:1:1: a %TAG directive is not allowed",
                   "remove it; tags are not read.");
    free(text);
}

typedef struct CountCase {
    const char *find;   /* in the shop */
    const char *before; /* put instead: before, entries, after */
    const char *entry;
    const char *after;
    size_t count_max;
    const char *message; /* for one more */
} CountCase;

static const CountCase count_cases[] = {
    {"      - {name: Diamond, min_points: 500}\n", "", "      - {name: L#, min_points: 50#000}\n",
     "", LEVELS_MAX - 2, "big.yaml:7:7: levels has 101 entries"},
    {"      bonus: {points: recorded}\n", "", "      k#: {points: 1}\n", "",
     SLOTS_MAX - SLOT_FIRST_OTHER - 2, "big.yaml:72:7: the kind \"k58\" is one too many"},
    {"      - {name: Sale, from: 2025-11-11, until: 2025-11-12, kinds: [purchase], multiply: 2}\n",
     "", "      - {name: S#, from: 2025-11-11, until: 2025-11-12, kinds: [visit], multiply: 2}\n",
     "", CAMPAIGNS_MAX, "big.yaml:19:7: campaigns has 1001 entries"},
    {"        Gold: [{code: GOLD, value: 3.00, min_spend: 20.00}]\n", "        Gold:\n",
     "          - {code: C#, value: 1}\n", "", COUPONS_MAX,
     "big.yaml:23:11: Gold's coupons has 1001 entries"},
    {"{discount: 8}", "{", "b#: 1, ", "}", 100, "big.yaml:24:13: Gold's benefits has 101 entries"},
};

Test(config_limits, counts, .timeout = TIME_OUT_SECONDS)
{
    for (size_t i = 0; i < sizeof count_cases / sizeof count_cases[0]; i++) {
        const CountCase *test = &count_cases[i];
        for (size_t over = 0; over <= 1; over++) {
            char *list = entries(test->entry, test->count_max + over);
            char *put = calloc(1, strlen(test->before) + strlen(list) + strlen(test->after) + 1);
            cr_assert(put != NULL);
            (void)stpcpy(stpcpy(stpcpy(put, test->before), list), test->after);
            char *text = shop_with(test->find, put);
            char message[ERROR_MESSAGE_BYTES];
            bool loaded = loads(text, strlen(text), message);
            cr_expect(loaded == (over == 0), "%s: %s", test->find, message);
            cr_expect_str_eq(message, over == 0 ? "" : test->message, "%s", message);
            free(text);
            free(put);
            free(list);
        }
    }
}

/* As many months as there may be, and one more. */
Test(config_limits, rulesets, .timeout = TIME_OUT_SECONDS)
{
    for (size_t count = RULESETS_MAX; count <= RULESETS_MAX + 1; count++) {
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        cr_assert(stream != NULL);
        (void)fputs("program: a\ntimezone: UTC\ncurrency: EUR\nrules:\n", stream);
        for (size_t i = 0; i < count; i++) {
            (void)fprintf(stream, "- {from: %zu-%02zu, levels: [{name: A, min_points: 0}], ",
                          1900 + i / 12, i % 12 + 1);
            (void)fputs("earning: {visit: {points: 1}}}\n", stream);
        }
        (void)fclose(stream);
        char message[ERROR_MESSAGE_BYTES];
        cr_expect(loads(text, size, message) == (count == RULESETS_MAX));
        cr_expect_str_eq(message,
                         count == RULESETS_MAX ? "" : "big.yaml:5:1: rules has 1001 entries");
        free(text);
    }
}

/* As many caps as there may be, nested one in the next, and one more. */
Test(config_limits, caps, .timeout = TIME_OUT_SECONDS)
{
    for (size_t count = CAPS_MAX; count <= CAPS_MAX + 1; count++) {
        char *kinds = entries("      k#: {points: 1}\n", 50);
        char *day = entries("      - {kinds: [k#], per: day, max_points: 1}\n", 50);
        char *month = entries("      - {kinds: [k#], per: month, max_points: 1}\n", count - 50);
        char *text = NULL;
        cr_assert(
            asprintf(&text,
                     "program: a\ntimezone: UTC\ncurrency: EUR\nrules:\n  - from: 2025-01\n"
                     "    levels: [{name: A, min_points: 0}]\n    earning:\n%s    caps:\n%s%s",
                     kinds, day, month) > 0);
        char message[ERROR_MESSAGE_BYTES];
        cr_expect(loads(text, strlen(text), message) == (count == CAPS_MAX), "%s", message);
        cr_expect_str_eq(message, count == CAPS_MAX ? "" : "big.yaml:59:7: caps has 65 entries");
        free(text);
        free(month);
        free(day);
        free(kinds);
    }
}

/* The shop cut after each byte: an error or a programme, never harm. */
Test(config_limits, cut_anywhere, .timeout = TIME_OUT_SECONDS)
{
    size_t whole = strlen(shop_yaml);
    for (size_t length = 0; length <= whole; length++) {
        char *text = malloc(length == 0 ? 1 : length); /* so that a sanitizer sees a read beyond */
        cr_assert(text != NULL);
        memcpy(text, shop_yaml, length);
        char message[ERROR_MESSAGE_BYTES];
        bool loaded = loads(text, length, message);
        cr_expect(loaded || strncmp(message, "big.yaml:", 9) == 0, "%zu: %s", length, message);
        cr_expect(loaded || length < whole);
        free(text);
    }
}

static int pipe_to_fill;
static volatile sig_atomic_t interruptions;

/* The first signals come to a read that waits; the third one brings what it waits for. */
static void interrupt_or_fill(int number)
{
    (void)number;
    if (++interruptions == 3) {
        (void)!write(pipe_to_fill, shop_yaml, strlen(shop_yaml));
        (void)close(pipe_to_fill);
    }
}

Test(config_limits, a_read_that_is_interrupted_goes_on, .timeout = TIME_OUT_SECONDS)
{
    char folder[] = "/tmp/programme-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    char path[sizeof folder + sizeof "/pipe"];
    (void)snprintf(path, sizeof path, "%s/pipe", folder);
    cr_assert_eq(mkfifo(path, 0600), 0);
    pipe_to_fill = open(path, O_RDWR | O_CLOEXEC);
    cr_assert_geq(pipe_to_fill, 0);
    const struct sigaction act = {.sa_handler = interrupt_or_fill};
    const struct itimerval ticks = {{0, 50000}, {0, 50000}};
    const struct itimerval none = {{0, 0}, {0, 0}};
    cr_assert_eq(sigaction(SIGALRM, &act, NULL), 0);
    cr_assert_eq(setitimer(ITIMER_REAL, &ticks, NULL), 0);
    Arena arena = {0};
    Error error = {0};
    const Programme *programme = NULL;
    bool loaded = config_load_file(&arena, path, &programme, &error);
    (void)setitimer(ITIMER_REAL, &none, NULL);
    cr_expect(loaded, "%s", error.message);
    cr_expect_geq(interruptions, 3);
    arena_destroy(&arena);
    (void)unlink(path);
    (void)rmdir(folder);
}
