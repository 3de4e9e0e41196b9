/*
 * Values as a workbook has them. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <xlsxwriter.h>

/*
 * UTF-8 as the text of a cell. XML has no control marks, nor U+FFFE and U+FFFF: they are written
 * _xHHHH_, as the format wants it, and what looks like that already has its _ written _x005F_. A
 * text of more than `characters_max` of what is written is cut, and ends with "... (cut)".
 *
 *     "a\x01 _x0041_"  ->  "a_x0001_ _x005F_x0041_"
 *
 * `ret_text` has room for xlsx_text_bytes(text). True: it was cut.
 */
bool xlsx_text(const char *text, size_t characters_max, char *ret_text);
size_t xlsx_text_bytes(const char *text);

/* YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SS[.ffffff]Z. False: it is none that a workbook can hold, whose
 * days begin in 1900; those before its false 29 February are left out, too. */
bool xlsx_date(const char *text, lxw_datetime *ret_date);
bool xlsx_time(const char *text, lxw_datetime *ret_time);
