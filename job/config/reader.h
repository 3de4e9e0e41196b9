/*
 * Reads one value of the tree, with its error: place, what is wrong, what is allowed.
 *
 * Private to config/. `name` is how messages call the value ("min_points"). Every text that is
 * returned lives in the reader's arena. Errors are EXIT_CONFIG; ret_ parameters are untouched on
 * failure.
 */
#pragma once

#include "base/arena.h"
#include "programme/rules.h"

enum {
    NAME_BYTES_MAX = 100,
    MAP_KEYS_MAX = 16, /* the most keys a map with fixed keys has */
};

typedef struct Reader {
    Arena *arena;
    const char *file;
} Reader;

typedef enum NodeType { NODE_SCALAR, NODE_LIST, NODE_MAP } NodeType;

/* One value of the file. The entries of a list or map are chained: first, next. */
typedef struct Node Node;
struct Node {
    NodeType type;
    bool quoted; /* a scalar in quotation marks or a block text: never a number or a boolean */
    FilePlace place;
    const char *text; /* a scalar's; may hold zero bytes before text[length] */
    size_t length;
    const Node *key; /* of an entry of a map: a scalar */
    Node *first;
    Node *last;
    Node *next;
    size_t count; /* of entries */
};

/* A key that a map may or must have. What programme.yaml(5) says of it stands here only. */
typedef struct MapKey {
    const char *name;
    bool required;
    const char *help;     /* a phrase without a full stop: the meaning, and what is allowed */
    const char *fallback; /* what holds where it is not given, as it would be written; or NULL */
} MapKey;

/* Sets "FILE:LINE:COLUMN: message" and returns false. */
bool reader_fault(const Reader *reader, FilePlace place, Error *reterr, const char *hint,
                  const char *format, ...) __attribute__((format(printf, 5, 6), cold));

/* "KEY is given twice": the entry's key, and where it came first. */
bool reader_fault_doubled(const Reader *reader, const Node *key, FilePlace first, Error *reterr);

/* "NAME must be EXPECTED, not ...": the value has the wrong type or form. */
bool reader_fault_type(const Reader *reader, const Node *node, const char *name,
                       const char *expected, const char *hint, Error *reterr);

/* A scalar's text in quotation marks for a message: cut after 40 characters, control marks as "?".
 */
const char *reader_show(const Reader *reader, const Node *node);

/* `did you mean "levels"? ` for a word at most two letters away from one of names, else "". */
const char *reader_suggest(const Reader *reader, const Node *node, const char *const *names,
                           size_t count);

/* "a, b, c" */
const char *reader_join(const Reader *reader, const char *const *names, size_t count);

/*
 * A map with fixed keys: ret_values[i] gets the value of keys[i] or NULL. Refuses unknown, doubled
 * and missing keys.
 */
MUST_CHECK bool read_map(const Reader *reader, const Node *node, const char *name,
                         const MapKey *keys, size_t key_count, const Node **ret_values,
                         Error *reterr);

/* A map whose keys are the file's own; its entries are node->first, ->next. */
MUST_CHECK bool read_free_map(const Reader *reader, const Node *node, const char *name,
                              const char *hint, Error *reterr);

/* A list of at most count_max entries: node->first, ->next. */
MUST_CHECK bool read_list(const Reader *reader, const Node *node, const char *name,
                          size_t count_max, Error *reterr);

/* A name: 1 to NAME_BYTES_MAX bytes, printable, no backslash, no space at either end. */
MUST_CHECK bool read_name(const Reader *reader, const Node *node, const char *name,
                          const char **ret_text, Error *reterr);

/* A whole number in [min, max]. */
MUST_CHECK bool read_whole(const Reader *reader, const Node *node, const char *name, int64_t min,
                           int64_t max, int64_t *ret_value, Error *reterr);
/* The same for days and months. */
MUST_CHECK bool read_small(const Reader *reader, const Node *node, const char *name, int32_t min,
                           int32_t max, int32_t *ret_value, Error *reterr);

/* An exact decimal with at most two places, not negative: 2.00 gives 200. */
MUST_CHECK bool read_hundredths(const Reader *reader, const Node *node, const char *name,
                                int64_t *ret_value, Error *reterr);

/* true or false. */
MUST_CHECK bool read_boolean(const Reader *reader, const Node *node, const char *name,
                             bool *ret_value, Error *reterr);

/* One of two words: true for `second`. */
MUST_CHECK bool read_choice(const Reader *reader, const Node *node, const char *name,
                            const char *first, const char *second, bool *ret_second, Error *reterr);

/* A month, YYYY-MM. */
MUST_CHECK bool read_period(const Reader *reader, const Node *node, const char *name,
                            Period *ret_period, Error *reterr);

/* A local time, YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS]: microseconds since 2000-01-01 00:00. */
MUST_CHECK bool read_local_time(const Reader *reader, const Node *node, const char *name,
                                int64_t *ret_local_us, Error *reterr);

/* True for a value that is not there: `key:`, `key: ~`, `key: null`. */
bool node_is_empty(const Node *node);

/* True if the scalar is exactly `text`. */
bool node_is(const Node *node, const char *text);
