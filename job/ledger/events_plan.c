#include "ledger/events_plan.h"

#include "base/arena.h"
#include "ledger/event_tables.h"
#include "ledger/query.h"

#include <stdlib.h>

static const int64_t hour_us = INT64_C(3600) * 1000000;
static const int64_t day_us = 24 * hour_us;
enum {
    PLAN_DAYS_MAX = 200 * 366,
    DAYS_IN_FLIGHT = 8, /* what is read at once: workers share a month, so one is in memory */
    PERCENT_MOST = 66,  /* so much is wanted, and reading all costs less than choosing */
    PARTS_MAX = 1024,
};

/* What can be cut into chunks of equal size: by blocks, or by time. */
typedef struct Piece {
    const char *relation;
    int64_t from_us;
    int64_t until_us;
    int64_t blocks; /* to be read, about; 0: not known */
    int64_t rows;   /* wanted, about; -1: not known */
    bool by_blocks;
    bool whole; /* most of it is wanted, so a condition on the time would cost more than it saves */
    bool copied; /* a plain COPY can read it */
} Piece;

typedef struct Plan {
    const Source *source;
    int64_t from_us;
    int64_t until_us;
    const int64_t *cuts;
    size_t cut_count;
    int workers;
    Piece *pieces;
    size_t piece_count;
    size_t piece_capacity;
    EventChunk *chunks;
    size_t count;
    size_t capacity;
} Plan;

/* share_of(10, 3, 4) is 7; a count that is not known stays so. */
static int64_t share_of(int64_t count, int64_t part, int64_t all)
{
    return count < 0 ? count : (int64_t)((double)count * ((double)part / (double)all));
}

static void add_piece(Plan *plan, Piece piece)
{
    if (plan->pieces == NULL || plan->piece_count == plan->piece_capacity) {
        plan->pieces = array_grow(plan->pieces, &plan->piece_capacity, plan->piece_count + 1,
                                  sizeof *plan->pieces);
    }
    plan->pieces[plan->piece_count++] = piece;
}

/* A part of the stretch of time that `all` is; one that is long becomes several of equal length. */
static void add_stretch(Plan *plan, const Piece *all, int64_t from_us, int64_t until_us)
{
    int64_t span_us = until_us - from_us;
    int64_t parts = 1;
    if (span_us > CHUNK_DAYS_MAX * day_us) {
        parts = (span_us + CHUNK_DAYS_SPLIT * day_us - 1) / (CHUNK_DAYS_SPLIT * day_us);
    }
    for (int64_t part = 0; part < parts; part++) {
        Piece piece = *all;
        piece.from_us = from_us + span_us / parts * part;
        piece.until_us = part + 1 == parts ? until_us : from_us + span_us / parts * (part + 1);
        int64_t part_us = piece.until_us - piece.from_us;
        piece.blocks = share_of(all->blocks, part_us, all->until_us - all->from_us);
        piece.rows = share_of(all->rows, part_us, all->until_us - all->from_us);
        add_piece(plan, piece);
    }
}

/* The same for all of it, with an end at every cut between where it is long. */
static void add_stretches(Plan *plan, const Piece *all)
{
    int64_t begin_us = all->from_us;
    bool is_long = all->until_us - all->from_us > CHUNK_DAYS_MAX * day_us;
    for (size_t index = 0; is_long && index < plan->cut_count; index++) {
        int64_t cut_us = plan->cuts[index];
        if (cut_us > begin_us && cut_us < all->until_us) {
            add_stretch(plan, all, begin_us, cut_us);
            begin_us = cut_us;
        }
    }
    add_stretch(plan, all, begin_us, all->until_us);
}

/* How many of a table's rows are wanted, of a hundred; -1: not known. */
static int64_t percent_wanted(const EventTable *table, int64_t from_us, int64_t until_us)
{
    bool has_bounds = table->from_us != INT64_MIN && table->until_us != INT64_MAX;
    if (table->percent_wanted >= 0 || !has_bounds) {
        return table->percent_wanted;
    }
    return share_of(100, until_us - from_us, table->until_us - table->from_us);
}

/* How to read what is wanted of a table; see the header. */
static void add_table(Plan *plan, const EventTable *table)
{
    int64_t from_us = table->from_us > plan->from_us ? table->from_us : plan->from_us;
    int64_t until_us = table->until_us < plan->until_us ? table->until_us : plan->until_us;
    if (from_us >= until_us) {
        return;
    }
    int64_t percent = percent_wanted(table, from_us, until_us);
    Piece piece = {
        .relation = table->direct ? table->name : plan->source->events,
        .from_us = from_us,
        .until_us = until_us,
        .blocks = table->blocks,
        .rows = percent < 0 ? -1 : share_of(table->rows, percent, 100),
        .whole = percent >= PERCENT_MOST,
        .copied = table->copied,
    };
    bool is_long = until_us - from_us > CHUNK_DAYS_MAX * day_us;
    bool finds_months = table->indexed && table->ordered;
    bool finds_a_bit = table->indexed && !is_long && !piece.whole;
    piece.by_blocks = table->direct && !(is_long && finds_months) && !finds_a_bit;
    if (piece.by_blocks) {
        add_piece(plan, piece);
        return;
    }
    piece.whole = false;
    if (!finds_months) {
        piece.blocks = 0; /* every further stretch may cost a scan of the table */
    } else if (percent >= 0) {
        piece.blocks = share_of(table->blocks, percent, 100);
    }
    add_stretches(plan, &piece);
}

/* Plans by tables; false where only the source itself can be asked. */
static bool plan_tables(Plan *plan, const EventTables *tables)
{
    bool known = tables->count > 0 || plan->source->events_partitioned;
    for (size_t index = 0; index < tables->count; index++) {
        known = known && (tables->items[index].direct || tables->items[index].apart);
    }
    for (size_t index = 0; known && index < tables->count; index++) {
        add_table(plan, &tables->items[index]);
    }
    return known;
}

static int newest_first(int64_t left_until_us, int64_t right_until_us, int64_t left_from_us,
                        int64_t right_from_us)
{
    int by_until = (left_until_us < right_until_us) - (left_until_us > right_until_us);
    return by_until != 0 ? by_until
                         : (left_from_us < right_from_us) - (left_from_us > right_from_us);
}

static int compare_pieces(const void *left, const void *right)
{
    const Piece *a = left;
    const Piece *b = right;
    return newest_first(a->until_us, b->until_us, a->from_us, b->from_us);
}

static int compare_chunks(const void *left, const void *right)
{
    const EventChunk *a = left;
    const EventChunk *b = right;
    int by_time = newest_first(a->until_us, b->until_us, a->from_us, b->from_us);
    return by_time != 0 ? by_time
                        : (a->block_from > b->block_from) - (a->block_from < b->block_from);
}

static bool is_large(const Piece *piece)
{
    return piece->blocks >= CHUNK_BLOCKS_SPLIT;
}

/*
 * In how many parts to read a piece. The last one is split so that all workers end together, and
 * what nothing else can be read beside; of the others, so many that what is in flight gives work to
 * all.
 */
static int64_t part_count(const Plan *plan, const Piece *piece, bool is_last)
{
    if (plan->workers < 2 || !is_large(piece)) {
        return 1;
    }
    int64_t span_us = piece->until_us - piece->from_us;
    int64_t in_flight_us = DAYS_IN_FLIGHT * day_us;
    int64_t parts = (span_us * plan->workers + in_flight_us - 1) / in_flight_us;
    if (is_last || span_us > CHUNK_DAYS_MAX * day_us) {
        int64_t by_size = (piece->blocks + CHUNK_BLOCKS_AT_ONCE - 1) / CHUNK_BLOCKS_AT_ONCE;
        parts = by_size > plan->workers ? by_size : plan->workers;
    }
    int64_t parts_max = piece->by_blocks ? PARTS_MAX : span_us / hour_us + 1;
    return parts < parts_max ? parts : parts_max;
}

static void add_chunk(Plan *plan, const Piece *piece, int64_t part, int64_t parts)
{
    EventChunk chunk = {
        .from_us = piece->from_us,
        .until_us = piece->until_us,
        .relation = text_printf("%s", piece->relation),
        .whole = piece->whole && (piece->copied || parts > 1),
        .rows_expected = share_of(piece->rows, 1, parts),
    };
    bool is_last = part + 1 == parts;
    if (piece->by_blocks) {
        chunk.block_from = (uint32_t)(piece->blocks * part / parts);
        chunk.block_until = is_last ? 0 : (uint32_t)(piece->blocks * (part + 1) / parts);
    } else {
        int64_t step_us = (piece->until_us - piece->from_us) / parts;
        chunk.from_us = piece->from_us + step_us * part;
        chunk.until_us = is_last ? piece->until_us : piece->from_us + step_us * (part + 1);
    }
    if (plan->chunks == NULL || plan->count == plan->capacity) {
        plan->chunks =
            array_grow(plan->chunks, &plan->capacity, plan->count + 1, sizeof *plan->chunks);
    }
    plan->chunks[plan->count++] = chunk;
}

static void split_pieces(Plan *plan)
{
    if (plan->piece_count == 0) {
        return;
    }
    qsort(plan->pieces, plan->piece_count, sizeof *plan->pieces, compare_pieces);
    size_t last_large = 0;
    for (size_t index = 0; index < plan->piece_count; index++) {
        last_large = is_large(&plan->pieces[index]) ? index : last_large;
    }
    for (size_t index = 0; index < plan->piece_count; index++) {
        const Piece *piece = &plan->pieces[index];
        int64_t parts = part_count(plan, piece, index == last_large);
        for (int64_t part = 0; part < parts; part++) {
            add_chunk(plan, piece, part, parts);
        }
    }
    qsort(plan->chunks, plan->count, sizeof *plan->chunks, compare_chunks);
}

bool events_plan(Connection *connection, const Source *source, int64_t from_us, int64_t until_us,
                 const int64_t *cuts, size_t cut_count, int workers, EventChunk **ret_chunks,
                 size_t *ret_count, Error *reterr)
{
    int64_t span_us = 0;
    if (from_us >= until_us || __builtin_sub_overflow(until_us, from_us, &span_us) ||
        span_us > PLAN_DAYS_MAX * day_us) {
        return error_set(reterr, EXIT_BUG, NULL,
                         "events asked for an empty span of time, or one of more than 200 years");
    }
    Plan plan = {.source = source,
                 .from_us = from_us,
                 .until_us = until_us,
                 .cuts = cuts,
                 .cut_count = cut_count,
                 .workers = workers};
    CLEANUP_TABLES EventTables tables = {0}; /* the pieces name their relations from here */
    if (!event_tables_find(connection, source, from_us, until_us, &tables, reterr)) {
        return error_prefix(reterr, "while looking for the tables of %s", source->events);
    }
    if (!plan_tables(&plan, &tables)) {
        const Piece all = {
            .relation = source->events, .from_us = from_us, .until_us = until_us, .rows = -1};
        add_stretches(&plan, &all);
    }
    split_pieces(&plan);
    free(plan.pieces);
    *ret_chunks = plan.chunks;
    *ret_count = plan.count;
    return true;
}

void events_plan_free(EventChunk *chunks, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        free(chunks[index].relation);
    }
    free(chunks);
}
