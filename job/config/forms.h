/*
 * The forms of a programme file: every map with fixed keys, each key with its meaning and default.
 *
 * The loader reads by these tables and programme.yaml(5) is made from them, so a key that is not
 * explained does not compile. Each form stands beside the code that reads it (load_*.c).
 */
#pragma once

#include "config/reader.h"

#include <stddef.h>

typedef struct MapForm {
    const char *where; /* "each entry of levels"; "" for the whole file */
    const MapKey *keys;
    size_t key_count;
} MapForm;

extern const MapForm config_form_top;
extern const MapForm config_form_source;
extern const MapForm config_form_rules;
extern const MapForm config_form_level;
extern const MapForm config_form_purchase;
extern const MapForm config_form_bonus;
extern const MapForm config_form_kind;
extern const MapForm config_form_cap;
extern const MapForm config_form_voids;
extern const MapForm config_form_campaign;
extern const MapForm config_form_coupons;
extern const MapForm config_form_coupon;

/* All of them, in the order of a file; *ret_count gets how many there are. */
const MapForm *const *config_forms(size_t *ret_count);
