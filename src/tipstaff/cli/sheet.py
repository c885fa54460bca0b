"""A sheet: what a server has answered, as people read it. Its fields, and what is within."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from rich.text import Text

_INDENT: Final = "  "


def print_sheet(title: str, value: msgspec.Struct) -> None:
    """Print what a server has answered, under a title. What is empty is left out."""
    from rich.text import Text

    from tipstaff.cli.console import stdout_console

    console = stdout_console()
    console.print(Text(title, "bold"), soft_wrap=True)
    for line in _lines(value, 0):
        console.print(line, soft_wrap=True)


def _lines(value: msgspec.Struct | Mapping[str, object], depth: int) -> Iterator[Text]:
    """Yield the lines of what has fields: those that stand in a line each, then those that have more."""
    from rich.text import Text

    fields = value if isinstance(value, Mapping) else msgspec.structs.asdict(value)
    told = {
        str(name).replace("_", " "): one for name, one in fields.items() if one not in (None, (), [], "", {})
    }
    width = max((len(name) for name, one in told.items() if not _has_more(one)), default=0)
    for name, one in told.items():
        if not _has_more(one):
            first, *rest = _plain(one).splitlines() or [""]
            yield Text.assemble(_INDENT * depth, (f"{name:<{width}}", "dim"), _INDENT, first)
            yield from (Text(" " * (len(_INDENT) * (depth + 1) + width) + line) for line in rest)
    for name, one in told.items():
        if _has_more(one):
            yield Text(_INDENT * depth + name, "bold")
            yield from _within(one, depth + 1)


def _within(value: object, depth: int) -> Iterator[Text]:
    """Yield the lines of what is within: one after another where they are several, with a rule between."""
    from rich.text import Text

    several = value if isinstance(value, Sequence) else [value]
    for number, one in enumerate(several):
        if number:
            yield Text(f"{_INDENT * depth}·", "dim")
        if isinstance(one, msgspec.Struct | Mapping):
            yield from _lines(one, depth)
        else:
            yield Text(_INDENT * depth + _plain(one))


def _has_more(value: object) -> bool:
    """Say whether a value has fields of its own, or is a list of such."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(isinstance(one, msgspec.Struct | Mapping) for one in value)
    return isinstance(value, msgspec.Struct | Mapping)


def _plain(value: object) -> str:
    """Return a plain value, or a list of such, as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_plain, value))
    return str(value)
