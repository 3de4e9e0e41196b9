/*
 * Inside ledger/ only: one event from the bytes of its row in COPY BINARY. PURE; used by
 * copy_decode.c, which knows the stream around it.
 */
#pragma once

#include "ledger/copy_wire.h"

/*
 * Reads the row that begins at `start` with its count of fields, which has been checked, and in the
 * stream at row_offset. *row gets all but its categories, whose field is *ret_categories; *ret_next
 * is the byte after the row. Unless it returns WIRE_DONE, *row may hold anything.
 */
WireStep copy_event_decode(const unsigned char *start, const unsigned char *end,
                           uint64_t row_offset, EventRow *row, const unsigned char **ret_next,
                           WireField *ret_categories, Error *reterr);
