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
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tipstaff.actions.access.links import make_link
from tipstaff.actions.policies import in_force
from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.access import open_access
from tipstaff.assembly.casework import open_desk
from tipstaff.assembly.server import open_server
from tipstaff.casework.case import Case
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.demo.place import Place, make_place
from tipstaff.demo.story import POLICY, chapters, set_stage
from tipstaff.demo.users import Shown, bring_in, going_on
from tipstaff.demo.waiting import leave_waiting
from tipstaff.screening.load import load_policy
from tipstaff.server.app import make_app
from tipstaff.server.connections import config_of
from tipstaff.web.handlers import WEB
from tipstaff.web.problems import EVERYWHERE

DOCS: Final = Path(__file__).parents[1] / "docs"
INTO: Final = DOCS / "images" / "pages"
GALLERY: Final = DOCS / "gallery.md"
FLAGS: Final = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync")  # fmt: skip
CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
HEIGHT: Final = 860
COLOURS: Final = 128


class Shot(NamedTuple):
    """A picture: its name, the operation that makes the page, where that is, who looks, and how.

    Names in braces are found in the world, by `names_of`.
    """

    name: str
    operation: str
    path: str
    by: str | None = None
    width: int = 1280
    language: str = "en"
    theme: str = "light"


SHOTS: Final = (
    Shot("login", "showLogin", "/login"),
    Shot("queue", "showCases", "/console/cases", "lin"),
    Shot("queue-narrow", "showCases", "/console/cases", "lin", 360, "zh", "dark"),
    Shot("bulk", "previewManyCases", "/console/cases/bulk?act=warn&all=1&severity=4", "lin"),
    Shot("case", "showCase", "/console/cases/{club}", "lin"),
    Shot("case-zh", "showCase", "/console/cases/{kitchen}", "lin", language="zh", theme="dark"),
    Shot("case-narrow", "showCase", "/console/cases/{kitchen}", "lin", 360, "zh"),
    Shot("posts", "showPosts", "/console/cases/{moon}/posts", "lin"),
    Shot("evidence", "showEvidence", "/console/cases/{moon}/evidence", "lin", language="zh"),
    Shot("timeline", "showTimeline", "/console/cases/{moon}/timeline", "lin"),
    Shot("similar", "showSimilar", "/console/cases/{club}/similar", "lin"),
    Shot("appeals", "showAppeals", "/console/appeals", "marta"),
    Shot("orders", "showOrders", "/console/orders?show=all", "petra"),
    Shot("order", "showOrder", "/console/orders/{order}", "petra"),
    Shot("order-new", "showNewOrder", "/console/orders/new", "ruan"),
    Shot("subjects", "findSubjects", "/console/subjects?name=m", "lin"),
    Shot("subject", "showSubject", "/console/subjects/square/account/moonharbor", "lin", theme="dark"),
    Shot("measures", "showMeasures", "/console/measures?show=force", "lin"),
    Shot("policies", "showPolicies", "/console/policies", "halima"),
    Shot("policy", "showPolicy", "/console/policies/{policy}", "auditor"),
    Shot("policy-narrow", "showPolicy", "/console/policies/{policy}", "lin", 360, "zh", "dark"),
    Shot("comparison", "showComparison", "/console/policies/{policy}/comparison", "halima"),
    Shot("trial", "showTrial", "/console/policies/trial", "halima"),
    Shot("trends", "showTrends", "/console/trends", "auditor"),
    Shot("trends-narrow", "showTrends", "/console/trends?days=90", "lin", 360, "zh", "dark"),
    Shot("people", "showPeople", "/console/people", "admin"),
    Shot("person", "showUser", "/console/people/user/marta", "admin"),
    Shot("person-new", "showNewUser", "/console/people/new", "admin"),
    Shot("roles", "showRoles", "/console/people/roles", "auditor"),
    Shot("trail", "showTrail", "/console/trail", "auditor", language="zh", theme="dark"),
    Shot("webhooks", "showWebhooks", "/console/webhooks", "admin"),
    Shot("settings", "showSettings", "/console/settings", "admin"),
    Shot("me", "showMe", "/me", "lin"),
    Shot("check", "showCheck", "/check", "lin"),
    Shot("square", "showFeed", "/square", "yuqing"),
    Shot("square-narrow", "showFeed", "/square?show=newest", "yuqing", 360, "zh", "dark"),
    Shot("accounts", "showAccounts", "/square/accounts"),
    Shot("following", "showFollowed", "/square/following", "yuqing"),
    Shot("account", "showAccount", "/square/accounts/tidewire", "yuqing", language="zh"),
    Shot("account-closed", "showAccount", "/square/accounts/moonharbor"),
    Shot("account-closed-narrow", "showAccount", "/square/accounts/moonharbor", None, 360, "zh", "dark"),
    Shot("post-blocked", "showPost", "/square/posts/{blocked}", language="zh"),
    Shot("apps", "showApps", "/square/apps"),
    Shot("app", "showApp", "/square/apps/pactline"),
    Shot("complaints", "showComplaints", "/square/complaints", "yuqing"),
    Shot("complaint", "showComplaint", "/square/complaints/{complaint}", "yuqing", language="zh"),
    Shot("statement", "showStatement", "/statements/{entry}"),
    Shot("publish", "showPublish", "/square/publish", "chainlantern"),
    Shot("mine", "showOwnAccount", "/square/mine/account/moonharbor", "moonharbor"),
    Shot("mine-narrow", "showOwnAccount", "/square/mine/account/moonharbor", "moonharbor", 360, "zh", "dark"),
    Shot("link", "showLink", "/links/{link}", language="zh"),
)
"""All pictures: of each page one at least."""

PICTURELESS: Final = {"showWebhook", "showOwnAccounts"}
"""Pages of which the world has none: a webhook is told of something, who holds one account is led to that."""


def names_of(place: Place) -> dict[str, object]:
    """Return what paths may name in the world."""
    with open_desk(place.installation) as desk, open_access(place.installation) as access:

        def case(kind: SubjectKind, name: str) -> Case:
            found = desk.cases.find(Subject("square", kind, name))
            if found is None:
                raise SystemExit(f"the world has no case about {name}")
            return found

        moon, hearing = case(SubjectKind.ACCOUNT, "moonharbor"), case(SubjectKind.ACCOUNT, "rocket_calls")
        dealer = case(SubjectKind.ACCOUNT, "ajie_u")
        complained = case(SubjectKind.ACCOUNT, "goldfox_support")
        stated = in_force(desk.policies, POLICY)
        if stated is None:
            raise SystemExit(f"{POLICY} is not in force in the world")
        link = make_link(access.links, hearing, None, "osei", desk.clock(), desk.table)
        return {
            "club": case(SubjectKind.ACCOUNT, "wexcombe_rovers").number,
            "kitchen": case(SubjectKind.ACCOUNT, "xiaoman_kitchen").number,
            "moon": moon.number,
            "order": moon.orders[0].said.order,
            "policy": stated.reference.partition("+")[0].replace("@", "/"),
            "blocked": dealer.posts[0],
            "complaint": f"{complained.number}-1",
            "entry": moon.decisions[-1].entry.hex(),
            "link": link.shown,
        }


@contextmanager
def world() -> Iterator[tuple[str, list[Shown], dict[str, object]]]:
    """Serve the world of the demo; yields where, who can log in, and what paths may name."""
    policy = load_policy(POLICY)
    with tempfile.TemporaryDirectory() as folder, make_place(Path(folder) / "demo") as place:
        stage = set_stage(place, policy, lambda _done, _of: None)
        for _ in chapters(stage):
            pass
        leave_waiting(stage, time.time())
        clock = going_on(stage.clock())
        users, names = bring_in(place, stage.world, clock()), names_of(place)
        app = make_app(open_server(place.installation, clock), [*HANDLERS, WEB], EVERYWHERE)
        server = uvicorn.Server(config_of(app))
        with socket.create_server(("127.0.0.1", 0)) as listening:
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            while not server.started:
                time.sleep(0.05)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", users, names
            server.should_exit = True
            thread.join()


class Album:
    """Takes pictures: somebody logs in once for all that are taken of them on one kind of screen."""

    def __init__(
        self, browser: Browser, url: str, passwords: dict[str, str], names: dict[str, object]
    ) -> None:
        """Look at what is served at an address."""
        self._browser, self._url, self._passwords, self._names = browser, url, passwords, names
        self._pages: dict[tuple[object, ...], Page] = {}

    def take(self, shot: Shot) -> None:
        """Take a picture, and keep it in few colours: it is shown, and not measured."""
        page = self._page(shot)
        answer = page.goto(f"{self._url}{shot.path.format_map(self._names)}", wait_until="networkidle")
        if answer is None or not answer.ok:
            raise SystemExit(f"{shot.name}: {shot.path} is answered {answer and answer.status}")
        taken = Image.open(BytesIO(page.screenshot()))
        taken.convert("RGB").quantize(COLOURS).save(INTO / f"{shot.name}.png", optimize=True)
        print(INTO / f"{shot.name}.png")

    def _page(self, shot: Shot) -> Page:
        """Return the browser of who looks."""
        key = shot.by, shot.width, shot.language, shot.theme
        if key not in self._pages:
            context = self._browser.new_context(
                viewport={"width": shot.width, "height": HEIGHT},
                locale={"en": "en-US", "zh": "zh-CN"}[shot.language],
                color_scheme="dark" if shot.theme == "dark" else "light",
                reduced_motion="reduce",
            )
            page = self._pages[key] = context.new_page()
            if shot.by:
                page.goto(f"{self._url}/login")
                page.locator("[name=name]").fill(shot.by)
                page.locator("[name=password]").fill(self._passwords[shot.by])
                page.locator("button.main").click()
                page.wait_for_url(lambda found: not found.endswith("/login"))
        return self._pages[key]


def gallery() -> str:
    """Return the page on which all pictures stand."""
    parts = [
        "<!-- Made by tools/make_screenshots.py, which `make screenshots` runs. -->",
        "# All pages",
        "In the world of the demo, as `make run` serves it.",
    ]
    for shot in SHOTS:
        how = ", ".join((f"{shot.width} px", {"en": "English", "zh": "Chinese"}[shot.language], shot.theme))
        parts.append(
            f"## {shot.name}\n\n`{shot.path}`, {how}\n\n![{shot.name}](images/pages/{shot.name}.png)"
        )
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Take all pictures."""
    if CHROMIUM is None:
        raise SystemExit("there is no Chromium: Debian's package `chromium` has one")
    INTO.mkdir(parents=True, exist_ok=True)
    for old in INTO.glob("*.png"):
        old.unlink()
    with world() as (url, users, names), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        album = Album(browser, url, {one.user.name: one.password for one in users}, names)
        for shot in SHOTS:
            album.take(shot)
        browser.close()
    GALLERY.write_text(gallery(), encoding="utf-8")


if __name__ == "__main__":
    main()
