/*
 * libFuzzer: events that are packed come back as they were, whatever their numbers; and a reader
 * that only counts them finds the same members and the same ends of the records.
 *
 * The input is a list of events: the kind (64 to 127: a plain one of it), what is present, and
 * eight numbers, each a byte that says how many bytes follow, and these.
 */
#include "../require.h"
#include "close/event_record.h"

enum { EVENTS_MAX = 64, CATEGORIES_MAX = 20 };

typedef struct Input {
    const unsigned char *next;
    size_t left;
} Input;

typedef struct Sample {
    uint16_t member_slot; /* PLACE_STRANGER: a member of no slot */
    int64_t member_id;
    Event event;
    int32_t categories[CATEGORIES_MAX];
} Sample;

static uint8_t take_byte(Input *input)
{
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->next++;
}

static int64_t take_number(Input *input)
{
    size_t count = take_byte(input) % 9;
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value << 8 | take_byte(input);
    }
    return (int64_t)value;
}

static void take_sample(Input *input, Sample *sample)
{
    Event *event = &sample->event;
    *sample = (Sample){.event = {.slot = take_byte(input), .present = take_byte(input) & 7}};
    sample->member_id = take_number(input);
    sample->member_slot = (uint16_t)sample->member_id;
    event->event_id = take_number(input);
    event->occurred_at_us = take_number(input);
    event->order_id = take_number(input);
    event->item_cents = take_number(input);
    event->discount_cents = take_number(input);
    event->points = (int32_t)take_number(input);
    event->category_count = take_byte(input) % (CATEGORIES_MAX + 1);
    for (uint32_t i = 0; i < event->category_count; i++) {
        sample->categories[i] = (int32_t)take_number(input);
    }
    event->categories = sample->categories;
}

static void require_same(const Sample *sample, int64_t member_id, const Event *back,
                         const unsigned char *categories)
{
    const Event *event = &sample->event;
    const uint8_t present = event->present;
    bool is_stranger = sample->member_slot == PLACE_STRANGER;
    require(!is_stranger || member_id == sample->member_id);
    require(back->event_id == event->event_id);
    require(back->occurred_at_us == event->occurred_at_us);
    require(back->slot == event->slot && back->present == present);
    require(back->order_id == ((present & EVENT_HAS_ORDER) != 0 ? event->order_id : 0));
    require(back->item_cents == ((present & EVENT_HAS_ITEM) != 0 ? event->item_cents : 0));
    require(back->points == ((present & EVENT_HAS_POINTS) != 0 ? event->points : 0));
    require(back->discount_cents == event->discount_cents);
    require(back->category_count == event->category_count);
    require(memcmp(categories, sample->categories, event->category_count * sizeof(int32_t)) == 0);
}

/* Every record lies in memory of the size that the writer was told, and not a byte more. */
static void check_event(const Sample *sample, RecordBase *writer, RecordBase *reader)
{
    unsigned char *record = malloc(event_record_bytes_max(&sample->event));
    require(record != NULL);
    memset(record, 0xA5, event_record_bytes_max(&sample->event));
    unsigned char *end =
        event_record_put(record, writer, sample->member_slot, sample->member_id, &sample->event);
    require(!record_is_plain(record) && record_member_slot(record) == sample->member_slot);
    require((size_t)(end - record) + RECORD_SLACK_BYTES <= event_record_bytes_max(&sample->event));

    int64_t member_id = 0;
    Event back;
    const unsigned char *categories = NULL;
    require(event_record_get(record, reader, &member_id, &back, &categories) == end);
    require_same(sample, member_id, &back, categories);

    uint32_t category_count = 0;
    require(event_record_skip(record, &category_count) == end);
    require(category_count == sample->event.category_count);
    free(record);
}

static void check_plain(const Sample *sample)
{
    unsigned char record[RECORD_PLAIN_BYTES];
    uint8_t kind = sample->event.slot & (SLOTS_MAX - 1);
    uint32_t day = (uint32_t)sample->event.event_id;
    bool eligible = (sample->event.present & EVENT_HAS_ITEM) != 0;
    const unsigned char *end = record_put_plain(record, sample->member_slot, kind, day, eligible);
    require(end == record + sizeof record && record_is_plain(record));
    require(record_member_slot(record) == sample->member_slot);
    require((record[0] & (SLOTS_MAX - 1)) == kind);
    require((record[1] & RECORD_DAY_BITS) == (day & 31));
    require(((record[1] & RECORD_ELIGIBLE) != 0) == eligible);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    Input input = {data, size};
    RecordBase writer = {0};
    RecordBase reader = {0};
    for (size_t i = 0; i < EVENTS_MAX && input.left > 0; i++) {
        Sample sample;
        take_sample(&input, &sample);
        if (sample.event.slot >= SLOTS_MAX && sample.event.slot < 2 * SLOTS_MAX) {
            check_plain(&sample);
        } else {
            check_event(&sample, &writer, &reader);
        }
    }
    return 0;
}
