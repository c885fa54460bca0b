"""The other cases: decided by people as well, and one in which there is nothing to do."""

from __future__ import annotations

from typing import Final

from tipstaff.casework.words import MeasureKind
from tipstaff.demo.stage import Stage
from tipstaff.demo.telling import Chapter, Fact, Say

_DECIDED: Final = {
    "xinghe_lianwen": ("osei", "招揽读者认购节点、领取空投"),
    "bian_front": ("osei", "喊单、返佣、预告拉盘"),
    "orbit_daily": ("lin", "Sells tokens and nodes to its readers"),
    "laochen_daidan": ("marta", "带单收费，承诺收益"),
    "ajie_u": ("marta", "公开收购、出售USDT"),
    "shouyi_garden": ("lin", "以代币计息的集资，拉人返利"),
    "rocket_calls": ("osei", "Runs a pump group and sells calls"),
    "airdrop_hut": ("lin", "Lures readers into connecting their wallets"),
}
"""Who decides the case of which account, and why."""

_HARMLESS: Final = "fairpurse"


def tell(stage: Stage) -> Chapter:
    """Have people decide the cases that are left."""
    stage.clock.wait(minutes=30)
    when = str(stage.clock)
    for handle, (person, reasons) in _DECIDED.items():
        stage.clock.wait(minutes=10)
        stage.decide(handle, person, MeasureKind.BLOCK_CONTENT, stage.case(handle).posts, reasons)
    stage.note(_HARMLESS, "marta", "Warns consumers of such offers; nothing to decide.")
    stage.work()
    decided = [stage.case(handle) for handle in _DECIDED]
    blocked = sum(one.done for case in decided for one in case.carryings)
    return Chapter(
        "The other cases",
        when,
        (
            Say(f"Lin, Osei and Marta decide {len(decided)} more cases; {blocked} posts are blocked."),
            Fact(
                _HARMLESS,
                "was only for review. Marta reads it, leaves a note, and decides nothing: a finding is a "
                "reason to look, and no more",
            ),
        ),
    )
