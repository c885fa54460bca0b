"""The registration rules, interpreted: whether a statement may follow those before it, and what it changes.

`judge` is pure: it looks up a state, raises or returns changes, and reads no clock. The writer calls it in
the transaction that appends, an auditor while he replays, and both must come to the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from msgspec.structs import replace

from tipstaff.ledger.cbor import Value, encode
from tipstaff.ledger.citations import Citations
from tipstaff.ledger.claims import check_claims, holds
from tipstaff.ledger.errors import EncodingError, RefusedError, TableError
from tipstaff.ledger.keys import EDDSA, VerifyingKey
from tipstaff.ledger.kind import HOLDER, Kind, State
from tipstaff.ledger.state import (
    GREATEST_IAT,
    KEYS,
    TABLE,
    Changes,
    Fact,
    KeyRecord,
    View,
    author_key,
    confirmed_key,
    count_keys,
    find_confirmers,
    find_judges,
    find_key,
    fixed_key,
    fixed_value,
    judged_key,
    key_key,
    kid_key,
    new_fact,
    pack,
    state_key,
    thing_at,
    thing_of,
    unique_key,
)
from tipstaff.ledger.statement import Statement
from tipstaff.ledger.table import Table, read
from tipstaff.ledger.verification import Checked, signer, verify

RULES, KEY = "rules", "key"
"""The two kinds that the interpreter acts on; to all others it only applies their rows."""

LOG: Final = "log"
_FIRST_KEY: Final = 1
"""The position of the statement that adds the log's first key."""

_OF_A_KEY: Final = ("public_key", "holder", "role", "not_before")


def genesis(origin: str, key: VerifyingKey) -> Changes:
    """Return the state that a log starts from: its own first key, which only a trust file vouches for."""
    return {key_key(key.kid): pack(KeyRecord(LOG, origin, 0, None, key.encoded, added=-1))}


def judge(statement: Statement, position: int, view: View) -> Changes:
    """Check a statement whose signature is good against the state so far, and return what it changes.

    Raises `RefusedError`, which names the rule that is broken, or `StatementError` for claims that are none.
    """
    return _Judgement(statement, statement.claims, position, view).changes()


def accept(checked: Checked, position: int, view: View) -> Changes:
    """Judge a statement; its signature is verified now where its key was not known when it was checked.

    Raises `RefusedError`, or `StatementError` for a wrong signature and for claims that are none.
    """
    statement = checked.statement
    if not checked.verified:
        key = signer(view, statement.kid)
        if key is None:
            raise RefusedError(_unknown(statement))
        verify(statement, key)
    claims = statement.known_claims if checked.known else statement.claims
    return _Judgement(statement, claims, position, view).changes()


def _unknown(statement: Statement) -> str:
    """Say that the key of a statement is unknown."""
    return f"{_named(statement)} is unknown: a key statement must add it first"


def _named(statement: Statement) -> str:
    """Name the key of a statement."""
    return f"key {statement.kid.hex()[:16]}…"


def table_of(view: View) -> Table | None:
    """Return the table in force; None before the first statement."""
    encoded = view.get(TABLE)
    return None if encoded is None else read(encoded)


class _Judgement:
    """One statement before the rules."""

    def __init__(self, statement: Statement, claims: Mapping[str, Value], position: int, view: View) -> None:
        self._statement = statement
        self._position = position
        self._view = view
        self._claims = claims
        self._table = self._table_in_force()
        self._row = self._find_row()
        self._signer = self._find_signer()
        self._greatest = int.from_bytes(view.get(GREATEST_IAT) or b"")
        self._citations = Citations(self._claims, statement.iat, self._row, self._signer, view, self._table)

    def changes(self) -> Changes:
        """Go through the rules, then say what the statement changes."""
        if self._position == _FIRST_KEY:
            self._check_beginning()
        self._check_time()
        check_claims(self._row, self._claims, self._signer, self._statement.iat)
        self._citations.check()
        changes: dict[bytes, bytes] = {}
        self._occupy(changes)
        self._act(changes)
        self._remember(changes)
        return changes

    def _table_in_force(self) -> Table:
        """Return the table that judges: the one in force, or for entry 0 the one that it states."""
        table = table_of(self._view)
        if table is not None:
            return table
        if self._position or self._statement.kind != RULES:
            raise RefusedError("the first statement of a log states its rules")
        return _read_table(self._claims.get("table"))

    def _find_row(self) -> Kind:
        """Return the rules of the kind."""
        statement = self._statement
        row = self._table.kinds.get(statement.kind)
        if row is None:
            raise RefusedError(
                f"no kind {statement.kind!r} in the table: there are {', '.join(self._table.kinds)}"
            )
        if row.version != statement.version:
            raise RefusedError(
                f"{statement.kind} is at version {row.version}, the statement at {statement.version}"
            )
        if row.envelope != (statement.envelope is not None):
            raise RefusedError(
                f"a statement of kind {statement.kind} is {'' if row.envelope else 'no '}hash envelope"
            )
        return row

    def _find_signer(self) -> KeyRecord:
        """Return the key that signed, which must be in force here and belong to who says to be the author."""
        statement = self._statement
        record = find_key(self._view, statement.kid)
        if record is None:
            raise RefusedError(_unknown(statement))
        if record.revoked is not None:
            raise RefusedError(f"{_named(statement)} was revoked at entry {record.revoked}")
        if record.holder != statement.iss:
            raise RefusedError(
                f"iss is {statement.iss!r}, but {_named(statement)} is held by {record.holder!r}"
            )
        if record.role not in self._row.signed_by:
            allowed = " or ".join(self._row.signed_by)
            raise RefusedError(f"a {record.role} may not sign {statement.kind}: that is for {allowed}")
        if statement.iat < record.not_before or (
            record.not_after is not None and statement.iat > record.not_after
        ):
            raise RefusedError(f"{_named(statement)} is not valid at iat {statement.iat}")
        return record

    def _check_beginning(self) -> None:
        """Refuse a log whose second statement does not add the key that has signed the first."""
        added = (self._statement.kind, self._claims.get("action"), self._claims.get("kid"))
        if added != (KEY, "added", self._statement.kid):
            raise RefusedError("the second statement of a log adds its first key")

    def _check_time(self) -> None:
        """Refuse what is dated back further than the table tolerates."""
        if self._statement.iat < self._greatest - self._table.tolerance:
            raise RefusedError(
                f"iat lies more than {self._table.tolerance} s behind the greatest on the log, "
                f"{self._greatest}"
            )

    def _occupy(self, changes: dict[bytes, bytes]) -> None:
        """Take the places that only one statement can have."""
        statement, row = self._statement, self._row
        where = self._position.to_bytes(8)
        author = author_key(statement.iss, statement.cti)
        if self._view.get(author) is not None:
            raise RefusedError(f"{statement.iss!r} has given another statement the same cti")
        changes[author] = where + statement.entry
        if row.unique:
            key = self._unique(self._claims)
            if (taken := self._view.get(key)) is not None:
                raise RefusedError(
                    f"the {statement.kind} with this {', '.join(row.unique)} stands at entry "
                    f"{int.from_bytes(taken)} already"
                )
            changes[key] = where
        if row.follows and holds(row.follows.when, self._claims):
            before = dict(self._claims) | row.follows.of
            if self._view.get(self._unique(before)) is None:
                told = ", ".join(f"{name} {value}" for name, value in row.follows.of.items())
                raise RefusedError(f"there is no {statement.kind} with {told} that this one could follow")
        for fixed in row.fixed:
            key = fixed_key(statement.kind, fixed.of, [self._claims.get(name) for name in fixed.of])
            value = fixed_value(self._claims.get(fixed.claim))
            if self._view.get(key) not in (None, value):
                raise RefusedError(f"this {' and '.join(fixed.of)} has another {fixed.claim} already")
            changes[key] = value

    def _unique(self, claims: Mapping[str, Value]) -> bytes:
        """Return the place that a statement with these claims takes. What it cites counts by its position."""
        cited = self._citations.cited
        values: list[Value] = []
        for name in self._row.unique:
            if name in cited:
                values.append(cited[name].position)
            else:
                values.append(self._signer.holder if name == HOLDER else claims.get(name))
        return unique_key(self._statement.kind, values)

    def _act(self, changes: dict[bytes, bytes]) -> None:
        """Do what the two kinds do that the interpreter itself knows."""
        if self._statement.kind == RULES:
            changes[TABLE] = self._new_table()
        elif self._statement.kind == KEY:
            kid = cast("bytes", self._claims["kid"])
            added = self._claims["action"] == "added"
            changes[key_key(kid)] = pack(self._added_key(kid) if added else self._revoked_key(kid))
            if added:
                number = count_keys(self._view)
                changes |= {kid_key(number): kid, KEYS: (number + 1).to_bytes(8)}

    def _new_table(self) -> bytes:
        """Return the table that comes into force."""
        table = _read_table(self._claims["table"])
        expected = self._table.version + 1 if self._position else 1
        if not table.version == self._claims["version"] == expected:
            raise RefusedError(f"the next version of the rules is {expected}, in the claim and in the table")
        return encode(self._claims["table"])

    def _added_key(self, kid: bytes) -> KeyRecord:
        """Return the record of a key that is added."""
        claims = cast("Mapping[str, bytes | str | int]", self._claims)
        if missing := [name for name in _OF_A_KEY if name not in claims]:
            raise RefusedError(f"claims are missing that a key is added with: {', '.join(missing)}")
        encoded = cast("bytes", claims["public_key"])
        try:
            key = VerifyingKey.decode(encoded)
        except EncodingError as error:
            raise RefusedError(f"public_key: {error}") from error
        if key.kid != kid:
            raise RefusedError("kid is not the thumbprint of public_key")
        role, holder = cast("str", claims["role"]), cast("str", claims["holder"])
        if role == LOG and holder != self._signer.holder:
            raise RefusedError(f"a key of the log is held by {self._signer.holder!r}")
        if role == LOG and key.alg != EDDSA:
            raise RefusedError("a key of the log is an Ed25519 key: it signs checkpoints")
        not_after = cast("int | None", claims.get("not_after"))
        not_before = cast("int", claims["not_before"])
        if role == LOG and not_before > self._statement.iat:
            raise RefusedError(
                "a key of the log has no not_before that is still to come: it must be valid now"
            )
        if role == LOG and not_after is not None:
            raise RefusedError(
                "a key of the log has no not_after: the log must always have one that is valid"
            )
        known = find_key(self._view, kid)
        if known and (self._position != _FIRST_KEY or role != LOG):
            raise RefusedError(f"key {kid.hex()[:16]}… was added before")
        # The log's first key has signed before any statement could add it.
        added = known.added if known else self._position
        return KeyRecord(role, holder, not_before, not_after, encoded, added)

    def _revoked_key(self, kid: bytes) -> KeyRecord:
        """Return the record of a key that is revoked."""
        if kid == self._statement.kid:
            raise RefusedError("a key cannot revoke itself: another key of the log does it")
        record = find_key(self._view, kid)
        if record is None or record.revoked is not None:
            raise RefusedError(
                f"key {kid.hex()[:16]}… is unknown or was revoked before: it cannot be revoked"
            )
        return replace(record, revoked=self._position)

    def _remember(self, changes: dict[bytes, bytes]) -> None:
        """Keep what later statements are compared with."""
        statement = self._statement
        if statement.iat > self._greatest:
            changes[GREATEST_IAT] = statement.iat.to_bytes(8)
        thing = self._thing()
        if statement.kind in self._table.cited:
            # None is kept of what is not claimed: what an older table did not keep is not there at all.
            kept: dict[str, object] = {
                name: self._claims.get(name) for name in self._table.kept[statement.kind]
            }
            fact = Fact(
                statement.entry,
                self._position,
                statement.kind,
                statement.iat,
                self._signer.holder,
                thing,
                kept,
            )
            changes.update(new_fact(self._view, fact))
        row = self._row
        if row.state:
            about, value = self._about(row.state, thing), self._claims.get(row.state.claim)
            changed = self._changed(row.state, about, value)
            changes.update({} if row.state.confirmed else changed)
        if row.confirms and (cited := self._citations.cited.get(row.confirms)):
            self._confirm(cited, changes)
        if row.judges and (judged := self._citations.lead(row.judges)):
            self._mark_judged(judged, changes)

    def _confirm(self, cited: Fact, changes: dict[bytes, bytes]) -> None:
        """Keep that a statement is confirmed, and do what comes about by that."""
        holders = [*find_confirmers(self._view, cited.position), self._signer.holder]
        changes[confirmed_key(cited.position)] = pack(holders)
        changes.update(self._states_confirmed(cited))
        judges = self._table.kinds[cited.kind].judges
        if judges and (judged := self._citations.follow(cited, judges)):
            self._mark_judged(judged, changes)

    def _mark_judged(self, judged: Fact, changes: dict[bytes, bytes]) -> None:
        """Keep who has now judged a statement: who judges it neither signs nor confirms it after that."""
        holders = [*find_judges(self._view, judged.position), self._signer.holder]
        changes[judged_key(judged.position)] = pack(holders)

    def _thing(self) -> bytes:
        """Return what the state of this statement is the state of: what it names, or itself."""
        state = self._row.state
        if state is None or not state.of:
            return thing_at(self._position)
        return thing_of(self._statement.kind, [self._claims.get(name) for name in state.of])

    def _states_confirmed(self, cited: Fact) -> Changes:
        """Return the state that a confirmed statement brings about."""
        state = self._table.kinds[cited.kind].state
        if state is None or not state.confirmed:
            return {}
        about: bytes | None = cited.thing
        if state.cited:
            found = self._citations.follow(cited, state.cited)
            about = found.thing if found else None
        return self._changed(state, about, self._citations.claimed(cited, state.claim))

    def _about(self, state: State, thing: bytes) -> bytes | None:
        """Return what a state is the state of; None where nothing is cited."""
        if not state.cited:
            return thing
        cited = self._citations.lead(state.cited)
        return cited.thing if cited else None

    def _changed(self, state: State, about: bytes | None, value: object) -> Changes:
        """Return the new state of a thing, which must not be in one that is final."""
        if about is None or value is None:
            return {}
        found = (self._view.get(state_key(about)) or b"").decode()
        if found in state.final:
            raise RefusedError(f"what this would change is {found}, and remains so")
        return {state_key(about): str(value).encode()}


def _read_table(value: Value) -> Table:
    """Read the table that a statement states."""
    try:
        return read(encode(value))
    except TableError as error:
        raise RefusedError(str(error)) from error
