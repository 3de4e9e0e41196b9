/*
 * Dates of the Gregorian calendar, and the days since 2000-01-01, which is PostgreSQL's own epoch.
 *
 * Whole-number arithmetic without clock, zone or locale, for any year of four digits and beyond.
 * Pure and thread-safe.
 */
#pragma once

#include <stdint.h>

typedef struct Date {
    int32_t year;
    int32_t month; /* 1..12 */
    int32_t day;   /* 1..31 */
} Date;

int32_t day_from_date(Date date);
Date day_to_date(int32_t day);
