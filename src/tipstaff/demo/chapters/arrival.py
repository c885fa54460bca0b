"""What came in: everything that was published is screened, and whoever broke the policy gets a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tipstaff.casework.case import Case
from tipstaff.demo.stage import Stage
from tipstaff.demo.telling import Cases, Chapter, Row, Say
from tipstaff.policy.model import Outcome, Verdict
from tipstaff.screening.findings import verdict


def tell(stage: Stage) -> Chapter:
    """Screen, and open cases."""
    world, when = stage.world, stage.clock.go_on(0, 9)
    cases = stage.screen()
    verdicts = Counter(verdict(found) for found in stage.found.values())
    languages = Counter(post.lang for post in world.posts)
    came_in = (
        f"{len(stage.posts)} posts ({languages['zh']} Chinese, {languages['en']} English) of "
        f"{len(world.accounts)} public accounts, with {len(world.apps)} third-party apps and "
        f"{len(world.readers)} readers, all invented, are screened under {stage.policy.name} "
        f"{stage.policy.version}: {verdicts[Verdict.VIOLATION]} break it, {verdicts[Verdict.REVIEW]} are for "
        f"review, {verdicts[Verdict.PERMITTED]} expressly permitted. {len(cases)} accounts get a case:"
    )
    missed = sum(post.fair is Verdict.VIOLATION for post in world.posts)
    wrong = sum(post.fair is Verdict.NONE for post in world.posts)
    honest = (
        f"By the reading of those who wrote them, {missed} more should have been found, and {wrong} should "
        "not. The story comes to one of each."
    )
    return Chapter("What came in", when, (Say(came_in), Cases(tuple(_rows(stage, cases))), Say(honest)))


def _rows(stage: Stage, cases: list[Case]) -> Iterator[Row]:
    """Yield the cases, those with most posts first."""
    accounts = {account.handle: account for account in stage.world.accounts}
    for case in sorted(cases, key=lambda case: (-len(case.posts), case.number)):
        account = accounts[case.subject.id]
        rules = Counter(found.rule for found in case.found)
        most = max(
            rules, key=lambda rule: (stage.policy.rule(rule).outcome is Outcome.VIOLATION, rules[rule])
        )
        yield Row(case.number, account.name, account.followers, len(case.posts), most)
