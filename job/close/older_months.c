#include "close/older_months.h"

#include "base/arena.h"
#include "ledger/events_pieces.h"

#include <stdlib.h>

enum {
    MEMBERS_AT_ONCE = 4096, /* more are shared among the workers */
    /* What reading costs, in nanoseconds on the machine of tests/bench/NOTES.md. */
    COST_MEMBER = 2300,       /* of looking a member up in an index */
    COST_ROW_OF_MEMBER = 900, /* of a row found so */
    COST_ROW = 600,           /* of a row among all */
    SHARE_MOST = 3,           /* two of three parts of a table: as well read as all of it */
};

static const int64_t short_us = (int64_t)CHUNK_DAYS_MAX * 24 * 3600 * 1000000;

/* The members of a month, ascending; or those of whom nothing older than it is needed. */
typedef struct MonthMembers {
    int64_t *ids;
    size_t count;
} MonthMembers;

typedef struct OlderMonths {
    const Calendar *calendar;
    const Fold *fold;
    size_t member_count;
    size_t workers;
    size_t month_count; /* before the period */
    MonthMembers of_month[WINDOW_MONTHS_MAX];
    MonthMembers from_month[WINDOW_MONTHS_MAX]; /* listed when they are needed */
    bool from_month_listed;
    EventChunk *chunks;
    MemberChunk *members;
    size_t count;
    size_t capacity;
} OlderMonths;

static void older_months_free(OlderMonths *older)
{
    for (size_t month = 0; month < older->month_count; month++) {
        free(older->of_month[month].ids);
        free(older->from_month[month].ids);
    }
    free(older->chunks);
    free(older->members);
}

static bool is_most_of_table(const EventPiece *piece, int64_t from_us, int64_t until_us)
{
    return piece->table_us > 0 && (until_us - from_us) / 2 > piece->table_us / SHARE_MOST;
}

/* Adds a stretch of a piece, to be read as `members` says. The relation stays the piece's. */
static void add_chunk(OlderMonths *older, const EventPiece *piece, int64_t from_us,
                      int64_t until_us, MemberChunk members)
{
    if (older->chunks == NULL || older->count == older->capacity) {
        size_t capacity = older->capacity;
        older->chunks =
            array_grow(older->chunks, &capacity, older->count + 1, sizeof *older->chunks);
        older->members =
            array_grow(older->members, &older->capacity, older->count + 1, sizeof *older->members);
    }
    older->chunks[older->count] = (EventChunk){
        .from_us = from_us,
        .until_us = until_us,
        .relation = piece->relation,
        .whole = is_most_of_table(piece, from_us, until_us),
        .rows_expected = -1,
    };
    older->members[older->count++] = members;
}

/* The same for the months [first, until) of some members, shared among the workers. */
static void add_members(OlderMonths *older, const EventPiece *piece, int64_t from_us,
                        int64_t until_us, const MonthMembers *members, size_t first, size_t until)
{
    size_t parts = members->count < MEMBERS_AT_ONCE ? 1 : older->workers;
    for (size_t part = 0; part < parts; part++) {
        size_t begin = members->count * part / parts;
        size_t end = members->count * (part + 1) / parts;
        add_chunk(older, piece, from_us, until_us,
                  (MemberChunk){members->ids + begin, end - begin, first, until});
    }
}

/* Whether all events of a stretch of a piece are cheaper to read than those of some members. */
static bool all_is_cheaper(const OlderMonths *older, const EventPiece *piece, int64_t from_us,
                           int64_t until_us, size_t id_count)
{
    if (piece->rows < 0 || !(piece->finds_times || is_most_of_table(piece, from_us, until_us))) {
        return false;
    }
    double share = (double)(until_us - from_us) / (double)(piece->until_us - piece->from_us);
    double rows = (double)piece->rows * share;
    double of_member = rows / (double)older->member_count;
    return rows * COST_ROW <
           (double)id_count * (COST_MEMBER + of_member * (double)COST_ROW_OF_MEMBER);
}

/* Month by month: each member's row is asked for where it is, and no other. */
static void add_short(OlderMonths *older, const EventPiece *piece)
{
    for (size_t month = 0; month < older->month_count; month++) {
        const MonthMembers *members = &older->of_month[month];
        Period period = older->calendar->first + (Period)month;
        int64_t from_us = 0;
        int64_t until_us = 0;
        calendar_utc_bounds(older->calendar, period, period, &from_us, &until_us);
        from_us = piece->from_us > from_us ? piece->from_us : from_us;
        until_us = piece->until_us < until_us ? piece->until_us : until_us;
        if (members->count == 0 || from_us >= until_us) {
            continue;
        }
        if (all_is_cheaper(older, piece, from_us, until_us, members->count)) {
            add_chunk(older, piece, from_us, until_us, (MemberChunk){NULL, 0, month, month + 1});
        } else {
            add_members(older, piece, from_us, until_us, members, month, month + 1);
        }
    }
}

static MonthMembers list_members(const Fold *fold, size_t month, bool oldest)
{
    MonthMembers members = {0};
    members.count = fold_reopened(fold, month, oldest, &members.ids);
    return members;
}

/* A member's rows of many months lie behind one place of an index: they are asked for once, from
 * the oldest month that is needed on. */
static void add_long(OlderMonths *older, const EventPiece *piece)
{
    for (size_t month = 0; month < older->month_count; month++) {
        if (!older->from_month_listed) {
            older->from_month[month] = list_members(older->fold, month, true);
        }
        const MonthMembers *members = &older->from_month[month];
        int64_t from_us = 0;
        int64_t until_us = 0;
        Period first = older->calendar->first + (Period)month;
        calendar_utc_bounds(older->calendar, first, first, &from_us, &until_us);
        from_us = piece->from_us > from_us ? piece->from_us : from_us;
        if (members->count > 0 && from_us < piece->until_us) {
            add_members(older, piece, from_us, piece->until_us, members, month, older->month_count);
        }
    }
    older->from_month_listed = true;
}

/* The chunks newest first, as gather wants them. */
static void sort_chunks(OlderMonths *older)
{
    for (size_t i = 1; i < older->count; i++) {
        EventChunk chunk = older->chunks[i];
        MemberChunk members = older->members[i];
        size_t at = i;
        for (; at > 0 && older->chunks[at - 1].until_us < chunk.until_us; at--) {
            older->chunks[at] = older->chunks[at - 1];
            older->members[at] = older->members[at - 1];
        }
        older->chunks[at] = chunk;
        older->members[at] = members;
    }
}

static void plan(OlderMonths *older, const EventPiece *pieces, size_t piece_count)
{
    for (size_t i = 0; i < piece_count; i++) {
        if (pieces[i].until_us - pieces[i].from_us <= short_us) {
            add_short(older, &pieces[i]);
        } else {
            add_long(older, &pieces[i]);
        }
    }
    sort_chunks(older);
}

/* The oldest month that anybody needs; the count where nobody does. */
static size_t list_months(OlderMonths *older)
{
    size_t oldest = older->month_count;
    for (size_t month = older->month_count; month > 0; month--) {
        older->of_month[month - 1] = list_members(older->fold, month - 1, false);
        oldest = older->of_month[month - 1].count > 0 ? month - 1 : oldest;
    }
    return oldest;
}

static bool read_and_fold(const OlderMonths *older, const Reading *reading, const char *name,
                          size_t oldest, Fold *fold, EventStore *store, Tally *tally, Error *reterr)
{
    const GatherInput input = {
        .reading = reading,
        .name = name,
        .chunks = older->chunks,
        .chunk_count = older->count,
        .member_chunks = older->members,
        .calendar = older->calendar,
        .first_month = oldest,
        .until_month = older->month_count,
        .until_partition = reading->members.partition_count,
        .store = store,
        .fold = fold,
    };
    Tally *older_tally = memory_alloc(1, sizeof *older_tally);
    event_store_limit(store, SIZE_MAX);
    bool done = gather(&input, older_tally, reterr) == GATHER_DONE;
    tally_merge(tally, older_tally);
    free(older_tally);
    return done;
}

bool older_months_fold(const Reading *reading, const Calendar *calendar, const char *name,
                       Fold *fold, EventStore *store, Tally *tally, Error *reterr)
{
    OlderMonths older = {
        .calendar = calendar,
        .fold = fold,
        .member_count = reading->members.count,
        .workers = (size_t)reading->session->workers,
        .month_count = calendar->month_count - 1,
    };
    size_t oldest = list_months(&older);
    bool done = true;
    if (oldest < older.month_count) {
        EventPiece *pieces = NULL;
        size_t piece_count = 0;
        int64_t from_us = 0;
        int64_t until_us = 0;
        calendar_utc_bounds(calendar, calendar->first + (Period)oldest,
                            calendar->first + (Period)older.month_count - 1, &from_us, &until_us);
        done = events_pieces(reading->connection, reading->source, from_us, until_us, &pieces,
                             &piece_count, reterr);
        if (done) {
            plan(&older, pieces, piece_count);
            done = read_and_fold(&older, reading, name, oldest, fold, store, tally, reterr);
            events_pieces_free(pieces, piece_count);
        }
    }
    older_months_free(&older);
    return done;
}
