#include "base/exit_code.h"

static const ExitCodeText table[] = {
    {EXIT_DONE, "done; also: nothing was due"},
    {EXIT_DIFFERENT, "verify found a difference"},
    {EXIT_OVERDUE, "status --check found a period that is overdue"},
    {EXIT_USAGE, "wrong usage"},
    {EXIT_DATA, "bad data, a period that cannot be closed yet, or one that was never closed"},
    {EXIT_DATABASE, "no database"},
    {EXIT_BUG, "a bug or a broken invariant; what was being done was not published"},
    {EXIT_OUTCOME_UNKNOWN, "the connection died while publishing: outcome unknown, run status"},
    {EXIT_LOCKED, "another run holds the lock"},
    {EXIT_CONFIG, "configuration or schema wrong"},
    {EXIT_INTERRUPTED, "stopped by SIGINT, what was being done was not published"},
    {EXIT_TERMINATED, "stopped by SIGTERM, what was being done was not published"},
};

const ExitCodeText *exit_code_table(size_t *ret_count)
{
    *ret_count = sizeof table / sizeof table[0];
    return table;
}
