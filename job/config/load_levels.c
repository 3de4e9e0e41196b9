/*
 * `levels` and the `benefits` that people are shown beside them (parts.h).
 */
#include "config/characters.h"
#include "config/defaults.h"
#include "config/forms.h"
#include "config/parts.h"
#include "config/scalar.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum {
    BENEFITS_MAX = 100, /* of a level */
    BENEFIT_BYTES_MAX = 1000,
};

enum { LEVEL_NAME, LEVEL_MIN_POINTS, LEVEL_KEYS };

static const MapKey level_keys[] = {
    [LEVEL_NAME] = {"name", true, "the level's name", NULL},
    [LEVEL_MIN_POINTS] = {"min_points", true,
                          "the points from which on a member has it; 0 for the first level, above "
                          "the one before for the others",
                          NULL},
};

const MapForm config_form_level = {"each entry of levels", level_keys,
                                   sizeof level_keys / sizeof level_keys[0]};

/* A level against the ones before it (contract 5.1). */
static bool check_level(const Reader *reader, const Node **values, const Level *levels, size_t rank,
                        const FilePlace *places, Error *reterr)
{
    const Level *level = &levels[rank];
    if (rank == 0) {
        if (level->min_points == 0) {
            return true;
        }
        return reader_fault(reader, values[LEVEL_MIN_POINTS]->place, reterr,
                            "the first level is for everybody: give it min_points 0.",
                            "%s's min_points %" PRId64 " is not 0", level->name, level->min_points);
    }
    for (size_t i = 0; i < rank; i++) {
        if (strcmp(levels[i].name, level->name) == 0) {
            return reader_fault(reader, values[LEVEL_NAME]->place, reterr,
                                "give each level its own name.",
                                "the level %s is listed twice, first at line %d",
                                reader_show(reader, values[LEVEL_NAME]), places[i].line);
        }
    }
    const Level *below = &levels[rank - 1];
    if (level->min_points <= below->min_points) {
        return reader_fault(reader, values[LEVEL_MIN_POINTS]->place, reterr,
                            "list the levels from the lowest to the highest.",
                            "%s's min_points %" PRId64 " is not above %s's %" PRId64, level->name,
                            level->min_points, below->name, below->min_points);
    }
    return true;
}

static bool load_level_list(const Reader *reader, const Node *node, Level *levels, Error *reterr)
{
    FilePlace places[LEVELS_MAX];
    size_t rank = 0;
    for (const Node *entry = node->first; entry != NULL; entry = entry->next) {
        const Node *values[LEVEL_KEYS];
        Level *level = &levels[rank];
        level->benefits_json = DEFAULT_BENEFITS_JSON;
        if (!read_map(reader, entry, "a level", level_keys, LEVEL_KEYS, values, reterr) ||
            !read_name(reader, values[LEVEL_NAME], "name", &level->name, reterr) ||
            !read_whole(reader, values[LEVEL_MIN_POINTS], "min_points", 0, INT64_MAX,
                        &level->min_points, reterr)) {
            return false;
        }
        places[rank] = values[LEVEL_NAME]->place;
        if (!check_level(reader, values, levels, rank, places, reterr)) {
            return false;
        }
        rank++;
    }
    return true;
}

bool find_level(const Reader *reader, const Node *key, const RuleSet *rules, int32_t lowest,
                int32_t *ret_rank, Error *reterr)
{
    const char *names[LEVELS_MAX];
    size_t count = 0;
    for (size_t rank = 0; rank < rules->level_count; rank++) {
        if (node_is(key, rules->levels[rank].name)) {
            if ((int32_t)rank >= lowest) {
                *ret_rank = (int32_t)rank;
                return true;
            }
            return reader_fault(reader, key->place, reterr,
                                "name levels above the first; nobody steps up to the first.",
                                "%s is the first level", rules->levels[rank].name);
        }
        if ((int32_t)rank >= lowest) {
            names[count++] = rules->levels[rank].name;
        }
    }
    const char *hint = arena_printf(reader->arena, "%sallowed levels: %s.",
                                    reader_suggest(reader, key, names, count),
                                    count == 0 ? "none" : reader_join(reader, names, count));
    return reader_fault(reader, key->place, reterr, hint, "there is no level %s",
                        reader_show(reader, key));
}

/* A text as a JSON string in quotation marks. */
static bool json_quote(const Reader *reader, const Node *node, const char **ret_json, Error *reterr)
{
    json_t *string = json_stringn(node->text, node->length);
    char *dumped = string == NULL ? NULL : json_dumps(string, JSON_ENCODE_ANY);
    json_decref(string);
    if (dumped == NULL) {
        return reader_fault(reader, node->place, reterr, "write printable text.",
                            "%s cannot be written as JSON", reader_show(reader, node));
    }
    *ret_json = arena_strdup(reader->arena, dumped);
    free(dumped);
    return true;
}

static bool is_printable(const Node *node)
{
    for (size_t i = 0; i < node->length;) {
        uint32_t character = 0;
        size_t size = character_decode(node->text + i, node->length - i, &character);
        if (size == 0 || character_is_unprintable(character)) {
            return false;
        }
        i += size;
    }
    return true;
}

/* One benefit's value: numbers as they are written (25.00 stays so), booleans, else a string. */
static bool read_benefit(const Reader *reader, const Node *node, const char **ret_json,
                         Error *reterr)
{
    static const char hint[] = "write a number, true, false, or at most 1000 bytes of text.";
    const char *name =
        arena_printf(reader->arena, "the benefit %s", reader_show(reader, node->key));
    if (node->type != NODE_SCALAR || node_is_empty(node)) {
        return reader_fault_type(reader, node, name, "one value", hint, reterr);
    }
    if (node->length > BENEFIT_BYTES_MAX) {
        return reader_fault(reader, node->place, reterr, hint, "%s has %zu bytes", name,
                            node->length);
    }
    if (!is_printable(node)) {
        return reader_fault(reader, node->place, reterr, hint, "%s holds unprintable characters",
                            name);
    }
    bool bare = !node->quoted && (node_is(node, "true") || node_is(node, "false") ||
                                  scalar_is_decimal(node->text, node->length));
    if (bare) {
        *ret_json = node->text;
        return true;
    }
    return json_quote(reader, node, ret_json, reterr);
}

static bool load_level_benefits(const Reader *reader, const Node *node, Level *level, Error *reterr)
{
    static const char hint[] = "write \"name: value\" for each benefit.";
    const char *what = arena_printf(reader->arena, "%s's benefits", level->name);
    if (!read_free_map(reader, node, what, hint, reterr)) {
        return false;
    }
    if (node->count > BENEFITS_MAX) {
        return reader_fault(reader, node->place, reterr, "at most 100 are allowed.",
                            "%s has %zu entries", what, node->count);
    }
    const char *parts[BENEFITS_MAX];
    size_t count = 0;
    for (const Node *entry = node->first; entry != NULL; entry = entry->next) {
        const char *name = NULL;
        const char *key = NULL;
        const char *value = NULL;
        for (const Node *earlier = node->first; earlier != entry; earlier = earlier->next) {
            if (strcmp(earlier->key->text, entry->key->text) == 0) {
                return reader_fault_doubled(reader, entry->key, earlier->key->place, reterr);
            }
        }
        if (!read_name(reader, entry->key, "a benefit", &name, reterr) ||
            !json_quote(reader, entry->key, &key, reterr) ||
            !read_benefit(reader, entry, &value, reterr)) {
            return false;
        }
        parts[count++] = arena_printf(reader->arena, "%s: %s", key, value);
    }
    level->benefits_json = arena_printf(reader->arena, "{%s}", reader_join(reader, parts, count));
    return true;
}

static bool load_benefits(const Reader *reader, const Node *node, const RuleSet *rules,
                          Level *levels, Error *reterr)
{
    if (!read_free_map(reader, node, "benefits", "write a line for each level: Gold: {...}.",
                       reterr)) {
        return false;
    }
    FilePlace first[LEVELS_MAX] = {{0, 0}};
    for (const Node *entry = node->first; entry != NULL; entry = entry->next) {
        int32_t rank = 0;
        if (!find_level(reader, entry->key, rules, 0, &rank, reterr)) {
            return false;
        }
        if (first[rank].line != 0) {
            return reader_fault_doubled(reader, entry->key, first[rank], reterr);
        }
        first[rank] = entry->key->place;
        if (!load_level_benefits(reader, entry, &levels[rank], reterr)) {
            return false;
        }
    }
    return true;
}

bool load_levels(const Reader *reader, const Node *levels_node, const Node *benefits_node,
                 RuleSet *rules, Error *reterr)
{
    if (!read_list(reader, levels_node, "levels", LEVELS_MAX, reterr)) {
        return false;
    }
    if (levels_node->count == 0) {
        return reader_fault(reader, levels_node->place, reterr,
                            "list at least one, such as {name: Silver, min_points: 0}.",
                            "levels is empty");
    }
    Level *levels = arena_alloc(reader->arena, levels_node->count, sizeof *levels);
    if (!load_level_list(reader, levels_node, levels, reterr)) {
        return false;
    }
    rules->levels = levels;
    rules->level_count = levels_node->count;
    return benefits_node == NULL || load_benefits(reader, benefits_node, rules, levels, reterr);
}
