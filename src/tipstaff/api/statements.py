"""Single statements of the ledger, which anyone may read by their entries, and their receipts."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Final, TypeAlias

import msgspec
from litestar import Controller, Response, get
from litestar.datastructures import State
from litestar.openapi.spec import Example
from litestar.params import PathParameter

from tipstaff.api.parameters import IfNoneMatch
from tipstaff.base.errors import MissingError
from tipstaff.ledger.cbor import Value
from tipstaff.ledger.live import Found
from tipstaff.ledger.statement import Statement
from tipstaff.server.conditions import UNSEEN
from tipstaff.server.problems import answers
from tipstaff.server.unchanged import unless_had

_COSE: Final = "application/cose"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FOR_A_DAY: Final = "public, max-age=86400"
"""How long the view of a statement is kept: what it says never changes, how a later version tells it may."""

_SAFE: Final = 2**53
"""Integers up to this are the same to every reader of JSON."""

_ASKED: Final = answers(HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)

Entry = Annotated[
    str,
    PathParameter(
        pattern="^[0-9a-f]{64}$",
        description="the SHA-256 of the statement",
        examples=[Example(value="0b" * 32)],
    ),
]

Told: TypeAlias = object
"""A value of the ledger as JSON has it: which ones there are, the kind of the statement says."""


class HashedView(msgspec.Struct, frozen=True):
    """Of a statement that is a hash: of what, kept where if that is told, and the SHA-256."""

    media_type: str
    location: str | None
    digest: str


class StatementView(msgspec.Struct, frozen=True, kw_only=True):
    """A statement. `signed` is all of it, in Base64: what else is here was read from that.

    `iat` is when it was signed, in seconds since 1970. Byte strings are in hexadecimal digits, and integers
    of more than 53 bits texts.
    """

    entry: str
    position: int
    kind: str
    version: int
    issuer: str
    kid: str
    subject: str
    iat: int
    claims: dict[str, Told]
    hashed: HashedView | None
    signed: str


class StatementController(Controller):
    """Statements."""

    path = "/v1/statements"
    tags = ("ledger",)
    security = ({},)

    @get("/{entry:str}", sync_to_thread=True, operation_id="readStatement", responses=_ASKED)
    def read(
        self, state: State, entry: Entry, if_none_match: IfNoneMatch = UNSEEN
    ) -> Response[StatementView]:
        """Read a statement that is on the ledger, under a checkpoint."""
        headers = {"ETag": f'W/"{entry}"', "Cache-Control": _FOR_A_DAY}
        return unless_had(Response(_view(_found(state, entry)), headers=headers), if_none_match)

    @get(
        "/{entry:str}/receipt",
        sync_to_thread=True,
        operation_id="readReceipt",
        media_type=_COSE,
        responses=_ASKED,
    )
    def receipt(self, state: State, entry: Entry, if_none_match: IfNoneMatch = UNSEEN) -> Response[bytes]:
        """Get what proves that a statement is on the ledger (RFC 9942), to who has its trust file."""
        data = state.live.receipt(_found(state, entry).position)
        headers = {"ETag": f'"{sha256(data).hexdigest()}"', "Cache-Control": _FOR_EVER}
        return unless_had(Response(data, media_type=_COSE, headers=headers), if_none_match)


def _found(state: State, entry: str) -> Found:
    """Return a statement. Raises `MissingError`."""
    found: Found | None = state.live.find(bytes.fromhex(entry))
    if found is None:
        raise MissingError(f"the ledger has no statement {entry}, or not yet")
    return found


def _view(found: Found) -> StatementView:
    """Return a statement, for anyone."""
    one = found.statement
    return StatementView(
        entry=one.entry.hex(),
        position=found.position,
        kind=one.kind,
        version=one.version,
        issuer=one.iss,
        kid=one.kid.hex(),
        subject=one.sub,
        iat=one.iat,
        claims={name: _told(value) for name, value in one.claims.items()},
        hashed=_hashed(one),
        signed=base64.b64encode(one.encoded).decode(),
    )


def _hashed(statement: Statement) -> HashedView | None:
    """Return what a statement is the hash of; None where it is an ordinary one."""
    envelope = statement.envelope
    if envelope is None:
        return None
    return HashedView(envelope.media_type, envelope.location, statement.payload.hex())


def _told(value: Value) -> Told:
    """Return a value as JSON has it."""
    match value:
        case bytes():
            return value.hex()
        case int() if abs(value) > _SAFE:
            return str(value)
        case str() | bool() | int() | None:
            return value
        case Mapping():
            return {str(key): _told(each) for key, each in value.items()}
        case Sequence():
            return [_told(each) for each in value]
