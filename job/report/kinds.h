/*
 * The kinds of an opened source as the programme knows them: programme/kinds.h for the readers of
 * report/.
 */
#pragma once

#include "base/arena.h"
#include "ledger/source.h"
#include "programme/kinds.h"

/* EXIT_CONFIG with the place in the file: the programme names a kind that the source does not have.
 */
MUST_CHECK bool source_kinds(Arena *arena, const Source *source, const Programme *programme,
                             const KindMap **ret_kinds, Error *reterr);
