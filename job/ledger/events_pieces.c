#include "ledger/events_pieces.h"

#include "base/arena.h"
#include "ledger/event_tables.h"
#include "ledger/query.h"

#include <stdlib.h>

/* The table's part of the span; its rows are counted only where its own span is known. */
static bool piece_of_table(const Source *source, const EventTable *table, int64_t from_us,
                           int64_t until_us, EventPiece *ret_piece)
{
    bool has_bounds = table->from_us != INT64_MIN && table->until_us != INT64_MAX;
    EventPiece piece = {
        .from_us = table->from_us > from_us ? table->from_us : from_us,
        .until_us = table->until_us < until_us ? table->until_us : until_us,
        .rows = -1,
        .finds_times = table->indexed,
    };
    if (piece.from_us >= piece.until_us) {
        return false;
    }
    if (has_bounds) {
        int64_t table_us = table->until_us - table->from_us;
        double share = (double)(piece.until_us - piece.from_us) / (double)table_us;
        piece.table_us = table->direct ? table_us : 0;
        piece.rows = (int64_t)((double)table->rows * share);
    }
    piece.relation = text_printf("%s", table->direct ? table->name : source->events);
    *ret_piece = piece;
    return true;
}

bool events_pieces(Connection *connection, const Source *source, int64_t from_us, int64_t until_us,
                   EventPiece **ret_pieces, size_t *ret_count, Error *reterr)
{
    CLEANUP_TABLES EventTables tables = {0};
    if (!event_tables_find(connection, source, from_us, until_us, &tables, reterr)) {
        return error_prefix(reterr, "while looking for the tables of %s", source->events);
    }
    EventPiece *pieces = memory_alloc(tables.count + 1, sizeof *pieces);
    size_t count = 0;
    bool known = tables.count > 0 || source->events_partitioned;
    for (size_t i = 0; i < tables.count; i++) {
        known = known && (tables.items[i].direct || tables.items[i].apart);
    }
    for (size_t i = 0; known && i < tables.count; i++) {
        count += piece_of_table(source, &tables.items[i], from_us, until_us, &pieces[count]);
    }
    if (!known) {
        pieces[count++] =
            (EventPiece){text_printf("%s", source->events), from_us, until_us, 0, -1, false};
    }
    *ret_pieces = pieces;
    *ret_count = count;
    return true;
}

void events_pieces_free(EventPiece *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(pieces[i].relation);
    }
    free(pieces);
}
