#include "report/xlsx_files.h"

#include "base/arena.h"
#include "report/output_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter/utility.h>

typedef struct ScratchFile ScratchFile;
struct ScratchFile {
    ScratchFile *next; /* the one opened before it */
    FILE *stream;      /* NULL: closed */
    int handle;        /* -1: closed, or never opened */
};

static struct {
    OutputFolder *folder;
    ScratchFile *newest;
    size_t count;
    int failed; /* errno of the first failure; 0: none */
} scratch;

static ssize_t fail_with(int number, ssize_t result)
{
    if (scratch.failed == 0) {
        scratch.failed = number;
    }
    return result;
}

static ssize_t read_scratch(void *cookie, char *bytes, size_t size)
{
    const ScratchFile *file = cookie;
    ssize_t done = 0;
    do {
        done = read(file->handle, bytes, size);
    } while (done < 0 && errno == EINTR);
    return done < 0 ? fail_with(errno, -1) : done;
}

/* As fopencookie wants it: 0 where it has failed. */
static ssize_t write_scratch(void *cookie, const char *bytes, size_t size)
{
    const ScratchFile *file = cookie;
    for (size_t done = 0; done < size;) {
        ssize_t written = write(file->handle, bytes + done, size - done);
        if (written >= 0) {
            done += (size_t)written;
        } else if (errno != EINTR) {
            return fail_with(errno, 0);
        }
    }
    return (ssize_t)size;
}

static int seek_scratch(void *cookie, off64_t *offset, int whence)
{
    const ScratchFile *file = cookie;
    off64_t place = lseek64(file->handle, *offset, whence);
    if (place < 0) {
        return (int)fail_with(errno, -1);
    }
    *offset = place;
    return 0;
}

static int close_scratch(void *cookie)
{
    ScratchFile *file = cookie;
    int handle = file->handle;
    file->handle = -1;
    file->stream = NULL;
    return handle < 0 ? 0 : close(handle);
}

/* Never NULL: what cannot be opened fails when it is written to, and so in one place. */
FILE *lxw_tmpfile(char *folder)
{
    static const cookie_io_functions_t functions = {
        .read = read_scratch,
        .write = write_scratch,
        .seek = seek_scratch,
        .close = close_scratch,
    };
    (void)folder;
    ScratchFile *file = memory_alloc(1, sizeof *file);
    file->handle = output_folder_scratch_file(scratch.folder);
    if (file->handle < 0) {
        (void)fail_with(errno, -1);
    }
    file->stream = fopencookie(file, "w+", functions);
    file->next = scratch.newest;
    scratch.newest = file;
    scratch.count++;
    return file->stream;
}

void xlsx_files_begin(OutputFolder *folder)
{
    scratch.folder = folder;
    scratch.failed = 0;
    scratch.count = 0;
}

bool xlsx_files_good(const char *path, Error *reterr)
{
    return scratch.failed == 0 || output_fail(scratch.failed, path, reterr);
}

size_t xlsx_files_count(void)
{
    return scratch.count;
}

void xlsx_files_end(void)
{
    while (scratch.newest != NULL) {
        ScratchFile *file = scratch.newest;
        scratch.newest = file->next;
        if (file->stream != NULL) {
            (void)fclose(file->stream);
        }
        free(file);
    }
    scratch.folder = NULL;
}
