"""What must hold for every page that a report has, as a browser shows it."""

import contextlib
import json
import pathlib
import subprocess

from browser import Browser
from cases import Failure, Skipped, expect, expect_equal
from live import ROOT

DESKTOP, PHONE = 1280, 390
SMALLEST_PIXELS = 10
PAPER = 688  # CSS pixels between the margins of an A4 sheet
LOOKS = [(width, dark) for width in (DESKTOP, PHONE) for dark in (False, True)]
NOT_FETCHED = 77

# What a reader would do.
OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"

AXE = """axe.run(document, {resultTypes: ["violations"]}).then(found => JSON.stringify(
    found.violations.map(one => [one.id, one.nodes.slice(0, 3).map(node => node.html + " " +
        node.any.concat(node.all, node.none).map(check => check.message).join("; "))])))"""

# What is wider than the window, but for what scrolls in a box of its own, which must be reachable.
# (A phone's window.innerWidth grows with the page.)
TOO_WIDE = """JSON.stringify([...document.querySelectorAll("body *")].filter(one =>
    !one.closest(".scroll") && !one.closest(".patterns") && !one.closest("svg") &&
    one.getBoundingClientRect().right > WIDTH + 0.5).map(one => one.outerHTML.slice(0, 200)))"""
PAGE_SCROLLS = "document.documentElement.scrollWidth > WIDTH"
BOXES = """JSON.stringify([...document.querySelectorAll(".scroll")].filter(one =>
    one.checkVisibility() && one.scrollWidth > one.clientWidth).map(one =>
    [getComputedStyle(one).overflowX, one.tabIndex, one.scrollWidth - one.clientWidth]))"""

# Labels of a picture that leave it, or lie on each other.
LABELS = """JSON.stringify([...document.querySelectorAll("svg.picture")].flatMap(picture => {
    const frame = picture.getBoundingClientRect();
    const labels = [...picture.querySelectorAll("text")].map(one =>
        [one.textContent, one.getBoundingClientRect()]);
    const outside = labels.filter(([, box]) => box.left < frame.left - 1 ||
        box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
    const meet = labels.flatMap(([text, one], index) => labels.slice(index + 1).filter(
        ([, other]) =>
        Math.min(one.right, other.right) - Math.max(one.left, other.left) > 0.5 &&
        Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > one.height / 4
        ).map(([other]) => text + " on " + other));
    return outside.map(([text]) => text + " leaves the picture").concat(meet);
}))"""
SMALLEST_LETTERS = """Math.min(...[...document.querySelectorAll("svg.picture text")].map(one =>
    parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a))"""
COLOURS = """[getComputedStyle(document.body).backgroundColor,
    getComputedStyle(document.body).color].join(" ")"""
ALL_OPEN = """[...document.querySelectorAll("details .scroll")].every(one =>
    one.checkVisibility({contentVisibilityAuto: true}) && one.getBoundingClientRect().height > 0)"""
CUT_ON_PAPER = """JSON.stringify([...document.querySelectorAll("table")].filter(one =>
    one.getBoundingClientRect().right > WIDTH + 0.5).map(one => one.caption.textContent))"""


def axe_script():
    """The text of axe-core."""
    done = subprocess.run([ROOT / "tests/look/axe.sh"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode == NOT_FETCHED:
        raise Skipped(done.stderr.strip().rpartition("\n")[2])
    if done.returncode != 0:
        raise Failure(done.stderr)
    return pathlib.Path(done.stdout.strip()).read_text(encoding="utf-8")


@contextlib.contextmanager
def shown(path, looks=tuple(LOOKS)):
    """(words, page) for each width and theme, one after the other."""
    with Browser() as browser:
        yield ((f"{width} px, {'dark' if dark else 'light'}", browser.open(path, width, dark))
               for width, dark in looks)


def is_accessible(path, looks):
    """With the tables behind the pictures opened, too."""
    script = axe_script()
    with shown(path, looks) as pages:
        for words, page in pages:
            with page:
                page.value(OPEN_ALL)
                page.value(script)
                expect_equal(json.loads(page.value(AXE)), [], f"{words}: axe")


def fits_the_window(path):
    """Only tables are wider, within themselves, and can be reached by keyboard there; how many."""
    scrolled = 0
    with shown(path, [(DESKTOP, False), (PHONE, False)]) as pages:
        for words, page in pages:
            with page:
                expect_equal(json.loads(page.value(LABELS)), [], f"{words}: labels")
                letters = page.value(SMALLEST_LETTERS)
                expect(letters is None or letters >= SMALLEST_PIXELS,
                       f"{words}: letters of {letters} px")
                for state in ("closed", "opened"):
                    expect_equal(page.value(PAGE_SCROLLS), False, f"{words}, {state}: scrolls")
                    expect_equal(json.loads(page.value(TOO_WIDE)), [],
                                 f"{words}, {state}: too wide")
                    boxes = json.loads(page.value(BOXES))
                    expect_equal([box for box in boxes if box[0] != "auto" or box[1] != 0], [],
                                 f"{words}, {state}: boxes that cannot be scrolled")
                    scrolled += len(boxes)
                    page.value(OPEN_ALL)
    return scrolled


def needs_nothing_else(path):
    """The browser asks for the file and nothing else, finds no fault in it, and runs no script."""
    with Browser() as browser:
        with browser.open(path, DESKTOP, script=False) as page:
            asked = [event["request"]["url"] for event in
                     page.events("Network.requestWillBeSent")]
            expect_equal(asked, [page.url], "what the page asks for")
            log = [event["entry"]["text"] for event in page.events("Log.entryAdded")]
            expect_equal(log, [], "what the browser says of it")
            expect_equal(page.value("document.scripts.length"), 0, "scripts")
            shown_without = page.value("document.body.innerText")
        with browser.open(path, DESKTOP) as page:
            expect_equal(page.value("document.body.innerText"), shown_without, "without scripts")


def follows_the_theme(path):
    with shown(path) as pages:
        colours = []
        for _, page in pages:
            with page:
                colours.append(page.value(COLOURS))
    light, dark = "rgb(255, 255, 255) rgb(24, 33, 44)", "rgb(17, 22, 29) rgb(229, 234, 240)"
    expect_equal(colours, [light, dark] * 2, "paper and ink")


def prints_whole(path):
    """On paper everything is open, light and within the sheet."""
    with Browser() as browser, browser.open(path, PAPER, dark=True) as page:
        page.call("Emulation.setEmulatedMedia", media="print",
                  features=[{"name": "prefers-color-scheme", "value": "dark"}])
        expect_equal(page.value(COLOURS).split(" rgb")[0], "rgb(255, 255, 255)", "paper")
        expect_equal(page.value(ALL_OPEN), True, "the numbers are open")
        expect_equal(json.loads(page.value(CUT_ON_PAPER)), [], "tables cut by the sheet's edge")


def keep_pictures(path, folder, name):
    """For people: a PNG of each look, and the page as printed."""
    with shown(path) as pages:
        for (width, dark), (_, page) in zip(LOOKS, pages):
            with page:
                page.screenshot(folder / f"{name}-{width}-{'dark' if dark else 'light'}.png")
    with Browser() as browser, browser.open(path, DESKTOP) as page:
        page.print(folder / f"{name}.pdf")
