/* Offsets against the database's own conversion, at random instants and around every change. */
#include "check.h"

#include "ledger/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t second_us = 1000000;
static const int64_t day_us = INT64_C(86400) * 1000000;

static int64_t offset_at(const ZoneOffset *offsets, size_t count, int64_t time_us)
{
    int64_t offset_us = INT64_MIN;
    for (size_t index = 0; index < count && offsets[index].utc_from_us <= time_us; index++) {
        offset_us = offsets[index].offset_us;
    }
    return offset_us;
}

/* How many of the instants PostgreSQL sees otherwise. `instants` is an array literal of bigint. */
static int64_t count_wrong(Connection *admin, const char *zone, const ZoneOffset *offsets,
                           size_t count, const int64_t *instants, size_t instant_count)
{
    CLEANUP_TEXT char *list = calloc(instant_count * 22 + 3, 1);
    char *end = list;
    for (size_t index = 0; index < instant_count; index++) {
        end += sprintf(end, "%s%lld", index == 0 ? "{" : ",", (long long)instants[index]);
    }
    (void)strcpy(end, "}");
    static const char sql[] =
        "select (extract(epoch from (u at time zone $1) - (u at time zone 'UTC')) * 1000000)"
        "::bigint\n"
        "from unnest($2::bigint[]) with ordinality i(t, n),\n"
        "     lateral (select timestamptz '2000-01-01 00:00:00+00' + t * interval '1 us') x(u)\n"
        "order by n";
    const char *values[] = {zone, list};
    Error error = {0};
    CLEANUP_RESULT PGresult *result = NULL;
    must(query_run(admin, sql, 2, values, &result, &error), &error, "offsets");
    int64_t wrong = 0;
    for (size_t index = 0; index < instant_count; index++) {
        int64_t expected = 0;
        must(query_int64(result, (int)index, 0, &expected, &error), &error, "offset");
        wrong += offset_at(offsets, count, instants[index]) != expected;
    }
    return wrong;
}

static void test_one(Connection *admin, const char *zone, int64_t from_us, int64_t until_us,
                     uint64_t *seed)
{
    enum { RANDOM = 500, AROUND_MAX = 200 };
    Error error = {0};
    ZoneOffset *offsets = NULL;
    size_t count = 0;
    bool good = zone_read(admin, zone, from_us, until_us, &offsets, &count, &error);
    CHECK(good, "%s: %s", zone, error.message);
    if (!good) {
        return;
    }
    CHECK(offsets[0].utc_from_us == from_us, "%s begins at the span's begin", zone);
    int64_t instants[RANDOM + 2 + AROUND_MAX * 3];
    size_t instant_count = 0;
    instants[instant_count++] = from_us;
    instants[instant_count++] = until_us - 1;
    for (int round = 0; round < RANDOM; round++) {
        *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        instants[instant_count++] =
            from_us + (int64_t)((*seed >> 4) % (uint64_t)(until_us - from_us));
    }
    for (size_t index = 1; index < count && index < AROUND_MAX; index++) {
        CHECK(offsets[index].utc_from_us > offsets[index - 1].utc_from_us &&
                  offsets[index].utc_from_us < until_us &&
                  offsets[index].offset_us != offsets[index - 1].offset_us,
              "%s: segment %zu is in order and changes something", zone, index);
        instants[instant_count++] = offsets[index].utc_from_us - 1;
        instants[instant_count++] = offsets[index].utc_from_us;
        instants[instant_count++] = offsets[index].utc_from_us + second_us;
    }
    int64_t wrong = count_wrong(admin, zone, offsets, count, instants, instant_count);
    CHECK(wrong == 0, "%s: %lld of %zu instants are wrong", zone, (long long)wrong, instant_count);
    free(offsets);
}

void test_zone(Connection *admin)
{
    static const char *const zones[] = {
        "America/Los_Angeles",
        "America/New_York",
        "America/St_Johns",
        "America/Havana",
        "America/Sao_Paulo",
        "America/Caracas",
        "America/Asuncion",
        "Europe/London",
        "Europe/Berlin",
        "Europe/Dublin",
        "Europe/Lisbon",
        "Africa/Casablanca",
        "Africa/Cairo",
        "Asia/Shanghai",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Asia/Gaza",
        "Asia/Tehran",
        "Australia/Lord_Howe",
        "Australia/Adelaide",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Pacific/Chatham",
        "Antarctica/Troll",
        "UTC",
        "Etc/GMT+12",
    };
    uint64_t seed = 7;
    for (size_t index = 0; index < sizeof zones / sizeof zones[0]; index++) {
        test_one(admin, zones[index], 9000 * day_us + 123456789, 9430 * day_us + 1, &seed);
    }
    /* The odd ones from 2005 on: 00:01 in St John's, the lost day of Apia, the half hour of
     * Caracas. */
    static const char *const odd[] = {"America/St_Johns",  "America/Havana",      "America/Caracas",
                                      "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia"};
    for (size_t index = 0; index < sizeof odd / sizeof odd[0]; index++) {
        test_one(admin, odd[index], 1827 * day_us, 9500 * day_us, &seed);
    }
    test_one(admin, "Europe/Amsterdam", -23000 * day_us, -21900 * day_us, &seed);
    test_one(admin, "Europe/London", 0, 1, &seed);

    static const char *const unknown[] = {
        "Mars/Olympus",        "PST", "PST8PDT7",           "<-08>8", "-08:00",
        "america/los_angeles", "",    "'; drop table x; --"};
    for (size_t index = 0; index < sizeof unknown / sizeof unknown[0]; index++) {
        Error error = {0};
        ZoneOffset *offsets = NULL;
        size_t count = 42;
        char message[200];
        (void)snprintf(message, sizeof message, "\"%s\" is not a time zone that the database knows",
                       unknown[index]);
        CHECK_FAILS(zone_read(admin, unknown[index], 0, day_us, &offsets, &count, &error), &error,
                    EXIT_CONFIG, message);
        CHECK(offsets == NULL && count == 42, "ret_ is untouched");
    }
    Error error = {0};
    ZoneOffset *offsets = NULL;
    size_t count = 0;
    CHECK_FAILS(zone_read(admin, "UTC", 5, 5, &offsets, &count, &error), &error, EXIT_BUG,
                "empty span");
    CHECK_FAILS(zone_read(admin, "UTC", INT64_MIN, 5, &offsets, &count, &error), &error, EXIT_BUG,
                "out of bounds");
}
