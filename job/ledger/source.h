/*
 * The tables that go in (contract 7.1): found, checked, held, and the small ones read.
 *
 * Call source_open once a run inside the leader's transaction; it locks the relations against being
 * dropped or altered until that transaction ends. Outside of one, as for a check, nothing is held.
 * A Source is immutable: workers share it.
 */
#pragma once

#include "base/error.h"
#include "ledger/connection.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How late events can be found (contract 8.5). An event whose column is NULL counts as late each
 * time: nothing tells when it came. */
typedef enum LateMethod {
    LATE_EXACT,   /* recorded_xid: exactly the events that were not visible in the snapshot */
    LATE_BY_TIME, /* recorded_at only: those, and what was recorded within the margin before it */
    LATE_UNKNOWN, /* neither column: they cannot be told apart, so settling reads all anew */
} LateMethod;

typedef struct Source {
    char *members; /* quoted and with the schema, ready for SQL */
    char *events;
    char *kinds;
    int64_t events_oid;
    bool members_direct; /* COPY can read it without a SELECT, which is faster */
    bool events_partitioned;
    bool events_unique;        /* an index sees to it that no event stands twice */
    bool times_may_be_null;    /* occurred_at; as far as the catalogs tell: always in a view */
    bool recorded_may_be_null; /* the column by which late events are found */
    bool has_recorded_xid;
    bool has_recorded_at;
    LateMethod late_method;
    int16_t *kind_numbers; /* ascending; kind_names[i] is the name of kind_numbers[i] */
    const char **kind_names;
    size_t kind_count;
} Source;

/* Bits of MemberRow.present; in a view anything can be NULL. */
enum {
    MEMBER_HAS_ID = 1 << 0,
    MEMBER_HAS_REGISTERED = 1 << 1,
    MEMBER_HAS_CLOSED = 1 << 2,
};

typedef struct MemberRow {
    int64_t member_id;
    int32_t registered_on; /* days since 2000-01-01; infinity is INT32_MAX */
    int32_t closed_on;
    uint32_t present;
} MemberRow;

/* Takes 1 to COPY_BATCH_ROWS rows, valid until it returns. */
typedef bool (*MemberSink)(void *context, const MemberRow *rows, size_t count, Error *reterr);

/*
 * Finds `schema.name` of the three relations (tables, views, foreign tables), checks their columns
 * and types, reads the kinds. EXIT_CONFIG: a relation, column or right is missing, or a type
 * differs. EXIT_DATA: the kinds are not unique.
 */
MUST_CHECK bool source_open(Connection *connection, const char *members, const char *events,
                            const char *kinds, Source **ret_source, Error *reterr);
void source_close(Source **source);
#define CLEANUP_SOURCE __attribute__((cleanup(source_close)))

/* All members, in no order, as the connection's snapshot has them. `stop` may be NULL (see
 * query.h). */
MUST_CHECK bool source_read_members(Connection *connection, const Source *source,
                                    const atomic_bool *stop, MemberSink sink, void *context,
                                    Error *reterr);
