"""The table of registration rules: for each kind what must be said, by whom, and after what.

A table is data: it ships as table.toml, is stated in entry 0 of every log, and is interpreted by
`registration`. docs/ledger.md explains its language, key by key.
"""

from __future__ import annotations

import importlib.resources
import tomllib
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import cast

import msgspec

from tipstaff.ledger.cbor import Value, decode
from tipstaff.ledger.errors import EncodingError, TableError
from tipstaff.ledger.kind import Kind, first_of
from tipstaff.ledger.soundness import find_faults


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """All registration rules; `tolerance` is in seconds."""

    version: int
    tolerance: int
    kinds: dict[str, Kind]

    @cached_property
    def cited(self) -> frozenset[str]:
        """The kinds that other statements may cite."""
        return frozenset(
            kind for row in self.kinds.values() for claim in row.claims.values() for kind in claim.kinds
        )

    @cached_property
    def kept(self) -> Mapping[str, frozenset[str]]:
        """For each kind, the claims that statements which cite one are compared with or go on by."""
        kept: dict[str, set[str]] = {kind: set() for kind in self.kinds}
        for kind, row in self.kinds.items():
            for rule in row.equal:
                for target in row.claims[rule.cited].of:
                    kept[target].update(rule.claims.values())
            if row.member:
                for target in row.claims[row.member.cited].of:
                    kept[target].add(row.member.list)
            for path in (*row.paths, *row.compared_paths):
                self._keep(row, path, kept)
            # What comes about when a statement is confirmed goes on from the statement that is confirmed.
            if row.judges:
                kept[kind].add(first_of(row.judges))
            if row.state and row.state.confirmed:
                kept[kind].update((row.state.claim, first_of(row.state.cited or row.state.claim)))
        return {kind: frozenset(names & self.kinds[kind].claims.keys()) for kind, names in kept.items()}

    def _keep(self, row: Kind, path: str, kept: dict[str, set[str]]) -> None:
        """Keep the claims that a path of citations goes on by."""
        kinds: Iterable[Kind] = (row,)
        for first, following in pairwise(path.split(".")):
            targets = {kind for each in kinds if first in each.claims for kind in each.claims[first].kinds}
            for kind in targets:
                kept[kind].add(following)
            kinds = [self.kinds[kind] for kind in targets]


def shipped() -> Value:
    """Return the table that ships, as it is stated in entry 0 of a new log."""
    text = importlib.resources.files("tipstaff.ledger").joinpath("table.toml").read_text(encoding="utf-8")
    return cast("Value", tomllib.loads(text))


@lru_cache(maxsize=16)
def read(encoded: bytes) -> Table:
    """Read a table from its deterministic CBOR.

    Raises `TableError`, with everything that is wrong with it.
    """
    try:
        table = msgspec.convert(decode(encoded), Table, strict=True)
    except (msgspec.ValidationError, EncodingError) as error:
        raise TableError(f"the table of registration rules cannot be read: {error}") from error
    faults = [*find_faults(table.kinds)]
    if table.tolerance < 0:
        faults.append("the tolerance is less than 0")
    if faults:
        raise TableError(f"the table of registration rules is not sound: {'; '.join(faults)}")
    return table
