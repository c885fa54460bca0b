"""The main road on a real installation, from a post to its restoration."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from tipstaff.actions.ask import ask
from tipstaff.actions.desk import Desk
from tipstaff.actions.take_up import take_up
from tipstaff.assembly.casework import add_person, adopt, drain, install, open_desk
from tipstaff.assembly.ledger import audit_folder, read_store, read_trust
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Actor, Appeal, Asked, Confirm, Decide, Rule
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Hearing, Result, Waiver
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.square.pages import Draft
from tipstaff.hosts.square.platform import Platform
from tipstaff.ledger.export import export
from tipstaff.policy.model import Policy
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import screen
from tipstaff.screening.load import load_policy
from tipstaff.storage.engine import open_engine

ALICE, BOB, CAROL = (Actor(name, "reviewer") for name in ("alice", "bob", "carol"))
SUBJECT = Actor("platform", "platform")
PROMOTION = "稳赚不赔！添加微信 moon8888 进群，跟单买币月收益30%，邀请码 MOON66，名额有限速来"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_790_000_000

    def __call__(self) -> int:
        """Return the time."""
        return self.now


@pytest.fixture(scope="module")
def policy() -> Policy:
    """Return the policy that ships."""
    return load_policy("crypto-promotion")


@pytest.fixture
def clock() -> Clock:
    """Return a clock."""
    return Clock()


@pytest.fixture
def place(tmp_path: Path, policy: Policy, clock: Clock) -> Path:
    """Return an installation with three reviewers, a policy in force and an account that has published."""
    directory = tmp_path / "tipstaff"
    install(directory, "square.example/log", clock)
    for reviewer in (ALICE, BOB, CAROL):
        add_person(directory, reviewer.name, reviewer.role, clock)
    adopt(directory, policy, clock)
    square = Platform(open_engine(f"sqlite:///{directory / 'square.db'}"))
    square.register_account("moonharbor", "月港快讯")
    for text in (PROMOTION, "今天天气不错，适合散步。"):
        square.publish("moonharbor", Draft(text=text, published_at="2026-11-01T09:00:00+08:00"))
    return directory


def opened(desk: Desk, policy: Policy) -> Case:
    """Screen what square has published, and return the one case that comes of it."""
    batch = Batch.of(desk.hosts["square"].posts())
    (case,) = take_up(desk, screen(batch, [policy]))
    return case


def blocking(desk: Desk, case: Case, policy: Policy, kind: MeasureKind = MeasureKind.BLOCK_CONTENT) -> Decide:
    """Return a decision that blocks what was found, or closes the account."""
    adopted = desk.policies.adopted(policy.reference)
    assert adopted is not None
    reasons = desk.keep(case.subject, "decision", "reasons", "以邀请码招揽读者买币")
    posts = case.posts if kind is MeasureKind.BLOCK_CONTENT else ()
    asked = (Asked(kind, posts, "CN"),)
    decide = Decide(case.found[0].provision, adopted.entry, adopted.digest, asked, reasons)
    if kind is MeasureKind.BLOCK_CONTENT:
        return decide
    return replace(decide, hearing=Hearing.WAIVED, waived_for=Waiver.GRAVE_HARM)


def seen(desk: Desk, post: str) -> str | None:
    """Return the sentence that readers see in place of a post of the account."""
    target = Target(Subject("square", SubjectKind.ACCOUNT, "moonharbor"), post)
    found = desk.hosts["square"].read_back(target).sentence
    return found.text if found else None


def test_from_a_post_to_its_restoration(place: Path, policy: Policy, clock: Clock, tmp_path: Path) -> None:
    """A post is found, decided on, blocked with a receipt; another judges the appeal, and it is back."""
    with open_desk(place, clock) as desk:
        case = opened(desk, policy)
        (post,) = case.posts
        ask(desk, case.number, ALICE, blocking(desk, case, policy))
        assert seen(desk, post) is None  # nothing is done before the ledger has it
    drain(place, clock)
    with open_desk(place, clock) as desk:
        case = desk.cases.load(case.number)
        (carrying,) = case.carryings
        assert carrying.done
        assert carrying.entry in case.logged
        assert "内容已被屏蔽" in (seen(desk, post) or "")
        assert [notice.audience for notice in case.notices] == ["account", "readers"]
        text = desk.keep(case.subject, "appeal", "text", "这是新闻报道，不是推广")
        ask(desk, case.number, SUBJECT, Appeal(1, text))
        with pytest.raises(CaseError, match="alice had a part in decision 1"):
            ask(desk, case.number, ALICE, Rule(1, Result.REVERSED, text))
        ask(
            desk,
            case.number,
            BOB,
            Rule(1, Result.REVERSED, desk.keep(case.subject, "result", "reasons", "成立")),
        )
    drain(place, clock)
    with open_desk(place, clock) as desk:
        case = desk.cases.load(case.number)
        assert [carrying.done for carrying in case.carryings] == [True, True]
        assert seen(desk, post) is None
    with read_store(place / "ledger") as (store, checkpoints):
        last = checkpoints.last()
        assert last is not None
        export(store, last, tmp_path / "out", lambda _done, _of: None)
    report = audit_folder(
        tmp_path / "out", read_trust(place / "ledger" / "trust.json"), None, 1, lambda _done, _of: None
    )
    assert report.sound
    assert {kind: report.counts[kind] for kind in ("decision", "measure", "effect", "appeal", "result")} == {
        "decision": 1, "measure": 2, "effect": 2, "appeal": 1, "result": 1,
    }  # fmt: skip


def test_an_account_is_closed_by_two_persons(place: Path, policy: Policy, clock: Clock) -> None:
    """Nothing is done on one person's word; whoever signed does not confirm."""
    with open_desk(place, clock) as desk:
        case = opened(desk, policy)
        ask(desk, case.number, ALICE, blocking(desk, case, policy, MeasureKind.CLOSE_ACCOUNT))
    drain(place, clock)
    with open_desk(place, clock) as desk:
        assert not desk.cases.load(case.number).carryings
        with pytest.raises(CaseError, match="another person must"):
            ask(desk, case.number, ALICE, Confirm(1))
        ask(desk, case.number, CAROL, Confirm(1))
    drain(place, clock)
    with open_desk(place, clock) as desk:
        (carrying,) = desk.cases.load(case.number).carryings
        assert carrying.done
        assert "帐号已被关闭" in (seen(desk, case.posts[0]) or "")


def test_commands_that_screen_nothing_load_no_engine(place: Path) -> None:
    """Whoever reads a list, or has something carried out, does not wait for what finds things in posts."""
    words = [["case", "list", str(place)], ["worker", str(place), "--drain"], ["order", "list", str(place)]]
    script = (
        "import sys; from tipstaff.cli.main import main\n"
        f"assert not any([main(one) for one in {words!r}])\n"
        "print(sorted({'numpy', 'numba', 'tipstaff.screening.entities.finders'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)  # noqa: S603
    assert done.stdout.decode().splitlines()[-1] == "[]"
