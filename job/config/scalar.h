/*
 * Texts to numbers, times and names of relations: exact, without floating point and without locale.
 *
 * Pure and thread-safe; no errors with places, those are made by reader.h. Texts are given by
 * length and may hold any bytes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum NumberFault {
    NUMBER_OK,
    NUMBER_NOT_ONE,      /* exponents, signs, underscores, .5, 5., 0x10 and words too */
    NUMBER_LEADING_ZERO, /* 007: octal to some readers of YAML */
    NUMBER_DECIMALS,     /* more decimals than allowed */
    NUMBER_TOO_LARGE,    /* beyond int64_t */
} NumberFault;

/*
 * A decimal number with at most `decimals` places, times 10 to the power of `decimals`:
 * ("2.5", 2) gives 250, ("101", 0) gives 101. ret_value is set only with NUMBER_OK.
 */
NumberFault scalar_decimal(const char *text, size_t length, size_t decimals, int64_t *ret_value);

/* True for a decimal number of any size and any number of places, which is a JSON number too. */
bool scalar_is_decimal(const char *text, size_t length);

/*
 * YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], a day and a time that exist (leap seconds do not):
 * microseconds of the wall clock since 2000-01-01 00:00.
 */
bool scalar_local_time(const char *text, size_t length, int64_t *ret_local_us);

/* `name` or `schema.name`: unquoted identifiers or parts in double quotation marks. */
bool scalar_is_relation(const char *text);
