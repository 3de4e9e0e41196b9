#!/usr/bin/python3
"""Runs README.md: its blocks in their order, in one shell, as somebody who copies them would.

    readme.py --scratch FOLDER --server SOCKET_FOLDER --job PROGRAM

    ```sh        run; every command must succeed
    ```text      what the block before it prints on stdout; a line `...` stands for any lines
    ```ini       a file, named in its first line, written where the commands look for it
    ```yaml      lines of a programme file; they replace those of the same keys in a copy of
                 config/aliexpress.yaml, which `tierclose check --db` and a dry run must accept
    ```crontab   its line must be well formed, and its command is run as cron would run it

Times, seconds and the width of columns are not compared. What cannot be done on a test machine has
a stand-in, see STAND_INS; the test says which it used. Beside the blocks it checks what the text
says of the project: see claims.py. Called by run.sh, which makes the server and cleans up.
"""

import argparse
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys

import claims

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECONDS_MAX = 240
KINDS = ("sh", "text", "ini", "yaml", "crontab")

# Pattern, what takes its place, why. {place}, {job}, {server} and {destdir} are this test's own.
STAND_INS = [
    (r"^job/quickstart$", "job/quickstart --folder {place}", "a quickstart of its own"),
    (r"^tests/run$", "tests/run --list", "the whole test run is not run inside of itself"),
    (r"\$PWD/build/quickstart", "{place}", "a quickstart of its own"),
    (r"\$PWD/build/job", "{job}", "the program under test"),
    (r"^sudo (meson install .*)$", "DESTDIR={destdir} \\1", "installed below a folder"),
    (r"^sudo ", "", "nothing needs root below a folder"),
    (r"/usr/local/etc/tierclose/", "{destdir}/usr/local/etc/tierclose/", "where it was installed"),
    (r"db\.example\.com", "{server}", "a throwaway server for the reader's own"),
]

# The shell in which all blocks run. A command that fails is noted and the rest goes on.
PRELUDE = r"""
set -uE -o pipefail
note() { echo "$block $1 $2" >>"$DOCS_LOGS/failures"; }
trap 'note "$?" "$BASH_COMMAND"' ERR
begin() { block="$1"; exec >"$DOCS_LOGS/$1.out" 2>"$DOCS_LOGS/$1.err" </dev/null; }
"""


class Block:
    """One fenced block: its kind, its text, the line it begins at."""

    def __init__(self, kind, line, text):
        self.kind, self.line, self.text = kind, line, text
        self.name = f"line-{line}"


def read_blocks(text):
    blocks, kind, start, body = [], None, 0, []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("```"):
            body.append(line)
        elif kind is None:
            kind, start, body = line[3:].strip(), number, []
        else:
            blocks.append(Block(kind, start, "\n".join(body) + "\n"))
            kind = None
    if kind is not None:
        raise SystemExit(f"error: README.md:{start}: the block has no end")
    return blocks


class Report:
    """Counts, and says what failed."""

    def __init__(self):
        self.passed = self.failed = 0

    def add(self, what, problem):
        if problem:
            self.failed += 1
            print(f"failed: {what}\n{problem.rstrip()}")
        else:
            self.passed += 1


class Runner:
    """Makes one shell script of all blocks and looks at what came of it."""

    def __init__(self, arguments):
        scratch = pathlib.Path(arguments.scratch)
        self.logs = scratch / "logs"
        self.home = scratch / "home"
        self.etc = scratch / "etc"
        self.names = {
            "place": str(scratch / "place"), "job": str(pathlib.Path(arguments.job).parent),
            "server": arguments.server, "destdir": str(scratch / "install"),
        }
        self.used = {}
        for folder in (self.logs, self.home, self.etc):
            folder.mkdir()
        # A heredoc with a mistake must fail, as a command with one does.
        (self.home / ".psqlrc").write_text("\\set ON_ERROR_STOP 1\n", encoding="utf-8")
        self.environment = {
            "HOME": str(self.home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
            "DOCS_LOGS": str(self.logs), "PGSERVICEFILE": str(self.home / ".pg_service.conf"),
            "PGPASSFILE": str(self.home / ".pgpass"), "PYTHONDONTWRITEBYTECODE": "1",
            "TIERCLOSE": arguments.job,
        }

    def stand_in(self, text):
        for pattern, instead, why in STAND_INS:
            found = re.search(pattern, text, flags=re.M)
            if found:
                self.used.setdefault(pattern, (found.group(0).strip(), why))
                text = re.sub(pattern, instead.format(**self.names), text, flags=re.M)
        return text

    def run(self, blocks):
        script = [PRELUDE]
        for block in blocks:
            if block.kind != "text":
                write = getattr(self, f"script_{block.kind}")
                script.append(f"begin {block.name}\n" + write(block))
        path = self.logs / "script.sh"
        path.write_text("".join(script), encoding="utf-8")
        return subprocess.run(["bash", path], env=self.environment, cwd=ROOT, timeout=SECONDS_MAX,
                              stdin=subprocess.DEVNULL, check=False).returncode

    def script_sh(self, block):
        return self.stand_in(block.text)

    def script_ini(self, block):
        """The first line is a comment: `# ~/FILE`, and perhaps the mode."""
        name = re.match(r"# ~/([\w.]+)", block.text).group(1)
        path = shlex.quote(str(self.home / name))
        lines = [f"cat >{path} <<'END'\n{self.stand_in(block.text)}END\n", f"chmod 600 {path}\n"]
        if name == ".pgpass":
            user, password = block.text.splitlines()[1].split(":")[3:]
            lines.append(f"psql -q service=owner -c \"alter role {user} password '{password}'\"\n")
            # The server does ask for it.
            lines.append("! PGPASSFILE=/dev/null psql service=tierclose -c '' || note 0 'let in'\n")
        return "".join(lines)

    def script_yaml(self, block):
        """Replaces top-level lines of the shipped programme, and lets the job try it."""
        copy = shlex.quote(str(self.etc / "own.yaml"))
        lines = [f"cp config/aliexpress.yaml {copy}\n"]
        for line in block.text.splitlines():
            key = line.split(":")[0]
            lines.append(f"sed -i 's/^{key}:.*/{line}/' {copy}\n")
        job = f"{self.job()} %s --config {copy} --dsn service=tierclose\n"
        lines.append(job % "check --db")
        lines.append(job % "close --dry-run --period 2025-12 --today 2025-12-31")
        return "".join(lines)

    def script_crontab(self, block):
        """Cron gives a command nothing but the variables of its file and a home."""
        variables = re.findall(r"^(\w+=.*)$", block.text, flags=re.M)
        fields, _, command = split_cron_line(block.text.splitlines()[-1])
        variables = [self.stand_in(text).replace("/usr/local/bin", self.names["destdir"]
                                                 + "/usr/local/bin") for text in variables]
        words = [f"HOME={self.home}", *variables]
        words += [f"{name}={self.environment[name]}" for name in ("PGSERVICEFILE", "PGPASSFILE")]
        self.used["cron"] = ("cron", "its command is run at once, by this user")
        check = "" if well_formed(fields) else "note 1 'five fields of cron'\n"
        return f"{check}env -i {shlex.join(words)} sh -c {shlex.quote(command)}\n"

    def job(self):
        return shlex.quote(self.names["job"] + "/tierclose")

    def failures_of(self, block):
        path = self.logs / "failures"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        own = [line.partition(" ")[2] for line in lines if line.split(" ")[0] == block.name]
        if own:
            errors = (self.logs / f"{block.name}.err").read_text(encoding="utf-8")
            return "\n".join(f"  exit status {line}" for line in own) + "\n" + errors[-1500:]
        return "" if (self.logs / f"{block.name}.out").exists() else "  it was not reached"

    def output_of(self, block):
        path = self.logs / f"{block.name}.out"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        text = text.replace(self.names["place"], "build/quickstart")
        return text.replace(self.names["destdir"], "")


def split_cron_line(line):
    words = line.split(None, 6)
    return words[:5], words[5], words[6]


def well_formed(fields):
    limits = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
    for field, (low, high) in zip(fields, limits):
        if not re.fullmatch(r"\*(/\d+)?|\d+(-\d+)?(,\d+(-\d+)?)*", field):
            return False
        if any(not low <= int(number) <= high for number in re.findall(r"\d+", field)):
            return False
    return len(fields) == 5


def normalise(text):
    """Takes out what differs from run to run."""
    lines = []
    for line in text.splitlines():
        line = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", line)
        line = re.sub(r"\b\d+(\.\d+)? s$", "N s", line)
        line = re.sub(r"(packages +)\d+ installed, and what they need", r"\1all there", line)
        lines.append(re.sub(r" +", " ", line).rstrip())
    return lines


def compare(expected, found):
    """Nothing if they agree; else the difference."""
    wanted, lines = normalise(expected), normalise(found)
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n"
                      for line in wanted)
    if re.fullmatch(pattern, "".join(line + "\n" for line in lines)):
        return ""
    missing = [f"  not printed: {line}" for line in wanted if line not in lines + ["..."]]
    return "\n".join(missing or difflib.unified_diff(
        wanted, lines, "README.md", "printed", lineterm="", n=1))


def same_checksums(runner, blocks):
    """The block that hashes the views, once more for every closed period."""
    block = next(b for b in blocks if b.kind == "sh" and "sha256sum" in b.text)
    command = re.sub(r"^period=.*$", 'period="$1"', block.text, flags=re.M)
    script = runner.stand_in(
        f"export PGHOST=$PWD/build/quickstart PGDATABASE=tierclose PGUSER=tierclose\n"
        "psql -XAtqc 'select period from tierclose.published order by 1' | while read -r each; do\n"
        f"( set -- \"$each\"\n{command}) </dev/null | cut -c1-64 | uniq | sed \"s/^/$each /\"\n"
        "done\n")
    result = subprocess.run(["bash", "-c", script], env=runner.environment, cwd=ROOT, text=True,
                            capture_output=True, check=False)
    periods = [line.split()[0] for line in result.stdout.splitlines()]
    if len(periods) == len(set(periods)) and len(periods) >= 18 and result.returncode == 0:
        return ""
    return f"  a period's two lines differ, or one is missing:\n{result.stdout}{result.stderr}"


ROLES = """
create role controller login in role tierclose_auditor;
create role website login in role tierclose_service;
insert into loyalty.member (member_id, registered_on) values (1, '2025-06-01');
"""


def check_rights(runner):
    """What the table of roles says, tried."""
    subprocess.run(["psql", "-qc", ROLES, "service=owner"], env=runner.environment, check=True)
    job = runner.job() + " %s --dsn 'service=tierclose user=%s' --quiet --today 2026-04-30"
    expected = [
        ("controller", "status", 0), ("controller", "verify --period 2026-02", 1),
        ("controller", "explain --member 1 --period 2026-02", 0),
        ("controller", "close --dry-run", 0), ("controller", "close", 78),
        ("website", "status", 78), ("website", "explain --member 1 --period 2026-02", 78),
    ]
    problems = []
    environment = {**runner.environment, "TIERCLOSE_CONFIG": "config/aliexpress.yaml"}
    for user, command, status in expected:
        code = subprocess.run(["bash", "-c", job % (command, user)], cwd=ROOT,
                              env=environment, capture_output=True, check=False).returncode
        if code != status:
            problems.append(f"  {user}: tierclose {command}: exit status {code}, not {status}")
    for user, statement, allowed in (
            ("website", "select * from tierclose.member_center limit 1", True),
            ("website", "select * from tierclose.coupon_grants limit 1", True),
            ("website", "select * from tierclose.standings limit 1", False),
            ("controller", "select * from loyalty.point_event limit 1", True),
            ("controller", "delete from tierclose.run", False),
            ("nightly", "delete from loyalty.point_event", False),
            ("nightly", "update loyalty.member set closed_on = null", False),
            ("nightly", "delete from tierclose.run", False)):
        done = subprocess.run(["psql", "-Xqc", statement, f"service=tierclose user={user}"],
                              env=runner.environment, capture_output=True, check=False)
        if (done.returncode == 0) != allowed:
            problems.append(f"  {user}: {statement}: {'refused' if allowed else 'allowed'}")
    return "\n".join(problems)


def check_shell(runner, blocks):
    """shellcheck on what people are to copy."""
    path = runner.logs / "blocks.sh"
    path.write_text("#!/bin/bash\n" + "".join(b.text for b in blocks if b.kind == "sh"),
                    encoding="utf-8")
    result = subprocess.run(["shellcheck", path], text=True, capture_output=True, check=False)
    return result.stdout + result.stderr


def main():
    parser = argparse.ArgumentParser(description="run README.md")
    for name in ("scratch", "server", "job"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = read_blocks(text)
    unknown = [f"  line {b.line}: '{b.kind}'" for b in blocks if b.kind not in KINDS]
    report = Report()
    report.add("every block has a kind that is run", "\n".join(unknown))
    if not unknown:
        runner = Runner(arguments)
        runner.run(blocks)
        before = None
        for block in blocks:
            where = f"README.md:{block.line}"
            if block.kind == "text":
                report.add(f"{where}: the output", compare(block.text, runner.output_of(before)))
            else:
                report.add(f"{where}: the commands", runner.failures_of(block))
                before = block
        report.add("the checksum of every period", same_checksums(runner, blocks))
        report.add("the rights of the roles", check_rights(runner))
        report.add("shellcheck", check_shell(runner, blocks))
        for what, why in runner.used.values():
            print(f"stand-in for {what}: {why}")
    for what, problem in claims.check(ROOT, text, arguments.job):
        report.add(what, problem)
    print(f"docs: {report.passed} passed, {report.failed} failed")
    return 0 if report.failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
