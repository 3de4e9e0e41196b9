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

/* The stretch that an id is in; beyond the last one for an id above all. */
static inline uint64_t id_index_stretch(const IdIndex *index, int64_t id)
{
    /* Unsigned, so that the span may be the whole of int64. */
    return id <= index->ids[0] ? 0 : ((uint64_t)id - (uint64_t)index->ids[0]) >> index->shift;
}

/* Fetch from memory what id_index_find will look at: first the one, then, when that has had time to
 * come, the other. (always_inline: gcc takes a function that only fetches for one without effect,
 * and drops the call.) */
static inline __attribute__((always_inline)) void id_index_fetch_start(const IdIndex *index,
                                                                       int64_t id)
{
    uint64_t stretch = id_index_stretch(index, id);
    __builtin_prefetch(&index->starts[stretch < index->stretch_count ? stretch : 0]);
}

static inline __attribute__((always_inline)) void id_index_fetch_ids(const IdIndex *index,
                                                                     int64_t id)
{
    uint64_t stretch = id_index_stretch(index, id);
    __builtin_prefetch(&index->ids[stretch < index->stretch_count ? index->starts[stretch] : 0]);
}

/* The last place whose id is not above `id`; 0 if there is none. The index must not be empty. */
static inline size_t id_index_find(const IdIndex *index, int64_t id)
{
    const int64_t *ids = index->ids;
    if (id <= ids[0]) {
        return 0;
    }
    uint64_t stretch = id_index_stretch(index, id);
    if (stretch >= index->stretch_count) {
        return index->count - 1;
    }
    size_t low = index->starts[stretch];
    size_t count = (size_t)index->starts[stretch + 1] + 1 - low; /* to choose from: 1 at least */
    if (count <= 4) {
        /* Nearly always, and how many of them are above nobody can guess: no branch for each. */
        return low + ((ids[low + (count > 1)] <= id) & (count > 1)) +
               ((ids[low + 2 * (size_t)(count > 2)] <= id) & (count > 2)) +
               ((ids[low + 3 * (size_t)(count > 3)] <= id) & (count > 3));
    }
    size_t high = low + count;
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
