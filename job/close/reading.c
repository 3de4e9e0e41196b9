#include "close/reading.h"

#include "base/arena.h"
#include "base/sha256.h"
#include "ledger/events.h"
#include "ledger/zone.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_BYTES = 64 };

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

bool reading_check_periods(const Session *session, Period first, Period last, Error *reterr)
{
    _Static_assert(CALENDAR_YEAR_FIRST > 2000 - ZONE_YEARS_MAX &&
                       CALENDAR_YEAR_LAST < 2000 + ZONE_YEARS_MAX - 1,
                   "zone_read takes the months at both ends, and days around them");
    int32_t window_months = session->job->programme->window_months;
    return calendar_check_period(first, window_months, reterr) &&
           calendar_check_period(last, window_months, reterr);
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
    if (!connection_open(session->job->dsn, "tierclose reader", &reading->connection, reterr)) {
        return false;
    }
    watch_add(session->watch, reading->connection);
    if ((session->publishes && !connection_set_role(reading->connection, JOB_ROLE, reterr)) ||
        !snapshot_begin(reading->connection, false, &reading->snapshot, reterr) ||
        !source_open(reading->connection, programme->source_members, programme->source_events,
                     programme->source_kinds, &reading->source, reterr) ||
        !map_kinds(reading, reterr) ||
        !events_check_times(reading->connection, reading->source, reterr) ||
        !read_zone(reading, first, last, reterr)) {
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
    if (!reading_check_periods(session, first, last, reterr)) {
        return false;
    }
    reading.workers = memory_alloc((size_t)session->workers, sizeof(Connection *));
    if (!open_reading(&reading, first, last, reterr)) {
        reading_end(&reading);
        return false;
    }
    *ret_reading = reading;
    return true;
}

static void close_connection(const Session *session, Connection **connection)
{
    if (*connection != NULL) {
        watch_remove(session->watch, *connection);
        connection_close(connection);
    }
}

void reading_close_workers(const Reading *reading)
{
    for (int worker = 0; worker < reading->session->workers; worker++) {
        close_connection(reading->session, &reading->workers[worker]);
    }
}

void reading_end(Reading *reading)
{
    reading_close_workers(reading);
    free(reading->workers);
    close_connection(reading->session, &reading->connection);
    snapshot_destroy(&reading->snapshot);
    source_close(&reading->source);
    free(reading->kinds);
    free(reading->segments);
    member_table_destroy(&reading->members);
    *reading = (Reading){0};
}

static bool open_worker(const Reading *reading, Connection *connection, Error *reterr)
{
    return (!reading->session->publishes || connection_set_role(connection, JOB_ROLE, reterr)) &&
           snapshot_join(connection, &reading->snapshot, reterr);
}

bool reading_worker(const Reading *reading, size_t worker, const char *name,
                    Connection **ret_connection, Error *reterr)
{
    const Session *session = reading->session;
    Connection **connection = &reading->workers[worker];
    char full_name[NAME_BYTES];
    (void)snprintf(full_name, sizeof full_name, "%s worker %zu", name, worker + 1);
    if (*connection != NULL) {
        *ret_connection = *connection;
        return connection_rename(*connection, full_name, reterr);
    }
    if (!connection_open(session->job->dsn, full_name, connection, reterr)) {
        return false;
    }
    watch_add(session->watch, *connection);
    if (!open_worker(reading, *connection, reterr)) {
        close_connection(session, connection);
        return false;
    }
    *ret_connection = *connection;
    return true;
}

void reading_members_digest(const Reading *reading, Period period, bool everybody,
                            char hex[SHA256_HEX_BYTES])
{
    LocalDay last_day = period_last_day(period);
    Sha256 *hash = sha256_begin();
    for (size_t slot = 0; slot < reading->members.count; slot++) {
        bool stands = member_stands(&reading->members, slot, last_day);
        if (stands || everybody) {
            sha256_add(hash, &reading->members.ids[slot], sizeof reading->members.ids[slot]);
        }
        if (everybody) {
            sha256_add(hash, &stands, sizeof stands);
        }
    }
    sha256_finish(hash, hex);
}

bool reading_late_events(const Reading *reading, const ClosedPeriod *closed, Period period,
                         int64_t *ret_count, Error *reterr)
{
    const Programme *programme = reading->session->job->programme;
    if (closed->snapshot_visible == NULL ||
        !snapshot_same_server(closed->system_identifier, reading->snapshot.system_identifier)) {
        *ret_count = -1; /* another server's transaction numbers mean nothing here */
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
