#include "close/result.h"

#include "base/arena.h"
#include "ledger/month_points.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool result_standings(PeriodResult *result, const MemberTable *members, Fold *fold, Error *reterr)
{
    LocalDay last_day = period_last_day(result->period);
    result->months_kept = fold_months_fit(fold);
    result->month_sums_known = fold_add_wide(fold, result->month_sums);
    result->month_count = fold_month_count(fold);
    memcpy(result->orders, fold_orders(fold), result->month_count * sizeof *result->orders);
    result->standings = memory_alloc(members->count + 1, sizeof *result->standings);
    for (size_t slot = 0; slot < members->count; slot++) {
        if (!member_stands(members, slot, last_day)) {
            continue;
        }
        int64_t points = 0;
        int64_t expiring = 0;
        if (!fold_sum(fold, slot, &points, &expiring, reterr)) {
            return false;
        }
        int64_t counted = level_points(points);
        StandingRow *row = &result->standings[result->standing_count++];
        *row = (StandingRow){
            .member_id = members->ids[slot],
            .points = counted,
            .expiring_points = expiring,
            .level_rank = (int16_t)level_rank(result->rules, counted),
        };
        unsigned char packed[WINDOW_MONTHS_MAX * MONTH_POINTS_BYTES_MAX + MONTH_TIES_BYTES_MAX];
        int32_t months[WINDOW_MONTHS_MAX];
        MonthTies ties = fold_ties(fold, slot);
        fold_months(fold, slot, months);
        for (size_t i = 0; i < result->month_count; i++) {
            result->month_sums_known &=
                !__builtin_add_overflow(result->month_sums[i], months[i], &result->month_sums[i]);
        }
        size_t size = month_points_pack(months, result->month_count, packed);
        size += month_ties_pack(&ties, packed + size);
        result->months_kept =
            result->months_kept && month_pool_add(&result->months, row, packed, size);
    }
    if (!result->months_kept) {
        result->months.size = 0;
        for (size_t i = 0; i < result->standing_count; i++) {
            result->standings[i].months_size = 0;
        }
    }
    return true;
}

bool result_reconcile_sources(const PeriodResult *result, Error *reterr)
{
    if (!result->month_sums_known || result->tally->sources_overflow) {
        return true;
    }
    int64_t sum = 0;
    for (size_t slot = 0; slot < SLOTS_MAX; slot++) {
        (void)__builtin_add_overflow(sum, result->tally->sources[slot], &sum);
    }
    int64_t expected = result->month_sums[result->month_count - 1];
    return sum == expected ||
           error_set(reterr, EXIT_BUG, "this is a bug in tierclose; nothing was published.",
                     "the month's points by source add up to %" PRId64 ", its members' to %" PRId64,
                     sum, expected);
}

/* The levels before as ranks in the rules now in force. */
static void map_levels(const LevelsBefore *before, const RuleSet *rules, int32_t ranks[LEVELS_MAX])
{
    for (size_t rank = 0; rank < before->level_count; rank++) {
        int32_t now = rules_level_rank(rules, before->names[rank]);
        ranks[rank] = now < 0 ? LEVEL_FOREIGN : now;
    }
}

/* A count for each level before (and for none, the first row) and each level after. */
static LevelFlow *flow_table(const LevelsBefore *before, const RuleSet *rules)
{
    size_t width = rules->level_count;
    LevelFlow *flows = memory_alloc((before->level_count + 1) * width, sizeof *flows);
    for (size_t from = 0; from <= before->level_count; from++) {
        for (size_t to = 0; to < width; to++) {
            flows[from * width + to].from = from == 0 ? NULL : before->names[from - 1];
            flows[from * width + to].to = rules->levels[to].name;
        }
    }
    return flows;
}

/* Keeps the flows that somebody goes, from the lowest level up. */
static size_t pack_flows(LevelFlow *flows, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (flows[i].members > 0) {
            flows[kept++] = flows[i];
        }
    }
    return kept;
}

static void add_coupons(PeriodResult *result, size_t *capacity, int64_t member_id,
                        int32_t rank_before, int32_t rank)
{
    size_t first = 0;
    size_t until = 0;
    level_coupons(result->rules, rank_before, rank, &first, &until);
    for (size_t i = first; i < until; i++) {
        const Coupon *coupon = &result->rules->coupons.coupons[i];
        result->grants =
            array_grow(result->grants, capacity, result->grant_count + 1, sizeof *result->grants);
        result->grants[result->grant_count++] = (GrantRow){
            .member_id = member_id,
            .level = result->rules->levels[coupon->level_rank].name,
            .coupon = coupon->code,
            .value_cents = coupon->value_cents,
            .min_spend_cents = coupon->min_spend_cents,
        };
    }
}

int grant_compare(const void *left, const void *right)
{
    const GrantRow *a = left;
    const GrantRow *b = right;
    if (a->member_id != b->member_id) {
        return a->member_id < b->member_id ? -1 : 1;
    }
    int level = strcmp(a->level, b->level);
    return level != 0 ? level : strcmp(a->coupon, b->coupon);
}

void result_changes(PeriodResult *result, const LevelsBefore *before)
{
    const RuleSet *rules = result->rules;
    int32_t ranks[LEVELS_MAX];
    map_levels(before, rules, ranks);
    size_t change_capacity = 0;
    size_t grant_capacity = 0;
    size_t b = 0;
    result->flows = flow_table(before, rules);
    for (size_t i = 0; i < result->standing_count; i++) {
        const StandingRow *row = &result->standings[i];
        while (b < before->row_count && before->rows[b].member_id < row->member_id) {
            b++;
        }
        bool stood = b < before->row_count && before->rows[b].member_id == row->member_id;
        int32_t rank_before = stood ? ranks[before->rows[b].level_rank] : LEVEL_NONE;
        const char *from =
            stood ? before->names[before->rows[b].level_rank] : rules->levels[0].name;
        const char *to = rules->levels[row->level_rank].name;
        Direction direction = level_change(rank_before, row->level_rank);
        result->points_overflow |=
            __builtin_add_overflow(result->points, row->points, &result->points);
        size_t flow_row = stood ? (size_t)before->rows[b].level_rank + 1 : 0;
        LevelFlow *flow = &result->flows[flow_row * rules->level_count + (size_t)row->level_rank];
        flow->direction = direction;
        flow->members++;
        if (direction == DIRECTION_NONE) {
            continue;
        }
        result->upgrades += direction == DIRECTION_UP;
        result->downgrades += direction == DIRECTION_DOWN;
        result->program_changes += direction == DIRECTION_PROGRAM;
        result->changes = array_grow(result->changes, &change_capacity, result->change_count + 1,
                                     sizeof *result->changes);
        result->changes[result->change_count++] = (ChangeRow){
            .member_id = row->member_id,
            .from_level = from,
            .to_level = to,
            .direction = direction_name(direction),
            .points = row->points,
        };
        add_coupons(result, &grant_capacity, row->member_id, rank_before, row->level_rank);
    }
    result->flow_count = pack_flows(result->flows, (before->level_count + 1) * rules->level_count);
    if (result->grant_count > 1) {
        qsort(result->grants, result->grant_count, sizeof *result->grants, grant_compare);
    }
}

static bool holds_coupon(const GrantRow *grants, size_t count, size_t *cursor,
                         const GrantRow *wanted)
{
    while (*cursor < count && grants[*cursor].member_id < wanted->member_id) {
        (*cursor)++;
    }
    for (size_t i = *cursor; i < count && grants[i].member_id == wanted->member_id; i++) {
        if (strcmp(grants[i].coupon, wanted->coupon) == 0) {
            return true;
        }
    }
    return false;
}

void result_once_per_level(PeriodResult *result, const GrantRow *elsewhere, size_t elsewhere_count,
                           const GrantRow *standing, size_t standing_count)
{
    size_t kept = 0;
    size_t elsewhere_cursor = 0;
    size_t standing_cursor = 0;
    for (size_t i = 0; i < result->grant_count; i++) {
        const GrantRow grant = result->grants[i];
        bool had = holds_coupon(elsewhere, elsewhere_count, &elsewhere_cursor, &grant);
        bool stands = holds_coupon(standing, standing_count, &standing_cursor, &grant);
        if (!had || stands) {
            result->grants[kept++] = grant;
        }
    }
    result->grant_count = kept;
}

static void hash_text(Sha256 *hash, const char *text, char after)
{
    sha256_add(hash, text, strlen(text));
    sha256_add(hash, &after, 1);
}

static void hash_number(Sha256 *hash, int64_t number, char after)
{
    char text[24];
    char *at = text + sizeof text - 1;
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    *at = '\0';
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (number < 0) {
        *--at = '-';
    }
    hash_text(hash, at, after);
}

void result_checksum(PeriodResult *result)
{
    Sha256 *hash = sha256_begin();
    for (size_t i = 0; i < result->standing_count; i++) {
        const StandingRow *row = &result->standings[i];
        hash_number(hash, row->member_id, '\t');
        hash_number(hash, row->points, '\t');
        hash_text(hash, result->rules->levels[row->level_rank].name, '\t');
        hash_number(hash, row->expiring_points, '\n');
    }
    for (size_t i = 0; i < result->change_count; i++) {
        const ChangeRow *row = &result->changes[i];
        hash_number(hash, row->member_id, '\t');
        hash_text(hash, row->from_level, '\t');
        hash_text(hash, row->to_level, '\t');
        hash_text(hash, row->direction, '\t');
        hash_number(hash, row->points, '\n');
    }
    for (size_t i = 0; i < result->grant_count; i++) {
        const GrantRow *row = &result->grants[i];
        hash_number(hash, row->member_id, '\t');
        hash_text(hash, row->level, '\t');
        hash_text(hash, row->coupon, '\n');
    }
    sha256_finish(hash, result->checksum);
}

void result_destroy(PeriodResult *result)
{
    free(result->standings);
    free(result->months.bytes);
    free(result->changes);
    free(result->grants);
    free(result->flows);
    free(result->tally);
    *result = (PeriodResult){0};
}
