#include "scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>

static OutputFolder *folder;
static OutputFile *file;

OutputFile *scratch_begin(void)
{
    Error error = {0};
    cr_assert(output_folder_open_scratch(&folder, &error), "%s", error.message);
    cr_assert(output_file_open(folder, "file", &file, &error));
    return file;
}

const char *scratch_end(void)
{
    static char bytes[1 << 16];
    Error error = {0};
    cr_assert(output_file_close(&file, &error));
    FILE *in = fopen(output_folder_path(folder, "file"), "rb");
    cr_assert_not_null(in);
    bytes[fread(bytes, 1, sizeof bytes - 1, in)] = '\0';
    (void)fclose(in);
    output_folder_close(&folder);
    return bytes;
}
