"""Everybody who has a part in a journey, with real browsers, and what several of them do alike."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from browsers import PATIENCE, Person, Screen, Site, site
from playwright.sync_api import Browser, expect
from policies import write_policy
from visitors import Web, web

from tipstaff.actions.access.permissions import Role
from tipstaff.casework.words import Subject
from tipstaff.config.read import FILE
from tipstaff.screening.load import load_policy

SETTINGS: Final = 'second_factor_roles = ""\nrequests_a_minute = 0\n'
PEOPLE: Final = {
    "alice": Role.REVIEWER,
    "bob": Role.REVIEWER,
    "carol": Role.SENIOR_REVIEWER,
    "chen": Role.CLERK,
    "wu": Role.CLERK,
}


class World(NamedTuple):
    """A place that is served, and its pages in a browser."""

    served: Web
    site: Site

    def case_of(self, subject: Subject) -> int:
        """Return the number of the case about a subject, which is there."""
        with self.served.place.desk() as desk:
            case = desk.cases.find(subject)
        assert case
        return case.number

    def settle(self) -> None:
        """Wait until the worker beside has nothing to do: no case moves on while somebody looks at it."""
        end = time.monotonic() + PATIENCE
        with self.served.place.desk() as desk:
            while True:
                backlog = desk.cases.backlog(desk.clock(), 1, None)
                if not (backlog.owed or backlog.statements):
                    return
                assert time.monotonic() < end, backlog
                time.sleep(0.05)


@contextmanager
def travelling(folder: Path, browser: Browser) -> Iterator[World]:
    """Serve a place to everybody."""
    (folder / FILE).write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / FILE) as served:
        served.user("rae", Role.READER, reader="square/reader/rae")
        for name, role in PEOPLE.items():
            served.user(name, role)
        with site(folder / "here", served.place.clock, browser) as pages:
            yield World(served, pages)


def complain(rae: Person, path: str) -> str:
    """Complain of what is on a page, in two clicks; returns where what becomes of it will stand."""
    rae.open(path)
    rae.page.get_by_text(rae.say("Complain"), exact=True).click()
    rae.page.get_by_role("button", name=rae.word("reason", "fraud")).click()
    told(rae, "Your complaint was received.")
    expect(rae.page.get_by_role("main")).to_contain_text(rae.say("not answered yet"))
    return rae.page.url.removeprefix(rae.url).partition("?")[0]


def told(person: Person, phrase: str) -> None:
    """Wait until somebody is told that something was done."""
    expect(person.page.get_by_role("status").filter(has_text=person.say(phrase))).to_be_visible()


def refused(person: Person) -> str:
    """Wait until somebody is told why something is not done, which is for everybody; returns what is said."""
    alert = person.page.get_by_role("alert")
    expect(alert).to_be_visible()
    said = alert.inner_text()
    assert person.barriers() == []
    expect(alert).to_have_text(said, use_inner_text=True)
    return said


def link_on_page(alice: Person, case: int) -> str:
    """Have a link issued on the page of a case, with keys alone; returns its path."""
    alice.open(f"/console/cases/{case}")
    alice.tab_to(alice.named("button", "Link for the account holder to appeal"))
    alice.press("Enter")
    address = alice.page.get_by_label(alice.say("The link"), exact=True)
    expect(address).to_be_visible()
    assert alice.barriers() == []
    link = address.input_value()
    assert link.startswith(f"{alice.url}/links/")
    return link.removeprefix(alice.url)


def appeal(holder: Person, link: str, text: str) -> None:
    """Appeal by a link: without a name, and once."""
    holder.open(link)
    summary = holder.say("Appeal against decision %(number)s") % {"number": 1}
    holder.page.get_by_text(summary, exact=True).click()
    holder.page.get_by_label(holder.say("Why the decision is wrong")).fill(text)
    assert holder.barriers() == []
    holder.page.get_by_role("button", name=holder.say("Appeal"), exact=True).click()
    told(holder, "Your appeal is kept. Somebody else than who decided judges it.")
    expect(holder.page.get_by_text(summary, exact=True)).to_have_count(0)
    expect(holder.page.get_by_role("main")).to_contain_text(text)


def reverse(carol: Person, case: int, answer: str) -> None:
    """Find an appeal among those to be judged, and reverse the decision."""
    carol.open("/console/appeals")
    carol.page.get_by_role("link", name=str(case), exact=True).click()
    carol.page.get_by_label(carol.word("result", "reversed"), exact=True).check()
    carol.page.get_by_label(carol.say("What the subject is told")).fill(answer)
    carol.page.get_by_role("button", name=carol.say("Judge"), exact=True).click()
    told(carol, "The appeal is judged.")


def open_evidence(alice: Person) -> None:
    """Open the evidence of a case by its key: one is led there."""
    alice.press("e")
    expect(alice.named("heading", "Evidence")).to_be_focused()
    assert alice.barriers() == []


def find_in_queue(alice: Person, case: int) -> None:
    """Find a case in the queue, and open it, by keys."""
    alice.open("/console/cases")
    link = alice.page.get_by_role("link", name=str(case), exact=True)
    for _ in range(link.count() and alice.page.get_by_role("row").count()):
        alice.press("j")
        if alice.page.evaluate("document.activeElement.getAttribute('href')") == f"/console/cases/{case}":
            break
    alice.press("Enter")
    expect(alice.page.get_by_role("heading", level=1)).to_contain_text(str(case))


def on(screen: Screen) -> str:
    """Return a name that is there on no other screen."""
    return f"{screen.width}-{screen.language}"
