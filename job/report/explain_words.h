/*
 * The words of an explanation's lines: one plain clause for each step of the rules. Pure.
 *
 * Private to report/explain*.c. All texts live in the arena.
 */
#pragma once

#include "programme/earn.h"
#include "report/explain.h"

/* What a credit earned: "order 7: floor(119.50) = 119 points, 20.50 refunded". */
const char *words_credit(Arena *arena, const RuleSet *rules, const Earned *line,
                         const Event *event);

/* The other events of a split shipment. */
const char *words_part(Arena *arena, const Event *event);

/* A day's category bonus: "4 categories on this day: (4 - 1) x 1 = 3 points". */
const char *words_bonus(Arena *arena, const RuleSet *rules, const Earned *line);

/* An event of any other kind that earned, or whose points a cap took. */
const char *words_other(Arena *arena, const RuleSet *rules, const Earned *line, const Event *event);

/* An event of any other kind that the rules do not let earn. */
const char *words_ineligible(Arena *arena, const RuleSet *rules, const Event *event,
                             const char *kind);

/* An anomaly that the event's own columns show; `rules` NULL: none are in force in `month`. */
const char *words_anomaly(Arena *arena, const RuleSet *rules, Period month, const Event *event,
                          const char *kind);

/* A refund or fraud, once its fate is known. `order_seen`: the window holds a purchase of its
 * order. */
const char *words_take(Arena *arena, const Take *take, bool order_seen);
