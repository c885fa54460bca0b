"""`tipstaff demo` as a newcomer runs it, and what it leaves to be looked into."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from terminals import in_terminal

from tipstaff.assembly.casework import open_desk, open_square
from tipstaff.assembly.ledger import audit_folder, read_trust
from tipstaff.casework.case import Case
from tipstaff.demo.place import Place
from tipstaff.demo.world import World, read_world
from tipstaff.ledger.report import Report

TIPSTAFF = str(Path(sys.executable).with_name("tipstaff"))
ENVIRONMENT = os.environ | {"LC_ALL": "C.UTF-8", "COLUMNS": "80"}


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


def test_what_is_in_force_is_what_readers_see(told: Told, world: World, cases: dict[str, Case]) -> None:
    """Readers get a sentence for each post that is blocked, or whose account is closed, and for no other."""
    with open_square(told.place.installation) as square:
        closed = {
            account.handle for account in world.accounts if square.read_account(account.handle).sentence
        }
        pages = [square.read_post(post) for post in _posts(told)]
    hidden = Counter(page.account for page in pages if page.sentence)
    blocked = sum(count for account, count in hidden.items() if account not in closed)
    assert f"{blocked} block_content, {len(closed)} close_account" in told.words
    assert "goldfox_support" in closed
    assert all(hidden[handle] == sum(page.account == handle for page in pages) for handle in closed)
    assert hidden["moonharbor"] == len(cases["moonharbor"].posts)


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
    """The two commands at the end export and audit, and find the ledger sound."""
    lines = [line.split() for line in told.text.splitlines() if line.strip().startswith("tipstaff ledger")]
    assert [line[2] for line in lines] == ["export", "audit"]
    for line in lines:
        done = subprocess.run(  # noqa: S603
            [TIPSTAFF, *line[1:]], env=ENVIRONMENT, capture_output=True, check=False, text=True
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("sound: square.example/log")


def test_it_fits_eighty_columns(told: Told) -> None:
    """No line is wider than the terminal, wide characters counted twice; commands are left whole."""
    for line in told.text.splitlines():
        assert sum(1 + (char >= "\u1100" and char not in "…—“”‘’·│‹›") for char in line) <= 80 or (
            line.strip().startswith("tipstaff ledger")
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


def _posts(told: Told) -> list[str]:
    """Return the ids of all posts on the square that was left."""
    with open_desk(told.place.installation) as desk:
        return [post.id for post in desk.hosts["square"].posts()]


def _without_hashes(text: str) -> list[str]:
    """Return what is told without the hashes, which come from keys and are others at every run."""
    return [word for word in text.split() if not word.rstrip("].,").endswith("…")]
