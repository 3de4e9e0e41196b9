/*
 * The exit codes and what they mean: the one table that --help and the README show (contract 9).
 */
#pragma once

#include "base/error.h"

#include <stddef.h>

typedef struct ExitCodeText {
    ExitCode code;
    const char *meaning;
} ExitCodeText;

/* The table in the order of the codes; *ret_count gets how many there are. */
const ExitCodeText *exit_code_table(size_t *ret_count);
