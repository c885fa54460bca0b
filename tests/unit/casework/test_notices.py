"""What people are told, in both languages."""

from __future__ import annotations

import pytest
from casebook import Casebook, blocking

from tipstaff.casework.commands import Asked
from tipstaff.casework.events import MeasureStated, Outcome, Proposed, Result
from tipstaff.casework.notices import (
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


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        (
            Direction.APPLY,
            (
                "发布功能已受限（依据：house-1，地域：CN）。你可以对第 1 号决定提出申诉。\n"
                "Posting is restricted (house-1, CN). You may appeal against decision 1."
            ),
        ),
        (
            Direction.LIFT,
            (
                "下列措施已解除：发布功能已受限（依据：house-1，地域：CN）。\n"
                "This measure has ended: posting is restricted (house-1, CN)."
            ),
        ),
    ],
)
def test_the_account_is_told(direction: Direction, expected: str) -> None:
    """What was done, why, where and how to object; or that it has ended."""
    book = Casebook()
    book.ask(blocking((Asked(MeasureKind.RESTRICT_POSTING, territory="CN"),)))
    decided = book.case.decisions[0].said
    stated = MeasureStated(1, 1, 0, direction, None)
    assert account_notice(decided.measures[0], decided, stated) == expected


def test_the_account_is_told_of_a_proposal() -> None:
    """What would be done, why, and until when it can be answered."""
    kinds = (MeasureKind.CLOSE_ACCOUNT, MeasureKind.BLOCK_CONTENT)
    proposed = Proposed("house-1", kinds, 0, b"")
    assert proposal_notice(proposed, "2026-12-01 09:00 UTC") == (
        "拟作出如下决定：帐号已被关闭；内容已被屏蔽（依据：house-1）。"
        "你可以在 2026-12-01 09:00 UTC 之前陈述意见。\n"
        "This is proposed: the account is closed; the content is blocked (house-1). "
        "You may answer until 2026-12-01 09:00 UTC."
    )


@pytest.mark.parametrize(
    ("result", "chinese", "english"),
    [
        (Result.UPHELD, "维持原决定", "was upheld"),
        (Result.REVERSED, "撤销原决定", "was reversed"),
        (Result.VARIED, "变更原决定，将另行作出决定", "was varied: another decision takes its place"),
    ],
)
def test_a_result_is_told(result: Result, chinese: str, english: str) -> None:
    """By the number of the decision, and without who judged it."""
    book = Casebook()
    book.ask(blocking())
    assert result_notice(book.case.decisions[0], result) == (
        f"对第 1 号决定的申诉已有结果：{chinese}。\nAfter the appeal, decision 1 {english}."
    )


def test_every_outcome_has_an_answer_of_its_own() -> None:
    """In both languages, by the number of the complaint."""
    answers = {complaint_answer(7, outcome) for outcome in Outcome}
    assert len(answers) == len(Outcome)
    assert all("投诉 7：" in answer and "\nComplaint 7: " in answer for answer in answers)
