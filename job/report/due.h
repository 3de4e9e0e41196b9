/*
 * What the calendar says of the periods: which is next, and which are late. Pure.
 *
 * A period is due from its last day on, when a close takes it (contract 8.4). It is overdue once it
 * has ended (contract 1.2) and is still not closed: from the day after its last one. Before any
 * close the newest that is due comes first.
 */
#pragma once

#include "ledger/status.h"
#include "programme/period.h"

typedef struct Due {
    Period newest; /* closed; not set where none is */
    bool final;
    Period next; /* the oldest that is not closed */
    LocalDay due_on;
    bool due;
    LocalDay ended_on; /* the first day after `next`: it is overdue since then, or will be */
    int32_t overdue;   /* how many periods have ended and are not closed, from `next` on */
} Due;

Due due_of(const Status *status, LocalDay today);
