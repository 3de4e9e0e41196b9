/*
 * report/explain_text and explain_json: one explanation, whole, in both forms.
 */
#include "base/format.h"
#include "explained.h"
#include "report/explain_print.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { DECEMBER = 2025 * 12 + 11 };

/* A window of two months, so that the whole text can stand in a test. */
static const char yaml[] = "program: test\n"
                           "timezone: Etc/GMT+8\n"
                           "currency: USD\n"
                           "window_months: 2\n"
                           "rules:\n"
                           "  - from: 2024-01\n"
                           "    levels:\n"
                           "      - {name: Silver, min_points: 0}\n"
                           "      - {name: Gold, min_points: 101}\n"
                           "      - {name: Platinum, min_points: 1501}\n"
                           "    earning:\n"
                           "      purchase: {points_per_unit: 1}\n"
                           "      visit: {points: 1}\n"
                           "      bonus: {points: recorded}\n";

static Explained *example(void)
{
    Explained *e = explained_create(yaml, DECEMBER);
    explained_purchase(e, 1001, at(2025, 11, 3, 12), 7, 14000);
    MemberEvent *refund = explained_purchase(e, 1002, at(2025, 12, 4, 12), 7, 2050);
    refund->kind = "refund";
    refund->slot = SLOT_REFUND;
    explained_event(e, "visit", 1003, at(2025, 12, 14, 12));
    return e;
}

static char *print(const Explained *e, void (*function)(FILE *out, const Explanation *explanation))
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    function(out, &e->explanation);
    (void)fclose(out);
    return text;
}

static void expect_ends(const Explained *e, const char *end)
{
    char *text = print(e, explain_print_text);
    cr_expect_geq(strlen(text), strlen(end));
    cr_expect_str_eq(text + strlen(text) - strlen(end), end);
    free(text);
}

Test(explain_text, whole)
{
    Explained *e = example();
    explained_build(e);
    char *text = print(e, explain_print_text);
    cr_expect_str_eq(text, "Member 7, period 2025-12\n"
                           "\n"
                           "2025-11: 119 points\n"
                           "   3  purchase  1001  119  order 7: floor(119.50) = 119 points, 20.50 "
                           "refunded\n"
                           "2025-12: 1 point\n"
                           "   4  refund    1002    0  took 20.50 off order 7\n"
                           "  14  visit     1003    1  1 point\n"
                           "Total: 120 points\n"
                           "\n"
                           "Level: Gold, from 101 points on; in effect from 2026-01-08.\n"
                           "Next: Platinum, from 1,501 points on: 1,381 missing.\n"
                           "Leaving the window at the next close: 119 points of 2025-11.\n"
                           "The period is not closed: this is what a close would give now.\n");
    free(text);
    explained_destroy(e);
}

static void expect_end(Explained *e, const char *end)
{
    explained_build(e);
    expect_ends(e, end);
}

static const Publication publications[] = {
    {42, "close", "2025-12-31", true, 139, "Gold"},
    {44, "settle", "2026-01-03", false, 0, NULL},
    {45, "settle", "2026-01-04", true, 120, "Gold"},
};

Test(explain_text, what_is_published_is_compared)
{
    Explained *e = example();
    e->input.before = (PublishedStanding){true, true, 41, 1, "Silver"};
    e->input.published = (PublishedStanding){true, true, 42, 120, "Gold"};
    expect_end(e, "The period before, 2025-11: Silver with 1 point.\n"
                  "Leaving the window at the next close: 119 points of 2025-11.\n"
                  "Published: the same, by run 42.\n");
    cr_expect_not(e->explanation.since.differs);
    e->input.publications = publications;
    e->input.publication_count = 1;
    expect_end(e, "Published: the same, by run 42 (close, 2025-12-31).\n");
    e->input.published = (PublishedStanding){true, false, 42, 0, NULL};
    explained_build(e);
    cr_expect(e->explanation.since.differs);
    e->input.published = (PublishedStanding){true, true, 42, 120, "Silver"};
    explained_build(e);
    cr_expect(e->explanation.since.differs);
    explained_destroy(e);
}

Test(explain_text, restatements_are_told_oldest_first)
{
    Explained *e = example();
    e->input.published = (PublishedStanding){true, true, 45, 120, "Gold"};
    e->input.publications = publications;
    e->input.publication_count = 3;
    expect_end(e, "First published by run 42 (close, 2025-12-31): 139 points, Gold.\n"
                  "Restated by run 44 (settle, 2026-01-03): no standing.\n"
                  "Restated by run 45 (settle, 2026-01-04): 120 points, Gold.\n"
                  "Published: the same, by run 45 (settle, 2026-01-04).\n");
    explained_destroy(e);
}

Test(explain_text, late_events_are_marked_and_explain_the_difference)
{
    Explained *e = example();
    e->input.published = (PublishedStanding){true, true, 42, 119, "Gold"};
    e->input.publications = publications;
    e->input.publication_count = 1;
    e->input.late_known = true;
    e->events[2].is_late = true;
    e->input.today = day_from_date((Date){2026, 1, 7});
    static const char differs[] = "Published by run 42 (close, 2025-12-31): 119 points, Gold.\n"
                                  "That differs from what the events give now: 120 points, Gold.\n"
                                  "1 event, marked +, was recorded since it was published.\n"
                                  "Without what is marked the result is the published one.\n";
    char end[1024];
    (void)snprintf(end, sizeof end, "%s%s", differs,
                   "The next `tierclose close` takes it in; the period is final from "
                   "2026-01-08.\n");
    expect_end(e, end);
    e->input.today++;
    (void)snprintf(end, sizeof end, "%s%s", differs,
                   "2025-12 is final since 2026-01-08. What a restatement would change:\n"
                   "  `tierclose restate --period 2025-12 --dry-run`\n");
    expect_end(e, end);
    cr_expect(e->explanation.since.late_explains);
    char *text = print(e, explain_print_text);
    cr_expect_not_null(strstr(text, "\n+ 14  visit     1003    1  1 point\n"), "%s", text);
    cr_expect_not_null(strstr(text, "\n   4  refund "), "%s", text);
    free(text);
    explained_destroy(e);
}

Test(explain_text, late_events_may_change_nothing)
{
    Explained *e = example();
    e->input.published = (PublishedStanding){true, true, 42, 120, "Gold"};
    e->input.late_known = true;
    e->events[2].is_late = true;
    expect_end(e, "Published: the same, by run 42.\n"
                  "What is marked + was recorded since, and makes no difference.\n");
    explained_destroy(e);
}

/* The refund is late: without it the member would have had 140 points. */
Test(explain_text, other_causes_than_late_events)
{
    Explained *e = example();
    e->input.published = (PublishedStanding){true, true, 42, 77, "Silver"};
    e->input.late_known = true;
    e->input.today = day_from_date((Date){2026, 1, 1});
    static const char next[] = "The next `tierclose close` takes it in; the period is final "
                               "from 2026-01-08.\n";
    char end[1024];
    (void)snprintf(end, sizeof end, "%s%s",
                   "No event was recorded since it was published: the member's row was changed, "
                   "or\n  events were changed or removed.\n",
                   next);
    expect_end(e, end);
    e->events[1].is_late = true;
    (void)snprintf(end, sizeof end, "%s%s",
                   "1 event, marked +, was recorded since it was published.\n"
                   "Without what is marked it would be 141 points, Gold, so more is behind: the\n"
                   "  member's row was changed, or events were changed or removed.\n",
                   next);
    expect_end(e, end);
    e->events[1].is_late = false;
    e->input.other_rules = true;
    (void)snprintf(end, sizeof end, "%s%s",
                   "No event was recorded since it was published: the programme file is not the "
                   "one\n  that the period was computed with.\n",
                   next);
    expect_end(e, end);
    e->input.late_known = false;
    (void)snprintf(end, sizeof end, "%s%s",
                   "Which events were recorded since it was published is not known here. The\n"
                   "  programme file is not the one that the period was computed with.\n",
                   next);
    expect_end(e, end);
    explained_destroy(e);
}

Test(explain_text, an_open_month_says_so)
{
    Explained *e = example();
    e->input.open = true;
    explained_build(e);
    char *text = print(e, explain_print_text);
    static const char first[] = "Member 7, period 2025-12, which has not ended: as it stands now\n";
    cr_expect_eq(strncmp(text, first, strlen(first)), 0, "%s", text);
    cr_expect_null(strstr(text, "not closed"));
    free(text);
    explained_destroy(e);
}

Test(explain_text, a_member_without_standing)
{
    Explained *e = example();
    e->input.closed_on = day_from_date((Date){2025, 12, 1});
    e->input.published = (PublishedStanding){true, false, 42, 0, NULL};
    explained_build(e);
    expect_ends(e, "Total: 0 points\n"
                   "\n"
                   "No standing in this period: closed on 2025-12-01.\n"
                   "Published: the same, by run 42.\n");
    explained_destroy(e);
}

static void expect_narrow(Explained *e)
{
    explained_build(e);
    char *text = print(e, explain_print_text);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        cr_expect_leq(format_width(line), FORMAT_COLUMNS, "%s", line);
    }
    free(text);
}

/* A level's name is one word at most this long (the YAML loader sees to it), a kind's is cut. */
static const char wide_yaml[] =
    "program: test\n"
    "timezone: Etc/GMT+8\n"
    "currency: USD\n"
    "window_months: 2\n"
    "rules:\n"
    "  - from: 2024-01\n"
    "    levels:\n"
    "      - {name: A level with a name that nobody would give to a level of members at all,\n"
    "         min_points: 0}\n"
    "      - {name: \"Platinum \\u767d\\u91d1 and further words until the end of the line\",\n"
    "         min_points: 9223372036854775807}\n"
    "    earning:\n"
    "      purchase: {points_per_unit: 999.99, category_bonus: {points: 1, max_per_day: 5}}\n"
    "      visit: {points: 1}\n"
    "      bonus: {points: recorded}\n"
    "    caps:\n"
    "      - {kinds: [visit, purchase, bonus, category_bonus], per: month, max_points: 999999999}\n"
    "    campaigns:\n"
    "      - {name: The campaign of the year that lasts for two years and has quite a name,\n"
    "         from: 2025-01-01, until: 2027-01-01, kinds: [purchase, bonus], multiply: 1.5}\n";

Test(explain_text, the_widest_numbers_and_names_fit)
{
    static const int32_t two[] = {1, 2};
    static const Publication wide[] = {
        {INT64_MAX, "backfill", "2025-12-31", true, INT64_MAX,
         "A level with a name that nobody would give to a level of members at all"},
        {INT64_MAX - 1, "backfill", "2025-12-31", true, INT64_MAX, "B"},
    };
    Explained *e = explained_create(wide_yaml, DECEMBER);
    e->input.member_id = INT64_MIN;
    MemberEvent *credit =
        explained_purchase(e, INT64_MIN, at(2025, 11, 3, 12), INT64_MAX, 1000000000000000);
    credit->categories = two;
    credit->category_count = 2;
    MemberEvent *refund =
        explained_purchase(e, INT64_MIN + 1, at(2025, 12, 4, 12), INT64_MAX, 2000000000000000);
    refund->kind = "refund";
    refund->slot = SLOT_REFUND;
    explained_purchase(e, INT64_MIN + 2, at(2025, 12, 5, 12), INT64_MIN, 900000000000000);
    explained_event(e, "a kind with quite a long name", INT64_MIN, at(2025, 12, 20, 12))->slot =
        SLOT_UNKNOWN;
    MemberEvent *last = explained_event(e, "bonus", INT64_MAX, at(2025, 12, 21, 12));
    last->points = INT32_MIN;
    last->has_points = true;
    e->input.before = (PublishedStanding){true, true, INT64_MAX, INT64_MAX, wide[0].level};
    for (int state = 0; state < 32; state++) {
        e->input.open = (state & 1) != 0;
        e->input.published =
            (PublishedStanding){!e->input.open, true, INT64_MAX, INT64_MAX, wide[0].level};
        e->input.publications = wide;
        e->input.publication_count = (state & 2) != 0 ? 2 : 0;
        e->input.late_known = (state & 4) != 0;
        last->is_late = (state & 4) != 0;
        e->input.other_rules = (state & 8) != 0;
        e->input.today = (state & 16) != 0 ? INT32_MAX : 0;
        expect_narrow(e);
    }
    e->input.closed_on = INT32_MIN + 1;
    expect_narrow(e);
    explained_destroy(e);
}

Test(explain_json, tells_what_has_changed_since)
{
    Explained *e = example();
    e->input.published = (PublishedStanding){true, true, 45, 119, "Gold"};
    e->input.publications = publications;
    e->input.publication_count = 2;
    e->input.late_known = true;
    e->events[2].is_late = true;
    explained_build(e);
    char *text = print(e, explain_print_json);
    json_t *object = json_loads(text, 0, NULL);
    cr_assert_not_null(object);
    json_t *since = json_object_get(object, "since");
    cr_expect_eq(json_integer_value(json_object_get(since, "late_events")), 1);
    cr_expect(json_is_true(json_object_get(since, "late_events_explain")));
    cr_expect(json_is_false(json_object_get(since, "other_rules")));
    cr_expect_str_eq(json_string_value(json_object_get(object, "effective_on")), "2026-01-08");
    cr_expect_eq(json_integer_value(json_object_get(object, "level_from_points")), 101);
    json_t *rows = json_object_get(object, "publications");
    cr_assert_eq(json_array_size(rows), 2);
    cr_expect_eq(json_integer_value(json_object_get(json_array_get(rows, 0), "run_id")), 42);
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(rows, 0), "day")),
                     "2025-12-31");
    cr_expect(json_is_null(json_object_get(json_array_get(rows, 1), "points")));
    json_t *lines = json_object_get(object, "lines");
    cr_expect(json_is_false(json_object_get(json_array_get(lines, 0), "late")));
    cr_expect(json_is_true(json_object_get(json_array_get(lines, 2), "late")));
    json_decref(object);
    free(text);
    e->input.late_known = false;
    explained_build(e);
    text = print(e, explain_print_json);
    object = json_loads(text, 0, NULL);
    cr_assert_not_null(object);
    cr_expect(
        json_is_null(json_object_get(json_array_get(json_object_get(object, "lines"), 0), "late")));
    cr_expect(json_is_null(json_object_get(json_object_get(object, "since"), "late_events")));
    json_decref(object);
    free(text);
    explained_destroy(e);
}

Test(explain_json, has_the_contracts_fields)
{
    Explained *e = example();
    e->input.published = (PublishedStanding){true, true, 42, 139, "Gold"};
    explained_build(e);
    char *text = print(e, explain_print_json);
    json_t *object = json_loads(text, 0, NULL);
    cr_assert_not_null(object);
    cr_expect_eq(json_integer_value(json_object_get(object, "member_id")), 7);
    cr_expect_str_eq(json_string_value(json_object_get(object, "period")), "2025-12");
    cr_expect_eq(json_integer_value(json_object_get(object, "points")), 120);
    cr_expect_str_eq(json_string_value(json_object_get(object, "level")), "Gold");
    cr_expect(json_is_true(json_object_get(object, "differs")));
    json_t *months = json_object_get(object, "months");
    cr_assert_eq(json_array_size(months), 2);
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(months, 0), "month")),
                     "2025-11");
    cr_expect_eq(json_integer_value(json_object_get(json_array_get(months, 0), "points")), 119);
    json_t *lines = json_object_get(object, "lines");
    cr_assert_eq(json_array_size(lines), 3);
    json_t *line = json_array_get(lines, 0);
    cr_expect_str_eq(json_string_value(json_object_get(line, "day")), "2025-11-03");
    cr_expect_eq(json_integer_value(json_object_get(line, "event_id")), 1001);
    cr_expect_str_eq(json_string_value(json_object_get(line, "kind")), "purchase");
    cr_expect_eq(json_integer_value(json_object_get(line, "points")), 119);
    cr_expect_str_eq(json_string_value(json_object_get(line, "why")),
                     "order 7: floor(119.50) = 119 points, 20.50 refunded");
    json_decref(object);
    free(text);
    explained_destroy(e);
}

Test(explain_json, nulls_where_there_is_nothing)
{
    Explained *e = example();
    e->input.closed_on = day_from_date((Date){2025, 12, 1});
    explained_build(e);
    char *text = print(e, explain_print_json);
    json_t *object = json_loads(text, 0, NULL);
    cr_assert_not_null(object);
    cr_expect(json_is_null(json_object_get(object, "level")));
    cr_expect(json_is_null(json_object_get(object, "published")));
    cr_expect(json_is_null(json_object_get(object, "since")));
    cr_expect(json_is_null(json_object_get(object, "differs")));
    cr_expect(json_is_false(json_object_get(object, "standing")));
    cr_expect_eq(json_integer_value(json_object_get(object, "points")), 0);
    json_decref(object);
    free(text);
    explained_destroy(e);
}
