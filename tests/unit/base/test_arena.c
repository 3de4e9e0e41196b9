/*
 * base/arena: memory that lives as long as the run, and buffers that grow.
 */
#include "base/arena.h"
#include "base/error.h"

#include <criterion/criterion.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool is_zero(const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

/* Sizes around the block's, so that some fit and some need a block of their own. */
Test(arena, memory_is_zeroed_aligned_and_apart)
{
    static const size_t sizes[] = {0,     1,     7,     15,    16,    17,     1000,
                                   65519, 65520, 65535, 65536, 65537, 200000, 3};
    enum { SIZES = sizeof sizes / sizeof sizes[0] };
    unsigned char *memory[SIZES];
    Arena arena = {NULL};
    for (size_t i = 0; i < SIZES; i++) {
        memory[i] = arena_alloc(&arena, 1, sizes[i]);
        cr_expect_eq((uintptr_t)memory[i] % alignof(max_align_t), 0, "size %zu", sizes[i]);
        cr_expect(is_zero(memory[i], sizes[i]), "size %zu", sizes[i]);
        memset(memory[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < SIZES; i++) {
        for (size_t byte = 0; byte < sizes[i]; byte++) {
            cr_assert_eq(memory[i][byte], i + 1, "byte %zu of size %zu", byte, sizes[i]);
        }
    }
    arena_destroy(&arena);
    cr_expect_null(arena.newest);
}

Test(arena, many_small_pieces_keep_their_contents)
{
    enum { PIECES = 20000 };
    Arena arena = {NULL};
    uint64_t **pieces = memory_alloc(PIECES, sizeof *pieces);
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = arena_alloc(&arena, 3, sizeof **pieces);
        cr_assert(pieces[i][0] == 0 && pieces[i][1] == 0 && pieces[i][2] == 0);
        pieces[i][0] = pieces[i][2] = i;
    }
    for (size_t i = 0; i < PIECES; i++) {
        cr_assert(pieces[i][0] == i && pieces[i][1] == 0 && pieces[i][2] == i);
    }
    free(pieces);
    arena_destroy(&arena);
}

Test(arena, copies_texts)
{
    Arena arena = {NULL};
    cr_expect_str_eq(arena_copy(&arena, "Platinum", 4), "Plat");
    cr_expect_str_eq(arena_copy(&arena, "", 0), "");
    cr_expect_str_eq(arena_strdup(&arena, "Gold"), "Gold");
    cr_expect_str_eq(arena_strdup(&arena, ""), "");
    cr_expect_str_eq(arena_printf(&arena, "%s:%d:%d", "programme.yaml", 14, 18),
                     "programme.yaml:14:18");
    cr_expect_str_eq(arena_printf(&arena, "%s", ""), "");
    char *long_text = arena_printf(&arena, "%0100000d", 7);
    cr_expect_eq(strlen(long_text), 100000);
    cr_expect_eq(long_text[99999], '7');
    arena_destroy(&arena);
}

Test(arena, an_empty_arena_can_be_destroyed_twice)
{
    Arena arena = {NULL};
    arena_destroy(&arena);
    arena_destroy(&arena);
    cr_expect_str_eq(arena_strdup(&arena, "again"), "again");
    arena_destroy(&arena);
}

Test(arena, memory_is_zeroed)
{
    unsigned char *memory = memory_alloc(1000, 3);
    cr_expect(is_zero(memory, 3000));
    free(memory);
    free(memory_alloc(0, 8));
}

Test(arena, arrays_grow_and_keep_what_they_hold)
{
    int64_t *array = NULL;
    size_t capacity = 0;
    for (size_t count = 0; count < 5000; count++) {
        array = array_grow(array, &capacity, count + 1, sizeof *array);
        cr_assert_geq(capacity, count + 1);
        array[count] = (int64_t)count * 3;
    }
    for (size_t i = 0; i < 5000; i++) {
        cr_assert_eq(array[i], (int64_t)i * 3);
    }
    int64_t *same = array_grow(array, &capacity, 10, sizeof *array);
    cr_expect_eq(same, array);
    free(same);
}

Test(arena, an_array_of_nothing_is_still_memory)
{
    size_t capacity = 0;
    char *array = array_grow(NULL, &capacity, 0, 1);
    cr_expect_not_null(array);
    free(array);
}

/* Asks AddressSanitizer to return NULL as the C library does, so that it is our check that is
 * tested. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

/* What no machine has: the process says so and ends (exit 70), it does not run on with less. */
Test(arena, ends_when_count_times_size_is_too_large, .exit_code = EXIT_BUG)
{
    Arena arena = {NULL};
    (void)arena_alloc(&arena, SIZE_MAX / 2, 3);
}

Test(arena, ends_when_the_array_is_too_large, .exit_code = EXIT_BUG)
{
    size_t capacity = 0;
    (void)array_grow(NULL, &capacity, SIZE_MAX / 4, 8);
}

Test(arena, ends_when_no_doubling_reaches_the_size, .exit_code = EXIT_BUG, .timeout = 5)
{
    size_t capacity = 0;
    (void)array_grow(NULL, &capacity, SIZE_MAX, 1);
}
