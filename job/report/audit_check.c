#include "report/audit_write.h"

#include "base/format.h"
#include "ledger/runs.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

typedef struct Check {
    FILE *out;
    Arena *arena;
    const AuditCheck *asked;
    Manifest manifest;
    int64_t differences;
} Check;

static void differ(Check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void differ(Check *check, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)fputs("  ", check->out);
    format_paragraph(check->out, text, 2, 4);
    check->differences++;
}

static const FileFact *find_file(const Manifest *manifest, const char *name)
{
    for (size_t i = 0; i < manifest->file_count; i++) {
        if (strcmp(manifest->files[i].name, name) == 0) {
            return &manifest->files[i];
        }
    }
    return NULL;
}

static void compare_file(Check *check, const FileFact *expected)
{
    FileFact found;
    Error error;
    const char *path = arena_printf(check->arena, "%s/%s", check->asked->folder, expected->name);
    if (!file_fact_read(path, expected->name, &found, &error)) {
        differ(check, "%s", error.message);
    } else if (found.bytes != expected->bytes) {
        differ(check, "%s has %s bytes, in the manifest %s", expected->name,
               format_count(found.bytes, FORMAT_TEXT), format_count(expected->bytes, FORMAT_TEXT));
    } else if (strcmp(found.sha256, expected->sha256) != 0) {
        differ(check,
               "%s is another file than the manifest's: its SHA-256 is %s, in the manifest %s",
               expected->name, found.sha256, expected->sha256);
    }
}

static bool find_foreign(Check *check, Error *reterr)
{
    DIR *folder = opendir(check->asked->folder);
    if (folder == NULL) {
        return error_set(reterr, EXIT_DATA, NULL, "%.600s cannot be read: %s", check->asked->folder,
                         strerror(errno));
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strcmp(name, MANIFEST_NAME) != 0 &&
            find_file(&check->manifest, name) == NULL) {
            differ(check, "%.300s is not in the manifest", name);
        }
    }
    (void)closedir(folder);
    return true;
}

static void print_end(Check *check, int64_t before, const char *good)
{
    if (check->differences == before) {
        (void)fputs("  ", check->out);
        format_paragraph(check->out, good, 2, 4);
    }
}

static bool check_files(Check *check, Error *reterr)
{
    (void)fprintf(check->out, "Files of %s, against its manifest:\n", check->asked->folder);
    for (size_t i = 0; i < check->manifest.file_count; i++) {
        compare_file(check, &check->manifest.files[i]);
    }
    if (!find_foreign(check, reterr)) {
        return false;
    }
    print_end(
        check, 0,
        arena_printf(check->arena, "all %zu are as they were written", check->manifest.file_count));
    return true;
}

/* What the run ledger says of the manifest's run. */
static bool check_run(Check *check, Connection *connection, Error *reterr)
{
    const ReportIdentity *identity = &check->manifest.identity;
    LedgerRun run;
    int64_t before = check->differences;
    (void)fprintf(check->out, "Run %" PRId64 ", in the run ledger:\n", identity->newest_run_id);
    if (!runs_find(connection, check->arena, identity->newest_run_id, &run, reterr)) {
        return false;
    }
    if (!run.found || strcmp(run.status, "published") != 0) {
        differ(check, "there is no published run of this number");
    } else {
        if (strcmp(run.period, identity->period) != 0) {
            differ(check, "it is a run of %s, and the report is one of %s", run.period,
                   identity->period);
        }
        if (strcmp(run.result_checksum, identity->result_checksum) != 0) {
            differ(check, "its result has the checksum %s, in the manifest %s", run.result_checksum,
                   identity->result_checksum);
        }
    }
    print_end(check, before, "it was published for this period, with the manifest's checksum");
    return true;
}

/* The report that would be made now, against the one that was: a manifest for a manifest. */
static void compare_anew(Check *check, const Manifest *anew)
{
    const Manifest *manifest = &check->manifest;
    if (strcmp(anew->identity.config_sha256, manifest->identity.config_sha256) != 0) {
        differ(check, "the period was computed by the configuration %s, in the manifest %s",
               anew->identity.config_sha256, manifest->identity.config_sha256);
    }
    if (anew->identity.run_id != manifest->identity.run_id) {
        differ(check, "the standings are those of run %" PRId64 ", in the manifest run %" PRId64,
               anew->identity.run_id, manifest->identity.run_id);
    }
    for (size_t i = 0; i < anew->file_count; i++) {
        const FileFact *file = find_file(manifest, anew->files[i].name);
        if (file == NULL) {
            differ(check, "%s is missing in the manifest", anew->files[i].name);
        } else if (strcmp(file->sha256, anew->files[i].sha256) != 0) {
            differ(check, "%s made anew from the database is another file", file->name);
        }
    }
    for (size_t i = 0; i < manifest->file_count; i++) {
        if (find_file(anew, manifest->files[i].name) == NULL) {
            differ(check, "%s is not made from the database", manifest->files[i].name);
        }
    }
}

static bool check_anew(Check *check, Connection *connection, Error *reterr)
{
    const ReportIdentity *identity = &check->manifest.identity;
    ReportFormats formats;
    Manifest anew;
    CLEANUP_OUTPUT_FOLDER OutputFolder *folder = NULL;
    CLEANUP_REPORT Report *report = NULL;
    int64_t before = check->differences;
    (void)fprintf(check->out, "The report of %s made anew from the database:\n", identity->period);
    if (!report_formats_parse(check->manifest.formats, &formats, reterr)) {
        reterr->code = EXIT_DATA; /* not this command's --format */
        return error_prefix(reterr, "the manifest");
    }
    if (!report_open(connection, check->arena, identity->period, check->asked->stop_signal, &report,
                     reterr)) {
        bool never_closed = reterr->code == EXIT_DATA;
        if (never_closed) {
            differ(check, "%s", reterr->message);
        }
        return never_closed;
    }
    ReportIdentity now = report_identity(report);
    if (now.newest_run_id != identity->newest_run_id) {
        differ(check,
               "run %" PRId64 " was published for the period since: make the report anew. What the "
               "older one shows can no longer be compared",
               now.newest_run_id);
        return true;
    }
    if (!output_folder_open_scratch(&folder, reterr) ||
        !audit_write(check->arena, report, &formats, NULL, folder, &anew, reterr)) {
        return false;
    }
    if (strcmp(anew.made_by, check->manifest.made_by) != 0) {
        (void)fprintf(check->out, "  note: made by %s, and this is %s\n", check->manifest.made_by,
                      anew.made_by);
    }
    compare_anew(check, &anew);
    print_end(check, before, "the same, byte for byte");
    return true;
}

static bool check_database(Check *check, Error *reterr)
{
    CLEANUP_CONNECTION Connection *connection = NULL;
    return connection_open(check->asked->dsn, "tierclose report", &connection, reterr) &&
           check_run(check, connection, reterr) && check_anew(check, connection, reterr);
}

bool audit_check(FILE *out, Arena *arena, const AuditCheck *asked, bool *ret_equal, Error *reterr)
{
    Check check = {.out = out, .arena = arena, .asked = asked};
    if (!manifest_read(arena, asked->folder, &check.manifest, reterr) ||
        !check_files(&check, reterr) || (asked->database && !check_database(&check, reterr))) {
        return false;
    }
    (void)fprintf(out, "%s\n",
                  check.differences == 0 ? "No difference." : "There are differences.");
    *ret_equal = check.differences == 0;
    return true;
}
