"""Lexicon groups: plain tables of terms, one CSV file each.

The header is ``term,weight,language,note``. `weight` is a whole number from 1 to 9 (1 if empty),
`language` is `zh`, `en` or empty. Lines that begin with `#` and empty lines are passed over.
"""

from __future__ import annotations

import csv
from pathlib import Path

from tipstaff.policy.faults import Faults
from tipstaff.policy.files import read_text
from tipstaff.policy.folding import letters_text, normal_text
from tipstaff.policy.model import Term

COLUMNS = ["term", "weight", "language", "note"]
MAX_WEIGHT = 9
MAX_LETTERS = 40
LANGUAGES = frozenset({"", "zh", "en"})


def read_terms(folder: Path, file: str, faults: Faults) -> tuple[Term, ...]:
    """Read the terms of one group; everything wrong with the file is added to `faults`."""
    text = read_text(folder, file, faults, f"write it, with the columns {','.join(COLUMNS)}")
    if text is None:
        return ()
    before = len(faults.found)
    terms: list[Term] = []
    seen: dict[str, int] = {}
    header = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            row = next(csv.reader([line]))
        except csv.Error as error:
            faults.add(file, number, f"the line cannot be read: {error}", "shorten it")
            continue
        if not header:
            header = True
            if row != COLUMNS:
                faults.add(file, number, f"the columns are {','.join(row)!r}", f"write {','.join(COLUMNS)}")
                return ()
            continue
        term = _term(file, number, row, faults)
        if term is None:
            continue
        key = normal_text(term.text)
        if key in seen:
            faults.add(
                file, number, f"the term {term.text!r} stands on line {seen[key]} already", "remove one"
            )
            continue
        seen[key] = number
        terms.append(term)
    if not terms and len(faults.found) == before:
        faults.add(file, 0, "the group has no terms", "a group that is never found is a mistake: remove it")
    return tuple(terms)


def _term(file: str, number: int, row: list[str], faults: Faults) -> Term | None:
    """Read one line."""
    if len(row) != len(COLUMNS):
        faults.add(
            file, number, f"{len(row)} columns, not {len(COLUMNS)}", "quote a comma inside a term or note"
        )
        return None
    text, weight, language, note = (cell.strip() for cell in row)
    kept = letters_text(normal_text(text))
    if not kept:
        faults.add(
            file, number, f"the term {text!r} is lost in normalisation", "only letters and digits are kept"
        )
        return None
    if len(kept) > MAX_LETTERS:
        faults.add(file, number, f"the term {text!r} has more than {MAX_LETTERS} letters", "shorten it")
        return None
    if weight and not (
        len(weight) == 1 and weight.isascii() and weight.isdigit() and 1 <= int(weight) <= MAX_WEIGHT
    ):
        faults.add(file, number, f"the weight {weight!r} is no whole number from 1 to {MAX_WEIGHT}")
        return None
    if language not in LANGUAGES:
        faults.add(file, number, f"the language {language!r} is unknown", "zh, en or empty")
        return None
    return Term(text, int(weight or 1), language, note, number)
