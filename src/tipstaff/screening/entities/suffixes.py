"""Public suffixes, from a frozen copy of the list, so that a result never changes with what is installed.

`public_suffix_list.dat` is taken unchanged from the `publicsuffixlist` wheel 1.1.2.20261023 (MPL-2.0; its
header says so). Replacing it changes what counts as a link: a test holds its digest.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

from publicsuffixlist import PublicSuffixList

LIST_FILE = "public_suffix_list.dat"


class Registrable(NamedTuple):
    """The part of a host that somebody registered, and by which section of the list."""

    domain: str
    section: str


class _Lists(NamedTuple):
    every: PublicSuffixList
    icann: PublicSuffixList
    top_level: frozenset[str]


@cache
def _lists() -> _Lists:
    lines = (files(__package__) / LIST_FILE).read_text(encoding="utf-8").splitlines()
    icann = PublicSuffixList(lines, accept_unknown=False, only_icann=True)
    rules = (line.split(" ")[0].strip() for line in lines[: lines.index("// ===END ICANN DOMAINS===")])
    names = {rule.rpartition(".")[2].lower() for rule in rules if rule and not rule.startswith("//")}
    return _Lists(PublicSuffixList(lines, accept_unknown=False), icann, frozenset(names))


def is_top_level(label: str) -> bool:
    """Tell whether `label`, lower-case and decoded, is a top-level domain of the ICANN section."""
    return label in _lists().top_level


def is_public_suffix(host: str) -> bool:
    """Tell whether `host` is itself a suffix of the ICANN section, under which anybody registers."""
    return _lists().icann.is_public(host)


def registrable(host: str) -> Registrable | None:
    """Return the registrable domain of a normal host; nothing for a single label or a bare ICANN suffix.

    The section is `private` when a rule of the list's private section decided (`alice.github.io`), `icann`
    when one of the ICANN section did, and `unknown` when no rule knows the top level.
    """
    lists = _lists()
    public = lists.icann.privatesuffix(host)
    narrowest = lists.every.privatesuffix(host) or public
    if narrowest is not None:
        return Registrable(narrowest, "icann" if narrowest == public else "private")
    labels = host.split(".")
    if len(labels) < 2 or is_top_level(labels[-1]):  # noqa: PLR2004 - a name under a top level
        return None
    return Registrable(".".join(labels[-2:]), "unknown")
