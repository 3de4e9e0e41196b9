/*
 * Inside ledger/: few distinct names in many rows (levels, coupons, directions), each kept once.
 */
#pragma once

#include "base/arena.h"
#include "ledger/copy_decode.h"

#include <stddef.h>

typedef struct NameTable {
    Arena *arena;
    const char **names;
    size_t count;
    size_t capacity;
} NameTable;

/* The one copy of the name, in the arena. */
const char *name_table_intern(NameTable *table, const char *text, size_t length);
/* The next field of a row, which must not be NULL, as a name. */
MUST_CHECK bool name_table_read(NameTable *table, CopyRow *row, const char **ret_name,
                                Error *reterr);
void name_table_destroy(NameTable *table); /* the names stay with the arena */
