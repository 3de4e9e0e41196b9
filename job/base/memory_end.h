/*
 * How the process ends whose memory is not there: with an error, a hint, and an exit code that is
 * true for the moment (contract 9).
 *
 * Without memory no error can travel up, and libpq may take a missing answer for one that is still
 * to come, and wait for ever. So the end is here and at once, by whatever thread; a close is one
 * commit, which makes that safe (contract 8.1). Any thread may call both.
 */
#pragma once

#include <stddef.h>

typedef enum MemoryStage {
    MEMORY_UNPUBLISHED, /* 70 */
    MEMORY_COMMITTING,  /* the commit is on its way: 74 */
    MEMORY_PUBLISHED,   /* only the telling is left: 0, with a warning */
} MemoryStage;

void memory_stage(MemoryStage stage);

/* Says that count x size bytes are not there, and ends the process. */
_Noreturn void memory_end(size_t count, size_t size);
