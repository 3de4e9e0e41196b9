#include "ledger/copy_wire.h"

#include "base/arena.h"
#include "ledger/copy_decode.h"

enum {
    INT4_OID = 23,
    ARRAY_DIMENSIONS_MAX = 6, /* PostgreSQL's own MAXDIM */
    ARRAY_HEAD_BYTES = 12, /* number of dimensions, whether there are NULLs, type of the elements */
    DIMENSION_BYTES = 8,   /* how many, and the index of the first */
};

bool wire_malformed(Error *reterr, uint64_t offset, const char *what)
{
    return error_set(
        reterr, EXIT_BUG,
        "the server's answer was damaged on its way, or it is no PostgreSQL: run again, "
        "and look at what stands between.",
        "the COPY data of the database cannot be read at byte %llu: %s", (unsigned long long)offset,
        what);
}

bool wire_too_long(Error *reterr, uint64_t offset)
{
    return error_set(reterr, EXIT_DATA, "look for an event with very many category_ids.",
                     "a row of the COPY data at byte %llu is longer than %d bytes",
                     (unsigned long long)offset, COPY_ROW_BYTES_MAX);
}

/* How many elements the array has; false: it is no array of integers. */
static bool array_count(WireField field, uint64_t offset, size_t *ret_head_bytes,
                        uint64_t *ret_count, Error *reterr)
{
    size_t size = (size_t)field.size;
    if (size < ARRAY_HEAD_BYTES) {
        return wire_malformed(reterr, offset, "an array without its head");
    }
    uint32_t dimensions = wire_uint32(field.bytes);
    size_t head_bytes = ARRAY_HEAD_BYTES + (size_t)dimensions * DIMENSION_BYTES;
    if (dimensions > ARRAY_DIMENSIONS_MAX || wire_uint32(field.bytes + 4) > 1 ||
        wire_uint32(field.bytes + 8) != INT4_OID || size < head_bytes) {
        return wire_malformed(reterr, offset, "no array of integers");
    }
    uint64_t count = dimensions == 0 ? 0 : 1;
    for (uint32_t dimension = 0; dimension < dimensions; dimension++) {
        count *= wire_uint32(field.bytes + ARRAY_HEAD_BYTES + (size_t)dimension * DIMENSION_BYTES);
        /* Each element has at least 4 bytes, so that a larger product cannot be true; nor can it
         * overflow. */
        if (count > size / 4) {
            return wire_malformed(reterr, offset, "an array with more elements than bytes");
        }
    }
    *ret_head_bytes = head_bytes;
    *ret_count = count;
    return true;
}

bool wire_integers(WireField field, uint64_t offset, WireIntegers *integers, Error *reterr)
{
    uint64_t count = 0;
    size_t head_bytes = 0;
    if (!array_count(field, offset, &head_bytes, &count, reterr)) {
        return false;
    }
    size_t used = integers->count;
    if (integers->values == NULL || used + count > integers->capacity) {
        integers->values = array_grow(integers->values, &integers->capacity, used + count,
                                      sizeof *integers->values);
    }
    const unsigned char *next = field.bytes + head_bytes;
    const unsigned char *end = field.bytes + field.size;
    for (uint64_t index = 0; index < count; index++) {
        if (end - next < 4) {
            return wire_malformed(reterr, offset, "an array that ends too early");
        }
        uint32_t element_size = wire_uint32(next);
        next += 4;
        if (element_size == UINT32_MAX) {
            continue;
        }
        if (element_size != 4 || end - next < 4) {
            return wire_malformed(reterr, offset, "an array's element that is no integer");
        }
        integers->values[used++] = (int32_t)wire_uint32(next);
        next += 4;
    }
    if (next != end) {
        return wire_malformed(reterr, offset, "an array with bytes after its last element");
    }
    integers->count = used;
    return true;
}
