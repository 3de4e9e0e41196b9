"""The file for /etc/cron.d: the README's words, one line, and what cron runs."""

import re

from cases import add_case, expect, expect_equal
from command import PROGRAMME_FILE, expect_closes, expect_only_close, text_of
from live import ROOT


def file_text(programme=PROGRAMME_FILE):
    """As meson installs it where the programme has that place."""
    return text_of("tierclose.cron.in").replace("@config@", programme)


def parts():
    """(variables, the five fields, user, command)"""
    lines = [line for line in file_text().splitlines()
             if line and not line.startswith("#")]
    variables = dict(line.split("=", 1) for line in lines[:-1])
    words = lines[-1].split(None, 6)
    return variables, words[:5], words[5], words[6]


def try_file():
    blocks = re.findall(r"^```crontab\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"),
                        flags=re.M | re.S)
    expect_equal([file_text("/usr/local/etc/tierclose/programme.yaml")], blocks, "the README's block")
    expect(file_text().endswith("\n"), "cron reads no line without an end")
    _, fields, user, command = parts()
    expect_equal(fields[2:], ["*", "*", "*"], "every night")
    expect(re.fullmatch(r"[0-5]?\d", fields[0]) and re.fullmatch(r"1?\d|2[0-3]", fields[1]), fields)
    expect(re.fullmatch(r"[a-z_][a-z0-9_-]*", user), user)
    expect("%" not in command, "cron takes % for the end of the line")


def try_command():
    variables, _, _, command = parts()
    expect_only_close("cron", command.split())
    expect_closes("cron", ["/bin/sh", "-c", command], variables, None)


def register():
    add_case("the cron line is well formed and the README's", try_file)
    add_case("the cron line closes what is due", try_command)
