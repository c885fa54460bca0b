"""What a claim may be: its type, as the table of registration rules declares it, and its test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Final, Literal, TypeAlias, cast

import msgspec

from tipstaff.ledger.cbor import Value
from tipstaff.ledger.spelling import is_id, is_name, is_pseudonym

Test: TypeAlias = Callable[[Value], bool]

_HASH_SIZE: Final = 32
_NAME_SIZE: Final = 200
_SPELLINGS: Final[Mapping[str, Callable[[str], bool]]] = {
    "name": is_name,
    "id": is_id,
    "pseudonym": is_pseudonym,
}


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """What a claim may be; `most` is the longest text or byte string, or the most items of a list or map."""

    type: Literal[
        "text", "name", "id", "pseudonym", "count", "time", "flag", "hash", "commitment", "bytes", "choice",
        "counts", "entry", "list", "map", "table",
    ]  # fmt: skip
    optional: bool = False
    most: int = _NAME_SIZE
    of: tuple[str, ...] = ()
    """The values of a choice; the kinds that an entry may be of."""
    or_: str | None = msgspec.field(default=None, name="or")
    """A word that may stand in place of an entry."""
    item: Claim | None = None
    distinct: str | None = None
    """The member in which the maps of a list differ from one another."""
    members: dict[str, Claim] | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the statements that it may cite: none where it is no entry."""
        return self.of if self.type == "entry" else ()

    @cached_property
    def parts(self) -> tuple[Claim, ...]:
        """The claim itself and what a list or a map is made of, however deep."""
        within = (*((self.item,) if self.item else ()), *(self.members or {}).values())
        return (self, *(part for claim in within for part in claim.parts))

    @cached_property
    def test(self) -> Test:
        """Says whether a value is one of this claim. It is made once, for it is asked of every statement."""
        most, of, word = self.most, frozenset(self.of), self.or_
        match self.type:
            case "text":
                return lambda value: type(value) is str and 1 <= len(value) <= most
            case "name" | "id" | "pseudonym":
                spelled = _SPELLINGS[self.type]
                return lambda value: type(value) is str and 1 <= len(value) <= most and spelled(value)
            case "count" | "time":
                return _is_count
            case "flag":
                return lambda value: type(value) is bool
            case "hash" | "commitment":
                return lambda value: type(value) is bytes and len(value) == _HASH_SIZE
            case "entry":
                return lambda value: (
                    len(value) == _HASH_SIZE if type(value) is bytes else value == word is not None
                )
            case "bytes":
                return lambda value: type(value) is bytes and len(value) <= most
            case "choice":
                return lambda value: type(value) is str and value in of
            case "counts":
                return lambda value: (
                    type(value) is dict
                    and len(value) <= most
                    and all(map(_is_name, value))
                    and all(map(_is_count, value.values()))
                )
            case "list":
                item, distinct = cast("Claim", self.item).test, self.distinct
                return lambda value: (
                    type(value) is list
                    and len(value) <= most
                    and all(map(item, value))
                    and (distinct is None or _differ(value, distinct))
                )
            case "map":
                return self._test_map()
            case "table":
                return lambda value: type(value) is dict

    def _test_map(self) -> Test:
        """Return the test of a map with named members."""
        members = cast("Mapping[str, Claim]", self.members)
        required = frozenset(name for name, claim in members.items() if not claim.optional)
        tests: Mapping[object, Test] = {name: claim.test for name, claim in members.items()}

        def test(value: Value) -> bool:
            if type(value) is not dict or not required <= value.keys():
                return False
            for name, item in value.items():
                member = tests.get(name)
                if member is None or not member(item):
                    return False
            return True

        return test

    def explain(self, name: str, value: Value) -> str:
        """Say what is wrong with a value that fails the test, as closely as can be told."""
        if self.item and isinstance(value, list) and len(value) <= self.most:
            for number, item in enumerate(value):
                if not self.item.test(item):
                    return self.item.explain(f"{name}[{number}]", item)
        if self.members and isinstance(value, dict):
            if wrong := sorted(map(str, value.keys() ^ self.members.keys())):
                wrong = [key for key in wrong if key not in self.members or not self.members[key].optional]
            if wrong:
                return f"claim {name} lacks or has by mistake: {', '.join(wrong)}"
            for member, item in value.items():
                claim = self.members[str(member)]
                if not claim.test(item):
                    return claim.explain(f"{name}.{member}", item)
        return f"claim {name} is not {self._expected()}: {value!r:.60}"

    def _expected(self) -> str:
        """Say what a claim may be."""
        match self.type:
            case "choice":
                return f"one of {', '.join(self.of)}"
            case "entry":
                word = f", or {self.or_!r}" if self.or_ else ""
                return f"the entry (32 bytes) of a statement of kind {' or '.join(self.of)}{word}"
            case "text":
                return f"a text of 1 to {self.most} characters"
            case "name":
                return f"a name of 1 to {self.most} visible characters, in NFC, no blank at its ends"
            case "id":
                return f"an id of 1 to {self.most} small letters, digits and ._:/@-, a letter or digit first"
            case "pseudonym":
                return "a pseudonym: v, the number of a version, a colon, and 32 to 128 small hex digits"
            case "hash" | "commitment":
                return f"a {self.type} of 32 bytes"
            case "count" | "time":
                return f"a {self.type}, a whole number from 0"
            case "counts":
                return f"a map of at most {self.most} names to numbers"
            case "bytes" | "list":
                apart = f", each with another {self.distinct}" if self.distinct else ""
                return f"{self.type} of at most {self.most}{apart}"
            case kind:
                return f"a {kind}"


def _differ(maps: Value, member: str) -> bool:
    """Say whether no two of some maps have one value of a member."""
    values = [item[member] for item in cast("list[dict[str, Value]]", maps)]
    return len(set(values)) == len(values)


def _is_name(name: Value) -> bool:
    """Say whether a key names something."""
    return type(name) is str and 1 <= len(name) <= _NAME_SIZE


def _is_count(count: Value) -> bool:
    """Say whether a value is a number from 0."""
    return type(count) is int and count >= 0
