/*
 * Characters of UTF-8: which there are, and which a person does not see.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the first character of bytes[0..length), length >= 1. Returns how many bytes it has, or 0
 * where they are not UTF-8 (overlong forms and surrogates are not).
 */
size_t character_decode(const char *bytes, size_t length, uint32_t *ret_character);

/* Control characters, line and paragraph separators, and marks that hide or turn text around. */
bool character_is_unprintable(uint32_t character);

/*
 * Makes a text harmless for a terminal, in place: white space becomes a space, what cannot be seen
 * or is not UTF-8 a question mark.
 */
void character_make_printable(char *text);
