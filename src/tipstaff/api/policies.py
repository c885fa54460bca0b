"""Policies: how each version stands that was ever stated; those who own them state it, and compare."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final

import msgspec
from litestar import Controller, get
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter

from tipstaff.actions.access.owning import Compared
from tipstaff.actions.policies import State, Stated
from tipstaff.api.commands import command
from tipstaff.api.parameters import Asking
from tipstaff.policy.model import Outcome, Verdict
from tipstaff.screening.backtest import Change, RuleChanges
from tipstaff.screening.backtest import Example as Changed
from tipstaff.server.problems import ASKING, answers

_MOST: Final = 1000
"""Posts that are screened for one answer."""

Named = Annotated[
    str,
    PathParameter(
        pattern=r"^[a-z][a-z0-9-]{1,39}(@[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}(\+[0-9a-f]{64})?)?$",
        description="NAME, NAME@VERSION, or the `reference` of a version",
        examples=[Example(value="crypto-promotion")],
    ),
]
Posts = Annotated[
    int, QueryParameter(ge=1, le=_MOST, description="how many posts are looked at, at the most")
]
AfterPost = Annotated[
    str | None,
    QueryParameter(pattern="^[^/\0]+/[^\0]+$", max_length=600, description="`next` of the page before"),
]


class PolicyVersion(msgspec.Struct, frozen=True):
    """A version of a policy. `reference` is NAME@VERSION+DIGEST, `entry` the last statement about it."""

    name: str
    version: str
    reference: str
    state: State
    entry: str


class PolicyVersions(msgspec.Struct, frozen=True):
    """All versions, by name and in the order in which they were stated."""

    policies: list[PolicyVersion]


class RuleLine(msgspec.Struct, frozen=True, kw_only=True):
    """On how many posts a rule stands under the old version and the new one, and how many changed it catches.

    The old version has it where `in_old`, and the new one where `in_new`.
    """

    rule: str
    outcome: Outcome
    in_old: bool
    in_new: bool
    before: int
    after: int
    newly_caught: int
    newly_let_through: int
    changed_outcome: int


class ChangedPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post of which the versions make something else, with the rules that catch it under each."""

    post: str
    host: str
    account: str
    change: Change
    before: Verdict
    after: Verdict
    rules_before: list[str]
    rules_after: list[str]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What the `old` version, in force, and the `new` one, in shadow, make of the `posts` of this page.

    `rules` are those that stand on any of them. `next` is what the next page begins after; None on the last.
    """

    old: str
    new: str
    posts: int
    newly_caught: int
    newly_let_through: int
    changed_outcome: int
    rules: list[RuleLine]
    changed: list[ChangedPost]
    next: str | None


class PolicyController(Controller):
    """Policies."""

    path = "/v1/policies"
    tags = ("policies",)

    @get(sync_to_thread=True, operation_id="listPolicies", responses=ASKING)
    def list_policies(self, front: Asking) -> PolicyVersions:
        """List the versions of policies that were ever stated: in shadow, in force, or retired."""
        return PolicyVersions([_view(one) for one in front.policies()])

    @command("/{name:str}/shadow", operation_id="shadowPolicy")
    def shadow(self, front: Asking, name: Named) -> PolicyVersion:
        """Have a version tried beside the one in force: nothing comes of what it finds."""
        return _view(front.owning.shadow(name))

    @command("/{name:str}/adopt", operation_id="adoptPolicy")
    def adopt(self, front: Asking, name: Named) -> PolicyVersion:
        """Put a version in force; the one that was so before is retired."""
        return _view(front.owning.adopt(name))

    @command("/{name:str}/retire", operation_id="retirePolicy")
    def retire(self, front: Asking, name: Named) -> PolicyVersion:
        """Have nothing found, and nothing decided, under a version any more."""
        return _view(front.owning.retire(name))

    @get(
        "/{name:str}/comparison",
        sync_to_thread=True,
        operation_id="comparePolicy",
        responses=ASKING | answers(HTTPStatus.CONFLICT),
    )
    def compare(self, front: Asking, name: Named, most: Posts = 200, after: AfterPost = None) -> Comparison:
        """Tell what a version in shadow would change, over some of what hosts have published."""
        return _comparison(front.owning.compare(name, most, after))


def _view(stated: Stated) -> PolicyVersion:
    """Return a version, for who looks."""
    version = stated.reference.partition("@")[2].partition("+")[0]
    return PolicyVersion(stated.name, version, stated.reference, stated.state, stated.entry.hex())


def _comparison(compared: Compared) -> Comparison:
    """Return what two versions make of some posts."""
    backtest = compared.backtest
    return Comparison(
        old=backtest.old.reference,
        new=backtest.new.reference,
        posts=backtest.posts,
        newly_caught=backtest.count(Change.NEWLY_CAUGHT),
        newly_let_through=backtest.count(Change.NEWLY_LET_THROUGH),
        changed_outcome=backtest.count(Change.CHANGED_OUTCOME),
        rules=[_rule(one) for one in backtest.rules() if one.before or one.after],
        changed=[_changed(one) for one in compared.changed],
        next=compared.next,
    )


def _rule(one: RuleChanges) -> RuleLine:
    """Return what becomes of a rule."""
    return RuleLine(
        rule=one.rule.name,
        outcome=one.rule.outcome,
        in_old=one.in_old,
        in_new=one.in_new,
        before=one.before,
        after=one.after,
        newly_caught=one.changes[Change.NEWLY_CAUGHT],
        newly_let_through=one.changes[Change.NEWLY_LET_THROUGH],
        changed_outcome=one.changes[Change.CHANGED_OUTCOME],
    )


def _changed(one: Changed) -> ChangedPost:
    """Return a post that changed."""
    return ChangedPost(
        post=one.post.id,
        host=one.post.host or "",
        account=one.post.account,
        change=one.change,
        before=one.old.verdict,
        after=one.new.verdict,
        rules_before=[finding.rule for finding in one.old.catching],
        rules_after=[finding.rule for finding in one.new.catching],
    )
