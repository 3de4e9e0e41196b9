/* Writing one file: buffered, with every error seen, and hashed on the way (output_folder.h). */
#include "report/output_file.h"

#include "base/arena.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_BYTES = 64 * 1024 };

struct OutputFile {
    OutputFolder *folder;
    int handle;
    Sha256 *hash;
    FileFact fact;
    int failed; /* errno of the first failure; 0: none */
    size_t used;
    char path[4096];
    char buffer[BUFFER_BYTES];
};

bool output_fail(int number, const char *path, Error *reterr)
{
    bool full = number == ENOSPC || number == EDQUOT;
    return error_set(reterr, EXIT_BUG,
                     full ? "make room on its disk, then run again; what was there before stands."
                          : "see that the folder can be written to, then run again; what was there "
                            "before stands.",
                     "%.800s cannot be written: %s", path, strerror(number));
}

bool output_file_open(OutputFolder *folder, const char *name, OutputFile **ret_file, Error *reterr)
{
    assert(strchr(name, '/') == NULL && strlen(name) < sizeof((FileFact *)0)->name);
    OutputFile *file = memory_alloc(1, sizeof *file);
    file->folder = folder;
    (void)snprintf(file->fact.name, sizeof file->fact.name, "%s", name);
    (void)snprintf(file->path, sizeof file->path, "%s/%s", folder->work, name);
    file->handle = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file->handle < 0) {
        (void)output_fail(errno, file->path, reterr);
        free(file);
        return false;
    }
    file->hash = sha256_begin();
    *ret_file = file;
    return true;
}

static void flush(OutputFile *file)
{
    for (size_t done = 0; done < file->used && file->failed == 0;) {
        ssize_t written = write(file->handle, file->buffer + done, file->used - done);
        if (written >= 0) {
            done += (size_t)written;
        } else if (errno != EINTR) {
            file->failed = errno;
        }
    }
    file->used = 0;
}

void output_put(OutputFile *file, const void *bytes, size_t size)
{
    const char *from = bytes;
    sha256_add(file->hash, bytes, size);
    file->fact.bytes += (int64_t)size;
    while (size > 0 && file->failed == 0) {
        size_t room = BUFFER_BYTES - file->used;
        size_t part = size < room ? size : room;
        memcpy(file->buffer + file->used, from, part);
        file->used += part;
        from += part;
        size -= part;
        if (file->used == BUFFER_BYTES) {
            flush(file);
        }
    }
}

void output_put_text(OutputFile *file, const char *text)
{
    output_put(file, text, strlen(text));
}

void output_printf(OutputFile *file, const char *format, ...)
{
    char fits[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(fits, sizeof fits, format, arguments);
    va_end(arguments);
    assert(length >= 0);
    if ((size_t)length < sizeof fits) {
        output_put(file, fits, (size_t)length);
        return;
    }
    char *text = memory_alloc((size_t)length + 1, 1);
    va_start(arguments, format);
    (void)vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    output_put(file, text, (size_t)length);
    free(text);
}

bool output_file_good(const OutputFile *file, Error *reterr)
{
    return file->failed == 0 || output_fail(file->failed, file->path, reterr);
}

/* Closes the handle, whose failure is one of writing, too. */
static void end(OutputFile *file)
{
    flush(file);
    if (file->failed == 0 && fsync(file->handle) != 0) {
        file->failed = errno;
    }
    if (close(file->handle) != 0 && file->failed == 0) {
        file->failed = errno;
    }
    sha256_finish(file->hash, file->fact.sha256);
}

bool output_file_close(OutputFile **file, Error *reterr)
{
    end(*file);
    bool good = output_file_good(*file, reterr);
    if (good) {
        output_folder_add((*file)->folder, &(*file)->fact);
    }
    free(*file);
    *file = NULL;
    return good;
}

void output_file_abandon(OutputFile **file)
{
    if (*file != NULL) {
        (*file)->failed = ECANCELED; /* nothing more is written */
        end(*file);
        free(*file);
        *file = NULL;
    }
}

int output_folder_scratch_file(const OutputFolder *folder)
{
    int handle = open(folder->work, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (handle < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT)) {
        /* A file system that has no files without names: it has one for a moment. */
        char path[PATH_MAX];
        (void)snprintf(path, sizeof path, "%s/.scratch.XXXXXX", folder->work);
        handle = mkostemp(path, O_CLOEXEC);
        if (handle >= 0) {
            (void)unlink(path);
        }
    }
    return handle;
}

bool file_fact_read(const char *path, const char *name, FileFact *ret_fact, Error *reterr)
{
    FileFact fact = {0};
    (void)snprintf(fact.name, sizeof fact.name, "%s", name);
    int handle = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    Sha256 *hash = sha256_begin();
    char *buffer = memory_alloc(BUFFER_BYTES, 1);
    ssize_t size = handle < 0 ? -1 : 1;
    while (size > 0 || (size < 0 && handle >= 0 && errno == EINTR)) {
        size = read(handle, buffer, BUFFER_BYTES);
        if (size > 0) {
            sha256_add(hash, buffer, (size_t)size);
            fact.bytes += size;
        }
    }
    int number = errno;
    free(buffer);
    sha256_finish(hash, fact.sha256);
    if (handle >= 0) {
        (void)close(handle);
    }
    if (size < 0) {
        return error_set(reterr, EXIT_DATA, NULL, "%.800s cannot be read: %s", path,
                         strerror(number));
    }
    *ret_fact = fact;
    return true;
}
