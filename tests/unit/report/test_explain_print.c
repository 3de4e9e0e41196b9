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
                           "Level: Gold, from 101 points on.\n"
                           "Next: Platinum, from 1,501 points on: 1,381 missing.\n"
                           "Leaving the window at the next close: 119 points of 2025-11.\n"
                           "The period is not closed yet.\n");
    free(text);
    explained_destroy(e);
}

Test(explain_text, what_is_published_is_compared)
{
    Explained *e = example();
    e->input.before = (PublishedStanding){true, true, 41, 1, "Silver"};
    e->input.published = (PublishedStanding){true, true, 42, 120, "Gold"};
    explained_build(e);
    expect_ends(e, "The period before, 2025-11: Silver with 1 point.\n"
                   "Leaving the window at the next close: 119 points of 2025-11.\n"
                   "Published: the same, by run 42.\n");
    cr_expect_not(explain_differs(&e->explanation));
    e->input.published.points = 139;
    explained_build(e);
    expect_ends(e, "Published by run 42: 139 points, Gold.\n"
                   "That differs: since that run events were recorded, or the member or the rules\n"
                   "  were changed. `tierclose close` takes it in until the day before the period\n"
                   "  takes effect; after that: `tierclose restate --period 2025-12 --dry-run`\n");
    cr_expect(explain_differs(&e->explanation));
    e->input.published = (PublishedStanding){true, false, 42, 0, NULL};
    explained_build(e);
    cr_expect(explain_differs(&e->explanation));
    e->input.published = (PublishedStanding){true, true, 42, 120, "Silver"};
    explained_build(e);
    cr_expect(explain_differs(&e->explanation));
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
    cr_expect_null(strstr(text, "not closed yet"));
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

Test(explain_text, the_widest_numbers_and_names_fit)
{
    Explained *e = example();
    MemberEvent *event =
        explained_event(e, "a kind with quite a long name", INT64_MIN, at(2025, 12, 20, 12));
    event->slot = SLOT_UNKNOWN;
    MemberEvent *last = explained_event(e, "bonus", INT64_MAX, at(2025, 12, 21, 12));
    last->points = INT32_MAX;
    last->has_points = true;
    explained_build(e);
    char *text = print(e, explain_print_text);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        cr_expect_leq(format_width(line), FORMAT_COLUMNS, "%s", line);
    }
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
    cr_expect(json_is_null(json_object_get(object, "differs")));
    cr_expect(json_is_false(json_object_get(object, "standing")));
    cr_expect_eq(json_integer_value(json_object_get(object, "points")), 0);
    json_decref(object);
    free(text);
    explained_destroy(e);
}
