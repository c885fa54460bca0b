"""What a policy is made of, as immutable values.

`tipstaff.policy.load` reads them from a folder; `tipstaff.screening` runs them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from tipstaff.policy.condition import Condition, ValueType

if TYPE_CHECKING:
    from tipstaff.policy.weights import Weights


class Language(StrEnum):
    """The languages in which a policy speaks to people."""

    ZH = "zh"
    EN = "en"


class Outcome(StrEnum):
    """What it means that a rule fired."""

    VIOLATION = "violation"
    REVIEW = "review"
    PERMITTED = "permitted"


class Verdict(StrEnum):
    """Of a post under a policy: the gravest outcome left after exemptions, else `none`."""

    VIOLATION = "violation"
    REVIEW = "review"
    PERMITTED = "permitted"
    NONE = "none"


class Measure(StrEnum):
    """What the ladder of a policy may ask for."""

    WARN = "warn"
    RESTRICT_POSTING = "restrict_posting"
    SUSPEND_UPDATES = "suspend_updates"
    BLOCK_CONTENT = "block_content"
    CLOSE_ACCOUNT = "close_account"


class Reversal(StrEnum):
    """The measures whose reversal a policy may have a second person confirm: all that a person may take."""

    WARN = "warn"
    RESTRICT_POSTING = "restrict_posting"
    SUSPEND_UPDATES = "suspend_updates"
    BLOCK_CONTENT = "block_content"
    CLOSE_ACCOUNT = "close_account"
    SUSPEND_APP = "suspend_app"
    BLOCK_LINKS = "block_links"


class Spelling(StrEnum):
    """How a disguised spelling of a term is derived when a policy is compiled."""

    LEET = "leet"
    PINYIN = "pinyin"
    INITIALS = "initials"
    LOOKALIKE = "lookalike"
    HOMOPHONE = "homophone"


class EntityKind(StrEnum):
    """What the entity finders look for; see `tipstaff.screening.entities`."""

    URL = "url"
    DOMAIN = "domain"
    INVITATION = "invitation"
    HANDLE = "handle"
    CASHTAG = "cashtag"
    HASHTAG = "hashtag"
    WALLET = "wallet"
    WECHAT = "wechat"
    QQ = "qq"
    TELEGRAM = "telegram"
    PHONE = "phone"
    AMOUNT = "amount"
    PERCENTAGE = "percentage"


DETAILS: Final[Mapping[EntityKind, tuple[str, ...]]] = MappingProxyType(
    {
        EntityKind.URL: ("http", "https", "bare", "defanged"),
        EntityKind.DOMAIN: ("icann", "private", "unknown", "address"),
        EntityKind.INVITATION: ("group", "referral"),
        EntityKind.HANDLE: ("name", "address"),
        EntityKind.CASHTAG: ("ticker",),
        EntityKind.HASHTAG: ("tag", "topic"),
        EntityKind.WALLET: (
            "bitcoin",
            "litecoin",
            "dogecoin",
            "tron",
            "ethereum",
            "ethereum-unchecked",
            "unchecked:solana",
        ),
        EntityKind.WECHAT: ("group", "account"),
        EntityKind.QQ: ("group", "account"),
        EntityKind.TELEGRAM: ("group", "account"),
        EntityKind.PHONE: ("chinese-mobile", "international"),
        EntityKind.AMOUNT: ("fiat", "token", "number"),
        EntityKind.PERCENTAGE: ("percent", "multiple"),
    }
)
"""What the finders tell of an entity, by kind; the words of `Entity.detail`."""


class FactField(StrEnum):
    """The fields of a post that a fact signal may read; all are numbers but `sponsored`."""

    SPONSORED = "sponsored"
    FOLLOWERS = "followers"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in every language a policy speaks."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the words in one language."""
        return self.zh if language is Language.ZH else self.en


@dataclass(frozen=True, slots=True)
class Provision:
    """A written rule with a citation. `source` is the URL of the official text."""

    id: str
    instrument: Text
    article: str
    jurisdiction: str
    issued: dt.date
    source: str
    summary: Text
    duty: Text


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder of measures: at `strikes` live strikes, `measure` for `days` (0: no end)."""

    strikes: int
    measure: Measure
    days: int
    expires_days: int


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a lexicon group. `weight` is at least 1; `line` is where it stands in its file."""

    text: str
    weight: int
    language: str
    note: str
    line: int


@dataclass(frozen=True, slots=True)
class LexiconSignal:
    """The sum of the weights of the distinct terms that occur."""

    name: str
    summary: Text
    file: str
    terms: tuple[Term, ...]
    spellings: frozenset[Spelling]


@dataclass(frozen=True, slots=True)
class PatternSignal:
    """How often its regular expressions match the normal form of a post."""

    name: str
    summary: Text
    expressions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntitySignal:
    """How many entities of the given kinds occur; `details`, if any, are the beginnings allowed."""

    name: str
    summary: Text
    kinds: tuple[EntityKind, ...]
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DomainsSignal:
    """How many links lead to a domain on a list that ships with the policy."""

    name: str
    summary: Text
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BlockedSignal:
    """How many links lead to a domain on a block list that the user supplies."""

    name: str
    summary: Text


@dataclass(frozen=True, slots=True)
class FactSignal:
    """A field of the post itself, such as a sponsorship mark set by its author."""

    name: str
    summary: Text
    field: FactField


@dataclass(frozen=True, slots=True)
class UnionSignal:
    """The sum of other signals, and all their hits."""

    name: str
    summary: Text
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NearSignal:
    """How many hits of `of` have a hit of `to` within `within` code points of the same field."""

    name: str
    summary: Text
    of: str
    to: str
    within: int


@dataclass(frozen=True, slots=True)
class ApartSignal:
    """How many hits of `of` have no hit of `to` within `within` code points of the same field."""

    name: str
    summary: Text
    of: str
    to: str
    within: int


@dataclass(frozen=True, slots=True)
class QuotedSignal:
    """How many hits of `of` stand inside quotation marks."""

    name: str
    summary: Text
    of: str


@dataclass(frozen=True, slots=True)
class LearnedSignal:
    """The score of the linear model in `weights`, in thousandths; 0 is the model's own threshold."""

    name: str
    summary: Text
    weights: Weights


Signal: TypeAlias = (
    LexiconSignal
    | PatternSignal
    | EntitySignal
    | DomainsSignal
    | BlockedSignal
    | FactSignal
    | UnionSignal
    | NearSignal
    | ApartSignal
    | QuotedSignal
    | LearnedSignal
)


def value_type(signal: Signal) -> ValueType:
    """Return what a signal holds: every signal is a number, but the fact `sponsored`."""
    if isinstance(signal, FactSignal) and signal.field is FactField.SPONSORED:
        return ValueType.BOOLEAN
    return ValueType.NUMBER


def parts(signal: Signal) -> tuple[str, ...]:
    """Return the names of the signals that a signal is made of."""
    match signal:
        case UnionSignal(of=several):
            return several
        case NearSignal(of=of, to=to) | ApartSignal(of=of, to=to):
            return (of, to)
        case QuotedSignal(of=of):
            return (of,)
    return ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A named condition that cites a provision. `severity` is 1 (slight) to 5 (grave)."""

    name: str
    when: Condition
    outcome: Outcome
    exempts: tuple[str, ...]
    provision: str
    severity: int
    title: Text
    explanation: Text
    line: int


@dataclass(frozen=True, slots=True)
class Example:
    """A post with the verdict, and where one is named the rule, that it must come out with."""

    text: str
    title: str
    sponsored: bool
    verdict: Verdict
    rule: str
    note: str
    line: int


@dataclass(frozen=True, slots=True)
class Policy:
    """A written, versioned, cited policy. `digest` covers all that can change a finding, or what follows.

    `second_person` are the measures whose reversal after an appeal a second person confirms.
    """

    name: str
    version: str
    effective: dt.date
    title: Text
    summary: Text
    provisions: tuple[Provision, ...]
    ladder: tuple[Rung, ...]
    second_person: tuple[Reversal, ...]
    signals: tuple[Signal, ...]
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...] = field(compare=False)
    folder: Path = field(compare=False)
    digest: str

    @property
    def reference(self) -> str:
        """`NAME@VERSION+DIGEST`, which every finding carries."""
        return f"{self.name}@{self.version}+{self.digest}"

    def rule(self, name: str) -> Rule:
        """Return the rule of that name; `KeyError` if there is none."""
        return {rule.name: rule for rule in self.rules}[name]

    def provision(self, identifier: str) -> Provision:
        """Return the provision of that id; `KeyError` if there is none."""
        return {provision.id: provision for provision in self.provisions}[identifier]
