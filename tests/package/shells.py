"""Completion, as somebody at a keyboard has it: real shells on a pty, and the Tab key.

After the Tab another key makes the shell add its line to a file: then it is done, and what the line
became and what was shown on the way can be looked at.
"""

import datetime
import fcntl
import itertools
import os
import pathlib
import pty
import re
import shutil
import struct
import subprocess
import tempfile
import termios
import threading
import time

import debian
from cases import Skipped, add_case, expect, expect_equal, wait_until

ASK = b"\x18\x14"  # Ctrl-X Ctrl-T
ERASE_LINE = b"\x15"
BASH_COMPLETION = pathlib.Path("/usr/share/bash-completion/bash_completion")

BASH = r"""
PS1='$ '
bind 'set show-all-if-ambiguous on'
bind 'set page-completions off'
bind 'set completion-query-items 0'
bind 'set enable-bracketed-paste off'
bind 'set bell-style none'
bind -x '"\C-x\C-t": printf "%s\n" "$READLINE_LINE" >>"$ANSWERS"'
"""
ZSH = r"""
PS1='$ '
unsetopt beep list_beep prompt_sp auto_menu menu_complete list_ambiguous
setopt no_always_last_prompt
LISTMAX=1000
fpath=($ZSH_FOLDER $fpath)
autoload -Uz compinit
compinit -u -D
tell() { print -r -- "$BUFFER" >>$ANSWERS }
zle -N tell
bindkey -e
bindkey '^X^T' tell
bindkey '^I' complete-word
"""


class Shell:
    """A shell with a keyboard."""

    def __init__(self, words, start):
        self._folder = tempfile.TemporaryDirectory(prefix="tierclose-shell.")
        self.folder = pathlib.Path(self._folder.name)
        self._answers = self.folder / "answers"
        self._answers.touch()
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        home = self.folder / "home"
        home.mkdir()
        work = self.folder / "work"
        (work / "a folder").mkdir(parents=True)
        (work / "rules of mine.yaml").touch()
        environment = {"PATH": os.environ["PATH"], "TERM": "dumb", "HOME": str(home),
                       "LC_ALL": "C.UTF-8", "ANSWERS": str(self._answers),
                       "ZSH_FOLDER": str(debian.UNPACKED / "usr/share/zsh/vendor-completions")}
        self._process = subprocess.Popen(
            ["setsid", "--ctty", *words], stdin=slave, stdout=slave, stderr=slave, cwd=work,
            env=environment)
        os.close(slave)
        self._output = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        script = self.folder / "start"
        script.write_text(start, encoding="utf-8")
        os.write(self._master, f". {script}\n".encode())
        self._wait_until_ready()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._reader.join()
        os.close(self._master)
        self._folder.cleanup()

    def _read(self):
        try:
            while True:
                self._output += os.read(self._master, 4096)
        except OSError:
            pass

    def _lines(self):
        return self._answers.read_text(encoding="utf-8").splitlines()

    def _wait_until_ready(self):
        """A line editor may throw away what was typed before it was ready, so it is asked again.

        Questions are answered in their order: with the answer to the last none is left open.
        """
        tries = itertools.count()

        def answers():
            word = f"ready{next(tries)}"
            os.write(self._master, ERASE_LINE + word.encode() + ASK)
            end = time.monotonic() + 1
            while time.monotonic() < end and self._lines()[-1:] != [word]:
                time.sleep(0.01)
            return self._lines()[-1:] == [word]

        wait_until(answers, "the shell to be ready", 60)

    def press_tab(self, typed):
        """(what the line became, where in the output begins what was shown)."""
        shown_from, count = len(self._output), len(self._lines())
        os.write(self._master, ERASE_LINE + typed.encode() + b"\t" + ASK)
        wait_until(lambda: len(self._lines()) > count, f"an answer to {typed}", 40)
        return self._lines()[-1], shown_from

    def shown(self, since):
        """The output but for the line that was typed, which is written again and again."""
        lines = self._output[since:].decode(errors="replace").splitlines()
        return "\n".join(line for line in lines if "tierclose " not in line)

    def expect_line(self, typed, wanted):
        line, since = self.press_tab(typed)
        expect_equal(line, wanted, f"{typed}<Tab>; shown: {self.shown(since)}")

    def expect_offered(self, typed, *words, without=()):
        since = self.press_tab(typed)[1]

        def offered():
            return set(re.findall(r"[\w/.-]+", self.shown(since)))

        wait_until(lambda: offered() >= set(words), f"{typed}<Tab>: {words}; shown: "
                   f"{self.shown(since)}")
        expect(not offered() & set(without), f"{typed}<Tab>: {self._output[since:]}")


def this_month():
    return datetime.date.today().strftime("%Y-%m")


def year_ago():
    today = datetime.date.today()
    return f"{today.year - 1}-{today.month:02}"


def expect_common(shell):
    """What both shells do alike."""
    shell.expect_line("tierclose ba", "tierclose backfill ")
    shell.expect_offered("tierclose ", "close", "backfill", "verify", "status", "help")
    shell.expect_line("tierclose help expl", "tierclose help explain ")
    shell.expect_offered("tierclose close --", "--period", "--dry-run", "--config",
                         without=["--member", "--from"])
    shell.expect_line("tierclose close --dry", "tierclose close --dry-run ")
    shell.expect_offered("tierclose close --full --", "--period", without=["--full"])
    shell.expect_line("tierclose status --format j", "tierclose status --format json ")
    shell.expect_offered("tierclose explain --format ", "text", "json")
    shell.expect_offered("tierclose verify --period ", this_month(), year_ago())
    shell.expect_offered("tierclose backfill --from 2025-01 --to ", this_month(), year_ago())
    shell.expect_line("tierclose check --config ru",
                      "tierclose check --config rules\\ of\\ mine.yaml ")
    shell.expect_line("tierclose status --workers", "tierclose status --workers")


def bash(with_package):
    if with_package and not BASH_COMPLETION.exists():
        raise Skipped("bash-completion is not installed")
    script = debian.UNPACKED / "usr/share/bash-completion/completions/tierclose"
    first = f". {BASH_COMPLETION}\n" if with_package else ""
    with Shell(["bash", "--norc", "--noprofile", "-i"], f"{first}{BASH}. {script}\n") as shell:
        expect_common(shell)
        shell.expect_line("tierclose explain --format=j", "tierclose explain --format=json ")
        shell.expect_line("tierclose check --config=ru",
                          "tierclose check --config=rules\\ of\\ mine.yaml ")
        today = datetime.date.today().isoformat()
        shell.expect_line("tierclose close --today ", f"tierclose close --today {today} ")


def bash_finds_it():
    """The package bash-completion loads the file by the program's name, from where it lies."""
    if not BASH_COMPLETION.exists():
        raise Skipped("bash-completion is not installed")
    start = f"XDG_DATA_DIRS={debian.UNPACKED}/usr/share\n. {BASH_COMPLETION}\n{BASH}"
    with Shell(["bash", "--norc", "--noprofile", "-i"], start) as shell:
        shell.expect_line("tierclose ba", "tierclose backfill ")


def zsh():
    if shutil.which("zsh") is None:
        raise Skipped("zsh is not installed")
    with Shell(["zsh", "-f", "-i"], ZSH) as shell:
        expect_common(shell)
        shell.expect_line("tierclose explain --format=j", "tierclose explain --format=json ")


def register():
    add_case("bash, without the package bash-completion", lambda: bash(False))
    add_case("bash, with the package bash-completion", lambda: bash(True))
    add_case("bash-completion finds it by itself", bash_finds_it)
    add_case("zsh", zsh)
