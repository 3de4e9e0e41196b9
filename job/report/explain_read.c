#include "report/explain_read.h"

#include "ledger/events.h"
#include "ledger/member.h"
#include "ledger/snapshot.h"
#include "ledger/source.h"
#include "ledger/zone.h"
#include "programme/kinds.h"
#include "report/today.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Reading {
    Arena *arena;
    Connection *connection;
    const Programme *programme;
    const Source *source;
    KindMap *kinds;
    char system_identifier[SYSTEM_IDENTIFIER_BYTES];
    MemberEvent *events; /* malloc: grows */
    MemberEvent *kept;   /* in the arena: the input's */
    size_t count;
    size_t capacity;
} Reading;

/* The zone's offsets over the window, as a calendar in the arena. */
static bool read_calendar(const Reading *reading, Period period, const Calendar **ret_calendar,
                          Error *reterr)
{
    const Programme *programme = reading->programme;
    Period first = window_first(period, programme->window_months);
    int64_t from_us = 0;
    int64_t until_us = 0;
    calendar_needs(first, period, &from_us, &until_us);
    ZoneOffset *offsets = NULL;
    size_t count = 0;
    if (!zone_read(reading->connection, programme->timezone, from_us, until_us, &offsets, &count,
                   reterr)) {
        return reterr->code == EXIT_CONFIG
                   ? programme_error_at(programme, programme->timezone_place, reterr)
                   : false;
    }
    ZoneSegment *segments = arena_alloc(reading->arena, count, sizeof *segments);
    for (size_t i = 0; i < count; i++) {
        segments[i] = (ZoneSegment){offsets[i].utc_from_us, offsets[i].offset_us};
    }
    free(offsets);
    Calendar *calendar = arena_alloc(reading->arena, 1, sizeof *calendar);
    calendar_init(calendar, segments, count, first, period);
    *ret_calendar = calendar;
    return true;
}

/* A kind's name, for people also where the table has none. */
static const char *kind_name(const Reading *reading, const EventRow *row)
{
    if ((row->present & ROW_HAS_KIND) == 0) {
        return "(no kind)";
    }
    for (size_t i = 0; i < reading->source->kind_count; i++) {
        if (reading->source->kind_numbers[i] == row->kind) {
            return arena_strdup(reading->arena, reading->source->kind_names[i]);
        }
    }
    return arena_printf(reading->arena, "%d", (int)row->kind);
}

static bool keep_events(void *context, const EventRow *rows, size_t count, Error *reterr)
{
    Reading *reading = context;
    for (size_t i = 0; i < count; i++) {
        const EventRow *row = &rows[i];
        if (!events_check_id(row, reterr)) {
            return false;
        }
        int32_t *categories = NULL;
        if (row->category_count > 0) {
            categories = arena_alloc(reading->arena, row->category_count, sizeof *categories);
            memcpy(categories, row->categories, row->category_count * sizeof *categories);
        }
        reading->events = array_grow(reading->events, &reading->capacity, reading->count + 1,
                                     sizeof *reading->events);
        reading->events[reading->count++] = (MemberEvent){
            .event_id = row->event_id,
            .occurred_at_us = row->occurred_at_us,
            .order_id = row->order_id,
            .item_cents = row->item_cents,
            .discount_cents = row->discount_cents,
            .categories = categories,
            .category_count = row->category_count,
            .points = row->points,
            .kind = kind_name(reading, row),
            .slot = (row->present & ROW_HAS_KIND) != 0 ? kind_map_slot(reading->kinds, row->kind)
                                                       : (uint8_t)SLOT_UNKNOWN,
            .has_order = (row->present & ROW_HAS_ORDER) != 0,
            .has_item = (row->present & ROW_HAS_ITEM) != 0,
            .has_points = (row->present & ROW_HAS_POINTS) != 0,
        };
    }
    return true;
}

static bool read_events(Reading *reading, const Calendar *calendar, int64_t member_id,
                        ExplainInput *input, Error *reterr)
{
    int64_t from_us = 0;
    int64_t until_us = 0;
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): read_calendar has made it */
    calendar_utc_bounds(calendar, calendar->first, input->period, &from_us, &until_us);
    if (!events_read_member(reading->connection, reading->source, member_id, from_us, until_us,
                            keep_events, reading, reterr)) {
        return false;
    }
    MemberEvent *events = arena_alloc(reading->arena, reading->count, sizeof *events);
    if (reading->count > 0) {
        memcpy(events, reading->events, reading->count * sizeof *events);
    }
    reading->kept = events;
    input->events = events;
    input->event_count = reading->count;
    return true;
}

/* Which of the events the run that last computed the period could not see. */
static bool read_late(const Reading *reading, const char *period, ExplainInput *input,
                      Error *reterr)
{
    PeriodChecked checked;
    if (!member_period_checked(reading->connection, reading->arena, period, &checked, reterr)) {
        return false;
    }
    input->other_rules = strcmp(checked.config_sha256, reading->programme->sha256) != 0;
    input->late_known = reading->source->late_method != LATE_UNKNOWN &&
                        checked.snapshot_visible != NULL &&
                        snapshot_same_server(checked.system_identifier, reading->system_identifier);
    if (!input->late_known) {
        return true;
    }
    int64_t from_us = 0;
    int64_t until_us = 0;
    calendar_utc_bounds(input->calendar, input->calendar->first, input->period, &from_us,
                        &until_us);
    EventKey *late = NULL;
    size_t late_count = 0;
    if (!events_late_of_member(reading->connection, reading->source, input->member_id,
                               checked.snapshot_visible, checked.snapshot_taken_at_us, from_us,
                               until_us, &late, &late_count, reterr)) {
        return false;
    }
    /* Both in the same order. */
    size_t next = 0;
    for (size_t i = 0; i < input->event_count && next < late_count; i++) {
        MemberEvent *event = &reading->kept[i];
        if (event->event_id == late[next].event_id &&
            event->occurred_at_us == late[next].occurred_at_us) {
            event->is_late = true;
            next++;
        }
    }
    free(late);
    return true;
}

/* How the member's standing in a closed period came about, and what has come since. */
static bool read_history(const Reading *reading, ExplainInput *input, Error *reterr)
{
    const PublishedStanding *published = &input->published;
    MemberStanding standing = {true, published->present, published->run_id, published->points,
                               published->level};
    char period[PERIOD_TEXT_BYTES];
    MemberPublication *rows = NULL;
    size_t count = 0;
    (void)period_format(input->period, period);
    if (!member_publications(reading->connection, reading->arena, input->member_id, period,
                             &standing, &rows, &count, reterr)) {
        return false;
    }
    Publication *publications = arena_alloc(reading->arena, count + 1, sizeof *publications);
    for (size_t i = 0; i < count; i++) {
        publications[i] = (Publication){
            .run_id = rows[i].run_id,
            .action = rows[i].action,
            .day = rows[i].acted_on,
            .present = rows[i].present,
            .points = rows[i].points,
            .level = rows[i].level,
        };
    }
    input->publications = publications;
    input->publication_count = count;
    return read_late(reading, period, input, reterr);
}

static bool read_standing(const Reading *reading, int64_t member_id, Period period,
                          PublishedStanding *ret_published, Error *reterr)
{
    char text[PERIOD_TEXT_BYTES];
    MemberStanding standing;
    if (!member_standing(reading->connection, reading->arena, member_id,
                         period_format(period, text), &standing, reterr)) {
        return false;
    }
    *ret_published = (PublishedStanding){
        .closed = standing.closed,
        .present = standing.present,
        .run_id = standing.run_id,
        .points = standing.points,
        .level = standing.level,
    };
    return true;
}

static bool read_member(const Reading *reading, int64_t member_id, ExplainInput *input,
                        Error *reterr)
{
    MemberRow member;
    if (!member_find(reading->connection, reading->source, member_id, &member, reterr)) {
        return false;
    }
    input->member_id = member_id;
    /* A view may give a NULL: never registered, never closed. */
    input->registered_on =
        (member.present & MEMBER_HAS_REGISTERED) != 0 ? member.registered_on : INT32_MAX;
    input->closed_on = (member.present & MEMBER_HAS_CLOSED) != 0 ? member.closed_on : INT32_MAX;
    return true;
}

/* A month that has not begun has nothing to explain. */
static bool check_period(const Reading *reading, Period period, LocalDay today, bool *ret_open,
                         Error *reterr)
{
    char text[PERIOD_TEXT_BYTES];
    (void)period_format(period, text);
    if (!calendar_check_period(period, reading->programme->window_months, reterr)) {
        return false;
    }
    if (period > period_of_day(today)) {
        char day[DAY_TEXT_BYTES];
        char hint[ERROR_HINT_BYTES];
        (void)snprintf(hint, sizeof hint, "today is %s in %.100s.", day_format(today, day),
                       reading->programme->timezone);
        return error_set(reterr, EXIT_DATA, hint, "period %s has not begun", text);
    }
    *ret_open = period == period_of_day(today);
    return true;
}

static bool read_all(Reading *reading, int64_t member_id, ExplainInput *input, Error *reterr)
{
    return check_period(reading, input->period, input->today, &input->open, reterr) &&
           kind_map_init(reading->kinds, reading->programme, reading->source->kind_numbers,
                         reading->source->kind_names, reading->source->kind_count, reterr) &&
           read_member(reading, member_id, input, reterr) &&
           read_calendar(reading, input->period, &input->calendar, reterr) &&
           read_events(reading, input->calendar, member_id, input, reterr) &&
           read_standing(reading, member_id, input->period, &input->published, reterr) &&
           read_standing(reading, member_id, input->period - 1, &input->before, reterr) &&
           (!input->published.closed || read_history(reading, input, reterr));
}

bool explain_read(Arena *arena, Connection *connection, const Programme *programme,
                  int64_t member_id, Period period, bool has_today, LocalDay today,
                  ExplainInput *ret_input, Error *reterr)
{
    CLEANUP_SOURCE Source *source = NULL;
    char system_identifier[SYSTEM_IDENTIFIER_BYTES];
    /* One snapshot, so that the events and the published standing are of one moment. */
    if (!snapshot_identity(connection, system_identifier, reterr) ||
        !connection_execute(connection, "begin isolation level repeatable read, read only",
                            reterr) ||
        !source_open(connection, programme->source_members, programme->source_events,
                     programme->source_kinds, &source, reterr)) {
        return false;
    }
    Reading reading = {
        .arena = arena,
        .connection = connection,
        .programme = programme,
        .source = source,
        .kinds = arena_alloc(arena, 1, sizeof *reading.kinds),
    };
    memcpy(reading.system_identifier, system_identifier, sizeof reading.system_identifier);
    ExplainInput input = {.programme = programme, .period = period};
    bool good = today_read(connection, programme, has_today, today, &input.today, reterr) &&
                read_all(&reading, member_id, &input, reterr);
    free(reading.events);
    if (good) {
        *ret_input = input;
    }
    return good;
}
