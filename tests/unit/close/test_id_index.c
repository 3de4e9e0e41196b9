/*
 * close/id_index: the place of every id, and of what lies between, before and after the ids.
 */
#include "close/id_index.h"
#include "close_builders.h"

#include <criterion/criterion.h>

/* As one would look it up by hand. */
static size_t last_not_above(const int64_t *ids, size_t count, int64_t id)
{
    size_t place = 0;
    for (size_t i = 0; i < count && ids[i] <= id; i++) {
        place = i;
    }
    return place;
}

static void check_ids(const char *name, const int64_t *ids, size_t count)
{
    for (size_t per_stretch = 1; per_stretch <= 8; per_stretch *= 2) {
        IdIndex index = id_index_build(ids, count, per_stretch);
        for (size_t i = 0; i < count; i++) {
            const int64_t near[] = {ids[i] == INT64_MIN ? INT64_MIN : ids[i] - 1, ids[i],
                                    ids[i] == INT64_MAX ? INT64_MAX : ids[i] + 1};
            for (size_t n = 0; n < COUNT(near); n++) {
                cr_assert_eq(id_index_find(&index, near[n]), last_not_above(ids, count, near[n]),
                             "%s: %lld, %zu a stretch", name, (long long)near[n], per_stretch);
            }
        }
        cr_assert_eq(id_index_find(&index, INT64_MIN), 0, "%s", name);
        cr_assert_eq(id_index_find(&index, INT64_MAX), count - 1, "%s", name);
        id_index_destroy(&index);
    }
}

Test(id_index, every_place_is_found)
{
    static const int64_t one[] = {42};
    static const int64_t ends[] = {INT64_MIN, INT64_MAX};
    static const int64_t ends_and_zero[] = {INT64_MIN, 0, INT64_MAX};
    static const int64_t bunch_and_outlier[] = {-5, -4, -3, 0, 1, 2, 3, 4, 5, 6, INT64_MAX};
    static const int64_t outlier_and_bunch[] = {1, 1000000000000, 1000000000001, 1000000000007,
                                                1000000000008};
    check_ids("one", one, COUNT(one));
    check_ids("ends", ends, COUNT(ends));
    check_ids("ends and zero", ends_and_zero, COUNT(ends_and_zero));
    check_ids("bunch and outlier", bunch_and_outlier, COUNT(bunch_and_outlier));
    check_ids("outlier and bunch", outlier_and_bunch, COUNT(outlier_and_bunch));
    int64_t ids[500];
    for (int64_t i = 0; i < (int64_t)COUNT(ids); i++) {
        ids[i] = i * 3 + i % 3 - 700;
    }
    check_ids("a sequence with holes", ids, COUNT(ids));
    for (int64_t i = 0; i < (int64_t)COUNT(ids); i++) {
        ids[i] = i * i * i * i;
    }
    check_ids("ever wider", ids, COUNT(ids));
}

Test(id_index, of_no_ids_at_all)
{
    IdIndex index = id_index_build(NULL, 0, 2);
    cr_expect_eq(index.count, 0);
    id_index_destroy(&index);
}
