/*
 * Inside ledger/: ids as the text of a bigint[] parameter.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* "{1,2,3}"; the caller frees it. */
char *id_array_text(const int64_t *ids, size_t count);
