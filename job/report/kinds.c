#include "report/kinds.h"

#include <stdio.h>
#include <string.h>

uint8_t kinds_slot(const Programme *programme, const char *name)
{
    for (size_t slot = 0; slot < programme->kind_count; slot++) {
        /* No event is a category bonus, whatever a table of kinds says (contract 3.7). */
        if (slot != SLOT_CATEGORY_BONUS && strcmp(programme->kinds[slot], name) == 0) {
            return (uint8_t)slot;
        }
    }
    return SLOT_UNKNOWN;
}

static bool in_table(const KindName *kinds, size_t kind_count, const char *name)
{
    for (size_t i = 0; i < kind_count; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

bool kinds_check(const Programme *programme, const KindName *kinds, size_t kind_count,
                 Error *reterr)
{
    for (size_t slot = 0; slot < programme->kind_count; slot++) {
        const FilePlace *place = &programme->kind_places[slot];
        if (slot == SLOT_CATEGORY_BONUS || place->line == 0 ||
            in_table(kinds, kind_count, programme->kinds[slot])) {
            continue;
        }
        char hint[ERROR_HINT_BYTES];
        size_t used = (size_t)snprintf(hint, sizeof hint, "add it to %.100s, whose kinds are:",
                                       programme->source_kinds);
        for (size_t i = 0; i < kind_count && used + 1 < sizeof hint; i++) {
            used += (size_t)snprintf(hint + used, sizeof hint - used, "%s %.60s",
                                     i == 0 ? "" : ",", kinds[i].name);
        }
        return error_set(reterr, EXIT_CONFIG, hint, "%.400s:%d:%d: the database has no kind \"%.100s\"",
                         programme->file, (int)place->line, (int)place->column,
                         programme->kinds[slot]);
    }
    return true;
}
