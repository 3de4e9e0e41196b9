/*
 * Inside report/: the workbook's first sheet: what the period came to, who computed it and how that
 * is proved, a list of the other sheets, and pictures of members by level and of points by source.
 */
#pragma once

#include "report/xlsx_book.h"

/* Writes it; the other sheets are done, so that their rows are known. */
MUST_CHECK bool xlsx_summary_write(XlsxBook *book, lxw_worksheet *sheet, const Report *report,
                                   Error *reterr);
