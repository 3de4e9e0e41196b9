/*
 * JSON: one object, report.json, with a key for each table; config/report.schema.json describes it.
 *
 * `period` is an object, every other table a list of objects, a line a row, written as they are
 * read. No value is null; points, counts and cents are whole numbers, up to 64 bits.
 */
#include "report/format_json.h"

#include "report/formats.h"

#include <stdio.h>
#include <string.h>

/* Of the layout that config/report.schema.json describes. */
#define LAYOUT "1"

void json_put_string(OutputFile *file, const char *text)
{
    output_put(file, "\"", 1);
    for (const unsigned char *from = (const unsigned char *)text; *from != '\0';) {
        size_t plain = 0;
        while (from[plain] >= ' ' && from[plain] != '"' && from[plain] != '\\') {
            plain++;
        }
        output_put(file, from, plain);
        from += plain;
        if (*from == '"' || *from == '\\') {
            output_printf(file, "\\%c", *from++);
        } else if (*from != '\0') {
            output_printf(file, "\\u%04x", *from++);
        }
    }
    output_put(file, "\"", 1);
}

static void put_value(OutputFile *file, ReportType type, const ReportCell *cell)
{
    if (cell->text == NULL) {
        output_put_text(file, "null");
    } else if (type == REPORT_TEXT || type == REPORT_DATE || type == REPORT_TIME) {
        json_put_string(file, cell->text);
    } else {
        output_put_text(file, cell->text); /* a number, true or false, or JSON already */
    }
}

typedef struct JsonTable {
    OutputFile *file;
    const ReportTable *table;
    bool is_object;
    size_t row_count;
} JsonTable;

static bool put_row(void *context, const ReportCell *cells, Error *reterr)
{
    JsonTable *json = context;
    output_put_text(json->file, json->is_object ? "" : json->row_count == 0 ? "\n    " : ",\n    ");
    output_put(json->file, "{", 1);
    for (size_t i = 0; i < json->table->column_count; i++) {
        const ReportColumn *column = &json->table->columns[i];
        output_printf(json->file, "%s\"%s\": ", i == 0 ? "" : ", ", column->name);
        put_value(json->file, column->type, &cells[i]);
    }
    output_put(json->file, "}", 1);
    json->row_count++;
    return output_file_good(json->file, reterr);
}

static bool put_table(Report *report, const ReportTable *table, OutputFile *file, Error *reterr)
{
    JsonTable json = {file, table, strcmp(table->name, "period") == 0, 0};
    output_printf(file, ",\n  \"%s\": %s", table->name, json.is_object ? "" : "[");
    if (!report_stream(report, table, put_row, &json, reterr)) {
        return false;
    }
    if (!json.is_object) {
        output_put_text(file, json.row_count == 0 ? "]" : "\n  ]");
    }
    return true;
}

static bool write_json(Report *report, OutputFolder *folder, Error *reterr)
{
    size_t count = 0;
    const ReportTable *tables = report_tables(report, &count);
    CLEANUP_OUTPUT_FILE OutputFile *file = NULL;
    if (!output_file_open(folder, "report.json", &file, reterr)) {
        return false;
    }
    output_put_text(file, "{\n  \"report\": \"tierclose\",\n  \"layout\": " LAYOUT);
    for (size_t i = 0; i < count; i++) {
        if (!put_table(report, &tables[i], file, reterr)) {
            return false;
        }
    }
    output_put_text(file, "\n}\n");
    return output_file_close(&file, reterr);
}

const ReportFormat report_format_json = {"json", write_json};
