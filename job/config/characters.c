#include "config/characters.h"

#include <string.h>

enum { BYTE_ORDER_MARK = 0xFEFF };

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
