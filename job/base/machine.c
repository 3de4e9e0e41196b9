#include "base/machine.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

int machine_cores(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : (int)cores;
}

/* The limit that a container sees at the root of its control groups (version 2); SIZE_MAX: none. */
static size_t control_group_bytes(void)
{
    unsigned long long bytes = 0;
    FILE *file = fopen("/sys/fs/cgroup/memory.max", "re");
    if (file == NULL) {
        return SIZE_MAX;
    }
    /* NOLINTNEXTLINE(cert-err34-c): a number that is too large is the largest, which is no limit */
    bool limited = fscanf(file, "%llu", &bytes) == 1; /* or the word "max" */
    (void)fclose(file);
    return limited ? (size_t)bytes : SIZE_MAX;
}

size_t machine_memory_bytes(void)
{
    long pages = sysconf(_SC_PHYS_PAGES);
    long page_bytes = sysconf(_SC_PAGESIZE);
    size_t machine = pages > 0 && page_bytes > 0 ? (size_t)pages * (size_t)page_bytes : SIZE_MAX;
    size_t limit = control_group_bytes();
    return limit < machine ? limit : machine;
}
