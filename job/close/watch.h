/*
 * The look-out for signals: ends a wait for the server, wherever the job waits.
 *
 * A thread of its own looks at the stop signal and, once it is there, cancels what the job's
 * connections are doing, again and again, until watch_stop. Not while it is held: a commit under
 * way is never cancelled, and after a failure the last words to the run ledger must get through. A
 * connection is added after it is opened and removed before it is closed, by the thread that owns
 * it.
 */
#pragma once

#include "ledger/connection.h"

#include <stdatomic.h>

typedef struct Watch Watch;

/* `stop_signal` may be NULL: then nothing is ever cancelled. */
Watch *watch_start(atomic_int *stop_signal);
void watch_stop(Watch *watch);

void watch_add(Watch *watch, Connection *connection);
void watch_remove(Watch *watch, const Connection *connection);

/* Holds the look-out back, until it is let go again. */
void watch_hold(Watch *watch, bool held);
