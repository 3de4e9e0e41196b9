/* The cursor over the fields of a row (copy_decode.h). The decoder has checked that all of them are
 * there. */
#include "ledger/copy_decode.h"
#include "ledger/copy_wire.h"

#include <assert.h>

enum { ANY_SIZE = -1 };

/* The next field with its size checked; *ret_field untouched on failure. */
static bool take_field(CopyRow *row, int32_t size, bool *ret_present, WireField *ret_field,
                       Error *reterr)
{
    if (row->fields_left <= 0) {
        return error_set(reterr, EXIT_BUG, NULL, "a row has fewer fields than were asked for");
    }
    WireField field = {row->next + 4, (int32_t)wire_uint32(row->next)};
    assert(field.size >= -1 && field.size <= COPY_ROW_BYTES_MAX);
    if (field.size == -1 && ret_present == NULL) {
        return error_set(reterr, EXIT_DATA, NULL,
                         "a column that must have a value is NULL (byte %llu of the COPY data)",
                         (unsigned long long)row->offset);
    }
    if (field.size != -1 && size != ANY_SIZE && field.size != size) {
        return wire_malformed(reterr, row->offset, "a field has another size than its type");
    }
    size_t bytes = 4 + (field.size == -1 ? 0 : (size_t)field.size);
    row->next += bytes;
    row->offset += bytes;
    row->fields_left--;
    if (ret_present != NULL) {
        *ret_present = field.size != -1;
    }
    *ret_field = field;
    return true;
}

bool copy_row_int64(CopyRow *row, bool *ret_present, int64_t *ret_value, Error *reterr)
{
    WireField field = {NULL, -1};
    if (!take_field(row, 8, ret_present, &field, reterr)) {
        return false;
    }
    *ret_value = field.size == -1 ? 0 : (int64_t)wire_uint64(field.bytes);
    return true;
}

bool copy_row_int32(CopyRow *row, bool *ret_present, int32_t *ret_value, Error *reterr)
{
    WireField field = {NULL, -1};
    if (!take_field(row, 4, ret_present, &field, reterr)) {
        return false;
    }
    *ret_value = field.size == -1 ? 0 : (int32_t)wire_uint32(field.bytes);
    return true;
}

bool copy_row_int16(CopyRow *row, bool *ret_present, int16_t *ret_value, Error *reterr)
{
    WireField field = {NULL, -1};
    if (!take_field(row, 2, ret_present, &field, reterr)) {
        return false;
    }
    *ret_value = (int16_t)(field.size == -1 ? 0 : wire_uint16(field.bytes));
    return true;
}

bool copy_row_bool(CopyRow *row, bool *ret_present, bool *ret_value, Error *reterr)
{
    WireField field = {NULL, -1};
    if (!take_field(row, 1, ret_present, &field, reterr)) {
        return false;
    }
    *ret_value = field.size != -1 && field.bytes[0] != 0;
    return true;
}

bool copy_row_date(CopyRow *row, bool *ret_present, int32_t *ret_day, Error *reterr)
{
    return copy_row_int32(row, ret_present, ret_day, reterr);
}

bool copy_row_text(CopyRow *row, bool *ret_present, const char **ret_text, size_t *ret_size,
                   Error *reterr)
{
    WireField field = {NULL, -1};
    if (!take_field(row, ANY_SIZE, ret_present, &field, reterr)) {
        return false;
    }
    *ret_text = (const char *)field.bytes;
    *ret_size = field.size == -1 ? 0 : (size_t)field.size;
    return true;
}
