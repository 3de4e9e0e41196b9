"""The best SQL we could write for config/aliexpress.yaml: made by a script, a branch a month.

Nearly all of PostgreSQL's time here goes into finding a member's entry in a hash table that is
larger than the processor's cache. So each event meets one such table once, and the rare cases are
put right afterwards:

1. `taken`    refunds and frauds; `asked`: the same, an order a row
2. `month`    one pass over all events, grouped by member in each month. It takes every purchase
              event for an order of its own, the only one of its day, and untouched. Two bit masks
              tell where the first two may not hold: there are fewer bits than purchases, and the
              month is in `odd`
3. `rare`     the purchases of the odd months, and those of orders that somebody asks back;
              `touched`: the latter as credits, and what is left of them
4. `best`     `month`, and what is wrong in it put right: the odd months once more with their orders
              and category days put together, and the touched credits of the others

NOTES.md says what was tried on the way here. Months are counted from the window's first, 0.
"""

import datetime

import data

LEVELS = (("Diamond", 1501), ("Platinum", 501), ("Gold", 101))
ALL_OF_IT_CENTS = 10 ** 12

SETTINGS = """
set timezone = 'America/Los_Angeles';
set client_min_messages = error;
-- The expressions are many and small: compiling them costs more than it gives.
set jit = off;
-- Two processes for two cores: the one that gathers would be a third.
set parallel_leader_participation = off;
-- The planner likes whole indexes in member order, and row by row: several times slower.
set enable_indexscan = off;
set enable_indexonlyscan = off;
set enable_nestloop = off;
set enable_mergejoin = off;
create extension if not exists intarray;
drop aggregate if exists bench.categories(int[]), bench.total(bigint);
-- The set of all categories.
create aggregate bench.categories(int[]) (
    sfunc = _int_union, stype = int[], initcond = '{}', combinefunc = _int_union, parallel = safe);
-- sum(bigint) keeps 128 bits and gives a numeric; nothing comes near 63 bits here.
create aggregate bench.total(bigint) (
    sfunc = int8pl, stype = bigint, initcond = '0', combinefunc = int8pl, parallel = safe);
"""

VALID = ("order_id is not null and item_cents >= 0"
         " and (discount_cents is null or discount_cents >= 0)")
PAID = "(item_cents - coalesce(discount_cents, 0))"
# The bonus of an event that is alone on its day. Nine of ten have one category or two.
BONUS = """case cardinality(category_ids)
        when 1 then 0
        when 2 then coalesce((category_ids[1] <> category_ids[2])::int, 0)
        else coalesce(
            least(greatest(icount(uniq(sort(array_remove(category_ids, null)))) - 1, 0), 5), 0)
    end"""


def midnight(month):
    return f"timestamptz '{data.month_text(month)}-01'"


def points(cents, at, months):
    """The points of an order, which lies in one of `months`."""
    base = f"{cents} / 100"
    if (2025, 11) in months:
        base += (f" * case when {at} >= timestamptz '2025-11-11' and {at} < timestamptz"
                 " '2025-11-12' then 2 else 1 end")
    return f"least(500, {base})"


def day(month):
    """The day of the month, from 1. Where the clocks change, the days after it are put right."""
    first = data.local_midnight(month)
    following = data.add_months(month, 1)
    days = (datetime.date(*following, 1) - datetime.date(*month, 1)).days
    shift = data.local_midnight(following) - first - days * 86400
    seconds = "date_part('epoch', occurred_at)"
    if shift != 0:
        seconds = (f"({seconds} - case when occurred_at >= to_timestamp({data.clock_change(month)})"
                   f" then {shift} else 0 end)")
    return f"width_bucket({seconds}, {first}, {first + days * 86400}, {days})"


def month_rows(columns, month, condition="true"):
    """The events of a local month. By the parent's name: the planner has no idea of how many
    members a union of two partitions holds."""
    return f"""select {columns} from loyalty.point_event
        where {condition} and occurred_at >= {midnight(month)}
            and occurred_at < {midnight(data.add_months(month, 1))}"""


class BestSql:
    """The statements for the window that ends with data.PERIOD."""

    def __init__(self):
        self.months = data.window_months()
        self.after = data.add_months(data.PERIOD, 1)
        starts = ", ".join(midnight(month) for month in self.months[1:])
        self.month_of_row = f"width_bucket(occurred_at, array[{starts}])"

    def statements(self):
        return "\n".join([SETTINGS, self.taken(), self.month(), self.rare(), self.touched(),
                          self.best()])

    def branches(self, make):
        return "\n    union all".join(make(index, month) for index, month in enumerate(self.months))

    def window_rows(self, columns, condition):
        """The events of the window; only the partitions at its ends need a look at the time."""
        parts = []
        for month in [*self.months, self.after]:
            ends = condition
            if month == self.months[0]:
                ends += f" and occurred_at >= {midnight(month)}"
            if month == self.after:
                ends += f" and occurred_at < {midnight(month)}"
            parts.append(f"select {columns} from {data.partition(month)} where {ends}")
        return "\n        union all\n        ".join(parts)

    def taken(self):
        rows = self.window_rows(
            f"""member_id, order_id, {self.month_of_row} as month,
            case when kind = 3 or item_cents is null then {ALL_OF_IT_CENTS} else item_cents end
                as cents""",
            "kind < 4 and kind > 1 and order_id is not null"
            " and (kind = 3 or item_cents is null or item_cents >= 0)")
        return f"""
drop table if exists bench.taken, bench.asked;
create unlogged table bench.taken as
        {rows};
create unlogged table bench.asked as
select member_id, order_id, bench.total(cents) as cents, min(month) as first_month
from bench.taken
group by member_id, order_id;
analyze bench.taken, bench.asked;
"""

    def month_branch(self, index, month):
        """Gain and number of purchases share one sum, as do the two counts; and the days of visits
        (from bit 0) and of purchases (from bit 32) one mask."""
        rows = month_rows(f"""member_id,
            case kind
                when 5 then 1::bigint << ({day(month)} - 1)
                when 1 then case when {VALID} then 1::bigint << ({day(month)} + 31) end
            end as days,
            case when kind = 1 and {VALID} then 1::bigint << (order_id & 63)::int end as orders,
            case kind
                when 1 then case when {VALID} then
                    (1::bigint << 40)
                    + case when {PAID} >= 200
                        then {points(PAID, 'occurred_at', [month])} + {BONUS} else 0 end
                end
                when 4 then (item_cents >= 200)::int
                when 8 then points
                when 9 then points
            end as gain,
            case kind when 6 then 1 when 7 then 1::bigint << 32 end as counts""", month)
        return f"""
    select member_id, {index} as month,
        least(counts & 4294967295, 10)::int + least(2 * (counts >> 32), 10)::int
            + least(bit_count((days & 2147483647)::bit(31)), 10)::int
            + (gain - (purchases << 40))::int as points,
        (purchases > bit_count((days >> 32)::bit(32))
            or purchases > bit_count(orders::bit(64)))::int << {index} as odd
    from (
        select *, (gain + (1::bigint << 39)) >> 40 as purchases
        from (
            select member_id, coalesce(bit_or(days), 0) as days,
                coalesce(bit_or(orders), 0) as orders,
                bench.total(gain) as gain, bench.total(counts) as counts
            from ({rows}) e
            group by member_id
        ) g
    ) m"""

    def month(self):
        odd = "\nunion all\n".join(
            f"select member_id, {index} as month from bench.month where (odd >> {index}) & 1 = 1"
            for index in range(len(self.months)))
        return f"""
drop table if exists bench.month, bench.odd;
create unlogged table bench.month as
select member_id, sum(points) as points, sum(points) filter (where month = 0) as expiring,
    bit_or(odd) as odd
from ({self.branches(self.month_branch)}
) b
group by member_id;
create unlogged table bench.odd as
{odd};
analyze bench.month, bench.odd;
"""

    def rare(self):
        rows = self.window_rows(
            f"""member_id, order_id, event_id, occurred_at, {self.month_of_row} as month,
            greatest({PAID}, 0) as cents, category_ids""",
            f"kind = 1 and {VALID}")
        return f"""
drop table if exists bench.rare;
create unlogged table bench.rare as
select e.*, a.cents as asked_cents, a.first_month as asked_first, o.month is not null as is_odd
from ({rows}) e
left join bench.asked a using (member_id, order_id)
left join bench.odd o using (member_id, month)
where a.cents is not null or o.month is not null;
-- Written a partition after the other, so a month's rows lie together.
create index on bench.rare using brin (month) with (pages_per_range = 16);
analyze bench.rare;
"""

    def touched(self):
        """Nearly all orders have one credit and are asked for it afterwards. The others, month by
        month: `unmet` is what was asked for by then less what was there, and a credit keeps what
        the later months never come back for."""
        return f"""
drop table if exists bench.credit, bench.touched;
create unlogged table bench.credit as
select member_id, order_id, month, bench.total(cents) as cents, min(occurred_at) as dated_at,
    max({BONUS}) as bonus, min(asked_cents) as asked_cents, min(asked_first) as asked_first
from bench.rare
where asked_cents is not null
group by member_id, order_id, month;
create unlogged table bench.touched as
with several as (
    select member_id, order_id
    from bench.credit
    group by member_id, order_id
    having count(*) > 1 or min(asked_first) < min(month)
),
change as (
    select member_id, order_id, month, -cents as cents
    from bench.credit
    where (member_id, order_id) in (select * from several)
    union all
    select member_id, order_id, month, cents
    from bench.taken
    where (member_id, order_id) in (select * from several)
),
balance as (
    select member_id, order_id, month, sum(cents) as change,
        sum(sum(cents)) over (partition by member_id, order_id order by month) as unmet
    from change
    group by member_id, order_id, month
),
remaining as (
    select member_id, order_id, month,
        greatest(unmet - change - max(unmet) over (
            partition by member_id, order_id order by month
            rows between current row and unbounded following), 0)::bigint as left_cents
    from balance
)
select member_id, order_id, month, c.cents, dated_at, bonus,
    coalesce(r.left_cents, greatest(c.cents - c.asked_cents, 0)) as left_cents
from bench.credit c
left join remaining r using (member_id, order_id, month);
analyze bench.touched;
"""

    @staticmethod
    def odd_branch(index, month):
        """What an odd month earns, less what `month` took it for. An order's points go with one of
        its events. No window functions: they would keep the branches from running in parallel."""
        rows = f"bench.rare where month = {index} and is_odd"
        return f"""
    select member_id, {index} as month, sum(points + bonus)::int as points
    from (
        select member_id,
            sum(case when (carrier is null or carrier = event_id) and left_cents >= 200
                    then {points('left_cents', 'dated_at', [month])} else 0 end
                - case when cents >= 200
                    then {points('cents', 'occurred_at', [month])} + {BONUS} else 0
                end) as points,
            least(greatest(icount(bench.categories(array_remove(category_ids, null))
                filter (where left_cents >= 200)) - 1, 0), 5) as bonus
        from (
            select e.*, s.carrier, {day(month)} as day,
                coalesce(s.dated_at, e.occurred_at) as dated_at,
                coalesce(t.left_cents, s.cents, e.cents) as left_cents
            from (select * from {rows}) e
            left join (
                select member_id, order_id, bench.total(cents) as cents,
                    min(occurred_at) as dated_at, min(event_id) as carrier
                from {rows}
                group by member_id, order_id
                having count(*) > 1
            ) s using (member_id, order_id)
            left join (
                select member_id, order_id, left_cents from bench.touched where month = {index}
            ) t using (member_id, order_id)
        ) o
        group by member_id, day
    ) d
    group by member_id"""

    def best(self):
        worth = {cents: f"case when {cents} >= 200 then"
                        f" {points(cents, 'dated_at', self.months)} + bonus else 0 end"
                 for cents in ("left_cents", "cents")}
        levels = "\n".join(f"        when points >= {least} then '{name}'" for name, least in LEVELS)
        last_day = f"date '{data.last_day_text(data.PERIOD)}'"
        return f"""
drop table if exists bench.best;
-- Each branch to a process of its own, rather than all processes to each branch.
set parallel_tuple_cost = 1;
create table bench.best as
select member_id, points, expiring_points,
    case
{levels}
        else 'Silver'
    end as level
from (
    select member_id,
        greatest(coalesce(o.points, 0) + coalesce(c.points, 0), 0) as points,
        coalesce(o.expiring, 0) + coalesce(c.expiring, 0) as expiring_points
    from loyalty.member m
    left join bench.month o using (member_id)
    left join (
        select member_id, sum(points) as points, sum(points) filter (where month = 0) as expiring
        from ({self.branches(self.odd_branch)}
    union all
    select t.member_id, t.month,
        ({worth['left_cents']} - ({worth['cents']}))::int as points
    from bench.touched t
    join bench.month o on o.member_id = t.member_id and (o.odd >> t.month) & 1 = 0
    where t.left_cents < t.cents
        ) u
        group by member_id
    ) c using (member_id)
    where m.registered_on <= {last_day} and (m.closed_on is null or m.closed_on > {last_day})
) p;
alter table bench.best add primary key (member_id);
"""
