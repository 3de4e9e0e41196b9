"""The full close where the events are laid out in other ways than loyalty.point_event is."""

import data
from methods import FullClose
from server import OUT, query
from states import CONFIG, close_words

COLUMNS = ("event_id, member_id, kind, occurred_at, order_id, item_cents, discount_cents, "
           "shipping_cents, category_ids, points, recorded_at")
TYPES = """event_id bigint, member_id bigint, kind smallint, occurred_at timestamptz,
    order_id bigint, item_cents bigint, discount_cents bigint, shipping_cents bigint,
    category_ids int[], points int, recorded_at timestamptz"""


def _partitioned(step, days):
    """Ranges from the first event's year to the last one's, `step` apart."""
    return f"""
        create table bench.layout ({TYPES}, recorded_xid xid8)
            partition by range (occurred_at);
        select format('create table bench.layout_%s partition of bench.layout'
            ' for values from (%L) to (%L)', to_char(d, 'YYYYMMDD'), d, d + interval '{step}')
        from generate_series('{days[0]}'::timestamptz, '{days[1]}'::timestamptz, '{step}') d
        \\gexec
        insert into bench.layout select {COLUMNS}, recorded_xid from loyalty.point_event;"""


class LayoutClose(FullClose):
    """A copy of the events, in another shape."""

    def __init__(self, state, key, name, make):
        super().__init__(state)
        self.key = key
        self.name = f"the same, {name}"
        self._make = make
        self._config = OUT / f"layout-{key}.yaml"

    def build(self):
        self.drop()
        query(self.database, f"""
            set timezone = 'UTC';
            set client_min_messages = warning;
            {self._make};
            grant usage on schema bench to tierclose_job;
            grant select on all tables in schema bench to tierclose_job""")
        if self.key != "view":
            query(self.database, "vacuum analyze bench.layout")
        text = CONFIG.read_text(encoding="utf-8")
        self._config.write_text(text.replace("events: loyalty.point_event",
                                             "events: bench.layout"), encoding="utf-8")

    def drop(self):
        query(self.database, """
            set client_min_messages = warning;
            do $$
            begin
                if to_regclass('bench.layout') is null then
                    null;
                elsif (select relkind from pg_class where oid = 'bench.layout'::regclass) = 'v' then
                    drop view bench.layout;
                else
                    drop table bench.layout;
                end if;
            end
            $$""")

    def run(self, clients):
        clients.run(close_words(self.database, data.PERIOD, *self.words, config=self._config))


def layouts(state):
    first = state.size.first_month[0]
    years = f"{first}-01-01", f"{data.PERIOD[0] + 1}-01-01"
    months = f"{data.month_text(state.size.first_month)}-01"
    days = months, f"{data.month_text(data.add_months(data.PERIOD, 1))}-02"
    return [
        LayoutClose(state, "view", "through a view",
                    "create view bench.layout as select * from loyalty.point_event"),
        LayoutClose(state, "one-table", "from a table without partitions",
                    "create table bench.layout as select * from loyalty.point_event"),
        LayoutClose(state, "days", "from a partition a day", _partitioned("1 day", days)),
        LayoutClose(state, "years", "from a partition a year", _partitioned("1 year", years)),
        LayoutClose(state, "no-xid", "from a partition a month without recorded_xid",
                    _partitioned("1 month", days)
                    + "alter table bench.layout drop column recorded_xid"),
    ]
