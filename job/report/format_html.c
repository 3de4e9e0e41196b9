/*
 * HTML: one page, report.html, that needs nothing beside it: its style is in it, its pictures are
 * SVG in it, and it tells the browser to load nothing and to run nothing.
 *
 * It shows the tables that every format has, those with a row a member by their first rows.
 */
#include "report/formats.h"
#include "report/html_sections.h"
#include "report_css.h"

#include <stdio.h>

/* Fills that are not a colour alone. */
static const char patterns[] =
    "<svg class=\"patterns\" aria-hidden=\"true\" width=\"0\" height=\"0\" "
    "xmlns=\"http://www.w3.org/2000/svg\"><defs>\n"
    "<pattern id=\"p-activities\" width=\"80\" height=\"80\" patternUnits=\"userSpaceOnUse\">"
    "<rect class=\"p-ground\" width=\"80\" height=\"80\"/>"
    "<path class=\"p-mark\" d=\"M-20 20L20 -20M0 80L80 0M60 100L100 60\"/></pattern>\n"
    "<pattern id=\"p-bonus\" width=\"60\" height=\"60\" patternUnits=\"userSpaceOnUse\">"
    "<rect class=\"p-ground\" width=\"60\" height=\"60\"/>"
    "<path class=\"p-mark\" d=\"M0 30H60M30 0V60\"/></pattern>\n"
    "<pattern id=\"p-falling\" width=\"80\" height=\"80\" patternUnits=\"userSpaceOnUse\">"
    "<rect class=\"p-ground\" width=\"80\" height=\"80\"/>"
    "<path class=\"p-mark\" d=\"M-20 60L20 100M0 0L80 80M60 -20L100 20\"/></pattern>\n"
    "</defs></svg>\n";

static void put_head(OutputFile *file, const ReportTable *period)
{
    output_put_text(file,
                    "<!DOCTYPE html>\n"
                    "<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
                    "<meta charset=\"utf-8\"/>\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "style-src 'unsafe-inline'\"/>\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                    "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>");
    html_put_text(file, report_text(period, 0, "program"));
    output_put_text(file, ", ");
    html_put_month(file, report_text(period, 0, "period"));
    output_put_text(file, ": close of the month</title>\n<style>\n");
    output_put_text(file, report_css);
    output_put_text(file, "</style>\n</head>\n<body>\n");
    output_put_text(file, patterns);
}

static void put_title(OutputFile *file, const ReportTable *period)
{
    output_put_text(file, "<header>\n<p class=\"program\">");
    html_put_text(file, report_text(period, 0, "program"));
    output_put_text(file, "</p>\n<h1>Close of ");
    html_put_month(file, report_text(period, 0, "period"));
    output_put_text(file, "</h1>\n<p>Level changes take effect on ");
    html_put_text(file, report_text(period, 0, "effective_on"));
    output_put_text(file, ". Days and months are those of ");
    html_put_text(file, report_text(period, 0, "timezone"));
    output_put_text(file, ". Run ");
    html_put_text(file, report_text(period, 0, "newest_run_id"));
    output_put_text(file, ", result <span class=\"code\">");
    html_put_text(file, report_text(period, 0, "result_checksum"));
    output_put_text(file, "</span>.</p>\n</header>\n");
}

/* The sum of a column. */
static int64_t sum_of(const ReportTable *table, const char *column)
{
    int64_t sum = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        sum += report_number(table, row, column);
    }
    return sum;
}

static void put_figure(OutputFile *file, const char *name, int64_t value)
{
    output_printf(file, "<div><dt>%s</dt><dd>", name);
    html_put_count(file, value, false);
    output_put_text(file, "</dd></div>\n");
}

static void put_key_figures(OutputFile *file, const Report *report)
{
    const ReportTable *period = report_table(report, "period");
    const ReportTable *levels = report_table(report, "levels");
    output_put_text(file, "<main>\n<dl class=\"key\">\n");
    put_figure(file, "Members", report_number(period, 0, "members"));
    put_figure(file, "Points", report_number(period, 0, "points"));
    put_figure(file, "Went up", report_number(period, 0, "upgrades"));
    put_figure(file, "Went down", report_number(period, 0, "downgrades"));
    if (report_number(period, 0, "program_changes") > 0) {
        put_figure(file, "Changed by the programme", report_number(period, 0, "program_changes"));
    }
    put_figure(file, "Coupons granted",
               report_number(period, 0, "grants_granted") +
                   report_number(period, 0, "grants_lapsed"));
    put_figure(file, "Close to the next level", sum_of(levels, "near_next"));
    put_figure(file, "Will fall at the next close", sum_of(levels, "falling"));
    put_figure(file, "Anomalies", report_number(period, 0, "anomalies"));
    output_put_text(file, "</dl>\n");
}

static void put_contents(OutputFile *file)
{
    static const char *const sections[][2] = {
        {"overview", "Overview"},     {"levels", "Levels"},
        {"points", "Points"},         {"events", "Events"},
        {"changes", "Level changes"}, {"coupons", "Coupons"},
        {"anomalies", "Anomalies"},   {"restated", "Late and restated"},
        {"run", "The run"},
    };
    output_put_text(file, "<nav aria-label=\"Sections\"><ul>\n");
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        output_printf(file, "<li><a href=\"#s-%s\">%s</a></li>\n", sections[i][0], sections[i][1]);
    }
    output_put_text(file, "</ul></nav>\n");
}

static bool write_html(Report *report, OutputFolder *folder, Error *reterr)
{
    const ReportTable *period = report_table(report, "period");
    CLEANUP_OUTPUT_FILE OutputFile *file = NULL;
    if (!output_file_open(folder, "report.html", &file, reterr)) {
        return false;
    }
    put_head(file, period);
    put_title(file, period);
    put_contents(file);
    put_key_figures(file, report);
    html_put_overview(file, report);
    html_put_levels(file, report);
    html_put_points(file, report);
    html_put_events(file, report);
    if (!html_put_changes(file, report, reterr) || !html_put_coupons(file, report, reterr) ||
        !html_put_anomalies(file, report, reterr) || !html_put_restated(file, report, reterr)) {
        return false;
    }
    html_put_run(file, report);
    output_put_text(file, "</main>\n</body>\n</html>\n");
    return output_file_close(&file, reterr);
}

const ReportFormat report_format_html = {"html", write_html};
