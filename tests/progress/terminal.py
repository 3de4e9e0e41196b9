"""A terminal for one program: a pty, and a screen that keeps what a person would have seen.

The screen knows what the job may use: text, \\r, \\n, and the sequence that erases the rest of a
line. Anything else is a Failure, and so is a line that goes on to the next one of the screen.
"""

import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading

from cases import Failure, wait_until
from job import JOB_SECONDS_MAX

ERASE_REST = "\033[K"
ROWS = 24


class Screen:
    """Lines of characters, a cursor, and each text that a line held when it was drawn."""

    def __init__(self, columns):
        self.columns = columns
        self.lines = [""]
        self.column = 0
        self.frames = []  # the last line after each write
        self.wrapped = []
        self._rest = ""

    def write(self, text):
        text = self._rest + text
        self._rest = ""
        at = 0
        while at < len(text):
            if text[at] == "\033":
                if len(text) - at < len(ERASE_REST):
                    self._rest = text[at:]
                    break
                if text[at:at + len(ERASE_REST)] != ERASE_REST:
                    raise Failure(f"an escape sequence: {text[at:at + 10]!r}")
                self.lines[-1] = self.lines[-1][:self.column]
                self.frames.append(self.lines[-1])
                at += len(ERASE_REST)
                continue
            self._put(text[at])
            at += 1

    def _put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.lines.append("")
        elif character < " ":
            raise Failure(f"a control character: {character!r}")
        else:
            line = self.lines[-1]
            self.lines[-1] = line[:self.column] + character + line[self.column + 1:]
            self.column += 1
            if self.column == self.columns:
                self.wrapped.append(self.lines[-1])


class Terminal:
    """`with Terminal(words, columns) as terminal:` runs the program with stderr on a terminal."""

    def __init__(self, words, columns, **environment):
        self.screen = Screen(columns)
        self.code = None
        self.out = ""
        self._failure = None
        self._master, slave = pty.openpty()
        self._slave = slave
        self.resize(columns)
        self._modes = termios.tcgetattr(slave)
        variables = {"TERM": "xterm", **os.environ, **environment}
        # setsid makes the terminal the program's own, so that Ctrl-C reaches it.
        self._process = subprocess.Popen(
            ["setsid", "--ctty", *map(str, words)], stdin=slave, stdout=subprocess.PIPE,
            stderr=slave, env=variables, text=True)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
        self.wait()
        os.close(self._master)

    def _read(self):
        try:
            while True:
                self.screen.write(os.read(self._master, 4096).decode())
        except OSError:
            pass  # the last one who had it open is gone
        except Failure as failure:
            self._failure = failure

    def resize(self, columns):
        """What is written from now on is for a terminal of this width."""
        self.screen.columns = columns
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))

    def press_ctrl_c(self):
        os.write(self._master, b"\x03")

    def wait_for_frame(self, has, seconds=30):
        """Until a line has been drawn that `has` accepts."""
        return wait_until(lambda: self._failure or self.ended() or next(
            (frame for frame in list(self.screen.frames) if has(frame)), None),
            "a line of progress", seconds)

    def ended(self):
        return self._process.poll() is not None

    def wait(self):
        """The exit code; then the screen is complete."""
        if self.code is None:
            try:
                self.out = self._process.communicate(timeout=JOB_SECONDS_MAX)[0]
            except subprocess.TimeoutExpired:
                self._process.kill()
                self.out = self._process.communicate()[0]
            self.code = self._process.returncode
            if termios.tcgetattr(self._slave) != self._modes:
                self._failure = self._failure or Failure("the terminal's modes have changed")
            os.close(self._slave)
            self._reader.join()
        if self._failure:
            raise self._failure
        return self.code
