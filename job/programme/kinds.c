#include "programme/kinds.h"

#include <string.h>

bool kind_map_init(KindMap *ret_map, const Programme *programme, const int16_t *numbers,
                   const char *const *names, size_t count, Error *reterr)
{
    bool known[SLOTS_MAX] = {false};
    for (size_t slot = 0; slot < programme->kind_count; slot++) {
        for (size_t i = 0; i < count; i++) {
            known[slot] = known[slot] || strcmp(programme->kinds[slot], names[i]) == 0;
        }
        /* The bonus is no event's kind; a built-in kind that the file does not name may be missing.
         */
        bool needed = slot != SLOT_CATEGORY_BONUS && programme->kind_places[slot].line > 0;
        if (needed && !known[slot]) {
            return error_set(
                reterr, EXIT_CONFIG,
                "add it to the kinds' table, or correct its name in the configuration.",
                "%s:%d:%d: the database does not know the kind \"%s\"", programme->file,
                programme->kind_places[slot].line, programme->kind_places[slot].column,
                programme->kinds[slot]);
        }
    }
    memset(ret_map->slots, SLOT_UNKNOWN, sizeof ret_map->slots);
    memset(ret_map->names, 0, sizeof ret_map->names);
    for (size_t slot = 0; slot < programme->kind_count; slot++) {
        ret_map->names[slot] = programme->kinds[slot];
        for (size_t i = 0; i < count && slot != SLOT_CATEGORY_BONUS; i++) {
            if (strcmp(programme->kinds[slot], names[i]) == 0) {
                ret_map->slots[(uint16_t)numbers[i]] = (uint8_t)slot;
            }
        }
    }
    return true;
}
