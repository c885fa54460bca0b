"""Two versions of a policy compared page by page: what each page changes, and what all of them come to.

What the pages before came to is in the form that asks for the next one: the server keeps nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from tipstaff.actions.access.owning import Compared
from tipstaff.base.errors import InputError
from tipstaff.policy.model import Language, Policy, Verdict
from tipstaff.screening.backtest import Change, Example
from tipstaff.web.console.policyfile import Passage, spans_of
from tipstaff.web.evidence import FIELDS

_SHOWN: Final = 20
"""Changed posts that are shown of each page."""

_ACCOUNTS: Final = 40
"""Accounts that are told of: those of which most has changed."""

_KEPT: Final = 5 * _ACCOUNTS
"""Accounts that are counted on from page to page."""

_LONGEST: Final = 60_000
"""Characters that totals take in a form."""


class RuleTotal(msgspec.Struct):
    """What becomes of a rule: posts that it stands on before and after, and changed posts that it catches."""

    rule: str
    title: str
    before: int = 0
    after: int = 0
    caught: int = 0
    through: int = 0
    changed: int = 0


class AccountTotal(msgspec.Struct):
    """What becomes of the posts of an account."""

    host: str
    account: str
    caught: int = 0
    through: int = 0
    changed: int = 0


class ShownChange(NamedTuple):
    """A post of which the versions make something else, with where what caught it stands."""

    host: str
    account: str
    post: str
    change: Change
    before: Verdict
    after: Verdict
    title: str | None
    text: str
    spans: dict[str, list[Passage]]
    rules: list[str]


class Totals(msgspec.Struct):
    """What all pages until now come to."""

    posts: int = 0
    caught: int = 0
    through: int = 0
    changed: int = 0
    rules: dict[str, RuleTotal] = {}
    accounts: dict[str, AccountTotal] = {}

    def with_page(self, compared: Compared, language: Language) -> ComparedPage:
        """Add a page; returns it with what all come to then."""
        backtest = compared.backtest
        self.posts += backtest.posts
        self.caught += backtest.count(Change.NEWLY_CAUGHT)
        self.through += backtest.count(Change.NEWLY_LET_THROUGH)
        self.changed += backtest.count(Change.CHANGED_OUTCOME)
        for one in backtest.rules():
            if one.before or one.after:
                title = one.rule.title.in_language(language)
                rule = self.rules.setdefault(one.rule.name, RuleTotal(one.rule.name, title))
                rule.title = title
                rule.before += one.before
                rule.after += one.after
                rule.caught += one.changes[Change.NEWLY_CAUGHT]
                rule.through += one.changes[Change.NEWLY_LET_THROUGH]
                rule.changed += one.changes[Change.CHANGED_OUTCOME]
        for each in backtest.accounts():
            known = self.accounts.setdefault(
                f"{each.host or ''}/{each.account}", AccountTotal(each.host or "", each.account)
            )
            known.caught += each.changes[Change.NEWLY_CAUGHT]
            known.through += each.changes[Change.NEWLY_LET_THROUGH]
            known.changed += each.changes[Change.CHANGED_OUTCOME]
        policies = {one.reference: one for one in (backtest.old, backtest.new)}
        changed = compared.changed
        return ComparedPage(
            self,
            backtest.old.version,
            backtest.new.version,
            backtest.posts,
            [_change(one, policies, language) for one in changed[:_SHOWN]],
            max(len(changed) - _SHOWN, 0),
            compared.next,
        )

    @property
    def moved(self) -> Sequence[RuleTotal]:
        """The rules of which something has changed, those with most first."""
        found = [one for one in self.rules.values() if one.before != one.after or _total(one)]
        return sorted(found, key=lambda one: (-_total(one), -abs(one.after - one.before), one.rule))

    @property
    def touched(self) -> Sequence[AccountTotal]:
        """The accounts of which most has changed."""
        return sorted(self.accounts.values(), key=lambda one: (-_total(one), one.account))[:_ACCOUNTS]

    def written(self) -> str:
        """Return them as a form has them: of accounts those alone of which much has changed."""
        kept = sorted(self.accounts.items(), key=lambda each: (-_total(each[1]), each[0]))[:_KEPT]
        return msgspec.json.encode(msgspec.structs.replace(self, accounts=dict(kept))).decode()


class ComparedPage(NamedTuple):
    """A page of posts that were compared, and what all pages come to. `more` changed posts are not shown."""

    totals: Totals
    old: str
    new: str
    posts: int
    changes: list[ShownChange]
    more: int
    next: str | None


def read_totals(written: str) -> Totals:
    """Return what a form says that all pages before come to. Raises `InputError`."""
    if not written:
        return Totals()
    try:
        if len(written) <= _LONGEST:
            return msgspec.json.decode(written, type=Totals)
    except msgspec.DecodeError as error:
        raise InputError("totals: compare from the beginning again") from error
    raise InputError("totals: there are too many of them: compare from the beginning again")


def _total(one: RuleTotal | AccountTotal) -> int:
    """Return how many posts have changed."""
    return one.caught + one.through + one.changed


def _change(example: Example, policies: dict[str, Policy], language: Language) -> ShownChange:
    """Return a post that changed: by what catches it, before or after."""
    let_through = example.change is Change.NEWLY_LET_THROUGH
    catching = (example.old if let_through else example.new).catching
    post = example.post
    titles = [policies[one.policy].rule(one.rule).title.in_language(language) for one in catching]
    return ShownChange(
        post.host or "",
        post.account,
        post.id,
        example.change,
        example.old.verdict,
        example.new.verdict,
        post.title,
        post.text,
        {field: list(spans_of(catching, policies, field)) for field in FIELDS},
        titles,
    )
