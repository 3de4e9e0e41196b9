#include "config/reader.h"

#include "config/characters.h"

#include <stdio.h>
#include <string.h>

enum {
    SHOWN_CHARACTERS_MAX = 40,
    SUGGEST_BYTES_MAX = 40,
    SUGGEST_DISTANCE_MAX = 2,
};

bool reader_fault(const Reader *reader, FilePlace place, Error *reterr, const char *hint,
                  const char *format, ...)
{
    char message[ERROR_MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return error_set(reterr, EXIT_CONFIG, hint, "%.400s:%d:%d: %s", reader->file, place.line,
                     place.column, message);
}

bool reader_fault_doubled(const Reader *reader, const Node *key, FilePlace first, Error *reterr)
{
    return reader_fault(reader, key->place, reterr, "keep one of the two.",
                        "%s is given twice, first at line %d", reader_show(reader, key),
                        first.line);
}

const char *reader_show(const Reader *reader, const Node *node)
{
    char shown[SHOWN_CHARACTERS_MAX * 4 + 1];
    size_t used = 0;
    size_t next = 0;
    for (int count = 0; count < SHOWN_CHARACTERS_MAX && next < node->length; count++) {
        uint32_t character = 0;
        size_t size = character_decode(node->text + next, node->length - next, &character);
        if (size == 0 || character_is_unprintable(character)) {
            shown[used++] = '?';
            next += size == 0 ? 1 : size;
            continue;
        }
        memcpy(shown + used, node->text + next, size);
        used += size;
        next += size;
    }
    shown[used] = '\0';
    return arena_printf(reader->arena, "\"%s%s\"", shown, next < node->length ? "..." : "");
}

bool reader_fault_type(const Reader *reader, const Node *node, const char *name,
                       const char *expected, const char *hint, Error *reterr)
{
    if (node_is_empty(node)) {
        return reader_fault(reader, node->place, reterr, hint, "%s has no value; it must be %s",
                            name, expected);
    }
    if (node->type != NODE_SCALAR) {
        return reader_fault(reader, node->place, reterr, hint, "%s must be %s, not a %s", name,
                            expected, node->type == NODE_LIST ? "list" : "map");
    }
    return reader_fault(reader, node->place, reterr, hint, "%s must be %s, not %s%s", name,
                        expected, node->quoted ? "the quoted text " : "",
                        reader_show(reader, node));
}

/* Letters to insert, delete or replace between two short words (Levenshtein). */
static size_t edit_distance(const char *left, size_t left_length, const char *right)
{
    size_t right_length = strlen(right);
    if (left_length > SUGGEST_BYTES_MAX || right_length > SUGGEST_BYTES_MAX) {
        return SIZE_MAX;
    }
    size_t row[SUGGEST_BYTES_MAX + 1];
    for (size_t j = 0; j <= right_length; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= left_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= right_length; j++) {
            size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
            size_t shorter = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = replaced < shorter ? replaced : shorter;
        }
    }
    return row[right_length];
}

const char *reader_suggest(const Reader *reader, const Node *node, const char *const *names,
                           size_t count)
{
    size_t nearest = SUGGEST_DISTANCE_MAX + 1;
    const char *suggestion = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t distance = edit_distance(node->text, node->length, names[i]);
        /* A word changed in every letter is another word. */
        if (distance < nearest && distance < strlen(names[i])) {
            nearest = distance;
            suggestion = names[i];
        }
    }
    return suggestion == NULL ? ""
                              : arena_printf(reader->arena, "did you mean \"%s\"? ", suggestion);
}

const char *reader_join(const Reader *reader, const char *const *names, size_t count)
{
    size_t size = 1;
    for (size_t i = 0; i < count; i++) {
        size += strlen(names[i]) + strlen(", ");
    }
    char *joined = arena_alloc(reader->arena, size, 1);
    char *end = joined;
    for (size_t i = 0; i < count; i++) {
        end = stpcpy(end, i == 0 ? "" : ", ");
        end = stpcpy(end, names[i]);
    }
    return joined;
}

bool node_is(const Node *node, const char *text)
{
    return node->type == NODE_SCALAR && node->length == strlen(text) &&
           memcmp(node->text, text, node->length) == 0;
}

bool node_is_empty(const Node *node)
{
    return node->type == NODE_SCALAR && !node->quoted &&
           (node->length == 0 || node_is(node, "~") || node_is(node, "null") ||
            node_is(node, "Null") || node_is(node, "NULL"));
}

/* The names of all keys, or of those that are required. */
static const char *join_keys(const Reader *reader, const MapKey *keys, size_t key_count,
                             bool required_only)
{
    const char *names[MAP_KEYS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < key_count; i++) {
        if (keys[i].required || !required_only) {
            names[count++] = keys[i].name;
        }
    }
    return reader_join(reader, names, count);
}

static bool fault_unknown_key(const Reader *reader, const Node *key, const char *name,
                              const MapKey *keys, size_t key_count, Error *reterr)
{
    const char *names[MAP_KEYS_MAX];
    for (size_t i = 0; i < key_count; i++) {
        names[i] = keys[i].name;
    }
    const char *hint = arena_printf(reader->arena, "%sallowed keys: %s.",
                                    reader_suggest(reader, key, names, key_count),
                                    join_keys(reader, keys, key_count, false));
    return reader_fault(reader, key->place, reterr, hint, "unknown key %s in %s",
                        reader_show(reader, key), name);
}

/* Puts each entry beside its key. */
static bool match_keys(const Reader *reader, const Node *node, const char *name, const MapKey *keys,
                       size_t key_count, const Node **values, Error *reterr)
{
    for (const Node *entry = node->first; entry != NULL; entry = entry->next) {
        size_t index = 0;
        while (index < key_count && !node_is(entry->key, keys[index].name)) {
            index++;
        }
        if (index == key_count) {
            return fault_unknown_key(reader, entry->key, name, keys, key_count, reterr);
        }
        if (values[index] != NULL) {
            return reader_fault_doubled(reader, entry->key, values[index]->key->place, reterr);
        }
        values[index] = entry;
    }
    return true;
}

bool read_map(const Reader *reader, const Node *node, const char *name, const MapKey *keys,
              size_t key_count, const Node **ret_values, Error *reterr)
{
    const Node *values[MAP_KEYS_MAX] = {NULL};
    if (node->type != NODE_MAP) {
        const char *hint = arena_printf(reader->arena, "write \"key: value\" for its keys: %s.",
                                        join_keys(reader, keys, key_count, false));
        return reader_fault_type(reader, node, name, "a map", hint, reterr);
    }
    if (!match_keys(reader, node, name, keys, key_count, values, reterr)) {
        return false;
    }
    for (size_t i = 0; i < key_count; i++) {
        if (values[i] == NULL && keys[i].required) {
            const char *hint = arena_printf(reader->arena, "required keys: %s.",
                                            join_keys(reader, keys, key_count, true));
            return reader_fault(reader, node->place, reterr, hint, "%s has no %s", name,
                                keys[i].name);
        }
    }
    for (size_t i = 0; i < key_count; i++) {
        ret_values[i] = values[i];
    }
    return true;
}

bool read_free_map(const Reader *reader, const Node *node, const char *name, const char *hint,
                   Error *reterr)
{
    if (node->type != NODE_MAP) {
        return reader_fault_type(reader, node, name, "a map", hint, reterr);
    }
    return true;
}

bool read_list(const Reader *reader, const Node *node, const char *name, size_t count_max,
               Error *reterr)
{
    if (node->type != NODE_LIST) {
        return reader_fault_type(reader, node, name, "a list",
                                 "write [a, b], or a line with a dash for each entry.", reterr);
    }
    if (node->count > count_max) {
        const char *hint = arena_printf(reader->arena, "at most %zu are allowed.", count_max);
        return reader_fault(reader, node->place, reterr, hint, "%s has %zu entries", name,
                            node->count);
    }
    return true;
}
