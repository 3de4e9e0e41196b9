/*
 * A small programme that is right, and one change at a time that makes it wrong.
 *
 * Each case is loaded as "shop.yaml" and must fail with exactly this message and hint, with exit
 * code EXIT_CONFIG, and without touching the result.
 */
#pragma once

#include <stddef.h>

typedef struct BadCase {
    const char *name;
    const char *find; /* in the shop; "" for: `put` is the whole file */
    const char *put;  /* instead of the first `find` */
    const char *message;
    const char *hint;
} BadCase;

extern const char shop_yaml[];

/* The shop with one change; the caller frees it. */
char *shop_with(const char *find, const char *put);

void bad_text_check(const char *name, const char *text, size_t length, const char *message,
                    const char *hint);

void bad_cases_check(const BadCase *cases, size_t count);
