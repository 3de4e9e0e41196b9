/*
 * A digest of all that decides what a month's events earn: two months with the same digest were
 * folded by the same rules. Pure.
 *
 * Points by month that an earlier run left may be used as long as their month's digest is still the
 * same; a rules entry for a later month, a new level or another coupon does not touch it.
 */
#pragma once

#include "programme/kinds.h"

enum { MONTH_RULES_BYTES = 17 }; /* 16 hex digits */

/* The digest of the rules for a month, with the zone, the events' source and the numbers of the
 * kinds they name. */
void month_rules_digest(const Programme *programme, const KindMap *kinds, Period month,
                        char digest[MONTH_RULES_BYTES]);
