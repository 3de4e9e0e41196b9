/*
 * What has changed since a period was published. Pure; private to report/explain*.c.
 */
#pragma once

#include "report/explain.h"

/*
 * Compares an explanation with what is published. Where they differ and events were recorded late,
 * the member is folded once more without these, to tell whether they are all that makes the
 * difference. Errors as of explain_build.
 */
MUST_CHECK bool explain_since(Arena *arena, const Explanation *explanation, ExplainSince *ret_since,
                              Error *reterr);
