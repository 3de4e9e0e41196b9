/*
 * manifest.json: what a report's folder holds, and which run it belongs to.
 *
 * It lists every file but itself with its size and SHA-256, and has the run and the checksum of the
 * result that the report shows: from the manifest an auditor gets to the run ledger, whose checksum
 * can be had from the views (README, Audit).
 */
#pragma once

#include "base/arena.h"
#include "ledger/report_data.h"
#include "report/output_folder.h"

#define MANIFEST_NAME "manifest.json"

typedef struct Manifest {
    const char *made_by; /* "tierclose 0.1.0" */
    const char *formats; /* "csv,json", as --format takes them */
    ReportIdentity identity;
    const FileFact *files; /* by name */
    size_t file_count;
} Manifest;

/* Writes it into the folder, as its last file. */
MUST_CHECK bool manifest_write(const Manifest *manifest, OutputFolder *folder, Error *reterr);

/*
 * Reads FOLDER/manifest.json; texts and files live in the arena. EXIT_DATA: there is none, or it is
 * none of tierclose, or one of its names is not that of a plain file.
 */
MUST_CHECK bool manifest_read(Arena *arena, const char *folder, Manifest *ret_manifest,
                              Error *reterr);
