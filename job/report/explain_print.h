/*
 * An explanation as text within 80 columns, or as one JSON object (contract 9).
 *
 * Beyond the contract's the object has: standing (false: none, then no_standing says why),
 * next_level, points_to_next, expiring_points, sum (of the window before it is raised to 0),
 * open_month, published (null, or run_id, points, level of the standing that readers see) and
 * differs (null where there is nothing to compare); in lines: order_id and fate.
 */
#pragma once

#include "report/explain.h"

#include <stdio.h>

void explain_print_text(FILE *out, const Explanation *explanation);
void explain_print_json(FILE *out, const Explanation *explanation);

/* Whether what is published is not what the events give now; false where there is nothing to
 * compare. */
bool explain_differs(const Explanation *explanation);
