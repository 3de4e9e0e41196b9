#include "report/output_file.h"

#include "base/arena.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0777 };

static char *join(const char *folder, const char *before, const char *name)
{
    size_t size = strlen(folder) + strlen(before) + strlen(name) + 2;
    char *path = memory_alloc(size, 1);
    (void)snprintf(path, size, "%s/%s%s", folder, before, name);
    return path;
}

static char *copy(const char *text)
{
    char *copied = strdup(text);
    assert(copied != NULL);
    return copied;
}

static bool fail_folder(const char *path, const char *why, const char *hint, Error *reterr)
{
    return error_set(reterr, EXIT_USAGE, hint, "--out %.600s: %.200s", path, why);
}

/* Removes a folder of plain files. */
static void remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return;
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
        }
    }
    (void)closedir(folder);
    (void)rmdir(path);
}

/* What was replaced goes; what came into it in the meantime stays, and the folder with it. */
static void remove_replaced(const OutputFolder *folder, const char *path)
{
    for (size_t i = 0; i < folder->replaceable_count; i++) {
        char *file = join(path, "", folder->replaceable[i]);
        (void)unlink(file);
        free(file);
    }
    (void)rmdir(path);
}

/* Looks for what must not be replaced. */
static bool check_content(const char *path, const char *const *replaceable, size_t count,
                          Error *reterr)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return fail_folder(path, strerror(errno), "name a folder that you may read and write.",
                           reterr);
    }
    bool good = true;
    for (const struct dirent *entry = readdir(folder); good && entry != NULL;
         entry = readdir(folder)) {
        bool known = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        for (size_t i = 0; i < count && !known; i++) {
            known = strcmp(entry->d_name, replaceable[i]) == 0;
        }
        struct stat facts;
        bool plain = fstatat(dirfd(folder), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
                     (S_ISREG(facts.st_mode) || entry->d_name[0] == '.');
        if (!known || !plain) {
            char why[300];
            (void)snprintf(why, sizeof why, "it holds %.200s, which is no part of an older report",
                           entry->d_name);
            good = fail_folder(path, why, "name a new folder, or an empty one.", reterr);
        }
    }
    (void)closedir(folder);
    return good;
}

static bool check_target(const OutputFolder *folder, const char *const *replaceable, size_t count,
                         Error *reterr)
{
    struct stat facts;
    if (lstat(folder->target, &facts) != 0) {
        return errno == ENOENT || fail_folder(folder->target, strerror(errno),
                                              "make the folder that it is to be in.", reterr);
    }
    if (!S_ISDIR(facts.st_mode)) {
        return fail_folder(folder->target, "it is there and no folder", "name a new folder.",
                           reterr);
    }
    return check_content(folder->target, replaceable, count, reterr);
}

/* The folder beside, made and locked; one that a dead process has left is emptied first. */
static bool make_work_folder(OutputFolder *folder, Error *reterr)
{
    bool made = mkdir(folder->work, FOLDER_MODE) == 0;
    if (!made && errno != EEXIST) {
        char why[300];
        (void)snprintf(why, sizeof why, "nothing can be made in %.200s: %s", folder->parent,
                       strerror(errno));
        return fail_folder(folder->target, why, "name a folder in one that you may write to.",
                           reterr);
    }
    folder->lock = open(folder->work, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (folder->lock < 0 || flock(folder->lock, LOCK_EX | LOCK_NB) != 0) {
        bool locked = folder->lock >= 0 && errno == EWOULDBLOCK;
        return error_set(
            reterr, EXIT_LOCKED,
            locked ? "wait for it, or name another folder." : "remove it, or name another folder.",
            locked ? "another report is being written to %.600s" : "%.600s cannot be used",
            locked ? folder->target : folder->work);
    }
    if (!made) {
        remove_folder(folder->work); /* the name; whoever is behind us makes it anew */
        (void)close(folder->lock);
        folder->lock = -1;
        return mkdir(folder->work, FOLDER_MODE) == 0 &&
                       (folder->lock = open(folder->work, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >=
                           0 &&
                       flock(folder->lock, LOCK_EX | LOCK_NB) == 0
                   ? true
                   : error_set(reterr, EXIT_LOCKED, "wait for it, or name another folder.",
                               "another report is being written to %.600s", folder->target);
    }
    return true;
}

/* Splits the path into an existing parent and a name. */
static bool place_folder(OutputFolder *folder, const char *path, Error *reterr)
{
    char *for_parent = copy(path);
    char *for_name = copy(path);
    const char *name = basename(for_name);
    bool plain = name[0] != '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
                 strcmp(name, "/") != 0;
    char *parent = plain ? realpath(dirname(for_parent), NULL) : NULL;
    bool good = parent != NULL;
    if (!plain) {
        (void)fail_folder(path, "it has no name of its own", "name a new folder, or an empty one.",
                          reterr);
    } else if (parent == NULL) {
        (void)fail_folder(path, strerror(errno), "make the folder that it is to be in.", reterr);
    } else {
        folder->parent = parent;
        folder->target = join(parent, "", name);
        folder->work = join(parent, ".tierclose-report.", name);
    }
    free(for_parent);
    free(for_name);
    return good;
}

bool output_folder_open(const char *path, const char *const *replaceable, size_t replaceable_count,
                        OutputFolder **ret_folder, Error *reterr)
{
    OutputFolder *folder = memory_alloc(1, sizeof *folder);
    folder->lock = -1;
    folder->committed = true; /* nothing is ours yet */
    folder->replaceable = replaceable;
    folder->replaceable_count = replaceable_count;
    if (!place_folder(folder, path, reterr) ||
        !check_target(folder, replaceable, replaceable_count, reterr) ||
        !make_work_folder(folder, reterr)) {
        output_folder_close(&folder);
        return false;
    }
    folder->committed = false;
    *ret_folder = folder;
    return true;
}

bool output_folder_open_scratch(OutputFolder **ret_folder, Error *reterr)
{
    const char *top = getenv("TMPDIR");
    char *work = join(top != NULL && top[0] != '\0' ? top : "/tmp", "", "tierclose-report.XXXXXX");
    if (mkdtemp(work) == NULL) {
        (void)output_fail(errno, work, reterr);
        free(work);
        return false;
    }
    OutputFolder *folder = memory_alloc(1, sizeof *folder);
    folder->lock = -1;
    folder->work = work;
    *ret_folder = folder;
    return true;
}

static int compare_facts(const void *left, const void *right)
{
    return strcmp(((const FileFact *)left)->name, ((const FileFact *)right)->name);
}

void output_folder_add(OutputFolder *folder, const FileFact *fact)
{
    folder->files = array_grow(folder->files, &folder->file_capacity, folder->file_count + 1,
                               sizeof *folder->files);
    folder->files[folder->file_count++] = *fact;
    qsort(folder->files, folder->file_count, sizeof *folder->files, compare_facts);
}

const FileFact *output_folder_files(OutputFolder *folder, size_t *ret_count)
{
    *ret_count = folder->file_count;
    return folder->files;
}

const char *output_folder_path(OutputFolder *folder, const char *name)
{
    free(folder->path);
    folder->path = join(folder->work, "", name);
    return folder->path;
}

bool output_folder_adopt(OutputFolder *folder, const char *name, Error *reterr)
{
    FileFact fact;
    const char *path = output_folder_path(folder, name);
    int handle = open(path, O_WRONLY | O_CLOEXEC);
    if (handle < 0 || fsync(handle) != 0) {
        int number = errno;
        if (handle >= 0) {
            (void)close(handle);
        }
        return output_fail(number, path, reterr);
    }
    (void)close(handle);
    if (!file_fact_read(path, name, &fact, reterr)) {
        return false;
    }
    output_folder_add(folder, &fact);
    return true;
}

/* The names in a folder are on the disk. */
static bool sync_folder(const char *path, Error *reterr)
{
    int handle = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = handle >= 0 && fsync(handle) == 0;
    if (!good) {
        (void)output_fail(errno, path, reterr);
    }
    if (handle >= 0) {
        (void)close(handle);
    }
    return good;
}

/* The older folder as it is to be known from now on: not every file system lets two change places.
 */
static bool replace_in_steps(OutputFolder *folder, Error *reterr)
{
    char *older = join(folder->parent, ".tierclose-report-older.", basename(folder->target));
    bool aside = rename(folder->target, older) == 0;
    bool done = aside && rename(folder->work, folder->target) == 0;
    if (!done) {
        (void)output_fail(errno, folder->target, reterr);
        if (aside) {
            (void)rename(older, folder->target);
        }
    } else {
        remove_replaced(folder, older);
    }
    free(older);
    return done;
}

bool output_folder_commit(OutputFolder *folder, Error *reterr)
{
    assert(folder->target != NULL);
    struct stat older;
    if (stat(folder->target, &older) == 0) {
        (void)fchmod(folder->lock, older.st_mode & 07777);
    }
    if (!sync_folder(folder->work, reterr)) {
        return false;
    }
    /* In one step also where something is there: the two change places, and the older one goes. */
    if (renameat2(AT_FDCWD, folder->work, AT_FDCWD, folder->target, RENAME_EXCHANGE) == 0) {
        folder->committed = true;
        remove_replaced(folder, folder->work);
    } else if (rename(folder->work, folder->target) != 0 && errno != ENOTEMPTY && errno != EEXIST) {
        return output_fail(errno, folder->target, reterr);
    } else if (access(folder->work, F_OK) == 0 && !replace_in_steps(folder, reterr)) {
        return false;
    }
    folder->committed = true;
    return sync_folder(folder->parent, reterr);
}

void output_folder_close(OutputFolder **folder)
{
    OutputFolder *ended = *folder;
    if (ended == NULL) {
        return;
    }
    if (!ended->committed) {
        remove_folder(ended->work);
    }
    if (ended->lock >= 0) {
        (void)close(ended->lock);
    }
    free(ended->target);
    free(ended->parent);
    free(ended->work);
    free(ended->files);
    free(ended->path);
    free(ended);
    *folder = NULL;
}
