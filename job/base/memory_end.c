#include "base/memory_end.h"

#include "base/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static _Atomic MemoryStage now = MEMORY_UNPUBLISHED;

static const struct {
    ExitCode code;
    const char *what; /* before and after what was asked for */
    const char *more;
    const char *hint; /* NULL: it is only a warning */
} ends[] = {
    [MEMORY_UNPUBLISHED] = {EXIT_BUG, "out of memory", "",
                            "what was being done was not published; give the job more memory and "
                            "run it again."},
    [MEMORY_COMMITTING] = {EXIT_OUTCOME_UNKNOWN, "out of memory while publishing",
                           ": the outcome is unknown",
                           "run `tierclose status`: it tells whether the run was published."},
    [MEMORY_PUBLISHED] = {EXIT_DONE, "out of memory", "; what was published stands", NULL},
};

void memory_stage(MemoryStage stage)
{
    atomic_store(&now, stage);
}

void memory_end(size_t count, size_t size)
{
    MemoryStage stage = atomic_load(&now);
    const char *hint = ends[stage].hint;
    char message[160];
    (void)snprintf(message, sizeof message, "%s: asked for %zu x %zu bytes%s", ends[stage].what,
                   count, size, ends[stage].more);
    if (log_is_json() && hint == NULL) {
        log_warning("%s", message);
    } else if (log_is_json()) {
        Error error;
        (void)error_set(&error, ends[stage].code, hint, "%s", message);
        log_error(&error);
    } else {
        /* Neither memory nor a lock: whoever asked may hold that of stderr. */
        char text[512];
        int length = snprintf(text, sizeof text, "%s: %s%s%s\n", hint == NULL ? "warning" : "error",
                              message, hint == NULL ? "" : "\nhint: ", hint == NULL ? "" : hint);
        ssize_t written = write(STDERR_FILENO, text, (size_t)length);
        (void)written;
    }
    _exit((int)ends[stage].code);
}
