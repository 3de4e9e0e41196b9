#!/usr/bin/python3
"""Runs the cases of tests/progress beside the server that PGHOST, PGPORT and PGUSER name."""

import contextlib
import itertools
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

# pylint: disable=wrong-import-position
from cases import case, expect, expect_equal, run_all, wait_until
from job import CONFIG, PROGRAM
from live import Copy, Session, drop_database
from proxy import Proxy
from sample_data import load_sample
from terminal import Terminal

MEMBERS = 400
LOADED = "tierclose_progress_loaded"
PIECE_SECONDS = 0.08  # what each piece of an answer is held back where the source is slow
ROWS_BYTES_MIN = 4096  # a piece with rows in it has more
LOCK = "select pg_advisory_lock(127996022383468)"  # RUNS_LOCK_KEY
DURATION = r"(\d+\.\d s|\d+ s)"
# The phases of a first close, as they end.
ENDED = [
    rf"read members: 4\d\d members in {DURATION}(, [\d.]+( k)?/s)?",
    rf"2025-12: read events: \d\d?,\d\d\d events in {DURATION}(, [\d.]+( k)?/s)?",
    rf"write results: [34]\d\d members in {DURATION}(, [\d.]+( k)?/s)?",
]

_numbers = itertools.count(1)


@contextlib.contextmanager
def new_database():
    with Copy(LOADED, f"tierclose_progress_{next(_numbers)}") as database:
        yield database


def command(database, *more, host=None):
    dsn = f"dbname={database}" + (f" host={host}" if host else "")
    return [PROGRAM, "close", "--config", CONFIG, "--dsn", dsn, "--today", "2025-12-31",
            "--workers", "2", *more]


def is_worker(connection):
    return " worker " in connection.name


def slowly(connection, _data):
    if is_worker(connection):
        time.sleep(PIECE_SECONDS)


@contextlib.contextmanager
def slow_run(columns, *more, **environment):
    """A close on a terminal, whose events take a second or two to come."""
    with new_database() as database, Proxy(delay=slowly) as proxy:
        with Terminal(command(database, *more, host=proxy.host), columns,
                      **environment) as terminal:
            yield terminal


def log_of(database, *more, **environment):
    """A close whose stderr is a file: what stands in it."""
    with tempfile.TemporaryFile("w+") as log:
        done = subprocess.run(command(database, *more), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=log, check=False,
                              env={**os.environ, **environment})
        log.seek(0)
        text = log.read()
    expect_equal(done.returncode, 0, f"the exit code; {text}")
    return text


def expect_lines(lines, patterns):
    expect(len(lines) == len(patterns) and all(
        re.fullmatch(pattern, line) for pattern, line in zip(patterns, lines)),
        "lines are not as wanted:\n" + "\n".join(lines))


def screen_lines(terminal):
    """What stands on the screen; the cursor is on an empty line."""
    expect_equal(terminal.screen.lines[-1], "", "the line where the shell goes on")
    return terminal.screen.lines[:-1]


def expect_frames_fit(terminal):
    expect_equal(terminal.screen.wrapped, [], "lines that are too wide")


@case("80 columns: share, count, rate and time left, then one tidy line a phase")
def wide_terminal():
    with slow_run(80) as terminal:
        expect_equal(terminal.wait(), 0, "the exit code")
        expect_frames_fit(terminal)
        expect_lines(screen_lines(terminal), ENDED)
        wanted = (r"2025-12: read events: \d\d? %, [\d,]+ of [\d,]+ events, [\d.]+( k)?/s, "
                  r"(\d+ s|\d+ min \d\d s) left")
        frames = [frame for frame in terminal.screen.frames if re.fullmatch(wanted, frame)]
        expect(len(frames) >= 3, "too few lines while it reads: "
                                 f"{terminal.screen.frames} lacks {wanted}")


@case("standings count while they are written, and each once")
def writing():
    more = 40_000

    def slow_writer(connection, unit):
        if connection.name.endswith(" writer") and unit[:1] == b"d":
            time.sleep(PIECE_SECONDS)

    with new_database() as database:
        with Session(database) as session:
            session.query("insert into loyalty.member (member_id, registered_on) select n,"
                          f" '2025-01-01' from generate_series(1000001, {1000000 + more}) n")
            members = int(session.query("select count(*) from loyalty.member"
                                        " where closed_on is null or closed_on > '2025-12-31'"
                                        )[-1][0])
        with Proxy(rule=slow_writer) as proxy, \
                Terminal(command(database, host=proxy.host), 80) as terminal:
            expect_equal(terminal.wait(), 0, "the exit code")
            counts = [int(found[1].replace(",", "")) for found in (
                re.match(rf"write results: \d+ %, ([\d,]+) of {members:,} members", frame)
                for frame in terminal.screen.frames) if found]
            between = {count for count in counts if 0 < count < members}
            expect(len(between) >= 3, f"the counts do not move: {counts}")
            expect_equal(counts, sorted(counts), "counts that go back")
            expect(re.fullmatch(rf"write results: {members:,} members in {DURATION}, .*",
                                screen_lines(terminal)[-1]), screen_lines(terminal)[-1])


@case("40 columns: shorter lines, none of them broken")
def narrow_terminal():
    with slow_run(40) as terminal:
        expect_equal(terminal.wait(), 0, "the exit code")
        expect_frames_fit(terminal)
        lines = screen_lines(terminal)
        expect_equal([line.rpartition(":")[0] for line in lines],
                     ["read members", "2025-12: read events", "write results"], "phases")
        expect(any(re.fullmatch(r"2025-12: read events: \d\d? %, \d+ s left", frame)
                   for frame in terminal.screen.frames),
               f"no share and time left: {terminal.screen.frames}")


@case("20 columns: the name gives way")
def tiny_terminal():
    with slow_run(20) as terminal:
        expect_equal(terminal.wait(), 0, "the exit code")
        expect_frames_fit(terminal)
        expect_equal(len(screen_lines(terminal)), len(ENDED), f"lines {terminal.screen.lines}")
        expect(any(re.fullmatch(r"2025-12: re\.\.\.: \d\d? %", frame)
                   for frame in terminal.screen.frames), f"no share: {terminal.screen.frames}")


@case("a terminal that is made narrower gets shorter lines from then on")
def resized_terminal():
    with slow_run(80) as terminal:
        terminal.wait_for_frame(lambda frame: len(frame) > 45 and "read events" in frame)
        terminal.resize(40)
        drawn = len(terminal.screen.frames)
        expect_equal(terminal.wait(), 0, "the exit code")
        # One may have been under way.
        wide = [frame for frame in terminal.screen.frames[drawn + 2:] if len(frame) > 39]
        expect_equal(wide, [], "lines that are too wide")
        expect(len(terminal.screen.frames) > drawn + 2, "nothing was drawn afterwards")


@case("Ctrl-C: the phase says where it stopped, and the shell gets a clean line")
def interrupted():
    with slow_run(80) as terminal:
        terminal.wait_for_frame(lambda frame: " left" in frame)
        terminal.press_ctrl_c()
        expect_equal(terminal.wait(), 130, "the exit code")
        expect_lines(screen_lines(terminal)[:3], [
            ENDED[0], rf"2025-12: read events: stopped at [\d,]+ events after {DURATION}",
            "error: stopped by SIGINT, what was being done was not published"])


@case("a second Ctrl-C at once: the terminal is as it was")
def interrupted_twice():
    with slow_run(80) as terminal:
        terminal.wait_for_frame(lambda frame: " left" in frame)
        terminal.press_ctrl_c()
        terminal.press_ctrl_c()
        expect(terminal.wait() in (130, -2), f"exit code {terminal.code}")


@case("TERM=dumb: plain lines, also on a terminal")
def dumb_terminal():
    with new_database() as database, Terminal(command(database), 80, TERM="dumb") as terminal:
        expect_equal(terminal.wait(), 0, "the exit code")
        expect_equal(terminal.screen.frames, [], "lines with an escape sequence")
        expect_lines(screen_lines(terminal), ENDED)


@case("NO_COLOR: nothing changes, there are no colours")
def no_color():
    with slow_run(80, NO_COLOR="1") as terminal:
        # The screen refuses every escape sequence that is not the one.
        expect_equal(terminal.wait(), 0, "the exit code")
        expect_lines(screen_lines(terminal), ENDED)


@case("--quiet: nothing at all")
def quiet():
    with new_database() as database:
        expect_equal(log_of(database, "--quiet"), "", "the log")
        with Terminal(command(database, "--quiet"), 80) as terminal:
            expect_equal(terminal.wait(), 0, "the exit code")
            expect_equal(terminal.screen.lines, [""], "the screen")


@case("a log has one line a phase, without control characters")
def redirected():
    with new_database() as database:
        text = log_of(database)
        expect(re.fullmatch(r"[ -~\n]*", text), f"a control character: {text!r}")
        expect_lines(text.splitlines(), ENDED)


@case("a log of a phase that takes long says after 10 seconds how far it is")
def long_phase():
    gate = threading.Event()

    def delay(connection, data):
        # Not while it connects: a server that does not answer then is given up.
        if is_worker(connection) and len(data) > ROWS_BYTES_MIN:
            gate.wait(60)

    with new_database() as database, Proxy(delay=delay) as proxy, \
            tempfile.NamedTemporaryFile("w+") as log:
        job = subprocess.Popen(command(database, host=proxy.host), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=log)
        path = pathlib.Path(log.name)
        try:
            wait_until(lambda: path.read_text(encoding="utf-8").count("\n") >= 2,
                       "a line of progress in the log", 40)
        finally:
            gate.set()
            code = job.wait(60)
        expect_equal(code, 0, f"the exit code; {path.read_text(encoding='utf-8')}")
        expect_lines(path.read_text(encoding="utf-8").splitlines(), [
            ENDED[0], r"2025-12: read events: \d+ %, [\d,]+ of [\d,]+ events, [^\n]*", *ENDED[1:]])


@case("waiting for another run is seen")
def waiting():
    with new_database() as database, Session(database) as other:
        other.query(LOCK)
        with Terminal(command(database), 80) as terminal:
            terminal.wait_for_frame(
                lambda frame: re.fullmatch(r"wait for another run: \d\.\d s", frame))
            other.close()
            expect_equal(terminal.wait(), 0, "the exit code")
            expect_lines(screen_lines(terminal),
                         [rf"wait for another run: done in {DURATION}", *ENDED])


def main():
    load_sample(LOADED, MEMBERS)
    try:
        return run_all("progress")
    finally:
        drop_database(LOADED)


if __name__ == "__main__":
    sys.exit(main())
