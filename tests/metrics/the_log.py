"""--log-format json: every line of stderr is an object, whatever happens."""

import json
import os
import pty
import signal
import subprocess

from cases import add_case, expect, expect_equal
from job import CONFIG, PROGRAM, Job, changed_config, run_job
from live import Session, psql
from the_file import LOCK, NOWHERE, Place, wait_for_connection

# Below them the program cannot be loaded, above them a close of the sample fits.
MEMORY_FROM_MB, MEMORY_UNTIL_MB = 14, 80
KEYS = ["time", "level", "command", "event", "message"]


def lines_of(text, command):
    """The objects; each has what every line has."""
    lines = []
    for line in text.splitlines():
        expect(line.isprintable(), f"a control character in {line!r}")
        try:
            lines.append(json.loads(line))
        except ValueError:
            expect(False, f"no JSON: {line!r}")
        expect_equal(list(lines[-1])[:len(KEYS)], KEYS, f"the keys of {line}")
        expect_equal(lines[-1]["command"], command, "the command")
    expect(text == "" or text.endswith("\n"), "the last line has no end")
    return lines


def start(database, *words, host=None, config=CONFIG, through=(), **options):
    dsn = f"dbname={database}" + (f" host={host}" if host else "")
    return subprocess.run([*through, PROGRAM, *words, "--log-format", "json", "--config", config,
                           "--dsn", dsn], text=True, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          check=False, **{"stdout": subprocess.PIPE, **options})


def expect_error(done, command, code):
    """The one error among the lines, whose exit code is the process'."""
    errors = [line for line in lines_of(done.stderr, command) if line["level"] == "error"]
    expect_equal((done.returncode, [line["exit_code"] for line in errors]), (code, [code]),
                 f"exit codes; {done.stderr}")
    expect(errors[0]["message"] and "hint" in errors[0], f"no words: {errors}")
    return errors[0]


def a_close():
    with Place() as place:
        done = start(place.database, "close", "--today", "2025-12-31")
        expect_equal(done.returncode, 0, done.stderr)
        lines = lines_of(done.stderr, "close")
        expect_equal([line["event"] for line in lines],
                     ["started", "phase_ended", "phase_ended", "phase_ended", "result", "ended"],
                     "events")
        expect_equal({line["level"] for line in lines}, {"info"}, "levels")
        result = lines[4]
        counted = psql(place.database,
                       "select run_id, members, points, events, upgrades, grants, anomalies"
                       " from tierclose.runs").strip().split("|")
        expect_equal([str(result[name]) for name in ("run_id", "members", "points", "events",
                                                     "upgrades", "grants", "anomalies")], counted,
                     "the result")
        expect_equal((result["period"], result["action"]), ("2025-12", "close"), "the result")
        expect(lines[2]["phase"] == "2025-12: read events" and lines[2]["done"] > 0
               and lines[2]["unit"] == "events", f"a phase: {lines[2]}")
        expect_equal(lines[-1]["exit_code"], 0, "the end")
        expect("Period 2025-12 closed by run" in done.stdout, "the summary is not on stdout")
        nothing = start(place.database, "close", "--today", "2026-01-20")
        expect(any(line["event"] == "note" and line["message"].startswith("Nothing is due")
                   for line in lines_of(nothing.stderr, "close")), nothing.stderr)


def errors():
    with Place() as place:
        name = place.database
        expect_error(start(name, "close", "--period", "2030-01", "--today", "2026-01-20"),
                     "close", 65)
        expect_error(start(name, "status", host=NOWHERE), "status", 69)
        expect_error(start(name, "close", config=NOWHERE), "close", 78)
        with changed_config(("Silver", 'S\\"')) as config:
            expect_error(start(name, "close", config=config), "close", 78)
        quiet = start(name, "verify", "--period", "2025-12", "--quiet")
        expect_equal(len(quiet.stderr.splitlines()), 1, "lines with --quiet")
        expect_error(quiet, "verify", 65)


def wrong_usage():
    """From the option on; before it the words are for people."""
    for words in (["--log-format", "json", "--perid", "2025-01"],
                  ["--log-format=json", "--period"], ["--log-format", "json", "2025-01"],
                  ["--log-format", "json", "--workers", "0"],
                  ["--log-format", "json", "--log-format", "json"],
                  ["--log-format", "json", "--metrics", "/"],
                  ["--log-f", "json", "--period", '\x1b[31m"\\']):
        done = subprocess.run([PROGRAM, "close", *words], text=True, capture_output=True,
                              check=False)
        expect_error(done, "close", 64)
    done = subprocess.run([PROGRAM, "close", "--perid", "--log-format", "json"], text=True,
                          capture_output=True, check=False)
    expect(done.stderr.startswith("error: "), done.stderr)


def stopped():
    with Place() as place, Session(place.database) as other:
        other.query(LOCK)
        with Job(place.database, ["close", "--today", "2025-12-31", "--log-format",
                                  "json"]) as job:
            wait_for_connection(place)
            job.kill(signal.SIGINT)
            job.expect_code(130)
        error, = lines_of(job.err, "close")
        expect_equal((error["level"], error["exit_code"]), ("error", 130), "the error")
        refused = start(place.database, "close", "--no-wait")
        expect_error(refused, "close", 75)


def full_output():
    with Place() as place, open("/dev/full", "w", encoding="utf-8") as full:
        done = start(place.database, "close", "--today", "2025-12-31", stdout=full)
        expect_equal(done.returncode, 0, "the exit code of a close")
        warnings = [line for line in lines_of(done.stderr, "close") if line["level"] == "warning"]
        expect_equal([line["message"] for line in warnings],
                     ["stdout cannot be written; what was published stands"], "warnings")
        expect_error(start(place.database, "status", stdout=full), "status", 70)


def no_memory():
    """A process whose memory is not there says so in the same form."""
    with Place() as place:
        for limit in range(MEMORY_FROM_MB, MEMORY_UNTIL_MB):
            done = start(place.database, "close", "--today", "2025-12-31", "--quiet",
                         through=["prlimit", "--stack=200000", f"--as={limit << 20}"])
            if "out of memory" in done.stderr:
                error = expect_error(done, "close", 70)
                expect(error["message"].startswith("out of memory: asked for "), error["message"])
                return
        expect(False, "no limit was too small")


def on_a_terminal():
    """No line is drawn and rewritten there."""
    with Place() as place:
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [PROGRAM, "close", "--log-format", "json", "--config", CONFIG, "--dsn",
             f"dbname={place.database}", "--today", "2025-12-31"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=slave, env={**os.environ, "TERM": "xterm"})
        os.close(slave)
        text = b""
        try:
            while True:
                text += os.read(master, 4096)
        except OSError:
            pass
        expect_equal(process.wait(), 0, "the exit code")
        os.close(master)
        lines = lines_of(text.decode().replace("\r\n", "\n"), "close")
        expect_equal(lines[-1]["event"], "ended", "the last line")


def text_is_the_default():
    with Place() as place:
        done = run_job(place.database, "close", "--log-format", "text", "--period", "2030-01",
                       code=65)
        done.expect_error("2030-01")


def register():
    add_case("json log: a close, from its beginning to its result and its end", a_close)
    add_case("json log: errors have a message, a hint and the exit code", errors)
    add_case("json log: wrong usage, from the option on", wrong_usage)
    add_case("json log: Ctrl-C, and a lock that is held", stopped)
    add_case("json log: a full disk behind stdout", full_output)
    add_case("json log: no memory", no_memory)
    add_case("json log: on a terminal", on_a_terminal)
    add_case("json log: text is the default", text_is_the_default)
