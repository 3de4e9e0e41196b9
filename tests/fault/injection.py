"""The job with inject.c's library in front of what it calls: the N-th call meets a fault."""

import dataclasses
import os
import re
import struct
import subprocess
import tempfile

from cases import Skipped, expect
from job import PROGRAM

LIBRARY = PROGRAM.resolve().parents[1] / "tests/libfault_inject.so"

# The runtime of a sanitizer, which wants to stand before all others.
_RUNTIME = re.findall(r"=> (\S*/lib[at]san\.so\S*)", subprocess.run(
    ["ldd", PROGRAM], check=True, capture_output=True, text=True).stdout)
SANITIZED = bool(_RUNTIME)
PRELOAD = ":".join([*_RUNTIME, str(LIBRARY)])

# Of the rows of a COPY the first two count, and each N-th.
ROWS = os.environ.get("INJECT_ROWS", "1")

# As in inject.h.
FAMILIES = ("libpq", "socket", "memory", "stdout", "stderr", "system")
_REPORT = struct.Struct("6Q6Q6QQ48s208s")
_HITS = 3 * len(FAMILIES)


def expect_hit(hit, what):
    """A sanitizer answers some calls itself, before the library is asked: then there is no case."""
    if not hit and SANITIZED:
        raise Skipped("the sanitizer answers these calls itself")
    expect(hit, f"{what}no call met a fault")


@dataclasses.dataclass(frozen=True)
class Span:
    """How many calls of a family a run makes, and which of them come with the commit."""
    total: int
    commit_from: int
    commit_until: int


class Injection:
    """One fault: `kind` at call `number` of `family`, or of the function `call` in it. Afterwards:
    what was hit."""

    def __init__(self, family, number, kind, counts_from="libpq", call=""):
        self.family = family
        self.number = number
        self.kind = kind
        # The file goes with its last reference.
        self._file = tempfile.NamedTemporaryFile()  # pylint: disable=R1732
        self._file.write(bytes(_REPORT.size))
        self._file.flush()
        self.environment = {
            "LD_PRELOAD": PRELOAD, "INJECT_REPORT": self._file.name,
            "INJECT_FROM": counts_from, "INJECT_FAMILY": family, "INJECT_AT": str(number),
            "INJECT_KIND": kind, "INJECT_CALL": call, "INJECT_ROWS": ROWS,
        }

    def _read(self):
        with open(self._file.name, "rb") as file:
            return _REPORT.unpack(file.read(_REPORT.size))

    def was_hit(self):
        return self._read()[_HITS] > 0

    def call(self):
        """The function that was hit."""
        return self._text(_HITS + 1)

    def _text(self, field):
        return self._read()[field].partition(b"\0")[0].decode(errors="replace")

    def spans(self):
        """By family."""
        fields = self._read()
        return {family: Span(*fields[index:_HITS:len(FAMILIES)])
                for index, family in enumerate(FAMILIES)}

    def __str__(self):
        what = " ".join(f"{self.call()} {self._text(_HITS + 2)}".split())
        return f"{self.kind} at call {self.number} of {self.family}: {what}"
