#include "base/arena.h"

#include "base/memory_end.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ARENA_BLOCK_BYTES = 64 * 1024 };

struct ArenaBlock {
    ArenaBlock *older;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

void *memory_alloc(size_t count, size_t size)
{
    void *memory = calloc(count == 0 ? 1 : count, size);
    if (memory == NULL) {
        memory_end(count, size);
    }
    return memory;
}

void *memory_map(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        memory_end(1, size);
    }
    return memory;
}

void memory_unmap(void *memory, size_t size)
{
    (void)munmap(memory, size);
}

void *array_grow(void *array, size_t *capacity, size_t needed, size_t element_size)
{
    if (needed <= *capacity && array != NULL) {
        return array;
    }
    size_t grown = *capacity < 16 ? 16 : *capacity;
    while (grown < needed) {
        if (grown > SIZE_MAX / 2) {
            memory_end(needed, element_size);
        }
        grown *= 2;
    }
    void *memory = reallocarray(array, grown, element_size);
    if (memory == NULL) {
        memory_end(grown, element_size);
    }
    *capacity = grown;
    return memory;
}

void *arena_alloc(Arena *arena, size_t count, size_t size)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) {
        memory_end(count, size);
    }
    bytes = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (arena->newest == NULL || arena->newest->size - arena->newest->used < bytes) {
        size_t block_bytes = bytes > ARENA_BLOCK_BYTES ? bytes : ARENA_BLOCK_BYTES;
        ArenaBlock *block = memory_alloc(1, sizeof *block + block_bytes);
        block->older = arena->newest;
        block->size = block_bytes;
        arena->newest = block;
    }
    void *memory = arena->newest->bytes + arena->newest->used;
    arena->newest->used += bytes;
    return memory;
}

char *arena_copy(Arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1, 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *arena_strdup(Arena *arena, const char *text)
{
    return arena_copy(arena, text, strlen(text));
}

char *arena_printf(Arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = arena_alloc(arena, (size_t)length + 1, 1);
    va_start(arguments, format);
    (void)vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

void arena_destroy(Arena *arena)
{
    for (ArenaBlock *block = arena->newest; block != NULL;) {
        ArenaBlock *older = block->older;
        free(block);
        block = older;
    }
    arena->newest = NULL;
}
