"""The rules of one kind of statement, as the table of registration rules writes them down.

docs/ledger.md explains the language, key by key. `soundness` finds what is wrong with a row, `registration`
interprets one that is sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

import msgspec

from tipstaff.ledger.claim import Claim, Test

HOLDER: Final = "@holder"
"""Among names of claims and values: the holder of the key that signs."""

ENTRY: Final = "@entry"
"""At the end of a path: not a claim of the statement that it leads to, but the entry of that statement."""

When: TypeAlias = dict[str, list[str | int]]
"""A condition: each of these claims has one of these values."""


def first_of(path: str) -> str:
    """Return the claim that a path begins with."""
    return path.partition(".")[0]


class Requires(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the condition holds, these optional claims are required, and those of `cites` cite a statement.

    It is of one of `kinds`, where these are given.
    """

    when: When
    claims: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signer of that role uses these values only; `claim` may lead into a list of maps: `list.member`."""

    role: str
    claim: str
    values: tuple[str, ...]


class Fixed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For one value of the claims `of` there is only ever one of `claim`."""

    of: tuple[str, ...]
    claim: str


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The claim is the new state of the thing that `of` names, or of what the path `cited` leads to.

    With neither it is that of the statement itself. With `confirmed` it becomes so when this statement is
    confirmed. In one of the states `final` the thing remains.
    """

    claim: str
    of: tuple[str, ...] = ()
    cited: str | None = None
    confirmed: bool = False
    final: tuple[str, ...] = ()


class Follows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the condition holds, the same statement with the claims `of` changed so must be there already."""

    when: When
    of: dict[str, str]


class Reached(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the condition holds, the time of the claim has come: it is there, and iat is not before it."""

    claim: str
    when: When = {}


class Equal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Claims that repeat those of a cited statement: the name here to the name there."""

    cited: str
    claims: dict[str, str]


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Claims that repeat those of one member of a list of maps in a cited statement, found `by` others.

    Those of `most` are numbers that are not greater than the member's; those of `least` are not less,
    where it has one.
    """

    cited: str
    list: str
    by: dict[str, str]
    claims: dict[str, str]
    most: dict[str, str] = {}
    least: dict[str, str] = {}


class Confirmed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the condition holds, and if it is of `kinds`, the cited statement must have been confirmed."""

    cited: str
    when: When = {}
    kinds: tuple[str, ...] = ()


class Agree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `path` leads to from the cited statement is what `with` leads to from here.

    A path goes from citation to citation, and ends with a claim, or with `@entry` for the entry of the
    statement itself; `@holder` is the signer. It is asked for if the cited statement is of one of `kinds` and
    the signer of one of `roles`, where these are given.
    """

    cited: str
    path: str
    with_: str = msgspec.field(name="with")
    kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class States(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the path `cited` leads to must be in one of these states; "" is having none yet.

    It is asked for when the condition holds, and if what is cited first is of one of `kinds`, where these are
    given.
    """

    cited: str
    values: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    when: When = {}


class Applying(NamedTuple):
    """The rules that apply to what a claim cites if that is of one certain kind."""

    equal: tuple[Equal, ...]
    agree: tuple[Agree, ...]
    confirmed: tuple[Confirmed, ...]
    states: tuple[tuple[States, str], ...]
    """Each with the path that is left to go from what is cited."""


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The rules of one kind of statement. What every statement of the kind is asked is made ready once."""

    version: int
    signed_by: tuple[str, ...]
    claims: dict[str, Claim] = {}
    open: bool = False
    """Any claims may be made."""
    envelope: bool = False
    """A hash envelope: there are no claims, and the payload is kept elsewhere."""
    unique: tuple[str, ...] = ()
    judges: str | None = None
    """A path to the statement that whoever signs or confirms this one has judged."""
    role_of: str | None = None
    """The signer's role must be one that may sign the kind of the statement cited here."""
    differs: tuple[str, ...] = ()
    """Paths to statements that the signer's holder has neither signed nor confirmed nor judged."""
    any_of: tuple[str, ...] = ()
    """At least one of these claims is there."""
    requires: tuple[Requires, ...] = ()
    limits: tuple[Limit, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    equal: tuple[Equal, ...] = ()
    member: Member | None = None
    agree: tuple[Agree, ...] = ()
    confirmed: tuple[Confirmed, ...] = ()
    states: tuple[States, ...] = ()
    state: State | None = None
    confirms: str | None = None
    """A statement of this kind confirms the one that is cited here."""
    follows: Follows | None = None
    reached: tuple[Reached, ...] = ()

    @cached_property
    def tests(self) -> Mapping[str, Test]:
        """The tests of the claims, by name."""
        return {name: claim.test for name, claim in self.claims.items()}

    @cached_property
    def required(self) -> frozenset[str]:
        """The claims that every statement of the kind makes."""
        return frozenset(name for name, claim in self.claims.items() if not claim.optional)

    @cached_property
    def citing(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """The claims that cite statements, and the kinds that these may be of."""
        return tuple(
            (name, frozenset(claim.of)) for name, claim in self.claims.items() if claim.type == "entry"
        )

    @property
    def paths(self) -> Iterator[str]:
        """The paths of citations by which the rules of the kind lead to other statements."""
        yield from self.differs
        yield from (states.cited for states in self.states)
        if self.judges:
            yield self.judges
        if self.state and self.state.cited:
            yield self.state.cited

    @property
    def compared_paths(self) -> Iterator[str]:
        """The paths by which the rules of the kind lead to claims that are compared."""
        for rule in self.agree:
            yield f"{rule.cited}.{rule.path}"
            yield rule.with_

    @cached_property
    def applying(self) -> Mapping[tuple[str, str], Applying]:
        """The rules about what is cited, by the claim that cites it and the kind of it."""
        return {(name, kind): self._applying(name, kind) for name, kinds in self.citing for kind in kinds}

    def _applying(self, name: str, kind: str) -> Applying:
        """Pick the rules that apply where a claim cites a statement of a kind."""
        return Applying(
            tuple(rule for rule in self.equal if rule.cited == name),
            tuple(rule for rule in self.agree if rule.cited == name and kind in (rule.kinds or (kind,))),
            tuple(rule for rule in self.confirmed if rule.cited == name and kind in (rule.kinds or (kind,))),
            tuple(
                (rule, rule.cited.partition(".")[2])
                for rule in self.states
                if first_of(rule.cited) == name and kind in (rule.kinds or (kind,))
            ),
        )
