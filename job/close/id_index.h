/*
 * Finds the place of an id among ascending ids, mostly without a search.
 *
 * The span of the ids is cut into stretches of equal length, a power of two; each knows where it
 * begins. Ids come from sequences, so a stretch holds one or two of them; where they are bunched
 * together the halving of a stretch does the rest. Filled once, then read by every thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct IdIndex {
    const int64_t *ids; /* ascending; not the index's */
    size_t count;
    uint32_t *starts; /* by stretch: the last id not above its begin; one more at the end */
    size_t stretch_count;
    unsigned shift; /* a stretch is 2^shift long */
} IdIndex;

/* About one stretch for each `ids_per_stretch` ids; at most UINT32_MAX ids. Borrows the ids. */
IdIndex id_index_build(const int64_t *ids, size_t count, size_t ids_per_stretch);
void id_index_destroy(IdIndex *index);

/* The last place whose id is not above `id`; 0 if there is none. The index must not be empty. */
static inline size_t id_index_find(const IdIndex *index, int64_t id)
{
    const int64_t *ids = index->ids;
    if (id <= ids[0]) {
        return 0;
    }
    /* Unsigned, so that the span may be the whole of int64. */
    uint64_t stretch = ((uint64_t)id - (uint64_t)ids[0]) >> index->shift;
    if (stretch >= index->stretch_count) {
        return index->count - 1;
    }
    size_t low = index->starts[stretch];
    size_t high = (size_t)index->starts[stretch + 1] + 1;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (ids[middle] <= id) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}
