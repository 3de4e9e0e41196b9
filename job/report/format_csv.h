/* One field of CSV (RFC 4180), for the tests. */
#pragma once

#include "report/output_folder.h"

/* NULL: an empty field. */
void csv_put_field(OutputFile *file, const char *text);
