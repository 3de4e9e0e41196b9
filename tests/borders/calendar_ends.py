"""The ends of the calendar, odd todays, odd time zones."""

import datetime

from cases import add_case, expect, expect_equal
from job import changed_config
from setting import PERIOD, new_place

# registered_on, closed_on, whether the member stands in 2025-12, what explain says.
MEMBERS = (
    ("4714-11-24 BC", None, True, ""),
    ("-infinity", None, True, ""),
    ("0001-01-01", "infinity", True, ""),
    ("9999-12-31 BC", "9999-12-31", None, ""),
    ("2025-12-31", "2026-01-01", True, ""),
    ("2025-12-31", "2025-12-31", False, "closed on 2025-12-31"),
    ("2026-01-01", None, False, "registered only on 2026-01-01"),
    ("infinity", None, False, "not registered"),
    ("5874897-12-31", "5874897-12-31", False, "registered only after 9999-12-31"),
    ("9999-12-31", "0001-01-01", False, "registered only on 9999-12-31"),
    ("2025-01-01", "-infinity", False, "closed"),
    ("4714-11-24 BC", "4714-11-24 BC", False, "closed before 0001-01-01"),
    ("2025-01-01", "0001-12-31 BC", False, "closed before 0001-01-01"),
)
TIMES = ("-infinity", "4714-11-24 00:00+00 BC", "0001-01-01 00:00+00", "1970-01-01 00:00+00",
         "2024-12-31 23:59:59.999999-08", "2026-01-01 00:00-08", "9999-12-31 23:59:59.999999+00",
         "10000-01-01 00:00+00", "294276-12-31 23:59:59.999999+00", "infinity")
INSIDE = ("2025-01-01 00:00-08", "2025-12-31 23:59:59.999999-08")


def try_members():
    rows = [row for row in MEMBERS if row[2] is not None]
    with new_place("delete from loyalty.member") as place:
        for number, (registered, closed, _, _) in enumerate(rows):
            place.query("insert into loyalty.member (member_id, registered_on, closed_on) values"
                        f" ({number}, '{registered}', nullif('{closed}', 'None')::date)")
        place.expect_right({number: 0 for number, row in enumerate(rows) if row[2]})
        for number, (_, _, stands, words) in enumerate(rows):
            job = place.job("explain", "--member", number, "--period", PERIOD)
            if not stands:
                expect(f"No standing in this period: {words}.\n" in job.out, job.out)
        # Whoever asks for the member today gets an answer for each that stands.
        rows = place.query("set tierclose.today = '2026-01-10';"
                           " select count(*) from tierclose.member_center")
        expect_equal(int(rows[-1][0]), sum(row[2] is True for row in MEMBERS), "member_center")


def try_times():
    """In a partition of their own and in a default one: only what lies in the window counts."""
    with new_place("create table loyalty.rest partition of loyalty.point_event default") as place:
        for number, time in enumerate((*TIMES, *INSIDE), start=1):
            place.add({"event_id": number, "occurred_at": time, "points": 10 ** (number % 3)})
        points = sum(10 ** (number % 3) for number in range(len(TIMES) + 1,
                                                          len(TIMES) + len(INSIDE) + 1))
        place.expect_right({1: points, 2: 0, 3: 0})
        # What came late for the window is found, what lies outside of it is no reason to settle.
        place.add({"event_id": 50, "occurred_at": "infinity", "points": 1},
                  {"event_id": 51, "occurred_at": "-infinity", "points": 1})
        expect("stands" in place.close(today="2026-01-03").out, "nothing came late")
        place.add({"event_id": 52, "points": 1})
        place.close(today="2026-01-04")
        expect_equal(place.standings()[1], points + 1, "after a late event")


TOO_FAR = ("0001-01-01", "0001-02-15", "1801-12-15", "2199-01-31", "2300-02-01", "9999-12-31")


def try_far_today(today):
    with new_place() as place:
        place.job("close", "--today", today, code=65).expect_error(
            "is too far away", "hint: name a period whose window lies in the years 1801 to 2198.")
        place.job("close", "--dry-run", "--today", today, code=65).expect_error("is too far away")
        expect_equal(place.query("table tierclose.run"), [], "the ledger")
        place.job("status", "--today", today)


def try_far_period():
    with new_place() as place:
        far = ("0001-01", "1801-11", "2199-01", "9999-12")
        for period in far:
            for words in (("close", "--period", period), ("backfill", "--from", period, "--to", period)):
                place.job(*words, "--today", "9999-12-31", code=65).expect_error(
                    f"period {period} is too far away")
            place.job("explain", "--member", 1, "--period", period, "--today", "9999-12-31",
                      code=65).expect_error(f"period {period} is too far away")
            for command in ("restate", "verify"):
                place.job(command, "--period", period, code=65).expect_error("was never closed")
        place.job("backfill", "--from", "0001-01", "--to", "9999-12", "--today", "9999-12-31",
                  code=65).expect_error("is too far away")
        expect_equal(place.query("table tierclose.run"), [], "the ledger")


# Today: the period that is closed.
TODAYS = {
    "2024-02-29": "2024-02",
    "2100-02-28": "2100-02",
    "1970-01-01": "1969-12",
    "1999-12-31": "1999-12",
    "1803-01-01": "1802-12",
    "2198-12-31": "2198-12",
}


def try_today(today, period):
    with new_place("create table loyalty.rest partition of loyalty.point_event default;"
                   " update loyalty.member set registered_on = '1800-01-01'") as place, \
            changed_config(("from: 1990-01", "from: 1800-01")) as place.config:
        first = datetime.date.fromisoformat(period + "-01")
        place.add({"event_id": 1, "occurred_at": f"{first} 00:00 America/Los_Angeles", "points": 3},
                  {"event_id": 2, "occurred_at": f"{first - datetime.timedelta(days=1)} 23:59:59.5"
                                                 " America/Los_Angeles", "points": 50},
                  {"event_id": 3, "occurred_at": f"{first.replace(year=first.year - 1)} 00:00"
                                                 " America/Los_Angeles", "points": 700})
        place.close(today=today)
        expect_equal(place.standings(period), {1: 53, 2: 0, 3: 0}, "the standings")
        place.job("verify", "--period", period)
        place.job("status", "--today", today)


# Zone: the period closed; in each of these the clocks did something odd.
ZONES = {
    "Africa/Monrovia": "1972-01",      # from -0:44:30 to UTC, on 7 January
    "Asia/Kathmandu": "1986-01",       # from +5:30 to +5:45
    "America/St_Johns": "2006-11",     # back at 00:01: a day that came twice
    "Pacific/Apia": "2011-12",         # has no 30 December
    "Antarctica/Troll": "2016-04",     # two hours of summer time
    "Australia/Lord_Howe": "2025-04",  # half an hour of it
    "Asia/Manila": "1845-01",          # had no 31 December 1844
    "America/Juneau": "1867-10",       # had one day twice
    "Europe/Dublin": "2024-10",        # winter time is the exception
    "Etc/GMT+12": "2025-12",
}
def try_zone(zone, period):
    """An event each 20 minutes of four months; PostgreSQL itself tells its local day. Member 1
    visits, and has a point a day; member 2 has one each time."""
    first = datetime.date.fromisoformat(period + "-01")
    with new_place("create table loyalty.rest partition of loyalty.point_event default;"
                   " update loyalty.member set registered_on = '1800-01-01'") as place, \
            changed_config(("America/Los_Angeles", zone), ("from: 1990-01", "from: 1800-01"),
                           ("window_months: 12", "window_months: 2"),
                           ("per: month, max_points: 10", "per: month, max_points: 99")
                           ) as place.config:
        place.query(
            "insert into loyalty.point_event (event_id, member_id, kind, occurred_at, points)"
            " select row_number() over (), member_id, case member_id when 1 then 5 else 8 end, t, 1"
            f" from generate_series(timestamptz '{first}' - interval '75 days', timestamptz"
            f" '{first}' + interval '45 days', interval '20 minutes') t, generate_series(1, 2)"
            " member_id")
        days, times = place.query(
            "select count(distinct local::date), count(*) filter (where member_id = 2) from ("
            f"select member_id, occurred_at at time zone '{zone}' as local from loyalty.point_event"
            f") e where date_trunc('month', local) in ('{first}', date '{first}' - interval"
            " '1 month')")[0]
        place.close(today=first + datetime.timedelta(days=32))
        expect_equal(place.standings(period), {1: int(days), 2: int(times), 3: 0}, "the standings")
        place.job("verify", "--period", period)


def try_unknown_zone():
    with new_place() as place, \
            changed_config(("America/Los_Angeles", "Mars/Olympus")) as place.config:
        message = f'{place.config}:15:11: "Mars/Olympus" is not a time zone that the database knows'
        for words in (("close",), ("close", "--today", "2026-01-02"), ("status",), ("check", "--db"),
                      ("explain", "--member", 1, "--period", PERIOD)):
            job = place.job(*words, code=78)
            expect(message in job.err and "hint: write an IANA name" in job.err, job.told())
        expect_equal(place.query("table tierclose.run"), [], "the ledger")


WINDOWS = {1: 2, 12: 4, 60: 6}


def try_window(months, points):
    """An event at both ends of the window, one just before it."""
    year, month = divmod(2025 * 12 + 12 - months, 12)
    with new_place("create table loyalty.rest partition of loyalty.point_event default;"
                   " update loyalty.member set registered_on = '1990-01-01'") as place, \
            changed_config(("window_months: 12", f"window_months: {months}")) as place.config:
        first = datetime.datetime(year, month + 1, 1)
        for number, time in enumerate((first - datetime.timedelta(microseconds=1), first,
                                       datetime.datetime(2025, 12, 31, 23, 59, 59)), start=1):
            place.add({"event_id": number, "occurred_at": f"{time} America/Los_Angeles",
                       "points": points // 2 if number > 1 else 1000})
        place.expect_right({1: points, 2: 0, 3: 0})


def register():
    add_case("members registered and closed at the ends of the calendar", try_members)
    add_case("events at the ends of the calendar", try_times)
    for today in TOO_FAR:
        add_case(f"close on {today}", try_far_today, today)
    add_case("periods too far away", try_far_period)
    for today, period in TODAYS.items():
        add_case(f"close on {today}", try_today, today, period)
    for zone, period in ZONES.items():
        add_case(f"{period} in {zone}", try_zone, zone, period)
    add_case("a zone that the server does not know", try_unknown_zone)
    for months, points in WINDOWS.items():
        add_case(f"a window of {months} months", try_window, months, points)
