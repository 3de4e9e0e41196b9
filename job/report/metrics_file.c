#include "report/metrics_file.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    METRICS_BYTES_MAX = 1 << 20, /* of a file that is read again: it has a few dozen lines */
    METRICS_MODE = 0644,         /* whatever the umask: the collector is another user */
};

/* The work file, locked, beside the one that it is to replace. */
typedef struct Work {
    const char *path;
    char *work_path;
    int handle;
} Work;

static bool fail_write(const char *path, int number, Error *reterr)
{
    bool full = number == ENOSPC || number == EDQUOT;
    if (number == ENOENT || number == ENOTDIR) {
        return error_set(reterr, EXIT_USAGE,
                         "make its folder, or name a file in one that is there.",
                         "--metrics %.600s: %s", path, strerror(number));
    }
    return error_set(reterr, EXIT_BUG,
                     full ? "make room on its disk."
                          : "let this user write into its folder, or name another file.",
                     "--metrics %.600s cannot be written: %s", path, strerror(number));
}

static bool fail_read(const char *path, int number, Error *reterr)
{
    return number == ENOTDIR
               ? fail_write(path, number, reterr)
               : error_set(reterr, EXIT_BUG, "let this user read it, or name another file.",
                           "--metrics %.600s cannot be read: %s", path, strerror(number));
}

/* ".NAME.new" in the folder of NAME: node_exporter takes only what ends with .prom. */
static char *work_path_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    size_t size = strlen(path) + sizeof "..new";
    char *work_path = memory_alloc(size, 1);
    (void)snprintf(work_path, size, "%.*s.%s.new", (int)(name - path), path, name);
    return work_path;
}

/* Whether what was opened is still what the name leads to: its last holder may have renamed it. */
static bool still_there(int handle, const char *path)
{
    struct stat opened;
    struct stat named;
    return fstat(handle, &opened) == 0 && lstat(path, &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

/* The handle of the file, locked; -1 with errno. */
static int open_locked(const char *work_path)
{
    for (;;) {
        int handle = open(work_path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, METRICS_MODE);
        if (handle < 0) {
            return -1;
        }
        /* A file system without locks: the rename is still one step. */
        bool locked = flock(handle, LOCK_EX) == 0;
        if (!locked || still_there(handle, work_path)) {
            return handle;
        }
        (void)close(handle);
    }
}

static bool work_begin(const char *path, Work *ret_work, Error *reterr)
{
    char *work_path = work_path_of(path);
    int handle = open_locked(work_path);
    if (handle < 0) {
        (void)fail_write(path, errno, reterr);
        free(work_path);
        return false;
    }
    *ret_work = (Work){.path = path, .work_path = work_path, .handle = handle};
    return true;
}

/* `done`: it was renamed; else it goes. */
static void work_end(Work *work, bool done)
{
    if (!done) {
        (void)unlink(work->work_path);
    }
    (void)close(work->handle);
    free(work->work_path);
}

/* The text that stands there, to be freed; "" where there is none. */
static bool read_previous(const char *path, char **ret_text, Error *reterr)
{
    char *text = memory_alloc(METRICS_BYTES_MAX + 1, 1);
    struct stat status = {0};
    int handle = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int number = handle < 0 ? errno : 0;
    bool absent = number == ENOENT;
    size_t used = 0;
    ssize_t size = absent ? 0 : -1;
    if (handle >= 0 && fstat(handle, &status) == 0 && S_ISREG(status.st_mode)) {
        while ((size = read(handle, text + used, METRICS_BYTES_MAX - used)) > 0) {
            used += (size_t)size;
        }
    }
    if (handle >= 0) {
        (void)close(handle);
    }
    text[used] = '\0';
    if (number != 0 && !absent) {
        free(text);
        return fail_read(path, number, reterr);
    }
    if (size < 0 || used == METRICS_BYTES_MAX || !metrics_text_is_ours(text)) {
        free(text);
        return error_set(reterr, EXIT_USAGE,
                         "name another file; the folder of node_exporter's textfile collector "
                         "takes one that ends with .prom.",
                         "--metrics %.600s is there and is no file of tierclose's metrics", path);
    }
    *ret_text = text;
    return true;
}

bool metrics_file_check(const char *path, Error *reterr)
{
    Work work;
    char *previous = NULL;
    if (!read_previous(path, &previous, reterr)) {
        return false;
    }
    free(previous);
    if (!work_begin(path, &work, reterr)) {
        return false;
    }
    work_end(&work, false);
    return true;
}

static bool write_all(int handle, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(handle, text, size);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        text += written < 0 ? 0 : written;
        size -= written < 0 ? 0 : (size_t)written;
    }
    return true;
}

static bool replace(const Work *work, const char *text, size_t size, Error *reterr)
{
    return (ftruncate(work->handle, 0) == 0 && write_all(work->handle, text, size) &&
            fchmod(work->handle, METRICS_MODE) == 0 && fsync(work->handle) == 0 &&
            rename(work->work_path, work->path) == 0) ||
           fail_write(work->path, errno, reterr);
}

bool metrics_file_write(const char *path, const MetricFacts *facts, Error *reterr)
{
    Work work;
    char *previous = NULL;
    if (!work_begin(path, &work, reterr)) {
        return false;
    }
    bool done = read_previous(path, &previous, reterr);
    if (done) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        metrics_print(out, facts, previous);
        (void)fclose(out);
        done = replace(&work, text, size, reterr);
        free(text);
        free(previous);
    }
    work_end(&work, done);
    return done;
}
