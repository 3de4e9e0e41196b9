/*
 * report/output_folder: a folder that appears whole or not at all; report/manifest: what is in it.
 */
#include "report/manifest.h"
#include "report/output_folder.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES_MAX = 300 };

static char place[] = "/tmp/tierclose-unit.XXXXXX";
static char target[PATH_BYTES_MAX];
static Arena arena;

static void begin_place(void)
{
    cr_assert_not_null(mkdtemp(place));
    (void)snprintf(target, sizeof target, "%s/report", place);
}

static void end_place(void)
{
    char command[PATH_BYTES_MAX + 20];
    (void)snprintf(command, sizeof command, "rm -rf %s", place);
    cr_expect_eq(system(command), 0);
    arena_destroy(&arena);
}

TestSuite(output_folder, .init = begin_place, .fini = end_place);

static void write_text(const char *folder, const char *name, const char *text)
{
    char path[PATH_BYTES_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    (void)fputs(text, file);
    (void)fclose(file);
}

static const char *read_text(const char *folder, const char *name)
{
    static char text[2000];
    char path[PATH_BYTES_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return NULL;
    }
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    return text;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The names in a folder, in order, with a space after each. */
static const char *names_in(const char *path)
{
    static char names[2000];
    char *found[64];
    size_t count = 0;
    DIR *folder = opendir(path);
    cr_assert_not_null(folder, "%s", path);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            cr_assert_lt(count, 64);
            found[count++] = strdup(entry->d_name);
        }
    }
    (void)closedir(folder);
    if (count > 0) {
        qsort(found, count, sizeof found[0], compare_names);
    }
    names[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        (void)strcat(strcat(names, found[i]), " ");
        free(found[i]);
    }
    return names;
}

static bool put_file(OutputFolder *folder, const char *name, const char *text, Error *error)
{
    CLEANUP_OUTPUT_FILE OutputFile *file = NULL;
    if (!output_file_open(folder, name, &file, error)) {
        return false;
    }
    output_put_text(file, text);
    return output_file_close(&file, error);
}

static const char *const older[] = {"a.csv", "b.csv"};

Test(output_folder, appears_whole)
{
    Error error = {0};
    CLEANUP_OUTPUT_FOLDER OutputFolder *folder = NULL;
    cr_assert(output_folder_open(target, NULL, 0, &folder, &error), "%s", error.message);
    cr_assert(put_file(folder, "b.csv", "abc", &error), "%s", error.message);
    cr_assert(put_file(folder, "a.csv", "", &error), "%s", error.message);
    write_text(output_folder_path(folder, ""), "c.xlsx", "a library's");
    cr_assert(output_folder_adopt(folder, "c.xlsx", &error), "%s", error.message);
    cr_expect_neq(access(target, F_OK), 0, "nothing is there before the commit");
    size_t count = 0;
    const FileFact *files = output_folder_files(folder, &count);
    cr_assert_eq(count, 3);
    cr_expect_str_eq(files[0].name, "a.csv");
    cr_expect_eq(files[1].bytes, 3);
    cr_expect_str_eq(files[1].sha256,
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    cr_expect_eq(files[2].bytes, 11);
    cr_assert(output_folder_commit(folder, &error), "%s", error.message);
    output_folder_close(&folder);
    cr_expect_str_eq(names_in(place), "report ");
    cr_expect_str_eq(names_in(target), "a.csv b.csv c.xlsx ");
    cr_expect_str_eq(read_text(target, "b.csv"), "abc");
}

Test(output_folder, goes_away_without_a_commit)
{
    Error error = {0};
    OutputFolder *folder = NULL;
    cr_assert(output_folder_open(target, NULL, 0, &folder, &error));
    cr_assert(put_file(folder, "a.csv", "abc", &error));
    output_folder_close(&folder);
    cr_expect_null(folder);
    cr_expect_str_eq(names_in(place), "");
}

/* Also what the older report had and the new one has not goes, and the folder keeps its mode. */
Test(output_folder, replaces_an_older_report)
{
    Error error = {0};
    OutputFolder *folder = NULL;
    cr_assert_eq(mkdir(target, 0700), 0);
    write_text(target, "a.csv", "old");
    write_text(target, "b.csv", "old");
    cr_assert(output_folder_open(target, older, 2, &folder, &error), "%s", error.message);
    cr_assert(put_file(folder, "a.csv", "new", &error));
    cr_expect_str_eq(read_text(target, "a.csv"), "old");
    cr_assert(output_folder_commit(folder, &error), "%s", error.message);
    output_folder_close(&folder);
    cr_expect_str_eq(names_in(place), "report ");
    cr_expect_str_eq(names_in(target), "a.csv ");
    cr_expect_str_eq(read_text(target, "a.csv"), "new");
    struct stat facts;
    cr_assert_eq(stat(target, &facts), 0);
    cr_expect_eq(facts.st_mode & 07777, 0700);
}

/* What came in while the report was being written is not the report's. */
Test(output_folder, loses_nothing_of_somebody_else)
{
    Error error = {0};
    OutputFolder *folder = NULL;
    char kept[PATH_BYTES_MAX];
    cr_assert_eq(mkdir(target, 0700), 0);
    write_text(target, "a.csv", "old");
    cr_assert(output_folder_open(target, older, 2, &folder, &error), "%s", error.message);
    write_text(target, "notes.txt", "mine");
    cr_assert(output_folder_commit(folder, &error), "%s", error.message);
    output_folder_close(&folder);
    (void)snprintf(kept, sizeof kept, "%s/.tierclose-report.report", place);
    cr_expect_str_eq(read_text(kept, "notes.txt"), "mine");
}

/* The message is `before`, the path, `after`. */
static void expect_refused(const char *path, ExitCode code, const char *before, const char *after)
{
    Error error = {0};
    OutputFolder *folder = NULL;
    char expected[ERROR_MESSAGE_BYTES];
    (void)snprintf(expected, sizeof expected, "%s%s%s", before, path, after);
    cr_assert_not(output_folder_open(path, older, 2, &folder, &error), "%s", path);
    cr_expect_null(folder);
    cr_expect_eq(error.code, code);
    cr_expect_str_eq(error.message, expected);
    cr_expect_str_neq(error.hint, "");
}

Test(output_folder, refuses_what_it_must_not_replace)
{
    cr_assert_eq(mkdir(target, 0700), 0);
    write_text(target, "a.csv", "old");
    write_text(target, "notes.txt", "mine");
    expect_refused(target, EXIT_USAGE, "--out ",
                   ": it holds notes.txt, which is no part of an older report");
    cr_expect_str_eq(names_in(target), "a.csv notes.txt ");
    cr_expect_str_eq(names_in(place), "report ");
}

Test(output_folder, refuses_what_is_no_place_for_it)
{
    char path[PATH_BYTES_MAX + 20];
    write_text(place, "file", "x");
    (void)snprintf(path, sizeof path, "%s/file", place);
    expect_refused(path, EXIT_USAGE, "--out ", ": it is there and no folder");
    (void)snprintf(path, sizeof path, "%s/none/report", place);
    expect_refused(path, EXIT_USAGE, "--out ", ": No such file or directory");
    (void)snprintf(path, sizeof path, "%s/file/report", place);
    expect_refused(path, EXIT_USAGE, "--out ", ": Not a directory");
    expect_refused("/", EXIT_USAGE, "--out ", ": it has no name of its own");
    expect_refused(".", EXIT_USAGE, "--out ", ": it has no name of its own");
    (void)snprintf(path, sizeof path, "%s/..", place);
    expect_refused(path, EXIT_USAGE, "--out ", ": it has no name of its own");
    (void)snprintf(path, sizeof path, "%s/link", place);
    cr_assert_eq(symlink("nowhere", path), 0);
    expect_refused(path, EXIT_USAGE, "--out ", ": it is there and no folder");
    cr_expect_str_eq(names_in(place), "file link ");
}

Test(output_folder, two_at_once_are_told_apart)
{
    Error error = {0};
    OutputFolder *folder = NULL;
    cr_assert(output_folder_open(target, NULL, 0, &folder, &error));
    expect_refused(target, EXIT_LOCKED, "another report is being written to ", "");
    cr_assert(put_file(folder, "a.csv", "abc", &error));
    cr_assert(output_folder_commit(folder, &error), "%s", error.message);
    output_folder_close(&folder);
    cr_expect_str_eq(names_in(place), "report ");
}

Test(output_folder, takes_over_what_a_dead_one_left)
{
    Error error = {0};
    OutputFolder *folder = NULL;
    char left[PATH_BYTES_MAX];
    (void)snprintf(left, sizeof left, "%s/.tierclose-report.report", place);
    cr_assert_eq(mkdir(left, 0700), 0);
    write_text(left, "a.csv", "half");
    cr_assert(output_folder_open(target, NULL, 0, &folder, &error), "%s", error.message);
    cr_assert(put_file(folder, "b.csv", "abc", &error));
    cr_assert(output_folder_commit(folder, &error));
    output_folder_close(&folder);
    cr_expect_str_eq(names_in(place), "report ");
    cr_expect_str_eq(names_in(target), "b.csv ");
}

/* As on a full disk: it fails in the middle, nothing is written after it, and the folder goes. */
Test(output_folder, a_failed_write_is_told)
{
    Error error = {0};
    OutputFolder *folder = NULL;
    OutputFile *file = NULL;
    static const char block[1 << 16];
    const struct rlimit limit = {3 * sizeof block / 2, RLIM_INFINITY};
    cr_assert_neq(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert(output_folder_open(target, NULL, 0, &folder, &error));
    cr_assert(output_file_open(folder, "a.csv", &file, &error));
    output_put(file, block, sizeof block);
    cr_expect(output_file_good(file, &error));
    output_put(file, block, sizeof block);
    output_put(file, block, sizeof block);
    cr_expect_not(output_file_good(file, &error));
    cr_expect_not(output_file_close(&file, &error));
    cr_expect_null(file);
    cr_expect_not_null(strstr(error.message, "a.csv cannot be written: File too large"));
    size_t count = 0;
    (void)output_folder_files(folder, &count);
    cr_expect_eq(count, 0);
    output_folder_close(&folder);
    cr_expect_str_eq(names_in(place), "");
}

/* Nothing of a file that is there is taken for a new one, also not behind a link. */
Test(output_folder, a_file_is_new)
{
    Error error = {0};
    CLEANUP_OUTPUT_FOLDER OutputFolder *folder = NULL;
    OutputFile *file = NULL;
    cr_assert(output_folder_open(target, NULL, 0, &folder, &error));
    cr_assert_eq(symlink("/dev/null", output_folder_path(folder, "a.csv")), 0);
    cr_assert_not(output_file_open(folder, "a.csv", &file, &error));
    cr_expect_not_null(strstr(error.message, "a.csv cannot be written: File exists"));
}

static const FileFact facts[] = {
    {"a.csv", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"z.json", INT64_MAX, "0000000000000000000000000000000000000000000000000000000000000000"},
};
static const Manifest sample = {
    .made_by = "tierclose 0.1.0",
    .formats = "csv,json",
    .identity = {"2025-12", 18, INT64_MAX, "c0ffee", "beef"},
    .files = facts,
    .file_count = 2,
};

TestSuite(manifest, .init = begin_place, .fini = end_place);

Test(manifest, says_what_was_written)
{
    Error error = {0};
    OutputFolder *folder = NULL;
    Manifest found;
    cr_assert(output_folder_open(target, NULL, 0, &folder, &error));
    cr_assert(manifest_write(&sample, folder, &error), "%s", error.message);
    cr_assert(output_folder_commit(folder, &error));
    output_folder_close(&folder);
    cr_assert(manifest_read(&arena, target, &found, &error), "%s", error.message);
    cr_expect_str_eq(found.made_by, sample.made_by);
    cr_expect_str_eq(found.formats, sample.formats);
    cr_expect_str_eq(found.identity.period, "2025-12");
    cr_expect_eq(found.identity.run_id, 18);
    cr_expect_eq(found.identity.newest_run_id, INT64_MAX);
    cr_expect_str_eq(found.identity.result_checksum, "c0ffee");
    cr_expect_str_eq(found.identity.config_sha256, "beef");
    cr_assert_eq(found.file_count, 2);
    for (size_t i = 0; i < 2; i++) {
        cr_expect_str_eq(found.files[i].name, facts[i].name);
        cr_expect_eq(found.files[i].bytes, facts[i].bytes);
        cr_expect_str_eq(found.files[i].sha256, facts[i].sha256);
    }
}

#define MANIFEST_OF(files)                                                                         \
    "{\"manifest\": \"tierclose report\", \"version\": 1, \"made_by\": \"x\", \"period\": "        \
    "\"2025-12\", \"run_id\": 1, \"newest_run_id\": 1, \"result_checksum\": \"x\", "               \
    "\"config_sha256\": \"x\", \"formats\": \"csv\", \"files\": [" files "]}"
#define FILE_OF(name)                                                                              \
    "{\"name\": \"" name "\", \"bytes\": 0, \"sha256\": "                                          \
    "\"0000000000000000000000000000000000000000000000000000000000000000\"}"

/* A name must not lead out of the folder, and each file stands once. */
Test(manifest, refuses_what_it_did_not_write)
{
    static const char *const wrong[] = {
        "",
        "{}",
        "[]",
        "{\"manifest\": \"tierclose report\", \"version\": 1}",
        MANIFEST_OF("7"),
        MANIFEST_OF(FILE_OF("../a.csv")),
        MANIFEST_OF(FILE_OF(".hidden")),
        MANIFEST_OF(FILE_OF("")),
        MANIFEST_OF(FILE_OF("manifest.json")),
        MANIFEST_OF(FILE_OF("a.csv") ", " FILE_OF("a.csv")),
        MANIFEST_OF("{\"name\": \"a.csv\", \"bytes\": -1, \"sha256\": \"0\"}"),
    };
    Manifest found;
    Error error = {0};
    cr_assert_eq(mkdir(target, 0700), 0);
    cr_expect_not(manifest_read(&arena, target, &found, &error), "there is none");
    cr_expect_eq(error.code, EXIT_DATA);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        error = (Error){0};
        write_text(target, "manifest.json", wrong[i]);
        cr_expect_not(manifest_read(&arena, target, &found, &error), "%s", wrong[i]);
        cr_expect_eq(error.code, EXIT_DATA);
    }
    write_text(target, "manifest.json", MANIFEST_OF(FILE_OF("a.csv")));
    cr_expect(manifest_read(&arena, target, &found, &error), "%s", error.message);
}
