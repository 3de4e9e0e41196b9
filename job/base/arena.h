/*
 * A bump allocator for what lives as long as the run: configuration, rules, names.
 *
 * Nothing is freed one by one; arena_destroy frees all. Allocation does not fail: where the system
 * has no memory left the process says so and ends (the published state is safe, contract 8.1). Not
 * thread-safe.
 */
#pragma once

#include <stddef.h>

typedef struct ArenaBlock ArenaBlock;
typedef struct Arena {
    ArenaBlock *newest;
} Arena;

/* Zeroed memory for count objects of size bytes, aligned for any type. */
void *arena_alloc(Arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));

/* Copies of text[0..length) or of a whole string, with a zero byte at the end. */
char *arena_copy(Arena *arena, const char *text, size_t length);
char *arena_strdup(Arena *arena, const char *text);
char *arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

void arena_destroy(Arena *arena);

/*
 * malloc and realloc for buffers that grow (workers, results), with the same promise: they return
 * memory or end the process with a message. array_grow doubles *capacity until it holds `needed`
 * elements.
 */
void *memory_alloc(size_t count, size_t size) __attribute__((returns_nonnull));
void *array_grow(void *array, size_t *capacity, size_t needed, size_t element_size)
    __attribute__((returns_nonnull));

/* Zeroed pages straight from the system, with the same promise; memory_unmap gives them back at
 * once, which free does not promise. */
void *memory_map(size_t size) __attribute__((returns_nonnull));
void memory_unmap(void *memory, size_t size);
