/*
 * What functions that write into a file of a report have written.
 *
 *     csv_put_field(scratch_begin(), "a,b");
 *     cr_expect_str_eq(scratch_end(), "\"a,b\"");
 */
#pragma once

#include "report/output_folder.h"

OutputFile *scratch_begin(void);
/* The file's bytes, until the next scratch_end. */
const char *scratch_end(void);
