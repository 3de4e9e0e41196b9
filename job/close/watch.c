#include "close/watch.h"

#include "base/arena.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { LOOK_MS = 50 };

struct Watch {
    atomic_int *stop_signal;
    atomic_bool ends;
    atomic_bool held;
    bool has_thread;
    pthread_t thread;
    pthread_mutex_t lock; /* of the list */
    Connection **connections;
    size_t count;
    size_t capacity;
};

static void cancel_all(Watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    for (size_t i = 0; i < watch->count && !atomic_load(&watch->held); i++) {
        (void)connection_cancel(watch->connections[i]);
    }
    pthread_mutex_unlock(&watch->lock);
}

static void *look_out(void *argument)
{
    Watch *watch = argument;
    const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
    while (!atomic_load(&watch->ends)) {
        if (atomic_load(watch->stop_signal) != 0) {
            cancel_all(watch);
        }
        (void)nanosleep(&pause, NULL);
    }
    return NULL;
}

Watch *watch_start(atomic_int *stop_signal)
{
    Watch *watch = memory_alloc(1, sizeof *watch);
    watch->stop_signal = stop_signal;
    pthread_mutex_init(&watch->lock, NULL);
    /* Without the thread a signal still ends the job, at its next step. */
    watch->has_thread =
        stop_signal != NULL && pthread_create(&watch->thread, NULL, look_out, watch) == 0;
    return watch;
}

void watch_stop(Watch *watch)
{
    if (watch == NULL) {
        return;
    }
    atomic_store(&watch->ends, true);
    if (watch->has_thread) {
        (void)pthread_join(watch->thread, NULL);
    }
    pthread_mutex_destroy(&watch->lock);
    free(watch->connections);
    free(watch);
}

void watch_add(Watch *watch, Connection *connection)
{
    pthread_mutex_lock(&watch->lock);
    watch->connections =
        array_grow(watch->connections, &watch->capacity, watch->count + 1, sizeof(Connection *));
    watch->connections[watch->count++] = connection;
    pthread_mutex_unlock(&watch->lock);
}

void watch_remove(Watch *watch, const Connection *connection)
{
    pthread_mutex_lock(&watch->lock);
    size_t kept = 0;
    for (size_t i = 0; i < watch->count; i++) {
        if (watch->connections[i] != connection) {
            watch->connections[kept++] = watch->connections[i];
        }
    }
    watch->count = kept;
    pthread_mutex_unlock(&watch->lock);
}

void watch_hold(Watch *watch, bool held)
{
    atomic_store(&watch->held, held);
    if (held) {
        /* Cancelling looks at `held` under the lock: after this nothing is on its way any more. */
        pthread_mutex_lock(&watch->lock);
        pthread_mutex_unlock(&watch->lock);
    }
}
