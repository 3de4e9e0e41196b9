/* The pictures of the report's page, each a figure with its numbers (html_chart.h). */
#pragma once

#include "report/html_chart.h"

/* Members by level in the last closed periods. */
void html_put_history(OutputFile *file, const Report *report);

/* From which level to which the members went. Who stayed is in the words and the numbers only: they
 * would hide those who moved. */
void html_put_flow(OutputFile *file, const Report *report);

/* Who is close to the next level, and who falls at the next close without doing anything. */
void html_put_outlook(OutputFile *file, const Report *report);

/* Points by source and month of the window. */
void html_put_sources(OutputFile *file, const Report *report);
