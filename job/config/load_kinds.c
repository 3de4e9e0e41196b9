/*
 * Kinds of events: their slots, and the lists of kinds in caps and campaigns (parts.h).
 */
#include "config/parts.h"

bool kind_slot(const Reader *reader, const Node *name, Programme *programme, size_t *ret_slot,
               Error *reterr)
{
    size_t slot = 0;
    while (slot < programme->kind_count && !node_is(name, programme->kinds[slot])) {
        slot++;
    }
    if (slot == SLOTS_MAX) {
        const char *hint =
            arena_printf(reader->arena, "at most %d kinds besides purchase are allowed in a file.",
                         SLOTS_MAX - SLOT_FIRST_OTHER);
        return reader_fault(reader, name->place, reterr, hint, "the kind %s is one too many",
                            reader_show(reader, name));
    }
    if (slot == programme->kind_count) {
        programme->kinds[slot] = name->text;
        programme->kind_count++;
    }
    if (programme->kind_places[slot].line == 0) {
        programme->kind_places[slot] = name->place;
    }
    *ret_slot = slot;
    return true;
}

static bool kind_earns(const RuleSet *rules, size_t slot, KindUser user)
{
    if (slot == SLOT_PURCHASE) {
        return rules->purchase.in_force;
    }
    if (slot == SLOT_CATEGORY_BONUS) {
        return user == KIND_USER_CAP && rules->purchase.bonus_points > 0;
    }
    return rules->kinds[slot].in_force;
}

/* Says why a kind cannot stand in a list, and which can. */
static bool fault_kind(const Reader *reader, const Node *node, const Programme *programme,
                       const RuleSet *rules, KindUser user, Error *reterr)
{
    const char *names[SLOTS_MAX];
    size_t count = 0;
    for (size_t slot = 0; slot < programme->kind_count; slot++) {
        if (kind_earns(rules, slot, user)) {
            names[count++] = programme->kinds[slot];
        }
    }
    const char *hint =
        arena_printf(reader->arena, "%sallowed here: %s.",
                     reader_suggest(reader, node, names, count), reader_join(reader, names, count));
    if (node_is(node, "category_bonus")) {
        return reader_fault(reader, node->place, reterr, hint, "%s",
                            user == KIND_USER_CAMPAIGN
                                ? "a campaign cannot name category_bonus"
                                : "purchase has no category_bonus that could be capped");
    }
    if (node_is(node, "refund") || node_is(node, "fraud")) {
        return reader_fault(reader, node->place, reterr, hint, "%s earns nothing", node->text);
    }
    return reader_fault(reader, node->place, reterr, hint, "the kind %s is not listed in earning",
                        reader_show(reader, node));
}

/* The slot of a kind that earns in these rules. */
static bool find_kind(const Reader *reader, const Node *node, const Programme *programme,
                      const RuleSet *rules, KindUser user, size_t *ret_slot, Error *reterr)
{
    if (node->type != NODE_SCALAR || node_is_empty(node)) {
        return reader_fault_type(reader, node, "a kind", "a name",
                                 "name kinds that are listed in earning.", reterr);
    }
    for (size_t slot = 0; slot < programme->kind_count; slot++) {
        if (node_is(node, programme->kinds[slot]) && kind_earns(rules, slot, user)) {
            *ret_slot = slot;
            return true;
        }
    }
    return fault_kind(reader, node, programme, rules, user, reterr);
}

bool read_kinds(const Reader *reader, const Node *node, const Programme *programme,
                const RuleSet *rules, KindUser user, KindSet *ret_kinds, const char **ret_names,
                Error *reterr)
{
    /* Doubled kinds are found at the latest after SLOTS_MAX entries. */
    if (!read_list(reader, node, "kinds", SLOTS_MAX, reterr)) {
        return false;
    }
    if (node->count == 0) {
        return reader_fault(reader, node->place, reterr, "name at least one kind.",
                            "kinds is empty");
    }
    KindSet kinds = 0;
    const char *names[SLOTS_MAX];
    size_t count = 0;
    for (const Node *entry = node->first; entry != NULL; entry = entry->next) {
        size_t slot = 0;
        if (!find_kind(reader, entry, programme, rules, user, &slot, reterr)) {
            return false;
        }
        if ((kinds >> slot & 1U) != 0) {
            return reader_fault(reader, entry->place, reterr, "name each kind once.",
                                "the kind %s is named twice", reader_show(reader, entry));
        }
        kinds |= (KindSet)1 << slot;
        names[count++] = entry->text;
    }
    *ret_kinds = kinds;
    *ret_names = reader_join(reader, names, count);
    return true;
}
