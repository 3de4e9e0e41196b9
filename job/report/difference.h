/*
 * The words of `verify`: whether what stands is what the events give now (contract 9).
 */
#pragma once

#include "close/job.h"

#include <stdio.h>

void difference_print(FILE *out, const VerifyResult *result);
