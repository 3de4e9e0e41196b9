#include "command/suggest.h"

#include <string.h>

enum { WORD_BYTES_MAX = 30, DISTANCE_MAX = 2 };

static size_t smaller(size_t left, size_t right)
{
    return left < right ? left : right;
}

/* Letters to insert, delete, replace, or neighbours to swap; both words at most WORD_BYTES_MAX
 * long. */
static size_t edit_distance(const char *left, size_t left_length, const char *right,
                            size_t right_length)
{
    size_t table[WORD_BYTES_MAX + 1][WORD_BYTES_MAX + 1];
    for (size_t i = 0; i <= left_length; i++) {
        table[i][0] = i;
    }
    for (size_t j = 0; j <= right_length; j++) {
        table[0][j] = j;
    }
    for (size_t i = 1; i <= left_length; i++) {
        for (size_t j = 1; j <= right_length; j++) {
            size_t replaced = table[i - 1][j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
            table[i][j] = smaller(replaced, smaller(table[i - 1][j], table[i][j - 1]) + 1);
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
                table[i][j] = smaller(table[i][j], table[i - 2][j - 2] + 1);
            }
        }
    }
    return table[left_length][right_length];
}

const char *suggest_word(const char *text, const char *const *words, size_t count)
{
    size_t length = strlen(text);
    size_t nearest = DISTANCE_MAX + 1;
    const char *suggestion = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t word_length = strlen(words[i]);
        if (length > WORD_BYTES_MAX || word_length > WORD_BYTES_MAX) {
            continue;
        }
        size_t distance = edit_distance(text, length, words[i], word_length);
        /* A word changed in every letter is another word. */
        if (distance < nearest && distance < word_length) {
            nearest = distance;
            suggestion = words[i];
        }
    }
    return suggestion;
}
