/*
 * A library to preload (LD_PRELOAD) that lets the N-th call of the job fail.
 *
 * Of the ways to get between a program and what it calls, this is the simplest that reaches every
 * call without a change to the program: a proxy sees messages only, a debugger makes each run slow,
 * and hooks in the job would be code that users run. It counts the calls of six families across
 * all threads:
 *
 *   libpq    what the job calls in libpq and what can fail there
 *   socket   what libpq does with its sockets: an answer may be lost although the server gave it
 *   memory   allocations of the job and of every library that it uses
 *   stdout   each line that is written there
 *   stderr   each piece
 *   system   threads, files
 *
 * The environment says what happens:
 *
 *   INJECT_REPORT   a file of sizeof(Report) bytes; gets the counts, and what was hit
 *   INJECT_FROM     main: counts from the beginning; libpq: from the first call of libpq
 *   INJECT_FAMILY   whose calls meet the fault
 *   INJECT_CALL     only calls of this function count; empty: all of the family
 *   INJECT_ROWS     of the rows of a COPY from the server the first two count, and each N-th
 *   INJECT_AT       the number of the call, from 1; 0: none, it only counts
 *   INJECT_KIND     error:CODE    this call fails: an SQL statement with this SQLSTATE, a write or
 *                                 a call of the system with this errno
 *                   always:CODE   this and each later one
 *                   reset:0       the connection of this libpq call breaks before it
 *                   signal:N      the process gets this signal before it
 *
 * inject.c counts and decides, inject_libpq.c and inject_system.c stand in for the calls.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum Family { LIBPQ, SOCKET, MEMORY, STDOUT, STDERR, SYSTEM, FAMILIES } Family;
typedef enum Kind { FAIL_ONCE, FAIL_ALWAYS, RESET, SIGNAL } Kind;

enum { CALL_BYTES = 48, DETAIL_BYTES = 208, CODE_BYTES = 16 };

/* Shared with the test, so that it outlives a kill -9; tests/fault/injection.py has the same. */
typedef struct Report {
    _Atomic uint64_t counts[FAMILIES];
    uint64_t commit_from[FAMILIES]; /* the counts before the last commit */
    uint64_t commit_until[FAMILIES];
    _Atomic uint64_t hits;
    char call[CALL_BYTES];     /* of the first hit */
    char detail[DETAIL_BYTES]; /* its SQL, or who called */
} Report;

typedef struct Fault {
    Family family;
    Kind kind;
    uint64_t at;
    char call[CALL_BYTES];
    char code[CODE_BYTES];
} Fault;

extern Report *inject_report; /* NULL before main: nothing is counted */
extern Fault inject_fault;
extern unsigned inject_rows;

/* Counts a call. True: it must fail; where it is to be a signal, that is sent here. `detail` NULL:
 * who called, as addr2line takes it. */
bool inject_hit(Family family, const char *call, const char *detail);

/* What this thread calls from now on is not counted, or is again. */
void inject_pause(bool paused);

/* Around the commit: what was counted so far. */
void inject_note_commit(uint64_t counts[FAMILIES]);

/* The library or program that a return address lies in, of those that count; NULL: another. */
const char *inject_caller(const void *caller);

/* The function that this library stands in front of. */
void *inject_real(const char *name);
#define REAL(name)                                                                                 \
    ({                                                                                             \
        static void *_Atomic found;                                                                \
        if (found == NULL) {                                                                       \
            found = inject_real(#name);                                                            \
        }                                                                                          \
        (__typeof__(&name))found;                                                                  \
    })

/* stdout and stderr become streams whose writes are counted. */
void inject_outputs(void);
