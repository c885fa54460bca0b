"""Long roads on a real installation, each from where it begins to its end, with the ledger audited there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace
from places import Place, account

from tipstaff.actions.ask import ask
from tipstaff.actions.complain import complain
from tipstaff.actions.desk import Desk
from tipstaff.actions.grounds import grounds
from tipstaff.actions.holdings import Objection, holdings, statement_of
from tipstaff.actions.orders import ask_of_order, enter
from tipstaff.actions.take_up import Hold, take_up
from tipstaff.actions.texts import order_key
from tipstaff.assembly.casework import add_person, adopt
from tipstaff.casework.case import Case, Stage
from tipstaff.casework.commands import (
    Actor,
    Appeal,
    Asked,
    Command,
    Confirm,
    ConfirmResult,
    Decide,
    Hear,
    Propose,
    Rule,
)
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Hearing, Reason, Result, Waiver
from tipstaff.casework.orders.commands import Amend, ConfirmOrder, EnterOrder
from tipstaff.casework.orders.events import Change, Scope
from tipstaff.casework.which import Which
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.square.pages import AppDetails, RefusedError
from tipstaff.policy.model import Policy
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import screen
from tipstaff.screening.load import load_policy

ALICE, BOB, CAROL, DORA = (Actor(name, "reviewer") for name in ("alice", "bob", "carol", "dora"))
CHEN, WU = (Actor(name, "clerk") for name in ("chen", "wu"))
PLATFORM = Actor("platform", "platform")
PROMOTION = "稳赚不赔！添加微信 moon8888 进群，跟单买币月收益30%，邀请码 MOON66，名额有限速来"
WEATHER = "今天天气不错，适合散步。"
HANDLE = "moonharbor"
DAY = 86_400


@pytest.fixture(scope="module")
def policy() -> Policy:
    """Return the policy that ships."""
    return load_policy("crypto-promotion")


@pytest.fixture
def place(tmp_path: Path, policy: Policy) -> Place:
    """Return an installation with an account."""
    place = Place(tmp_path / "tipstaff", policy)
    place.square.register_account(HANDLE, "月港快讯")
    return place


def do(place: Place, number: int, actor: Actor, command: Command) -> Case:
    """Ask something of a case."""
    with place.desk() as desk:
        return ask(desk, number, actor, command)


def deciding(
    place: Place, number: int, measures: tuple[Asked, ...], *, order: int | None = None, provision: str = ""
) -> Decide:
    """Return a decision of a case: under the policy, or under an order alone."""
    with place.desk() as desk:
        case = desk.cases.load(number)
        named = provision or place.policy.provisions[0].id
        found = grounds(desk, case, named, None if order else place.policy.name, order)
        rests = (found.policy.entry, found.policy.digest) if found.policy else (None, None)
        reasons = desk.keep(case.subject, "decision", "reasons", "以邀请码招揽读者买币")
        return Decide(found.provision, *rests, measures, reasons, order=order)


def order_in(place: Place, scope: Scope, *targets: Target) -> int:
    """Let an order come in that two clerks have seen; returns its number."""
    with place.desk() as desk:
        text = desk.keep(order_key("bureau", "2026/7"), "order", "text", "依法处置")
        command = EnterOrder(
            "bureau", "2026/7", "《暂行规定》第七条", scope, targets, "CN", place.clock.now + DAY, text
        )
        order = enter(desk, CHEN, command)
        with pytest.raises(CaseError, match="chen signed order"):
            ask_of_order(desk, order.number, CHEN, ConfirmOrder())
    place.drain()
    with place.desk() as desk:
        assert desk.cases.find(targets[0].subject) is None, "one person's word is not enough"
        ask_of_order(desk, order.number, WU, ConfirmOrder())
    assert place.drain().trouble == ()
    return order.number


def case_of(desk: Desk, subject: Subject) -> Case:
    """Return the case about a subject, which must be there."""
    case = desk.cases.find(subject)
    assert case is not None
    return case


def text_of(place: Place, post: str) -> str:
    """Return what readers see of a post: its text, or the sentence in its place."""
    page = place.square.read_post(post)
    if page.content:
        return page.content.text
    assert page.sentence
    return page.sentence.text


def test_a_complaint_is_answered_and_the_answer_taken_back(place: Place, tmp_path: Path) -> None:
    """Complaint, case, decision, blocked, answered; appeal, reversed, restored; who complained is told."""
    post = place.publish(HANDLE, "新币上线，私信了解")
    rae = "square/reader/rae"
    with place.desk() as desk:
        target = Target(account(HANDLE), post)
        receipt = complain(desk, rae, target, Reason.PROMOTION, "私下拉人买币")
    number = receipt.case
    place.drain()
    assert place.case(number).stage is Stage.OPEN
    assert place.texts(number) == []
    do(place, number, ALICE, deciding(place, number, (Asked(MeasureKind.BLOCK_CONTENT, (post,)),)))
    assert text_of(place, post) == "新币上线，私信了解"
    place.drain()
    assert "内容已被屏蔽" in text_of(place, post)
    told = place.texts(number)
    assert [audience for audience, _ in told] == [rae, "account", "readers"]
    assert told[0][1].startswith("投诉 1：你的投诉成立，已采取措施")
    assert not any("rae" in text for _, text in told[1:])
    with place.desk() as desk:
        text = desk.keep(account(HANDLE), "appeal", "text", "这是新闻，不是推广")
        ask(desk, number, PLATFORM, Appeal(1, text))
        with pytest.raises(CaseError, match="alice had a part in decision 1"):
            ask(desk, number, ALICE, Rule(1, Result.REVERSED, text))
        ask(desk, number, BOB, Rule(1, Result.REVERSED, text))
    place.drain()
    assert text_of(place, post) == "新币上线，私信了解"
    assert [audience for audience, _ in place.texts(number)] == [
        rae, "account", "readers", "account", f"complainant {rae}", "account",
    ]  # fmt: skip
    assert "撤销原决定" in place.texts(number)[4][1]
    assert place.drain() == (0, 0, 0, ())
    counts = place.audit(tmp_path / "out")
    assert {kind: counts[kind] for kind in ("decision", "measure", "effect", "appeal", "result")} == {
        "decision": 1, "measure": 2, "effect": 2, "appeal": 1, "result": 1,
    }  # fmt: skip


def test_an_order_is_carried_out_by_four_persons(place: Place, tmp_path: Path) -> None:
    """Two clerks for the order, two reviewers for what it asks for; the authority is told, and late."""
    posts = [place.publish(HANDLE, text) for text in (PROMOTION, WEATHER)]
    order = order_in(place, Scope.CONTENT, Target(account(HANDLE)))
    with place.desk() as desk:
        number = case_of(desk, account(HANDLE)).number
    everything = Asked(MeasureKind.BLOCK_CONTENT, (), "CN")
    do(place, number, ALICE, deciding(place, number, (everything,), order=order))
    place.drain()
    assert [text_of(place, post) for post in posts] == [PROMOTION, WEATHER]
    with pytest.raises(CaseError, match="alice signed or confirmed decision 1: another person must"):
        do(place, number, ALICE, Confirm(1))
    closing = deciding(place, number, (Asked(MeasureKind.CLOSE_ACCOUNT, (), "CN"),), order=order)
    with pytest.raises(CaseError, match="close_account cannot be undone: propose it first"):
        do(place, number, ALICE, closing)
    do(place, number, ALICE, replace(closing, hearing=Hearing.WAIVED, waived_for=Waiver.ORDER))
    do(place, number, BOB, Confirm(1))
    place.drain()
    assert ["内容已被屏蔽" in text_of(place, post) for post in posts] == [True, True]
    assert place.square.read_account(HANDLE).profile is not None
    told = f"order {order}: the deadline of bureau 2026/7 has passed"
    assert place.drain(DAY).trouble == (told,)
    assert place.drain().trouble == (told,)
    do(place, number, BOB, Confirm(2))
    assert place.drain().trouble == ()
    page = place.square.read_account(HANDLE)
    assert page.profile is None
    assert page.sentence
    assert "帐号已被关闭" in page.sentence.text
    with place.desk() as desk:
        kept = desk.cases.load_order(order)
        (reported,) = kept.reports
        report = desk.text(reported.text)
        entries = [one.entry.hex() for one in desk.cases.load(number).decisions]
    assert [line.strip()[:5] for line in report.split("\n")[3:]] == ["决定 1：", "决定 2："]
    assert all(entry in report for entry in entries)
    assert place.drain(DAY) == (0, 0, 0, ())
    counts = place.audit(tmp_path / "out")
    assert {kind: counts[kind] for kind in ("order", "confirmation", "decision", "measure", "effect")} == {
        "order": 1, "confirmation": 3, "decision": 2, "measure": 2, "effect": 2,
    }  # fmt: skip


def test_an_app_is_suspended_after_a_hearing_and_reinstated(place: Place, tmp_path: Path) -> None:
    """Proposed, told, answered, decided with reasons, confirmed, suspended; and back after an appeal.

    By four persons: the policy has a second one confirm that an app comes back.
    """
    add_person(place.directory, DORA.name, DORA.role, place.clock)
    app = Subject("square", SubjectKind.APP, "pactline")
    details = AppDetails("Pactline", "Pact GmbH", ("publish",), "https://pact.example")
    place.square.register_app("pactline", details)
    with place.desk() as desk:
        receipt = complain(desk, "square/reader/rae", Target(app), Reason.FRAUD, "它代人发币")
        number = receipt.case
        proposal = desk.keep(app, "hearing", "proposal", "拟暂停该应用")
    until = place.clock.now + 3 * DAY
    provision = place.policy.provisions[0].id
    do(place, number, ALICE, Propose(provision, (MeasureKind.SUSPEND_APP,), until, proposal))
    assert place.case(number).stage is Stage.HEARING
    place.drain()
    assert "拟作出如下决定：应用已被暂停" in place.texts(number)[0][1]
    suspending = replace(deciding(place, number, (Asked(MeasureKind.SUSPEND_APP),)), hearing=Hearing.HELD)
    with pytest.raises(CaseError, match="the subject has until"):
        do(place, number, ALICE, suspending)
    with place.desk() as desk:
        ask(desk, number, PLATFORM, Hear(desk.keep(app, "hearing", "text", "我们只签协议")))
    do(place, number, ALICE, suspending)
    place.drain()
    assert place.square.read_app("pactline").details == details
    do(place, number, BOB, Confirm(1))
    place.drain()
    page = place.square.read_app("pactline")
    assert page.details is None
    assert page.sentence
    assert "应用已被暂停" in page.sentence.text
    with pytest.raises(RefusedError, match="应用已被暂停"):
        place.publish(HANDLE, WEATHER, app="pactline")
    with place.desk() as desk:
        text = desk.keep(app, "appeal", "text", "这里没有币")
        ask(desk, number, PLATFORM, Appeal(1, text))
        for person in (ALICE, BOB):
            with pytest.raises(CaseError, match="had a part in decision 1: another person judges it"):
                ask(desk, number, person, Rule(1, Result.REVERSED, text))
        ask(desk, number, CAROL, Rule(1, Result.REVERSED, text))
    place.drain()
    assert place.square.read_app("pactline").details is None, "one person's word is not enough"
    a_second_person_confirms(place, number, app)
    assert place.square.read_app("pactline").details == details
    place.publish(HANDLE, WEATHER, app="pactline")
    assert place.texts(number)[-1][1].startswith("下列措施已解除：应用已被暂停")
    counts = place.audit(tmp_path / "out")
    assert {kind: counts[kind] for kind in ("decision", "confirmation", "measure", "result")} == {
        "decision": 1, "confirmation": 2, "measure": 2, "result": 1,
    }  # fmt: skip


def a_second_person_confirms(place: Place, number: int, subject: Subject) -> None:
    """Have Dora confirm the result: nobody else may, and nothing is told before.

    By another version of the policy, which is in force by then, nobody need confirm anything.
    """
    before = place.texts(number)
    with place.desk() as desk:
        assert [one.number for one in desk.cases.outlines(9, None, Which(waiting=True))] == [number]
        assert holdings(desk, subject).decisions[0].appeal == before_result(desk, number)
        for person in (ALICE, BOB, CAROL):
            with pytest.raises(CaseError, match=r"decision 1.*: another person must"):
                ask(desk, number, person, ConfirmResult(1))
    adopt(place.directory, another_version(place), place.clock)
    do(place, number, DORA, ConfirmResult(1))
    place.drain()
    assert place.texts(number)[: len(before)] == before
    assert "撤销原决定" in place.texts(number)[len(before)][1]
    with place.desk() as desk:
        assert desk.cases.outlines(9, None, Which(waiting=True)) == []


def before_result(desk: Desk, number: int) -> Objection:
    """Return what who holds the subject of a case is told of the appeal before its result counts."""
    case = desk.cases.load(number)
    appeal = case.decisions[0].appeal
    assert appeal
    return Objection(desk.text(appeal.text), None, statement_of(case, appeal.entry), None, None)


def another_version(place: Place) -> Policy:
    """Return the policy in a later version, by which nothing needs a second person."""
    folder = place.directory.parent / "later"
    shutil.copytree(place.policy.folder, folder)
    head = folder / "policy.toml"
    text = head.read_text("utf-8").replace(f'version = "{place.policy.version}"', 'version = "9.0.0"')
    head.write_text(text[: text.index("[reversals]")], "utf-8")
    later = load_policy(folder)
    assert later.second_person == ()
    return later


def test_links_to_a_site_that_an_order_names_are_blocked(place: Place, tmp_path: Path) -> None:
    """In what was published and what would be; and they are back when the order is withdrawn."""
    link = "看这里 https://coin.example/join 吧"
    post = place.publish(HANDLE, link)
    site = Subject("square", SubjectKind.SITE, "coin.example")
    order = order_in(place, Scope.SITE, Target(site))
    with place.desk() as desk:
        number = case_of(desk, site).number
    blocking = (Asked(MeasureKind.BLOCK_LINKS, (), "CN"),)
    with pytest.raises(CaseError, match=f"order {order} holds in CN, not in world"):
        do(place, number, ALICE, deciding(place, number, (Asked(MeasureKind.BLOCK_LINKS),), order=order))
    do(place, number, ALICE, deciding(place, number, blocking, order=order))
    assert place.drain().trouble == ()
    assert "coin.example" not in text_of(place, post)
    assert "链接已被屏蔽" in text_of(place, post)
    with pytest.raises(RefusedError, match="链接已被屏蔽"):
        place.publish(HANDLE, "再发一次 https://www.coin.example")
    with place.desk() as desk:
        assert desk.cases.load_order(order).reports
        reasons = desk.keep(order_key("bureau", "2026/7"), "amendment", "reasons", "撤回")
        ask_of_order(desk, order, WU, Amend(Change.WITHDRAWN, reasons))
    place.drain()
    assert "coin.example" not in text_of(place, post), "one person's word is not enough"
    with place.desk() as desk:
        ask_of_order(desk, order, CHEN, ConfirmOrder(1))
    place.drain()
    assert text_of(place, post) == link
    counts = place.audit(tmp_path / "out")
    assert {kind: counts[kind] for kind in ("order", "amendment", "confirmation", "measure")} == {
        "order": 1, "amendment": 1, "confirmation": 2, "measure": 2,
    }  # fmt: skip


def test_a_machine_holds_until_a_person_has_looked_or_time_is_over(place: Place, tmp_path: Path) -> None:
    """What nobody looks at is shown again after its hours, and what is dismissed at once."""
    place.square.register_account("otherharbor", "另一港")
    posts = [place.publish(handle, PROMOTION) for handle in (HANDLE, "otherharbor")]
    with place.desk() as desk:
        found = screen(Batch.of(desk.hosts["square"].posts()), [place.policy])
        held, dismissed = take_up(desk, found, Hold(1, 6 * 3600))
        assert take_up(desk, found, Hold(1, 6 * 3600)) == []
    assert [text_of(place, post) for post in posts] == [PROMOTION, PROMOTION]
    place.drain()
    assert ["内容已暂缓展示" in text_of(place, post) for post in posts] == [True, True]
    do(place, dismissed.number, ALICE, deciding(place, dismissed.number, ()))
    place.drain()
    assert ["内容已暂缓展示" in text_of(place, post) for post in posts] == [True, False]
    assert place.case(dismissed.number).stage is Stage.CLOSED
    place.drain(6 * 3600 - 1)
    assert "内容已暂缓展示" in text_of(place, posts[0])
    place.drain(1)
    assert [text_of(place, post) for post in posts] == [PROMOTION, PROMOTION]
    assert place.case(held.number).stage is Stage.OPEN, "somebody still has to look at it"
    counts = place.audit(tmp_path / "out")
    assert {kind: counts[kind] for kind in ("decision", "measure", "effect")} == {
        "decision": 3, "measure": 4, "effect": 4,
    }  # fmt: skip
