"""What webhooks are told of cases and orders, and what they are not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from casebook import (
    ACCOUNT,
    ALICE,
    APP,
    BOB,
    CAROL,
    MACHINE,
    PLATFORM,
    POSTS,
    READER,
    TABLE,
    Casebook,
    OrderBook,
    blocking,
)
from msgspec.structs import replace
from worlds import digest

from tipstaff.actions.webhooks.events import messages_of
from tipstaff.actions.webhooks.hooks import Changed, Message
from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.casework.commands import (
    Answer,
    Appeal,
    Asked,
    Complain,
    Confirm,
    ConfirmResult,
    Note,
    Rule,
    TakeBack,
)
from tipstaff.casework.events import EffectState, EffectStated, Noticed, Outcome, Reason, Recorded, Result
from tipstaff.casework.owed import owed_late
from tipstaff.casework.tells import complainant
from tipstaff.casework.words import MeasureKind, Subject

ROAD = [
    "case.opened", "decision.recorded",
    "measure.carried_out", "notice.sent", "notice.penalty", "notice.sent",
    "measure.carried_out", "notice.sent", "notice.penalty", "notice.sent",
    "appeal.received", "appeal.judged",
    "measure.carried_out", "notice.sent", "measure.carried_out", "notice.sent",
]  # fmt: skip


def told(events: Sequence[Recorded], known: int = 0, number: int = 1, log: bytes = b"log") -> list[Message]:
    """Return what is told of events."""
    return messages_of(Changed(number, known, events), log)


def bodies(events: Sequence[Recorded], kind: EventType) -> list[dict[str, Any]]:
    """Return the data of what is told of a kind."""
    found = [json.loads(one.body) for one in told(events) if one.type == kind]
    assert all(one["type"] == kind for one in found)
    return [one["data"] for one in found]


@pytest.fixture
def road() -> Casebook:
    """Return a case from a finding to its restoration: two posts are blocked, and shown again."""
    book = Casebook()
    book.ask(Note(digest("a note")))
    book.asked_and_logged(blocking())
    book.carried_out()
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    book.asked_and_logged(Rule(1, Result.REVERSED, digest("answer")), CAROL)
    book.carried_out()
    return book


def test_the_road_of_a_case(road: Casebook) -> None:
    """One message for each step that others are concerned by, in the order in which they came."""
    assert [one.type for one in told(road.events)] == ROAD


def test_messages_are_the_same_whenever_they_are_made(road: Casebook) -> None:
    """Whatever was told before, the same event makes the same message, under an id of its own."""
    whole = told(road.events)
    assert len({one.id for one in whole}) == len(whole)
    assert all("." not in one.id for one in whole)
    for known in range(len(road.events) + 1):
        before, rest = told(road.events[:known]), told(road.events, known)
        assert before + rest == whole
    ids = {one.id for one in whole}
    assert {one.id for one in told(road.events, number=2)}.isdisjoint(ids)
    assert {one.id for one in told(road.events, log=b"another")}.isdisjoint(ids)


def test_what_happens_after_a_restore_has_another_id(road: Casebook) -> None:
    """At the place of an event that a backup did not have: receivers take it for no other."""
    later = [*road.events[:-1], replace(road.events[-1], at=road.events[-1].at + 1)]
    (before,), (after,) = (told(events, len(events) - 1) for events in (road.events, later))
    assert (before.type, after.type) == ("notice.sent", "notice.sent")
    assert before.id != after.id


def test_what_is_told_of_a_decision(road: Casebook) -> None:
    """Numbers, kinds, the provision, the subject, and the statement with its place."""
    decision = road.case.decisions[0]
    (data,) = bodies(road.events, EventType.DECISION_RECORDED)
    assert data == {
        "case": 1,
        "subject": "memory/account/news",
        "decision": 1,
        "by": "reviewer",
        "provision": "house-1",
        "hearing": "not_due",
        "measures": [
            {
                "kind": "block_content",
                "territory": "world",
                "posts": ["m1", "m2"],
                "start": None,
                "until": None,
            }
        ],
        "statement": {"entry": decision.entry.hex(), "position": 0},
    }


def test_what_is_told_of_a_measure_and_its_end(road: Casebook) -> None:
    """Both directions, each once; what was seen again, or has failed, is not told."""
    first = road.case.carryings[0]
    found = bodies(road.events, EventType.MEASURE_CARRIED_OUT)
    assert [(one["direction"], one["target"]) for one in found] == [
        ("apply", "memory/account/news/m1"),
        ("apply", "memory/account/news/m2"),
        ("lift", "memory/account/news/m1"),
        ("lift", "memory/account/news/m2"),
    ]
    assert found[0] == {
        "case": 1,
        "subject": "memory/account/news",
        "decision": 1,
        "measure": 1,
        "direction": "apply",
        "kind": "block_content",
        "target": "memory/account/news/m1",
        "territory": "world",
        "provision": "house-1",
        "until": None,
        "statement": {"entry": first.entry.hex(), "position": road.case.logged[first.entry]},
    }
    book = Casebook()
    book.asked_and_logged(blocking())
    (entry, _) = (road_entry := book.stated())
    for place in road_entry:
        book.log(place)
    states = (EffectState.FAILED, EffectState.APPLIED, EffectState.DRIFTED, EffectState.APPLIED)
    for number, state in enumerate(states, start=1):
        book.record(EffectStated(entry, number, state))
    assert len(bodies(book.events, EventType.MEASURE_CARRIED_OUT)) == 1


def test_what_was_late_and_refused_is_told_once_it_is_lifted() -> None:
    """It was told that it had begun; no statement ends it, so that its own is named, which has no place."""
    book = Casebook()
    book.ask(blocking((Asked(MeasureKind.HOLD_CONTENT, POSTS[:1], until=book.now + 60),)), MACHINE)
    (said,) = owed_late(book.case, book.now, TABLE, holding=True)
    entry = book.record(said)
    for state in (EffectState.APPLIED, EffectState.FAILED, EffectState.LIFTED, EffectState.LIFTED):
        book.record(EffectStated(entry, 1, state))
        if state is EffectState.APPLIED:
            book.refuse(entry)
    found = bodies(book.events, EventType.MEASURE_CARRIED_OUT)
    assert [one["direction"] for one in found] == ["apply", "lift"]
    assert found[1] | {"direction": "apply"} == found[0]
    assert found[1]["statement"] == {"entry": entry.hex(), "position": None}


def test_what_is_told_in_the_shape_of_wechat(road: Casebook) -> None:
    """The fields of its penalty event; posts are named, and none of their words are there."""
    entry = road.case.carryings[0].entry
    first, _ = bodies(road.events, EventType.NOTICE_PENALTY)
    assert first == {
        "punish_id": entry.hex(),
        "appid": "news",
        "punish_time": road.now,
        "event_type": 10,
        "illegal_reason": "house-1",
        "illegal_content": "m1",
        "rule_name": "hype",
        "rule_url": "",
        "adjust_guide_url": "",
        "detail": "内容已被屏蔽（依据：house-1）。The content is blocked (house-1).",
        "rectify_deadline": 0,
        "warned_ban_days": 0,
    }


@pytest.mark.parametrize(
    ("kind", "subject", "expected"),
    [
        (MeasureKind.WARN, ACCOUNT, 1),
        (MeasureKind.RESTRICT_POSTING, ACCOUNT, 2),
        (MeasureKind.SUSPEND_UPDATES, ACCOUNT, 2),
        (MeasureKind.SUSPEND_APP, APP, 3),
        (MeasureKind.BLOCK_CONTENT, ACCOUNT, 3),
        (MeasureKind.CLOSE_ACCOUNT, ACCOUNT, 4),
    ],
)
def test_the_kinds_of_penalties(kind: MeasureKind, subject: Subject, expected: int) -> None:
    """A warning, functions, a delisting (all content as well), or the account."""
    book = Casebook(subject)
    book.asked_and_logged(blocking((Asked(kind),)))
    if not book.owed():
        book.asked_and_logged(Confirm(1), BOB)
    book.carried_out()
    (data,) = bodies(book.events, EventType.NOTICE_PENALTY)
    assert data["event_type"] == expected


def test_what_is_taken_back_or_refused_is_not_told() -> None:
    """A decision is told of once it is on the ledger."""
    book = Casebook()
    book.ask(blocking(delay=60))
    book.ask(TakeBack(1))
    book.refuse(book.ask(blocking()))
    assert [one.type for one in told(book.events)] == ["case.opened"]


def test_a_result_is_told_once_it_counts() -> None:
    """Where a second person must confirm it, once that is on the ledger, whatever comes first."""
    book = Casebook()
    book.second_person = (MeasureKind.BLOCK_CONTENT,)
    book.asked_and_logged(blocking())
    book.asked_and_logged(Appeal(1, digest("appeal")), PLATFORM)
    result = book.ask(Rule(1, Result.REVERSED, digest("answer")), CAROL)
    book.log(result)
    assert bodies(book.events, EventType.APPEAL_JUDGED) == []
    book.asked_and_logged(ConfirmResult(1), BOB)
    (data,) = bodies(book.events, EventType.APPEAL_JUDGED)
    assert (data["decision"], data["result"], data["statement"]["entry"]) == (1, "reversed", result.hex())


def test_who_complained_is_not_told() -> None:
    """Only that a complaint got its answer, and which; a notice to them is one to a complainant."""
    book = Casebook()
    book.ask(Complain(Reason.FRAUD, "m1", digest("complaint")), READER)
    book.ask(Answer(1, Outcome.DISMISSED, digest("told")), ALICE)
    book.record(Noticed(complainant(READER.name), digest("result"), digest("notice")))
    assert bodies(book.events, EventType.COMPLAINT_ANSWERED) == [
        {
            "case": 1,
            "subject": "memory/account/news",
            "complaint": 1,
            "outcome": "dismissed",
            "decision": None,
        }
    ]
    (notice,) = bodies(book.events, EventType.NOTICE_SENT)
    assert (notice["audience"], notice["about"]) == ("complainant", digest("result").hex())
    assert not any(b"rae" in one.body or b"alice" in one.body for one in told(book.events))


def test_an_order_is_told_once_it_is_on_the_ledger() -> None:
    """And nothing else of it."""
    book = OrderBook()
    assert told(book.events, number=9) == []
    book.confirmed()
    (message,) = told(book.events, number=9)
    assert message.type == "order.received"
    data = json.loads(message.body)["data"]
    assert data == {
        "order": 9,
        "authority": "court",
        "reference": "2026/7",
        "basis": "Art. 1",
        "scope": "account",
        "targets": ["memory/account/news"],
        "territory": "CN",
        "deadline": data["deadline"],
        "statement": {"entry": book.order.entry.hex(), "position": 0},
    }
