/*
 * The sections of the page with rows of members: changes, coupons, anomalies, restated results.
 *
 * There may be millions: the page has the first of them, and says where all are.
 */
#include "report/html_sections.h"

#include "base/format.h"

#include <string.h>

enum { SAMPLES_A_REASON = 5 };

/* Rows on their way into a table. */
typedef struct Rows {
    OutputFile *file;
    const ReportTable *source;
    const HtmlTable *table;
    size_t count;
    char reason[64]; /* of anomalies: the last one's, of which `samples` were written */
    size_t samples;
} Rows;

static void begin_rows(Rows *rows)
{
    if (rows->count++ == 0) {
        html_begin_table(rows->file, rows->table);
    }
}

static bool put_first(void *context, const ReportCell *cells, Error *reterr)
{
    Rows *rows = context;
    if (rows->count == HTML_ROWS_FIRST) {
        rows->count++; /* so there are more */
        return true;
    }
    begin_rows(rows);
    html_put_row(rows->file, rows->source, cells, rows->table);
    return output_file_good(rows->file, reterr);
}

/* The first rows of a table, with a line that tells where the others are. */
static bool put_rows(OutputFile *file, Report *report, const char *name, const HtmlTable *table,
                     Error *reterr)
{
    Rows rows = {.file = file, .source = report_table(report, name), .table = table};
    if (!report_stream_first(report, rows.source, HTML_ROWS_FIRST + 1, put_first, &rows, reterr)) {
        return false;
    }
    if (rows.count == 0) {
        output_put_text(file, "<p class=\"empty\">");
        html_put_text(file, table->empty);
        output_put_text(file, "</p>\n");
        return true;
    }
    html_end_table(file);
    if (rows.count > HTML_ROWS_FIRST) {
        output_printf(file,
                      "<p class=\"note\">The first %d. All are in %s.csv, which <code>--format "
                      "csv</code> writes.</p>\n",
                      HTML_ROWS_FIRST, name);
    }
    return true;
}

bool html_put_changes(OutputFile *file, Report *report, Error *reterr)
{
    static const HtmlColumn sums[] = {
        {"From", "from_level", HTML_TEXT},     {"To", "to_level", HTML_TEXT},
        {"Direction", "direction", HTML_TEXT}, {"Members", "members", HTML_SUM},
        {"Their points", "points", HTML_SUM},
    };
    static const HtmlTable by_level = {"changes_by_level", "Level changes by level",
                                       "Nobody\xe2\x80\x99s level changes.", HTML_COLUMNS(sums)};
    static const HtmlColumn columns[] = {
        {"Member", "member_id", HTML_ID}, {"From", "from_level", HTML_TEXT},
        {"To", "to_level", HTML_TEXT},    {"Direction", "direction", HTML_TEXT},
        {"Points", "points", HTML_COUNT}, {"Takes effect", "effective_on", HTML_MONTH},
        {"Run", "run_id", HTML_ID},
    };
    static const HtmlTable each = {"changes", "Level changes, member by member",
                                   "There is none to list.", HTML_COLUMNS(columns)};
    output_put_text(file, "<section aria-labelledby=\"s-changes\">\n<h2 id=\"s-changes\">Level "
                          "changes</h2>\n");
    html_put_table(file, report_table(report, "changes_by_level"), &by_level);
    if (report_table(report, "changes_by_level")->row_count > 0 &&
        !put_rows(file, report, "changes", &each, reterr)) {
        return false;
    }
    output_put_text(file, "</section>\n");
    return true;
}

bool html_put_coupons(OutputFile *file, Report *report, Error *reterr)
{
    static const HtmlColumn sums[] = {
        {"Coupon", "coupon", HTML_TEXT},
        {"Level", "level", HTML_TEXT},
        {"Value", "value_cents", HTML_CENTS},
        {"Smallest order", "min_spend_cents", HTML_CENTS},
        {"Issued from", "issue_from", HTML_MONTH},
        {"until", "issue_until", HTML_MONTH},
        {"Expires", "expires_on", HTML_MONTH},
        {"Granted", "granted", HTML_SUM},
        {"Lapsed", "lapsed", HTML_SUM},
        {"Revoked", "revoked", HTML_SUM},
        {"Overgranted", "overgranted", HTML_SUM},
        {"Value granted", "granted_cents", HTML_CENTS},
    };
    static const HtmlTable by_coupon = {"grants_by_coupon", "Grants by coupon",
                                        "No coupon was granted.", HTML_COLUMNS(sums)};
    static const HtmlColumn columns[] = {
        {"Grant", "grant_id", HTML_ID},
        {"Member", "member_id", HTML_ID},
        {"Coupon", "coupon", HTML_TEXT},
        {"Level", "level", HTML_TEXT},
        {"Value", "value_cents", HTML_CENTS},
        {"Issued from", "issue_from", HTML_MONTH},
        {"Status", "status", HTML_TEXT},
        {"Granted by run", "run_id", HTML_ID},
        {"Found by run", "overgranted_by", HTML_ID},
    };
    static const HtmlTable overgranted = {
        "overgranted", "Overgranted: kept though no longer deserved",
        "No coupon was kept that is no longer deserved.", HTML_COLUMNS(columns)};
    const ReportTable *period = report_table(report, "period");
    output_put_text(file,
                    "<section aria-labelledby=\"s-coupons\">\n<h2 id=\"s-coupons\">Coupons</h2>"
                    "\n<p>Amounts in ");
    html_put_text(file, report_text(period, 0, "currency"));
    if (!report_is_null(period, 0, "as_of")) {
        output_put_text(file, ". What has lapsed had done so on ");
        html_put_text(file, report_text(period, 0, "as_of"));
        output_put_text(file, ", the last day on which a run acted");
    }
    output_put_text(file, ".</p>\n");
    html_put_table(file, report_table(report, "grants_by_coupon"), &by_coupon);
    if (!put_rows(file, report, "overgranted", &overgranted, reterr)) {
        return false;
    }
    output_put_text(file, "</section>\n");
    return true;
}

/* Rows come reason by reason. */
static bool put_sample(void *context, const ReportCell *cells, Error *reterr)
{
    Rows *rows = context;
    if (strncmp(rows->reason, cells[0].text, sizeof rows->reason - 1) != 0) {
        (void)snprintf(rows->reason, sizeof rows->reason, "%s", cells[0].text);
        rows->samples = 0;
    }
    if (rows->samples++ < SAMPLES_A_REASON) {
        begin_rows(rows);
        html_put_row(rows->file, rows->source, cells, rows->table);
    }
    return output_file_good(rows->file, reterr);
}

bool html_put_anomalies(OutputFile *file, Report *report, Error *reterr)
{
    static const HtmlColumn sums[] = {
        {"Reason", "reason", HTML_WORDS},
        {"Events", "events", HTML_SUM},
        {"Samples stored", "samples", HTML_SUM},
    };
    static const HtmlTable by_reason = {"anomalies_by_reason", "Anomalies by reason",
                                        "There is no anomaly.", HTML_COLUMNS(sums)};
    static const HtmlColumn columns[] = {
        {"Reason", "reason", HTML_WORDS},  {"Event", "event_id", HTML_ID},
        {"Member", "member_id", HTML_ID},  {"Occurred", "occurred_at", HTML_TIME},
        {"Detail", "detail", HTML_PHRASE},
    };
    static const HtmlTable samples = {"anomalies", "Samples of anomalies", "",
                                      HTML_COLUMNS(columns)};
    Rows rows = {.file = file, .source = report_table(report, "anomalies"), .table = &samples};
    output_put_text(file, "<section aria-labelledby=\"s-anomalies\">\n<h2 id=\"s-anomalies\">"
                          "Anomalies</h2>\n");
    if (report_number(report_table(report, "period"), 0, "anomalies") == 0) {
        output_put_text(file, "<p class=\"empty\">Every event of the month could be used.</p>\n"
                              "</section>\n");
        return true;
    }
    output_put_text(file, "<p>Events of the month that could not earn.</p>\n");
    html_put_table(file, report_table(report, "anomalies_by_reason"), &by_reason);
    if (!report_stream(report, rows.source, put_sample, &rows, reterr)) {
        return false;
    }
    if (rows.count > 0) {
        html_end_table(file);
        output_printf(
            file,
            "<p class=\"note\">Up to %d a reason. All samples are in anomalies.csv, which "
            "<code>--format csv</code> writes.</p>\n",
            SAMPLES_A_REASON);
    }
    output_put_text(file, "</section>\n");
    return true;
}

bool html_put_restated(OutputFile *file, Report *report, Error *reterr)
{
    static const HtmlColumn sums[] = {
        {"Level before", "level_before", HTML_TEXT},
        {"Level after", "level_after", HTML_TEXT},
        {"Members", "members", HTML_COUNT},
        {"Points before", "points_before", HTML_COUNT},
        {"Points after", "points_after", HTML_COUNT},
        {"By run", "run_id", HTML_ID},
        {"Replaced run", "superseded_run_id", HTML_ID},
    };
    static const HtmlTable by_level = {"restated_by_level", "Restated results by level", "",
                                       HTML_COLUMNS(sums)};
    static const HtmlColumn columns[] = {
        {"Member", "member_id", HTML_ID},
        {"Level before", "level_before", HTML_TEXT},
        {"Level after", "level_after", HTML_TEXT},
        {"Points before", "points_before", HTML_COUNT},
        {"Points after", "points_after", HTML_COUNT},
        {"By run", "run_id", HTML_ID},
    };
    static const HtmlTable each = {"restatements", "Restated results, member by member", "",
                                   HTML_COLUMNS(columns)};
    static const HtmlColumn taken[] = {
        {"Member", "member_id", HTML_ID},
        {"From", "from_level", HTML_TEXT},
        {"To", "to_level", HTML_TEXT},
        {"Direction", "direction", HTML_TEXT},
        {"Points", "points", HTML_COUNT},
        {"Written by run", "run_id", HTML_ID},
        {"Taken back by run", "superseded_by", HTML_ID},
    };
    static const HtmlTable withdrawn = {"changes_withdrawn", "Level changes taken back",
                                        "No level change was taken back.", HTML_COLUMNS(taken)};
    output_put_text(file,
                    "<section aria-labelledby=\"s-restated\">\n<h2 id=\"s-restated\">Late and "
                    "restated</h2>\n");
    if (report_table(report, "restated_by_level")->row_count == 0) {
        output_put_text(file,
                        "<p class=\"empty\">No later run changed a result of the period.</p>\n"
                        "</section>\n");
        return true;
    }
    output_put_text(file, "<p>Results that a later run changed, because events were recorded late "
                          "or an older month was restated.</p>\n");
    html_put_table(file, report_table(report, "restated_by_level"), &by_level);
    if (!put_rows(file, report, "restatements", &each, reterr) ||
        !put_rows(file, report, "changes_withdrawn", &withdrawn, reterr)) {
        return false;
    }
    output_put_text(file, "</section>\n");
    return true;
}
