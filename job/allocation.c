/*
 * Memory for the whole process, libraries included: it is there, or the process ends with a message
 * (base/memory_end.h).
 *
 * The libraries return errors instead, and not all of them are true: libpq waits for ever for an
 * answer that it had no room to keep, calls a commit failed that was done, and takes a name that it
 * could not copy for bad text. tests/fault takes every allocation away, one by one.
 *
 * These stand in front of glibc's own and lead to them. A sanitizer brings its own allocator, so
 * its builds have this file left out; valgrind wants --soname-synonyms=somalloc=NONE.
 */
#include "base/memory_end.h"

#include <stdlib.h>

/* glibc's, under names that nobody replaces. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

void *malloc(size_t size)
{
    void *memory = __libc_malloc(size);
    if (memory == NULL) {
        memory_end(1, size);
    }
    return memory;
}

void *calloc(size_t count, size_t size)
{
    void *memory = __libc_calloc(count, size);
    if (memory == NULL) {
        memory_end(count, size);
    }
    return memory;
}

void *realloc(void *memory, size_t size)
{
    void *moved = __libc_realloc(memory, size);
    if (moved == NULL && size > 0) {
        memory_end(1, size);
    }
    return moved;
}

void *reallocarray(void *memory, size_t count, size_t size)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        memory_end(count, size);
    }
    return realloc(memory, bytes);
}

void free(void *memory)
{
    __libc_free(memory);
}
