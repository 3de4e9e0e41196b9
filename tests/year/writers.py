"""Those who write events: transactions that stay open over nights and commit out of order.

What a run could see is told by its snapshot, so the writers remember each transaction's number.
"""

from dataclasses import dataclass

import database
from cases import expect
from live import Session, SqlError

SESSIONS = 3
INSERT = f"insert into loyalty.point_event ({database.EVENT_COLUMNS}) values "


@dataclass
class Transaction:
    number: int
    events: list
    until: object = None        # the day on which it commits


def literal(value):
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"'{database.array_text(value)}'::int[]"
    return str(value) if isinstance(value, int) else f"'{value.isoformat()}'"


def row(event):
    return "(" + ", ".join(literal(value) for value in (
        event.event_id, event.member_id, event.kind, event.occurred_at, event.order_id,
        event.item_cents, event.discount_cents, event.shipping_cents, event.category_ids,
        event.points)) + ")"


def insert(events):
    return INSERT + ",\n".join(row(event) for event in events)


class Snapshot:
    """PostgreSQL's text `xmin:xmax:xip,...`."""

    def __init__(self, text):
        _, limit, open_ones = text.split(":")
        self.limit = int(limit)
        self.open = {int(number) for number in open_ones.split(",") if number}

    def sees(self, number):
        return number < self.limit and number not in self.open


class Writers:

    def __init__(self, name, random, count):
        self.random = random
        self.count = count              # of what happened, by name
        self.sessions = [Session(name) for _ in range(SESSIONS)]
        self.open = {}                  # Session: Transaction
        self.committed = []

    def close(self):
        for session in self.sessions:
            session.close()

    # ------------------------------------------------------------ what is there

    def events(self):
        """All that is committed."""
        return [event for one in self.committed for event in one.events]

    def events_in(self, snapshot_text):
        """What a run saw."""
        snapshot = Snapshot(snapshot_text)
        return [event for one in self.committed if snapshot.sees(one.number)
                for event in one.events]

    # ------------------------------------------------------------ a day's writing

    def write(self, events, day, nights):
        """Delivers events in batches. nights: for how many a batch may stay uncommitted, each as
        likely as another."""
        events = list(events)
        self.random.shuffle(events)
        while events:
            count = self.random.choice([1, 2, 5, 20])
            self._write_batch(events[:count], day, nights)
            del events[:count]

    def _write_batch(self, batch, day, nights):
        session = self.random.choice(self.sessions)
        if session in self.open:
            # Another delivery joins the transaction that is under way.
            session.query(insert(batch))
            self.open[session].events += batch
        elif self.random.random() < 0.3:
            number = int(session.query(f"begin;\n{insert(batch)} returning recorded_xid")[0][0])
            self.open[session] = Transaction(number, batch, day + self.random.choice(nights))
            self.count["transactions over nights"] += 1
        else:
            number = int(session.query(f"{insert(batch)} returning recorded_xid")[0][0])
            self.committed.append(Transaction(number, batch))

    def end_transactions(self, day):
        """Commits what is due, in any order; one in ten fails, and its events come once more."""
        due = [session for session, one in self.open.items() if one.until <= day]
        self.random.shuffle(due)
        for session in due:
            if self.random.random() < 0.1:
                session.query("rollback")
                self.count["transactions rolled back"] += 1
                batch = self.open.pop(session).events
                number = int(session.query(f"{insert(batch)} returning recorded_xid")[0][0])
                self.committed.append(Transaction(number, batch))
            else:
                self.commit(session)

    def commit(self, session):
        session.query("commit")
        self.committed.append(self.open.pop(session))

    def commit_one(self):
        """Commits an open transaction, if there is any: for a moment while a run is at work."""
        if self.open:
            self.commit(self.random.choice(list(self.open)))
            self.count["commits during a run"] += 1

    # ------------------------------------------------------------ duplicate deliveries

    def write_again(self):
        """Events that are there already: the key refuses them, alone or amid a transaction."""
        if not self.committed:
            return
        batch = self.random.choice(self.committed).events
        session = self.random.choice(self.sessions)
        self.count["duplicate deliveries"] += 1
        if self.random.random() < 0.5:
            again = session.query(f"{insert(batch)} on conflict do nothing returning event_id")
            expect(again == [], f"events were taken twice: {again}")
            return
        amid = session in self.open
        try:
            session.query(("savepoint again;\n" if amid else "") + insert(batch))
        except SqlError as error:
            expect("duplicate key value" in str(error), str(error))
        else:
            expect(False, "the same events were accepted twice")
        if amid:
            session.query("rollback to again")
