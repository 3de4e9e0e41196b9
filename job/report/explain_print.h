/*
 * An explanation as text within 80 columns, or as one JSON object (contract 9).
 *
 * Beyond the contract's the object has: standing (false: none, then no_standing says why),
 * level_from_points, effective_on, next_level, points_to_next, expiring_points, sum (of the window
 * before it is raised to 0), open_month, published (null, or run_id, points, level of the standing
 * that readers see), differs (null where there is nothing to compare), publications (each run that
 * gave the member another standing: run_id, action, day, points, level) and since (null, or
 * late_events, other_rules, late_events_explain); in lines: order_id, fate and late.
 */
#pragma once

#include "report/explain.h"

#include <stdio.h>

void explain_print_text(FILE *out, const Explanation *explanation);
void explain_print_json(FILE *out, const Explanation *explanation);
