"""The systemd units: well formed, hardened, at the right times, and calling `close`."""

import configparser
import datetime
import pathlib
import re
import shlex
import subprocess
import tempfile
import zoneinfo

from cases import add_case, expect, expect_equal
from command import (PROGRAMME_FILE, TRIED_AGAIN, ZONE, expect_closes, expect_only_close, hopeless,
                     text_of)
from job import PROGRAM
from live import ROOT

# What `systemd-analyze security` may say at most, in tenths: 0 is fully shut off, 100 open.
EXPOSURE_MAX = 11
PLACE_OF_CREDENTIALS = "/run/credentials/tierclose.service"
NIGHT, MONTH_END = datetime.time(0, 30), datetime.time(23, 30)


def service_text():
    """As meson installs it, but for the folder of the program."""
    return text_of("systemd/tierclose.service.in").replace(
        "@bindir@", str(PROGRAM.parent)).replace("@config@", PROGRAMME_FILE)


def settings(text, section):
    """{name: [values]} of a section; a name may be there more than once."""
    found = {}
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)  # is well formed
    inside = False
    for line in text.splitlines():
        if line.startswith("["):
            inside = line == f"[{section}]"
        elif inside and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def analyze(*words):
    return subprocess.run(["systemd-analyze", *words], text=True, capture_output=True, check=False,
                          env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"})


def in_folder(function):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "tierclose.service").write_text(service_text(), encoding="utf-8")
        (folder / "tierclose.timer").write_text(text_of("systemd/tierclose.timer"),
                                                encoding="utf-8")
        function(folder)


def try_verify(folder):
    done = analyze("verify", folder / "tierclose.service", folder / "tierclose.timer")
    expect_equal((done.returncode, done.stdout + done.stderr), (0, ""), "systemd-analyze verify")


def try_security(folder):
    done = analyze("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", "--no-pager",
                   folder / "tierclose.service")
    found = re.search(r"Overall exposure level for tierclose.service: ([\d.]+)", done.stdout)
    expect(found, done.stdout + done.stderr)
    print(f"exposure: {found.group(1)} of 10")
    expect(done.returncode == 0, f"more than {EXPOSURE_MAX / 10}: {done.stdout}")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    expect(f"an exposure of {found.group(1)} of 10" in readme, "the README tells another figure")


def elapses(expression, first, last):
    """Local times of a calendar expression, of the programme's zone, in [first, last)."""
    zone = zoneinfo.ZoneInfo(ZONE)
    begin = datetime.datetime.combine(first, datetime.time(0, 0), zone)
    base = (begin.astimezone(datetime.timezone.utc) - datetime.timedelta(seconds=1)).strftime(
        "%Y-%m-%d %H:%M:%S UTC")
    done = analyze("calendar", f"--base-time={base}", f"--iterations={(last - first).days + 2}",
                   expression)
    expect(done.returncode == 0, done.stderr)
    times = []
    for text in re.findall(r"(?:Next elapse|Iter. #\d+): \w+ (\S+ \S+) UTC", done.stdout):
        time = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
        local = time.astimezone(zone).replace(tzinfo=None)
        if local.date() < last:
            times.append(local)
    return times


def days_between(first, last):
    return [first + datetime.timedelta(days=number) for number in range((last - first).days)]


def try_calendar():
    """Once each night and once each last evening, over both clock changes and a leap year's end."""
    expressions = settings(text_of("systemd/tierclose.timer"), "Timer")["OnCalendar"]
    expect(all(expression.endswith(ZONE) for expression in expressions),
           f"the zone is not the programme's, {ZONE}: {expressions}")
    expect_equal(len(expressions), 2, "calendar expressions")
    nightly, at_the_end = expressions
    for first, last in ((datetime.date(2026, 1, 1), datetime.date(2027, 1, 1)),
                        (datetime.date(2028, 2, 20), datetime.date(2028, 3, 5))):
        days = days_between(first, last)
        wanted = [datetime.datetime.combine(day, NIGHT) for day in days]
        expect_equal(elapses(nightly, first, last), wanted, "nights")
        ends = [day for day in days if (day + datetime.timedelta(days=1)).day == 1]
        wanted = [datetime.datetime.combine(day, MONTH_END) for day in ends]
        expect_equal(elapses(at_the_end, first, last), wanted, "ends of months")
    expect_equal(settings(text_of("systemd/tierclose.timer"), "Timer")["Persistent"], ["yes"],
                 "missed nights")


def try_exit_codes():
    """Again only where waiting may help; each code of --help is one or the other."""
    service = settings(service_text(), "Service")
    prevented = {int(code) for code in " ".join(service["RestartPreventExitStatus"]).split()}
    expect_equal(service["Restart"], ["on-failure"], "Restart")
    expect_equal(prevented, hopeless(), "codes after which a person must look")
    expect_equal(service["SuccessExitStatus"], ["143"], "stopped by an administrator")
    expect_equal(service["Type"], ["oneshot"], "Type")
    tries = settings(service_text(), "Unit")["StartLimitBurst"][0]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    again = " and ".join(", ".join(map(str, sorted(TRIED_AGAIN))).rsplit(", ", 1))
    expect(f"{again} the service tries again every 10 minutes, up to {int(tries) - 1} times"
           in " ".join(readme.split()), "the README tells something else")
    expect_equal(service["RestartSec"], ["10min"], "the pause")


def try_command():
    service = settings(service_text(), "Service")
    words = shlex.split(service["ExecStart"][0])
    expect_only_close("systemd", words)
    environment = dict(pair.split("=", 1) for line in service["Environment"]
                       for pair in shlex.split(line.replace("%d", PLACE_OF_CREDENTIALS)))
    # The credential has the name by which the environment asks for it.
    credential, _, path = service["LoadCredential"][0].partition(":")
    expect_equal(path, "/etc/tierclose/pg_service.conf", "where the credential comes from")
    expect_closes("systemd", words, environment, f"{PLACE_OF_CREDENTIALS}/{credential}")


def register():
    add_case("systemd-analyze verify has nothing to say", in_folder, try_verify)
    add_case(f"the service's exposure is at most {EXPOSURE_MAX / 10} of 10", in_folder,
             try_security)
    add_case("the timer's nights and ends of months", try_calendar)
    add_case("the service's exit codes", try_exit_codes)
    add_case("the service closes what is due", try_command)
