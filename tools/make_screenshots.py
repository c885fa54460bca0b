"""Make the screenshots of `docs/images/pages`: every page, as somebody sees it in the world of the demo.

It takes a Chromium, and a minute: `make screenshots`.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.server import open_server
from tipstaff.demo.place import make_place
from tipstaff.demo.story import POLICY, chapters, set_stage
from tipstaff.demo.users import Shown, bring_in, going_on
from tipstaff.demo.waiting import leave_waiting
from tipstaff.screening.load import load_policy
from tipstaff.server.app import make_app
from tipstaff.server.connections import config_of
from tipstaff.web.handlers import WEB
from tipstaff.web.problems import EVERYWHERE

INTO: Final = Path(__file__).parents[1] / "docs" / "images" / "pages"
FLAGS: Final = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync")  # fmt: skip
CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
HEIGHT: Final = 900


class Shot(NamedTuple):
    """A picture: its name, the page, who looks, how wide, in which language and colours."""

    name: str
    path: str
    by: str | None = None
    width: int = 1440
    language: str = "en"
    theme: str = "light"
    whole: bool = False


SHOTS: Final = (
    Shot("login", "/login"),
    Shot("queue", "/console/cases", "lin"),
    Shot("queue-narrow", "/console/cases", "lin", 360, "zh", "dark"),
    Shot("case", "/console/cases/18", "lin"),
    Shot("case-zh", "/console/cases/16", "lin", language="zh", theme="dark"),
    Shot("case-narrow", "/console/cases/16", "lin", 360, "zh"),
    Shot("policies", "/console/policies", "lin"),
    Shot("policy", "/console/policies/crypto-promotion/1.3.0", "auditor"),
    Shot("policy-narrow", "/console/policies/crypto-promotion/1.3.0", "lin", 360, "zh", "dark"),
    Shot("trends", "/console/trends", "auditor"),
    Shot("trends-narrow", "/console/trends?days=90", "lin", 360, "zh", "dark"),
    Shot("square", "/square", "yuqing"),
    Shot("square-narrow", "/square?show=newest", "yuqing", 360, "zh", "dark"),
    Shot("account", "/square/accounts/tidewire", "yuqing", language="zh"),
    Shot("account-closed", "/square/accounts/moonharbor"),
    Shot("account-closed-narrow", "/square/accounts/moonharbor", None, 360, "zh", "dark"),
    Shot("post-blocked", "/square/posts/p367", language="zh"),
    Shot("app", "/square/apps/pactline"),
    Shot("complaints", "/square/complaints", "yuqing"),
    Shot("publish", "/square/publish", "moonharbor"),
    Shot("mine", "/square/mine", "moonharbor"),
    Shot("mine-narrow", "/square/mine", "moonharbor", 360, "zh", "dark"),
)
"""All pictures."""


@contextmanager
def world() -> Iterator[tuple[str, list[Shown]]]:
    """Serve the world of the demo; yields where, and who can log in."""
    policy = load_policy(POLICY)
    with tempfile.TemporaryDirectory() as folder, make_place(Path(folder) / "demo") as place:
        stage = set_stage(place, policy, lambda _done, _of: None)
        for _ in chapters(stage):
            pass
        leave_waiting(stage, time.time())
        clock = going_on(stage.clock())
        users = bring_in(place, stage.world, clock())
        app = make_app(open_server(place.installation, clock), [*HANDLERS, WEB], EVERYWHERE)
        server = uvicorn.Server(config_of(app))
        with socket.create_server(("127.0.0.1", 0)) as listening:
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            while not server.started:
                time.sleep(0.05)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", users
            server.should_exit = True
            thread.join()


def take(browser: Browser, url: str, passwords: dict[str, str], shot: Shot) -> None:
    """Take a picture."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": HEIGHT},
        locale={"en": "en-US", "zh": "zh-CN"}[shot.language],
        color_scheme="dark" if shot.theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if shot.by:
        page.goto(f"{url}/login")
        page.locator("[name=name]").fill(shot.by)
        page.locator("[name=password]").fill(passwords[shot.by])
        page.locator("button.main").click()
        page.wait_for_url(lambda found: not found.endswith("/login"))
    page.goto(f"{url}{shot.path}", wait_until="networkidle")
    page.screenshot(path=INTO / f"{shot.name}.png", full_page=shot.whole)
    context.close()
    print(INTO / f"{shot.name}.png")


def main() -> None:
    """Take all pictures."""
    if CHROMIUM is None:
        raise SystemExit("there is no Chromium: Debian's package `chromium` has one")
    INTO.mkdir(parents=True, exist_ok=True)
    for old in INTO.glob("*.png"):
        old.unlink()
    with world() as (url, users), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        passwords = {one.user.name: one.password for one in users}
        for shot in SHOTS:
            take(browser, url, passwords, shot)
        browser.close()


if __name__ == "__main__":
    main()
