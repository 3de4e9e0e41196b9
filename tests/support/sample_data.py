"""The sample of job/sample in a database: two dozen examples and a crowd, 2024-01 to 2025-12.

Also events that arrive late for it, changing levels up and down.
"""

import functools
import pathlib
import subprocess
import tempfile

from live import ROOT, make_database, psql

EVENT_COLUMNS = ("event_id, member_id, kind, occurred_at, order_id, item_cents, discount_cents, "
                 "shipping_cents, category_ids, points")
LATE_FIRST_EVENT = 10_000_000

_folders = []


@functools.cache
def sample_folder(members):
    """The sample's files, made once."""
    folder = tempfile.TemporaryDirectory(prefix="tierclose-sample.")  # pylint: disable=R1732
    _folders.append(folder)
    subprocess.run([ROOT / "job/sample", "--out", folder.name, "--members", str(members)],
                   check=True, stdout=subprocess.DEVNULL)
    return pathlib.Path(folder.name)


def load_sample(database, members):
    """A new database with the sample in it."""
    make_database(database)
    folder = sample_folder(members)
    psql(database,
         "do $$ begin perform loyalty.ensure_event_months('2024-01-01', '2026-03-31'); end $$;\n"
         f"\\copy loyalty.member from '{folder / 'members.csv'}' csv header\n"
         f"\\copy loyalty.event_kind from '{folder / 'kinds.csv'}' csv header\n"
         f"\\copy loyalty.point_event ({EVENT_COLUMNS}) from '{folder / 'events.csv'}' csv header\n"
         "analyze;")


def purchase(event_id, member_id, occurred_at, cents):
    """An insert of one purchase; its order has the event's number."""
    return ("insert into loyalty.point_event (event_id, member_id, kind, occurred_at, order_id,"
            f" item_cents) values ({event_id}, {member_id}, 1, '{occurred_at}', {event_id},"
            f" {cents});\n")


def late_events(members=40):
    """Statements: purchases and adjustments, September to December 2025, of every third member."""
    return (
        f"insert into loyalty.point_event ({EVENT_COLUMNS})\n"
        f"select {LATE_FIRST_EVENT} + m.n * 10 + s.i, m.member_id,"
        " case s.i % 2 when 0 then 1 else 9 end,"
        " timestamptz '2025-09-10 12:00-07' + s.i * interval '1 month',"
        f" {LATE_FIRST_EVENT} + m.n * 10 + s.i, 20000, 0, 0, null,"
        " case when m.n % 2 = 0 then -300 else 150 end\n"
        "from (select member_id, row_number() over (order by member_id) as n from loyalty.member"
        " where member_id > 1000 and closed_on is null and member_id % 3 = 0 limit"
        f" {members}) m cross join generate_series(0, 3) s(i);\n"
        # One that cannot earn, so that the anomalies change too.
        f"insert into loyalty.point_event ({EVENT_COLUMNS}) values ({LATE_FIRST_EVENT}, 1001, 8,"
        " '2025-12-20 12:00-08', null, null, null, null, null, null);\n")
