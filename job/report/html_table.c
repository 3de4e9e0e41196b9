#include "report/html_table.h"

#include "base/format.h"

#include <stdlib.h>
#include <string.h>

#define NO_VALUE "\xe2\x80\x93"

static const char *class_of(HtmlKind kind)
{
    switch (kind) {
    case HTML_ID:
    case HTML_COUNT:
    case HTML_SUM:
    case HTML_DIFFERENCE:
    case HTML_CENTS:
        return "number";
    case HTML_MONTH:
        return "date";
    case HTML_TIME:
        return "time";
    case HTML_CODE:
        return "code";
    case HTML_JSON:
    case HTML_PHRASE:
        return "phrase";
    default:
        return NULL;
    }
}

void html_begin_table(OutputFile *file, const HtmlTable *table)
{
    output_printf(file,
                  "<div class=\"scroll\" role=\"region\" aria-labelledby=\"%s\" tabindex=\"0\">\n"
                  "<table>\n<caption id=\"%s\">",
                  table->id, table->id);
    html_put_text(file, table->caption);
    output_put_text(file, "</caption>\n<thead><tr>");
    for (size_t i = 0; i < table->column_count; i++) {
        const char *class = class_of(table->columns[i].kind);
        output_printf(file, "<th scope=\"col\"%s%s%s>", class == NULL ? "" : " class=\"",
                      class == NULL ? "" : class, class == NULL ? "" : "\"");
        html_put_text(file, table->columns[i].head);
        output_put_text(file, "</th>");
    }
    output_put_text(file, "</tr></thead>\n<tbody>\n");
}

void html_begin_row(OutputFile *file)
{
    output_put_text(file, "<tr>");
}

void html_begin_cell(OutputFile *file, HtmlKind kind, bool names_the_row)
{
    const char *class = class_of(kind);
    output_put_text(file, names_the_row ? "<th scope=\"row\"" : "<td");
    if (class != NULL) {
        output_printf(file, " class=\"%s\"", class);
    }
    output_put(file, ">", 1);
}

void html_end_cell(OutputFile *file, bool names_the_row)
{
    output_put_text(file, names_the_row ? "</th>" : "</td>");
}

void html_put_text_cell(OutputFile *file, const char *text, bool names_the_row)
{
    html_begin_cell(file, HTML_TEXT, names_the_row);
    html_put_text(file, text);
    html_end_cell(file, names_the_row);
}

void html_put_count_cell(OutputFile *file, int64_t value)
{
    html_begin_cell(file, HTML_COUNT, false);
    html_put_count(file, value, false);
    html_end_cell(file, false);
}

void html_put_sum_cell(OutputFile *file, bool known, int64_t sum)
{
    html_begin_cell(file, HTML_SUM, false);
    if (known) {
        html_put_count(file, sum, false);
    } else {
        output_put_text(file, NO_VALUE);
    }
    html_end_cell(file, false);
}

void html_end_row(OutputFile *file)
{
    output_put_text(file, "</tr>\n");
}

void html_begin_total(OutputFile *file)
{
    output_put_text(file, "</tbody>\n<tbody class=\"total\">\n");
}

void html_end_table(OutputFile *file)
{
    output_put_text(file, "</tbody>\n</table>\n</div>\n");
}

/* 2025-12-31T23:30:05.12Z as 2025-12-31 23:30:05 UTC, at most broken behind the day. */
static void put_time(OutputFile *file, const char *time)
{
    output_put_text(file, "<time datetime=\"");
    html_put_text(file, time);
    output_printf(
        file, "\"><span class=\"date\">%.10s</span> <span class=\"date\">%.8s UTC</span></time>",
        time, strlen(time) > 19 ? time + 11 : "");
}

static void put_value(OutputFile *file, const ReportCell *cell, HtmlKind kind)
{
    switch (kind) {
    case HTML_WORDS:
        html_put_words(file, cell->text);
        break;
    case HTML_TIME:
        put_time(file, cell->text);
        break;
    case HTML_COUNT:
    case HTML_SUM:
    case HTML_DIFFERENCE:
        html_put_count(file, cell->number, kind == HTML_DIFFERENCE);
        break;
    case HTML_CENTS:
        html_put_cents(file, cell->number);
        break;
    case HTML_JSON:
        html_put_json_words(file, cell->text);
        break;
    case HTML_YES:
        output_put_text(file, cell->number != 0 ? "yes" : "no");
        break;
    case HTML_TEXT:
    case HTML_MONTH:
    case HTML_PHRASE:
    case HTML_CODE:
    case HTML_ID:
        html_put_text(file, cell->text);
        break;
    }
}

static size_t column_index(const ReportTable *source, const char *name)
{
    for (size_t i = 0; i < source->column_count; i++) {
        if (strcmp(source->columns[i].name, name) == 0) {
            return i;
        }
    }
    abort(); /* a bug: no table of the report has it */
}

void html_put_named_value(OutputFile *file, const ReportTable *source, size_t row,
                          const HtmlColumn *column)
{
    size_t index = column_index(source, column->name);
    put_value(file, &source->cells[row * source->column_count + index], column->kind);
}

void html_put_row(OutputFile *file, const ReportTable *source, const ReportCell *cells,
                  const HtmlTable *table)
{
    html_begin_row(file);
    for (size_t i = 0; i < table->column_count; i++) {
        const HtmlColumn *column = &table->columns[i];
        const ReportCell *cell = &cells[column_index(source, column->name)];
        html_begin_cell(file, column->kind, i == 0);
        if (cell->text == NULL) {
            output_put_text(file, NO_VALUE);
        } else {
            put_value(file, cell, column->kind);
        }
        html_end_cell(file, i == 0);
    }
    html_end_row(file);
}

static void put_total(OutputFile *file, const ReportTable *source, const HtmlTable *table)
{
    html_begin_total(file);
    html_begin_row(file);
    for (size_t i = 0; i < table->column_count; i++) {
        const HtmlColumn *column = &table->columns[i];
        int64_t sum = 0;
        bool known = column->kind == HTML_SUM;
        for (size_t row = 0; row < source->row_count && known; row++) {
            known = !__builtin_add_overflow(sum, report_number(source, row, column->name), &sum);
        }
        if (i == 0) {
            html_put_text_cell(file, "Total", true);
        } else if (known) {
            html_put_count_cell(file, sum);
        } else {
            output_put_text(file, "<td></td>");
        }
    }
    html_end_row(file);
}

static bool has_total(const HtmlTable *table)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].kind == HTML_SUM) {
            return true;
        }
    }
    return false;
}

void html_put_table(OutputFile *file, const ReportTable *source, const HtmlTable *table)
{
    if (source->row_count == 0) {
        output_put_text(file, "<p class=\"empty\">");
        html_put_text(file, table->empty);
        output_put_text(file, "</p>\n");
        return;
    }
    html_begin_table(file, table);
    for (size_t row = 0; row < source->row_count && row < HTML_ROWS_MAX; row++) {
        html_put_row(file, source, source->cells + row * source->column_count, table);
    }
    if (has_total(table)) {
        put_total(file, source, table);
    }
    html_end_table(file);
    if (source->row_count > HTML_ROWS_MAX) {
        output_printf(file, "<p class=\"note\">The first %d of %s lines. %s.csv has all.</p>\n",
                      HTML_ROWS_MAX, format_count((int64_t)source->row_count, FORMAT_TEXT),
                      source->name);
    }
}
