/*
 * What a programme file need not say, and what then holds (contract 10).
 */
#pragma once

#define DEFAULT_WINDOW_MONTHS 12
#define DEFAULT_EFFECTIVE_DAY 8
#define DEFAULT_SETTLE 1
#define DEFAULT_REFUND_VOIDS_ORDER 0 /* refund: {voids: amount} */
#define DEFAULT_FRAUD_VOIDS_MEMBER 0 /* fraud: {voids: order} */
#define DEFAULT_MIN_AMOUNT_CENTS 0
#define DEFAULT_ISSUE_FROM_DAY 8
#define DEFAULT_ISSUE_UNTIL_DAY 14
#define DEFAULT_VALID_DAYS 7
#define DEFAULT_EACH_LEVEL 0     /* skipped_levels: target_only */
#define DEFAULT_ONCE_PER_LEVEL 0 /* repeat: every_advance */
#define DEFAULT_MIN_SPEND_CENTS 0

#define DEFAULT_SOURCE_MEMBERS "loyalty.member"
#define DEFAULT_SOURCE_EVENTS "loyalty.point_event"
#define DEFAULT_SOURCE_KINDS "loyalty.event_kind"
#define DEFAULT_BENEFITS_JSON "{}"

/* A number above as it is written in a file, for the text beside its key. */
#define TEXT_OF(number) TEXT_OF_EXPANDED(number)
#define TEXT_OF_EXPANDED(number) #number
