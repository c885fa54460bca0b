"""Signals in words: what kind they are, and a sample of what they look for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.text import Text
from rich.tree import Tree

from tipstaff.policy.model import (
    ApartSignal,
    BlockedSignal,
    DomainsSignal,
    EntitySignal,
    FactSignal,
    Language,
    LearnedSignal,
    LexiconSignal,
    NearSignal,
    PatternSignal,
    QuotedSignal,
    Signal,
    UnionSignal,
    parts,
)

_TERMS = 12
_EXPRESSIONS = 4
_DOMAINS = 8


def kind_of(signal: Signal) -> str:
    """Return the kind of a signal, as `signals.toml` names it."""
    return type(signal).__name__.removesuffix("Signal").lower()


def signal_tree(name: str, signals: Mapping[str, Signal], language: Language) -> Tree:
    """Return a signal with a sample of what it looks for, and below it the signals it is made of."""
    signal = signals[name]
    label = Text().append(name, "cyan").append(f" ({kind_of(signal)}) ", "dim")
    tree = Tree(label.append(" ".join(signal.summary.in_language(language).split())), guide_style="dim")
    for line in details(signal):
        tree.add(line)
    for part in parts(signal):
        tree.children.append(signal_tree(part, signals, language))
    return tree


def details(signal: Signal) -> Iterable[Text]:
    """Yield what a signal looks for, a sample of it if there is much."""
    match signal:
        case LexiconSignal(terms=terms, spellings=spellings, file=file):
            heaviest = sorted(terms, key=lambda term: -term.weight)
            sample = [f"{term.text} ({term.weight})" if term.weight > 1 else term.text for term in heaviest]
            yield _sample(f"{len(terms)} terms in {file}: ", sample, _TERMS)
            if spellings:
                yield Text(f"and their spellings: {', '.join(sorted(spellings))}", "dim")
        case PatternSignal(expressions=expressions):
            yield from (Text(expression, "magenta") for expression in expressions[:_EXPRESSIONS])
            if len(expressions) > _EXPRESSIONS:
                yield Text(f"and {len(expressions) - _EXPRESSIONS} more expressions", "dim")
        case EntitySignal(kinds=kinds, details=wanted):
            beginnings = f", beginning with {', '.join(wanted)}" if wanted else ""
            yield Text(f"{', '.join(kinds)}{beginnings}")
        case DomainsSignal(domains=domains):
            yield _sample(f"{len(domains)} domains: ", domains, _DOMAINS)
        case BlockedSignal():
            yield Text("the domains of the block lists that the user gives", "dim")
        case FactSignal(field=field):
            yield Text(f"the field {field.value} of the post")
        case LearnedSignal(weights=weights):
            header = weights.header
            yield Text(
                f"letter groups of {header.shortest} to {header.longest}, threshold 0, {weights.digest[:12]}"
            )
        case NearSignal(of=of, to=to, within=within):
            yield Text(f"{of} with {to} within {within} characters")
        case ApartSignal(of=of, to=to, within=within):
            yield Text(f"{of} without {to} within {within} characters")
        case QuotedSignal(of=of):
            yield Text(f"{of} inside quotation marks")
        case UnionSignal():
            return


def _sample(heading: str, items: Iterable[str], most: int) -> Text:
    """Return the first items."""
    kept = list(items)
    text = Text().append(heading, "dim").append(", ".join(kept[:most]))
    return text.append(", …", "dim") if len(kept) > most else text
