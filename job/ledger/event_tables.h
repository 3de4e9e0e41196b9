/*
 * Inside ledger/ only: the tables in which the events of a source lie, as the catalogs describe
 * them.
 *
 * Bounds of time come from the definition of partitions and can be relied on. All else (blocks,
 * rows, indexes, order, share) says what is cheap, never what is there: it may be old or missing.
 */
#pragma once

#include "base/error.h"
#include "ledger/connection.h"
#include "ledger/source.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A table without partitions: the source itself, or a partition at any depth. */
typedef struct EventTable {
    const char *name; /* quoted */
    int64_t from_us;  /* no row lies outside [from_us, until_us); INT64_MIN, INT64_MAX: no bound */
    int64_t until_us;
    int64_t blocks;         /* of its heap; 0 where rows have no blocks to ask for */
    int64_t rows;           /* about */
    int64_t percent_wanted; /* about how many of its rows lie in the span asked for; -1: unknown */
    bool apart;             /* all rows of its span are here and in no other table */
    bool direct;  /* may be read by its own name, and gives the same rows as through the source */
    bool copied;  /* a plain COPY can read it */
    bool indexed; /* an index finds a stretch of time */
    bool ordered; /* and finds it in blocks that lie together; looked up for long spans only */
} EventTable;

typedef struct EventTables {
    EventTable *items;
    size_t count;
    PGresult *result; /* holds the names */
} EventTables;

/*
 * The tables that can hold events of [from_us, until_us), in no order; none where the source is no
 * table (a view, a foreign table) or hands down to inheriting tables. Free with event_tables_free.
 */
MUST_CHECK bool event_tables_find(Connection *connection, const Source *source, int64_t from_us,
                                  int64_t until_us, EventTables *ret_tables, Error *reterr);
void event_tables_free(EventTables *tables);
#define CLEANUP_TABLES __attribute__((cleanup(event_tables_free)))
