#include "close/budget.h"

enum {
    /* ids, days, index: 20; the standing, the one it starts from, and the packed months of both:
     * 100 */
    MEMBER_BYTES = 120,
    MEMBER_MONTH_BYTES = 4,
    EVENT_BYTES = 32, /* packed, with the ends of blocks that are not used */
};

size_t budget_member_bytes(size_t member_count, size_t month_count)
{
    return member_count * (MEMBER_BYTES + MEMBER_MONTH_BYTES * month_count);
}

size_t budget_event_bytes(size_t memory_bytes, size_t member_count, size_t month_count)
{
    size_t taken = BUDGET_BASE_BYTES + budget_member_bytes(member_count, month_count);
    return memory_bytes > taken + BUDGET_EVENTS_BYTES_MIN ? memory_bytes - taken
                                                          : BUDGET_EVENTS_BYTES_MIN;
}

size_t budget_bytes_of_events(int64_t event_count)
{
    return event_count < 0 ? 0 : (size_t)event_count * EVENT_BYTES;
}

size_t budget_default(size_t machine_bytes)
{
    return machine_bytes / 4;
}
