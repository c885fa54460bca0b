"""What people are told, in Chinese and English, as it is kept and shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

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


class Grounds(NamedTuple):
    """What a measure is on, and why, in the words of who decided and of what that rests on.

    Times are as people read them; `appeal` is until when the subject may appeal, None where it cannot.
    """

    on: str
    reasons: str
    quotes: Sequence[str] = ()
    start: str | None = None
    until: str | None = None
    appeal: str | None = None


def account_notice(planned: Planned, decided: Decided, stated: MeasureStated, grounds: Grounds) -> str:
    """Return what the account holder is told when a measure takes effect or ends, in Chinese, then English.

    That is what was done, on what, by which provision, where, from when, until when and why, what it rests
    on, and how to object.
    """
    chinese, english = _DONE[planned.kind]
    provision, territory = decided.provision, planned.territory
    if stated.direction is Direction.LIFT:
        return (
            f"下列措施已解除：{chinese}：{grounds.on}（依据：{provision}，地域：{territory}）。\n"
            f"This measure has ended: {english.lower()}: {grounds.on} ({provision}, {territory})."
        )
    terms_zh, terms_en = [f"依据：{provision}", f"地域：{territory}"], [provision, territory]
    if grounds.start:
        terms_zh.append(f"自 {grounds.start}")
        terms_en.append(f"from {grounds.start}")
    if grounds.until:
        terms_zh.append(f"至 {grounds.until}")
        terms_en.append(f"until {grounds.until}")
    in_chinese = [f"{chinese}：{grounds.on}（{'，'.join(terms_zh)}）。", f"理由：{grounds.reasons}"]
    in_english = [f"{english}: {grounds.on} ({', '.join(terms_en)}).", f"Reasons: {grounds.reasons}"]
    if quoted := [f"“{quote}”" for quote in grounds.quotes]:
        in_chinese.append(f"所依据的内容：{'；'.join(quoted)}")
        in_english.append(f"It rests on: {'; '.join(quoted)}")
    if grounds.appeal:
        number = decided.number
        in_chinese.append(
            f"你可以在 {grounds.appeal} 之前对第 {number} 号决定提出申诉："
            "登录后提出，或使用平台发给你的链接。"
        )
        in_english.append(
            f"You may appeal against decision {number} until {grounds.appeal}: logged in, or by a link that "
            "the platform sends you."
        )
    return "\n".join((*in_chinese, *in_english))


def proposal_notice(proposed: Proposed, until: str, reasons: str) -> str:
    """Return what the account holder is told of a decision that is proposed; `until` is a date."""
    kinds = [_DONE[kind] for kind in proposed.measures]
    chinese = "；".join(each for each, _ in kinds)
    english = "; ".join(each.lower() for _, each in kinds)
    return (
        f"拟作出如下决定：{chinese}（依据：{proposed.provision}）。你可以在 {until} 之前陈述意见。\n"
        f"理由：{reasons}\n"
        f"This is proposed: {english} ({proposed.provision}). You may answer until {until}.\n"
        f"Reasons: {reasons}"
    )


_RESULTS: Final[Mapping[Result, tuple[str, str]]] = {
    Result.UPHELD: ("维持原决定", "was upheld"),
    Result.REVERSED: ("撤销原决定", "was reversed"),
    Result.VARIED: ("变更原决定，将另行作出决定", "was varied: another decision takes its place"),
}


def result_notice(
    decision: Decision, result: Result, *, about: str | None = None, answer: str | None = None
) -> str:
    """Return what everyone concerned is told of the result of an appeal.

    `about` is what it concerns of theirs: their complaint, or their order. `answer` is what the account
    holder is told besides.
    """
    chinese, english = _RESULTS[result]
    number = decision.said.number
    head = f"{about}：" if about else ""
    told = [f"{head}对第 {number} 号决定的申诉已有结果：{chinese}。"]
    if answer:
        told.append(f"答复：{answer}")
    head = f"{about}: after" if about else "After"
    told.append(f"{head} the appeal, decision {number} {english}.")
    if answer:
        told.append(f"Answer: {answer}")
    return "\n".join(told)


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
