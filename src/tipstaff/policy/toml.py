"""TOML tables that remember their lines, so that a fault can name its place."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tipstaff.policy.faults import Faults
from tipstaff.policy.files import read_text

Table: TypeAlias = "dict[str, object]"

_HEADER = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_.\"'-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+)\s*(?:\.[A-Za-z0-9_.-]+)?\s*=")


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed TOML file. `lines` maps (header, occurrence from 0, key or "") to a line from 1."""

    file: str
    data: Table
    lines: dict[tuple[str, int, str], int]

    def line(self, header: str, occurrence: int = 0, key: str = "") -> int:
        """Return the line of a key of a table, or of the table, or 0 if neither stands in the file."""
        return self.lines.get((header, occurrence, key)) or self.lines.get((header, occurrence, ""), 0)


def read_toml(folder: Path, file: str, faults: Faults) -> Document | None:
    """Read a TOML file of a policy; a fault is added, and None returned, if that cannot be done."""
    text = read_text(folder, file, faults)
    if text is None:
        return None
    try:
        return Document(file, tomllib.loads(text), _lines(text))
    except RecursionError:
        faults.add(file, 0, "the file nests too deep to be read", "write it flat")
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        faults.add(file, int(place[1]) if place else 0, f"not TOML: {error}")
    return None


def _lines(text: str) -> dict[tuple[str, int, str], int]:
    """Find the lines of headers and keys; what stands inside multi-line strings is passed over."""
    lines: dict[tuple[str, int, str], int] = {}
    counts: dict[str, int] = {}
    header, closing = "", ""
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if found := _HEADER.match(line):
            header = found[1].replace('"', "").replace("'", "")
            counts[header] = counts.get(header, -1) + 1
            lines[header, counts[header], ""] = number
        elif found := _KEY.match(line):
            lines.setdefault((header, counts.get(header, 0), found[1]), number)
        for quote in ('"""', "'''"):
            if line.count(quote) % 2:
                closing = quote
    return lines
