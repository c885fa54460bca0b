"""The other cases: decided by people as well, and one in which there is nothing to do."""

from __future__ import annotations

from typing import Final

from tipstaff.demo.stage import Stage
from tipstaff.demo.telling import Chapter, Say

_BLOCKED: Final = {
    "xinghe_lianwen": ("osei", "招揽读者认购节点、领取空投"),
    "bian_front": ("osei", "喊单、返佣、预告拉盘"),
    "orbit_daily": ("lin", "Sells tokens and nodes to its readers"),
    "laochen_daidan": ("marta", "带单收费，承诺收益"),
    "shouyi_garden": ("lin", "以代币计息的集资，拉人返利"),
    "rocket_calls": ("osei", "Runs a pump group and sells calls"),
    "airdrop_hut": ("lin", "Lures readers into connecting their wallets"),
}
"""Who decides the case of which account, and why."""

_HARMLESS: Final = "fairpurse"


def tell(stage: Stage) -> Chapter:
    """Have people decide the cases that are left."""
    when = stage.clock.go_on(0, 14)
    for handle, (person, reasons) in _BLOCKED.items():
        stage.clock.wait(10)
        stage.block(handle, person, stage.case(handle).posts, reasons)
    reasons = "Warns consumers of such offers; promotes nothing"
    stage.ask(_HARMLESS, "marta", stage.draft(_HARMLESS, reasons))
    stage.work()
    blocked = sum(carrying.done for handle in _BLOCKED for carrying in stage.case(handle).carryings)
    return Chapter(
        "The other cases",
        when,
        (
            Say(
                f"Lin, Osei and Marta decide {len(_BLOCKED)} more; {blocked} posts are blocked. On "
                f"{_HARMLESS}, which was for review, Marta decides that there is nothing to do: “{reasons}”. "
                "A finding is a reason to look, and no more."
            ),
        ),
    )
