#include "close/tally.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool sample_is_before(const AnomalySample *a, const AnomalySample *b)
{
    if (a->event_id != b->event_id) {
        return a->event_id < b->event_id;
    }
    if (a->occurred_at_us != b->occurred_at_us) {
        return a->occurred_at_us < b->occurred_at_us;
    }
    return a->member_id < b->member_id;
}

static void sample_insert(SampleList *list, const AnomalySample *sample)
{
    size_t at = list->count;
    while (at > 0 && sample_is_before(sample, &list->items[at - 1])) {
        at--;
    }
    if (at == ANOMALY_SAMPLES_MAX) {
        return;
    }
    size_t kept = list->count < ANOMALY_SAMPLES_MAX ? list->count : ANOMALY_SAMPLES_MAX - 1;
    memmove(&list->items[at + 1], &list->items[at], (kept - at) * sizeof *sample);
    list->items[at] = *sample;
    list->count = kept + 1;
}

void tally_add(Tally *tally, Fate fate, bool own_month, const AnomalySample *sample)
{
    tally_count(tally, fate, sample->slot, own_month, 1);
    if (own_month && fate >= FATE_FIRST_ANOMALY) {
        sample_insert(&tally->samples[fate - FATE_FIRST_ANOMALY], sample);
    }
}

void tally_add_sources(Tally *tally, const EarnWorkspace *workspace)
{
    tally->sources_overflow |= !earn_add_by_kind(workspace, tally->sources);
}

void tally_merge(Tally *tally, const Tally *other)
{
    tally->events += other->events;
    for (size_t fate = 0; fate < FATE_COUNT; fate++) {
        tally->window_fates[fate] += other->window_fates[fate];
        tally->month_fates[fate] += other->month_fates[fate];
        for (size_t kind = 0; kind < TALLY_KINDS; kind++) {
            tally->kind_fates[fate][kind] += other->kind_fates[fate][kind];
        }
    }
    tally->sources_overflow |= other->sources_overflow;
    for (size_t slot = 0; slot < SLOTS_MAX; slot++) {
        tally->sources_overflow |= __builtin_add_overflow(
            tally->sources[slot], other->sources[slot], &tally->sources[slot]);
    }
    for (size_t reason = 0; reason < ANOMALY_REASONS; reason++) {
        for (size_t i = 0; i < other->samples[reason].count; i++) {
            sample_insert(&tally->samples[reason], &other->samples[reason].items[i]);
        }
    }
}

bool tally_reconcile(const Tally *tally, Error *reterr)
{
    int64_t sum = 0;
    for (size_t fate = 0; fate < FATE_COUNT; fate++) {
        sum += tally->window_fates[fate];
    }
    if (sum == tally->events) {
        return true;
    }
    return error_set(reterr, EXIT_BUG, "this is a bug in tierclose; nothing was published.",
                     "%" PRId64 " events were read, but %" PRId64 " are accounted for",
                     tally->events, sum);
}

static const char *cents_text(int64_t cents, char text[32])
{
    (void)snprintf(text, 32, "%" PRId64 ".%02d", cents / 100, (int)(cents % 100));
    return text;
}

const char *anomaly_detail(Fate reason, const AnomalySample *sample, const char *kind,
                           char text[ANOMALY_DETAIL_BYTES])
{
    char asked[32];
    char taken[32];
    switch (reason) {
    case FATE_UNKNOWN_MEMBER:
        (void)snprintf(text, ANOMALY_DETAIL_BYTES,
                       "%s of a member who is not in the members' table", kind);
        break;
    case FATE_UNKNOWN_KIND:
        (void)snprintf(text, ANOMALY_DETAIL_BYTES, "no rule in force names this kind (%s)", kind);
        break;
    case FATE_MISSING_ORDER_ID:
        (void)snprintf(text, ANOMALY_DETAIL_BYTES, "%s without order_id", kind);
        break;
    case FATE_MISSING_AMOUNT:
        (void)snprintf(text, ANOMALY_DETAIL_BYTES, "%s without item_cents", kind);
        break;
    case FATE_NEGATIVE_AMOUNT:
        (void)snprintf(text, ANOMALY_DETAIL_BYTES, "%s with a negative amount", kind);
        break;
    case FATE_MISSING_POINTS:
        (void)snprintf(text, ANOMALY_DETAIL_BYTES, "%s without points", kind);
        break;
    default:
        if (sample->taken_cents == 0) {
            (void)snprintf(text, ANOMALY_DETAIL_BYTES,
                           "%s of order %" PRId64 " found nothing to take", kind, sample->order_id);
        } else {
            (void)snprintf(text, ANOMALY_DETAIL_BYTES,
                           "%s of order %" PRId64 " asked for %s and found %s", kind,
                           sample->order_id, cents_text(sample->asked_cents, asked),
                           cents_text(sample->taken_cents, taken));
        }
        break;
    }
    return text;
}
