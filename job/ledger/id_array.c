#include "ledger/id_array.h"

#include "base/arena.h"

#include <inttypes.h>
#include <stdio.h>

char *id_array_text(const int64_t *ids, size_t count)
{
    enum { ID_TEXT_BYTES = sizeof ",-9223372036854775808" };
    size_t size = count * (size_t)ID_TEXT_BYTES + sizeof "{}";
    char *text = memory_alloc(size, 1);
    size_t used = (size_t)snprintf(text, size, "{");
    for (size_t i = 0; i < count; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s%" PRId64, i == 0 ? "" : ",", ids[i]);
    }
    (void)snprintf(text + used, size - used, "}");
    return text;
}
