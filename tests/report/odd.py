"""Databases whose reports are hard to show: hostile and long names, huge numbers, or nothing.

Each function makes a database and gives (database, periods to report on).
"""

import json
import pathlib
import tempfile

from job import run_job
from live import make_database, psql

# What would break a page that does not take names for what they are: marks, entities, quotation
# marks, other scripts, words without a place to break them.
HOSTILE = "<script>alert(1)</script>&amp;\"'"
LEVELS = (
    "Bronze", f"{HOSTILE} one", "Silver & Sons", "\" onmouseover=\"alert(2)",
    "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle",
    "مستوى ذهبي", "金牌会员金牌会员金牌会员金牌会员", "]]></style><h1>big</h1>",
    "A level with a name of a hundred letters, which is as long as the programme file lets "
    "any name be..",
    "x" * 100, "<!-- -- >", "The highest of them all",
)
KIND = "<i>walk</i> & 'talk'"
UNRULED_KIND = "\"><img src=x>"
COUPON = "<b>UP</b>&\"'"

PROGRAMME = """
program: {program}
timezone: America/Los_Angeles
currency: USD
window_months: {window_months}
effective_day: 8
settle: true
source: {{members: loyalty.member, events: loyalty.point_event, kinds: loyalty.event_kind}}
rules:
  - from: 1990-01
    levels: {levels}
    earning: {earning}
    refund: {{voids: amount}}
    fraud: {{voids: order}}
    coupons:
      issue_from_day: 8
      issue_until_day: 14
      valid_days: 7
      skipped_levels: each
      repeat: every_advance
      level_up: {coupons}
    benefits: {benefits}
"""


def close(database, programme, first, last, today):
    """Closes the periods by a programme of these parts, each of which is JSON in the YAML."""
    parts = {name: json.dumps(value, ensure_ascii=False) for name, value in programme.items()}
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.write(PROGRAMME.format(**parts))
        file.flush()
        run_job(database, "backfill", "--from", first, "--to", last, "--today", today,
                config=pathlib.Path(file.name))


def hostile(database):
    """Twelve levels, a window of three years, points up to 10^15, names that nobody should give."""
    make_database(database)
    threshold = [0] + [10 ** (rank + 3) for rank in range(11)]
    psql(database, f"""
        do $$ begin perform loyalty.ensure_event_months('2023-01-01', '2026-02-28'); end $$;
        insert into loyalty.event_kind (kind, name) values (100, $k${KIND}$k$),
            (101, $k${UNRULED_KIND}$k$);
        insert into loyalty.member (member_id, registered_on)
        select n * 1000000000000000, '2023-01-01' from generate_series(1, 60) n;
        insert into loyalty.point_event (event_id, member_id, kind, occurred_at, order_id,
            item_cents, points)
        select n * 1000 + m, n * 1000000000000000, case m % 3 when 2 then 100 else 1 end,
            timestamptz '2023-01-15 12:00-08' + m * interval '1 month', n * 1000 + m,
            case when m % 36 = n % 36 then 10::bigint ^ (n % 14 + 2) else 100 end, m
        from generate_series(1, 60) n cross join generate_series(0, 35) m;
        insert into loyalty.point_event (event_id, member_id, kind, occurred_at, points)
        select 900000 + n, n * 1000000000000000, case when n > 40 then 101 else 9 end,
            '2025-12-20 12:00-08', -2000000000
        from generate_series(20, 60) n;
        analyze;""")
    programme = {
        "program": f"Club {HOSTILE}", "window_months": 36,
        "levels": [{"name": name, "min_points": points} for name, points in zip(LEVELS, threshold)],
        "earning": {"purchase": {"points_per_unit": 100}, "adjustment": {"points": "recorded"},
                    KIND: {"points": 3}},
        "coupons": {name: [{"code": f"{COUPON}{rank}", "value": 1000000.25, "min_spend": 1}]
                    for rank, name in enumerate(LEVELS) if rank > 0},
        "benefits": {LEVELS[1]: {"top_<weekly>_percent": 5, "note": f"{HOSTILE} \\", "on": True}},
    }
    close(database, programme, "2024-11", "2025-12", "2026-01-10")
    return database, ("2025-12",)


ONE_LEVEL = {
    "program": "club", "window_months": 12, "levels": [{"name": "Member", "min_points": 0}],
    "earning": {"purchase": {"points_per_unit": 1}}, "coupons": {}, "benefits": {},
}


def nothing(database):
    """Nobody, one level, one period: every table that can be empty is."""
    make_database(database)
    close(database, ONE_LEVEL, "2025-12", "2025-12", "2026-01-10")
    return database, ("2025-12",)


def quiet(database):
    """One level and two periods, between which nothing happens: no change, nobody comes or goes."""
    make_database(database)
    psql(database, """
        do $$ begin perform loyalty.ensure_event_months('2025-11-01', '2025-12-31'); end $$;
        insert into loyalty.member (member_id, registered_on) values (1, '2025-01-01');
        insert into loyalty.point_event (event_id, member_id, kind, occurred_at, order_id,
            item_cents)
        values (1, 1, 1, '2025-11-10 12:00-08', 1, 500);""")
    close(database, ONE_LEVEL, "2025-11", "2025-12", "2026-01-10")
    return database, ("2025-11", "2025-12")
