"""What the bench found, as Markdown."""

import os
import pathlib
import platform
import statistics
import subprocess

from measure import MEGABYTE
from server import OUT, ROOT, BenchError, query
from states import JOB

SETTINGS = ("shared_buffers", "work_mem", "max_parallel_workers_per_gather", "fsync",
            "synchronous_commit", "full_page_writes", "wal_level")
# What is said to be so many times as fast as what.
COMPARED = (
    ("full", "best-sql", "full close, against the best SQL"),
    ("full", "plain-sql", "full close, against SQL as an average team writes it"),
    ("full", "duckdb", "full close, against DuckDB"),
    ("incremental", "best-sql", "incremental close, against the best SQL"),
    ("incremental", "full", "incremental close, against the full close"),
    ("backfill", "12-full", "backfill of 12 periods, against 12 full closes"),
)


def _first_line(words):
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    except OSError:
        return "not installed"
    return (done.stdout.strip() or "unknown").splitlines()[0]


def _field(path, name):
    for line in pathlib.Path(path).read_text(encoding="ascii").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"


def machine():
    """The lines that say where it was measured."""
    memory = int(_field("/proc/meminfo", "MemTotal").split()[0]) / (1 << 20)
    settings = ", ".join(f"{name} {query('postgres', f'show {name}')}" for name in SETTINGS)
    commit = _first_line(["git", "rev-parse", "--short", "HEAD"])
    changed = _first_line(["git", "status", "--porcelain", "--", "job", "sql"]) != "unknown"
    duckdb = OUT / "duckdb/node_modules/@duckdb/node-api/package.json"
    duckdb_version = "not there"
    if duckdb.exists():
        duckdb_version = _first_line(["node", "-p", f"require('{duckdb}').version"])
    return [
        f"- {os.cpu_count()} cores ({_field('/proc/cpuinfo', 'model name')}), {memory:.0f} GiB, "
        f"Linux {platform.release()}",
        f"- {query('postgres', 'select version()')}",
        f"- {settings}",
        f"- {_first_line([str(JOB), '--version'])}, commit {commit}"
        + (" with changes" if changed else ""),
        f"- DuckDB {duckdb_version} from npm, node {_first_line(['node', '--version'])}",
    ]


def median_seconds(costs):
    return statistics.median(cost.seconds for cost in costs)


def _megabytes(costs, name):
    return f"{statistics.median(getattr(cost, name) for cost in costs) / MEGABYTE:,.0f}"


def _row(method, costs, limit):
    seconds = [cost.seconds for cost in costs]
    cells = [
        method.name,
        f"{median_seconds(costs):.2f}",
        f"{min(seconds):.2f} to {max(seconds):.2f}" if len(seconds) > 1 else "once",
        f"{median_seconds(costs) / limit:.2f}" if limit else "",
        f"{statistics.median(cost.client_cpu_seconds for cost in costs):.1f}",
        f"{statistics.median(cost.server_cpu_seconds for cost in costs):.1f}",
        _megabytes(costs, "client_peak_bytes"),
        _megabytes(costs, "server_peak_bytes"),
        _megabytes(costs, "wal_bytes"),
    ]
    return "| " + " | ".join(cells) + " |"


def table(results, skipped):
    """`results`: (method, costs) in the order of the table; `skipped`: (method, why)."""
    by_key = {method.key: costs for method, costs in results}
    limit = median_seconds(by_key["drain-2"]) if "drain-2" in by_key else None
    lines = [
        "| | seconds | from, to | of drain | client CPU s | server CPU s | client MB | server MB "
        "| WAL MB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
        *(_row(method, costs, limit) for method, costs in results),
        *(f"| {method.name} | skipped: {why} | | | | | | | |" for method, why in skipped),
    ]
    return lines


def ratios(results):
    by_key = {method.key: median_seconds(costs) for method, costs in results}
    lines = ["| ratio | |", "|---|--:|"]
    for fast, slow, words in COMPARED:
        if fast in by_key and slow in by_key:
            lines.append(f"| {words} | {by_key[slow] / by_key[fast]:.2f} times as fast |")
    if "full" in by_key and "drain-2" in by_key:
        share = by_key["drain-2"] / by_key["full"]
        lines.append(f"| full close, share of the drain limit | {share:.0%} |")
    return lines


def growth(sizes):
    """`sizes`: (size, events in the window, results) from the smallest up."""
    names = {}
    for _, _, results in sizes:
        for method, _ in results:
            names.setdefault(method.key, method.name)
    head = " | ".join(f"{events:,} events" for _, events, _ in sizes)
    lines = [
        f"| seconds a million events of the window | {head} | client MB |",
        "|---|" + "--:|" * (len(sizes) + 1),
    ]
    for key, name in names.items():
        cells = []
        memory = []
        for _, events, results in sizes:
            costs = next((costs for method, costs in results if method.key == key), None)
            cells.append(f"{median_seconds(costs) * 1e6 / events:.3f}" if costs else "")
            memory.append(_megabytes(costs, "client_peak_bytes") if costs else "")
        lines.append(f"| {name} | {' | '.join(cells)} | {', '.join(memory)} |")
    return lines


def write(path, lines):
    try:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise BenchError(f"{path}: {error.strerror}") from error
