#include "report/kinds.h"

bool source_kinds(Arena *arena, const Source *source, const Programme *programme,
                  const KindMap **ret_kinds, Error *reterr)
{
    int16_t *numbers = arena_alloc(arena, source->kind_count, sizeof *numbers);
    const char **names = arena_alloc(arena, source->kind_count, sizeof *names);
    for (size_t i = 0; i < source->kind_count; i++) {
        numbers[i] = source->kind_list[i].number;
        names[i] = source->kind_list[i].name;
    }
    KindMap *kinds = arena_alloc(arena, 1, sizeof *kinds);
    if (!kind_map_init(kinds, programme, numbers, names, source->kind_count, reterr)) {
        return false;
    }
    *ret_kinds = kinds;
    return true;
}
