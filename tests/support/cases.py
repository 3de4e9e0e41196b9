"""Cases of a suite of tests: named functions, run a few at a time, counted at the end.

    @case("what must hold")
    def what_must_hold():
        expect(left == right, "what is wrong")

    sys.exit(run_all("fault"))          prints "fault: N passed, N failed"

A failure ends its case only. A part of a name as argument runs the cases that have it.
"""

import concurrent.futures
import sys
import threading
import time
import traceback

CASES = []
THREADS = 2
SLOW_SECONDS = 5

_print_lock = threading.Lock()


class Failure(Exception):
    """What a case found wrong, in words."""


class Skipped(Exception):
    """Why a case cannot be tried here."""


def case(name):
    def add(function):
        CASES.append((name, function))
        return function
    return add


def add_case(name, function, *arguments):
    """For cases made in a loop."""
    CASES.append((name, lambda: function(*arguments)))


def expect(condition, words):
    if not condition:
        raise Failure(words)


def expect_equal(got, wanted, what):
    if got != wanted:
        raise Failure(f"{what}: got {got!r}, wanted {wanted!r}")


def wait_until(condition, what, seconds=20):
    """Asks until the answer is true, and gives it back."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Failure(f"waited {seconds} seconds for: {what}")
        time.sleep(0.005)


def _show(line):
    with _print_lock:
        print(line, flush=True)


def _indent(text):
    return "\n".join("    " + line for line in str(text).splitlines())


def _way_to(failure):
    """The lines that led to it, but for those of this file."""
    frames = traceback.extract_tb(failure.__traceback__)
    return "".join(f"\nat {frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.line}"
                   for frame in frames if frame.filename != __file__)


def _run(name, function):
    """'passed', 'failed' or 'skipped'; says which."""
    started = time.monotonic()
    try:
        function()
    except Skipped as reason:
        _show(f"SKIPPED - {name}: {reason}")
        return "skipped"
    except Failure as failure:
        _show(f"not ok - {name}\n{_indent(f'{failure}{_way_to(failure)}')}")
        return "failed"
    except Exception:  # pylint: disable=broad-except
        _show(f"not ok - {name}\n{_indent(traceback.format_exc())}")
        return "failed"
    seconds = time.monotonic() - started
    _show(f"ok - {name}" + (f" ({seconds:.0f} s)" if seconds >= SLOW_SECONDS else ""))
    return "passed"


def run_all(suite):
    """Runs what was registered; the exit code."""
    wanted = sys.argv[1:]
    chosen = [(name, function) for name, function in CASES
              if not wanted or any(part in name for part in wanted)]
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(lambda pair: _run(*pair), chosen))
    count = {word: results.count(word) for word in ("passed", "failed", "skipped")}
    skipped = f", {count['skipped']} skipped" if count["skipped"] else ""
    print(f"{suite}: {count['passed']} passed, {count['failed']} failed{skipped}")
    return 0 if count["passed"] > 0 and count["failed"] == 0 else 1
