/*
 * The database's numbers of kinds to the slots of the programme (contract 7.1, 10). Pure.
 */
#pragma once

#include "programme/rules.h"

/* A kind of the database's table. */
typedef struct KindName {
    int16_t number;
    const char *name;
} KindName;

/* The slot of a name, SLOT_UNKNOWN where the programme does not know it. */
uint8_t kinds_slot(const Programme *programme, const char *name);

/*
 * Every kind that the configuration names must be in the database: EXIT_CONFIG with FILE:LINE:COLUMN and the
 * names that there are.
 */
MUST_CHECK bool kinds_check(const Programme *programme, const KindName *kinds, size_t kind_count,
                            Error *reterr);
