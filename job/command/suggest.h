/*
 * "Did you mean ...": the nearest of a list of words to one that was mistyped. Pure.
 */
#pragma once

#include <stddef.h>

/* The word at most two letters (or swapped neighbours) away from `text`, or NULL. */
const char *suggest_word(const char *text, const char *const *words, size_t count);
