"""What people are told, in Chinese and English, as it is kept and shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tipstaff.casework.events import Decided, MeasureStated, Planned
from tipstaff.casework.words import Direction, MeasureKind

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
