"""One case from its evidence to what readers see: who decided, and the receipt for it."""

from __future__ import annotations

from typing import Final

from tipstaff.casework.words import MeasureKind
from tipstaff.demo.stage import Stage
from tipstaff.demo.telling import Chapter, Fact, Ground, Quote, Say, Sight

_ACCOUNT: Final = "moonharbor"
_POST: Final = "moonharbor-11"


def tell(stage: Stage) -> Chapter:
    """Have a person look at the evidence, decide, and the worker carry it out."""
    stage.clock.wait(minutes=20)
    when, finding, posts = str(stage.clock), stage.gravest(_POST), stage.case(_ACCOUNT).posts
    before = stage.read(_POST)
    reasons = "多次以私募额度、邀请码和价格预期招揽读者买币"
    stage.decide(_ACCOUNT, "lin", MeasureKind.BLOCK_CONTENT, posts, reasons)
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
            Fact("decided by", f"{decision.by}, a person: block {len(posts)} posts. “{reasons}”"),
            Sight("readers saw", before),
            Sight("they now see", stage.read(_POST)),
            Fact(
                "receipt",
                f"decision: statement {case.logged[decision.entry]} of the ledger; this measure: statement "
                f"{receipt.position}, signed by {receipt.statement.iss}; its receipt verifies without the "
                f"ledger, under a checkpoint over {receipt.size} statements",
            ),
            Say("The platform did nothing before the ledger had the statement; then it was read back."),
        ),
    )
