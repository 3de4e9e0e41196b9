#include "base/character.h"

#include <string.h>

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
        {0xFEFF, 0xFEFF}, /* byte order mark */
        {0xFFFE, 0xFFFF}, /* not characters, and refused by YAML */
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (character >= ranges[i].first && character <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

void character_make_printable(char *text)
{
    size_t length = strlen(text);
    size_t to = 0;
    for (size_t from = 0; from < length;) {
        uint32_t character = 0;
        size_t size = character_decode(text + from, length - from, &character);
        if (size == 0 || character_is_unprintable(character)) {
            bool white = size == 1 && character >= '\t' && character <= '\r';
            text[to++] = white ? ' ' : '?';
            from += size == 0 ? 1 : size;
        } else {
            memmove(text + to, text + from, size);
            to += size;
            from += size;
        }
    }
    text[to] = '\0';
}
