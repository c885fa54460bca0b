"""The npm package @transmute/cose accepts our receipts of inclusion.

It is installed into pytest's cache from tests/interop/node/package-lock.json, without scripts. Where there is
no Node, or the package cannot be had, the tests are skipped.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypedDict, cast

import pytest
from bare_logs import KEY, NOW, ORIGIN, BareLog, flipped

from tipstaff.ledger import cose
from tipstaff.ledger.cbor import Value, decode, encode
from tipstaff.ledger.checkpoint import RFC9162_SHA256, VDS, SignedCheckpoint
from tipstaff.ledger.keys import EDDSA, ES256, SigningKey, VerifyingKey
from tipstaff.ledger.receipt import inclusion_receipt
from tipstaff.ledger.tree import leaf_hash, prove_inclusion

HERE = Path(__file__).parent / "node"
PACKAGE = "@transmute/cose"
SIZES = (2, 3, 7, 8, 9, 100, 255, 256, 257, 1000)


class Question(NamedTuple):
    """A key, an entry and a receipt."""

    key: VerifyingKey
    entry: bytes
    receipt: bytes


class Answer(TypedDict, total=False):
    """The root that was signed, or why the receipt is refused."""

    root: str
    refused: str


Ask = Callable[[Iterable[Question]], list[Answer]]


@pytest.fixture(scope="session")
def ask(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Return a function that asks the package about receipts."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip(f"{PACKAGE} is not asked: there is no Node here")
    lock = sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    cache = (
        pytestconfig.cache.mkdir(f"node-{lock}") if pytestconfig.cache else tmp_path_factory.mktemp("node")
    )
    if not (cache / "installed").exists():
        install(npm, cache)
    shutil.copy(HERE / "verify.js", cache)

    def run(questions: Iterable[Question]) -> list[Answer]:
        lines = [
            json.dumps({"key": jwk(key), "leaf": leaf_hash(entry).hex(), "receipt": receipt.hex()})
            for key, entry, receipt in questions
        ]
        done = subprocess.run(  # noqa: S603  our own program
            [node, cache / "verify.js"],
            input="\n".join(lines),
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def install(npm: str, folder: Path) -> None:
    """Install the package, or skip."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    command = [
        npm,
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--prefer-offline",
        "--fetch-retries=1",
    ]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603  pinned by the lock
    except subprocess.TimeoutExpired:
        pytest.skip(f"{PACKAGE} cannot be installed: npm took too long")
    if done.returncode:
        pytest.skip(f"{PACKAGE} cannot be installed: {done.stderr.strip().splitlines()[:1]}")
    (folder / "installed").touch()


def jwk(key: VerifyingKey) -> dict[str, str]:
    """Return a key as JavaScript takes it."""
    members = cast("dict[int, bytes]", decode(key.encoded))
    found = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA"}
    if key.alg == ES256:
        found = {"kty": "EC", "crv": "P-256", "alg": "ES256", "y": text(members[-3])}
    return found | {"x": text(members[-2])}


def text(data: bytes) -> str:
    """Return bytes in base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def signed_by(key: SigningKey, signed: SignedCheckpoint) -> SignedCheckpoint:
    """Sign the COSE half of a checkpoint with any key: that of a note is always Ed25519."""
    _, size, root = signed.checkpoint
    claims: dict[int, Value] = {cose.ISS: ORIGIN, cose.SUB: f"{ORIGIN}#{size}", cose.IAT: NOW}
    protected = encode(
        {cose.ALG: key.public.alg, cose.KID: key.public.kid, cose.CWT_CLAIMS: claims, VDS: RFC9162_SHA256}
    )
    return signed._replace(protected=protected, signature=key.sign(cose.to_be_signed(protected, root)))


def places(signed: SignedCheckpoint) -> list[int]:
    """Return some places of a log."""
    size = signed.checkpoint.size
    return sorted({0, 1, size // 3, size // 2, size - 2, size - 1})


def receipts(log: BareLog, signed: SignedCheckpoint, key: VerifyingKey) -> list[Question]:
    """Return entries with their receipts at some places of a log."""
    size = signed.checkpoint.size
    return [
        Question(key, log.entry(at), inclusion_receipt(signed, at, prove_inclusion(log.nodes, at, size)))
        for at in places(signed)
    ]


@pytest.fixture(scope="module")
def log() -> BareLog:
    """Return a log that grows."""
    return BareLog()


@pytest.fixture(scope="module")
def checkpoints(log: BareLog) -> list[SignedCheckpoint]:
    """Return its checkpoints."""
    return [log.grow(size) for size in SIZES]


def test_receipts_are_accepted(ask: Ask, log: BareLog, checkpoints: list[SignedCheckpoint]) -> None:
    """Of each receipt the package computes the root, and the bytes that the log has signed with Ed25519."""
    questions = [receipts(log, signed, KEY.public) for signed in checkpoints]
    roots = [{"root": signed.checkpoint.root.hex()} for signed in checkpoints for _ in places(signed)]
    assert ask(chain.from_iterable(questions)) == roots


def test_receipts_signed_with_es256_are_accepted(
    ask: Ask, log: BareLog, checkpoints: list[SignedCheckpoint]
) -> None:
    """Receipts of the same form, signed with ES256, are verified by the package alone."""
    key = SigningKey.generate(ES256)
    questions = [receipts(log, signed_by(key, signed), key.public) for signed in checkpoints]
    roots = [{"root": signed.checkpoint.root.hex()} for signed in checkpoints for _ in places(signed)]
    assert ask(chain.from_iterable(questions)) == roots


@pytest.mark.parametrize("alg", [EDDSA, ES256])
def test_other_receipts_are_refused(
    alg: int, ask: Ask, log: BareLog, checkpoints: list[SignedCheckpoint]
) -> None:
    """A receipt of another entry, by another key, or with a bit flipped in path or signature, is refused."""
    key, other = SigningKey.generate(alg), SigningKey.generate(alg)
    signed = signed_by(key, checkpoints[5])
    wrong = []
    for _, entry, receipt in receipts(log, signed, key.public):
        size = len(receipt)
        wrong += [
            Question(key.public, flipped(entry), receipt),
            Question(other.public, entry, receipt),
            Question(key.public, entry, flipped(receipt, size * 8 - 100)),
            Question(key.public, entry, flipped(receipt, (size - 66 - 20) * 8)),
        ]
    assert ask(wrong) == [{"refused": "Signature verification failed"}] * len(wrong)
