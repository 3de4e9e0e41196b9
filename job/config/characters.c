#include "config/characters.h"

#include <string.h>

enum { BYTE_ORDER_MARK = 0xFEFF };

size_t character_decode(const char *bytes, size_t length, uint32_t *ret_character)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)bytes[0];
    if (first < 0x80) {
        *ret_character = first;
        return 1;
    }
    size_t size = 0;
    uint32_t character = 0;
    if (first >= 0xC2 && first <= 0xDF) {
        size = 2;
        character = first & 0x1FU;
    } else if (first >= 0xE0 && first <= 0xEF) {
        size = 3;
        character = first & 0x0FU;
    } else if (first >= 0xF0 && first <= 0xF4) {
        size = 4;
        character = first & 0x07U;
    }
    if (size == 0 || size > length) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        unsigned char next = (unsigned char)bytes[i];
        if ((next & 0xC0U) != 0x80U) {
            return 0;
        }
        character = character << 6U | (next & 0x3FU);
    }
    bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    if (character < smallest[size] || character > 0x10FFFF || surrogate) {
        return 0;
    }
    *ret_character = character;
    return size;
}

bool character_is_unprintable(uint32_t character)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } ranges[] = {
        {0x00, 0x1F},     /* C0 */
        {0x7F, 0x9F},     /* DEL and C1 */
        {0x200B, 0x200B}, /* zero width space */
        {0x200E, 0x200F}, /* direction marks */
        {0x2028, 0x202E}, /* separators, direction embeddings and overrides */
        {0x2066, 0x2069}, /* direction isolates */
        {BYTE_ORDER_MARK, BYTE_ORDER_MARK},
        {0xFFFE, 0xFFFF}, /* not characters, and refused by YAML */
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (character >= ranges[i].first && character <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

/* Says what is wrong with a character that cannot stay. */
static bool fault_character(const Reader *reader, FilePlace place, uint32_t character,
                            Error *reterr)
{
    if (character == 0) {
        return reader_fault(reader, place, reterr, "a programme file is text in UTF-8.",
                            "a NUL byte is not allowed");
    }
    if (character == BYTE_ORDER_MARK) {
        return reader_fault(reader, place, reterr,
                            "save the file as UTF-8 without byte order mark (BOM).",
                            "a byte order mark is not allowed");
    }
    if (character == '\t') {
        return reader_fault(reader, place, reterr, "indent with spaces.",
                            "a tab stands in the indentation");
    }
    if (character == '\r') {
        return reader_fault(reader, place, reterr, "end lines with LF or CR LF.",
                            "a carriage return stands inside a line");
    }
    return reader_fault(reader, place, reterr, "remove it.",
                        "the unprintable character U+%04X is not allowed", (unsigned)character);
}

/* libyaml compares each %TAG line with all before it: a file full of them would take many seconds.
 */
static bool starts_tag_directive(const char *line, size_t length)
{
    static const char directive[] = "%TAG";
    return length >= sizeof directive - 1 && memcmp(line, directive, sizeof directive - 1) == 0;
}

bool characters_check(const Reader *reader, const char *text, size_t length, Error *reterr)
{
    FilePlace place = {1, 1};
    bool indentation = true;
    for (size_t i = 0; i < length;) {
        if (place.column == 1 && starts_tag_directive(text + i, length - i)) {
            return reader_fault(reader, place, reterr, "remove it; tags are not read.",
                                "a %%TAG directive is not allowed");
        }
        uint32_t character = 0;
        size_t size = character_decode(text + i, length - i, &character);
        if (size == 0) {
            return reader_fault(reader, place, reterr, "save the file as UTF-8.",
                                "the byte 0x%02X is not UTF-8", (unsigned)(unsigned char)text[i]);
        }
        i += size;
        if (character == '\n') {
            place = (FilePlace){place.line + 1, 1};
            indentation = true;
            continue;
        }
        bool line_end = character == '\r' && i < length && text[i] == '\n';
        bool tab = character == '\t' && !indentation;
        if (character_is_unprintable(character) && !line_end && !tab) {
            return fault_character(reader, place, character, reterr);
        }
        indentation = indentation && character == ' ';
        place.column++;
    }
    return true;
}
