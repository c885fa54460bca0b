"""Counting what is in force, from the statements of the ledger alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tipstaff.ledger.statement import Statement, parse


def in_force(statements: Iterable[bytes]) -> Counter[str]:
    """Count the measures in force by their kind: those seen applied, without those seen lifted."""
    measures: dict[bytes, Statement] = {}
    counts: Counter[str] = Counter()
    for encoded in statements:
        statement = parse(encoded)
        if statement.kind == "measure":
            measures[statement.entry] = statement
        elif statement.kind == "effect":
            cited, state = statement.claims["measure"], statement.claims["state"]
            if isinstance(cited, bytes) and state in ("applied", "lifted"):
                counts[str(measures[cited].claims["kind"])] += 1 if state == "applied" else -1
    return +counts
