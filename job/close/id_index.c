#include "close/id_index.h"

#include "base/arena.h"

#include <assert.h>
#include <stdlib.h>

IdIndex id_index_build(const int64_t *ids, size_t count, size_t ids_per_stretch)
{
    assert(count <= UINT32_MAX);
    IdIndex index = {.ids = ids, .count = count};
    if (count == 0) {
        return index;
    }
    uint64_t span = (uint64_t)ids[count - 1] - (uint64_t)ids[0];
    uint64_t stretches_max = count / ids_per_stretch + 2; /* two always do: shift stays below 64 */
    while ((span >> index.shift) >= stretches_max) {
        index.shift++;
    }
    index.stretch_count = (size_t)(span >> index.shift) + 1;
    index.starts = memory_alloc(index.stretch_count + 1, sizeof *index.starts);
    size_t place = 0;
    for (size_t stretch = 0; stretch < index.stretch_count; stretch++) {
        uint64_t begin = (uint64_t)stretch << index.shift;
        while (place + 1 < count && (uint64_t)ids[place + 1] - (uint64_t)ids[0] <= begin) {
            place++;
        }
        index.starts[stretch] = (uint32_t)place;
    }
    index.starts[index.stretch_count] = (uint32_t)(count - 1);
    return index;
}

void id_index_destroy(IdIndex *index)
{
    free(index->starts);
    *index = (IdIndex){0};
}
