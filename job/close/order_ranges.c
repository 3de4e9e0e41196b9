#include "close/order_ranges.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void order_range_unite(OrderRange *range, const OrderRange *other)
{
    if (other->any) {
        order_range_add(range, other->least);
        order_range_add(range, other->most);
    }
}

OrderRange order_range_all(void)
{
    return (OrderRange){INT64_MIN, INT64_MAX, true};
}

const char *order_ranges_text(Arena *arena, const OrderRange *ranges, size_t count)
{
    const char *text = "";
    for (size_t i = 0; i < count; i++) {
        const char *space = i == 0 ? "" : " ";
        text = ranges[i].any ? arena_printf(arena, "%s%s%" PRId64 "..%" PRId64, text, space,
                                            ranges[i].least, ranges[i].most)
                             : arena_printf(arena, "%s%s-", text, space);
    }
    return text;
}

/* One month's word; its end in *ret_end, NULL where it cannot be read. */
static OrderRange parse_range(const char *text, const char **ret_end)
{
    OrderRange range = {.any = true};
    int length = 0;
    /* NOLINTNEXTLINE(cert-err34-c): our own text; too large a number is the largest */
    bool read = sscanf(text, "%" SCNd64 "..%" SCNd64 "%n", &range.least, &range.most, &length) == 2;
    if (!read && text[0] == '-') {
        range = (OrderRange){0};
        length = 1;
        read = true;
    }
    const char *end = text + length;
    read = read && (*end == ' ' || *end == '\0') && range.least <= range.most;
    *ret_end = read ? end + strspn(end, " ") : NULL;
    return read ? range : order_range_all();
}

void order_ranges_parse(const char *text, OrderRange *ret_ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ret_ranges[i] =
            text == NULL || *text == '\0' ? order_range_all() : parse_range(text, &text);
    }
}
