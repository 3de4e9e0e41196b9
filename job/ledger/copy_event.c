#include "ledger/copy_event.h"

static inline bool field_int64(WireField field, uint16_t bit, int64_t *ret_value, EventRow *row)
{
    if (field.size == 8) {
        *ret_value = (int64_t)wire_uint64(field.bytes);
        row->present |= bit;
        return true;
    }
    *ret_value = 0;
    return field.size == -1;
}

/* The fixed-size columns of an event. False: one has another size than its type. */
static inline bool fill_event(const WireField *fields, EventRow *row)
{
    row->present = 0;
    bool good = field_int64(fields[0], ROW_HAS_ID, &row->event_id, row) &&
                field_int64(fields[1], ROW_HAS_MEMBER, &row->member_id, row) &&
                field_int64(fields[3], ROW_HAS_OCCURRED_AT, &row->occurred_at_us, row) &&
                field_int64(fields[4], ROW_HAS_ORDER, &row->order_id, row) &&
                field_int64(fields[5], ROW_HAS_ITEM, &row->item_cents, row) &&
                field_int64(fields[6], ROW_HAS_DISCOUNT, &row->discount_cents, row);
    row->kind = 0;
    if (fields[2].size == 2) {
        row->kind = (int16_t)wire_uint16(fields[2].bytes);
        row->present |= ROW_HAS_KIND;
    } else {
        good = good && fields[2].size == -1;
    }
    row->points = 0;
    if (fields[8].size == 4) {
        row->points = (int32_t)wire_uint32(fields[8].bytes);
        row->present |= ROW_HAS_POINTS;
    } else {
        good = good && fields[8].size == -1;
    }
    return good;
}

/* A field that is NULL or 8 bytes, at *next with 12 bytes to be read there: without a branch, as
 * which of the two it is nobody can guess. False: of another size. */
static inline bool usual_int64(const unsigned char **next, uint16_t bit, int64_t *ret_value,
                               EventRow *row)
{
    uint32_t size = wire_uint32(*next);
    uint64_t is_there = size != UINT32_MAX;
    *ret_value = (int64_t)(wire_uint64(*next + 4) & (0 - is_there));
    row->present |= (uint16_t)(bit & (0 - (unsigned)is_there));
    *next += 4 + 8 * is_there;
    return size == 8 || size == UINT32_MAX;
}

/*
 * A row as nearly all are: its first four fields are not NULL, so they stand at known places, and
 * no field has to wait for the size of the one before. False where it is another one, or not all
 * there: then it is read field by field, which also finds out what is wrong.
 */
static inline bool usual_event(const unsigned char *start, const unsigned char *end, EventRow *row,
                               const unsigned char **ret_next, WireField *ret_categories)
{
    enum { EVENT_ID = 2, MEMBER_ID = 14, KIND = 26, OCCURRED_AT = 32, HEAD_BYTES_ALL = 44 };
    enum { REST_BYTES_MIN = 5 * 4, FIELD_BYTES = 12 };
    if (end - start < HEAD_BYTES_ALL + REST_BYTES_MIN || wire_uint32(start + EVENT_ID) != 8 ||
        wire_uint32(start + MEMBER_ID) != 8 || wire_uint32(start + KIND) != 2 ||
        wire_uint32(start + OCCURRED_AT) != 8) {
        return false;
    }
    row->event_id = (int64_t)wire_uint64(start + EVENT_ID + 4);
    row->member_id = (int64_t)wire_uint64(start + MEMBER_ID + 4);
    row->kind = (int16_t)wire_uint16(start + KIND + 4);
    row->occurred_at_us = (int64_t)wire_uint64(start + OCCURRED_AT + 4);
    row->present = ROW_HAS_ID | ROW_HAS_MEMBER | ROW_HAS_KIND | ROW_HAS_OCCURRED_AT;
    const unsigned char *next = start + HEAD_BYTES_ALL;
    /* The sizes of the fields that follow are read along with a NULL. */
    if (!usual_int64(&next, ROW_HAS_ORDER, &row->order_id, row) || end - next < FIELD_BYTES ||
        !usual_int64(&next, ROW_HAS_ITEM, &row->item_cents, row) || end - next < FIELD_BYTES ||
        !usual_int64(&next, ROW_HAS_DISCOUNT, &row->discount_cents, row) || end - next < 4) {
        return false;
    }
    WireField categories = {next + 4, (int32_t)wire_uint32(next)};
    next += 4;
    if (categories.size != -1) {
        if (categories.size < 0 || categories.size > end - next ||
            categories.size > COPY_ROW_BYTES_MAX / 2) {
            return false;
        }
        next += categories.size;
    }
    if (end - next < 4) {
        return false;
    }
    row->points = 0;
    int32_t points_size = (int32_t)wire_uint32(next);
    next += 4;
    if (points_size != -1) {
        if (points_size != 4 || end - next < 4) {
            return false;
        }
        row->points = (int32_t)wire_uint32(next);
        row->present |= ROW_HAS_POINTS;
        next += 4;
    }
    *ret_next = next;
    *ret_categories = categories;
    return true;
}

/* Any row, field by field. */
static WireStep decode_fields(const unsigned char *start, const unsigned char *end,
                              uint64_t row_offset, EventRow *row, const unsigned char **ret_next,
                              WireField *ret_categories, Error *reterr)
{
    WireField fields[EVENT_COLUMN_COUNT];
    const unsigned char *next = start + 2;
    for (size_t index = 0; index < EVENT_COLUMN_COUNT; index++) {
        WireStep step = wire_field(start, &next, end, row_offset, &fields[index], reterr);
        if (step != WIRE_DONE) {
            return step;
        }
    }
    if (!fill_event(fields, row)) {
        (void)wire_malformed(reterr, row_offset, "a field has another size than its type");
        return WIRE_FAILED;
    }
    *ret_next = next;
    *ret_categories = fields[7];
    return WIRE_DONE;
}

WireStep copy_event_decode(const unsigned char *start, const unsigned char *end,
                           uint64_t row_offset, EventRow *row, const unsigned char **ret_next,
                           WireField *ret_categories, Error *reterr)
{
    if (usual_event(start, end, row, ret_next, ret_categories)) {
        return WIRE_DONE;
    }
    return decode_fields(start, end, row_offset, row, ret_next, ret_categories, reterr);
}
