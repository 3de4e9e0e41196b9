"""Names and words of a programme file that look like SQL, a shell's or a terminal's commands."""

import json

from cases import add_case, expect, expect_equal
from live import Copy, Session
from published import fingerprint
from setting import FOLDER, OPEN, SOURCE, TODAY, changed_config, run, socket_dsn

CLOSE = ("close", "--today", TODAY)
DROP = "drop table tierclose.standing cascade; --"

# Tables that are really called so are read as any other.
TABLES = (f"shop.member; {DROP}", f'member"; {DROP}', "member'; select 1", "%s%n%n%x", "a.b",
          "select", "$(id)", "Member \u00fc \u5b57", "member) to program 'id'")
# What is no name of a table, or of one that the job cannot read as one.
NO_NAMES = (
    f"loyalty.member; {DROP}", f'loyalty."member"" ; {DROP}"', "(select * from loyalty.member)",
    "loyalty.member where true", "loyalty.member, loyalty.event_kind", "loyalty.*",
    "loyalty.member -- ", "only loyalty.member", "member", "pg_temp.member", '"$user".member',
    "loyalty.member.member_id", "loyalty.", "%s%s%s%n", "loyalty." + "m" * 300,
    "pg_catalog.pg_class", "tierclose.run", "tierclose.today", "loyalty.point_event_pkey")
WORDS = (f"Gold'); {DROP}", 'Gold"', "%s%n%n", "$(id)`id`", "{Gold}", "<b>Gold</b>",
         "=1+1", "null")


def yaml_text(text):
    return json.dumps(text, ensure_ascii=False)


def with_members(name):
    return changed_config(FOLDER, (SOURCE, SOURCE.replace(
        "members: loyalty.member", f"members: {yaml_text(name)}")))


def identifier(name):
    return '"' + name.replace('"', '""') + '"'


def try_tables():
    """One view after the other is what the job reads as its members."""
    with Copy(OPEN, "tierclose_access_tables") as database, Session(database) as session:
        session.query("create schema shop; grant usage on schema shop to tierclose_job")
        for name in TABLES:
            view = f"shop.{identifier(name)}"
            session.query(f"create view {view} as select * from loyalty.member;"
                          f"grant select on {view} to tierclose_job")
            config = with_members(view)
            run((*CLOSE, "--dry-run", "--full"), socket_dsn(database, "access_job"), config).expect(
                0, "would be closed")
            run(("check", "--db"), socket_dsn(database, "access_job"), config).expect(0)


def try_no_names():
    with Copy(OPEN, "tierclose_access_no_names") as database, Session(database) as session:
        before = fingerprint(session, exact=True)
        for name in NO_NAMES:
            for words in (CLOSE, ("check", "--db")):
                ended = run(words, socket_dsn(database, "access_job"), with_members(name))
                ended.expect(78, "error: ", "hint: ")
                expect("syntax error" not in ended.err, f"{name} reached the server: {ended.err}")
        expect_equal(fingerprint(session, exact=True), before, "what readers see")


def try_words():
    """A level and its coupon of that name are published and explained as they stand."""
    with Copy(OPEN, "tierclose_access_words") as database, Session(database) as session:
        dsn = socket_dsn(database, "access_job")
        for word in WORDS:
            config = changed_config(
                FOLDER, ("{name: Platinum,", f"{{name: {yaml_text(word)},"),
                ("      Platinum: {top", f"      {yaml_text(word)}: {{top"),
                ("        Platinum: [{code: LEVEL-PLATINUM,",
                 f"        {yaml_text(word)}: [{{code: {yaml_text(word)},"))
            run(CLOSE, dsn, config).expect(0)
            rows = session.query("select l.to_level, g.coupon, m.level"
                                 " from tierclose.level_changes l"
                                 " join tierclose.coupon_grants g using (member_id, period)"
                                 " join tierclose.standings m using (member_id, period)"
                                 " where member_id = 5001 and period = '2025-12'"
                                 " and g.status <> 'revoked'")
            expect_equal(rows, [[word] * 3], f"level, coupon, standing called {word}")
            words = ("explain", "--member", "5001", "--period", "2025-12")
            run(words, dsn, config).expect(0, word)
            ended = run((*words, "--format", "json"), dsn, config).expect(0)
            expect_equal(json.loads(ended.out)["level"], word, f"the level {word} in JSON")
            run(("verify", "--period", "2025-12"), dsn, config).expect(0)


# What a terminal takes for a command, and COPY for an escape, is in no name of a level.
def try_control_characters():
    for escape in ("\\\\N", "\\\\.", "\\e[31m", "\\x1b]0;title\\a", "\\u202e", "\\0", "\\r", "\\n",
                   "\\u2028"):
        config = changed_config(FOLDER, ("{name: Platinum,", f'{{name: "Platinum{escape}",'))
        ended = run(("check",), None, config).expect(78, "error: ", "hint: ")
        seen = ended.out + ended.err
        expect(all(letter == "\n" or letter.isprintable() for letter in seen), repr(seen))


def try_server_says():
    """Nor does it pass on what the database says to a terminal."""
    with Copy(OPEN, "tierclose_access_says") as database, Session(database) as session:
        session.query("insert into loyalty.event_kind values (200, E'a\\x1b[31m\\r\\u202e')")
        config = with_members("loyalty.member")
        for words in (CLOSE, ("check", "--db")):
            ended = run(words, socket_dsn(database, "access_job"), config)
            seen = ended.out + ended.err
            expect(all(letter == "\n" or letter.isprintable() for letter in seen), repr(seen))
        session.query("create schema shop; create function shop.say() returns boolean language"
                      " plpgsql as $$ begin raise exception E'hm\\x1b[31m\\r\\u202e\\u009bhm'; end"
                      " $$; create view shop.m as select * from loyalty.member where shop.say();"
                      "grant usage on schema shop to tierclose_job;"
                      "grant select on shop.m to tierclose_job")
        ended = run(CLOSE, socket_dsn(database, "access_job"), with_members("shop.m"))
        expect(ended.code != 0 and "hm" in ended.err, ended.told())
        expect(all(letter == "\n" or letter.isprintable() for letter in ended.err),
               repr(ended.err))


def register():
    add_case("tables with hostile names are read as any other", try_tables)
    add_case("what is no name of a table is refused", try_no_names)
    add_case("hostile words of a programme are published as they stand", try_words)
    add_case("control characters in a programme are refused", try_control_characters)
    add_case("control characters of the server do not reach the terminal", try_server_says)
