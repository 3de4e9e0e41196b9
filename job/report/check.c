#include "report/check.h"

#include "base/format.h"
#include "ledger/events.h"
#include "ledger/rights.h"
#include "ledger/runs.h"
#include "ledger/snapshot.h"
#include "ledger/source.h"
#include "ledger/zone.h"
#include "programme/calendar.h"
#include "programme/kinds.h"
#include "report/today.h"

#include <stdlib.h>

enum { LABEL_WIDTH = 14, SENTENCE_BYTES = 512 };

static void print_fact(FILE *out, const char *label, const char *text)
{
    (void)fprintf(out, "  %-*s", LABEL_WIDTH, label);
    format_paragraph(out, text, 2 + LABEL_WIDTH, 2 + LABEL_WIDTH);
}

static bool check_server(FILE *out, Connection *connection, Error *reterr)
{
    Snapshot snapshot;
    char text[SENTENCE_BYTES];
    int version = connection_server_version(connection);
    /* As a run does: it must be a primary and export its snapshot. */
    if (!snapshot_begin(connection, true, &snapshot, reterr)) {
        return false;
    }
    snapshot_destroy(&snapshot);
    (void)snprintf(text, sizeof text, "PostgreSQL %d.%d, can be written to", version / 10000,
                   version % 10000);
    print_fact(out, "server", text);
    return true;
}

static bool check_role(FILE *out, Connection *connection, Error *reterr)
{
    if (!rights_check_deployed(connection, reterr) ||
        !connection_set_role(connection, JOB_ROLE, reterr) ||
        !rights_check_role(connection, reterr)) {
        return false;
    }
    print_fact(out, "schema", "tierclose is deployed");
    print_fact(out, "role", "the user may act as " JOB_ROLE ", which has its rights");
    return true;
}

static bool check_zone(FILE *out, Connection *connection, const Programme *programme, Error *reterr)
{
    LocalDay today = 0;
    ZoneOffset *offsets = NULL;
    size_t count = 0;
    int64_t from_us = 0;
    int64_t until_us = 0;
    char text[SENTENCE_BYTES];
    char day[DAY_TEXT_BYTES];
    if (!today_read(connection, programme, false, 0, &today, reterr)) {
        return false;
    }
    Period period = period_of_day(today);
    calendar_needs(window_first(period, programme->window_months), period, &from_us, &until_us);
    if (!zone_read(connection, programme->timezone, from_us, until_us, &offsets, &count, reterr)) {
        return reterr->code == EXIT_CONFIG
                   ? programme_error_at(programme, programme->timezone_place, reterr)
                   : false;
    }
    free(offsets);
    (void)snprintf(text, sizeof text, "%.100s is known; it is %s there", programme->timezone,
                   day_format(today, day));
    print_fact(out, "time zone", text);
    return true;
}

/* How what is recorded late is told from the rest; it decides what a nightly close has to read. */
static const char *late_text(LateMethod method, bool settle, char text[SENTENCE_BYTES])
{
    switch (method) {
    case LATE_EXACT:
        return "found exactly, by recorded_xid";
    case LATE_BY_TIME:
        (void)snprintf(
            text, SENTENCE_BYTES,
            "found by recorded_at with a margin of %d hours: what was recorded within it "
            "is computed again, and a transaction that stays open for longer is missed. "
            "A column recorded_xid xid8 default pg_current_xact_id() makes it exact",
            (int)LATE_MARGIN_HOURS);
        return text;
    default:
        (void)snprintf(text, SENTENCE_BYTES,
                       "cannot be told from the others: the events have neither recorded_xid nor "
                       "recorded_at. %s. A column recorded_xid xid8 default "
                       "pg_current_xact_id() makes it exact",
                       settle ? "So until the day before a month takes effect every nightly close "
                                "computes it in full, which takes them in; after that only "
                                "restate and backfill do"
                              : "With settle: false no nightly close looks for them; restate and "
                                "backfill take them in");
        return text;
    }
}

static bool check_text(FILE *out, Connection *connection, const Programme *programme, Error *reterr)
{
    char encoding[ENCODING_NAME_BYTES];
    char text[SENTENCE_BYTES];
    if (!runs_check_text(connection, programme->file, programme->text, encoding, reterr)) {
        return false;
    }
    (void)snprintf(text, sizeof text, "%s, which has the letters of the programme file", encoding);
    print_fact(out, "encoding", text);
    return true;
}

static bool check_source(FILE *out, Arena *arena, Connection *connection,
                         const Programme *programme, Error *reterr)
{
    CLEANUP_SOURCE Source *source = NULL;
    char text[SENTENCE_BYTES];
    if (!source_open(connection, programme->source_members, programme->source_events,
                     programme->source_kinds, &source, reterr)) {
        return false;
    }
    if (!events_check_times(connection, source, reterr)) {
        return false;
    }
    print_fact(out, "members", source->members);
    (void)snprintf(text, sizeof text, "%.200s, %s", source->events,
                   source->events_partitioned ? "partitioned" : "in one piece");
    print_fact(out, "events", text);
    KindMap *kinds = arena_alloc(arena, 1, sizeof *kinds);
    if (!kind_map_init(kinds, programme, source->kind_numbers, source->kind_names,
                       source->kind_count, reterr)) {
        return false;
    }
    (void)snprintf(text, sizeof text, "%.200s, %zu kinds, all that the programme names among them",
                   source->kinds, source->kind_count);
    print_fact(out, "kinds", text);
    print_fact(out, "late events", late_text(source->late_method, programme->settle, text));
    return true;
}

bool check_database(FILE *out, Arena *arena, Connection *connection, const Programme *programme,
                    Error *reterr)
{
    (void)fputs("\nDatabase\n", out);
    return check_server(out, connection, reterr) && check_role(out, connection, reterr) &&
           check_zone(out, connection, programme, reterr) &&
           check_text(out, connection, programme, reterr) &&
           check_source(out, arena, connection, programme, reterr);
}
