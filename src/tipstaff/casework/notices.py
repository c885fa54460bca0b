"""What people are told, in Chinese and English, as it is kept and shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tipstaff.casework.case import Decision
from tipstaff.casework.events import Decided, MeasureStated, Outcome, Proposed, Result
from tipstaff.casework.words import Direction, MeasureKind, Planned

_DONE: Final[Mapping[MeasureKind, tuple[str, str]]] = {
    MeasureKind.WARN: ("已对你发出警告", "You are warned"),
    MeasureKind.HOLD_CONTENT: ("内容已暂缓展示，等待审核", "The content is held until it has been reviewed"),
    MeasureKind.RESTRICT_POSTING: ("发布功能已受限", "Posting is restricted"),
    MeasureKind.SUSPEND_UPDATES: ("已暂停更新", "Updates are suspended"),
    MeasureKind.BLOCK_CONTENT: ("内容已被屏蔽", "The content is blocked"),
    MeasureKind.CLOSE_ACCOUNT: ("帐号已被关闭", "The account is closed"),
    MeasureKind.SUSPEND_APP: ("应用已被暂停", "The app is suspended"),
    MeasureKind.BLOCK_LINKS: ("链接已被屏蔽", "Links to this site are blocked"),
}
"""What has been done, for each kind of measure, in both languages."""


def sentence(kind: MeasureKind, provision: str) -> str:
    """Return what readers see in place of what a measure hides."""
    chinese, english = _DONE[kind]
    return f"{chinese}（依据：{provision}）。{english} ({provision})."


def account_notice(planned: Planned, decided: Decided, stated: MeasureStated) -> str:
    """Return what the account holder is told when a measure takes effect or ends."""
    chinese, english = _DONE[planned.kind]
    provision, territory = decided.provision, planned.territory
    if stated.direction is Direction.LIFT:
        return (
            f"下列措施已解除：{chinese}（依据：{provision}，地域：{territory}）。\n"
            f"This measure has ended: {english.lower()} ({provision}, {territory})."
        )
    return (
        f"{chinese}（依据：{provision}，地域：{territory}）。你可以对第 {decided.number} 号决定提出申诉。\n"
        f"{english} ({provision}, {territory}). You may appeal against decision {decided.number}."
    )


def proposal_notice(proposed: Proposed, until: str) -> str:
    """Return what the account holder is told of a decision that is proposed; `until` is a date."""
    kinds = [_DONE[kind] for kind in proposed.measures]
    chinese = "；".join(each for each, _ in kinds)
    english = "; ".join(each.lower() for _, each in kinds)
    return (
        f"拟作出如下决定：{chinese}（依据：{proposed.provision}）。你可以在 {until} 之前陈述意见。\n"
        f"This is proposed: {english} ({proposed.provision}). You may answer until {until}."
    )


_RESULTS: Final[Mapping[Result, tuple[str, str]]] = {
    Result.UPHELD: ("维持原决定", "was upheld"),
    Result.REVERSED: ("撤销原决定", "was reversed"),
    Result.VARIED: ("变更原决定，将另行作出决定", "was varied: another decision takes its place"),
}


def result_notice(decision: Decision, result: Result) -> str:
    """Return what everyone concerned is told of the result of an appeal."""
    chinese, english = _RESULTS[result]
    number = decision.said.number
    return f"对第 {number} 号决定的申诉已有结果：{chinese}。\nAfter the appeal, decision {number} {english}."


_OUTCOMES: Final[Mapping[Outcome, tuple[str, str]]] = {
    Outcome.UPHELD: ("你的投诉成立，已采取措施", "Your complaint was upheld, and measures were taken"),
    Outcome.DISMISSED: ("经审核，未发现违规", "It was looked at, and no breach was found"),
    Outcome.ABUSIVE: ("你的投诉被认定为恶意投诉", "Your complaint was found to be made in bad faith"),
}


def complaint_answer(number: int, outcome: Outcome, provision: str | None = None) -> str:
    """Return what a complainant is told; `provision` is what was broken, where something was."""
    chinese, english = _OUTCOMES[outcome]
    basis = f"（依据：{provision}）" if provision else ""
    cited = f" ({provision})" if provision else ""
    return f"投诉 {number}：{chinese}{basis}。\nComplaint {number}: {english}{cited}."
