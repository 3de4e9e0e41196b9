#include "report/xlsx_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { ESCAPED_BYTES = sizeof "_x005F_" - 1 };
#define CUT_MARK "... (cut)"

/* Bytes of the character that begins there; never beyond the text's end. */
static size_t character_bytes(const char *text)
{
    size_t size = 1;
    while (((unsigned char)text[size] & 0xC0) == 0x80) {
        size++;
    }
    return size;
}

/* _xHHHH_ */
static bool looks_escaped(const char *text)
{
    if (text[0] != '_' || text[1] != 'x') {
        return false;
    }
    for (size_t i = 2; i < 6; i++) {
        if (!isxdigit((unsigned char)text[i])) {
            return false;
        }
    }
    return text[6] == '_';
}

/* The code point to be escaped; 0: it stands as it is. */
static unsigned code_to_escape(const char *text, size_t size)
{
    unsigned char first = (unsigned char)text[0];
    if ((first < ' ' && first != '\n' && first != '\t') || looks_escaped(text)) {
        return first;
    }
    bool last_of_plane =
        size == 3 && memcmp(text, "\xEF\xBF", 2) == 0 && (unsigned char)text[2] >= 0xBE;
    return last_of_plane ? 0xFF40U + (unsigned char)text[2] : 0;
}

size_t xlsx_text_bytes(const char *text)
{
    return strlen(text) * ESCAPED_BYTES + sizeof CUT_MARK;
}

bool xlsx_text(const char *text, size_t characters_max, char *ret_text)
{
    size_t used = 0, characters = 0;
    size_t cut_at = 0; /* where the mark would still fit behind */
    while (*text != '\0') {
        char escaped[ESCAPED_BYTES + 1];
        size_t size = character_bytes(text);
        unsigned code = code_to_escape(text, size);
        const char *piece = text;
        size_t piece_bytes = size, piece_characters = size == 4 ? 2 : 1; /* as UTF-16 counts */
        if (code != 0) {
            (void)snprintf(escaped, sizeof escaped, "_x%04X_", code & 0xFFFFU);
            piece = escaped;
            piece_bytes = piece_characters = ESCAPED_BYTES;
        }
        if (characters + piece_characters > characters_max) {
            memcpy(ret_text + cut_at, CUT_MARK, sizeof CUT_MARK);
            return true;
        }
        memcpy(ret_text + used, piece, piece_bytes);
        used += piece_bytes;
        characters += piece_characters;
        if (characters + sizeof CUT_MARK - 1 <= characters_max) {
            cut_at = used;
        }
        text += size;
    }
    ret_text[used] = '\0';
    return false;
}

/* Two or four digits; -1: others. */
static int digits(const char *text, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isdigit((unsigned char)text[i])) {
            return -1;
        }
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

/* The ten characters of a date. */
static bool read_day(const char *text, lxw_datetime *ret_date)
{
    if (strnlen(text, 10) < 10 || text[4] != '-' || text[7] != '-') {
        return false;
    }
    lxw_datetime date = {
        .year = digits(text, 4), .month = digits(text + 5, 2), .day = digits(text + 8, 2)};
    bool before_march_1900 = date.year < 1900 || (date.year == 1900 && date.month < 3);
    if (before_march_1900 || date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31) {
        return false;
    }
    *ret_date = date;
    return true;
}

bool xlsx_date(const char *text, lxw_datetime *ret_date)
{
    return strlen(text) == 10 && read_day(text, ret_date);
}

/* ".25" as 250,000; -1: no fraction that ends with Z. */
static int microseconds(const char *text)
{
    if (strcmp(text, "Z") == 0) {
        return 0;
    }
    int number = 0;
    size_t places = 0;
    while (text[0] == '.' && isdigit((unsigned char)text[1 + places]) && places < 6) {
        number = number * 10 + (text[1 + places++] - '0');
    }
    if (places == 0 || strcmp(text + 1 + places, "Z") != 0) {
        return -1;
    }
    for (; places < 6; places++) {
        number *= 10;
    }
    return number;
}

bool xlsx_time(const char *text, lxw_datetime *ret_time)
{
    lxw_datetime time;
    if (!read_day(text, &time) || strnlen(text, 20) < 20 || text[10] != 'T' || text[13] != ':' ||
        text[16] != ':') {
        return false;
    }
    int second = digits(text + 17, 2);
    int fraction = microseconds(text + 19);
    time.hour = digits(text + 11, 2);
    time.min = digits(text + 14, 2);
    time.sec = second + fraction / 1e6;
    if (time.hour < 0 || time.hour > 23 || time.min < 0 || time.min > 59 || second < 0 ||
        second > 59 || fraction < 0) {
        return false;
    }
    *ret_time = time;
    return true;
}
