/* A string of JSON, for the tests and whoever writes some. */
#pragma once

#include "report/output_folder.h"

/* With its quotation marks. */
void json_put_string(OutputFile *file, const char *text);
