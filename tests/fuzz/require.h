/*
 * What the fuzz targets share: a promise that does not hold ends the run with the stack that shows
 * where, and input lies in memory of exactly its size, so that a look beyond it is seen.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static inline void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* A copy with a zero byte at its end; the caller frees it. */
static inline char *copy_text(const unsigned char *data, size_t size)
{
    char *text = malloc(size + 1);
    require(text != NULL);
    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    return text;
}
