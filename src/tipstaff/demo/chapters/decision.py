"""One case from its evidence to what readers see: who decided, and the receipt for it."""

from __future__ import annotations

from typing import Final

from tipstaff.demo.stage import Stage
from tipstaff.demo.telling import Chapter, Fact, Ground, Quote, Sight

_ACCOUNT: Final = "moonharbor"
_POST: Final = "moonharbor-11"


def tell(stage: Stage) -> Chapter:
    """Have a person look at the evidence, decide, and the worker carry it out."""
    when, finding = stage.clock.go_on(0, 9, 20), stage.gravest(_POST)
    posts = stage.case(_ACCOUNT).posts
    reasons = "多次以私募额度、邀请码和价格预期招揽读者买币"
    stage.block(_ACCOUNT, "lin", posts, reasons, finding.provision)
    stage.work()
    case = stage.case(_ACCOUNT)
    (decision,) = case.decisions
    number = decision.said.posts.index(stage.ids[_POST]) + 1
    measure = next(one for one in case.carryings if one.said.target == number)
    receipt = stage.verified(case.logged[measure.entry])
    return Chapter(
        "A finding, a decision, and what readers see",
        when,
        (
            Quote(stage.posts[finding.post], finding),
            Ground(finding),
            Fact(
                "decided by",
                f"{decision.by.capitalize()}, a person: block {len(posts)} posts. “{reasons}” "
                f"(statement {case.logged[decision.entry]} of the ledger)",
            ),
            Sight("they now see", stage.read(_POST)),
            Fact(
                "receipt",
                f"this measure is statement {receipt.position}, signed by the {receipt.role}; its receipt "
                f"verifies without the ledger, under a checkpoint over {receipt.size}",
            ),
        ),
    )
