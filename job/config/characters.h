/*
 * The characters of a programme file: is it text in UTF-8 that people can see?
 *
 * Looked at before the YAML parser, so that its errors need not be translated, and so that lines
 * are counted as editors count them (LF or CR LF only).
 */
#pragma once

#include "config/reader.h"

/*
 * Decodes the first character of bytes[0..length), length >= 1. Returns how many bytes it has, or 0
 * where they are not UTF-8 (overlong forms and surrogates are not).
 */
size_t character_decode(const char *bytes, size_t length, uint32_t *ret_character);

/* Control characters, line and paragraph separators, and marks that hide or turn text around. */
bool character_is_unprintable(uint32_t character);

/*
 * Refuses NUL bytes, what is not UTF-8, a byte order mark, control characters, tabs that indent,
 * and lines that begin with %TAG.
 */
MUST_CHECK bool characters_check(const Reader *reader, const char *text, size_t length,
                                 Error *reterr);
