#include "report/explain_print.h"

#include <jansson.h>

/* jansson refuses text that is not UTF-8; the database's names are, but a null is better than no
 * answer. */
static json_t *text_or_null(const char *text)
{
    json_t *value = text == NULL ? NULL : json_string(text);
    return value == NULL ? json_null() : value;
}

static void set(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

static json_t *months_json(const Explanation *explanation)
{
    json_t *months = json_array();
    for (size_t i = 0; i < explanation->month_count; i++) {
        char text[PERIOD_TEXT_BYTES];
        json_t *month = json_object();
        set(month, "month", json_string(period_format(explanation->months[i].month, text)));
        set(month, "points", json_integer(explanation->months[i].points));
        (void)json_array_append_new(months, month);
    }
    return months;
}

/* Whether late events are told apart in this explanation. */
static bool tells_late(const Explanation *explanation)
{
    return explanation->input->published.closed && explanation->input->late_known;
}

static json_t *lines_json(const Explanation *explanation)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < explanation->line_count; i++) {
        const ExplainLine *from = &explanation->lines[i];
        char day[DAY_TEXT_BYTES];
        json_t *line = json_object();
        set(line, "day", json_string(day_format(from->day, day)));
        set(line, "event_id", from->has_event ? json_integer(from->event_id) : json_null());
        set(line, "kind", text_or_null(from->kind));
        set(line, "points", json_integer(from->points));
        set(line, "why", text_or_null(from->why));
        set(line, "order_id", from->has_order ? json_integer(from->order_id) : json_null());
        set(line, "fate", text_or_null(from->fate));
        set(line, "late",
            from->has_event && tells_late(explanation) ? json_boolean(from->is_late) : json_null());
        (void)json_array_append_new(lines, line);
    }
    return lines;
}

static json_t *published_json(const PublishedStanding *published)
{
    if (!published->present) {
        return json_null();
    }
    json_t *object = json_object();
    set(object, "run_id", json_integer(published->run_id));
    set(object, "points", json_integer(published->points));
    set(object, "level", text_or_null(published->level));
    return object;
}

static json_t *publications_json(const ExplainInput *input)
{
    json_t *publications = json_array();
    for (size_t i = 0; i < input->publication_count; i++) {
        const Publication *from = &input->publications[i];
        json_t *publication = json_object();
        set(publication, "run_id", json_integer(from->run_id));
        set(publication, "action", text_or_null(from->action));
        set(publication, "day", text_or_null(from->day));
        set(publication, "points", from->present ? json_integer(from->points) : json_null());
        set(publication, "level", text_or_null(from->present ? from->level : NULL));
        (void)json_array_append_new(publications, publication);
    }
    return publications;
}

/* What came to be known since the period was published; null where nothing is published. */
static json_t *since_json(const Explanation *explanation)
{
    const ExplainInput *input = explanation->input;
    const ExplainSince *since = &explanation->since;
    if (!input->published.closed) {
        return json_null();
    }
    json_t *object = json_object();
    set(object, "late_events",
        input->late_known ? json_integer((json_int_t)since->late_count) : json_null());
    set(object, "other_rules", json_boolean(input->other_rules));
    set(object, "late_events_explain",
        since->differs && since->late_count > 0 ? json_boolean(since->late_explains) : json_null());
    return object;
}

void explain_print_json(FILE *out, const Explanation *explanation)
{
    const ExplainInput *input = explanation->input;
    const Level *level = explanation->level;
    const Level *next = explanation->next_level;
    char period[PERIOD_TEXT_BYTES];
    char day[DAY_TEXT_BYTES];
    json_t *object = json_object();
    set(object, "member_id", json_integer(input->member_id));
    set(object, "period", json_string(period_format(input->period, period)));
    set(object, "points", json_integer(explanation->points));
    set(object, "level", text_or_null(level == NULL ? NULL : level->name));
    set(object, "months", months_json(explanation));
    set(object, "lines", lines_json(explanation));
    set(object, "standing", json_boolean(level != NULL));
    set(object, "no_standing", text_or_null(explanation->no_standing));
    set(object, "level_from_points", level == NULL ? json_null() : json_integer(level->min_points));
    set(object, "effective_on",
        json_string(day_format(
            period_next_month_day(input->period, input->programme->effective_day), day)));
    set(object, "next_level", text_or_null(next == NULL ? NULL : next->name));
    set(object, "points_to_next",
        next == NULL ? json_null() : json_integer(next->min_points - explanation->points));
    set(object, "expiring_points", json_integer(explanation->expiring_points));
    set(object, "sum", json_integer(explanation->sum));
    set(object, "open_month", json_boolean(input->open));
    set(object, "published", published_json(&input->published));
    set(object, "differs",
        input->published.closed ? json_boolean(explanation->since.differs) : json_null());
    set(object, "publications", publications_json(input));
    set(object, "since", since_json(explanation));
    (void)json_dumpf(object, out, JSON_INDENT(2));
    (void)fputc('\n', out);
    json_decref(object);
}
