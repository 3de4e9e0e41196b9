#include "report/explain_since.h"

#include <string.h>

/* Whether a computation gives what is published. */
static bool equals_published(const Explanation *computed, const PublishedStanding *published)
{
    if (computed->level == NULL || !published->present) {
        return (computed->level != NULL) == published->present;
    }
    return computed->points == published->points &&
           strcmp(computed->level->name, published->level) == 0;
}

/* The input as the published run found it; a period that is not closed is compared with nothing. */
static ExplainInput without_late(Arena *arena, const ExplainInput *input)
{
    MemberEvent *events = arena_alloc(arena, input->event_count, sizeof *events);
    ExplainInput then = *input;
    then.published = (PublishedStanding){0};
    then.events = events;
    then.event_count = 0;
    for (size_t i = 0; i < input->event_count; i++) {
        if (!input->events[i].is_late) {
            events[then.event_count++] = input->events[i];
        }
    }
    return then;
}

static size_t count_late(const Explanation *explanation)
{
    size_t count = 0;
    for (size_t i = 0; i < explanation->line_count; i++) {
        count += explanation->lines[i].is_late ? 1 : 0;
    }
    return count;
}

bool explain_since(Arena *arena, const Explanation *explanation, ExplainSince *ret_since,
                   Error *reterr)
{
    const ExplainInput *input = explanation->input;
    ExplainSince since = {0};
    if (input->published.closed) {
        since.late_count = count_late(explanation);
        since.differs = !equals_published(explanation, &input->published);
    }
    if (since.differs && since.late_count > 0) {
        Explanation then;
        ExplainInput then_input = without_late(arena, input);
        if (!explain_build(arena, &then_input, &then, reterr)) {
            return false;
        }
        since.late_explains = equals_published(&then, &input->published);
        since.then_present = then.level != NULL;
        since.then_points = then.points;
        since.then_level = then.level == NULL ? NULL : then.level->name;
    }
    *ret_since = since;
    return true;
}
