/* Inside report/audit_*.c: all files of a report but its manifest, and what that has to say. */
#pragma once

#include "report/audit.h"

/* `progress` may be NULL. *ret_manifest lives in the arena. */
MUST_CHECK bool audit_write(Arena *arena, Report *report, const ReportFormats *formats,
                            Progress *progress, OutputFolder *folder, Manifest *ret_manifest,
                            Error *reterr);
