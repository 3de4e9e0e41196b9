/*
 * The report of a closed period as a folder: made, and proved to be what it says.
 *
 * audit_make reads what was published and writes it in the formats asked for, with a manifest; the
 * folder appears whole or not at all. audit_check proves the files against the manifest and, where
 * a database is asked, that the manifest's run is the one that stands there and that the report
 * made anew from it is the same, byte for byte.
 *
 * Neither needs a programme file, nor other rights than tierclose_auditor's.
 */
#pragma once

#include "base/progress.h"
#include "report/formats.h"
#include "report/manifest.h"

#include <stdatomic.h>
#include <stdio.h>

typedef struct AuditMake {
    const char *dsn; /* NULL: libpq's own environment */
    const char *period;
    const char *out; /* the folder */
    ReportFormats formats;
    Progress *progress;
    const atomic_int *stop_signal;
} AuditMake;

typedef struct AuditMade {
    Manifest manifest;
    FileFact manifest_file;
    int64_t bytes; /* of all files */
} AuditMade;

/* EXIT_DATA: the period was never closed. EXIT_USAGE: the folder cannot be used, or holds anything
 * but an older report of the same period, which is replaced. */
MUST_CHECK bool audit_make(Arena *arena, const AuditMake *make, AuditMade *ret_made, Error *reterr);
void audit_print_made(FILE *out, const AuditMake *make, const AuditMade *made);

typedef struct AuditCheck {
    const char *folder;
    bool database; /* else only the files are looked at */
    const char *dsn;
    const atomic_int *stop_signal;
} AuditCheck;

/* Prints what was found, a line each. *ret_equal: no difference. EXIT_DATA: the folder has no
 * manifest that can be read. */
MUST_CHECK bool audit_check(FILE *out, Arena *arena, const AuditCheck *check, bool *ret_equal,
                            Error *reterr);
