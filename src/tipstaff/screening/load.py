"""Loading a policy for use: reading it, checking it, and running its examples."""

from __future__ import annotations

from pathlib import Path

from tipstaff.policy.faults import Faults, PolicyError
from tipstaff.policy.load import find_policy, read_policy
from tipstaff.policy.model import Example, Policy
from tipstaff.policy.texts import EXAMPLES_FILE
from tipstaff.screening.engine import screen, unswept
from tipstaff.screening.findings import Finding, verdict
from tipstaff.screening.posts import Post
from tipstaff.screening.relax import relax


def load_policy(name: str | Path) -> Policy:
    """Load a policy that ships, by name, or any other, by the path of its folder.

    Raises `PolicyError` with every fault found: what stands in the files, and, if nothing is wrong with
    them, every example that does not come out as promised. `InputError` if there is no such policy.
    """
    folder = find_policy(str(name))
    faults = Faults()
    with unswept():
        policy = read_policy(folder, faults, relax)
        if policy is not None and not faults:
            _run_examples(policy, faults)
    if policy is None or faults:
        raise PolicyError(folder, faults.found)
    return policy


def example_findings(policy: Policy) -> list[list[Finding]]:
    """Screen the examples of a policy, and return the findings of each."""
    posts = [_post(number, example) for number, example in enumerate(policy.examples)]
    found: list[list[Finding]] = [[] for _ in posts]
    for finding in screen(posts, policy):
        found[int(finding.post)].append(finding)
    return found


def _post(number: int, example: Example) -> Post:
    """Return an example as a post."""
    return Post(
        id=str(number),
        account="example",
        text=example.text,
        title=example.title or None,
        sponsored=example.sponsored or None,
    )


def _run_examples(policy: Policy, faults: Faults) -> None:
    """Add a fault for every example that does not come out as promised."""
    for example, findings in zip(policy.examples, example_findings(policy), strict=True):
        problem = example_problem(example, findings)
        if problem:
            faults.add(EXAMPLES_FILE, example.line, problem, f"the example: {example.text[:60]!r}")


def example_problem(example: Example, findings: list[Finding]) -> str:
    """Say how the findings of an example differ from what it promises; empty if they do not."""
    rules = [finding.rule for finding in findings]
    got = verdict(findings)
    if got is not example.verdict:
        return (
            f"the verdict is {got.value}, not {example.verdict.value} (rules: {', '.join(rules) or 'none'})"
        )
    if example.rule and example.rule not in rules:
        return f"rule {example.rule} did not fire (rules: {', '.join(rules) or 'none'})"
    return ""
