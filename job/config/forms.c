#include "config/forms.h"

static const MapForm *const forms[] = {
    &config_form_top,      &config_form_source,   &config_form_rules,   &config_form_level,
    &config_form_purchase, &config_form_bonus,    &config_form_kind,    &config_form_cap,
    &config_form_voids,    &config_form_campaign, &config_form_coupons, &config_form_coupon,
};

const MapForm *const *config_forms(size_t *ret_count)
{
    *ret_count = sizeof forms / sizeof forms[0];
    return forms;
}
