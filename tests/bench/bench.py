#!/usr/bin/python3
"""Closes a month in every way there is and says what each took. Called by tests/bench/run."""

import argparse
import datetime
import shlex
import sys

import layouts
import methods
import report
from data import PERIOD, Size, WINDOW_MONTHS
from measure import measure
from server import OUT, BenchError
from states import State

DEFAULT_SIZE = Size(500_000, 20_000_000, WINDOW_MONTHS + 1)
GROWTH = (9, 3, 1)  # with --sizes: the given size divided by these


def all_methods(state):
    return [
        methods.Drain(state, 1),
        methods.Drain(state, 2),
        methods.Drain(state, 2, raw=True),
        methods.BestSql(state),
        methods.PlainSql(state),
        methods.DuckDb(state),
        methods.FullClose(state),
        methods.IncrementalClose(state),
        methods.Backfill(state),
        methods.TwelveCloses(state),
    ]


def say(text):
    print(text, file=sys.stderr, flush=True)


class Bench:
    """Everything on one size."""

    def __init__(self, size, options):
        self.state = State(size)
        self.options = options
        self.failures = []
        self.skipped = []
        self._checksum = None

    def choose(self, candidates):
        """Those asked for that can run here."""
        chosen = []
        for method in candidates:
            if self.options.methods and method.key not in self.options.methods:
                continue
            why = method.reason_to_skip()
            if why is not None:
                say(f"SKIPPED: {method.name}: {why}")
                self.skipped.append((method, why))
            else:
                chosen.append(method)
        return chosen

    def check(self, method):
        """All give the same standings."""
        checksum = method.checksum()
        if checksum is None:
            return
        if self._checksum is None:
            self._checksum = (method.name, checksum)
        elif self._checksum[1] != checksum:
            raise BenchError(f"other standings than {self._checksum[0]} gave: {checksum}, "
                             f"not {self._checksum[1]}")

    def measure(self, method):
        """One run; None if it failed, which has been said."""
        try:
            if method.starts_from is not None:
                self.state.restore(method.starts_from)
            cost = measure(method.run)
            self.check(method)
        except BenchError as error:
            say(f"FAILED: {method.name}: {error}")
            self.failures.append(f"{method.name}: {error}")
            return None
        return cost

    def alternate(self, chosen):
        """A B C A B C ... after a first round that only warms up. A slow one sits out the warm-up
        and all rounds but the first."""
        costs = {method.key: [] for method in chosen}
        failed = set()
        for number in range(self.options.rounds + 1):
            for method in chosen:
                rounds = (1, self.options.slow_rounds) if method.slow else (0, self.options.rounds)
                if method.key in failed or not rounds[0] <= number <= rounds[1]:
                    continue
                cost = self.measure(method)
                if cost is None:
                    failed.add(method.key)
                    continue
                word = "warm-up" if number == 0 else f"round {number}"
                say(f"{word:8} {cost.seconds:8.2f} s  {method.name}")
                if number > 0:
                    costs[method.key].append(cost)
                if isinstance(method, methods.Periods) and number == 1:
                    self.check_periods(method)
        return [(method, costs[method.key]) for method in chosen if costs[method.key]]

    def check_periods(self, method):
        """A backfill gives in every period what the single closes give."""
        sums = method.all_checksums()
        other = getattr(self, "_period_sums", None)
        self._period_sums = (method.name, sums)
        if other is not None and other[1] != sums:
            self.failures.append(f"{method.name} and {other[0]} differ in some period")
            say(f"FAILED: {self.failures[-1]}")

    def run(self):
        self.state.prepare(say)
        return self.alternate(self.choose(all_methods(self.state)))

    def run_layouts(self):
        """The full close as it is, in alternation with each other layout."""
        results = []
        for layout in layouts.layouts(self.state):
            try:
                say(f"building: {layout.name}")
                layout.build()
                results.append(self.alternate([methods.FullClose(self.state), layout]))
            except BenchError as error:
                say(f"FAILED: {layout.name}: {error}")
                self.failures.append(f"{layout.name}: {error}")
            finally:
                layout.drop()
        return results


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="tests/bench/run", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Builds members and events, closes a month in every way there is in "
                    "alternation,\nchecks that all give the same standings, and prints a table.",
        epilog="The job is $TIERCLOSE_JOB, else build/job/tierclose: build it as a release.\n"
               "methods: " + " ".join(method.key for method in all_methods(State(DEFAULT_SIZE))))
    parser.add_argument("--members", type=int, default=DEFAULT_SIZE.members)
    parser.add_argument("--events", type=int, default=DEFAULT_SIZE.events)
    parser.add_argument("--months", type=int, default=DEFAULT_SIZE.months,
                        help="local months of events, the last is "
                             f"{PERIOD[0]}-{PERIOD[1]:02}; {DEFAULT_SIZE.months} if not given")
    parser.add_argument("--rounds", type=int, default=3, help="after one that warms up; 3")
    parser.add_argument("--slow-rounds", type=int, default=1, dest="slow_rounds",
                        help="of the methods that take minutes; 1, without warming up")
    parser.add_argument("--methods", nargs="+", metavar="METHOD", help="only these")
    parser.add_argument("--sizes", action="store_true",
                        help="also a ninth and a third of the size, to show how cost grows")
    parser.add_argument("--layouts", action="store_true",
                        help="also the full close from a view and from other partitions")
    options = parser.parse_args()
    if options.months < WINDOW_MONTHS + 1 or options.rounds < 1 or options.slow_rounds < 0:
        parser.error(f"--months must be {WINDOW_MONTHS + 1} at least, --rounds 1, "
                     "--slow-rounds 0")
    known = {method.key for method in all_methods(State(DEFAULT_SIZE))}
    if options.methods and not known.issuperset(options.methods):
        parser.error(f"--methods are: {' '.join(sorted(known))}")
    return options


def bench_size(size, options, lines):
    """Adds the tables of one size; returns what they hold."""
    bench = Bench(size, options)
    results = bench.run()
    events = bench.state.window_events()
    lines += ["", f"## {size}", "",
              f"{events:,} of the events are in the window of {WINDOW_MONTHS} months.", "",
              *report.table(results, bench.skipped), "", *report.ratios(results)]
    if options.layouts:
        for pair in bench.run_layouts():
            lines += ["", *report.table(pair, [])]
    return events, results, bench.failures


def main():
    options = parse_arguments()
    now = datetime.datetime.now().astimezone()
    command = shlex.join(["tests/bench/run", *sys.argv[1:]])
    lines = [f"# Bench of {now:%Y-%m-%d %H:%M}", "", f"    {command}", "", *report.machine()]
    given = Size(options.members, options.events, options.months)
    sizes = [Size(given.members // divisor, given.events // divisor, given.months)
             for divisor in (GROWTH if options.sizes else (1,))]
    failures = []
    measured = []
    for size in sizes:
        events, results, failed = bench_size(size, options, lines)
        measured.append((size, events, results))
        failures += failed
    if len(sizes) > 1:
        lines += ["", "## Growth", "", *report.growth(measured)]
    if failures:
        lines += ["", "## Failures", "", *(f"- {failure}" for failure in failures)]
    path = OUT / f"{now:%Y-%m-%d-%H%M%S}.md"
    report.write(path, lines)
    print("\n".join(lines))
    say(f"written to {path}")
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as failure:
        print(f"error: {failure}", file=sys.stderr)
        sys.exit(1)
