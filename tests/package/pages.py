"""The manual pages: without a warning, readable at 80 columns, and complete."""

import gzip
import os
import re

import debian
from cases import add_case, expect, expect_equal
from live import ROOT

COLUMNS = 80
SECTIONS = ("1/tierclose.1", "5/programme.yaml.5")


def packed(name):
    return debian.UNPACKED / f"usr/share/man/man{name}.gz"


def unpacked(name):
    """A file with the page's source."""
    path = debian.UNPACKED.parent / name.replace("/", "-")
    path.write_bytes(gzip.decompress(packed(name).read_bytes()))
    return path


def read_page(name):
    """As a person sees it."""
    return debian.run("man", "-l", packed(name), env={
        **os.environ, "MANWIDTH": str(COLUMNS), "MANPAGER": "cat", "LC_ALL": "C.UTF-8",
        "MAN_KEEP_FORMATTING": ""})


def no_warnings(name):
    source = unpacked(name)
    expect_equal(debian.run("groff", "-ww", "-b", "-man", "-Tutf8", "-z", source), "", "groff")
    expect_equal(debian.run("mandoc", "-Tlint", "-Wwarning", source), "", "mandoc")


def fits(name):
    wide = [line for line in read_page(name).splitlines() if len(line) > COLUMNS]
    expect_equal(wide, [], f"lines over {COLUMNS} columns")


def words_of(text):
    return " ".join(text.split())


def complete():
    """What the program's own help says stands in the page, word for word."""
    page = words_of(read_page("1/tierclose.1"))
    program = debian.UNPACKED / "usr/bin/tierclose"
    overview = debian.run(program, "--help")
    commands = re.findall(r"^  ([a-z]+)  ", overview, flags=re.M)
    expect(len(commands) >= 7, overview)
    missing = []
    for command in commands:
        text = debian.run(program, "help", command)
        missing += [f"{command}: {option}" for option in re.findall(r"^  (--.*?)(?:  |$)", text,
                                                                    flags=re.M)
                    if words_of(option) not in page]
        paragraphs = text.split("\n\n")[1:]
        missing += [paragraph for paragraph in paragraphs
                    if not paragraph.startswith("Options")
                    and words_of(paragraph).replace("`", "") not in page]
    codes = re.findall(r"^ {2,4}(\d+)  (.*)$", overview, flags=re.M)
    expect(len(codes) >= 10, overview)
    missing += [code for code, meaning in codes if f"{code} {words_of(meaning)}" not in page]
    for title in ("Environment", "Files"):
        part = overview[overview.index(f"\n{title}:\n"):].split("\n\n")[0]
        names = re.findall(r"^  (\S.*)$", part, flags=re.M)
        expect(len(names) >= 4, part)
        missing += [name for name in names if name not in page]
    expect_equal(missing, [], "not in tierclose(1)")


def every_variable():
    page = read_page("1/tierclose.1")
    names = set()
    for path in (ROOT / "job").rglob("*.c"):
        if "manual" not in path.parts:
            names |= set(re.findall(r'getenv\("(\w+)"\)', path.read_text(encoding="utf-8")))
    expect(len(names) >= 2, str(names))
    expect_equal([name for name in sorted(names) if name not in page], [], "not in ENVIRONMENT")


def example_is_right():
    """The example of programme.yaml(5), copied from the screen, is the programme that ships."""
    page = read_page("5/programme.yaml.5")
    example = re.search(r"\n(       program: .*?)\nFILES\n", page, flags=re.S).group(1)
    path = debian.UNPACKED.parent / "example.yaml"
    path.write_text(example, encoding="utf-8")
    program = debian.UNPACKED / "usr/bin/tierclose"
    shown = [re.sub(r"^(Programme .*, from|  sha256) .*", r"\1", debian.run(
        program, "check", "--config", file), flags=re.M)
             for file in (path, ROOT / "config/aliexpress.yaml")]
    expect_equal(shown[0], shown[1], "the example as it is understood")


def register():
    for name in SECTIONS:
        add_case(f"man{name}: groff and mandoc have nothing to say", lambda n=name: no_warnings(n))
        add_case(f"man{name}: fits {COLUMNS} columns", lambda n=name: fits(n))
    add_case("tierclose(1) has all that the help has", complete)
    add_case("tierclose(1) names every variable that the program reads", every_variable)
    add_case("the example of programme.yaml(5) is the default programme", example_is_right)
