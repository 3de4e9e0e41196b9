#include "ledger/names.h"

#include <stdlib.h>
#include <string.h>

const char *name_table_intern(NameTable *table, const char *text, size_t length)
{
    for (size_t i = 0; i < table->count; i++) {
        if (strncmp(table->names[i], text, length) == 0 && table->names[i][length] == '\0') {
            return table->names[i];
        }
    }
    table->names =
        array_grow(table->names, &table->capacity, table->count + 1, sizeof *table->names);
    const char *name = arena_copy(table->arena, text, length);
    table->names[table->count++] = name;
    return name;
}

bool name_table_read(NameTable *table, CopyRow *row, const char **ret_name, Error *reterr)
{
    const char *text = NULL;
    size_t size = 0;
    if (!copy_row_text(row, NULL, &text, &size, reterr)) {
        return false;
    }
    *ret_name = name_table_intern(table, text, size);
    return true;
}

void name_table_destroy(NameTable *table)
{
    free(table->names);
    *table = (NameTable){0};
}
