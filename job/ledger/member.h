/*
 * One member: its row in the members' table, its published standings and how they came about. For
 * explain.
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

/* A run that gave the member another standing than the one before; texts in the arena. */
typedef struct MemberPublication {
    int64_t run_id;
    const char *action;
    const char *acted_on; /* YYYY-MM-DD */
    bool present;         /* false: it left the member without a standing */
    int64_t points;
    const char *level;
} MemberPublication;

/* The run that last computed a closed period; texts in the arena. */
typedef struct PeriodChecked {
    const char *snapshot_visible; /* NULL: none stored */
    int64_t snapshot_taken_at_us;
    const char *system_identifier; /* "": not known */
    const char *config_sha256;
} PeriodChecked;

/* EXIT_DATA: there is no such member, or more than one row of it. */
MUST_CHECK bool member_find(Connection *connection, const Source *source, int64_t member_id,
                            MemberRow *ret_member, Error *reterr);

/* The member's standing in a period "YYYY-MM"; a database without sql/ has no closed period. */
MUST_CHECK bool member_standing(Connection *connection, Arena *arena, int64_t member_id,
                                const char *period, MemberStanding *ret_standing, Error *reterr);

/* Of a period that `standing` says is closed: the runs that changed the member's standing, oldest
 * first, in the arena. */
MUST_CHECK bool member_publications(Connection *connection, Arena *arena, int64_t member_id,
                                    const char *period, const MemberStanding *standing,
                                    MemberPublication **ret_publications, size_t *ret_count,
                                    Error *reterr);

/* Who computed a closed period last. */
MUST_CHECK bool member_period_checked(Connection *connection, Arena *arena, const char *period,
                                      PeriodChecked *ret_checked, Error *reterr);
