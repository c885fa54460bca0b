"""`tipstaff demo` as a newcomer runs it, and what it leaves to be looked into."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from docs.pages import ANYTHING, ROOT, blocks
from litestar.testing import TestClient
from terminals import in_terminal

from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.casework import open_desk, open_square
from tipstaff.assembly.ledger import audit_folder, read_trust
from tipstaff.assembly.server import open_server
from tipstaff.casework.case import Case
from tipstaff.casework.words import Subject, SubjectKind, Target
from tipstaff.demo.place import Place
from tipstaff.demo.users import bring_in, going_on
from tipstaff.demo.world import World, read_world
from tipstaff.ledger.report import Report
from tipstaff.server.app import make_app

TIPSTAFF = str(Path(sys.executable).with_name("tipstaff"))
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"
ENVIRONMENT = os.environ | {"PATH": PATH, "LC_ALL": "C.UTF-8", "COLUMNS": "80"}


class Told(NamedTuple):
    """What a run has printed, and where it has left what."""

    text: str
    place: Place

    @property
    def words(self) -> str:
        """What it has printed, on one line."""
        return " ".join(self.text.split())


def demo(into: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the demo."""
    done = subprocess.run(  # noqa: S603
        [TIPSTAFF, "demo", "--into", str(into)],
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Run the demo once for all tests."""
    into = tmp_path_factory.mktemp("demo") / "world"
    return Told(demo(into).stdout, Place(into))


@pytest.fixture(scope="module")
def world() -> World:
    """Return the world that it is about."""
    return read_world()


@pytest.fixture(scope="module")
def report(told: Told) -> Report:
    """Audit what was published."""
    return audit_folder(told.place.public, read_trust(told.place.trust), None, 1, lambda _done, _of: None)


@pytest.fixture(scope="module")
def cases(told: Told) -> dict[str, Case]:
    """Return the cases that were left, by what they are about."""
    with open_desk(told.place.installation) as desk:
        return {(case := desk.cases.load(number)).subject.id: case for number in desk.cases.numbers()}


def test_the_counts_are_those_of_the_ledger(told: Told, report: Report) -> None:
    """An audit of what was published finds it sound, and counts what the demo has told, kind by kind."""
    assert report.sound
    assert f"{report.size} statements by {report.keys} keys, root {report.root[:16]}" in told.words
    assert ", ".join(f"{count} {kind}" for kind, count in report.counts.items()) in told.words


def test_what_is_in_force_is_what_the_platform_says(told: Told, world: World) -> None:
    """What the ledger has in force is in force on square, post by post and account by account."""
    kinds: Counter[str] = Counter()
    with open_desk(told.place.installation) as desk:
        square = desk.hosts["square"]
        targets = {_account(post.account) for post in square.posts()}
        targets |= {Target(_account(post.account).subject, post.id) for post in square.posts()}
        for target in targets:
            kinds.update(square.read_back(target).measures.values())
    assert (
        f"in force {kinds['block_content']} block_content, {kinds['close_account']} close_account"
        in told.words
    )
    assert kinds["close_account"] == len(world.order.kept) + 1


def test_readers_see_the_sentence_where_something_was_decided(
    told: Told, world: World, cases: dict[str, Case]
) -> None:
    """Posts are hidden where a decision says so, all of them where an account is closed, and no others."""
    closed = {*world.order.kept, "goldfox_support"}
    with open_square(told.place.installation) as square:
        pages = [square.read_post(post) for post in _posts(told)]
        assert all(
            bool(square.read_account(account.handle).sentence) is (account.handle in closed)
            for account in world.accounts
        )
    decided = {
        post
        for case in cases.values()
        for decision in case.decisions
        for post in decision.said.posts
        if not decision.appeal
    }
    for page in pages:
        assert bool(page.sentence) is (page.account in closed or page.id in decided), page


def test_who_complained_is_answered(told: Told, world: World, cases: dict[str, Case]) -> None:
    """Each complaint has an answer; that about the app comes to nothing, the others do not."""
    complaints = [complaint for case in cases.values() for complaint in case.complaints]
    readers = [f"square/reader/{one.by}" for one in world.complaints]
    assert sorted(complaint.by for complaint in complaints) == sorted(readers)
    outcomes = {
        complaint.by.rpartition("/")[2]: complaint.answered.outcome
        for complaint in complaints
        if complaint.answered
    }
    assert outcomes == {"yuqing": "upheld", "jonas": "upheld", "zhanglan": "upheld", "sven": "dismissed"}
    assert "Complaint 1: Your complaint was upheld" in told.words


def test_the_order_is_carried_out_by_two_persons_and_reported(told: Told, world: World) -> None:
    """It is narrowed to four accounts, each of which is closed by a decision that cites it, in time."""
    with open_desk(told.place.installation) as desk:
        (number,) = desk.cases.order_numbers()
        order = desk.cases.load_order(number)
    assert order.by != order.confirmations[0].by
    assert {target.subject.id for target in order.terms.targets} == set(world.order.kept)
    (report,) = order.reports
    assert report.at < world.order.deadline.timestamp()
    assert f"statement {order.logged[order.entry]}" in told.words


def test_the_report_that_was_blocked_by_mistake_is_back(told: Told, cases: dict[str, Case]) -> None:
    """Who decided did not judge the appeal; the post is what it was, and the case says so."""
    (decision,) = cases["chainlantern"].decisions
    assert decision.appeal is not None
    assert (decision.by, decision.appeal.judged_by, decision.appeal.result) == ("osei", "marta", "reversed")
    with open_square(told.place.installation) as square:
        page = square.read_post(decision.said.posts[0])
    assert page.sentence is None
    assert page.content is not None
    assert "我们查证" in page.content.text
    assert "refused: osei had a part in decision 1" in told.words


def test_the_commands_that_it_prints_do_as_told(told: Told) -> None:
    """The commands at the end, typed as they stand, export and audit, and find the ledger sound."""
    _, _, script = told.text.partition("by your own hand:\n")
    assert [line.split()[:3] for line in script.splitlines()][1:] == [
        ["tipstaff", "ledger", "export"], ["tipstaff", "ledger", "audit"],
    ]  # fmt: skip
    done = subprocess.run(  # noqa: S603
        ["/bin/sh", "-e", "-c", script], env=ENVIRONMENT, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "sound: square.example/log" in done.stdout


def test_the_readme_shows_what_comes_out(told: Told) -> None:
    """Each line of the excerpt in the README is in the output, but for where lines end."""
    (excerpt,) = [block.text for block in blocks(ROOT / "README.md") if "A mistake, an appeal" in block.text]
    printed = "".join(told.text.split())
    for line in excerpt.splitlines():
        for part in "".join(line.split()).split(ANYTHING):
            assert part in printed, line


def test_it_fits_eighty_columns(told: Told) -> None:
    """No line is wider than the terminal, wide characters counted twice; commands are left whole."""
    for line in told.text.splitlines():
        assert sum(1 + (char >= "\u1100" and char not in "…—“”‘’·│‹›") for char in line) <= 80 or (
            line.startswith("     cd ")
        ), line


def test_it_is_the_same_at_every_run(told: Told) -> None:
    """Run again, on a terminal, it makes its world anew and tells the same, in colour."""
    command = [TIPSTAFF, "demo", "--into", str(told.place.directory)]
    shown = in_terminal(command, told.place.directory.parent)
    assert "\x1b[1;36m2  What came in" in shown
    assert "\x1b[1;4;31m" in shown
    again = demo(told.place.directory).stdout
    assert _without_hashes(again) == _without_hashes(told.text)


def test_a_foreign_directory_is_refused(tmp_path: Path) -> None:
    """A directory that the demo has not made is left alone; the message says what to do."""
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    done = demo(tmp_path, code=2)
    assert "was not made by `tipstaff demo`" in done.stderr
    assert "--into" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def _account(handle: str) -> Target:
    """Return all of an account."""
    return Target(Subject("square", SubjectKind.ACCOUNT, handle))


def _posts(told: Told) -> list[str]:
    """Return the ids of all posts on the square that was left."""
    with open_desk(told.place.installation) as desk:
        return [post.id for post in desk.hosts["square"].posts()]


def _without_hashes(text: str) -> list[str]:
    """Return what is told without the hashes, which come from keys and are others at every run."""
    return [word for word in text.split() if not word.rstrip("].,").endswith("…")]


def test_everybody_can_log_in_once_it_is_served(told: Told) -> None:
    """With what is shown, by password and by token, no earlier than the story has ended."""
    world, now = read_world(), time.time()
    ended = int(world.begins.timestamp()) + 30 * 86_400
    clock = going_on(ended)
    assert clock() >= max(ended, int(now))
    assert going_on(0)() >= int(now)
    shown = bring_in(told.place, world, clock())
    app = make_app(open_server(told.place.installation, clock), HANDLERS)
    with TestClient(app) as client:
        for one in shown:
            body = {"name": one.user.name, "password": one.password}
            assert client.post("/v1/login", json=body).status_code == 201, one.user
            client.cookies.clear()
            seen = client.get("/v1/me", headers={"Authorization": f"Bearer {one.token}"}).json()
            assert seen["roles"] == sorted(one.user.roles)
        osei = next(one.token for one in shown if one.user.name == "osei")
        assert client.get("/v1/cases", headers={"Authorization": f"Bearer {osei}"}).json()["cases"]
