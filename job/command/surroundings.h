/*
 * What the program reads of its surroundings: variables of the environment, and files. The tables
 * that --help and the manual page show.
 */
#pragma once

#include <stddef.h>

typedef struct Surrounding {
    const char *name;
    const char *meaning;
} Surrounding;

/* In the order of the help; *ret_count gets how many there are. */
const Surrounding *environment_table(size_t *ret_count);
const Surrounding *file_table(size_t *ret_count);
