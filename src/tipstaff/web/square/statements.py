"""A statement of the ledger in words, for anyone: what was stated, by whom, where it stands, its proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from litestar import Controller, Response, get
from litestar.datastructures import State

from tipstaff.base.errors import MissingError
from tipstaff.ledger.cbor import Value
from tipstaff.ledger.claim import Claim
from tipstaff.ledger.statement import Statement
from tipstaff.ledger.table import Table
from tipstaff.server.watching import UNKEPT
from tipstaff.web.square.parameters import EntryPath
from tipstaff.web.square.public import Public, Reading
from tipstaff.web.view import Looking
from tipstaff.web.words import LABELS

_WORDS: Final[Mapping[str, str]] = {
    "kind": "measure",
    "direction": "direction",
    "hearing": "hearing",
    "hearing_waived_for": "waiver",
    "result": "result",
    "state": "ledger_state",
    "change": "ledger_change",
    "scope": "ledger_scope",
    "role": "ledger_role",
    "action": "ledger_action",
}
"""Which words there are for the values of a claim that is a choice."""

_SHOWN_AS: Final[Mapping[str, str]] = {
    "time": "time",
    "flag": "flag",
    "hash": "digest",
    "bytes": "digest",
    "commitment": "sealed",
    "count": "number",
    "counts": "counts",
    "pseudonym": "pseudonym",
}
"""How values of a type are shown; all others as text."""


class Said(NamedTuple):
    """A claim: what it is called, in words to be translated, and how its `value` is shown."""

    name: str
    shown_as: str
    value: object


class StatementPages(Controller):
    """Statements."""

    path = "/statements"

    @get("/{entry:str}", sync_to_thread=True, operation_id="showStatement", opt={UNKEPT: True})
    def read(self, view: Looking, public: Reading, state: State, entry: EntryPath) -> Response[str]:
        """Show a statement that is on the ledger, under a checkpoint."""
        found = public.stated(entry)
        if found is None:
            raise MissingError(f"the ledger has no statement {entry}, or not yet")
        one = found.statement
        return view.show(
            "square/statement.html",
            one=one,
            entry=entry,
            LABELS=LABELS,
            position=found.position,
            signer=public.live.signer(one),
            said=list(_said(one, state.desk.table, public)),
            origin=state.gate.settings.public_origin or str(view.request.base_url).rstrip("/"),
        )


def _said(statement: Statement, table: Table, public: Public) -> Iterator[Said]:
    """Yield the claims of a statement, by what the table says that they are, in the order of their words."""
    row = table.kinds.get(statement.kind)
    known: Mapping[str, Claim] = row.claims if row else {}
    claims = statement.claims
    order = {name: place for place, name in enumerate(LABELS["ledger_claim"])}
    for name in sorted(claims, key=lambda each: order.get(each, len(order))):
        if name == "targets" and not claims[name]:  # it is all of the subject: the measures say so
            continue
        yield _one(name, claims[name], known.get(name), public)


def _one(name: str, value: Value, claim: Claim | None, public: Public) -> Said:
    """Return a claim as it is shown."""
    called = LABELS["ledger_claim"].get(name, name)
    if claim is None or value is None:
        return Said(called, "text", str(value))
    if name == "provision" and isinstance(value, str):
        return Said(called, "provision", public.cite(value))
    match claim.type, value:
        case "choice", str():
            return Said(called, "words", _in_words(name, value))
        case "entry", bytes():
            cited = public.live.find(value)
            return Said(called, "entry", cited) if cited else Said(called, "digest", value.hex())
        case "entry", str():
            return Said(called, "words", LABELS["ledger_otherwise"].get(value, value))
        case "list", list() if name == "measures":
            return Said(called, "measures", value)
        case "count", int() if name == "target":
            return Said(called, "target", value)
        case (("list" | "map" | "table"), _):
            return Said(called, "size", len(value) if isinstance(value, (list, dict)) else 0)
        case (("hash" | "bytes" | "commitment"), bytes()):
            return Said(called, _SHOWN_AS[claim.type], value.hex())
    return Said(called, _SHOWN_AS.get(claim.type, "text"), value)


def _in_words(name: str, value: str) -> str:
    """Return the words for a value that is a choice; the value itself where there are none."""
    return LABELS.get(_WORDS.get(name, ""), {}).get(value, value)
