#include "base/memory_end.h"

#include "base/error.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static _Atomic MemoryStage now = MEMORY_UNPUBLISHED;

static const struct {
    ExitCode code;
    const char *words; /* before and after what was asked for */
    const char *more;
} ends[] = {
    [MEMORY_UNPUBLISHED] = {EXIT_BUG, "error: out of memory",
                            "\nhint: what was being done was not published; give the job more "
                            "memory and run it again.\n"},
    [MEMORY_COMMITTING] = {EXIT_OUTCOME_UNKNOWN, "error: out of memory while publishing",
                           ": the outcome is unknown\nhint: run `tierclose status`: it tells "
                           "whether the run was published.\n"},
    [MEMORY_PUBLISHED] = {EXIT_DONE, "warning: out of memory", "; what was published stands\n"},
};

void memory_stage(MemoryStage stage)
{
    atomic_store(&now, stage);
}

void memory_end(size_t count, size_t size)
{
    MemoryStage stage = atomic_load(&now);
    /* Neither memory nor a lock: whoever asked may hold that of stderr. */
    char text[256];
    int length = snprintf(text, sizeof text, "%s: asked for %zu x %zu bytes%s", ends[stage].words,
                          count, size, ends[stage].more);
    ssize_t written = write(STDERR_FILENO, text, (size_t)length);
    (void)written;
    _exit((int)ends[stage].code);
}
