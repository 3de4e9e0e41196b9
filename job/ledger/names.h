/*
 * Inside ledger/: few distinct names in many rows (levels, coupons, directions), each kept once.
 */
#pragma once

#include "base/arena.h"

#include <stddef.h>

typedef struct NameTable {
    Arena *arena;
    const char **names;
    size_t count;
    size_t capacity;
} NameTable;

/* The one copy of the name, in the arena. */
const char *name_table_intern(NameTable *table, const char *text, size_t length);
void name_table_destroy(NameTable *table); /* the names stay with the arena */
