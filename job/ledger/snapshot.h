/*
 * One snapshot of the events for all connections of a run (contract 8.5).
 *
 * The leader calls snapshot_begin; each worker then calls snapshot_join on its own connection,
 * while the leader's transaction is open; at the end the workers call snapshot_finish and the
 * leader commits or rolls back. snapshot_join proves that it sees the same: a pooler or an engine
 * that does not honour the exported snapshot is an error and never a wrong result.
 */
#pragma once

#include "base/error.h"
#include "ledger/connection.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A worker waits this long for a lock. Without an end, a session that waits to change a source
 * table stands between the leader, which holds the table, and the worker, who must wait behind that
 * session: for ever.
 */
#define WORKER_LOCK_TIMEOUT "30s"

enum { SYSTEM_IDENTIFIER_BYTES = 32 };

typedef struct Snapshot {
    char token[128]; /* for SET TRANSACTION SNAPSHOT, while the leader's transaction lasts */
    char system_identifier[SYSTEM_IDENTIFIER_BYTES]; /* of the cluster; "" where the server does not
                                                        tell */
    char *visible;       /* pg_snapshot as text: what the run ledger stores */
    int64_t taken_at_us; /* not after the snapshot itself */
} Snapshot;

/*
 * Begins the leader's transaction (repeatable read) and exports its snapshot. With will_write a
 * standby or a read-only session is EXIT_CONFIG; without, the transaction is read only.
 */
MUST_CHECK bool snapshot_begin(Connection *connection, bool will_write, Snapshot *ret_snapshot,
                               Error *reterr);

/*
 * Which cluster this is; "" where it does not tell. Any other failure is one: taken for a server
 * that does not tell, it would let the run read everything, for a reason that is not true. Outside
 * of a transaction, so that a refusal does not abort it.
 */
MUST_CHECK bool snapshot_identity(Connection *connection,
                                  char ret_identifier[SYSTEM_IDENTIFIER_BYTES], Error *reterr);

/* Whether two names are of one cluster, so that a transaction number means the same to both; one
 * that did not tell its name may be any. */
bool snapshot_same_server(const char *left, const char *right);

/* Begins a worker's read-only transaction on the same snapshot. On failure no transaction is open.
 */
MUST_CHECK bool snapshot_join(Connection *connection, const Snapshot *snapshot, Error *reterr);

/* Ends a worker's transaction, whatever state it is in. */
MUST_CHECK bool snapshot_finish(Connection *connection, Error *reterr);

/* Frees the texts; the transaction is the connection's affair. */
void snapshot_destroy(Snapshot *snapshot);
