/*
 * report/html_write: names that are no marks, numbers for people. report/html_chart: labels that
 * fit, and lines across for whatever values.
 */
#include "report/html_chart.h"
#include "scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char *text(const char *from)
{
    html_put_text(scratch_begin(), from);
    return scratch_end();
}

Test(html, a_text_holds_no_marks)
{
    cr_expect_str_eq(text("<script>&\"'</script>"),
                     "&lt;script&gt;&amp;&quot;&#39;&lt;/script&gt;");
    cr_expect_str_eq(text("&lt;"), "&amp;lt;");
    cr_expect_str_eq(text("]]>"), "]]&gt;");
    cr_expect_str_eq(text("Gold"), "Gold");
    cr_expect_str_eq(text(""), "");
    cr_expect_str_eq(text(NULL), "");
    cr_expect_str_eq(text("\xe9\x87\x91 \xf0\x9f\xa5\x87"), "\xe9\x87\x91 \xf0\x9f\xa5\x87");
}

/* XML knows no way to write them. */
Test(html, what_is_no_text_is_shown_as_unknown)
{
    cr_expect_str_eq(text("a\x01"
                          "b"),
                     "a\xef\xbf\xbd"
                     "b");
    cr_expect_str_eq(text("\x7f"), "\xef\xbf\xbd");
    cr_expect_str_eq(text("\xc2\x85"), "\xef\xbf\xbd");
    cr_expect_str_eq(text("\xc2\xa0"), "\xc2\xa0");
    cr_expect_str_eq(text("\xef\xbf\xbe."), "\xef\xbf\xbd.");
    cr_expect_str_eq(text("\t\n\r"), "\t\n\r");
}

Test(html, words_have_no_underscores)
{
    html_put_words(scratch_begin(), "unknown_<kind>");
    cr_expect_str_eq(scratch_end(), "unknown &lt;kind&gt;");
}

static const char *count(int64_t value, bool sign)
{
    html_put_count(scratch_begin(), value, sign);
    return scratch_end();
}

Test(html, numbers)
{
    cr_expect_str_eq(count(0, false), "0");
    cr_expect_str_eq(count(999, false), "999");
    cr_expect_str_eq(count(1000, false), "1,000");
    cr_expect_str_eq(count(-1000, false), "\xe2\x88\x92"
                                          "1,000");
    cr_expect_str_eq(count(0, true), "0");
    cr_expect_str_eq(count(7, true), "+7");
    cr_expect_str_eq(count(-7, true), "\xe2\x88\x92"
                                      "7");
    cr_expect_str_eq(count(INT64_MAX, false), "9,223,372,036,854,775,807");
    cr_expect_str_eq(count(INT64_MIN, false), "\xe2\x88\x92"
                                              "9,223,372,036,854,775,808");
}

static const char *cents(int64_t value)
{
    html_put_cents(scratch_begin(), value);
    return scratch_end();
}

Test(html, amounts)
{
    cr_expect_str_eq(cents(0), "0.00");
    cr_expect_str_eq(cents(5), "0.05");
    cr_expect_str_eq(cents(123456), "1,234.56");
    cr_expect_str_eq(cents(-5), "\xe2\x88\x92"
                                "0.05");
    cr_expect_str_eq(cents(INT64_MIN), "\xe2\x88\x92"
                                       "92,233,720,368,547,758.08");
}

Test(html, months)
{
    html_put_month(scratch_begin(), "2025-12");
    cr_expect_str_eq(scratch_end(), "December 2025");
    cr_expect_str_eq(html_month_short("2026-01"), "Jan");
}

static const char *json(const char *from)
{
    html_put_json_words(scratch_begin(), from);
    return scratch_end();
}

Test(html, benefits_are_said_in_words)
{
    cr_expect_str_eq(json(NULL), "");
    cr_expect_str_eq(json("{}"), "");
    cr_expect_str_eq(json("{\"fast_refund_up_to\": 25.00, \"daily_coupons\": true}"),
                     "fast refund up to: 25.00, daily coupons: yes");
    cr_expect_str_eq(json("{\"a\": false, \"b\": null}"), "a: no, b: null");
    /* Only names lose their _; what is a word in quotation marks stays. */
    cr_expect_str_eq(json("{\"note\": \"a_b true <i>\"}"), "note: a_b true &lt;i&gt;");
    cr_expect_str_eq(json("{\"note\": \"say \\\"so\\\" \\\\ \\n\"}"),
                     "note: say &quot;so&quot; \\ \\n");
    cr_expect_str_eq(json("{\"list\": [1, \"two\"]}"), "list: [1, two]");
}

static const char *label(const char *from, int width_max)
{
    chart_put_label(scratch_begin(), 1, 2, "end", from, width_max);
    const char *all = scratch_end();
    const char *start = strchr(all, '>') + 1;
    static char found[200];
    (void)snprintf(found, sizeof found, "%.*s", (int)strcspn(start, "<"), start);
    return found;
}

Test(html, labels_are_cut_where_they_are_too_wide)
{
    cr_expect_str_eq(label("Gold", 1000), "Gold");
    cr_expect_str_eq(label("aaaaaaaaaa", 760), "aaaaaaaaaa");
    cr_expect_str_eq(label("aaaaaaaaaaa", 760), "aaaaaaaa\xe2\x80\xa6");
    cr_expect_str_eq(label("iiiiiiiiiiiiiii", 760), "iiiiiiiiiiiiiii");
    cr_expect_str_eq(label("WWWWWWW", 760), "WWWWW\xe2\x80\xa6");
    /* Never in the middle of a letter, or of what stands for a mark. */
    cr_expect_str_eq(label("\xe9\x87\x91\xe9\x87\x91\xe9\x87\x91", 250),
                     "\xe9\x87\x91\xe2\x80\xa6");
    cr_expect_str_eq(label("&&&&", 250), "&amp;\xe2\x80\xa6");
    cr_expect_str_eq(label("", 10), "");
}

Test(html, a_part_of_a_whole)
{
    cr_expect_eq(chart_scale(1, 2, 1000), 500);
    cr_expect_eq(chart_scale(0, 1, 1000), 0);
    cr_expect_eq(chart_scale(INT64_MAX, INT64_MAX, 4000), 4000);
    cr_expect_eq(chart_scale(INT64_MAX / 2 + 1, INT64_MAX, 4000), 2000);
}

/* What stands at the lines across, from the lowest up. */
static const char *lines_of(const int64_t *values, size_t series_count)
{
    static const char *const months[] = {"2025-12"};
    ChartSeries series[2] = {{"a", "l0"}, {"b", "l1"}};
    static char found[500];
    size_t used = 0;
    ColumnChart chart = {.id = "x",
                         .series = series,
                         .series_count = series_count,
                         .months = months,
                         .month_count = 1,
                         .values = values};
    chart_put_columns(scratch_begin(), &chart);
    found[0] = '\0';
    for (const char *at = strstr(scratch_end(), "text-anchor=\"end\">"); at != NULL;
         at = strstr(at, "text-anchor=\"end\">")) {
        at = strchr(at, '>') + 1;
        used += (size_t)snprintf(found + used, sizeof found - used, "%s%.*s", used == 0 ? "" : "; ",
                                 (int)strcspn(at, "<"), at);
    }
    return found;
}

#define LINES(...)                                                                                 \
    lines_of((const int64_t[]){__VA_ARGS__}, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

Test(html, lines_across_have_round_numbers)
{
    cr_expect_str_eq(LINES(0), "0; 1");
    cr_expect_str_eq(LINES(1), "0; 1");
    cr_expect_str_eq(LINES(4), "0; 1; 2; 3; 4");
    cr_expect_str_eq(LINES(7), "0; 2; 4; 6; 8");
    cr_expect_str_eq(LINES(4954), "0; 1 k; 2 k; 3 k; 4 k; 5 k");
    cr_expect_str_eq(LINES(1100, 900), "0; 500; 1,000; 1,500; 2,000");
    cr_expect_str_eq(LINES(30, -5), "\xe2\x88\x92"
                                    "10; 0; 10; 20; 30");
    cr_expect_str_eq(LINES(-30), "\xe2\x88\x92"
                                 "30; \xe2\x88\x92"
                                 "20; \xe2\x88\x92"
                                 "10; 0");
    cr_expect_str_eq(LINES(2000000000), "0; 500 M; 1,000 M; 1,500 M; 2,000 M");
    cr_expect_str_eq(LINES(INT64_MAX, INT64_MAX), "0; 5 E; 10 E; 15 E; 20 E");
    cr_expect_str_eq(LINES(INT64_MAX, INT64_MIN), "\xe2\x88\x92"
                                                  "10 E; \xe2\x88\x92"
                                                  "5 E; 0; 5 E; 10 E");
}
