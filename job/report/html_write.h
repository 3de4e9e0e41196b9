/*
 * HTML, piece by piece: text that cannot be taken for marks, and numbers for people.
 *
 * What is written is HTML and well-formed XML at once, so that a strict parser can prove that every
 * element is closed. All text that comes from data goes through html_put_text, in attributes too.
 */
#pragma once

#include "report/output_folder.h"

#include <stdbool.h>
#include <stdint.h>

/* Text of an element or of an attribute in quotation marks; NULL is no text. */
void html_put_text(OutputFile *file, const char *text);
/* Its first bytes only. */
void html_put_part(OutputFile *file, const char *text, size_t size);
/* The same with the spaces that were _ in a name: unknown_member as "unknown member". */
void html_put_words(OutputFile *file, const char *name);
/* 1,234,567, with a true minus sign; `sign` puts a plus before what is above 0. */
void html_put_count(OutputFile *file, int64_t value, bool sign);
/* 1,234.50 */
void html_put_cents(OutputFile *file, int64_t cents);
/* December 2025 */
void html_put_month(OutputFile *file, const char *month);
/* "Dec" of 2025-12 */
const char *html_month_short(const char *month);
/* {"top_brands_percent": 5} as "top brands percent: 5" */
void html_put_json_words(OutputFile *file, const char *json);
