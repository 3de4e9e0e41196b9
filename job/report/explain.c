#include "report/explain.h"

#include "programme/earn.h"
#include "programme/level.h"
#include "report/explain_since.h"
#include "report/explain_words.h"

#include <assert.h>
#include <stdlib.h>

/* A line while its month is being worded. */
typedef struct DraftLine {
    ExplainLine line;
    int64_t occurred_at_us; /* INT64_MAX: after the day's events */
    Fate fate;              /* FATE_OPEN: its words wait for the fold of earlier months */
} DraftLine;

typedef struct Draft {
    const ExplainInput *input;
    Arena *arena;
    EarnWorkspace *workspace;
    TakeList takes;
    DraftLine *lines; /* newest month first while folding */
    size_t line_count;
    size_t line_capacity;
    int64_t month_points[WINDOW_MONTHS_MAX];
    size_t month_lines[WINDOW_MONTHS_MAX];
    Event *events; /* of one month */
    size_t event_count;
    size_t event_capacity;
    const char **kinds; /* their kinds' names */
    size_t kind_capacity;
    bool *late; /* and whether they are */
    size_t late_capacity;
} Draft;

static void draft_destroy(Draft *draft)
{
    earn_workspace_destroy(draft->workspace);
    free(draft->takes.items);
    free(draft->lines);
    free(draft->events);
    free(draft->kinds);
    free(draft->late);
}

static DraftLine *add_line(Draft *draft)
{
    draft->lines = array_grow(draft->lines, &draft->line_capacity, draft->line_count + 1,
                              sizeof *draft->lines);
    DraftLine *line = &draft->lines[draft->line_count++];
    *line = (DraftLine){0};
    return line;
}

/* Copies a month's events out of the input; the order stays that of the input. */
static void pick_events(Draft *draft, int32_t month_index)
{
    const ExplainInput *input = draft->input;
    draft->event_count = 0;
    for (size_t i = 0; i < input->event_count; i++) {
        const MemberEvent *from = &input->events[i];
        int64_t local_us = calendar_local_us(input->calendar, from->occurred_at_us);
        if (calendar_month_index(input->calendar, local_us) != month_index) {
            continue;
        }
        size_t index = draft->event_count++;
        draft->events = array_grow(draft->events, &draft->event_capacity, index + 1, sizeof(Event));
        draft->kinds =
            array_grow(draft->kinds, &draft->kind_capacity, index + 1, sizeof *draft->kinds);
        draft->late = array_grow(draft->late, &draft->late_capacity, index + 1, sizeof(bool));
        draft->kinds[index] = from->kind;
        draft->late[index] = from->is_late;
        draft->events[index] = (Event){
            .event_id = from->event_id,
            .occurred_at_us = from->occurred_at_us,
            .local_us = local_us,
            .order_id = from->order_id,
            .item_cents = from->item_cents,
            .discount_cents = from->discount_cents,
            .categories = from->categories,
            .category_count = from->category_count,
            .points = from->points,
            .slot = from->slot,
            .present = (uint8_t)((from->has_order ? EVENT_HAS_ORDER : 0) |
                                 (from->has_item ? EVENT_HAS_ITEM : 0) |
                                 (from->has_points ? EVENT_HAS_POINTS : 0)),
        };
    }
}

/* A line for each event; what earned gets its words from the fold's lines afterwards. */
static void draft_events(Draft *draft, const RuleSet *rules, Period month)
{
    for (size_t i = 0; i < draft->event_count; i++) {
        const Event *event = &draft->events[i];
        DraftLine *line = add_line(draft);
        line->occurred_at_us = event->occurred_at_us;
        line->fate = (Fate)event->fate;
        line->line = (ExplainLine){
            .day = calendar_day(event->local_us),
            .has_event = true,
            .has_order = (event->present & EVENT_HAS_ORDER) != 0,
            .event_id = event->event_id,
            .order_id = event->order_id,
            .kind = draft->kinds[i],
            .is_late = draft->late[i],
        };
        if (line->fate == FATE_OPEN) {
            continue;
        }
        if (event->fate >= FATE_FIRST_ANOMALY) {
            line->line.why = words_anomaly(draft->arena, rules, month, event, draft->kinds[i]);
        } else if (event->slot == SLOT_PURCHASE) {
            line->line.why = words_part(draft->arena, event);
        } else if (event->fate == FATE_INELIGIBLE) {
            line->line.why = words_ineligible(draft->arena, rules, event, draft->kinds[i]);
        }
    }
}

/* Points and words of what earned, from the lines of the fold. `first` is the month's first draft
 * line. */
static void draft_earned(Draft *draft, const RuleSet *rules, size_t first)
{
    size_t earned_count = 0;
    const Earned *earned = earn_lines(draft->workspace, &earned_count);
    for (size_t i = 0; i < earned_count; i++) {
        if (earned[i].slot == SLOT_CATEGORY_BONUS) {
            DraftLine *line = add_line(draft);
            line->occurred_at_us = INT64_MAX;
            line->line = (ExplainLine){
                .day = earned[i].day,
                .kind = draft->input->programme->kinds[SLOT_CATEGORY_BONUS],
                .points = earned[i].points,
                .why = words_bonus(draft->arena, rules, &earned[i]),
            };
            continue;
        }
        const Event *event = &draft->events[earned[i].event_index];
        ExplainLine *line = &draft->lines[first + earned[i].event_index].line;
        line->points = earned[i].points;
        line->why = earned[i].slot == SLOT_PURCHASE
                        ? words_credit(draft->arena, rules, &earned[i], event)
                        : words_other(draft->arena, rules, &earned[i], event);
    }
}

static int compare_lines(const void *left, const void *right)
{
    const DraftLine *a = left;
    const DraftLine *b = right;
    if (a->line.day != b->line.day) {
        return a->line.day < b->line.day ? -1 : 1;
    }
    if (a->occurred_at_us != b->occurred_at_us) {
        return a->occurred_at_us < b->occurred_at_us ? -1 : 1;
    }
    return a->line.event_id < b->line.event_id ? -1 : a->line.event_id > b->line.event_id;
}

static bool draft_month(Draft *draft, size_t month_index, Error *reterr)
{
    const ExplainInput *input = draft->input;
    Period month = input->calendar->first + (Period)month_index;
    const RuleSet *rules = rules_in_force(input->programme, month);
    pick_events(draft, (int32_t)month_index);
    size_t first = draft->line_count;
    if (draft->event_count > 0) {
        if (!earn_month(draft->workspace, rules, month, draft->events, draft->event_count,
                        &draft->takes, &draft->month_points[month_index], reterr)) {
            return error_prefix(reterr, "member %lld", (long long)input->member_id);
        }
        draft_events(draft, rules, month);
        draft_earned(draft, rules, first);
        qsort(draft->lines + first, draft->line_count - first, sizeof *draft->lines, compare_lines);
    }
    draft->month_lines[month_index] = draft->line_count - first;
    return true;
}

static int compare_takes(const void *left, const void *right)
{
    const Take *a = left;
    const Take *b = right;
    if (a->event_id != b->event_id) {
        return a->event_id < b->event_id ? -1 : 1;
    }
    return a->occurred_at_us < b->occurred_at_us ? -1 : a->occurred_at_us > b->occurred_at_us;
}

static bool order_seen(const ExplainInput *input, int64_t order_id)
{
    for (size_t i = 0; i < input->event_count; i++) {
        const MemberEvent *event = &input->events[i];
        if (event->slot == SLOT_PURCHASE && event->has_order && event->order_id == order_id) {
            return true;
        }
    }
    return false;
}

/* After the oldest month every refund has its fate. */
static void word_takes(Draft *draft)
{
    if (draft->takes.count > 0) {
        qsort(draft->takes.items, draft->takes.count, sizeof(Take), compare_takes);
    }
    for (size_t i = 0; i < draft->line_count; i++) {
        DraftLine *line = &draft->lines[i];
        if (line->fate != FATE_OPEN) {
            continue;
        }
        Take key = {.event_id = line->line.event_id, .occurred_at_us = line->occurred_at_us};
        const Take *take =
            bsearch(&key, draft->takes.items, draft->takes.count, sizeof(Take), compare_takes);
        assert(take != NULL); /* earn_month adds one for each event it leaves open */
        line->fate = take_fate(take);
        line->line.why = words_take(draft->arena, take, order_seen(draft->input, take->order_id));
    }
}

/* A day for people. A date beyond the four digits of a year is as good as an infinite one. */
static const char *day_words(Arena *arena, const char *words, LocalDay day)
{
    const LocalDay first = period_first_day(PERIOD_FIRST);
    const LocalDay last = period_last_day(PERIOD_LAST);
    char text[DAY_TEXT_BYTES];
    if (day < first || day > last) {
        return arena_printf(arena, "%s %s %s", words, day < first ? "before" : "after",
                            day_format(day < first ? first : last, text));
    }
    return arena_printf(arena, "%s on %s", words, day_format(day, text));
}

/* Contract 2.2. */
static const char *no_standing(Arena *arena, const ExplainInput *input)
{
    LocalDay last = period_last_day(input->period);
    if (input->registered_on > last) {
        return input->registered_on == INT32_MAX
                   ? "not registered"
                   : day_words(arena, "registered only", input->registered_on);
    }
    if (input->closed_on <= last) {
        return input->closed_on == INT32_MIN ? "closed"
                                             : day_words(arena, "closed", input->closed_on);
    }
    return NULL;
}

/* Without a standing nothing counts: what would have earned is not eligible, as in the close. */
static void drop_points(Draft *draft, const char *reason)
{
    size_t kept = 0;
    size_t from = 0;
    for (size_t m = draft->input->calendar->month_count; m > 0; m--) {
        size_t in_month = 0;
        for (size_t i = 0; i < draft->month_lines[m - 1]; i++) {
            /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): month_lines counts its lines */
            DraftLine line = draft->lines[from++];
            if (!line.line.has_event) {
                continue; /* a category bonus is nobody's event */
            }
            if (line.fate == FATE_EARNING || line.fate == FATE_CAPPED) {
                line.fate = FATE_INELIGIBLE;
                line.line.why = arena_printf(draft->arena, "no standing: %s", reason);
            }
            line.line.points = 0;
            draft->lines[kept++] = line;
            in_month++;
        }
        draft->month_lines[m - 1] = in_month;
        draft->month_points[m - 1] = 0;
    }
    draft->line_count = kept;
}

/* Hands the draft over, oldest month first, with the floor's line at the end. */
static void finish(Draft *draft, Explanation *explanation)
{
    const ExplainInput *input = draft->input;
    size_t month_count = input->calendar->month_count;
    bool raised = explanation->sum < 0;
    ExplainMonth *months = arena_alloc(draft->arena, month_count, sizeof *months);
    ExplainLine *lines = arena_alloc(draft->arena, draft->line_count + 1, sizeof *lines);
    size_t from = draft->line_count;
    size_t count = 0;
    for (size_t m = 0; m < month_count; m++) {
        from -= draft->month_lines[m];
        months[m] = (ExplainMonth){
            .month = input->calendar->first + (Period)m,
            .points = draft->month_points[m],
            .first = count,
            .count = draft->month_lines[m],
        };
        for (size_t i = 0; i < draft->month_lines[m]; i++) {
            /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): as above */
            lines[count] = draft->lines[from + i].line;
            lines[count++].fate = fate_name(draft->lines[from + i].fate);
        }
    }
    if (raised) {
        lines[count++] = (ExplainLine){
            .day = period_last_day(input->period),
            .kind = "floor",
            .fate = "floor",
            .points = 0 - explanation->sum,
            .why = "the window's points are at least 0",
        };
        months[month_count - 1].points -= explanation->sum;
        months[month_count - 1].count++;
    }
    explanation->months = months;
    explanation->month_count = month_count;
    explanation->lines = lines;
    explanation->line_count = count;
}

static bool draft_all(Draft *draft, Explanation *explanation, Error *reterr)
{
    const ExplainInput *input = draft->input;
    for (size_t m = input->calendar->month_count; m > 0; m--) {
        if (!draft_month(draft, m - 1, reterr)) {
            return false;
        }
    }
    word_takes(draft);
    explanation->no_standing = no_standing(draft->arena, input);
    if (explanation->no_standing != NULL) {
        drop_points(draft, explanation->no_standing);
    }
    for (size_t m = 0; m < input->calendar->month_count; m++) {
        if (__builtin_add_overflow(explanation->sum, draft->month_points[m], &explanation->sum)) {
            return error_set(reterr, EXIT_DATA, "look at the member's recorded points.",
                             "member %lld: the window's points are more than a bigint holds",
                             (long long)input->member_id);
        }
    }
    if (explanation->sum == INT64_MIN) {
        return error_set(reterr, EXIT_DATA, "look at the member's recorded points.",
                         "member %lld: the window's points are less than a bigint can be raised by",
                         (long long)input->member_id);
    }
    return true;
}

bool explain_build(Arena *arena, const ExplainInput *input, Explanation *ret_explanation,
                   Error *reterr)
{
    const RuleSet *rules = rules_in_force(input->programme, input->period);
    if (rules == NULL) {
        char text[PERIOD_TEXT_BYTES];
        return error_set(reterr, EXIT_CONFIG,
                         "add an entry under rules: whose from is not after this month.",
                         "no rules are in force in %s", period_format(input->period, text));
    }
    Explanation explanation = {.input = input};
    Draft draft = {.input = input, .arena = arena, .workspace = earn_workspace_create()};
    if (!draft_all(&draft, &explanation, reterr)) {
        draft_destroy(&draft);
        return false;
    }
    finish(&draft, &explanation);
    explanation.points = level_points(explanation.sum);
    explanation.expiring_points = draft.month_points[0];
    draft_destroy(&draft);
    if (explanation.no_standing == NULL) {
        size_t rank = (size_t)level_rank(rules, explanation.points);
        explanation.level = &rules->levels[rank];
        explanation.next_level = rank + 1 < rules->level_count ? &rules->levels[rank + 1] : NULL;
    }
    if (!explain_since(arena, &explanation, &explanation.since, reterr)) {
        return false;
    }
    *ret_explanation = explanation;
    return true;
}
