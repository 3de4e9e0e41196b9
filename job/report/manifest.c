#include "report/manifest.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 1, PATH_BYTES = 4096 };
#define KIND "tierclose report"

static json_t *files_json(const Manifest *manifest)
{
    json_t *list = json_array();
    for (size_t i = 0; i < manifest->file_count; i++) {
        const FileFact *file = &manifest->files[i];
        (void)json_array_append_new(list,
                                    json_pack("{s:s, s:I, s:s}", "name", file->name, "bytes",
                                              (json_int_t)file->bytes, "sha256", file->sha256));
    }
    return list;
}

bool manifest_write(const Manifest *manifest, OutputFolder *folder, Error *reterr)
{
    const ReportIdentity *identity = &manifest->identity;
    json_t *object = json_pack(
        "{s:s, s:i, s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:o}", "manifest", KIND, "version", VERSION,
        "made_by", manifest->made_by, "period", identity->period, "run_id",
        (json_int_t)identity->run_id, "newest_run_id", (json_int_t)identity->newest_run_id,
        "result_checksum", identity->result_checksum, "config_sha256", identity->config_sha256,
        "formats", manifest->formats, "files", files_json(manifest));
    char *text = object == NULL ? NULL : json_dumps(object, JSON_INDENT(2));
    json_decref(object);
    if (text == NULL) {
        return error_set(reterr, EXIT_BUG, NULL, "the manifest cannot be put together");
    }
    CLEANUP_OUTPUT_FILE OutputFile *file = NULL;
    bool done = output_file_open(folder, MANIFEST_NAME, &file, reterr);
    if (done) {
        output_printf(file, "%s\n", text);
        done = output_file_close(&file, reterr);
    }
    free(text);
    return done;
}

/* A name that cannot lead out of the folder. */
static bool is_plain_name(const char *name)
{
    return name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL &&
           strlen(name) < sizeof((FileFact *)0)->name && strcmp(name, MANIFEST_NAME) != 0;
}

static bool read_file(json_t *object, FileFact *ret_file)
{
    const char *name = NULL;
    const char *sha256 = NULL;
    json_int_t bytes = 0;
    if (json_unpack(object, "{s:s, s:I, s:s}", "name", &name, "bytes", &bytes, "sha256", &sha256) !=
            0 ||
        !is_plain_name(name) || strlen(sha256) != SHA256_HEX_BYTES - 1 || bytes < 0) {
        return false;
    }
    FileFact file = {.bytes = bytes};
    (void)snprintf(file.name, sizeof file.name, "%s", name);
    (void)snprintf(file.sha256, sizeof file.sha256, "%s", sha256);
    *ret_file = file;
    return true;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(((const FileFact *)left)->name, ((const FileFact *)right)->name);
}

static bool read_files(Arena *arena, json_t *list, Manifest *manifest)
{
    if (!json_is_array(list)) {
        return false;
    }
    manifest->file_count = json_array_size(list);
    FileFact *files = arena_alloc(arena, manifest->file_count + 1, sizeof *files);
    for (size_t i = 0; i < manifest->file_count; i++) {
        if (!read_file(json_array_get(list, i), &files[i])) {
            return false;
        }
    }
    qsort(files, manifest->file_count, sizeof *files, compare_names);
    for (size_t i = 1; i < manifest->file_count; i++) {
        if (strcmp(files[i - 1].name, files[i].name) == 0) {
            return false;
        }
    }
    manifest->files = files;
    return true;
}

static bool read_manifest(Arena *arena, json_t *object, Manifest *ret_manifest)
{
    const char *kind = NULL, *made_by = NULL, *period = NULL, *checksum = NULL, *config = NULL,
               *formats = NULL;
    json_int_t run_id = 0, newest_run_id = 0;
    int version = 0;
    json_t *files = NULL;
    if (json_unpack(object, "{s:s, s:i, s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:o}", "manifest", &kind,
                    "version", &version, "made_by", &made_by, "period", &period, "run_id", &run_id,
                    "newest_run_id", &newest_run_id, "result_checksum", &checksum, "config_sha256",
                    &config, "formats", &formats, "files", &files) != 0 ||
        strcmp(kind, KIND) != 0 || version != VERSION) {
        return false;
    }
    Manifest manifest = {
        .made_by = arena_strdup(arena, made_by),
        .formats = arena_strdup(arena, formats),
        .identity =
            {
                .period = arena_strdup(arena, period),
                .run_id = run_id,
                .newest_run_id = newest_run_id,
                .result_checksum = arena_strdup(arena, checksum),
                .config_sha256 = arena_strdup(arena, config),
            },
    };
    if (!read_files(arena, files, &manifest)) {
        return false;
    }
    *ret_manifest = manifest;
    return true;
}

bool manifest_read(Arena *arena, const char *folder, Manifest *ret_manifest, Error *reterr)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/" MANIFEST_NAME, folder);
    json_error_t why;
    json_t *object = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
    if (object == NULL) {
        return error_set(reterr, EXIT_DATA, "name the folder that a report was written to.",
                         "%.600s holds no report: %.200s", folder, why.text);
    }
    bool good = read_manifest(arena, object, ret_manifest);
    json_decref(object);
    return good ||
           error_set(reterr, EXIT_DATA, "name the folder that a report was written to.",
                     "%.600s is no manifest of a report of this version of tierclose", path);
}
