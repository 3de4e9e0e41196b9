/*
 * The characters of a programme file: is it text in UTF-8 that people can see?
 *
 * Looked at before the YAML parser, so that its errors need not be translated, and so that lines
 * are counted as editors count them (LF or CR LF only).
 */
#pragma once

#include "base/character.h"
#include "config/reader.h"

/*
 * Refuses NUL bytes, what is not UTF-8, a byte order mark, control characters, tabs that indent,
 * and lines that begin with %TAG.
 */
MUST_CHECK bool characters_check(const Reader *reader, const char *text, size_t length,
                                 Error *reterr);
