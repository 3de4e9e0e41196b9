/*
 * `caps`: bounds on what a set of kinds earns in a day or a month (parts.h).
 */
#include "config/forms.h"
#include "config/parts.h"

#include <inttypes.h>
#include <stdlib.h>

enum { CAP_KINDS, CAP_PER, CAP_MAX_POINTS, CAP_KEYS };

static const MapKey cap_keys[] = {
    [CAP_KINDS] = {"kinds", true, "a list of kinds that earn; category_bonus is one too", NULL},
    [CAP_PER] = {"per", true, "day or month, local", NULL},
    [CAP_MAX_POINTS] = {"max_points", true,
                        "the most points that these kinds earn together in that time", NULL},
};

const MapForm config_form_cap = {"each entry of caps", cap_keys,
                                 sizeof cap_keys / sizeof cap_keys[0]};

/* A cap while the list is read: with its place in the file and its kinds for messages. */
typedef struct PlacedCap {
    Cap cap;
    const Node *node;
    const char *names;
    int kind_count;
} PlacedCap;

static bool load_cap(const Reader *reader, const Node *node, const Programme *programme,
                     const RuleSet *rules, PlacedCap *ret_cap, Error *reterr)
{
    const Node *values[CAP_KEYS];
    PlacedCap placed = {.node = node};
    bool per_month = false;
    if (!read_map(reader, node, "a cap", cap_keys, CAP_KEYS, values, reterr) ||
        !read_kinds(reader, values[CAP_KINDS], programme, rules, KIND_USER_CAP, &placed.cap.kinds,
                    &placed.names, reterr) ||
        !read_choice(reader, values[CAP_PER], "per", "day", "month", &per_month, reterr) ||
        !read_whole(reader, values[CAP_MAX_POINTS], "max_points", 0, INT64_MAX,
                    &placed.cap.max_points, reterr)) {
        return false;
    }
    placed.kind_count = __builtin_popcountll(placed.cap.kinds);
    placed.cap.per_day = !per_month;
    placed.cap.text = arena_printf(
        reader->arena, "%s: at most %" PRId64 " %s a %s", placed.names, placed.cap.max_points,
        placed.cap.max_points == 1 ? "point" : "points", per_month ? "month" : "day");
    *ret_cap = placed;
    return true;
}

/* Two caps' sets are nested or disjoint, and each set has one cap a day and one a month. */
static bool check_pair(const Reader *reader, const PlacedCap *later, const PlacedCap *earlier,
                       Error *reterr)
{
    KindSet common = later->cap.kinds & earlier->cap.kinds;
    if (later->cap.kinds == earlier->cap.kinds && later->cap.per_day == earlier->cap.per_day) {
        return reader_fault(reader, later->node->place, reterr, "keep one of the two.",
                            "%s has a second cap per %s, the first is at line %d, column %d",
                            later->names, later->cap.per_day ? "day" : "month",
                            earlier->node->place.line, earlier->node->place.column);
    }
    if (common != 0 && common != later->cap.kinds && common != earlier->cap.kinds) {
        return reader_fault(reader, later->node->place, reterr,
                            "two caps share no kind, or one has all the kinds of the other.",
                            "the cap on %s crosses the cap on %s at line %d, column %d",
                            later->names, earlier->names, earlier->node->place.line,
                            earlier->node->place.column);
    }
    return true;
}

/* Days first, then fewer kinds, then the order of the file (contract 4.4). */
static int compare_biting(const void *left_memory, const void *right_memory)
{
    const PlacedCap *left = left_memory;
    const PlacedCap *right = right_memory;
    if (left->cap.per_day != right->cap.per_day) {
        return left->cap.per_day ? -1 : 1;
    }
    if (left->kind_count != right->kind_count) {
        return left->kind_count - right->kind_count;
    }
    if (left->node->place.line != right->node->place.line) {
        return left->node->place.line - right->node->place.line;
    }
    return left->node->place.column - right->node->place.column;
}

bool load_caps(const Reader *reader, const Node *node, const Programme *programme, RuleSet *rules,
               Error *reterr)
{
    if (node == NULL) {
        return true;
    }
    if (!read_list(reader, node, "caps", CAPS_MAX, reterr)) {
        return false;
    }
    PlacedCap placed[CAPS_MAX];
    size_t count = 0;
    for (const Node *entry = node->first; entry != NULL; entry = entry->next) {
        if (!load_cap(reader, entry, programme, rules, &placed[count], reterr)) {
            return false;
        }
        for (size_t i = 0; i < count; i++) {
            if (!check_pair(reader, &placed[count], &placed[i], reterr)) {
                return false;
            }
        }
        count++;
    }
    qsort(placed, count, sizeof placed[0], compare_biting);
    Cap *caps = arena_alloc(reader->arena, count, sizeof *caps);
    for (size_t i = 0; i < count; i++) {
        caps[i] = placed[i].cap;
    }
    rules->caps = caps;
    rules->cap_count = count;
    return true;
}
