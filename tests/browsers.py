"""People with a real browser: Chromium, through Playwright, watched for all that a page must not do.

Whatever a page tells the console, loads from elsewhere, moves about, or weighs too much is kept, and told by
`Person.faults`. Without a Chromium these tests are skipped, by name.
"""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from gates import CHEAP, PASSWORD
from places import Clock
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect, sync_playwright

from tipstaff.actions.access.passwords import Hasher
from tipstaff.actions.screening.looking import Look
from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.server import open_server
from tipstaff.policy.model import Language
from tipstaff.server.app import make_app
from tipstaff.server.connections import config_of
from tipstaff.web.handlers import WEB
from tipstaff.web.language import translations
from tipstaff.web.problems import EVERYWHERE
from tipstaff.web.words import LABELS

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")

FLAGS: Final = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

HEAVIEST: Final = 150_000
"""Bytes that a page may take to load, with everything in it, by a browser that has nothing yet."""

SHIFT: Final = 0.01
"""How far a layout may shift: Chromium counts less than a pixel as nothing, and so do we."""

PATIENCE: Final = 30.0
"""Seconds to wait for a server that begins or ends, and for what a worker does beside."""

FAR: Final = 90
"""How often somebody presses Tab at the most to come to something."""

_SHIFT: Final = "layout shift:"
_SHIFTS: Final = """
let shifted = 0;
let asked = -Infinity;
addEventListener("htmx:afterSwap", (event) => {
  const by = event.detail.requestConfig?.triggeringEvent?.type;
  if (by === "click" || by === "submit") asked = performance.now();
});
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) {
    if (!one.hadRecentInput && Math.abs(one.startTime - asked) > 500) shifted += one.value;
  }
  console.debug(`layout shift: ${shifted}`);
}).observe({ type: "layout-shift", buffered: true });
"""
"""Tells the console how far a page has shifted, but for what somebody has pressed a button for: that may take
its place whenever it comes."""

_FOCUS: Final = """() => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return "nowhere";
  const own = getComputedStyle(at);
  const name = `${at.tagName} ${(at.name || at.innerText || at.value || "").slice(0, 40)}`;
  if (own.outlineStyle === "none" || !parseFloat(own.outlineWidth)) return `not seen: ${name}`;
  const all = [...at.getClientRects()].filter((one) => one.width && one.height);
  if (!all.length) return `without a place: ${name}`;
  const seen = all.some((place) => [0.1, 0.5, 0.9].some((right) => [0.1, 0.5, 0.9].some((down) => {
    const over = document.elementFromPoint(place.left + right * place.width, place.top + down * place.height);
    return over && (at.contains(over) || over.contains(at));
  })));
  return seen ? "" : `covered, or out of sight: ${name}`;
}"""
"""What is wrong with how the focus is seen: nothing, where that is empty."""


class Screen(NamedTuple):
    """How somebody looks at pages."""

    width: int
    language: str
    theme: str

    def __str__(self) -> str:
        """Return `360-zh-dark`."""
        return f"{self.width}-{self.language}-{self.theme}"


SCREENS: Final = (
    Screen(1440, "en", "light"),
    Screen(360, "zh", "light"),
    Screen(360, "en", "dark"),
    Screen(1440, "zh", "dark"),
)
"""Each width with each language and each theme, and these with each other: pairwise."""


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, browser: Browser, url: str, screen: Screen, *, scripts: bool = True) -> None:
        self.url = url
        self.screen = screen
        self.scripts = scripts
        self.context: BrowserContext = browser.new_context(
            viewport={"width": screen.width, "height": 900},
            locale={"en": "en-US", "zh": "zh-CN"}[screen.language],
            color_scheme="dark" if screen.theme == "dark" else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        self.context.add_init_script(_SHIFTS)
        self.page: Page = self.context.new_page()
        self._told: list[str] = []
        self._weighs = 0
        self._shifted: dict[str, float] = {}
        self._watch()

    def _watch(self) -> None:
        """Keep what pages do that they must not."""
        host = urlsplit(self.url).netloc
        self.page.on("console", lambda one: self._keep(one.type, one.text))
        self.page.on("pageerror", lambda error: self._told.append(f"script: {error}"))
        self.page.on(
            "request",
            lambda one: (
                self._told.append(f"elsewhere: {one.url}")
                if urlsplit(one.url).netloc not in (host, "")
                else None
            ),
        )
        session = self.context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._weigh)

    def _keep(self, kind: str, text: str) -> None:
        """Keep what a page tells the console, and how far it shifts.

        That something was refused, Chromium says by itself.
        """
        if kind == "debug" and text.startswith(_SHIFT):
            path, by = urlsplit(self.page.url).path, float(text.removeprefix(_SHIFT))
            self._shifted[path] = max(self._shifted.get(path, 0), by)
        elif kind in ("error", "warning") and not re.search(r"status of (400|401|403|404|409|412|422)", text):
            self._told.append(f"console {kind}: {text}")

    def _weigh(self, event: dict[str, float]) -> None:
        """Count what was transferred."""
        self._weighs += int(event["encodedDataLength"])

    def log_in(self, name: str) -> Person:
        """Log in, as one does."""
        self.open("/login")
        self.page.get_by_label(re.compile("^(Name|用户名)$")).fill(name)
        self.page.get_by_label(re.compile("^(Password|密码)$")).fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: urlsplit(url).path != "/login")
        return self

    def open(self, path: str) -> Response:
        """Open a page, and wait until all that it names is there."""
        answer = self.page.goto(f"{self.url}{path}", wait_until="load")
        assert answer is not None
        return answer

    def say(self, phrase: str) -> str:
        """Return a phrase of pages in the language of the screen, in which it must be there."""
        language = Language(self.screen.language)
        said = str(translations(language).gettext(phrase))
        assert language is Language.EN or said != phrase, f"nobody has translated {phrase!r}"
        return said

    def word(self, kind: str, value: str) -> str:
        """Return the word that pages have for a value of some kind, in the language of the screen."""
        return self.say(LABELS[kind][value])

    def named(self, role: Literal["button", "link", "heading", "textbox"], phrase: str) -> Locator:
        """Return what has a role, and a name that begins with a phrase: a key may stand behind it."""
        return self.page.get_by_role(role, name=re.compile(f"^{re.escape(self.say(phrase))}"))

    def until(self, path: str, there: Locator) -> None:
        """Open a page until something is there: a worker is at work beside."""
        end = time.monotonic() + PATIENCE
        while True:
            self.page.goto(f"{self.url}{path}")
            if there.first.is_visible() or time.monotonic() > end:
                expect(there.first).to_be_visible()
                return
            time.sleep(0.1)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other; where the focus is then must be seen."""
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, there: Locator) -> None:
        """Press Tab until something has the focus, which must be seen wherever it comes by."""
        for _ in range(FAR):
            at = self._tab()
            if there.evaluate("one => one === document.activeElement"):
                assert at
                return
        raise AssertionError(f"{FAR} times Tab do not lead to {there}")

    def tab_through(self) -> int:
        """Press Tab until the page is left; returns how many times something of it had the focus."""
        for number in range(FAR):
            if not self._tab():
                return number
        return FAR

    def _tab(self) -> bool:
        """Press Tab, and say whether something of the page has the focus: that it has must be seen."""
        self.press("Tab")
        wrong = self.page.evaluate(_FOCUS)
        assert wrong in ("", "nowhere"), f"{wrong}, on {self.page.url}"
        return not wrong

    def open_anew(self, path: str) -> None:
        """Open a page as a browser does that has nothing yet; `weighs` is what it takes from then on."""
        session = self.context.new_cdp_session(self.page)
        session.send("Network.clearBrowserCache")
        self._weighs = 0
        self.open(path)
        session.detach()

    @property
    def weighs(self) -> int:
        """How many bytes were transferred since a page was opened anew, with all that is in it."""
        return self._weighs

    @property
    def faults(self) -> list[str]:
        """Everything that pages have done until now that they must not."""
        wide = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        return [
            *self._told,
            *(f"{path} has shifted by {by:.3f}" for path, by in self._shifted.items() if by > SHIFT),
            *([f"it is wider than {self.screen.width} px"] if wide else []),
        ]

    def barriers(self) -> list[str]:
        """Return what axe-core has against the page as it is: nothing without scripts, for it is one."""
        if not self.scripts:
            return []
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {node['html'][:200]} ({node.get('failureSummary', '')[:300]})"
            for one in found
            for node in one["nodes"]
        ]


class Site(NamedTuple):
    """Pages at an address, and a browser."""

    url: str
    browser: Browser

    @contextmanager
    def person(
        self, name: str | None = None, screen: Screen = SCREENS[0], *, scripts: bool = True
    ) -> Iterator[Person]:
        """Give somebody a browser of their own; logged in where a name is given."""
        person = Person(self.browser, self.url, screen, scripts=scripts)
        try:
            yield person.log_in(name) if name else person
        finally:
            person.context.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium; where there is none the tests that need it are skipped."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: Debian's package `chromium` has one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def site(directory: Path, clock: Clock, browser: Browser, look: Look | None = None) -> Iterator[Site]:
    """Serve an installation at a port of its own, until it is done with."""
    app = make_app(open_server(directory, clock, look, Hasher(CHEAP)), [*HANDLERS, WEB], EVERYWHERE)
    server = uvicorn.Server(config_of(app))
    thread = threading.Thread(target=server.run, name="site")
    thread.start()
    try:
        end = time.monotonic() + PATIENCE
        while not server.started and thread.is_alive() and time.monotonic() < end:
            time.sleep(0.01)
        assert server.started, "the server has not begun"
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Site(f"http://127.0.0.1:{port}", browser)
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
