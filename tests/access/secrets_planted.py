"""A password is planted where one may be given, and looked for in all that comes out.

Looked at: stdout, stderr, every file that the job leaves, its entries in /proc, the server's list
of sessions, the server's log, a dump of the database.
"""

import pathlib
import secrets
import subprocess
import tempfile

from cases import add_case, expect, expect_equal, wait_until
from live import Copy, Session, psql
from setting import (ALL_COMMANDS, OPEN, PROGRAM, SERVER_LOG, TODAY, changed_config,
                     run, socket_dsn, start, tcp_dsn, wait_for, write_file)

PLANTED = f"Planted-{secrets.token_hex(6)}-Secret"
WRONG = f"Mistaken-{secrets.token_hex(6)}-Secret"
USER = "secret_user"
DATABASE = "tierclose_access_secret"
CLOSE = ("close", "--today", TODAY)
WAITING = ("select pid from pg_locks where not granted and database ="
           f" (select oid from pg_database where datname = '{DATABASE}')")


def expect_untold(text, where):
    for secret in (PLANTED, WRONG):
        for part in (secret, secret[:14], secret[-14:]):
            expect(part not in text, f"{where} tells the secret: {text[:1500]}")


def told_nothing(ended):
    expect_untold(ended.out + ended.err, "the output")
    return ended


def service_text(password):
    dsn = socket_dsn(DATABASE, USER).replace("'", "").replace(" ", "\n")
    return f"[planted]\n{dsn}\npassword={password}\n"


def ways(folder, password):
    """(name, dsn, environment) of each way to give it; nothing of it on the command line."""
    home = pathlib.Path(folder)
    line = f"*:*:*:*:{password}\n"
    dsn = socket_dsn(DATABASE, USER)
    write_file(home, ".pgpass", line)
    write_file(home, "own_pass", line)
    write_file(home, "empty", "")
    service = write_file(home, "service.conf", service_text(password))
    write_file(home, ".pg_service.conf", service_text(password))
    no_file = {"HOME": "/nonexistent"}
    return (
        ("PGPASSWORD", dsn, {**no_file, "PGPASSWORD": password}),
        ("PGPASSFILE", dsn, {**no_file, "PGPASSFILE": str(home / "own_pass")}),
        ("passfile", f"{dsn} passfile='{home / 'own_pass'}'", no_file),
        ("~/.pgpass", dsn, {"HOME": folder}),
        ("PGSERVICEFILE", "service=planted", {**no_file, "PGSERVICEFILE": str(service)}),
        ("~/.pg_service.conf", None, {"HOME": folder, "PGSERVICE": "planted",
                                      "PGPASSFILE": str(home / "empty")}),
        ("URI", f"postgresql://{USER}@/{DATABASE}?service=planted",
         {**no_file, "PGSERVICEFILE": str(service)}),
    )


def try_way(name, dsn, environment, session):
    """The job is held up at a table, and looked at from outside."""
    session.query("begin; lock table loyalty.member in access exclusive mode")
    process = start(CLOSE, dsn, **environment)
    try:
        with Session(DATABASE) as watching:
            wait_until(lambda: process.poll() is not None or watching.query(WAITING),
                       "the job to wait for the table")
            seen = watching.query("select application_name, query, backend_type from"
                                  f" pg_stat_activity where datname = '{DATABASE}'")
        expect(process.poll() is None, f"{name}: the job ended")
        expect_untold(str(seen), f"{name}: pg_stat_activity")
        for entry in ("cmdline", "comm", "status", "environ"):
            text = pathlib.Path(f"/proc/{process.pid}/{entry}").read_bytes().decode()
            if entry == "environ" and name == "PGPASSWORD":
                text = text.replace(f"PGPASSWORD={PLANTED}", "")  # where the user has put it
            expect_untold(text, f"{name}: {entry}")
    finally:
        session.query("rollback")
    told_nothing(wait_for(process)).expect(0)


def expect_files_untold(folder, planted):
    """Of what stands there now; the test has put the files `planted` there."""
    for path in pathlib.Path(folder).rglob("*"):
        if path.is_file() and path.name not in planted:
            expect_untold(path.read_text(encoding="utf-8", errors="replace"), str(path))


def extra_options(folder):
    """Of what a close writes and says besides, where this version has it."""
    shown = subprocess.run([PROGRAM, "help", "close"], text=True, capture_output=True,
                           check=True).stdout
    known = {"--log-format": "json", "--metrics": f"{folder}/metrics.prom"}
    return [word for name, value in known.items() if name in shown for word in (name, value)]


def make_reports(folder, dsn, environment):
    shown = subprocess.run([PROGRAM, "--help"], text=True, capture_output=True, check=True).stdout
    if "\n  report " in shown:
        words = ("report", "--period", "2025-11", "--out", f"{folder}/report")
        told_nothing(run(words, dsn, **environment)).expect(0)


def try_right(folder):
    planted = {".pgpass", "own_pass", "service.conf", ".pg_service.conf"}
    with Session(DATABASE) as session:
        for name, dsn, environment in ways(folder, PLANTED):
            environment = {**environment, "TMPDIR": folder}
            try_way(name, dsn, environment, session)
            told_nothing(run(("status",), dsn, **environment)).expect(0)
        for words in ALL_COMMANDS:
            told_nothing(run(words, dsn, **environment)).expect(0)
        told_nothing(run((*CLOSE, *extra_options(folder)), dsn, **environment)).expect(0)
        make_reports(folder, dsn, environment)
    expect_files_untold(folder, planted)


def try_wrong(folder):
    for _, dsn, environment in ways(folder, WRONG):
        for words in (CLOSE, ("status",)):
            told_nothing(run(words, dsn, **environment)).expect(
                69, "password authentication failed", "hint: ")


def failing(folder):
    """(what, dsn, changes of the environment, part of the message) of connections that fail."""
    home = pathlib.Path(folder)
    wide = write_file(home, "wide", f"*:*:*:*:{PLANTED}\n", 0o644)
    broken = write_file(home, "broken.conf", f"[planted]\nhost=/x\npassword {PLANTED}\n")
    unknown = write_file(home, "unknown.conf", f"[planted]\nhost=/x\npasswort={PLANTED}\n")
    dsn = socket_dsn(DATABASE, USER)
    return (
        ("no such socket", socket_dsn(DATABASE, USER, host="/nonexistent"), {}, "No such file"),
        ("nobody listens", tcp_dsn(DATABASE, USER, port="1"), {}, "refused"),
        ("two hosts", socket_dsn(DATABASE, USER, host="/nonexistent,/nonexistent2"), {}, "No such"),
        ("no such database", socket_dsn("nowhere", USER), {}, "does not exist"),
        ("no such user", tcp_dsn(DATABASE, "nobody_here"), {}, "no pg_hba.conf entry"),
        ("no host of that name", f"host=nowhere.invalid dbname={DATABASE} user={USER}", {},
         "nowhere"),
        ("a bad sslmode", f"{dsn} sslmode=perhaps", {}, "sslmode"),
        ("a bad port", f"host=localhost port=x dbname={DATABASE}", {}, "port"),
        ("no key file", tcp_dsn(DATABASE, "tls_cert", sslmode="require", sslcert="/x", sslkey="/y"),
         {}, "certificate"),
        ("no such service", "service=nowhere", {}, "nowhere"),
        ("a password file for all to read", dsn, {"PGPASSWORD": None, "PGPASSFILE": str(wide)},
         "no password supplied"),
        ("a broken service file", "service=planted", {"PGSERVICEFILE": str(broken)},
         "syntax error"),
        ("an unknown word there", "service=planted", {"PGSERVICEFILE": str(unknown)},
         "syntax error"),
    )


def try_failing(folder):
    for what, dsn, changes, part in failing(folder):
        environment = {"PGPASSWORD": PLANTED, "PGSERVICEFILE": f"{folder}/service.conf", **changes}
        for words in (CLOSE, ("status",)):
            ended = told_nothing(run(words, dsn, **environment))
            expect(ended.code in (64, 69) and part in ended.err, f"{what}: {ended.told()}")


def try_limits():
    """Refused at the door although the password is right, and thrown out later."""
    dsn = socket_dsn(DATABASE, USER)
    for closing, opening, part in (
            (f"alter role {USER} connection limit 0", f"alter role {USER} connection limit -1",
             "too many connections"),
            (f"alter database {DATABASE} allow_connections false",
             f"alter database {DATABASE} allow_connections true", "not currently accepting"),
            (f"alter role {USER} nologin", f"alter role {USER} login", "not permitted to log in")):
        psql("postgres", closing)
        try:
            told_nothing(run(CLOSE, dsn, PGPASSWORD=PLANTED)).expect(69, part)
        finally:
            psql("postgres", opening)
    with Session(DATABASE) as session:
        session.query("begin; lock table loyalty.member in access exclusive mode")
        process = start((*CLOSE, "--full"), dsn, PGPASSWORD=PLANTED)
        wait_until(lambda: psql("postgres", WAITING), "the job to wait for the table")
        psql("postgres", f"select pg_terminate_backend(pid) from ({WAITING}) waiting")
        session.query("rollback")
        told_nothing(wait_for(process)).expect(69, "the connection was lost")


def try_command_line():
    """Refused, whatever else is wrong, and not repeated."""
    for words in (*ALL_COMMANDS, ("status", "--format", "json")):
        for dsn in (f"host=/x password={PLANTED}", f"postgresql://u:{PLANTED}@h/d",
                    f"postgresql://u@h/d?password={PLANTED}", f"service=x sslpassword={PLANTED}"):
            ended = told_nothing(run(words, dsn, config="/nonexistent"))
            ended.expect(64, "error: --dsn holds a secret", "hint: ")
            expect_equal(ended.out, "", "stdout")
        told_nothing(run(words, f"password='{PLANTED}")).expect(64, "cannot be read")


def try_programme(folder):
    """Where somebody thinks that the programme's file is the place for it."""
    key = ("program: aliexpress-member", f"program: aliexpress-member\npassword: {PLANTED}")
    url = (key[0], f"{key[0]}\ndsn: postgresql://u:{PLANTED}@h/d")
    for replacement in (key, url):
        ended = told_nothing(run(("check",), None, changed_config(folder, replacement)))
        ended.expect(78, "error: ")


def expect_server_untold():
    expect_untold(SERVER_LOG.read_text(encoding="utf-8", errors="replace"), "the server's log")
    expect("connection authorized: user=secret_user" in SERVER_LOG.read_text(encoding="utf-8"),
           "the server's log has no connections")
    dump = subprocess.run(["pg_dump", DATABASE], text=True, capture_output=True, check=True).stdout
    expect_untold(dump, "the database")


def try_secrets():
    with Copy(OPEN, DATABASE), tempfile.TemporaryDirectory() as folder:
        psql("postgres", f"set log_statement = 'none'; create role {USER} login in role"
                         f" tierclose_job password '{PLANTED}';")
        try_right(folder)
        try_failing(folder)
        try_limits()
        try_wrong(folder)
        try_command_line()
        try_programme(folder)
        expect_server_untold()


def register():
    add_case("a planted password comes out nowhere", try_secrets)
