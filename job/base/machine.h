/*
 * What the machine has, or what the container leaves of it.
 */
#pragma once

#include <stddef.h>

/* At least 1. */
int machine_cores(void);

/* Of the machine, or the limit of the process's control group where that is less. */
size_t machine_memory_bytes(void);
