/*
 * What became of the events: counts by fate, and samples of the anomalies (contract 6).
 *
 * Each worker fills a Tally of its own; tally_merge adds them up. The samples are the events with
 * the smallest ids, so they do not depend on how many workers there were or who saw what first.
 */
#pragma once

#include "programme/earn.h"

enum {
    ANOMALY_REASONS = FATE_COUNT - FATE_FIRST_ANOMALY,
    ANOMALY_SAMPLES_MAX = 100,   /* a reason and run */
    TALLY_KINDS = SLOTS_MAX + 1, /* the last: kinds that the programme does not name */
};

typedef struct AnomalySample {
    int64_t event_id;
    int64_t member_id;
    int64_t occurred_at_us;
    int64_t order_id;
    int64_t asked_cents; /* of an unmatched refund; NO_LIMIT: all there is */
    int64_t taken_cents;
    bool has_member;
    bool has_order;
    uint8_t slot;
} AnomalySample;

typedef struct SampleList {
    AnomalySample items[ANOMALY_SAMPLES_MAX]; /* by (event_id, occurred_at, member_id) */
    size_t count;
} SampleList;

typedef struct Tally {
    int64_t events; /* read, counted where they arrive: the fates must add up to it */
    int64_t window_fates[FATE_COUNT];
    int64_t month_fates[FATE_COUNT];             /* those of the period's own month */
    int64_t kind_fates[FATE_COUNT][TALLY_KINDS]; /* the same by kind */
    int64_t sources[SLOTS_MAX]; /* points of the own month by kind, of members with a standing */
    bool sources_overflow;      /* which do not fit */
    SampleList samples[ANOMALY_REASONS]; /* of the period's own month */
} Tally;

/* Counts events of which no sample is kept. */
static inline void tally_count(Tally *tally, Fate fate, uint8_t slot, bool own_month, int64_t count)
{
    tally->window_fates[fate] += count;
    if (own_month) { /* the same for a whole partition: no guess */
        tally->month_fates[fate] += count;
        tally->kind_fates[fate][slot < SLOTS_MAX ? slot : SLOTS_MAX] += count;
    }
}

/* Counts one event; `own_month`: its local month is the period; `sample` is looked at for anomalies
 * only. */
void tally_add(Tally *tally, Fate fate, bool own_month, const AnomalySample *sample);
void tally_merge(Tally *tally, const Tally *other);

/* Adds what a member with a standing has earned in the period's own month: after its earn_month,
 * and what it has earned by a kind that was only counted (programme/plain.h). */
void tally_add_sources(Tally *tally, const EarnWorkspace *workspace);
static inline void tally_add_source(Tally *tally, uint8_t slot, int64_t points)
{
    tally->sources_overflow |=
        __builtin_add_overflow(tally->sources[slot], points, &tally->sources[slot]);
}

/* Checks that every event read has one fate; EXIT_BUG where not (contract 6). */
MUST_CHECK bool tally_reconcile(const Tally *tally, Error *reterr);

/* Words for one sample, for tierclose.anomalies.detail. */
enum { ANOMALY_DETAIL_BYTES = 160 };
const char *anomaly_detail(Fate reason, const AnomalySample *sample, const char *kind,
                           char text[ANOMALY_DETAIL_BYTES]);
