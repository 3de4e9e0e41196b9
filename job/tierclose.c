/*
 * main: finds the command, catches the signals, prints the final error and picks the exit code
 * (contract 9).
 *
 * Nothing below prints an error or ends the process (but for memory that is not there). A signal
 * only leaves its number in `stop_signal`; the job looks at it between steps. The second one of its
 * kind ends the process at once, which is safe at any moment: a close is one commit (contract 8.1).
 */
#include "base/log.h"
#include "command/command.h"
#include "command/run_metrics.h"

#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef TIERCLOSE_VERSION
#error "TIERCLOSE_VERSION: the project's version, given by meson.build"
#endif

/* What malloc asks the system for by itself. */
enum { MAPPED_BYTES_MIN = 1 << 18 };

static atomic_int stop_signal;
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a signal handler may only touch what needs no lock");

static void on_signal(int number)
{
    atomic_store(&stop_signal, number);
}

static void catch_signals(void)
{
    struct sigaction stop = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigemptyset(&stop.sa_mask);
    (void)sigemptyset(&ignore.sa_mask);
    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGTERM, &stop, NULL);
    /* A reader of our output or a server that goes away is an error to report, not a death. */
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

static int fail(const Error *error)
{
    log_error(error);
    return (int)error->code;
}

/*
 * After a signal a lost connection or a wait that broke off is the signal's doing. What is not: bad
 * data found all the same, a bug, and above all an outcome that is unknown. Months that the same
 * command has published before stand.
 */
static void explain_stop(Error *error)
{
    int number = atomic_load(&stop_signal);
    bool by_signal = error->code == EXIT_INTERRUPTED || error->code == EXIT_TERMINATED ||
                     error->code == EXIT_DATABASE || error->code == EXIT_LOCKED;
    if (number == 0 || !by_signal) {
        return;
    }
    (void)error_set(error, number == SIGINT ? EXIT_INTERRUPTED : EXIT_TERMINATED,
                    "`tierclose status` tells what stands; run the same command again when it "
                    "suits.",
                    "stopped by %s, what was being done was not published",
                    number == SIGINT ? "SIGINT" : "SIGTERM");
}

/* True where stdout is a pipe that nobody reads any more, as after `| head`. */
static bool reader_is_gone(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO};
    return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

/* Looks whether all that was printed has arrived. A reader that went away wanted no more. */
static int finish_output(int code, bool publishes)
{
    if ((fflush(stdout) == 0 && ferror(stdout) == 0) || reader_is_gone()) {
        return code;
    }
    if (publishes) {
        log_warning("stdout cannot be written; what was published stands");
        return code;
    }
    Error error;
    (void)error_set(&error, code == EXIT_DONE ? EXIT_BUG : (ExitCode)code, "is its disk full?",
                    "stdout cannot be written");
    return fail(&error);
}

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* After a run: its metrics. Where they cannot be written, what the run did still stands. */
static int write_metrics(const CommandContext *context, const Command *command, int code,
                         double seconds)
{
    Error error = {0};
    if (run_metrics_write(context, command->name, TIERCLOSE_VERSION, code, seconds, &error)) {
        return code;
    }
    if (code == EXIT_DONE && !command->publishes) {
        return fail(&error);
    }
    log_warning("%s%s", error.message, code == EXIT_DONE ? "; what was published stands" : "");
    return code;
}

static int run_measured(CommandContext *context, const Command *command)
{
    double started = seconds_now();
    Error error = {0};
    log_event("started", "started", LOG_FIELDS(LOG_TEXT("version", TIERCLOSE_VERSION)));
    if (!run_metrics_check(context->options, &error)) {
        progress_destroy(context->progress);
        return fail(&error);
    }
    ExitCode done = EXIT_DONE;
    bool good = command->run(context, &done, &error);
    progress_stop(context->progress);
    int code = finish_output((int)done,
                             command->publishes && !option_given(context->options, OPTION_DRY_RUN));
    if (!good) {
        explain_stop(&error);
        code = fail(&error);
    }
    code = write_metrics(context, command, code, seconds_now() - started);
    progress_destroy(context->progress);
    log_event(
        "ended", code == EXIT_DONE ? "done" : "ended with an exit code",
        LOG_FIELDS(LOG_COUNT("exit_code", code), LOG_SECONDS("seconds", seconds_now() - started)));
    return code;
}

static int run_command(const Command *command, int argc, char **argv)
{
    Error error = {0};
    Options options;
    log_begin(command->name, false);
    if (!options_parse(command->name, command->options, command->required, argc, argv, &options,
                       &error)) {
        return fail(&error);
    }
    if (option_given(&options, OPTION_HELP)) {
        command_print_help(stdout, command);
        return finish_output(EXIT_DONE, false);
    }
    log_begin(command->name, option_given(&options, OPTION_QUIET));
    Arena arena = {0};
    CommandContext context = {
        .options = &options,
        .arena = &arena,
        .progress = progress_create(option_given(&options, OPTION_QUIET)),
        .stop_signal = &stop_signal,
        .out = stdout,
    };
    int code = run_measured(&context, command);
    arena_destroy(&arena);
    return code;
}

static int print_help(int argc, char **argv)
{
    if (argc < 3) {
        command_print_overview(stdout);
        return finish_output(EXIT_DONE, false);
    }
    Error error = {0};
    const Command *command = NULL;
    if (!command_find(argv[2], &command, &error)) {
        return fail(&error);
    }
    command_print_help(stdout, command);
    return finish_output(EXIT_DONE, false);
}

int main(int argc, char **argv)
{
    /* A table of members goes back to the system when it is freed; left alone, malloc learns from
     * the first one to keep such sizes. */
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES_MIN);
    catch_signals();
    Error error = {0};
    if (argc < 2) {
        (void)error_set(&error, EXIT_USAGE, "tierclose --help lists the commands.",
                        "no command is given");
        return fail(&error);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        return print_help(argv[1][0] == '-' ? 2 : argc, argv);
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("tierclose %s\n", TIERCLOSE_VERSION);
        return finish_output(EXIT_DONE, false);
    }
    const Command *command = NULL;
    if (!command_find(argv[1], &command, &error)) {
        return fail(&error);
    }
    return run_command(command, argc - 1, argv + 1);
}
