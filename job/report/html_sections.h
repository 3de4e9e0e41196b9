/* The sections of the report's page, in their order. Those with rows of members read them from the
 * database and can fail. */
#pragma once

#include "report/html_table.h"

/* The pictures. */
void html_put_overview(OutputFile *file, const Report *report);
void html_put_levels(OutputFile *file, const Report *report);
void html_put_points(OutputFile *file, const Report *report);
void html_put_events(OutputFile *file, const Report *report);
MUST_CHECK bool html_put_changes(OutputFile *file, Report *report, Error *reterr);
MUST_CHECK bool html_put_coupons(OutputFile *file, Report *report, Error *reterr);
MUST_CHECK bool html_put_anomalies(OutputFile *file, Report *report, Error *reterr);
MUST_CHECK bool html_put_restated(OutputFile *file, Report *report, Error *reterr);
void html_put_run(OutputFile *file, const Report *report);
