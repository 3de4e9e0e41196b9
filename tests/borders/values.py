"""Values at the limits of their types, in loyalty.point_event itself and in a view."""

from cases import add_case, expect, expect_equal
from job import changed_config
from setting import (ADJUSTMENT, BONUS, FRAUD, INT4_MAX, INT4_MIN, INT64_MAX, INT64_MIN, PURCHASE,
                     REFUND, new_place, own_place)

# Name: events, points of member 1, anomalies.
AMOUNTS = {
    "an amount of all of a bigint": (
        [{"kind": PURCHASE, "order_id": 1, "item_cents": INT64_MAX}], 500, []),
    "a discount of all of a bigint": (
        [{"kind": PURCHASE, "order_id": 1, "item_cents": INT64_MAX, "discount_cents": INT64_MAX},
         {"kind": PURCHASE, "order_id": 2, "item_cents": 0, "discount_cents": INT64_MAX}], 0, []),
    "amounts of the lowest bigint": (
        [{"kind": PURCHASE, "order_id": 1, "item_cents": INT64_MIN},
         {"kind": PURCHASE, "order_id": 2, "item_cents": 1000, "discount_cents": INT64_MIN},
         {"kind": REFUND, "order_id": 3, "item_cents": INT64_MIN}], 0,
        [("negative_amount", 1, 1), ("negative_amount", 1, 2), ("negative_amount", 1, 3)]),
    "orders of all of a bigint": (
        [{"kind": PURCHASE, "order_id": INT64_MAX, "item_cents": 1000},
         {"kind": PURCHASE, "order_id": INT64_MIN, "item_cents": 2000},
         {"kind": PURCHASE, "order_id": -1, "item_cents": 4000},
         {"kind": FRAUD, "order_id": INT64_MIN}], 50, []),
    "refunds that add up to more than a bigint": (
        [{"kind": PURCHASE, "order_id": 1, "item_cents": INT64_MAX},
         {"kind": REFUND, "order_id": 1, "item_cents": INT64_MAX},
         {"kind": REFUND, "order_id": 1, "item_cents": INT64_MAX}], 0, [("unmatched_refund", 1, 3)]),
    "recorded points of all of an int": (
        [{"kind": BONUS, "points": INT4_MAX}] * 3 + [{"kind": ADJUSTMENT, "points": INT4_MIN}],
        3 * INT4_MAX + INT4_MIN, []),
    "recorded points that sum up far below 0": (
        [{"kind": ADJUSTMENT, "points": INT4_MIN}] * 3, 0, []),
    "kinds at both ends of a smallint": (
        [{"kind": 32767, "points": 1}, {"kind": -32768, "points": 1}], 0,
        [("unknown_kind", 1, 1), ("unknown_kind", 1, 2)]),
}

# Categories of one event, and how many different ones that is.
ARRAYS = {
    "null::int[]": 0,
    "'{}'": 0,
    "'{NULL}'": 0,
    "'{NULL,7,NULL}'": 1,
    "'{7,7,8}'": 2,
    "'{2147483647,-2147483648,0}'": 3,
    "'[-5:-3]={7,8,9}'": 3,
    "'[2147483645:2147483646]={7,8}'": 2,
    "'{{1,2},{3,NULL}}'": 3,
    "'{{{{{{1,2}}}}}}'": 2,
    "array_fill(null::int, array[3, 3], array[-1, 5])": 0,
    "array(select generate_series(1, 10000))": 10000,
    "array(select n % 3 from generate_series(1, 10000) n)": 3,
}


def numbered(events):
    return [{"event_id": number, **event} for number, event in enumerate(events, start=1)]


def try_amounts(name):
    events, points, anomalies = AMOUNTS[name]
    with new_place() as place:
        place.add(*numbered(events))
        place.expect_right({1: points, 2: 0, 3: 0}, *anomalies)


def try_ids():
    """Members and events at both ends, also of members that there are not."""
    ends = (INT64_MIN, INT64_MIN + 1, -1, 0, INT64_MAX - 1, INT64_MAX)
    with new_place() as place:
        place.query("delete from loyalty.member; insert into loyalty.member (member_id,"
                    f" registered_on) select unnest(array{list(ends[::2])}::bigint[]), '2025-01-01'")
        for number, member in enumerate(ends):
            place.add({"event_id": member, "member_id": member, "points": 10 + number},
                      {"event_id": member, "member_id": member, "points": 20,
                       "occurred_at": "2025-12-06 12:00-08"})
        place.expect_right({INT64_MIN: 30, -1: 32, INT64_MAX - 1: 34},
                           *[("unknown_member", member, member) for member in ends[1::2]] * 2)


def try_arrays():
    """The bonus of a day is 1 point for each category but the first, 5 at most."""
    wanted = 0
    with new_place() as place:
        for day, (array, distinct) in enumerate(ARRAYS.items(), start=1):
            place.query(
                "insert into loyalty.point_event (event_id, member_id, kind, occurred_at, order_id,"
                f" item_cents, category_ids) values ({day}, 1, 1, '2025-12-{day:02} 12:00-08',"
                f" {day}, 1000, {array})")
            wanted += 10 + min(max(distinct - 1, 0), 5)
        place.expect_right({1: wanted, 2: 0, 3: 0})


OVERFLOWS = {
    "an order": (
        [{"kind": PURCHASE, "order_id": 1, "item_cents": INT64_MAX}] * 2,
        "member 1: the amounts of order 1 add up to more than a bigint holds"),
    "a purchase's points": (
        [{"kind": PURCHASE, "order_id": 1, "item_cents": INT64_MAX}],
        "member 1: an order earns more points than a bigint holds"),
    "a month's points": (
        [{"kind": PURCHASE, "order_id": n, "item_cents": INT64_MAX // 100} for n in range(3)],
        "member 1: a month's points add up to more than a bigint holds"),
    "a window's points": (
        [{"kind": PURCHASE, "order_id": n, "item_cents": INT64_MAX // 100,
          "occurred_at": f"2025-{n + 9:02}-05 12:00-08"} for n in range(3)],
        "member 1: the window's points are more than a bigint holds"),
    "all members' points": (
        [{"kind": PURCHASE, "order_id": 1, "item_cents": INT64_MAX // 100, "member_id": n}
         for n in (1, 2, 3)],
        "all members' points add up to more than a bigint holds"),
}


def try_overflow(name):
    events, message = OVERFLOWS[name]
    with new_place() as place, \
            changed_config(("points_per_unit: 1\n", "points_per_unit: 5000\n"),
                           ("        max_per_order: 500\n", "")) as place.config:
        place.add(*numbered(events))
        place.refuses(65, message)
        run = place.query("select status, error from tierclose.run")
        expect_equal(len(run), 1, "runs")
        expect(run[0][0] == "failed" and message in run[0][1], f"the ledger: {run}")


def try_largest():
    """Just below: nothing wraps, and the standings hold it."""
    with new_place() as place, \
            changed_config(("points_per_unit: 1\n", "points_per_unit: 100\n"),
                           ("        max_per_order: 500\n", "")) as place.config:
        place.add({"event_id": 1, "kind": PURCHASE, "order_id": 1, "item_cents": INT64_MAX - 7},
                  {"event_id": 2, "points": 7})
        place.expect_right({1: INT64_MAX, 2: 0, 3: 0})


# A row of NULLs and values: what becomes of member 1's points, and the anomalies.
NULLS = {
    "kind": (0, ("unknown_kind", 1, 1)),
    "member_id": (0, ("unknown_member", None, 1)),
    "points": (0, ("missing_points", 1, 1)),
}


def try_null(column):
    points, anomaly = NULLS[column]
    with own_place() as place:
        place.add({"event_id": 1, "points": 5, column: None}, table="own.stored")
        place.expect_right({1: points, 2: 0, 3: 0}, anomaly)


def try_member_count(count):
    """A programme with nobody in it, and with one."""
    with new_place(f"delete from loyalty.member where member_id > {count}") as place:
        place.expect_right({member: 0 for member in range(1, count + 1)})
        place.job("status", "--today", "2026-01-02")
        expect("stands" in place.close().out, "a second night")


def register():
    for name in AMOUNTS:
        add_case(name, try_amounts, name)
    add_case("members and events at both ends of a bigint", try_ids)
    add_case("arrays of categories of every shape", try_arrays)
    for name in OVERFLOWS:
        add_case(f"more than a bigint holds: {name}", try_overflow, name)
    add_case("all that a bigint holds", try_largest)
    for column in NULLS:
        add_case(f"a view whose {column} is NULL", try_null, column)
    for count in (0, 1):
        add_case(f"a programme with {count} members", try_member_count, count)
