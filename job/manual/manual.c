/*
 * Writes one of the texts of manual.h to stdout, called by the name under which it is installed:
 * `manual tierclose.1`. Run by the build.
 */
#include "manual/manual.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool write_text(const char *name, const char *example_name)
{
    if (strcmp(name, "tierclose.1") == 0) {
        manual_write_command_page(stdout);
    } else if (strcmp(name, "tierclose") == 0) {
        manual_write_bash_completion(stdout);
    } else if (strcmp(name, "_tierclose") == 0) {
        manual_write_zsh_completion(stdout);
    } else if (strcmp(name, "programme.yaml.5") == 0 && example_name != NULL) {
        FILE *example = fopen(example_name, "re");
        if (example == NULL) {
            return false;
        }
        manual_write_programme_page(stdout, example);
        (void)fclose(example);
    } else {
        return false;
    }
    return fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    if (argc < 2 || !write_text(argv[1], argc > 2 ? argv[2] : NULL)) {
        (void)fputs(
            "usage: manual tierclose.1 | tierclose | _tierclose | programme.yaml.5 EXAMPLE\n",
            stderr);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
