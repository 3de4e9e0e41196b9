/*
 * A row of the ledger as an event of the programme: the one place where the two meet.
 */
#pragma once

#include "ledger/copy_decode.h"
#include "programme/earn.h"
#include "programme/kinds.h"

static inline uint8_t slot_of_row(const KindMap *kinds, const EventRow *row)
{
    return (row->present & ROW_HAS_KIND) != 0 ? kind_map_slot(kinds, row->kind) : SLOT_UNKNOWN;
}

/* The categories stay the row's. Inline: it runs once for each event there is. */
static inline Event event_of_row(const KindMap *kinds, const EventRow *row)
{
    unsigned present = ((row->present & ROW_HAS_ORDER) != 0 ? EVENT_HAS_ORDER : 0U) |
                       ((row->present & ROW_HAS_ITEM) != 0 ? EVENT_HAS_ITEM : 0U) |
                       ((row->present & ROW_HAS_POINTS) != 0 ? EVENT_HAS_POINTS : 0U);
    return (Event){
        .event_id = row->event_id,
        .occurred_at_us = row->occurred_at_us,
        .order_id = row->order_id,
        .item_cents = row->item_cents,
        .discount_cents = row->discount_cents,
        .categories = row->categories,
        .category_count = row->category_count,
        .points = row->points,
        .slot = slot_of_row(kinds, row),
        .present = (uint8_t)present,
    };
}
