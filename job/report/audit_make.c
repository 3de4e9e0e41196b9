#include "report/audit.h"

#include "base/format.h"
#include "report/audit_write.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#ifndef TIERCLOSE_VERSION
#error "TIERCLOSE_VERSION: the project's version, given by meson.build"
#endif

static const char *formats_text(Arena *arena, const ReportFormats *formats)
{
    const char *text = "";
    for (size_t i = 0; i < formats->count; i++) {
        text = arena_printf(arena, "%s%s%s", text, i == 0 ? "" : ",", formats->items[i]->name);
    }
    return text;
}

bool audit_write(Arena *arena, Report *report, const ReportFormats *formats, Progress *progress,
                 OutputFolder *folder, Manifest *ret_manifest, Error *reterr)
{
    for (size_t i = 0; i < formats->count; i++) {
        size_t before = 0;
        size_t after = 0;
        (void)output_folder_files(folder, &before);
        progress_begin(progress,
                       arena_printf(arena, "%s: write %s", report_identity(report).period,
                                    formats->items[i]->name),
                       "files", 0);
        if (!formats->items[i]->write(report, folder, reterr)) {
            return false;
        }
        (void)output_folder_files(folder, &after);
        progress_add(progress, (int64_t)(after - before));
        progress_end(progress);
    }
    size_t count = 0;
    const FileFact *files = output_folder_files(folder, &count);
    FileFact *kept = arena_alloc(arena, count + 1, sizeof *kept);
    memcpy(kept, files, count * sizeof *kept);
    *ret_manifest = (Manifest){
        .made_by = "tierclose " TIERCLOSE_VERSION,
        .formats = formats_text(arena, formats),
        .identity = report_identity(report),
        .files = kept,
        .file_count = count,
    };
    return true;
}

/* The names of an older report's files, which may be replaced; none where there is no report. */
static bool older_files(Arena *arena, const AuditMake *make, const char *const **ret_names,
                        size_t *ret_count, Error *reterr)
{
    Manifest older;
    Error none;
    *ret_names = NULL;
    *ret_count = 0;
    if (!manifest_read(arena, make->out, &older, &none)) {
        return true;
    }
    if (strcmp(older.identity.period, make->period) != 0) {
        return error_set(reterr, EXIT_USAGE, "name a folder for each period.",
                         "--out %.600s: it holds the report of %.20s", make->out,
                         older.identity.period);
    }
    const char **names = arena_alloc(arena, older.file_count + 1, sizeof *names);
    for (size_t i = 0; i < older.file_count; i++) {
        names[i] = older.files[i].name;
    }
    names[older.file_count] = MANIFEST_NAME;
    *ret_names = names;
    *ret_count = older.file_count + 1;
    return true;
}

bool audit_make(Arena *arena, const AuditMake *make, AuditMade *ret_made, Error *reterr)
{
    const char *const *names = NULL;
    size_t name_count = 0;
    CLEANUP_OUTPUT_FOLDER OutputFolder *folder = NULL;
    CLEANUP_CONNECTION Connection *connection = NULL;
    CLEANUP_REPORT Report *report = NULL;
    AuditMade made = {0};
    /* The folder first: it costs nothing, and what is wrong with it no reading can mend. */
    if (!older_files(arena, make, &names, &name_count, reterr) ||
        !output_folder_open(make->out, names, name_count, &folder, reterr) ||
        !connection_open(make->dsn, "tierclose report", &connection, reterr) ||
        !report_open(connection, arena, make->period, make->stop_signal, &report, reterr) ||
        !audit_write(arena, report, &make->formats, make->progress, folder, &made.manifest,
                     reterr) ||
        !manifest_write(&made.manifest, folder, reterr)) {
        return false;
    }
    size_t count = 0;
    const FileFact *files = output_folder_files(folder, &count);
    for (size_t i = 0; i < count; i++) {
        made.bytes += files[i].bytes;
        if (strcmp(files[i].name, MANIFEST_NAME) == 0) {
            made.manifest_file = files[i];
        }
    }
    if (!output_folder_commit(folder, reterr)) {
        return false;
    }
    *ret_made = made;
    return true;
}

void audit_print_made(FILE *out, const AuditMake *make, const AuditMade *made)
{
    const ReportIdentity *identity = &made->manifest.identity;
    size_t files = made->manifest.file_count + 1;
    (void)fprintf(out, "Report of %s in %s: %zu file%s, %s bytes.\n", identity->period, make->out,
                  files, format_plural((int64_t)files), format_count(made->bytes, FORMAT_TEXT));
    (void)fprintf(out, "  run       %" PRId64 "\n", identity->newest_run_id);
    (void)fprintf(out, "  checksum  %s\n", identity->result_checksum);
    (void)fprintf(out, "  manifest  %s\n", made->manifest_file.sha256);
}
