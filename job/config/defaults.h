/*
 * What a programme file need not say, and what then holds (contract 10).
 */
#pragma once

enum {
    DEFAULT_WINDOW_MONTHS = 12,
    DEFAULT_EFFECTIVE_DAY = 8,
    DEFAULT_SETTLE = 1,
    DEFAULT_REFUND_VOIDS_ORDER = 0, /* refund: {voids: amount} */
    DEFAULT_FRAUD_VOIDS_MEMBER = 0, /* fraud: {voids: order} */
    DEFAULT_MIN_AMOUNT_CENTS = 0,
    DEFAULT_ISSUE_FROM_DAY = 8,
    DEFAULT_ISSUE_UNTIL_DAY = 14,
    DEFAULT_VALID_DAYS = 7,
    DEFAULT_EACH_LEVEL = 0,     /* skipped_levels: target_only */
    DEFAULT_ONCE_PER_LEVEL = 0, /* repeat: every_advance */
    DEFAULT_MIN_SPEND_CENTS = 0,
};

#define DEFAULT_SOURCE_MEMBERS "loyalty.member"
#define DEFAULT_SOURCE_EVENTS "loyalty.point_event"
#define DEFAULT_SOURCE_KINDS "loyalty.event_kind"
#define DEFAULT_BENEFITS_JSON "{}"
