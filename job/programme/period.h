/*
 * Periods and days: whole-number calendar arithmetic without clock, zone or locale.
 *
 * A Period counts the months since year 0 (2025-01 is 2025 * 12 + 0), so windows are subtraction. A
 * LocalDay counts the days since 2000-01-01 in the programme's zone (PostgreSQL's own epoch, so a
 * date read from it needs no conversion). Pure and thread-safe.
 */
#pragma once

#include "base/civil_date.h"
#include "base/error.h"

#include <stdint.h>

typedef int32_t Period;
typedef int32_t LocalDay;

enum {
    PERIOD_FIRST = 12,            /* 0001-01 */
    PERIOD_LAST = 9999 * 12 + 11, /* 9999-12 */
    PERIOD_TEXT_BYTES = sizeof "YYYY-MM",
    DAY_TEXT_BYTES = sizeof "YYYY-MM-DD",
};

/* Reads exactly YYYY-MM (contract 1.2); EXIT_USAGE otherwise. */
MUST_CHECK bool period_parse(const char *text, Period *ret_period, Error *reterr);
/* Writes YYYY-MM and returns `text`, which must hold PERIOD_TEXT_BYTES. */
const char *period_format(Period period, char text[PERIOD_TEXT_BYTES]);

/* Reads exactly YYYY-MM-DD, a day that exists; EXIT_USAGE otherwise. */
MUST_CHECK bool day_parse(const char *text, LocalDay *ret_day, Error *reterr);
const char *day_format(LocalDay day, char text[DAY_TEXT_BYTES]);

Period period_of_day(LocalDay day);

/* The first and the last local day of a period. */
LocalDay period_first_day(Period period);
LocalDay period_last_day(Period period);

/* The oldest month of the window that ends with `period` (contract 1.3). */
Period window_first(Period period, int32_t window_months);

/* The day of the month after `period` (contract 1.4, 1.5): day 1..28. */
LocalDay period_next_month_day(Period period, int32_t day_of_month);
