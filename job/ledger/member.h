/*
 * One member: its row in the members' table and its published standings. For explain.
 *
 * Any transaction; nothing is locked but what source_open holds already.
 */
#pragma once

#include "base/arena.h"
#include "ledger/source.h"

typedef struct MemberStanding {
    bool closed;  /* the period is closed */
    bool present; /* the member has a standing in it */
    int64_t run_id;
    int64_t points;
    const char *level; /* in the arena */
} MemberStanding;

/* EXIT_DATA: there is no such member, or more than one row of it. */
MUST_CHECK bool member_find(Connection *connection, const Source *source, int64_t member_id,
                            MemberRow *ret_member, Error *reterr);

/* The member's standing in a period "YYYY-MM"; a database without sql/ has no closed period. */
MUST_CHECK bool member_standing(Connection *connection, Arena *arena, int64_t member_id,
                                const char *period, MemberStanding *ret_standing, Error *reterr);
