"""Write docs/reference: every command, signal, kind of entity and rule, from the code and the policies.

Run it by `make docs`, after any change to a command or to a policy that ships. A test compares the pages
with what this writes, so that nothing is left undocumented.
"""

from __future__ import annotations

import argparse
import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, get_args

import msgspec
from litestar.handlers import HTTPRouteHandler

from tipstaff.cli.main import make_parser
from tipstaff.cli.policy.reading import read_unrun
from tipstaff.cli.policy.signals import kind_of
from tipstaff.config.read import PREFIX, described
from tipstaff.config.settings import Settings
from tipstaff.policy import model, signals
from tipstaff.policy.condition import And, Condition, Or, render
from tipstaff.policy.load import shipped_policies
from tipstaff.policy.model import EntityKind, Outcome, Policy, Provision, Rule, Signal, Text, parts
from tipstaff.screening.entities import FINDERS
from tipstaff.server.identity import takes_asker
from tipstaff.web.handlers import WEB

FOLDER: Final = Path(__file__).resolve().parents[1] / "docs" / "reference"

_MADE: Final = "<!-- Made by tools/make_reference.py; run `make docs` instead of editing this page. -->"
_WIDTH: Final = 96
_EXIT_CODES: Final = "exit codes:"
_EXAMPLES: Final = "examples:"


class Epilog(NamedTuple):
    """What stands below the arguments in the help of a command: prose, examples and exit codes."""

    prose: str
    examples: str
    exit_codes: str


def make_pages() -> dict[str, str]:
    """Return the pages of the reference by file name."""
    policies = [read_unrun(folder) for folder in shipped_policies().values()]
    return {
        "commands.md": _page("Commands", _commands()),
        "signals.md": _page("Signals and entities", _signals(policies)),
        "settings.md": _page("Settings", _settings()),
        "rules.md": _page("Rules", _rules(policies)),
        "pages.md": _page("Pages", _pages()),
    }


def _pages() -> Iterator[str]:
    """Yield the parts of the page of pages."""
    yield (
        "What is opened with a browser, and the forms on it. What programs ask for is in "
        "`/schema/openapi.json`.\n"
        "*Login* says that one must be logged in; which permission it takes follows from what is done "
        "there. The\n"
        "name is what the audit trail and the metrics have."
    )
    handlers = {
        (route.path, handler.operation_id): handler
        for route in WEB.routes
        for handler in route.route_handlers
        if isinstance(handler, HTTPRouteHandler) and isinstance(handler.operation_id, str)
    }
    lines = ["| path | name | what it does | who |", "| --- | --- | --- | --- |"]
    for (path, name), handler in sorted(handlers.items()):
        method = "" if "GET" in handler.http_methods else f"{' '.join(sorted(handler.http_methods))} "
        told = inspect.getdoc(handler.fn) or ""
        who = "login" if takes_asker(handler) else "anyone"
        cells = f"`{method}{path}`", f"`{name}`", told.partition("\n")[0], who
        lines.append(f"| {' | '.join(cells)} |")
    yield "\n".join(lines)


def _settings() -> Iterator[str]:
    """Yield the parts of the page of settings."""
    yield (
        "Settings stand in `tipstaff.toml` in the directory of an installation, as `name = value`. A "
        "variable of the\nenvironment goes before it, and an option on the command line before both."
    )
    lines = [
        "| setting | variable | what it is | may be | unless set |",
        "| --- | --- | --- | --- | --- |",
    ]
    for field in msgspec.structs.fields(Settings):
        variable = f"{PREFIX}{field.name.upper()}"
        default = f"`{field.default}`" if field.default != "" else ""
        may_be = _may_be(field.name, msgspec.inspect.type_info(field.type))
        cells = (f"`{field.name}`", f"`{variable}`", described(field.name), may_be, default)
        lines.append(f"| {' | '.join(cells)} |")
    yield "\n".join(lines)


def _may_be(name: str, info: msgspec.inspect.Type) -> str:
    """Return what a setting may be."""
    match info:
        case msgspec.inspect.Metadata(extra_json_schema={"examples": examples}):
            return ", ".join(f"`{example}`" for example in examples)
        case msgspec.inspect.Metadata(type=inner):
            return _may_be(name, inner)
        case msgspec.inspect.IntType(ge=least, le=most):
            return f"{least} to {most}"
        case msgspec.inspect.EnumType(cls=choices):
            return ", ".join(f"`{choice.value}`" for choice in choices)
        case _:
            raise TypeError(f"the setting {name} has no examples of what it may be")


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield the parser of every command, in the order of the help; subcommands follow their command."""
    for action in parser._actions:  # noqa: SLF001  argparse has no public way to list what a parser takes
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            subs: Mapping[str, argparse.ArgumentParser] = action.choices
            for sub in subs.values():
                yield sub
                yield from parsers(sub)


def arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return what a command is given; subcommands and help are left out."""
    left_out = (argparse._SubParsersAction, argparse._HelpAction)  # noqa: SLF001
    return [action for action in parser._actions if not isinstance(action, left_out)]  # noqa: SLF001


def _page(title: str, parts: Iterable[str]) -> str:
    """Put a page together."""
    return "\n\n".join([_MADE, f"# {title}", *parts]) + "\n"


# --- Commands -------------------------------------------------------------------------------------


def _commands() -> Iterator[str]:
    """Yield the parts of the page of commands."""
    main = make_parser()
    common = _split(main.epilog or "")
    yield f"{main.description} Every command prints its help with `--help` (or `-h`)."
    yield f"Exit codes, where a command says nothing else: {common.exit_codes}."
    yield _table(["option of `tipstaff` itself", "", "what it does"], map(_argument, arguments(main)))
    yield f"```sh\n{common.examples}\n```"
    for parser in parsers(main):
        yield f"## `{parser.prog}`"
        yield parser.description or ""
        if _has_subcommands(parser):
            continue
        yield f"```\n{_usage(parser)}\n```"
        actions = arguments(parser)
        if actions:
            yield _table(["argument", "default", "what it is"], map(_argument, actions))
        epilog = _split(parser.epilog or "")
        if epilog.prose:
            yield epilog.prose.replace("<", "\\<")
        if epilog.examples:
            yield f"```sh\n{epilog.examples}\n```"
        if epilog.exit_codes:
            yield f"Exit codes: {epilog.exit_codes}."


def _has_subcommands(parser: argparse.ArgumentParser) -> bool:
    """Tell whether a command is but a group of others."""
    return next(parsers(parser), None) is not None


def _usage(parser: argparse.ArgumentParser) -> str:
    """Return how a command is called, folded."""
    words = [parser.prog, *(_call(action) for action in arguments(parser))]
    unbroken = [word.replace(" ", "\0") for word in words]
    lines = textwrap.wrap(
        " ".join(unbroken), _WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines).replace("\0", " ")


def _call(action: argparse.Action) -> str:
    """Return how an argument is written in a call."""
    value = _value(action)
    if not action.option_strings:
        return f"[{value}]" if action.nargs == "?" else value
    call = f"{action.option_strings[-1]} {value}".rstrip()
    call = call if action.required else f"[{call}]"
    return f"{call}…" if _repeats(action) else call


def _value(action: argparse.Action) -> str:
    """Return the name of an argument's value; empty if it takes none."""
    if action.nargs == 0:
        return ""
    if action.metavar is None and action.choices is not None:
        name = "|".join(map(str, action.choices))
    else:
        name = str(action.metavar or action.dest)
    return f"{name}…" if action.nargs in ("+", "*") else name


def _repeats(action: argparse.Action) -> bool:
    """Tell whether an option may be given several times."""
    return isinstance(action, argparse._AppendAction)  # noqa: SLF001


def _argument(action: argparse.Action) -> list[str]:
    """Return the cells of one argument."""
    if action.option_strings:
        names = ", ".join(f"`{name}`" for name in action.option_strings)
        value = _value(action)
        name = f"{names} `{value}`" if value else names
    else:
        name = f"`{_value(action)}`"
    notes = [
        note for note, holds in (("required", action.required), ("repeatable", _repeats(action))) if holds
    ]
    help_text = (action.help or "") % {"default": action.default, "prog": "tipstaff"}
    said = f" ({', '.join(notes)})" if action.option_strings and notes else ""
    return [name, _default(action.default), f"{help_text}{said}"]


def _default(value: object) -> str:
    """Return a default; empty if there is none, or none that a reader could type."""
    if value in (None, False, argparse.SUPPRESS) or value == []:
        return ""
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return f"`{shown}`"


def _split(epilog: str) -> Epilog:
    """Take the end of a command's help apart."""
    prose: list[str] = []
    examples: list[str] = []
    exit_codes = ""
    inside = False
    for line in epilog.strip().splitlines():
        if line.startswith(_EXIT_CODES):
            exit_codes, inside = line.removeprefix(_EXIT_CODES).strip(), False
        elif line == _EXAMPLES:
            inside = True
        else:
            (examples if inside else prose).append(line)
    return Epilog("\n".join(prose).strip(), textwrap.dedent("\n".join(examples)).strip("\n"), exit_codes)


# --- Signals and entities -------------------------------------------------------------------------


def _signals(policies: Sequence[Policy]) -> Iterator[str]:
    """Yield the parts of the page of signals."""
    yield (
        "What a policy looks at. How to write signals is in [policy.md](../policy.md#signals). Every signal "
        "is a whole number, but the fact `sponsored`, which is a boolean; none is ever null."
    )
    yield "## Kinds of signal"
    examples = _declarations(inspect.getdoc(signals) or "")
    kinds = [(kind_name(kind), inspect.getdoc(kind) or "") for kind in get_args(Signal)]
    yield _table(
        ["kind", "what it holds", "as it is declared"],
        ([f"`{name}`", _flat(held), f"`{examples[name]}`"] for name, held in kinds),
    )
    facts = ", ".join(f"`{field.value}`" for field in model.FactField)
    spellings = ", ".join(f"`{spelling.value}`" for spelling in model.Spelling)
    yield f"Fields of a fact: {facts}. Spellings of a lexicon: {spellings}."
    yield "## Kinds of entity"
    yield (
        "What an entity signal may look for. *Value* is the normal form that evidence shows as `matched`; "
        "`details` of a signal, if given, are the allowed beginnings of *detail*."
    )
    yield _table(
        ["kind", "what is found"],
        ([f"`{kind.value}`", _flat(inspect.getdoc(FINDERS[kind.value]) or "")] for kind in EntityKind),
    )
    for policy in policies:
        yield f"## Signals of `{policy.name}`"
        yield _table(
            ["signal", "kind", "made of", "summary"],
            (
                [
                    f"`{signal.name}`",
                    kind_of(signal),
                    ", ".join(f"`{name}`" for name in dict.fromkeys(parts(signal))),
                    f"{_escaped(signal.summary.en)}<br>{_escaped(signal.summary.zh)}",
                ]
                for signal in policy.signals
            ),
        )


def kind_name(kind: type[Signal]) -> str:
    """Return what a kind of signal is called in `signals.toml`."""
    return kind.__name__.removesuffix("Signal").lower()


def _declarations(documentation: str) -> Mapping[str, str]:
    """Return the line of the documentation that shows how each kind is declared."""
    found = re.findall(r"^ *(\[(\w+)\.\w+\].*)$", documentation, re.MULTILINE)
    return {kind: " ".join(line.split()) for line, kind in found}


# --- Rules ----------------------------------------------------------------------------------------


def _rules(policies: Sequence[Policy]) -> Iterator[str]:
    """Yield the parts of the page of rules."""
    yield (
        "The rules of the policies that ship, as they are written. How to write rules is in "
        "[policy.md](../policy.md#rules); how far the provisions were checked is in "
        "[provisions.md](../provisions.md)."
    )
    for policy in policies:
        yield f"## `{policy.name}`"
        yield f"{_titled(policy.title)} Version {policy.version}."
        yield _both(policy.summary)
        yield "Provisions:"
        yield "\n".join(
            f"- `{provision.id}`: [{_cited(provision)}]({provision.source}) ({provision.jurisdiction},"
            f" {provision.issued}). {_escaped(provision.summary.en)}"
            for provision in policy.provisions
        )
        for rule in policy.rules:
            yield from _rule(policy, rule)


def _rule(policy: Policy, rule: Rule) -> Iterator[str]:
    """Yield the parts of one rule."""
    yield f"### `{policy.name}/{rule.name}`"
    yield f"{_titled(rule.title)} **{rule.outcome.value}**, severity {rule.severity}."
    yield f"```sql\n{lay_out(rule.when)}\n```"
    if rule.outcome is Outcome.PERMITTED:
        yield f"Exempts {_names(rule.exempts)}."
    else:
        exempting = [other.name for other in policy.rules if rule.name in other.exempts]
        yield f"Exempted by {_names(exempting) or 'no rule'}."
    yield f"Cites `{rule.provision}`: {_cited(policy.provision(rule.provision))}."
    yield _both(rule.explanation)


def lay_out(condition: Condition) -> str:
    """Write a condition as SQL, its outermost parts on lines of their own."""
    if not isinstance(condition, And | Or):
        return "\n".join(_wrapped(render(condition)))
    word = "AND" if isinstance(condition, And) else "OR"
    written = [
        f"({render(part)})" if isinstance(part, And | Or) else render(part) for part in condition.parts
    ]
    lines = [written[0], *(f"{word} {part}" for part in written[1:])]
    return "\n".join(piece for line in lines for piece in _wrapped(line))


def _wrapped(line: str) -> list[str]:
    """Fold a line of SQL."""
    return textwrap.wrap(
        line, _WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def _cited(provision: Provision) -> str:
    """Return the citation of a provision."""
    article = f", article {_escaped(provision.article)}" if provision.article else ""
    return f"{_escaped(provision.instrument.en)}{article}"


def _names(names: Iterable[str]) -> str:
    """Return names in a row."""
    return ", ".join(f"`{name}`" for name in names)


# --- Markdown -------------------------------------------------------------------------------------


def _titled(text: Text) -> str:
    """Return a title in both languages."""
    return f"{_escaped(text.en)} / {_escaped(text.zh)}."


def _both(text: Text) -> str:
    """Return a text in both languages."""
    return f"> {_escaped(text.en)}\n>\n> {_escaped(text.zh)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the cells are Markdown already, but for the bars in them."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _flat(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def _escaped(text: str) -> str:
    """Return plain words as Markdown."""
    return re.sub(r"([\\`*_<\[\]])", r"\\\1", _flat(text))


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in make_pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(FOLDER / name)


if __name__ == "__main__":
    main()
