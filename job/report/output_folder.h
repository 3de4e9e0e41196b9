/*
 * A folder of files that appears whole or not at all, with the size and the SHA-256 of each file.
 *
 * The files are written into a folder beside the one that is wanted, in its parent, and put in its
 * place in one step once all are on the disk. Until then what was there stays. A folder that holds
 * anything but what is named in `replaceable` is not replaced. Whoever is killed leaves the folder
 * beside, and the next one takes it over; two at once are told apart by a lock.
 *
 * Call order: output_folder_open; for each file output_file_open, output_put any number of times,
 * output_file_close, or, where a library writes the file itself, output_folder_path and then
 * output_folder_adopt; output_folder_commit. output_folder_close always, as CLEANUP_OUTPUT_FOLDER:
 * without a commit it removes all that was written.
 *
 * A failed write is kept until output_file_good or output_file_close is asked, so that rows can be
 * put together from many small pieces; nothing is written after it.
 */
#pragma once

#include "base/error.h"
#include "base/sha256.h"

#include <stddef.h>
#include <stdint.h>

typedef struct OutputFolder OutputFolder;
typedef struct OutputFile OutputFile;

/* A file of a folder: as written, or as a manifest has it. */
typedef struct FileFact {
    char name[64];
    int64_t bytes;
    char sha256[SHA256_HEX_BYTES];
} FileFact;

/*
 * Begins. EXIT_USAGE: `path` cannot be used, with the reason: its parent is not there or not
 * writable, it is no folder, it holds other files than the `replaceable_count` ones. EXIT_LOCKED:
 * somebody else is writing it now. The names stay the caller's until output_folder_close.
 */
MUST_CHECK bool output_folder_open(const char *path, const char *const *replaceable,
                                   size_t replaceable_count, OutputFolder **ret_folder,
                                   Error *reterr);

/* The same in a folder of its own under $TMPDIR, else /tmp, which output_folder_close removes. */
MUST_CHECK bool output_folder_open_scratch(OutputFolder **ret_folder, Error *reterr);

/* A new file; its name is plain and of no other file. */
MUST_CHECK bool output_file_open(OutputFolder *folder, const char *name, OutputFile **ret_file,
                                 Error *reterr);
void output_put(OutputFile *file, const void *bytes, size_t size);
void output_put_text(OutputFile *file, const char *text);
void output_printf(OutputFile *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* False with *reterr set once a write has failed. */
MUST_CHECK bool output_file_good(const OutputFile *file, Error *reterr);
/* Ends the file and frees it, also on failure; *file is NULL afterwards. */
MUST_CHECK bool output_file_close(OutputFile **file, Error *reterr);
/* Ends a file that is not wanted any more; for cleanup. */
void output_file_abandon(OutputFile **file);
#define CLEANUP_OUTPUT_FILE __attribute__((cleanup(output_file_abandon)))

/*
 * A file for what is gone with its handle, which is returned: on the disk of the folder, and
 * without a name, so that nothing is left of it whatever happens. -1: errno says why there is none.
 */
int output_folder_scratch_file(const OutputFolder *folder);

/* Where a file is to be written by somebody else; valid until the folder is closed. */
const char *output_folder_path(OutputFolder *folder, const char *name);
/* Takes a file written by somebody else: reads it for its size and SHA-256. */
MUST_CHECK bool output_folder_adopt(OutputFolder *folder, const char *name, Error *reterr);

/* The files so far, by name. */
const FileFact *output_folder_files(OutputFolder *folder, size_t *ret_count);

/* Puts the folder in its place. */
MUST_CHECK bool output_folder_commit(OutputFolder *folder, Error *reterr);

void output_folder_close(OutputFolder **folder);
#define CLEANUP_OUTPUT_FOLDER __attribute__((cleanup(output_folder_close)))

/* Size and SHA-256 of a file there is. EXIT_DATA: it cannot be read. */
MUST_CHECK bool file_fact_read(const char *path, const char *name, FileFact *ret_fact,
                               Error *reterr);
