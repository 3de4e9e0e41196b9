/*
 * close/tally: what became of the events, and samples that do not depend on who saw what first
 * (contract 6).
 */
#include "base/arena.h"
#include "close/tally.h"
#include "close_builders.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { TALLIES_MAX = 5 };

static Tally *tallies[TALLIES_MAX];

static void begin_tallies(void)
{
    for (size_t i = 0; i < TALLIES_MAX; i++) {
        tallies[i] = memory_alloc(1, sizeof(Tally));
    }
}

static void end_tallies(void)
{
    for (size_t i = 0; i < TALLIES_MAX; i++) {
        free(tallies[i]);
    }
}

TestSuite(tally, .init = begin_tallies, .fini = end_tallies);

static AnomalySample sample_of(int64_t event_id)
{
    return (AnomalySample){
        .event_id = event_id, .member_id = event_id % 17, .has_member = true, .slot = 3};
}

static const SampleList *samples_of(const Tally *tally, Fate reason)
{
    return &tally->samples[reason - FATE_FIRST_ANOMALY];
}

Test(tally, counts_by_fate_and_month)
{
    AnomalySample sample = sample_of(1);
    for (Fate fate = 0; fate < FATE_COUNT; fate++) {
        for (Fate turn = 0; turn <= fate; turn++) {
            tally_add(tallies[0], fate, true, &sample);
            tally_add(tallies[0], fate, false, &sample);
        }
    }
    for (Fate fate = 0; fate < FATE_COUNT; fate++) {
        cr_expect_eq(tallies[0]->window_fates[fate], 2 * ((int64_t)fate + 1), "%s",
                     fate_name(fate));
        cr_expect_eq(tallies[0]->month_fates[fate], (int64_t)fate + 1, "%s", fate_name(fate));
    }
    /* Readers count the events where they arrive. */
    cr_expect_eq(tallies[0]->events, 0);
}

Test(tally, samples_are_the_anomalies_of_the_own_month)
{
    for (Fate fate = 0; fate < FATE_COUNT; fate++) {
        AnomalySample other = sample_of(1);
        AnomalySample own = sample_of(100 + (int64_t)fate);
        tally_add(tallies[0], fate, false, &other);
        tally_add(tallies[0], fate, true, &own);
    }
    for (Fate reason = FATE_FIRST_ANOMALY; reason < FATE_COUNT; reason++) {
        const SampleList *list = samples_of(tallies[0], reason);
        cr_assert_eq(list->count, 1, "%s", fate_name(reason));
        cr_expect_eq(list->items[0].event_id, 100 + (int64_t)reason, "%s", fate_name(reason));
    }
}

/* Adds the ids 1..count in some order to `tally_count` tallies, merges them, and looks at the list.
 */
static void check_samples(int64_t count, int64_t factor, int64_t modulus, size_t tally_count)
{
    end_tallies();
    begin_tallies();
    int64_t added = 0;
    for (int64_t i = 1; i < modulus; i++) {
        int64_t id = i * factor % modulus; /* modulus is a prime: each id once */
        if (id <= count) {
            AnomalySample sample = sample_of(id);
            tally_add(tallies[(size_t)i % tally_count], FATE_MISSING_AMOUNT, true, &sample);
            added++;
        }
    }
    cr_assert_eq(added, count);
    for (size_t i = 1; i < tally_count; i++) {
        tally_merge(tallies[0], tallies[i]);
    }
    const SampleList *list = samples_of(tallies[0], FATE_MISSING_AMOUNT);
    size_t expected = count < ANOMALY_SAMPLES_MAX ? (size_t)count : ANOMALY_SAMPLES_MAX;
    cr_assert_eq(list->count, expected, "%lld ids, factor %lld, %zu tallies", (long long)count,
                 (long long)factor, tally_count);
    for (size_t i = 0; i < expected; i++) {
        AnomalySample sample = sample_of((int64_t)i + 1);
        cr_assert_eq(list->items[i].event_id, sample.event_id, "%lld ids, factor %lld, %zu tallies",
                     (long long)count, (long long)factor, tally_count);
        cr_assert_eq(list->items[i].member_id, sample.member_id);
    }
    cr_expect_eq(tallies[0]->month_fates[FATE_MISSING_AMOUNT], count);
    cr_expect_eq(tallies[0]->window_fates[FATE_MISSING_AMOUNT], count);
}

Test(tally, samples_are_the_smallest_ids_however_merged)
{
    static const int64_t counts[] = {1, 2, 99, 100, 101, 250, 1000};
    static const int64_t factors[] = {1, 1008, 2, 500, 613}; /* 1008: from the largest down */
    for (size_t c = 0; c < COUNT(counts); c++) {
        for (size_t f = 0; f < COUNT(factors); f++) {
            for (size_t tally_count = 1; tally_count <= TALLIES_MAX; tally_count++) {
                check_samples(counts[c], factors[f], 1009, tally_count);
            }
        }
    }
}

Test(tally, equal_ids_are_told_apart_by_time_and_member)
{
    static const struct {
        int64_t event_id;
        int64_t occurred_at_us;
        int64_t member_id;
    } ordered[] = {{-5, 9, 9}, {1, -7, 9}, {1, 2, INT64_MIN}, {1, 2, 3},
                   {1, 2, 4},  {1, 3, 0},  {2, -9, 0},        {INT64_MAX, 0, 0}};
    for (size_t start = 0; start < COUNT(ordered); start++) {
        end_tallies();
        begin_tallies();
        for (size_t i = 0; i < COUNT(ordered); i++) {
            size_t index = (start + i * 3) % COUNT(ordered);
            AnomalySample sample = {.event_id = ordered[index].event_id,
                                    .occurred_at_us = ordered[index].occurred_at_us,
                                    .member_id = ordered[index].member_id};
            tally_add(tallies[i % 2], FATE_UNKNOWN_KIND, true, &sample);
        }
        tally_merge(tallies[0], tallies[1]);
        const SampleList *list = samples_of(tallies[0], FATE_UNKNOWN_KIND);
        cr_assert_eq(list->count, COUNT(ordered));
        for (size_t i = 0; i < COUNT(ordered); i++) {
            cr_expect_eq(list->items[i].event_id, ordered[i].event_id);
            cr_expect_eq(list->items[i].occurred_at_us, ordered[i].occurred_at_us);
            cr_expect_eq(list->items[i].member_id, ordered[i].member_id);
        }
    }
}

Test(tally, a_merge_adds_everything_up)
{
    AnomalySample sample = sample_of(8);
    tallies[0]->events = 3;
    tallies[1]->events = 4;
    for (Fate fate = 0; fate < FATE_COUNT; fate++) {
        tally_add(tallies[0], fate, true, &sample);
        tally_add(tallies[1], fate, false, &sample);
    }
    tally_merge(tallies[0], tallies[1]);
    cr_expect_eq(tallies[0]->events, 7);
    for (Fate fate = 0; fate < FATE_COUNT; fate++) {
        cr_expect_eq(tallies[0]->window_fates[fate], 2);
        cr_expect_eq(tallies[0]->month_fates[fate], 1);
    }
    /* The other one is as it was. */
    cr_expect_eq(tallies[1]->events, 4);
    cr_expect_eq(tallies[1]->month_fates[FATE_EARNING], 0);
}

Test(tally, every_event_has_one_fate)
{
    Error error = {0};
    cr_expect(tally_reconcile(tallies[0], &error));
    AnomalySample sample = sample_of(1);
    for (Fate fate = 0; fate < FATE_COUNT; fate++) {
        tally_add(tallies[0], fate, false, &sample);
        tallies[0]->events++;
        cr_expect(tally_reconcile(tallies[0], &error), "%s", fate_name(fate));
    }
    cr_expect_eq(error.code, EXIT_DONE);
    static const struct {
        int64_t off;
        const char *message;
    } cases[] = {{1, "12 events were read, but 11 are accounted for"},
                 {-1, "10 events were read, but 11 are accounted for"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        tallies[0]->events = FATE_COUNT + cases[i].off;
        cr_expect_not(tally_reconcile(tallies[0], &error));
        cr_expect_eq(error.code, EXIT_BUG);
        cr_expect_str_eq(error.message, cases[i].message);
        cr_expect_str_eq(error.hint, "this is a bug in tierclose; nothing was published.");
    }
}

Test(tally, details_say_what_is_wrong)
{
    static const struct {
        Fate reason;
        AnomalySample sample;
        const char *kind;
        const char *text;
    } cases[] = {
        {FATE_UNKNOWN_MEMBER, {0}, "visit", "visit of a member who is not in the members' table"},
        {FATE_UNKNOWN_KIND, {0}, "event", "no rule in force names this kind (event)"},
        {FATE_MISSING_ORDER_ID, {0}, "purchase", "purchase without order_id"},
        {FATE_MISSING_ORDER_ID, {0}, "fraud", "fraud without order_id"},
        {FATE_MISSING_AMOUNT, {0}, "review", "review without item_cents"},
        {FATE_NEGATIVE_AMOUNT, {0}, "refund", "refund with a negative amount"},
        {FATE_MISSING_POINTS, {0}, "bonus", "bonus without points"},
        {FATE_UNMATCHED_REFUND,
         {.order_id = 77, .asked_cents = 1000},
         "refund",
         "refund of order 77 found nothing to take"},
        {FATE_UNMATCHED_REFUND,
         {.order_id = -5, .asked_cents = NO_LIMIT},
         "fraud",
         "fraud of order -5 found nothing to take"},
        {FATE_UNMATCHED_REFUND,
         {.order_id = 77, .asked_cents = 10005, .taken_cents = 9},
         "refund",
         "refund of order 77 asked for 100.05 and found 0.09"},
        {FATE_UNMATCHED_REFUND,
         {.order_id = INT64_MIN, .asked_cents = INT64_MAX, .taken_cents = INT64_MAX - 1},
         "refund",
         "refund of order -9223372036854775808 asked for 92233720368547758.07 and found "
         "92233720368547758.06"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[ANOMALY_DETAIL_BYTES];
        const char *detail = anomaly_detail(cases[i].reason, &cases[i].sample, cases[i].kind, text);
        cr_expect_eq(detail, text);
        cr_expect_str_eq(detail, cases[i].text);
    }
}

/* The longest name that a programme may have leaves the sentence whole. */
Test(tally, details_hold_the_longest_kind)
{
    enum { NAME_BYTES = 100 };
    char kind[NAME_BYTES + 1];
    memset(kind, 'k', NAME_BYTES);
    kind[NAME_BYTES] = '\0';
    AnomalySample sample = {0};
    for (Fate reason = FATE_FIRST_ANOMALY; reason < FATE_UNMATCHED_REFUND; reason++) {
        char text[ANOMALY_DETAIL_BYTES];
        const char *found = strstr(anomaly_detail(reason, &sample, kind, text), kind);
        cr_assert_not_null(found, "%s", fate_name(reason));
        cr_expect_lt(strlen(text), (size_t)ANOMALY_DETAIL_BYTES - 1, "%s", fate_name(reason));
    }
}

/* By kind as well, those without a name of their own together, and only in the own month. */
Test(tally, counts_by_kind)
{
    AnomalySample sample = sample_of(1);
    tally_count(tallies[0], FATE_EARNING, 0, true, 1);
    tally_count(tallies[0], FATE_EARNING, SLOTS_MAX - 1, true, 1);
    tally_count(tallies[1], FATE_EARNING, 0, true, 1);
    tally_count(tallies[1], FATE_EARNING, 0, false, 1);
    tally_count(tallies[1], FATE_UNKNOWN_KIND, SLOT_UNKNOWN, true, 1);
    tally_add(tallies[1], FATE_UNKNOWN_KIND, true, &sample);
    tally_merge(tallies[0], tallies[1]);
    cr_expect_eq(tallies[0]->kind_fates[FATE_EARNING][0], 2);
    cr_expect_eq(tallies[0]->kind_fates[FATE_EARNING][SLOTS_MAX - 1], 1);
    cr_expect_eq(tallies[0]->kind_fates[FATE_UNKNOWN_KIND][SLOTS_MAX], 1);
    cr_expect_eq(tallies[0]->kind_fates[FATE_UNKNOWN_KIND][sample.slot], 1);
    int64_t sum = 0;
    for (size_t fate = 0; fate < FATE_COUNT; fate++) {
        for (size_t kind = 0; kind < TALLY_KINDS; kind++) {
            sum += tallies[0]->kind_fates[fate][kind];
        }
    }
    cr_expect_eq(sum, 5);
}

/* Sums that do not fit are marked, whether one worker's or all workers' together. */
Test(tally, sources_that_do_not_fit_are_marked)
{
    tallies[0]->sources[4] = INT64_MAX;
    tallies[1]->sources[4] = -1;
    tallies[2]->sources[4] = 2;
    tally_merge(tallies[0], tallies[1]);
    cr_expect_not(tallies[0]->sources_overflow);
    cr_expect_eq(tallies[0]->sources[4], INT64_MAX - 1);
    tally_merge(tallies[0], tallies[2]);
    cr_expect(tallies[0]->sources_overflow);
    tally_merge(tallies[3], tallies[0]);
    cr_expect(tallies[3]->sources_overflow);
}
