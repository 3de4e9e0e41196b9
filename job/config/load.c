#include "config/load.h"

#include "config/characters.h"
#include "config/defaults.h"
#include "config/forms.h"
#include "config/parts.h"
#include "config/scalar.h"
#include "config/yaml_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HINT_BYTES "a programme file has at most 1 MiB (1048576 bytes)."

enum {
    TOP_PROGRAM,
    TOP_TIMEZONE,
    TOP_CURRENCY,
    TOP_WINDOW_MONTHS,
    TOP_EFFECTIVE_DAY,
    TOP_SETTLE,
    TOP_SOURCE,
    TOP_RULES,
    TOP_KEYS,
};

static const MapKey top_keys[] = {
    [TOP_PROGRAM] = {"program", true, "the programme's name; the summaries and every run show it",
                     NULL},
    [TOP_TIMEZONE] = {"timezone", true,
                      "the programme's time zone, an IANA name such as America/Los_Angeles: it "
                      "settles to which day and to which month an event belongs",
                      NULL},
    [TOP_CURRENCY] = {"currency", true, "an ISO 4217 code, three capital letters", NULL},
    [TOP_WINDOW_MONTHS] =
        {"window_months", false,
         "how many months, the closed one included, add up to a member's points; 1 to 60",
         TEXT_OF(DEFAULT_WINDOW_MONTHS)},
    [TOP_EFFECTIVE_DAY] = {"effective_day", false,
                           "the day of the next month on which the new levels take effect; from "
                           "then on the closed month is final; 1 to 28",
                           TEXT_OF(DEFAULT_EFFECTIVE_DAY)},
    [TOP_SETTLE] = {"settle", false,
                    "true: until the day before effective_day a nightly close takes in what was "
                    "recorded late; false: a month is final when it is first closed",
                    "true"},
    [TOP_SOURCE] = {"source", false, "the tables or views that go in", NULL},
    [TOP_RULES] = {"rules", true,
                   "a list of entries, from the oldest to the newest; an event is judged by the "
                   "newest one whose month is not after its own, levels and coupons are those in "
                   "force for the closed month",
                   NULL},
};

const MapForm config_form_top = {"", top_keys, sizeof top_keys / sizeof top_keys[0]};

enum { SOURCE_MEMBERS, SOURCE_EVENTS, SOURCE_KINDS, SOURCE_KEYS };

static const MapKey source_keys[] = {
    [SOURCE_MEMBERS] = {"members", false, "table or view of the members, as name or schema.name",
                        DEFAULT_SOURCE_MEMBERS},
    [SOURCE_EVENTS] = {"events", false, "table or view of the point events", DEFAULT_SOURCE_EVENTS},
    [SOURCE_KINDS] = {"kinds", false, "table or view of the kinds of events", DEFAULT_SOURCE_KINDS},
};

const MapForm config_form_source = {"source", source_keys,
                                    sizeof source_keys / sizeof source_keys[0]};

/* The name of a relation, as written; NULL keeps the default. */
static bool read_relation(const Reader *reader, const Node *node, const char *name,
                          const char **ret_text, Error *reterr)
{
    if (node == NULL) {
        return true;
    }
    const char *text = NULL;
    if (!read_name(reader, node, name, &text, reterr)) {
        return false;
    }
    if (!scalar_is_relation(text)) {
        return reader_fault_type(reader, node, name, "a table or view",
                                 "write name or schema.name; put other characters than letters, "
                                 "digits and _ in double quotation marks: '\"my view\"'.",
                                 reterr);
    }
    *ret_text = text;
    return true;
}

static bool load_source(const Reader *reader, const Node *node, Programme *programme, Error *reterr)
{
    const Node *values[SOURCE_KEYS];
    return node == NULL ||
           (read_map(reader, node, "source", source_keys, SOURCE_KEYS, values, reterr) &&
            read_relation(reader, values[SOURCE_MEMBERS], "members", &programme->source_members,
                          reterr) &&
            read_relation(reader, values[SOURCE_EVENTS], "events", &programme->source_events,
                          reterr) &&
            read_relation(reader, values[SOURCE_KINDS], "kinds", &programme->source_kinds, reterr));
}

static bool read_currency(const Reader *reader, const Node *node, const char **ret_currency,
                          Error *reterr)
{
    bool code = node->type == NODE_SCALAR && node->length == 3;
    for (size_t i = 0; code && i < 3; i++) {
        code = node->text[i] >= 'A' && node->text[i] <= 'Z';
    }
    if (!code) {
        return reader_fault_type(reader, node, "currency", "three capital letters",
                                 "write an ISO 4217 code, such as USD.", reterr);
    }
    *ret_currency = node->text;
    return true;
}

static bool load_programme(const Reader *reader, const Node *root, Programme *programme,
                           Error *reterr)
{
    const Node *values[TOP_KEYS];
    if (!read_map(reader, root, "the file", top_keys, TOP_KEYS, values, reterr)) {
        return false;
    }
    const Node *window = values[TOP_WINDOW_MONTHS];
    const Node *day = values[TOP_EFFECTIVE_DAY];
    const Node *settle = values[TOP_SETTLE];
    if (!read_name(reader, values[TOP_PROGRAM], "program", &programme->name, reterr) ||
        !read_name(reader, values[TOP_TIMEZONE], "timezone", &programme->timezone, reterr) ||
        !read_currency(reader, values[TOP_CURRENCY], &programme->currency, reterr) ||
        (window != NULL && !read_small(reader, window, "window_months", 1, WINDOW_MONTHS_MAX,
                                       &programme->window_months, reterr)) ||
        (day != NULL &&
         !read_small(reader, day, "effective_day", 1, 28, &programme->effective_day, reterr)) ||
        (settle != NULL && !read_boolean(reader, settle, "settle", &programme->settle, reterr)) ||
        !load_source(reader, values[TOP_SOURCE], programme, reterr)) {
        return false;
    }
    programme->timezone_place = values[TOP_TIMEZONE]->place;
    return load_rulesets(reader, values[TOP_RULES], programme, reterr);
}

/* What holds where the file says nothing. */
static Programme *programme_begin(Arena *arena, const char *name, const char *text, size_t length)
{
    Programme *programme = arena_alloc(arena, 1, sizeof *programme);
    programme->file = arena_strdup(arena, name);
    programme->text = arena_copy(arena, text, length);
    programme->window_months = DEFAULT_WINDOW_MONTHS;
    programme->effective_day = DEFAULT_EFFECTIVE_DAY;
    programme->settle = DEFAULT_SETTLE;
    programme->source_members = DEFAULT_SOURCE_MEMBERS;
    programme->source_events = DEFAULT_SOURCE_EVENTS;
    programme->source_kinds = DEFAULT_SOURCE_KINDS;
    programme->kinds[SLOT_PURCHASE] = "purchase";
    programme->kinds[SLOT_REFUND] = "refund";
    programme->kinds[SLOT_FRAUD] = "fraud";
    programme->kinds[SLOT_CATEGORY_BONUS] = "category_bonus";
    programme->kind_count = SLOT_FIRST_OTHER;
    return programme;
}

static bool digest_text(const char *text, size_t length, char ret_sha256[65], Error *reterr)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (EVP_Digest(text, length, digest, &size, EVP_sha256(), NULL) != 1 || size != 32) {
        return error_set(reterr, EXIT_BUG, "is OpenSSL allowed to use SHA-256 here?",
                         "the configuration's SHA-256 cannot be computed");
    }
    for (size_t i = 0; i < size; i++) {
        (void)snprintf(ret_sha256 + 2 * i, 3, "%02x", digest[i]);
    }
    return true;
}

bool config_load_text(Arena *arena, const char *name, const char *text, size_t length,
                      const Programme **ret_programme, Error *reterr)
{
    Reader reader = {.arena = arena, .file = name};
    if (length > CONFIG_BYTES_MAX) {
        return error_set(reterr, EXIT_CONFIG, HINT_BYTES, "%.400s: more than %d bytes", name,
                         CONFIG_BYTES_MAX);
    }
    const Node *root = NULL;
    if (!characters_check(&reader, text, length, reterr) ||
        !yaml_tree_parse(&reader, text, length, &root, reterr)) {
        return false;
    }
    Programme *programme = programme_begin(arena, name, text, length);
    if (!load_programme(&reader, root, programme, reterr) ||
        !digest_text(text, length, programme->sha256, reterr)) {
        return false;
    }
    *ret_programme = programme;
    return true;
}

static bool fault_file(const char *path, Error *reterr)
{
    return error_set(reterr, EXIT_CONFIG, "name a programme file with --config.",
                     "%.400s: cannot be read: %s", path, strerror(errno));
}

/* Refuses what is no file and what is too big before a byte of it is read. */
static bool check_file(int file, const char *path, Error *reterr)
{
    struct stat status;
    if (fstat(file, &status) != 0) {
        return fault_file(path, reterr);
    }
    if (S_ISDIR(status.st_mode)) {
        return error_set(reterr, EXIT_CONFIG, "name a programme file with --config.",
                         "%.400s: is a directory", path);
    }
    if (S_ISREG(status.st_mode) && status.st_size > CONFIG_BYTES_MAX) {
        return error_set(reterr, EXIT_CONFIG, HINT_BYTES, "%.400s: %lld bytes are too many", path,
                         (long long)status.st_size);
    }
    return true;
}

/* Reads to the end, at most size bytes. */
static bool read_whole_file(int file, const char *path, char *buffer, size_t size,
                            size_t *ret_length, Error *reterr)
{
    size_t length = 0;
    while (length < size) {
        ssize_t count = read(file, buffer + length, size - length);
        if (count == 0) {
            break;
        }
        if (count < 0 && errno != EINTR) {
            return fault_file(path, reterr);
        }
        length += count < 0 ? 0 : (size_t)count;
    }
    *ret_length = length;
    return true;
}

bool config_load_file(Arena *arena, const char *path, const Programme **ret_programme,
                      Error *reterr)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0) {
        return fault_file(path, reterr);
    }
    /* One byte more than allowed: a pipe that is too long shows itself. */
    size_t size = CONFIG_BYTES_MAX + 1;
    char *buffer = memory_alloc(size, 1);
    size_t length = 0;
    bool loaded = check_file(file, path, reterr) &&
                  read_whole_file(file, path, buffer, size, &length, reterr) &&
                  config_load_text(arena, path, buffer, length, ret_programme, reterr);
    free(buffer);
    (void)close(file);
    return loaded;
}
