/*
 * The formats of a report: each takes the tables that were read and writes its files into a folder.
 *
 * A format is one file, or one folder, of its own and has one line in formats.c. It knows nothing
 * of options, of the other formats or of where the folder will be. The same tables give the same
 * bytes: no clock, no locale, no order of a hash table.
 */
#pragma once

#include "ledger/report_data.h"
#include "report/output_folder.h"

typedef struct ReportFormat {
    const char *name; /* in --format */
    bool (*write)(Report *report, OutputFolder *folder, Error *reterr);
} ReportFormat;

extern const ReportFormat report_format_html;
extern const ReportFormat report_format_csv;
extern const ReportFormat report_format_json;
extern const ReportFormat report_format_xlsx;

enum { REPORT_FORMATS_MAX = 8 };

/* A choice of formats, each once, in the order of the table and not of the text. */
typedef struct ReportFormats {
    const ReportFormat *items[REPORT_FORMATS_MAX];
    size_t count;
} ReportFormats;

/* "csv,json"; NULL: all. EXIT_USAGE with the formats there are. */
MUST_CHECK bool report_formats_parse(const char *text, ReportFormats *ret_formats, Error *reterr);
