/* The section of the page about the runs: who, when, with which configuration and snapshot. */
#include "report/html_sections.h"

/* The facts of one run as a list. */
static void put_run_facts(OutputFile *file, const ReportTable *runs, int64_t run_id)
{
    static const HtmlColumn facts[] = {
        {"Run", "run_id", HTML_ID},
        {"Action", "action", HTML_TEXT},
        {"Mode", "mode", HTML_TEXT},
        {"Run by", "run_by", HTML_TEXT},
        {"Started", "started_at", HTML_TIME},
        {"Finished", "finished_at", HTML_TIME},
        {"Acted on the day", "acted_on", HTML_MONTH},
        {"Configuration", "config_file", HTML_TEXT},
        {"SHA-256 of it", "config_sha256", HTML_CODE},
        {"Snapshot", "snapshot", HTML_CODE},
        {"Snapshot taken", "snapshot_taken_at", HTML_TIME},
        {"Server", "system_identifier", HTML_CODE},
        {"Digest of the members", "members_digest", HTML_CODE},
        {"Result checksum", "result_checksum", HTML_CODE},
    };
    size_t row = 0;
    while (row < runs->row_count && report_number(runs, row, "run_id") != run_id) {
        row++;
    }
    if (row == runs->row_count) {
        return;
    }
    output_put_text(file, "<dl class=\"facts\">\n");
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        if (!report_is_null(runs, row, facts[i].name)) {
            output_printf(file, "<div><dt>%s</dt><dd%s>", facts[i].head,
                          facts[i].kind == HTML_CODE ? " class=\"code\"" : "");
            html_put_named_value(file, runs, row, &facts[i]);
            output_put_text(file, "</dd></div>\n");
        }
    }
    output_put_text(file, "</dl>\n");
}

void html_put_run(OutputFile *file, const Report *report)
{
    static const HtmlColumn columns[] = {
        {"Run", "run_id", HTML_ID},
        {"Action", "action", HTML_TEXT},
        {"Mode", "mode", HTML_TEXT},
        {"Status", "status", HTML_TEXT},
        {"Run by", "run_by", HTML_TEXT},
        {"Started", "started_at", HTML_TIME},
        {"Finished", "finished_at", HTML_TIME},
        {"Changed anything", "changed", HTML_YES},
        {"Stands", "stands", HTML_YES},
        {"Superseded by", "superseded_by", HTML_ID},
        {"Error", "error", HTML_TEXT},
    };
    static const HtmlTable table = {"runs", "Every run for the period", "There is no run.",
                                    HTML_COLUMNS(columns)};
    static const HtmlColumn count_columns[] = {
        {"Run", "run_id", HTML_ID},
        {"Events", "events", HTML_COUNT},
        {"Late events", "late_events", HTML_COUNT},
        {"Members", "members", HTML_COUNT},
        {"Points", "points", HTML_COUNT},
        {"Up", "upgrades", HTML_COUNT},
        {"Down", "downgrades", HTML_COUNT},
        {"Coupons", "grants", HTML_COUNT},
        {"Anomalies", "anomalies", HTML_COUNT},
    };
    static const HtmlTable counts = {"run_counts", "What each run counted", "",
                                     HTML_COLUMNS(count_columns)};
    static const HtmlColumn digest_columns[] = {
        {"Run", "run_id", HTML_ID},
        {"Configuration", "config_sha256", HTML_CODE},
        {"Result checksum", "result_checksum", HTML_CODE},
    };
    static const HtmlTable digests = {"run_digests", "What each run can be proved by", "",
                                      HTML_COLUMNS(digest_columns)};
    const ReportTable *runs = report_table(report, "runs");
    output_put_text(file,
                    "<section aria-labelledby=\"s-run\">\n<h2 id=\"s-run\">The run</h2>\n<p>The "
                    "run that last computed the period.</p>\n");
    put_run_facts(file, runs, report_number(report_table(report, "period"), 0, "checked_run_id"));
    html_put_table(file, runs, &table);
    html_put_table(file, runs, &counts);
    html_put_table(file, runs, &digests);
    output_put_text(file, "<p class=\"note\"><code>manifest.json</code> beside this page has the "
                          "SHA-256 of every file of the report and the checksum of the result. "
                          "<code>tierclose report --check DIR --db</code> proves both.</p>\n"
                          "</section>\n");
}
