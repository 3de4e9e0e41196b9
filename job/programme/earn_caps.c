/*
 * Caps: what a set of kinds earns in a day or a month is at most max_points (contract 4.4).
 *
 * What is over is cut from the latest lines first, each down to no less than 0, so that the points
 * that a member saw first stay. The sum over the set is then min(sum, max_points), and the next cap
 * sees what is left. A line of negative points is never cut: it already lowers the sum.
 */
#include "programme/earn_workspace.h"

static bool in_cap(const Cap *cap, const Earned *line)
{
    return ((cap->kinds >> line->slot) & 1) != 0;
}

/* Cuts lines[first..until), the lines of one day or of the month. */
static bool apply_cap(const Cap *cap, Earned *lines, size_t first, size_t until, Error *reterr)
{
    int64_t sum = 0;
    for (size_t i = first; i < until; i++) {
        if (in_cap(cap, &lines[i]) && __builtin_add_overflow(sum, lines[i].points, &sum)) {
            return error_set(reterr, EXIT_DATA, NULL, "points add up to more than a bigint holds");
        }
    }
    if (sum <= cap->max_points) {
        return true;
    }
    int64_t excess = sum - cap->max_points; /* max_points >= 0: no overflow */
    for (size_t i = until; i > first && excess > 0; i--) {
        Earned *line = &lines[i - 1];
        if (in_cap(cap, line) && line->points > 0) {
            int64_t cut = line->points < excess ? line->points : excess;
            line->points -= cut;
            line->cap = cap;
            excess -= cut;
        }
    }
    return true;
}

bool earn_caps_may_cut(const EarnWorkspace *workspace, const RuleSet *rules)
{
    for (size_t c = 0; c < rules->cap_count; c++) {
        const Cap *cap = &rules->caps[c];
        /* Penalties left out: so much the set can have earned on one day or until some day. */
        int64_t most = 0;
        for (KindSet left = cap->kinds & workspace->slots; left != 0; left &= left - 1) {
            most += workspace->gains[__builtin_ctzll(left)];
        }
        if (most > cap->max_points) {
            return true;
        }
    }
    return false;
}

bool earn_caps(EarnWorkspace *workspace, const RuleSet *rules, Error *reterr)
{
    Earned *lines = workspace->lines;
    size_t count = workspace->line_count;
    for (size_t c = 0; c < rules->cap_count; c++) {
        const Cap *cap = &rules->caps[c];
        if (!cap->per_day) {
            if (!apply_cap(cap, lines, 0, count, reterr)) {
                return false;
            }
            continue;
        }
        for (size_t first = 0; first < count;) {
            size_t until = first + 1;
            while (until < count && lines[until].day == lines[first].day) {
                until++;
            }
            if (!apply_cap(cap, lines, first, until, reterr)) {
                return false;
            }
            first = until;
        }
    }
    return true;
}
