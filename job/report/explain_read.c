#include "report/explain_read.h"

#include "ledger/events.h"
#include "ledger/member.h"
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
    MemberEvent *events; /* malloc: grows */
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
    input->events = events;
    input->event_count = reading->count;
    return true;
}

static bool read_standing(const Reading *reading, int64_t member_id, Period period,
                          PublishedStanding *ret_standing, Error *reterr)
{
    char text[PERIOD_TEXT_BYTES];
    MemberStanding standing;
    if (!member_standing(reading->connection, reading->arena, member_id,
                         period_format(period, text), &standing, reterr)) {
        return false;
    }
    *ret_standing = (PublishedStanding){
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

static bool read_all(Reading *reading, int64_t member_id, LocalDay today, ExplainInput *input,
                     Error *reterr)
{
    return check_period(reading, input->period, today, &input->open, reterr) &&
           kind_map_init(reading->kinds, reading->programme, reading->source->kind_numbers,
                         reading->source->kind_names, reading->source->kind_count, reterr) &&
           read_member(reading, member_id, input, reterr) &&
           read_calendar(reading, input->period, &input->calendar, reterr) &&
           read_events(reading, input->calendar, member_id, input, reterr) &&
           read_standing(reading, member_id, input->period, &input->published, reterr) &&
           read_standing(reading, member_id, input->period - 1, &input->before, reterr);
}

bool explain_read(Arena *arena, Connection *connection, const Programme *programme,
                  int64_t member_id, Period period, bool has_today, LocalDay today,
                  ExplainInput *ret_input, Error *reterr)
{
    CLEANUP_SOURCE Source *source = NULL;
    /* One snapshot, so that the events and the published standing are of one moment. */
    if (!connection_execute(connection, "begin isolation level repeatable read, read only",
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
    ExplainInput input = {.programme = programme, .period = period};
    bool good = today_read(connection, programme, has_today, today, &today, reterr) &&
                read_all(&reading, member_id, today, &input, reterr);
    free(reading.events);
    if (good) {
        *ret_input = input;
    }
    return good;
}
