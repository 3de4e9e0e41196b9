/*
 * A programme as it was understood, for the person who wrote it (contract 9, check; contract 10).
 */
#pragma once

#include "programme/rules.h"

#include <stdio.h>

void programme_print(FILE *out, const Programme *programme);
