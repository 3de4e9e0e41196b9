#include "close/reading.h"

#include "base/arena.h"
#include "base/sha256.h"
#include "close/gather.h"
#include "ledger/zone.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 48 };

static bool add_members(void *context, const MemberRow *rows, size_t count, Error *reterr)
{
    Reading *reading = context;
    for (size_t i = 0; i < count; i++) {
        const MemberRow *row = &rows[i];
        if ((row->present & MEMBER_HAS_ID) == 0) {
            return error_set(reterr, EXIT_DATA, "give every member an id.",
                             "a row of the members' table has no member_id");
        }
        if ((row->present & MEMBER_HAS_REGISTERED) == 0) {
            return error_set(reterr, EXIT_DATA, "give every member the day of registration.",
                             "member %" PRId64 " has no registered_on", row->member_id);
        }
        member_table_add(&reading->members, row->member_id, row->registered_on,
                         (row->present & MEMBER_HAS_CLOSED) != 0 ? row->closed_on : NEVER_CLOSED);
    }
    progress_add(reading->session->job->progress, (int64_t)count);
    return true;
}

static bool map_kinds(Reading *reading, Error *reterr)
{
    const Source *source = reading->source;
    reading->kinds = memory_alloc(1, sizeof *reading->kinds);
    return kind_map_init(reading->kinds, reading->session->job->programme, source->kind_numbers,
                         source->kind_names, source->kind_count, reterr);
}

static bool read_zone(Reading *reading, Period first, Period last, Error *reterr)
{
    const Programme *programme = reading->session->job->programme;
    int64_t from_us = 0;
    int64_t until_us = 0;
    calendar_needs(window_first(first, programme->window_months), last, &from_us, &until_us);
    ZoneOffset *offsets = NULL;
    size_t count = 0;
    if (!zone_read(reading->connection, programme->timezone, from_us, until_us, &offsets, &count,
                   reterr)) {
        return reterr->code == EXIT_CONFIG &&
               programme_error_at(programme, programme->timezone_place, reterr);
    }
    reading->segments = memory_alloc(count, sizeof *reading->segments);
    reading->segment_count = count;
    for (size_t i = 0; i < count; i++) {
        reading->segments[i] = (ZoneSegment){offsets[i].utc_from_us, offsets[i].offset_us};
    }
    free(offsets);
    return true;
}

static bool open_reading(Reading *reading, Period first, Period last, Error *reterr)
{
    Session *session = reading->session;
    const Programme *programme = session->job->programme;
    if (!connection_open(session->job->dsn, "tierclose reader", &reading->connection, reterr) ||
        (session->publishes && !connection_set_role(reading->connection, JOB_ROLE, reterr)) ||
        !snapshot_begin(reading->connection, false, &reading->snapshot, reterr) ||
        !source_open(reading->connection, programme->source_members, programme->source_events,
                     programme->source_kinds, &reading->source, reterr) ||
        !map_kinds(reading, reterr) || !read_zone(reading, first, last, reterr)) {
        return false;
    }
    progress_begin(session->job->progress, "read members", "members", 0);
    if (!source_read_members(reading->connection, reading->source, NULL, add_members, reading,
                             reterr)) {
        return false;
    }
    progress_end(session->job->progress);
    return member_table_finish(&reading->members, reterr);
}

bool reading_begin(Session *session, Period first, Period last, Reading *ret_reading, Error *reterr)
{
    Reading reading = {.session = session};
    if (!open_reading(&reading, first, last, reterr)) {
        reading_end(&reading);
        return false;
    }
    *ret_reading = reading;
    return true;
}

void reading_end(Reading *reading)
{
    connection_close(&reading->connection);
    snapshot_destroy(&reading->snapshot);
    source_close(&reading->source);
    free(reading->kinds);
    free(reading->segments);
    member_table_destroy(&reading->members);
    *reading = (Reading){0};
}

/* Plans the chunks, reads and folds them; *ret_fold holds the points by slot. */
static bool read_and_fold(Reading *reading, const Calendar *calendar, Period period, int64_t run_id,
                          Fold *fold, EventStore *store, Tally *tally, Error *reterr)
{
    Session *session = reading->session;
    int64_t from_us = 0;
    int64_t until_us = 0;
    int64_t cuts[WINDOW_MONTHS_MAX];
    calendar_utc_bounds(calendar, calendar->first, period, &from_us, &until_us);
    for (size_t i = 0; i < calendar->month_count; i++) {
        int64_t month_until_us = 0;
        Period month = calendar->first + (Period)i;
        calendar_utc_bounds(calendar, month, month, &cuts[i], &month_until_us);
    }
    EventChunk *chunks = NULL;
    size_t chunk_count = 0;
    if (!events_plan(reading->connection, reading->source, from_us, until_us, cuts,
                     calendar->month_count, &chunks, &chunk_count, reterr)) {
        return false;
    }
    int64_t expected = 0;
    for (size_t i = 0; i < chunk_count; i++) {
        expected += chunks[i].rows_expected > 0 ? chunks[i].rows_expected : 0;
    }
    char period_text[PERIOD_TEXT_BYTES];
    char name[NAME_BYTES];
    char phase[NAME_BYTES];
    (void)snprintf(name, sizeof name, "tierclose run %" PRId64, run_id);
    (void)snprintf(phase, sizeof phase, "%s: read and fold events",
                   period_format(period, period_text));
    progress_begin(session->job->progress, phase, "events", expected);
    const GatherInput input = {
        .dsn = session->job->dsn,
        .name = name,
        .role = session->publishes ? JOB_ROLE : NULL,
        .snapshot = &reading->snapshot,
        .chunks = chunks,
        .chunk_count = chunk_count,
        .kinds = reading->kinds,
        .calendar = calendar,
        .members = &reading->members,
        .store = store,
        .fold = fold,
        .workers = session->workers,
        .progress = session->job->progress,
        .stop_signal = session->job->stop_signal,
    };
    bool done = gather(&input, tally, reterr);
    if (done) {
        progress_end(session->job->progress);
    }
    events_plan_free(chunks, chunk_count);
    return done;
}

bool reading_compute(Reading *reading, Period period, int64_t run_id, const LevelsBefore *before,
                     PeriodResult *ret_result, Error *reterr)
{
    const Programme *programme = reading->session->job->programme;
    char text[PERIOD_TEXT_BYTES];
    PeriodResult result = {.period = period, .rules = rules_in_force(programme, period)};
    if (result.rules == NULL) {
        return error_set(reterr, EXIT_CONFIG, "let the first entry under rules begin earlier.",
                         "%s: no rules are in force in %s", programme->file,
                         period_format(period, text));
    }
    Calendar calendar;
    calendar_init(&calendar, reading->segments, reading->segment_count,
                  window_first(period, programme->window_months), period);
    EventStore *store = event_store_create((size_t)reading->session->workers, calendar.month_count,
                                           reading->members.partition_count);
    Fold *fold = fold_create(programme, &calendar, &reading->members, store);
    result.tally = memory_alloc(1, sizeof *result.tally);
    bool done =
        read_and_fold(reading, &calendar, period, run_id, fold, store, result.tally, reterr);
    if (done) {
        result_standings(&result, &reading->members, fold);
        result_changes(&result, before);
        *ret_result = result;
    } else {
        result_destroy(&result);
    }
    fold_destroy(fold);
    event_store_destroy(store);
    return done;
}

void reading_members_digest(const Reading *reading, Period period, char hex[SHA256_HEX_BYTES])
{
    LocalDay last_day = period_last_day(period);
    Sha256 *hash = sha256_begin();
    for (size_t slot = 0; slot < reading->members.count; slot++) {
        if (member_stands(&reading->members, slot, last_day)) {
            sha256_add(hash, &reading->members.ids[slot], sizeof reading->members.ids[slot]);
        }
    }
    sha256_finish(hash, hex);
}

bool reading_late_events(const Reading *reading, const ClosedPeriod *closed, Period period,
                         int64_t *ret_count, Error *reterr)
{
    const Programme *programme = reading->session->job->programme;
    if (closed->snapshot_visible == NULL ||
        strcmp(closed->system_identifier, reading->snapshot.system_identifier) != 0) {
        *ret_count = -1; /* another server: its transaction numbers mean nothing here */
        return true;
    }
    Calendar calendar;
    calendar_init(&calendar, reading->segments, reading->segment_count,
                  window_first(period, programme->window_months), period);
    int64_t from_us = 0;
    int64_t until_us = 0;
    calendar_utc_bounds(&calendar, calendar.first, period, &from_us, &until_us);
    return events_late(reading->connection, reading->source, closed->snapshot_visible,
                       closed->snapshot_taken_at_us, from_us, until_us, ret_count, reterr);
}
