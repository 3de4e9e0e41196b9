/*
 * How much memory a run may take, and what of it is left for events. Pure.
 *
 * What a run holds for each member (its place, its months, its standing, the one before) it holds
 * as long as it works; beside that it holds the events of the month that is being read and of the
 * one that is being folded. Only the events can be held to less, by reading them several times.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What a run takes apart from members and events: the program, libraries, buffers. */
#define BUDGET_BASE_BYTES ((size_t)16 << 20)
/* With less than this for events, nothing is gained any more. */
#define BUDGET_EVENTS_BYTES_MIN ((size_t)16 << 20)

/* What the members of a run take. */
size_t budget_member_bytes(size_t member_count, size_t month_count);

/* What is left for events of `memory_bytes`; BUDGET_EVENTS_BYTES_MIN at least. */
size_t budget_event_bytes(size_t memory_bytes, size_t member_count, size_t month_count);

/* About what a number of events takes while it waits to be folded. */
size_t budget_bytes_of_events(int64_t event_count);

/* A quarter of the machine's memory. */
size_t budget_default(size_t machine_bytes);
