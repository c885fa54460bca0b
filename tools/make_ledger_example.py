"""Write the worked example of docs/ledger.md: a log of three statements with known keys, byte for byte.

    python tools/make_ledger_example.py

It goes between the two markers of the page. A test fails when the page shows other bytes than the code makes.
"""

from __future__ import annotations

from pathlib import Path

from tipstaff.ledger import registration, table
from tipstaff.ledger.commitment import commit
from tipstaff.ledger.genesis import added_claims
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.log import Log
from tipstaff.ledger.memory import MemoryCheckpoints, MemoryStore
from tipstaff.ledger.note import verifier
from tipstaff.ledger.prover import Prover
from tipstaff.ledger.statement import Draft, parse, sign
from tipstaff.ledger.tree import leaf_hash

PAGE = Path(__file__).parents[1] / "docs" / "ledger.md"
BEGIN = "<!-- example: begin (tools/make_ledger_example.py) -->"
END = "<!-- example: end -->"
ORIGIN = "example.org/log"
NOW = 1_800_000_000
_WIDTH = 16


def example() -> str:
    """Return the example as Markdown."""
    key = SigningKey.from_seed(bytes(range(32)))
    store, checkpoints = MemoryStore(), MemoryCheckpoints()
    with store.transaction() as transaction:
        transaction.write([], [], {}, registration.genesis(ORIGIN, key.public))
    log = Log(ORIGIN, [key], store, checkpoints, lambda: NOW)
    drafts = [
        Draft("rules", 1, ORIGIN, ORIGIN, NOW, bytes(16), {"version": 1, "table": table.shipped()}),
        Draft("key", 1, ORIGIN, ORIGIN, NOW, bytes([1] * 16), added_claims(key.public, ORIGIN, "log", NOW)),
        Draft("note", 1, ORIGIN, "a first note", NOW, bytes([2] * 16), {"text": "你好, ledger"}),
    ]
    statements = [sign(draft, key) for draft in drafts]
    log.append(statements)
    prover = Prover(store, checkpoints)
    note = parse(statements[2])
    committed = commit("decision", "reasons", "上车", bytes(32))
    return "\n".join(
        [
            f"The log `{ORIGIN}` has the Ed25519 key of the seed `{bytes(range(32)).hex()}`,",
            f"whose kid is `{key.public.kid.hex()}`",
            f"and which other implementations of notes take as `{verifier(ORIGIN, key.public)}`.",
            f"It holds its rules ({len(statements[0]):,} bytes), its key and, as statement 2, a note:",
            "",
            _dump(statements[2]),
            "",
            f"Its entry is `{note.entry.hex()}`,",
            f"its leaf `{leaf_hash(note.entry).hex()}`. The tile `tile/0/000.p/3` holds the three leaves:",
            "",
            _dump(store.tile(0, 0)),
            "",
            "The checkpoint, as published:",
            "",
            f"```text\n{log.last.note.decode().rstrip()}\n```",
            "",
            "The receipt of the note:",
            "",
            _dump(prover.receipt(2)),
            "",
            "The proof of the note as text:",
            "",
            f"```text\n{prover.proof(2).decode().rstrip()}\n```",
            "",
            'The commitment to the reasons "上车" of a decision, under a salt of 32 zero bytes (never use',
            f"such a salt), is `{committed.hex()}`.",
        ]
    )


def _dump(data: bytes) -> str:
    """Return a hex dump."""
    lines = []
    for start in range(0, len(data), _WIDTH):
        row = data[start : start + _WIDTH]
        letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)  # noqa: PLR2004  printable ASCII
        lines.append(f"{start:04x}  {row.hex(' '):<{3 * _WIDTH}} {letters}")
    return "\n".join(["```text", *lines, "```"])


def main() -> None:
    """Rewrite the example."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    if not after:
        raise SystemExit(f"{PAGE} has lost its markers")
    PAGE.write_text(f"{before}{BEGIN}\n{example()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
