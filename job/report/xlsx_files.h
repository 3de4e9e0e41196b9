/*
 * The temporary files of libxlsxwriter, which are ours.
 *
 * In bounded memory the library writes each sheet's rows into a temporary file, copies them into a
 * second one and that into the workbook. It looks at no error of these writes: on a full disk it
 * would make a workbook that lacks rows, and call that done. It opens them by its public function
 * lxw_tmpfile; the one in xlsx_files.c stands in front of it, as allocation.c stands in front of
 * malloc, and gives it files whose first failure is kept. They lie in the report's folder, have no
 * name, and so leave nothing behind, also after kill -9.
 *
 * Call order: xlsx_files_begin before the workbook is made; xlsx_files_good at any time, and after
 * it is closed; xlsx_files_end always. One workbook at a time, on one thread.
 */
#pragma once

#include "report/output_folder.h"

void xlsx_files_begin(OutputFolder *folder);

/* False with *reterr set once one of them could not be opened, read or written. `path`: the
 * workbook, for the message. */
MUST_CHECK bool xlsx_files_good(const char *path, Error *reterr);

/* How many there were. None, although there were sheets: the library has its own. */
size_t xlsx_files_count(void);

/* Closes what the library has left open, as it does when a workbook is given up. */
void xlsx_files_end(void);
