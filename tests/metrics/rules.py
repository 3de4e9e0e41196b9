"""The alert rules, checked and tried by promtool."""

import functools
import re
import shutil
import subprocess
import tempfile

from cases import Skipped, add_case, expect, expect_equal
from live import ROOT

RULES = ROOT / "config/prometheus/tierclose.rules.yml"
TESTS = ROOT / "tests/metrics/rules.test.yml"
STATUS_SKIPPED = 77


@functools.cache
def promtool():
    found = subprocess.run([ROOT / "tests/metrics/promtool.sh"], text=True, capture_output=True,
                           check=False)
    if found.returncode == STATUS_SKIPPED:
        raise Skipped(found.stderr.strip().splitlines()[-1])
    expect_equal(found.returncode, 0, f"promtool.sh: {found.stderr}")
    return found.stdout.strip()


def run_promtool(*words, **options):
    done = subprocess.run([promtool(), *words], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **options)
    expect_equal(done.returncode, 0, f"promtool {' '.join(map(str, words))}: {done.stdout}")
    return done.stdout


def try_check():
    run_promtool("check", "rules", RULES)


def try_rules():
    with tempfile.TemporaryDirectory() as folder:
        for path in (RULES, TESTS):
            shutil.copy(path, folder)
        run_promtool("test", "rules", TESTS.name, cwd=folder)


def try_names():
    """A rule about a metric that nobody writes would never fire; each rule has its test."""
    source = (ROOT / "job/report/metrics.c").read_text(encoding="utf-8")
    written = {f"tierclose_{name}"
               for name in re.findall(r'\b(?:begin|counts)\(text, "(\w+)"', source)}
    rules = RULES.read_text(encoding="utf-8")
    used = set(re.findall(r"\btierclose_\w+",
                          "".join(re.findall(r"expr: (.*?)(?:labels|for):", rules, flags=re.S))))
    expect_equal(used - written, set(), "metrics that are not written")
    expect(len(used) >= 5, f"metrics of the rules: {used}")
    alerts = set(re.findall(r"alert: (\w+)", rules))
    tested = set(re.findall(r"alertname: (\w+)", TESTS.read_text(encoding="utf-8")))
    expect_equal(alerts - tested, set(), "rules without a test")
    expect(len(alerts) >= 5, f"alerts: {alerts}")


def register():
    add_case("promtool check rules has nothing to say", try_check)
    add_case("promtool test rules: each alert when it should and not before", try_rules)
    add_case("the rules are about metrics that are written, and each has a test", try_names)
