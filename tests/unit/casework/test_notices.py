"""What people are told, in both languages."""

from __future__ import annotations

import pytest
from casebook import Casebook, blocking

from tipstaff.casework.commands import Asked
from tipstaff.casework.events import MeasureStated, Outcome, Proposed, Result
from tipstaff.casework.notices import (
    Grounds,
    account_notice,
    complaint_answer,
    proposal_notice,
    result_notice,
    sentence,
)
from tipstaff.casework.words import Direction, MeasureKind


@pytest.mark.parametrize("kind", MeasureKind)
def test_every_kind_has_a_sentence_of_its_own(kind: MeasureKind) -> None:
    """Readers are told in Chinese and English, with the provision in both."""
    told = sentence(kind, "house-1")
    assert told.count("house-1") == 2
    assert any("一" <= char <= "龥" for char in told)
    assert told.isascii() is False
    assert len({sentence(other, "house-1") for other in MeasureKind}) == len(MeasureKind)


def test_readers_are_told() -> None:
    """The sentence in place of blocked content, as it is shown."""
    assert sentence(MeasureKind.BLOCK_CONTENT, "house-1") == (
        "内容已被屏蔽（依据：house-1）。The content is blocked (house-1)."
    )


def posting_restricted(direction: Direction, grounds: Grounds) -> str:
    """Return what the account is told when its posting is restricted, or that has ended."""
    book = Casebook()
    book.ask(blocking((Asked(MeasureKind.RESTRICT_POSTING, territory="CN"),)))
    decided = book.case.decisions[0].said
    return account_notice(decided.measures[0], decided, MeasureStated(1, 1, 0, direction, None), grounds)


def test_the_account_is_told() -> None:
    """What was done, on what, by what, where, when, why, on what it rests, and how to object until when."""
    grounds = Grounds(
        "square/account/news", "招揽读者买币", ("稳赚不赔", "加微信"), "2026-12-01 09:00 UTC",
        "2026-12-08 09:00 UTC", "2027-05-30 09:00 UTC",
    )  # fmt: skip
    assert posting_restricted(Direction.APPLY, grounds).splitlines() == [
        (
            "发布功能已受限：square/account/news（依据：house-1，地域：CN，"
            "自 2026-12-01 09:00 UTC，至 2026-12-08 09:00 UTC）。"
        ),
        "理由：招揽读者买币",
        "所依据的内容：“稳赚不赔”；“加微信”",
        ("你可以在 2027-05-30 09:00 UTC 之前对第 1 号决定提出申诉：登录后提出，或使用平台发给你的链接。"),
        (
            "Posting is restricted: square/account/news "
            "(house-1, CN, from 2026-12-01 09:00 UTC, until 2026-12-08 09:00 UTC)."
        ),
        "Reasons: 招揽读者买币",
        "It rests on: “稳赚不赔”; “加微信”",
        (
            "You may appeal against decision 1 until 2027-05-30 09:00 UTC: logged in, or by a link that the "
            "platform sends you."
        ),
    ]


def test_the_account_is_told_no_more_than_there_is() -> None:
    """Neither times, nor passages, nor an appeal where there are none; and of an end, that it is one."""
    grounds = Grounds("square/account/news", "看过了")
    assert posting_restricted(Direction.APPLY, grounds).splitlines() == [
        "发布功能已受限：square/account/news（依据：house-1，地域：CN）。",
        "理由：看过了",
        "Posting is restricted: square/account/news (house-1, CN).",
        "Reasons: 看过了",
    ]
    assert posting_restricted(Direction.LIFT, grounds).splitlines() == [
        "下列措施已解除：发布功能已受限：square/account/news（依据：house-1，地域：CN）。",
        "This measure has ended: posting is restricted: square/account/news (house-1, CN).",
    ]


def test_the_account_is_told_of_a_proposal() -> None:
    """What would be done, why, and until when it can be answered."""
    kinds = (MeasureKind.CLOSE_ACCOUNT, MeasureKind.BLOCK_CONTENT)
    proposed = Proposed("house-1", kinds, 0, b"")
    assert proposal_notice(proposed, "2026-12-01 09:00 UTC", "屡次招揽").splitlines() == [
        (
            "拟作出如下决定：帐号已被关闭；内容已被屏蔽（依据：house-1）。"
            "你可以在 2026-12-01 09:00 UTC 之前陈述意见。"
        ),
        "理由：屡次招揽",
        (
            "This is proposed: the account is closed; the content is blocked (house-1). "
            "You may answer until 2026-12-01 09:00 UTC."
        ),
        "Reasons: 屡次招揽",
    ]


@pytest.mark.parametrize(
    ("result", "chinese", "english"),
    [
        (Result.UPHELD, "维持原决定", "was upheld"),
        (Result.REVERSED, "撤销原决定", "was reversed"),
        (Result.VARIED, "变更原决定，将另行作出决定", "was varied: another decision takes its place"),
    ],
)
def test_a_result_is_told(result: Result, chinese: str, english: str) -> None:
    """By the number of the decision, what it concerns and the answer, and without who judged it."""
    book = Casebook()
    book.ask(blocking())
    assert result_notice(book.case.decisions[0], result) == (
        f"对第 1 号决定的申诉已有结果：{chinese}。\nAfter the appeal, decision 1 {english}."
    )
    told = result_notice(book.case.decisions[0], result, about="bureau 2026/7", answer="引用属于报道")
    assert told.splitlines() == [
        f"bureau 2026/7：对第 1 号决定的申诉已有结果：{chinese}。",
        "答复：引用属于报道",
        f"bureau 2026/7: after the appeal, decision 1 {english}.",
        "Answer: 引用属于报道",
    ]


def test_every_outcome_has_an_answer_of_its_own() -> None:
    """In both languages, by the number of the complaint."""
    answers = {complaint_answer(7, outcome) for outcome in Outcome}
    assert len(answers) == len(Outcome)
    assert all("投诉 7：" in answer and "\nComplaint 7: " in answer for answer in answers)
