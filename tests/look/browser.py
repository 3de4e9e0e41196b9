"""Headless Chromium, driven through its own pipe: no driver, no port, nothing to install beside it.

    with Browser() as browser, browser.open(path, width=390, dark=True) as page:
        page.value("document.title")
        page.screenshot("page.png")

Each page is a tab in a window of its own width. One thread at a time may use a browser.
"""

import base64
import json
import os
import pathlib
import select
import subprocess
import tempfile
import time

PROGRAM = "chromium"
WINDOW_HEIGHT = 900
SECONDS_TO_ANSWER = 120
# What a browser does beside showing a page, and what a container has not.
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
    "--disable-breakpad", "--font-render-hinting=none", "--force-color-profile=srgb",
    "--remote-debugging-pipe",
)


class BrowserError(Exception):
    """What the browser said, or that it said nothing."""


class Browser:
    """The process. It reads commands from its descriptor 3 and answers on 4, a NUL after each."""

    def __init__(self):
        self._profile = tempfile.TemporaryDirectory(  # pylint: disable=consider-using-with
            prefix="tierclose-browser.", ignore_cleanup_errors=True)
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        # The shell moves the two to where they are looked for; whatever their numbers are.
        self._process = subprocess.Popen(  # pylint: disable=consider-using-with
            ["bash", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "bash", PROGRAM,
             *OPTIONS, f"--user-data-dir={self._profile.name}", "about:blank"],
            pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self._profile.name})
        os.close(to_browser)
        os.close(from_browser)
        self._bytes = b""
        self._number = 0
        self.events = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
            self._process.wait(SECONDS_TO_ANSWER)
        except (BrowserError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._write)
        os.close(self._read)
        self._profile.cleanup()

    def _message(self, until):
        while b"\0" not in self._bytes:
            left = until - time.monotonic()
            ready = left > 0 and select.select([self._read], [], [], left)[0]
            piece = os.read(self._read, 1 << 16) if ready else b""
            if piece == b"":
                raise BrowserError(f"{PROGRAM} has ended" if ready else f"{PROGRAM} is silent")
            self._bytes += piece
        message, self._bytes = self._bytes.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        """What a command answers; events that come before are kept."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            command["sessionId"] = session
        rest = json.dumps(command).encode() + b"\0"
        try:
            while rest:
                rest = rest[os.write(self._write, rest):]
        except BrokenPipeError:
            raise BrowserError(f"{PROGRAM} has ended") from None
        until = time.monotonic() + SECONDS_TO_ANSWER
        while True:
            message = self._message(until)
            if message.get("id") == self._number:
                if "error" in message:
                    raise BrowserError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    def wait_for(self, session, method):
        """The first event of that name, gone by or still to come."""
        until = time.monotonic() + SECONDS_TO_ANSWER
        seen = 0
        while True:
            for event in self.events[seen:]:
                if event["method"] == method and event.get("sessionId") == session:
                    return event["params"]
            seen = len(self.events)
            self.events.append(self._message(until))

    def open(self, path, width, dark=False, script=True):
        return Page(self, pathlib.Path(path), width, dark, script)


class Page:
    """A file in a tab; without `script` it may run none. In what value() takes WIDTH is known."""

    def __init__(self, browser, path, width, dark, script):
        self._browser = browser
        self.url = path.resolve().as_uri()
        self._target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = browser.call("Target.attachToTarget", targetId=self._target,
                                     flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=WINDOW_HEIGHT,
                  deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        self.call("Page.navigate", url=self.url)
        browser.wait_for(self._session, "Page.loadEventFired")
        self.value(f"globalThis.WIDTH = {width}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._browser.call("Target.closeTarget", targetId=self._target)

    def call(self, method, **parameters):
        return self._browser.call(method, self._session, **parameters)

    def events(self, method):
        return [event["params"] for event in self._browser.events
                if event.get("sessionId") == self._session and event["method"] == method]

    def value(self, expression):
        """Of a JavaScript expression; a promise's when it is kept."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def screenshot(self, path):
        """The whole page, however long."""
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True, fromSurface=True)
        pathlib.Path(path).write_bytes(base64.b64decode(data["data"]))

    def print(self, path):
        """As PDF on A4."""
        data = self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69,
                         preferCSSPageSize=True, printBackground=False)
        pathlib.Path(path).write_bytes(base64.b64decode(data["data"]))
