/*
 * report/xlsx_text, xlsx_table and xlsx_files: what a cell holds, where a sheet ends, and a disk
 * that does not take it all.
 */
#include "report/xlsx_files.h"
#include "report/xlsx_table.h"
#include "report/xlsx_text.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { BOOK_BYTES_MAX = 2000000, FEW_ROWS = 4 };

static const char *text_of(const char *text, size_t characters_max, bool *ret_cut)
{
    static char written[400];
    cr_assert_lt(xlsx_text_bytes(text), sizeof written);
    *ret_cut = xlsx_text(text, characters_max, written);
    return written;
}

Test(xlsx, texts_that_xml_cannot_hold)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"plain, <b>&\"'", "plain, <b>&\"'"},
        {"=1+1", "=1+1"},
        {"a\tb\nc", "a\tb\nc"},
        {"\x01\x1f\r", "_x0001__x001F__x000D_"},
        {"\x7f", "\x7f"},
        {"_x0041_", "_x005F_x0041_"},
        {"_x00_", "_x00_"},
        {"_x004", "_x004"},
        {"__xABcd_", "__x005F_xABcd_"},
        {"\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd_xFFFE__xFFFF_"},
        {"\xf0\x9f\x8e\x89", "\xf0\x9f\x8e\x89"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool cut = true;
        cr_expect_str_eq(text_of(cases[i][0], 100, &cut), cases[i][1]);
        cr_expect_not(cut);
    }
}

Test(xlsx, texts_are_cut_at_the_limit)
{
    bool cut = true;
    cr_expect_str_eq(text_of("0123456789", 10, &cut), "0123456789");
    cr_expect_not(cut);
    cr_expect_str_eq(text_of("0123456789x", 10, &cut), "0... (cut)");
    cr_expect(cut);
    /* Two characters of UTF-16, and seven where it is escaped. */
    cr_expect_str_eq(text_of("\xf0\x9f\x8e\x89\xf0\x9f\x8e\x89 6789012", 11, &cut),
                     "\xf0\x9f\x8e\x89... (cut)");
    cr_expect_str_eq(text_of("\x01\x01\x01", 20, &cut), "_x0001_... (cut)");
    cr_expect(cut);
}

Test(xlsx, dates)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"1900-03-01", true},  {"9999-12-31", true},     {"2024-02-29", true},
        {"1900-02-28", false}, {"1899-12-31", false},    {"infinity", false},
        {"", false},           {"2024-13-01", false},    {"2024-00-01", false},
        {"2024-01-32", false}, {"2024-1-01", false},     {"10000-01-01", false},
        {"2024-01-0x", false}, {"0001-01-01 BC", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lxw_datetime date = {.year = -1};
        cr_expect_eq(xlsx_date(cases[i].text, &date), cases[i].good, "%s", cases[i].text);
        cr_expect_eq(date.year == -1, !cases[i].good, "%s", cases[i].text);
    }
    lxw_datetime date;
    cr_assert(xlsx_date("2024-02-29", &date));
    cr_expect(date.year == 2024 && date.month == 2 && date.day == 29 && date.hour == 0);
}

Test(xlsx, times)
{
    static const char *const bad[] = {
        "2025-01-02T03:04:05",
        "2025-01-02 03:04:05Z",
        "2025-01-02T24:04:05Z",
        "2025-01-02T03:60:05Z",
        "2025-01-02T03:04:60Z",
        "2025-01-02T03:04:05.Z",
        "2025-01-02T03:04:05.1",
        "infinity",
        "1899-01-02T03:04:05Z",
        "2025-01-02T03:04:05+00",
        "2025-01-02",
        "2025-01-02T03:04:05.1234567Z",
    };
    lxw_datetime time = {.year = -1};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_expect_not(xlsx_time(bad[i], &time), "%s", bad[i]);
    }
    cr_expect_eq(time.year, -1);
    cr_assert(xlsx_time("2025-01-02T03:04:05Z", &time));
    cr_expect(time.day == 2 && time.hour == 3 && time.min == 4 && time.sec == 5.0);
    cr_assert(xlsx_time("2025-01-02T03:04:05.25Z", &time));
    cr_expect(time.sec == 5.25);
    cr_assert(xlsx_time("2025-01-02T23:59:59.999999Z", &time));
    cr_expect(time.sec == 59.999999);
}

/* A table with one large column, of the name `changes`. */
static const ReportColumn columns[] = {
    {"member_id", REPORT_INTEGER, false, ""},
    {"value_cents", REPORT_CENTS, true, ""},
};
static const ReportTable changes = {.name = "changes", .columns = columns, .column_count = 2};

static bool begin_book(OutputFolder *folder, uint32_t rows_max, XlsxBook *ret_book, Error *reterr)
{
    const XlsxBookFacts facts = {
        .name = "book.xlsx", .title = "Test", .currency = "EUR", .rows_max = rows_max};
    return xlsx_book_open(folder, &facts, ret_book, reterr);
}

static bool put_rows(XlsxBook *book, int64_t count, Error *reterr)
{
    XlsxTable table;
    bool good = xlsx_table_begin(book, &changes, &table, reterr);
    for (int64_t i = 1; good && i <= count; i++) {
        char number[24];
        (void)snprintf(number, sizeof number, "%ld", (long)i);
        const ReportCell cells[] = {{number, i}, {number, i}};
        good = xlsx_table_put_row(&table, cells, reterr);
    }
    return good && xlsx_table_end(&table, reterr);
}

/* A part of a workbook, by Python's own library. */
static const char *part_of(OutputFolder *folder, const char *name)
{
    static char part[BOOK_BYTES_MAX];
    char command[600];
    (void)snprintf(command, sizeof command,
                   "python3 -c 'import sys, zipfile; "
                   "sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' "
                   "%s xl/%s",
                   output_folder_path(folder, "book.xlsx"), name);
    FILE *pipe = popen(command, "r");
    cr_assert_not_null(pipe);
    part[fread(part, 1, sizeof part - 1, pipe)] = '\0';
    cr_assert_eq(pclose(pipe), 0, "%s", name);
    return part;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

/* Rows for the sheets that there are to be, with so many rows on the last one. */
static void check_split(int64_t row_count, size_t sheet_count, size_t last_count)
{
    Error error = {0};
    CLEANUP_OUTPUT_FOLDER OutputFolder *folder = NULL;
    CLEANUP_XLSX_BOOK XlsxBook book = {0};
    cr_assert(output_folder_open_scratch(&folder, &error));
    cr_assert(begin_book(folder, FEW_ROWS, &book, &error), "%s", error.message);
    cr_assert(put_rows(&book, row_count, &error), "%s", error.message);
    cr_expect_eq(book.sheet_count, sheet_count);
    cr_expect_eq(book.sheets[sheet_count - 1].row_count, (int64_t)last_count);
    cr_assert(xlsx_book_close(&book, &error), "%s", error.message);
    const char *names = part_of(folder, "workbook.xml");
    cr_expect_eq(count_of(names, "<sheet "), sheet_count);
    cr_expect_not_null(strstr(names, "<sheet name=\"Changes\""));
    for (size_t i = 1; i <= sheet_count; i++) {
        char name[60];
        (void)snprintf(name, sizeof name, "<sheet name=\"Changes %zu\"", i);
        cr_expect_eq(strstr(names, name) != NULL, i > 1, "%s", name);
    }
    for (size_t i = 1; i <= sheet_count; i++) {
        char name[60];
        (void)snprintf(name, sizeof name, "worksheets/sheet%zu.xml", i);
        const char *sheet = part_of(folder, name);
        size_t rows = i < sheet_count ? FEW_ROWS - 1 : last_count;
        cr_expect_eq(count_of(sheet, "<row "), rows + 1);
        cr_expect_eq(count_of(sheet, "Member id"), 1);
        cr_expect_eq(count_of(sheet, "Value (EUR)"), 1);
        cr_expect_eq(count_of(sheet, "state=\"frozen\""), 1);
        cr_expect_eq(count_of(sheet, "<autoFilter "), 1);
        if (rows > 0) {
            char first[60];
            (void)snprintf(first, sizeof first, "<v>%zu</v>", (i - 1) * (FEW_ROWS - 1) + 1);
            cr_expect_not_null(strstr(sheet, first));
        }
    }
}

Test(xlsx, more_rows_than_a_sheet_has)
{
    check_split(0, 1, 0);
    check_split(FEW_ROWS - 1, 1, FEW_ROWS - 1);
    check_split(FEW_ROWS, 2, 1);
    check_split(3 * (FEW_ROWS - 1), 3, FEW_ROWS - 1);
}

Test(xlsx, a_full_disk_is_found)
{
    /* Nothing of a file is written beyond so many bytes; the first write to fail may be of a
     * temporary file while rows come, of one when the workbook is closed, or of the workbook. */
    static const rlim_t limits[] = {0, 2000, 20000, 100000, 300000, 700000};
    struct rlimit before;
    (void)signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    size_t failed = 0;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        Error error = {0};
        CLEANUP_OUTPUT_FOLDER OutputFolder *folder = NULL;
        CLEANUP_XLSX_BOOK XlsxBook book = {0};
        const struct rlimit limit = {.rlim_cur = limits[i], .rlim_max = before.rlim_max};
        cr_assert(output_folder_open_scratch(&folder, &error));
        cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
        bool good = begin_book(folder, XLSX_ROWS_MAX, &book, &error) &&
                    put_rows(&book, 5000, &error) && xlsx_book_close(&book, &error);
        cr_assert_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
        if (good) {
            cr_expect_eq(count_of(part_of(folder, "worksheets/sheet1.xml"), "</worksheet>"), 1);
        } else {
            failed++;
            cr_expect_not_null(strstr(error.message, "book.xlsx cannot be written: File too large"),
                               "%s", error.message);
        }
    }
    cr_expect_geq(failed, 4);
    cr_expect_lt(failed, sizeof limits / sizeof limits[0]);
}
