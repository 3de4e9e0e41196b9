#include "explained.h"

#include "config/load.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

static const char default_yaml[] =
    "program: test\n"
    "timezone: Etc/GMT+8\n"
    "currency: USD\n"
    "rules:\n"
    "  - from: 2024-01\n"
    "    levels:\n"
    "      - {name: Silver, min_points: 0}\n"
    "      - {name: Gold, min_points: 101}\n"
    "      - {name: Platinum, min_points: 501}\n"
    "    earning:\n"
    "      purchase: {points_per_unit: 1, min_amount: 2.00, max_per_order: 500,\n"
    "                 category_bonus: {points: 1, max_per_day: 3}}\n"
    "      review: {points: 1, min_amount: 2.00}\n"
    "      visit: {points: 1, once_per: day}\n"
    "      post: {points: 4}\n"
    "      bonus: {points: recorded}\n"
    "    caps:\n"
    "      - {kinds: [post], per: month, max_points: 6}\n"
    "    campaigns:\n"
    "      - {name: \"11.11\", from: 2025-11-11, until: 2025-11-12, kinds: [purchase, bonus],\n"
    "         multiply: 1.5}\n";

static const ZoneSegment segments[] = {{INT64_MIN / 2, INT64_C(-8) * 3600 * 1000000}};

Explained *explained_create(const char *yaml, Period period)
{
    Explained *explained = memory_alloc(1, sizeof *explained);
    const char *text = yaml == NULL ? default_yaml : yaml;
    Error error = {0};
    cr_assert(config_load_text(&explained->arena, "test.yaml", text, strlen(text),
                               &explained->programme, &error),
              "%s (%s)", error.message, error.hint);
    calendar_init(&explained->calendar, segments, 1,
                  window_first(period, explained->programme->window_months), period);
    explained->input = (ExplainInput){
        .programme = explained->programme,
        .calendar = &explained->calendar,
        .period = period,
        .member_id = 7,
        .registered_on = day_from_date((Date){2020, 1, 1}),
        .closed_on = INT32_MAX,
        .events = explained->events,
    };
    return explained;
}

void explained_destroy(Explained *explained)
{
    arena_destroy(&explained->arena);
    free(explained);
}

int64_t at(int32_t year, int32_t month, int32_t day, int32_t hour)
{
    return day_from_date((Date){year, month, day}) * US_PER_DAY +
           (hour + 8) * INT64_C(3600) * 1000000;
}

MemberEvent *explained_event(Explained *explained, const char *kind, int64_t event_id,
                             int64_t occurred_at_us)
{
    const Programme *programme = explained->programme;
    cr_assert_lt(explained->input.event_count, EXPLAINED_EVENTS_MAX);
    MemberEvent *event = &explained->events[explained->input.event_count++];
    *event = (MemberEvent){
        .event_id = event_id, .occurred_at_us = occurred_at_us, .kind = kind, .slot = SLOT_UNKNOWN};
    for (size_t slot = 0; slot < programme->kind_count; slot++) {
        if (strcmp(programme->kinds[slot], kind) == 0) {
            event->slot = (uint8_t)slot;
        }
    }
    return event;
}

MemberEvent *explained_purchase(Explained *explained, int64_t event_id, int64_t occurred_at_us,
                                int64_t order_id, int64_t item_cents)
{
    MemberEvent *event = explained_event(explained, "purchase", event_id, occurred_at_us);
    event->order_id = order_id;
    event->item_cents = item_cents;
    event->has_order = true;
    event->has_item = true;
    return event;
}

static void check_sums(const Explanation *explanation)
{
    int64_t sum = 0;
    size_t lines = 0;
    for (size_t m = 0; m < explanation->month_count; m++) {
        const ExplainMonth *month = &explanation->months[m];
        int64_t points = 0;
        cr_expect_eq(month->first, lines);
        for (size_t i = month->first; i < month->first + month->count; i++) {
            points += explanation->lines[i].points;
            cr_expect_eq(period_of_day(explanation->lines[i].day), month->month);
            cr_expect_not_null(explanation->lines[i].why);
            cr_expect_not_null(explanation->lines[i].fate);
        }
        cr_expect_eq(points, month->points, "month %zu", m);
        lines += month->count;
        sum += month->points;
    }
    cr_expect_eq(lines, explanation->line_count);
    cr_expect_eq(sum, explanation->points);
}

void explained_build(Explained *explained)
{
    Error error = {0};
    cr_assert(explain_build(&explained->arena, &explained->input, &explained->explanation, &error),
              "%s", error.message);
    check_sums(&explained->explanation);
}

const ExplainLine *explained_line(const Explained *explained, int64_t event_id)
{
    const Explanation *explanation = &explained->explanation;
    for (size_t i = 0; i < explanation->line_count; i++) {
        const ExplainLine *line = &explanation->lines[i];
        if (line->event_id == event_id && line->has_event == (event_id != 0)) {
            return line;
        }
    }
    cr_assert(false, "no line for event %" PRId64, event_id);
    return NULL;
}

void expect_line(const Explained *explained, int64_t event_id, int64_t points, const char *fate,
                 const char *why)
{
    const ExplainLine *line = explained_line(explained, event_id);
    cr_expect_eq(line->points, points, "event %" PRId64 ": %" PRId64 " points", event_id,
                 line->points);
    cr_expect_str_eq(line->fate, fate, "event %" PRId64 ": %s", event_id, line->fate);
    cr_expect_str_eq(line->why, why, "event %" PRId64 ": %s", event_id, line->why);
}
