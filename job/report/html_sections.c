/* The sections of the page that are made of few rows: pictures, levels, points, events. */
#include "report/html_sections.h"

#include "report/html_pictures.h"

#include <string.h>

void html_put_overview(OutputFile *file, const Report *report)
{
    output_put_text(file, "<section aria-labelledby=\"s-overview\">\n"
                          "<h2 id=\"s-overview\">Overview</h2>\n<div class=\"figures\">\n");
    html_put_history(file, report);
    html_put_flow(file, report);
    html_put_sources(file, report);
    html_put_outlook(file, report);
    output_put_text(file, "</div>\n</section>\n");
}

void html_put_levels(OutputFile *file, const Report *report)
{
    static const HtmlColumn columns[] = {
        {"Level", "level", HTML_TEXT},
        {"From points", "min_points", HTML_COUNT},
        {"Members", "members", HTML_SUM},
        {"A month before", "members_before", HTML_SUM},
        {"Within 10\xc2\xa0% of the next", "near_next", HTML_SUM},
        {"Will fall at the next close", "falling", HTML_SUM},
        {"Benefits", "benefits", HTML_JSON},
    };
    static const HtmlTable table = {"levels", "Levels in force", "There are no levels.",
                                    HTML_COLUMNS(columns)};
    output_put_text(file,
                    "<section aria-labelledby=\"s-levels\">\n<h2 id=\"s-levels\">Levels</h2>\n");
    html_put_table(file, report_table(report, "levels"), &table);
    output_put_text(file, "</section>\n");
}

/* The sums of the window by kind, in the order of their groups. */
static void put_sums_by_source(OutputFile *file, const ReportTable *sources)
{
    static const HtmlColumn columns[] = {
        {"Source", "source", HTML_WORDS},
        {"Group", "source_group", HTML_WORDS},
        {"Points of the window", "points", HTML_COUNT},
    };
    static const HtmlTable table = {"sources_by_kind", "Points of the window by source", "",
                                    HTML_COLUMNS(columns)};
    html_begin_table(file, &table);
    for (size_t row = 0; row < sources->row_count; row++) {
        const char *source = report_text(sources, row, "source");
        int64_t sum = 0;
        bool known = true;
        bool first = true;
        for (size_t other = 0; other < sources->row_count; other++) {
            if (strcmp(report_text(sources, other, "source"), source) == 0) {
                first = first && other >= row;
                known = known &&
                        !__builtin_add_overflow(sum, report_number(sources, other, "points"), &sum);
            }
        }
        if (!first) {
            continue;
        }
        html_begin_row(file);
        html_begin_cell(file, HTML_WORDS, true);
        html_put_words(file, source);
        html_end_cell(file, true);
        const char *group = report_text(sources, row, "source_group");
        html_put_text_cell(file, strcmp(group, "activities") == 0 ? "fan activities" : group,
                           false);
        html_put_sum_cell(file, known, sum);
        html_end_row(file);
    }
    html_end_table(file);
}

void html_put_points(OutputFile *file, const Report *report)
{
    static const HtmlColumn columns[] = {
        {"Month", "month", HTML_MONTH},
        {"At its own close", "points_at_close", HTML_SUM},
        {"Changed since", "changed_since", HTML_DIFFERENCE},
        {"Counts now", "points", HTML_SUM},
    };
    static const HtmlTable by_month = {"months", "Points by month of the window",
                                       "The run stored no points by month.", HTML_COLUMNS(columns)};
    const ReportTable *period = report_table(report, "period");
    const ReportTable *sources = report_table(report, "sources");
    output_put_text(file,
                    "<section aria-labelledby=\"s-points\">\n<h2 id=\"s-points\">Points</h2>\n"
                    "<p>The members have ");
    html_put_count(file, report_number(period, 0, "points"), false);
    output_put_text(file, " points in all");
    if (report_number(period, 0, "points_raised") > 0) {
        output_put_text(file, "; ");
        html_put_count(file, report_number(period, 0, "points_raised"), false);
        output_put_text(file, " of them make up for windows below 0, since nobody has less");
    }
    output_put_text(file, ". Where a month has changed since its own close, later refunds, late "
                          "events, or members who came or left did it.</p>\n"
                          "<div class=\"figures\">\n<div>\n");
    html_put_table(file, report_table(report, "months"), &by_month);
    output_put_text(file, "</div>\n<div>\n");
    if (sources->row_count > 0) {
        put_sums_by_source(file, sources);
    }
    output_put_text(file, "</div>\n</div>\n</section>\n");
}

void html_put_events(OutputFile *file, const Report *report)
{
    static const HtmlColumn fate_columns[] = {
        {"What became of them", "fate", HTML_WORDS},
        {"Anomaly", "anomaly", HTML_YES},
        {"Events", "events", HTML_SUM},
    };
    static const HtmlTable fates = {"reconciliation", "Every event of the month by its fate",
                                    "No event was counted.", HTML_COLUMNS(fate_columns)};
    static const HtmlColumn kind_columns[] = {
        {"Kind", "kind", HTML_WORDS},
        {"What became of them", "fate", HTML_WORDS},
        {"Events", "events", HTML_SUM},
    };
    static const HtmlTable kinds = {"events_by_kind", "Events of the month by kind and fate",
                                    "The run stored no events by kind.",
                                    HTML_COLUMNS(kind_columns)};
    output_put_text(file,
                    "<section aria-labelledby=\"s-events\">\n<h2 id=\"s-events\">Events</h2>\n<p>"
                    "Every event of the period\xe2\x80\x99s own month is accounted for. Those of "
                    "the older months of the window are in the reports of their own months.</p>\n"
                    "<div class=\"figures\">\n<div>\n");
    html_put_table(file, report_table(report, "reconciliation"), &fates);
    output_put_text(file, "</div>\n<div>\n");
    html_put_table(file, report_table(report, "events_by_kind"), &kinds);
    output_put_text(file, "</div>\n</div>\n</section>\n");
}
