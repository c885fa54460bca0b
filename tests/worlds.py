"""A small world for tests of the ledger: a log in memory, keys of every role, a statement of every kind.

`World.begin` has the log and the keys alone; `World.told` goes on with a story that states every kind of the
table in a legal order, each under a name. `claims` returns those of a kind with a test's own in their place;
`append` and `refusal` sign and register one more statement. `publish` is the dishonest operator: who has the
log's key builds a sound tree over whatever statements, by the formats of docs/ledger.md and not by the code
under test. `audit` replays files.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from typing import Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric import ec

from tipstaff.ledger import genesis
from tipstaff.ledger.audit import Auditor
from tipstaff.ledger.cbor import Value, byte_string, encode, head
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.log import Log
from tipstaff.ledger.memory import MemoryCheckpoints, MemoryMemory, MemoryStore
from tipstaff.ledger.note import key_hash
from tipstaff.ledger.prover import Prover
from tipstaff.ledger.registration import table_of
from tipstaff.ledger.remembering import Memory
from tipstaff.ledger.report import Report
from tipstaff.ledger.statement import Draft, Envelope, parse, sign
from tipstaff.ledger.trust import Trust, make_trust
from tipstaff.ledger.verification import Refused

START: Final = 1_800_000_000
"""The time at which logs of tests begin."""

ORIGIN: Final = "example.org/log"

HOLDERS: Final[Mapping[str, str]] = {
    "platform": "platform", "machine": "machine", "owner": "policy_owner", "clerk": "clerk",
    "clerk-2": "clerk", "alice": "reviewer", "bob": "reviewer", "carol": "reviewer",
    "court": "authority", "court-2": "authority",
}  # fmt: skip
"""Who has a key, beside the log itself, and in which role."""

ES256_HOLDERS: Final = frozenset(("carol", "court"))

Claims: TypeAlias = "Mapping[str, Value]"
Files: TypeAlias = "dict[str, bytes]"
"""The files of an export, by their paths."""


def digest(text: str) -> bytes:
    """Return 32 bytes that stand for something: a hash, a commitment."""
    return hashlib.sha256(text.encode()).digest()


def shared(levels: int) -> bytes:
    """Return CBOR with tags of sharing (28, 29): lists of the one before twice, 2^levels values in all."""
    lists = [b"\xd8\x1c\x82" + 2 * (b"\xd8\x1d" + encode(number)) for number in range(levels)]
    return head(4, levels + 1) + b"\xd8\x1c\x80" + b"".join(lists)


def repeated(size: int, times: int) -> bytes:
    """Return CBOR with tags of repeated strings (256, 25): one of some size, referred to many times."""
    return b"\xd9\x01\x00" + head(4, times + 1) + byte_string(bytes(size)) + b"\xd8\x19\x00" * times


def make_key(name: str) -> SigningKey:
    """Return the Ed25519 key of a name, always the same."""
    return SigningKey.from_seed(digest(f"key of {name}"))


def make_es256_key(name: str) -> SigningKey:
    """Return the P-256 key of a name, always the same."""
    secret = int.from_bytes(digest(f"key of {name}")[:31])
    return SigningKey(ec.derive_private_key(secret, ec.SECP256R1()))


def key_of(holder: str) -> SigningKey:
    """Return the key of a holder."""
    return make_es256_key(holder) if holder in ES256_HOLDERS else make_key(holder)


def measure(number: int, kind: str, targets: int = 0, **more: Value) -> Claims:
    """Return one measure of a decision."""
    return {"number": number, "kind": kind, "territory": "XX", "targets": targets, **more}


MEASURES: Final = [
    measure(1, "close_account"),
    measure(2, "block_content"),
    measure(3, "block_content", targets=2),
    measure(4, "restrict_posting", until=START + 700_000),
    measure(5, "suspend_app"),
    measure(6, "warn"),
]
"""What the decision of the story takes; 1, 5, and 2 (of target 0, the whole subject) need a confirmation."""

STORY: Final = (
    ("policy-shadow", "policy", "owner", {"number": 1, "state": "shadow"}),
    ("policy", "policy", "owner", {"number": 2, "state": "in_force"}),
    ("order", "order", "court", {}),
    ("order-confirmed", "confirmation", "clerk", {"statement": "order"}),
    ("amendment", "amendment", "clerk", {}),
    ("amendment-confirmed", "confirmation", "court", {"statement": "amendment"}),
    ("hold", "decision", "machine", {
        "case": "case-0", "measures": [measure(1, "hold_content", targets=1, until=START)],
    }),
    ("held", "measure", "platform", {
        "decision": "hold", "measure": 1, "target": 1, "cause": "hold", "kind": "hold_content",
        "until": START,
    }),
    ("hold-lifted", "measure", "platform", {
        "decision": "hold", "measure": 1, "target": 1, "cause": "expired", "kind": "hold_content",
        "until": START, "direction": "lift",
    }),
    ("decision", "decision", "alice", {"order": "order"}),
    ("decision-confirmed", "confirmation", "bob", {"statement": "decision"}),
    ("measure", "measure", "platform", {}),
    ("effect", "effect", "platform", {}),
    ("appeal", "appeal", "platform", {}),
    ("result", "result", "carol", {}),
    ("decision-2", "decision", "alice", {"number": 2, "result": "result", "measures": [measure(1, "warn")]}),
    ("lifted", "measure", "platform", {"direction": "lift", "cause": "result"}),
    ("erasure", "erasure", "platform", {}),
    ("note", "note", "log", {}),
)  # fmt: skip
"""The story: the name of each statement, its kind, who signs it, and in which claims it differs.

Names of earlier statements stand for their entries.
"""

_CITING: Final = frozenset(
    ("policy", "order", "result", "statement", "decision", "cause", "measure", "appeal")
)
_DEFAULTS: Final[Mapping[str, Claims]] = {
    "policy": {
        "name": "house", "version": "1.0", "digest": digest("house 1.0"), "state": "in_force", "number": 1,
    },
    "order": {
        "authority": "court", "reference": "2018/7", "basis": "Art. 1", "scope": "account", "territory": "XX",
        "deadline": START + 90_000, "attachment": digest("order"),
    },
    "amendment": {
        "order": "order", "number": 1, "change": "narrowed", "scope": "content", "territory": "XX",
        "deadline": START + 99_000, "reasons": digest("amendment"),
    },
    "decision": {
        "case": "case-1", "number": 1, "subject": f"v1:{digest('subject').hex()}", "provision": "house-1",
        "policy": "policy", "policy_digest": digest("house 1.0"), "grounds": {"complaints": 3},
        "measures": MEASURES, "hearing": "held", "reasons": digest("reasons"), "evidence": digest("evidence"),
        "targets": [digest("post 1"), digest("post 2")],
    },
    "confirmation": {"statement": "decision"},
    "measure": {
        "decision": "decision", "measure": 1, "target": 0, "host": "square", "direction": "apply",
        "cause": "decision", "kind": "close_account", "territory": "XX", "from": START, "late": False,
    },
    "effect": {"measure": "measure", "number": 1, "state": "applied"},
    "appeal": {"case": "case-1", "decision": "decision", "text": digest("appeal")},
    "result": {"appeal": "appeal", "result": "varied", "reasons": digest("result")},
    "erasure": {"kind": "evidence", "count": 3},
    "note": {"about": "anything", "numbers": [1, 2, 3]},
}  # fmt: skip


class World:
    """A log in memory with everyone's keys; `entries` are those of its statements, by their names."""

    def __init__(self) -> None:
        self.now = START
        self.store = MemoryStore()
        self.checkpoints = MemoryCheckpoints()
        self.keys = {ORIGIN: make_key(ORIGIN), **{holder: key_of(holder) for holder in HOLDERS}}
        self.entries: dict[str, bytes] = {}
        self._ctis = count(1)
        self.log: Log = genesis.begin(
            ORIGIN, self.keys[ORIGIN], self.store, self.checkpoints, lambda: self.now
        )

    @classmethod
    def begin(cls) -> World:
        """Begin a log, and add the keys of everyone."""
        world = cls()
        world.register(
            [world.draft("key", "log", world.key_claims(holder, role)) for holder, role in HOLDERS.items()]
        )
        return world

    @classmethod
    def told(cls, until: str = STORY[-1][0]) -> World:
        """Begin a log and tell the story, up to and with the statement of that name."""
        return _told(until).copy()

    def copy(self) -> World:
        """Return another world that goes on on its own."""
        other = World.__new__(World)
        other.__dict__.update(self.__dict__, keys=dict(self.keys), entries=dict(self.entries))
        other.store, other.checkpoints = MemoryStore(), MemoryCheckpoints()
        other._ctis = count(next(self._ctis) + 1_000)
        with other.store.transaction() as transaction:
            entries = sorted(self.store._positions, key=self.store._positions.__getitem__)
            transaction.write(self.statements, entries, self.store._tiles, self.store._state)
        for signed in self.checkpoints.all():
            other.checkpoints.swap(other.checkpoints.last(), signed)
        keys = [make_key(ORIGIN), self.keys[ORIGIN]]
        other.log = Log(ORIGIN, keys, other.store, other.checkpoints, lambda: other.now)
        return other

    def claims(self, kind: str, /, **changes: Value) -> dict[str, Value]:
        """Return the claims of a kind, with `changes`; None leaves one out. Names stand for entries."""
        claims = {**_DEFAULTS.get(kind, {}), **changes}
        return {name: self._cite(name, value) for name, value in claims.items() if value is not None}

    def key_claims(self, holder: str, role: str, /, **changes: Value) -> dict[str, Value]:
        """Return the claims that add a holder's key."""
        public = self.keys[holder].public if holder in self.keys else make_key(holder).public
        claims: dict[str, Value] = genesis.added_claims(public, holder, role, self.now)
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def draft(self, kind: str, by: str, claims: Claims, **fields: Value) -> bytes:
        """Sign a statement; `fields` are those of a draft, or `key`, which signs in place of the holder's."""
        table = table_of(self.store)
        holder = ORIGIN if by == "log" else by
        row = table.kinds.get(kind) if table else None
        given: dict[str, object] = {
            "kind": kind, "version": row.version if row else 1, "iss": holder, "sub": kind, "iat": self.now,
            "cti": next(self._ctis).to_bytes(8), "claims": claims, **fields,
        }  # fmt: skip
        key = given.pop("key", None) or self.keys.get(holder) or make_key(holder)
        assert isinstance(key, SigningKey)
        return sign(Draft(**given), key)  # type: ignore[arg-type]

    def register(self, statements: Sequence[bytes]) -> list[bytes]:
        """Register statements, none of which may be refused; returns their entries."""
        outcomes = self.log.append(statements)
        refused = [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]
        assert not refused
        return [outcome.entry for outcome in outcomes if not isinstance(outcome, Refused)]

    def append(self, kind: str, by: str, /, *, label: str | None = None, **changes: Value) -> bytes:
        """Register one statement with the claims of its kind, under a label; returns its entry."""
        return self.add(self.draft(kind, by, self.claims(kind, **changes)), label)

    def add(self, statement: bytes, label: str | None = None) -> bytes:
        """Register one statement that was signed before; returns its entry."""
        (entry,) = self.register([statement])
        if label:
            self.entries[label] = entry
        return entry

    def refusal(self, kind: str, by: str, /, **changes: Value) -> str:
        """Return why one statement with the claims of its kind is refused."""
        return self.refused(self.draft(kind, by, self.claims(kind, **changes)))

    def refused(self, statement: bytes) -> str:
        """Return why a statement is refused, which must leave no trace."""
        before = (self.store.size, dict(self.store._state), self.log.last)
        (outcome,) = self.log.append([statement])
        assert isinstance(outcome, Refused), "it was registered"
        assert before == (self.store.size, self.store._state, self.log.last)
        return outcome.reason

    def add_key(self, holder: str, role: str, /, **changes: Value) -> bytes:
        """Add a key of a new holder."""
        self.keys.setdefault(holder, make_key(holder))
        return self.add(self.draft("key", "log", self.key_claims(holder, role, **changes)))

    def revoke(self, holder: str) -> bytes:
        """Revoke the key of a holder."""
        return self.add(self.draft("key", "log", {"kid": self.keys[holder].public.kid, "action": "revoked"}))

    def rotate(self, name: str) -> SigningKey:
        """Give the log a new key, and revoke its old one; returns the new one."""
        old, new = self.keys[ORIGIN], make_key(name)
        self.log.hold(new)
        self.add(self.draft("key", "log", genesis.added_claims(new.public, ORIGIN, "log", self.now)))
        self.keys[ORIGIN] = new
        self.add(self.draft("key", "log", genesis.revoked_claims(old.public.kid)))
        return new

    @property
    def statements(self) -> list[bytes]:
        """The statements on the log."""
        return list(self.store.statements(0, self.store.size))

    @property
    def trust(self) -> Trust:
        """The trust file, as of now."""
        return make_trust(ORIGIN, make_key(ORIGIN).public, self.store.size, self.store)

    @property
    def prover(self) -> Prover:
        """What hands out receipts and proofs."""
        return Prover(self.store, self.checkpoints)

    def index(self, name: str) -> int:
        """Return where the statement of that name stands."""
        found = self.store.position(self.entries[name])
        assert found is not None
        return found

    def publish(self) -> Files:
        """Return the files of an export of this log."""
        return publish(self.statements, self.keys[ORIGIN])

    def _cite(self, name: str, value: Value) -> Value:
        """Return the entry that a name stands for."""
        if name in _CITING and isinstance(value, str) and value in self.entries:
            return self.entries[value]
        return value


@cache
def _told(until: str) -> World:
    """Tell the story once."""
    world = World.begin()
    for label, kind, by, changes in STORY:
        world.append(kind, by, label=label, **changes)
        if label == until:
            break
    return world


def envelope_draft(kind: str, by: str, iat: int, cti: bytes, content: bytes) -> bytes:
    """Sign a hash envelope over some content."""
    draft = Draft(
        kind, 1, by, "an envelope", iat, cti, None, Envelope("text/plain"), hashlib.sha256(content).digest()
    )
    return sign(draft, key_of(by))


def resigned(statement: bytes, key: SigningKey, **changes: Value) -> bytes:
    """Sign the claims of a statement again, with `changes`, by another or the same key."""
    found = parse(statement)
    claims = {**found.claims, **changes}
    return sign(Draft(found.kind, found.version, found.iss, found.sub, found.iat, found.cti, claims), key)


def publish(
    statements: Sequence[bytes], key: SigningKey, origin: str = ORIGIN, entries: Sequence[bytes] | None = None
) -> Files:
    """Build a sound tree and its files over any statements, and sign its checkpoint.

    `entries` are those of the statements unless they are given.
    """
    entries = entries if entries is not None else [hashlib.sha256(item).digest() for item in statements]
    row = [hashlib.sha256(b"\x00" + entry).digest() for entry in entries]
    files = {"checkpoint": sign_note(f"{origin}\n{len(row)}\n{_base64(tree_hash(row))}\n", origin, key)}
    for path, items in (("statements", statements), ("tile/entries", entries)):
        for name, piece in _pieces(list(items)):
            files[f"{path}/{name}"] = b"".join(len(item).to_bytes(2) + item for item in piece)
    level = 0
    while row:
        for name, piece in _pieces(row):
            files[f"tile/{level}/{name}"] = b"".join(piece)
        row = [tree_hash(row[start : start + 256]) for start in range(0, len(row) - 255, 256)]
        level += 1
    return files


def sign_note(text: str, name: str, key: SigningKey) -> bytes:
    """Sign a note."""
    signature = _base64(key_hash(name, key.public) + key.sign(text.encode()))
    return f"{text}\n— {name} {signature}\n".encode()


def tree_hash(row: Sequence[bytes]) -> bytes:
    """Return the root over hashes of leaves, as RFC 9162, 2.1.1 defines it."""
    if len(row) < 2:
        return row[0] if row else hashlib.sha256(b"").digest()
    split = 1 << (len(row) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree_hash(row[:split]) + tree_hash(row[split:])).digest()


def audit(files: Mapping[str, bytes], trust: Trust, memory: Memory | None = None) -> Report:
    """Audit files."""

    def read(path: str) -> bytes:
        try:
            return files[path]
        except KeyError:
            raise FileNotFoundError(path) from None

    return Auditor(read, trust, memory or MemoryMemory()).run()


def _pieces(items: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Yield pieces of 256 with the ends of their paths, for fewer than 1,000 of them."""
    for number in range(-(-len(items) // 256)):
        piece = items[number * 256 : (number + 1) * 256]
        yield f"{number:03d}" if len(piece) == 256 else f"{number:03d}.p/{len(piece)}", piece


def _base64(data: bytes) -> str:
    """Return base64."""
    return base64.b64encode(data).decode()
