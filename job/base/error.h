/*
 * The one error type: what went wrong, what to do about it, and the exit code it leads to.
 *
 * A function that can fail returns bool, takes `Error *reterr` last, and leaves its `ret_`
 * parameters untouched on failure. `return error_set(...)` is the idiom: error_set always returns
 * false. Only tierclose.c prints an error. An Error owns its text (fixed buffers), so it can be
 * copied freely.
 *
 * Example:
 *     if (day > 28)
 *         return error_set(reterr, EXIT_CONFIG, "a day from 1 to 28", "effective_day %d", day);
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>

/* The exit codes of contract 9; base/exit_code.c has the words for each. */
typedef enum ExitCode {
    EXIT_DONE = 0,
    EXIT_DIFFERENT = 1,
    EXIT_OVERDUE = 2, /* what monitoring plug-ins end with when something is critical */
    EXIT_USAGE = 64,
    EXIT_DATA = 65,
    EXIT_DATABASE = 69,
    EXIT_BUG = 70,
    EXIT_OUTCOME_UNKNOWN = 74,
    EXIT_LOCKED = 75,
    EXIT_CONFIG = 78,
    EXIT_INTERRUPTED = 130,
    EXIT_TERMINATED = 143,
} ExitCode;

enum { ERROR_MESSAGE_BYTES = 1024, ERROR_HINT_BYTES = 512 };

typedef struct Error {
    ExitCode code;                     /* EXIT_DONE: no error */
    char message[ERROR_MESSAGE_BYTES]; /* one line, no full stop */
    char hint[ERROR_HINT_BYTES];       /* what to do; may be empty */
} Error;

#define MUST_CHECK __attribute__((warn_unused_result))

/* Fills *reterr and returns false. `hint` is taken as it is and may be NULL. */
bool error_set(Error *reterr, ExitCode code, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5), cold));

/* Puts "context: " before the message that *reterr holds and returns false. */
bool error_prefix(Error *reterr, const char *format, ...)
    __attribute__((format(printf, 2, 3), cold));
