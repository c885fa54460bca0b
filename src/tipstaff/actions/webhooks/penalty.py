"""A measure in the shape of the event by which WeChat tells of a penalty (`wxa_punish_event`).

For a platform whose programs know that one. What it has and Tipstaff has not is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

import msgspec

from tipstaff.casework.case import Carrying, Case
from tipstaff.casework.notices import sentence
from tipstaff.casework.words import MeasureKind


class PenaltyType(IntEnum):
    """What `event_type` says."""

    WARNING = 1
    FUNCTIONS = 2
    DELISTING = 3
    ACCOUNT = 4
    PAGE = 10


_TYPES: Final[Mapping[MeasureKind, PenaltyType]] = {
    MeasureKind.WARN: PenaltyType.WARNING,
    MeasureKind.HOLD_CONTENT: PenaltyType.PAGE,
    MeasureKind.RESTRICT_POSTING: PenaltyType.FUNCTIONS,
    MeasureKind.SUSPEND_UPDATES: PenaltyType.FUNCTIONS,
    MeasureKind.BLOCK_CONTENT: PenaltyType.PAGE,
    MeasureKind.CLOSE_ACCOUNT: PenaltyType.ACCOUNT,
    MeasureKind.SUSPEND_APP: PenaltyType.DELISTING,
    MeasureKind.BLOCK_LINKS: PenaltyType.FUNCTIONS,
}


class Penalty(msgspec.Struct, frozen=True, kw_only=True):
    """A penalty. `punish_id` is the entry of the measure's statement, `punish_time` is in seconds.

    `illegal_content` names the post and has none of its words; `rule_name` is the rule that found it.
    """

    punish_id: str
    appid: str
    punish_time: int
    event_type: int
    illegal_reason: str
    illegal_content: str
    rule_name: str
    rule_url: str = ""
    adjust_guide_url: str = ""
    detail: str
    rectify_deadline: int = 0
    warned_ban_days: int = 0


def penalty_of(case: Case, carrying: Carrying, at: int) -> Penalty:
    """Return the penalty that a measure in effect is; that of all content is a delisting."""
    decision = case.carried_out(carrying)
    planned, provision = decision.planned(carrying.said.measure), decision.said.provision
    post = decision.target(case.subject, carrying.said.target).post
    kind = _TYPES[planned.kind]
    if kind is PenaltyType.PAGE and post is None:
        kind = PenaltyType.DELISTING
    fitting = (one.rule for one in case.found if one.provision == provision and post in (None, one.post))
    return Penalty(
        punish_id=carrying.entry.hex(),
        appid=case.subject.id,
        punish_time=at,
        event_type=kind.value,
        illegal_reason=provision,
        illegal_content=post or "",
        rule_name=next(fitting, ""),
        detail=sentence(planned.kind, provision),
    )
