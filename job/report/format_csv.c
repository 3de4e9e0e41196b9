/*
 * CSV: a file a table, as RFC 4180 has it.
 *
 * A head with the columns' names; lines end with CR LF; what holds a comma, a quotation mark or a
 * line's end stands in quotation marks. No value is an empty field, an empty text is "". UTF-8
 * without a byte order mark.
 */
#include "report/format_csv.h"

#include "report/formats.h"

#include <stdio.h>
#include <string.h>

void csv_put_field(OutputFile *file, const char *text)
{
    if (text == NULL) {
        return;
    }
    if (text[0] != '\0' && strpbrk(text, ",\"\r\n") == NULL) {
        output_put_text(file, text);
        return;
    }
    output_put(file, "\"", 1);
    for (const char *from = text; *from != '\0';) {
        size_t plain = strcspn(from, "\"");
        output_put(file, from, plain);
        from += plain;
        if (*from == '"') {
            output_put(file, "\"\"", 2);
            from++;
        }
    }
    output_put(file, "\"", 1);
}

typedef struct CsvTable {
    OutputFile *file;
    size_t column_count;
} CsvTable;

static void end_field(const CsvTable *csv, size_t column)
{
    bool last = column + 1 == csv->column_count;
    output_put(csv->file, last ? "\r\n" : ",", last ? 2 : 1);
}

static bool put_row(void *context, const ReportCell *cells, Error *reterr)
{
    const CsvTable *csv = context;
    for (size_t column = 0; column < csv->column_count; column++) {
        csv_put_field(csv->file, cells[column].text);
        end_field(csv, column);
    }
    return output_file_good(csv->file, reterr);
}

static bool write_table(Report *report, const ReportTable *table, OutputFolder *folder,
                        Error *reterr)
{
    char name[sizeof((FileFact *)0)->name];
    (void)snprintf(name, sizeof name, "%s.csv", table->name);
    CLEANUP_OUTPUT_FILE OutputFile *file = NULL;
    if (!output_file_open(folder, name, &file, reterr)) {
        return false;
    }
    CsvTable csv = {file, table->column_count};
    for (size_t column = 0; column < table->column_count; column++) {
        csv_put_field(file, table->columns[column].name);
        end_field(&csv, column);
    }
    return report_stream(report, table, put_row, &csv, reterr) && output_file_close(&file, reterr);
}

static bool write_csv(Report *report, OutputFolder *folder, Error *reterr)
{
    size_t count = 0;
    const ReportTable *tables = report_tables(report, &count);
    for (size_t i = 0; i < count; i++) {
        if (!write_table(report, &tables[i], folder, reterr)) {
            return false;
        }
    }
    return true;
}

const ReportFormat report_format_csv = {"csv", write_csv};
