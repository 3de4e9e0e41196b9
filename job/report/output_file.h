/* Inside report/output_*.c: what a folder and its files know of each other. */
#pragma once

#include "report/output_folder.h"

struct OutputFolder {
    char *target; /* NULL: a scratch folder */
    char *parent;
    char *work; /* where the files are written */
    int lock;   /* the work folder, locked; -1: none */
    bool committed;
    const char *const *replaceable; /* the caller's */
    size_t replaceable_count;
    FileFact *files;
    size_t file_count;
    size_t file_capacity;
    char *path; /* of output_folder_path */
};

void output_folder_add(OutputFolder *folder, const FileFact *fact);

/* "PATH: No space left on device", with a hint; for a file that cannot be written. */
bool output_fail(int number, const char *path, Error *reterr);
