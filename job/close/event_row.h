/*
 * A row of the ledger as an event of the programme: the one place where the two meet.
 */
#pragma once

#include "ledger/copy_decode.h"
#include "programme/earn.h"
#include "programme/kinds.h"

/* The categories stay the row's. */
Event event_of_row(const KindMap *kinds, const EventRow *row);
