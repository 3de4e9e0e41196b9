/*
 * `campaigns`: times in which kinds earn more (parts.h).
 */
#include "config/forms.h"
#include "config/parts.h"

#include <string.h>

enum {
    CAMPAIGN_NAME,
    CAMPAIGN_FROM,
    CAMPAIGN_UNTIL,
    CAMPAIGN_KINDS,
    CAMPAIGN_MULTIPLY,
    CAMPAIGN_KEYS,
};

static const MapKey campaign_keys[] = {
    [CAMPAIGN_NAME] = {"name", true, "the campaign's name", NULL},
    [CAMPAIGN_FROM] = {"from", true, "its first moment, local: YYYY-MM-DD or YYYY-MM-DDTHH:MM",
                       NULL},
    [CAMPAIGN_UNTIL] = {"until", true, "the first moment after it", NULL},
    [CAMPAIGN_KINDS] = {"kinds", true, "a list of the kinds that it multiplies", NULL},
    [CAMPAIGN_MULTIPLY] = {"multiply", true, "the multiplier, a decimal above 0", NULL},
};

const MapForm config_form_campaign = {"each entry of campaigns", campaign_keys,
                                      sizeof campaign_keys / sizeof campaign_keys[0]};

static bool load_campaign(const Reader *reader, const Node *node, const Programme *programme,
                          const RuleSet *rules, const Node **ret_name, Campaign *ret_campaign,
                          Error *reterr)
{
    const Node *values[CAMPAIGN_KEYS];
    Campaign campaign = {0};
    const char *kind_names = NULL;
    if (!read_map(reader, node, "a campaign", campaign_keys, CAMPAIGN_KEYS, values, reterr) ||
        !read_name(reader, values[CAMPAIGN_NAME], "name", &campaign.name, reterr) ||
        !read_local_time(reader, values[CAMPAIGN_FROM], "from", &campaign.from_local_us, reterr) ||
        !read_local_time(reader, values[CAMPAIGN_UNTIL], "until", &campaign.until_local_us,
                         reterr) ||
        !read_kinds(reader, values[CAMPAIGN_KINDS], programme, rules, KIND_USER_CAMPAIGN,
                    &campaign.kinds, &kind_names, reterr) ||
        !read_hundredths(reader, values[CAMPAIGN_MULTIPLY], "multiply",
                         &campaign.multiply_hundredths, reterr)) {
        return false;
    }
    if (campaign.from_local_us >= campaign.until_local_us) {
        return reader_fault(reader, values[CAMPAIGN_UNTIL]->place, reterr,
                            "until is the first moment after the campaign.",
                            "until %s is not after from %s", values[CAMPAIGN_UNTIL]->text,
                            values[CAMPAIGN_FROM]->text);
    }
    if (campaign.multiply_hundredths == 0) {
        return reader_fault(reader, values[CAMPAIGN_MULTIPLY]->place, reterr,
                            "write a number above 0, such as 2 or 1.5.", "multiply is 0");
    }
    *ret_name = values[CAMPAIGN_NAME];
    *ret_campaign = campaign;
    return true;
}

bool load_campaigns(const Reader *reader, const Node *node, const Programme *programme,
                    RuleSet *rules, Error *reterr)
{
    if (node == NULL) {
        return true;
    }
    if (!read_list(reader, node, "campaigns", CAMPAIGNS_MAX, reterr)) {
        return false;
    }
    Campaign *campaigns = arena_alloc(reader->arena, node->count, sizeof *campaigns);
    FilePlace *places = arena_alloc(reader->arena, node->count, sizeof *places);
    size_t count = 0;
    for (const Node *entry = node->first; entry != NULL; entry = entry->next) {
        const Node *name = entry;
        if (!load_campaign(reader, entry, programme, rules, &name, &campaigns[count], reterr)) {
            return false;
        }
        places[count] = name->place;
        for (size_t i = 0; i < count; i++) {
            if (strcmp(campaigns[i].name, campaigns[count].name) == 0) {
                return reader_fault(reader, name->place, reterr, "give each campaign its own name.",
                                    "the campaign %s is listed twice, first at line %d",
                                    reader_show(reader, name), places[i].line);
            }
        }
        count++;
    }
    rules->campaigns = campaigns;
    rules->campaign_count = count;
    return true;
}
