#!/usr/bin/python3
"""PostgreSQL through psql: throwaway databases, loading a case, reading what stands published.

The server is the one that PGHOST, PGPORT and PGUSER name.
"""

import csv
import datetime
import json
import os
import subprocess
from pathlib import Path

SQL_FOLDER = Path(__file__).resolve().parents[2] / "sql"

MEMBER_COLUMNS = "member_id, registered_on, closed_on"
EVENT_COLUMNS = ("event_id, member_id, kind, occurred_at, order_id, item_cents, discount_cents, "
                 "shipping_cents, category_ids, points")

# One statement, so one snapshot and one start of psql. What is read beside the public views are the
# counts by fate and by reason, of the run that last computed a period.
PUBLISHED = """
set tierclose.today = '{today}';
select json_build_object(
    'standings', (select json_agg(json_build_array(period, member_id, points, level, next_level,
        points_to_next, expiring_points)) from tierclose.standings),
    'level_changes', (select json_agg(json_build_array(period, member_id, from_level, to_level,
        direction, points, effective_on)) from tierclose.level_changes),
    'coupon_grants', (select json_agg(json_build_array(period, member_id, level, coupon,
        issue_from, issue_until, expires_on, status)) from tierclose.coupon_grants),
    'anomalies', (select json_agg(json_build_array(period, reason, member_id, event_id))
        from tierclose.anomalies),
    'anomaly_counts', (select json_agg(json_build_array(p.period, c.reason, c.month_count,
        c.window_count)) from tierclose.published p
        join tierclose.anomaly_count c on c.run_id = p.run_id where c.window_count > 0),
    'unchanged', (select json_agg(period) from tierclose.published
        where run_id <> checked_run_id),
    'runs', (select json_agg(json_build_object('period', v.period, 'mode', v.mode, 'members', v.members,
        'points', v.points, 'events', v.events, 'anomalies', v.anomalies,
        'upgrades', v.upgrades, 'downgrades', v.downgrades, 'grants', v.grants,
        'program_changes', r.program_changes, 'events_earning', r.events_earning,
        'events_refund', r.events_refund, 'events_capped', r.events_capped,
        'events_ineligible', r.events_ineligible, 'events_anomalous', r.events_anomalous))
        from tierclose.published p
        join tierclose.runs v on v.run_id = p.checked_run_id
        join tierclose.run r on r.run_id = p.checked_run_id),
    'run_months', (select json_agg(json_build_array(p.period, m.month, m.points))
        from tierclose.published p join tierclose.run_month m on m.run_id = p.checked_run_id),
    'run_sources', (select json_agg(json_build_array(p.period, s.source, s.points))
        from tierclose.published p join tierclose.run_source s on s.run_id = p.checked_run_id
            and s.month = p.period and s.counted_by = s.run_id where s.points <> 0),
    'run_fates', (select json_agg(json_build_array(p.period, f.kind, f.fate, f.events))
        from tierclose.published p join tierclose.run_fate f on f.run_id = p.checked_run_id),
    'member_center', (select json_agg(json_build_array(member_id, level, next_change_to,
        next_change_on, points, next_level, points_to_next, expiring_points, coupons))
        from tierclose.member_center),
    'modes', (select json_object_agg(p.period, r.mode) from tierclose.published p
        join tierclose.run r on r.run_id = p.run_id),
    'checksums', (select json_object_agg(p.period, v.result_checksum) from tierclose.published p
        join tierclose.runs v on v.run_id = p.run_id));
"""


class DatabaseError(Exception):
    pass


def psql(database, script):
    """Runs a script; the output's lines."""
    done = subprocess.run(
        ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database], input=script, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PGTZ": "UTC"},
        check=False)
    if done.returncode != 0:
        raise DatabaseError(f"psql on {database} failed:\n{done.stderr}")
    return done.stdout.splitlines()


def create(name, template):
    psql("postgres", f'create database "{name}" template "{template}";')


def drop(name):
    psql("postgres", f'drop database if exists "{name}" with (force);')


def make_template(name):
    """A database with sql/ deployed."""
    drop(name)
    create(name, "template0")
    done = subprocess.run(
        ["sqitch", "--quiet", "deploy", f"db:pg:{name}"], cwd=SQL_FOLDER, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        env={**os.environ, "SQITCH_FULLNAME": "tests", "SQITCH_EMAIL": "tests@example.org"})
    if done.returncode != 0:
        raise DatabaseError(f"sqitch deploy failed:\n{done.stdout}")


def write_members(path, members):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            (member.member_id, member.registered_on, member.closed_on)
            for member in members.values())


def write_events(path, events):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            (event.event_id, event.member_id, event.kind, event.occurred_at.isoformat(),
             event.order_id, event.item_cents, event.discount_cents, event.shipping_cents,
             array_text(event.category_ids), event.points) for event in events)


def array_text(numbers):
    if numbers is None:
        return None
    return "{" + ",".join("NULL" if number is None else str(number) for number in numbers) + "}"


def load_script(folder, extra_kinds, members, events, everything):
    """psql lines that load members and a part of the events. everything: to make partitions for."""
    write_members(folder / "members.csv", members)
    write_events(folder / "events.csv", events)
    day = datetime.timedelta(days=1)
    first = min(event.occurred_at for event in everything).date() - day
    last = max(event.occurred_at for event in everything).date() + day
    kinds = ", ".join(f"({number}, '{name}')" for number, name in extra_kinds.items())
    return (f"insert into loyalty.event_kind (kind, name) values {kinds};\n"
            f"do $$ begin perform loyalty.ensure_event_months('{first}', '{last}'); end $$;\n"
            f"\\copy loyalty.member ({MEMBER_COLUMNS}) from '{folder / 'members.csv'}' csv\n"
            + append_script(folder / "events.csv"))


def append_script(path):
    return f"\\copy loyalty.point_event ({EVENT_COLUMNS}) from '{path}' csv\n"


def append(database, path, events):
    """Further events, in a transaction of their own."""
    write_events(path, events)
    psql(database, append_script(path))


def published(database, today):
    """What readers see on a day, as lists."""
    return published_of(psql(database, PUBLISHED.format(today=today)))


def published_of(lines):
    """The answer to PUBLISHED."""
    return {key: value or [] for key, value in json.loads("".join(lines)).items()}
