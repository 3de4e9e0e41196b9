#include "programme/rules.h"

#include <string.h>

const RuleSet *rules_in_force(const Programme *programme, Period month)
{
    for (size_t i = programme->ruleset_count; i > 0; i--) {
        if (programme->rulesets[i - 1].from <= month) {
            return &programme->rulesets[i - 1];
        }
    }
    return NULL;
}

int32_t rules_level_rank(const RuleSet *rules, const char *name)
{
    for (size_t rank = 0; rank < rules->level_count; rank++) {
        if (strcmp(rules->levels[rank].name, name) == 0) {
            return (int32_t)rank;
        }
    }
    return -1;
}

bool programme_error_at(const Programme *programme, FilePlace place, Error *reterr)
{
    return error_prefix(reterr, "%.400s:%d:%d", programme->file, (int)place.line,
                        (int)place.column);
}
