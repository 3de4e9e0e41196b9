/*
 * From the numbers that the database gives the kinds of events to the programme's slots (rules.h).
 * Pure.
 */
#pragma once

#include "programme/rules.h"

enum { KIND_NUMBERS = 65536 };

typedef struct KindMap {
    uint8_t slots[KIND_NUMBERS];  /* by (uint16_t)number; SLOT_UNKNOWN: no rule names it */
    const char *names[SLOTS_MAX]; /* by slot: the programme's */
} KindMap;

/*
 * Maps the database's kinds: numbers[i] is called names[i]. EXIT_CONFIG with the place in the
 * programme's file where it names a kind that the database does not know (contract 10).
 */
MUST_CHECK bool kind_map_init(KindMap *ret_map, const Programme *programme, const int16_t *numbers,
                              const char *const *names, size_t count, Error *reterr);

static inline uint8_t kind_map_slot(const KindMap *map, int16_t number)
{
    return map->slots[(uint16_t)number];
}
