"""Databases without sql/, with some of it, with more than it; databases in other encodings."""

import itertools

from cases import add_case, expect, expect_equal
from job import Job, config_file
from live import Session, psql
from setting import PERIOD, TODAY, Place, bare_database, new_place, sqitch

COMMANDS = (("close", "--today", TODAY), ("close", "--dry-run", "--today", TODAY),
            ("backfill", "--from", PERIOD, "--to", PERIOD, "--today", TODAY),
            ("restate", "--period", PERIOD), ("verify", "--period", PERIOD), ("status",),
            ("explain", "--member", 1, "--period", PERIOD), ("check", "--db"))
# The changes of sql/ before the last one: what finds all that it needs.
DEPLOYED = {
    None: (),
    "loyalty": (),
    "results": ("close --dry-run",),
    "member_center": ("close --dry-run", "status"),
}
# Without results nothing is closed: no explanation is compared, and nothing can be restated.
NEVER_CLOSED = ("restate", "verify", "explain")


def try_half_deployed(change):
    """Never a half result: what needs more than there is says that sql/ is to be deployed."""
    with bare_database() as database:
        if change is not None:
            sqitch(database, "deploy", "--to", change)
        for words in COMMANDS:
            with Job(database, words) as job:
                job.wait()
            if " ".join(map(str, words)).startswith(tuple(DEPLOYED[change])):
                job.expect_code(0)
            elif job.code != 65 or words[0] not in NEVER_CLOSED:
                job.expect_code(78)
                expect(job.err.splitlines()[-1].startswith("hint: deploy sql/"), job.told())


def try_older():
    """A column of today's is not there yet."""
    with new_place("alter table tierclose.run drop column month_orders cascade") as place:
        place.job("close", "--today", TODAY, code=78).expect_error(
            "month_orders", "hint: deploy sql/")
        expect_equal(place.query("select status from tierclose.run"), [], "the ledger")


def try_newer():
    """Columns and tables of tomorrow's do no harm."""
    with new_place("alter table tierclose.run add more int not null default 1, add yet text;"
                   "alter table tierclose.level_change add more int;"
                   "alter table tierclose.coupon_grant add more int default 5;"
                   "alter table tierclose.standing add more int;"
                   "alter table loyalty.point_event add channel text;"
                   "alter table loyalty.member add name text;"
                   "create table tierclose.standing_of_tomorrow (n int);") as place:
        place.add({"event_id": 1, "points": 200})
        place.expect_right({1: 200, 2: 0, 3: 0})
        place.add({"event_id": 2, "points": 7})
        place.close(today="2026-01-03")
        expect_equal(place.standings(), {1: 207, 2: 0, 3: 0}, "settled")
        place.job("check", "--db")


PROGRAMME = """
# {remark}
program: {program}
timezone: America/Los_Angeles
currency: EUR
rules:
  - from: 1990-01
    levels:
      - {{name: Brons, min_points: 0}}
      - {{name: {level}, min_points: 10}}
    earning:
      bonus: {{points: recorded}}
      {kind}: {{points: 1}}
    coupons:
      level_up:
        {level}: [{{code: {coupon}, value: 3.00, min_spend: 20.00}}]
    benefits:
      {level}: {{gift: {gift}}}
"""
LATIN = {"remark": "Für Mitglieder", "program": "Büro-Klub", "level": "Größe", "kind": "Besüch",
         "coupon": "KUPÖN", "gift": "Käse"}
CYRILLIC = {"remark": "Клуб", "program": "Клуб", "level": "Золото", "kind": "Визит",
            "coupon": "КУПОН", "gift": "чай"}
WIDE = {"remark": "会员", "program": "会员 🎉", "level": "金", "kind": "签到", "coupon": "券🎁",
        "gift": "茶"}
# Encoding: which programmes it can hold.
ENCODINGS = {"UTF8": (LATIN, CYRILLIC, WIDE), "SQL_ASCII": (LATIN, CYRILLIC, WIDE),
             "LATIN1": (LATIN,), "WIN1251": (CYRILLIC,)}


def try_encoding(encoding):
    """What the database can hold comes back as it was written; anything else is refused before
    anything is written, also where only a remark has it."""
    with bare_database(f"encoding '{encoding}' locale 'C'") as database:
        sqitch(database, "deploy")
        psql(database, "do $$ begin perform loyalty.ensure_event_months('2025-01-01', '2026-01-31');"
                       " end $$; insert into loyalty.member values (1, '2025-01-01')")
        with Session(database) as session:
            session.query("set client_encoding = 'UTF8'")
            numbers = itertools.count(100)
            for words in ENCODINGS[encoding]:
                number = next(numbers)
                session.query(
                    f"insert into loyalty.event_kind values ({number}, '{words['kind']}');"
                    "insert into loyalty.point_event (event_id, member_id, kind, occurred_at, points)"
                    f" values ({number}, 1, {number}, '2025-12-05 12:00-08', null),"
                    f" ({number + 1000}, 1, 8, '2025-12-05 12:00-08', 10)")
                with config_file(PROGRAMME.format(**words)) as config:
                    try_words(Place(database, session, config), words)
            for words in (LATIN, CYRILLIC, WIDE):
                if words not in ENCODINGS[encoding]:
                    only_remark = PROGRAMME.format(**{**ENCODINGS[encoding][0],
                                                      "remark": words["remark"]})
                    with config_file(only_remark) as config:
                        try_foreign(Place(database, session, config))


def try_words(place, words):
    place.close("--full")
    expect_equal(place.query(f"select level from tierclose.standings where period = '{PERIOD}'"),
                 [[words["level"]]], "the level")
    center = place.query("set tierclose.today = '2026-01-10'; select level, coupons -> 0 ->> 'coupon',"
                         " benefits ->> 'gift' from tierclose.member_center")[-1]
    expect_equal(center, [words["level"], words["coupon"], words["gift"]], "member_center")
    kept = place.query("select body from tierclose.config c join tierclose.run r using"
                       " (config_sha256) order by run_id desc limit 1")
    expect([f"# {words['remark']}"] in kept, f"the file that is kept: {kept}")
    job = place.job("explain", "--member", 1, "--period", PERIOD)
    expect(words["kind"] in job.out and f"Level: {words['level']}," in job.out, job.out)
    job = place.job("explain", "--member", 1, "--period", PERIOD, "--format", "json")
    expect(words["kind"] in job.out and words["level"] in job.out, job.out)
    place.job("verify", "--period", PERIOD)
    place.job("check", "--db")


def try_foreign(place):
    before = place.query("select run_id, status from tierclose.run order by 1")
    job = place.close("--full", code=78)
    job.expect_error(f"{place.config} cannot be kept with its runs", "has no equivalent in encoding",
                     "hint: keep names, and the programme file with its comments, to letters")
    job = place.job("check", "--db", code=78)
    expect("cannot be kept with its runs" in job.err, job.told())
    expect_equal(place.query("select run_id, status from tierclose.run order by 1"), before,
                 "the ledger")


def try_broken_letters():
    """SQL_ASCII takes any bytes; what is no UTF-8 is no text for the job."""
    with bare_database("encoding 'SQL_ASCII' locale 'C'") as database:
        sqitch(database, "deploy")
        psql(database, "do $$ begin perform loyalty.ensure_event_months('2025-12-01', '2025-12-31');"
                       " end $$; insert into loyalty.member values (1, '2025-01-01');"
                       " insert into loyalty.event_kind values (100, E'Bes\\xfcch');"
                       " insert into loyalty.point_event (event_id, member_id, kind, occurred_at)"
                       " values (1, 1, 100, '2025-12-05 12:00-08')")
        with Session(database) as session:
            place = Place(database, session)
            place.refuses(78, "loyalty.event_kind", "invalid byte sequence", "hint: keep names")
            place.job("explain", "--member", 1, "--period", PERIOD, code=78).expect_error(
                "loyalty.event_kind", "hint: keep names")


def register():
    for change in DEPLOYED:
        add_case("an empty database" if change is None else f"sql/ deployed as far as {change}",
                 try_half_deployed, change)
    add_case("an older schema", try_older)
    add_case("a newer schema", try_newer)
    for encoding in ENCODINGS:
        add_case(f"a database in {encoding}", try_encoding, encoding)
    add_case("a kind whose name is no text", try_broken_letters)
