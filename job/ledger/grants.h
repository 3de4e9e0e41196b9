/*
 * The coupon grants (contract 5.4, 7.2, 8.3). A grant is never deleted: it is revoked, or kept and
 * marked as overgranted. All inside the caller's transaction.
 */
#pragma once

#include "base/arena.h"
#include "ledger/connection.h"

#include <stddef.h>
#include <stdint.h>

typedef struct GrantRow {
    int64_t grant_id; /* 0: not written yet */
    int64_t member_id;
    const char *level;
    const char *coupon;
    int64_t value_cents;
    int64_t min_spend_cents;
    int32_t issue_from; /* read only */
    bool overgranted;
} GrantRow;

typedef struct GrantTerms {
    int32_t issue_from; /* days since 2000-01-01 */
    int32_t issue_until;
    int32_t expires_on;
    bool lapsed; /* written after issue_until */
} GrantTerms;

/* The grants of a period that are not revoked, by (member_id, level, coupon). */
MUST_CHECK bool grants_read(Connection *connection, Arena *arena, const char *period,
                            GrantRow **ret_rows, size_t *ret_count, Error *reterr);

/*
 * The grants of other periods that keep a coupon from being granted again: those of earlier
 * periods, and those of later ones whose issue has begun by `today` (the others will be revoked
 * when the levels are carried forward). By member_id; only member_id and coupon are filled.
 */
MUST_CHECK bool grants_elsewhere(Connection *connection, Arena *arena, const char *period,
                                 int32_t today, GrantRow **ret_rows, size_t *ret_count,
                                 Error *reterr);

/* Adds grants. Their ids are the run's, so none is given twice and no sequence is asked. */
MUST_CHECK bool grants_add(Connection *connection, const char *period, int64_t run_id,
                           const GrantTerms *terms, const GrantRow *rows, size_t row_count,
                           Error *reterr);

typedef enum GrantMark {
    GRANT_REVOKED,
    GRANT_OVERGRANTED,
    GRANT_DESERVED, /* overgranted before, deserved again */
} GrantMark;

MUST_CHECK bool grants_mark(Connection *connection, const char *period, int64_t run_id,
                            GrantMark mark, const int64_t *grant_ids, size_t count, Error *reterr);
