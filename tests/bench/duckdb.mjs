/*
 * config/aliexpress.yaml in DuckDB, on events and members exported as CSV.
 *
 *   node duckdb.mjs FOLDER FIRST_DAY UNTIL_DAY LAST_DAY
 *
 * FOLDER holds event-*.csv and member.csv; result.csv is written there. Time stamps are local times,
 * so they are read as the local day. DUCKDB_MODULE names the folder
 * that @duckdb/node-api was installed in.
 */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';

const require = createRequire(`${process.env.DUCKDB_MODULE}/`);
const { DuckDBInstance } = require('@duckdb/node-api');
const [folder, firstDay, untilDay, lastDay] = process.argv.slice(2);

const statements = [
    `create table event as
    select member_id, kind, moment as day, order_id, item_cents, discount_cents, categories,
        points, item_cents - coalesce(discount_cents, 0) as paid
    from read_csv('${folder}/event-*.csv', header = false, nullstr = '', auto_detect = false, delim = ',', quote = '"', columns = {
        member_id: 'BIGINT', kind: 'SMALLINT', moment: 'DATE', order_id: 'BIGINT',
        item_cents: 'BIGINT', discount_cents: 'BIGINT', categories: 'VARCHAR', points: 'INTEGER'})
    where moment >= date '${firstDay}' and moment < date '${untilDay}'
        and (kind <> 1 or (order_id is not null and item_cents >= 0
            and coalesce(discount_cents, 0) >= 0))`,

    // What refunds and frauds ask for; no amount: everything.
    `create table taken as
    select member_id, order_id, month(day) as month,
        sum(case when kind = 3 or item_cents is null then 1000000000000 else item_cents end) as cents
    from event
    where order_id is not null and (kind = 3 or (kind = 2 and coalesce(item_cents, 0) >= 0))
    group by all`,

    `create table credit as
    select member_id, order_id, month(day) as month, sum(greatest(paid, 0))::bigint as cents,
        min(day) as dated_on
    from event
    where kind = 1
    group by all`,

    // Takes act on the credits of their month and of earlier ones, the latest first: a credit keeps
    // what the later months never come back for.
    `create table remaining as
    with change as (
        select member_id, order_id, month, -cents as change
        from credit semi join taken using (member_id, order_id)
        union all
        select member_id, order_id, month, cents from taken
    ),
    balance as (
        select member_id, order_id, month, sum(change) as asked,
            sum(sum(change)) over (partition by member_id, order_id order by month) as unmet
        from change
        group by member_id, order_id, month
    )
    select member_id, order_id, month, greatest(0, unmet - asked - max(unmet) over (
        partition by member_id, order_id order by month
        rows between current row and unbounded following))::bigint as cents
    from balance`,

    `create table earning as
    select c.member_id, c.order_id, c.month, coalesce(r.cents, c.cents) as cents, dated_on
    from credit c left join remaining r using (member_id, order_id, month)`,

    // Only a day with two events, or an event with two categories, can have a bonus.
    `create table bonus as
    with day_event as (
        select member_id, day, count(*) as events, bool_or(contains(categories, ',')) as several
        from event
        where kind = 1 and categories is not null
        group by all
        having events > 1 or several
    ),
    category as (
        select e.member_id, e.day, unnest(string_split(e.categories[2:-2], ',')) as category
        from event e
        semi join day_event using (member_id, day)
        anti join (select * from earning where cents < 200) c
            on c.member_id = e.member_id and c.order_id = e.order_id and c.month = month(e.day)
        where e.kind = 1 and e.categories is not null
    )
    select member_id, month(day) as month, least(count(distinct category) - 1, 5) as points
    from category
    where category <> 'NULL'
    group by member_id, day
    having count(distinct category) > 1`,

    `create table other as
    select member_id, month(day) as month,
        least(count(*) filter (where kind = 6), 10) + least(2 * count(*) filter (where kind = 7), 10)
        + least(bit_count(coalesce(bit_or(1 << day(day)) filter (where kind = 5), 0)), 10)
        + count(*) filter (where kind = 4 and item_cents >= 200)
        + coalesce(sum(points) filter (where kind in (8, 9)), 0) as points
    from event
    where kind between 4 and 9
    group by all`,

    `create table total as
    select member_id, sum(points)::bigint as points,
        coalesce(sum(points) filter (where month = month(date '${firstDay}')), 0)::bigint as expiring
    from (
        select member_id, month, least(500, cents // 100
            * case when dated_on = date '2025-11-11' then 2 else 1 end) as points
        from earning
        where cents >= 200
        union all
        select member_id, month, points from bonus
        union all
        select member_id, month, points from other
    )
    group by all`,

    `copy (
        select member_id, points, expiring, case when points >= 1501 then 'Diamond'
            when points >= 501 then 'Platinum' when points >= 101 then 'Gold' else 'Silver' end
        from (
            select m.member_id, greatest(coalesce(t.points, 0), 0) as points,
                coalesce(t.expiring, 0) as expiring
            from read_csv('${folder}/member.csv', header = false, nullstr = '', columns = {
                member_id: 'BIGINT', registered_on: 'DATE', closed_on: 'DATE'}) m
            left join total t using (member_id)
            where registered_on <= date '${lastDay}'
                and (closed_on is null or closed_on > date '${lastDay}')
        )
    ) to '${folder}/result.csv' (format csv, header false)`,
];

const instance = await DuckDBInstance.create(':memory:', {
    threads: String(availableParallelism()),
    preserve_insertion_order: 'false',
});
const connection = await instance.connect();
for (const statement of statements) {
    const started = performance.now();
    await connection.run(statement);
    if (process.env.DUCKDB_TIMES) {
        const seconds = (performance.now() - started) / 1000;
        console.error(seconds.toFixed(2), statement.slice(0, 30));
    }
}
