/*
 * A member's points by month, packed: what the next close starts from instead of reading the months
 * again. PURE.
 *
 * Each month is a zigzag varint, oldest first, seven bits a byte, the lowest first: a month of 40
 * points is one byte more than nothing. Stored in tierclose.standing.month_points.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MONTH_POINTS_BYTES_MAX = 5 }; /* of one month */

/* Writes `count` months into `bytes`, which holds MONTH_POINTS_BYTES_MAX for each; returns the
 * bytes used. */
size_t month_points_pack(const int32_t *points, size_t count, unsigned char *bytes);

/* Reads exactly `count` months out of exactly `size` bytes; false where that is not what they hold.
 */
bool month_points_unpack(const unsigned char *bytes, size_t size, int32_t *points, size_t count);
