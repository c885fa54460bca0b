"""`tipstaff ledger` as its users use it: the keeper of a log, who is shown a proof, and an auditor."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from functools import partial
from http.client import HTTPConnection
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tipstaff.assembly.ledger import read_store, read_trust
from tipstaff.ledger.checkpoint import Checkpoint
from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.receipt import verify_consistency_receipt
from tipstaff.ledger.tiles import TileNodes
from tipstaff.ledger.tree import root_of

TIPSTAFF = str(Path(sys.executable).with_name("tipstaff"))
ENVIRONMENT = os.environ | {"LANG": "C.UTF-8", "COLUMNS": "200", "NO_COLOR": "1"}
ORIGIN = "example.org/log"
LONG = "x" * 300


class Quiet(SimpleHTTPRequestHandler):
    """The web server of Python, without its protocol of what was asked for."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
        """Say nothing."""


def ledger(*arguments: object, stdin: str = "", code: int = 0, cwd: Path | None = None) -> str:
    """Run `tipstaff ledger`, check its exit code, and return what it printed."""
    done = subprocess.run(  # noqa: S603
        [TIPSTAFF, "ledger", *map(str, arguments)],
        input=stdin,
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
        cwd=cwd,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a log with three hundred notes, exported, and a copy of its trust file."""
    folder = tmp_path_factory.mktemp("begun")
    ledger("init", folder / "log", "--origin", ORIGIN)
    lines = "".join(json.dumps({"text": f"note {number}"}) + "\n" for number in range(298))
    assert "298 statements of kind note added: 300 in the log" in ledger(
        "append", folder / "log", "-", "--kind", "note", stdin=lines
    )
    ledger("export", folder / "log", folder / "out")
    shutil.copy(folder / "log" / "trust.json", folder / "trust.json")
    return folder


@pytest.fixture
def place(begun: Path, tmp_path: Path) -> Path:
    """Copy that log to where it may be changed."""
    shutil.copytree(begun, tmp_path / "place")
    return tmp_path / "place"


def append(log: Path, *texts: str) -> str:
    """Append notes."""
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    return ledger("append", log, "-", "--kind", "note", stdin=lines)


def audit(place: Path, *arguments: object, out: str = "out", code: int = 0) -> dict[str, object]:
    """Audit an export, and return the report."""
    told = ledger(
        "audit", place / out, "--trust", place / "trust.json", "--workers", 1, "--json", *arguments, code=code
    )
    report: dict[str, object] = json.loads(told)
    return report


def test_init_makes_a_log(tmp_path: Path) -> None:
    """A new log has its files, keys that only its owner can read, and a trust file to hand out."""
    shown = ledger("init", tmp_path / "a" / "log", "--origin", ORIGIN)
    log = tmp_path / "a" / "log"
    assert f"The log {ORIGIN} begins in {log}." in shown
    assert sorted(path.name for path in log.iterdir()) == ["checkpoint.db", "keys", "log.db", "trust.json"]
    (key,) = (log / "keys").iterdir()
    assert [path.stat().st_mode & 0o077 for path in (log, log / "keys", key)] == [0, 0, 0]
    trust = json.loads((log / "trust.json").read_text())
    assert trust["origin"] == ORIGIN
    assert trust["log_key"]["verifier"] in shown
    assert trust["log_key"]["kid"] == key.stem
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["log"]


def test_init_makes_a_log_where_one_stands(tmp_path: Path) -> None:
    """An empty directory may be given as `.`, and one stands in the log afterwards."""
    ledger("init", ".", "--origin", ORIGIN, cwd=tmp_path)
    assert (tmp_path / "log.db").is_file()
    assert "2 statements" in ledger("show", ".", cwd=tmp_path)


def test_init_overwrites_nothing(begun: Path, tmp_path: Path) -> None:
    """A directory that holds something, or a name that is no origin, is refused, and nothing is made."""
    assert "is not empty: a log begins in a directory of its own" in ledger(
        "init", begun / "log", "--origin", ORIGIN, code=2
    )
    assert "without spaces" in ledger("init", tmp_path / "log", "--origin", "two words", code=2)
    assert list(tmp_path.iterdir()) == []


def test_append_registers_lines(place: Path) -> None:
    """Lines are registered in order; empty ones are passed over; the new root is told."""
    (place / "notes.jsonl").write_text('{"text": "first"}\n\n{"text": "第二"}\n')
    shown = ledger("append", place / "log", place / "notes.jsonl", "--kind", "note")
    assert "2 statements of kind note added: 302 in the log, root " in shown
    assert not (place / "notes.jsonl.rejects").exists()
    assert "第二" in ledger("show", place / "log", 301)


def test_append_tells_what_it_refuses(place: Path) -> None:
    """Lines that are refused go to FILE.rejects with number and reason; the others are registered; exit 2."""
    deep = '{"a":' + "[" * 5000 + "]" * 5000 + "}"
    refused = {
        "nope": "not JSON",
        "[1]": "not a JSON object",
        '{"x": 1.5}': "1.5 has no place on the ledger",
        '{"x": 123456789012345678901234567890}': "has no place on the ledger",
        '{"x": "\\ud800"}': "not JSON",
        json.dumps({"x": "y" * 70_000}): "65,535 is the most",
        deep: "nested too deeply",
    }
    lines = ['{"text": "good"}', *refused, '{"text": "also good"}']
    file = place / "notes.jsonl"
    file.write_text("\n".join(lines))
    shown = ledger("append", place / "log", file, "--kind", "note", code=2)
    assert "2 statements of kind note added: 302 in the log" in shown
    assert f"7 lines were refused, see {file}.rejects; the first is line 2: not JSON" in shown
    rejects = [line.split("\t") for line in Path(f"{file}.rejects").read_text().splitlines()]
    assert [(int(number), line) for number, _, line in rejects] == list(enumerate(refused, start=2))
    for (_, reason, _), expected in zip(rejects, refused.values(), strict=True):
        assert expected in reason


def test_append_from_standard_input(place: Path) -> None:
    """Lines of the standard input that are refused go to stdin.rejects where one stands."""
    shown = ledger(
        "append", place / "log", "-", "--kind", "note", stdin='{"text": "x"}\nnope\n', code=2, cwd=place
    )
    assert "1 line was refused, see stdin.rejects; the first is line 2" in shown
    assert (place / "stdin.rejects").read_text().startswith("2\tnot JSON")


def run(arguments: list[str | Path], stdin: bytes = b"", cwd: Path | None = None) -> tuple[int, bytes, str]:
    """Run `tipstaff ledger` where no language is set, and return exit code and output."""
    done = subprocess.run(  # noqa: S603
        [TIPSTAFF, "ledger", *arguments],
        input=stdin,
        env=ENVIRONMENT | {"LC_ALL": "C"},
        capture_output=True,
        check=False,
        timeout=120,
        cwd=cwd,
    )
    return done.returncode, done.stdout, done.stderr.decode()


def test_append_tells_what_is_no_text(place: Path) -> None:
    """Bytes that are no UTF-8 are refused before anything is registered, whatever the language is."""
    code, _, told = run(["append", "log", "-", "--kind", "note"], b'{"text": "\xff"}\n', place)
    assert (code, "Traceback" in told) == (2, False)
    assert told.startswith("tipstaff: - cannot be read: 'utf-8' codec can't decode byte 0xff")
    code, shown, _ = run(["append", "log", "-", "--kind", "note"], '{"text": "第一"}\r\n'.encode(), place)
    assert (code, shown.startswith(b"1 statement of kind note added: 301 in the log")) == (0, True)


def test_append_tells_refusals_that_have_no_place(place: Path) -> None:
    """Where FILE.rejects cannot be written that is told, with the first reason: exit 2."""
    (place / "stdin.rejects").mkdir()
    code, _, told = run(["append", "log", "-", "--kind", "note"], b"nope\n", place)
    assert (code, "Traceback" in told) == (2, False)
    assert "the first is line 1: not JSON" in told
    assert "stdin.rejects cannot be written: Is a directory" in told


def test_no_statement_steers_the_terminal(place: Path) -> None:
    """What others wrote is shown with its escapes made visible: in statements, reasons and rejected lines."""
    raw = '{"text\\u001b[2J": "\\u001b[2J \\u009b2J \\u202e"}\n\x1b[2J\n{"x": "\u202ey", "z": 1.5}\n'
    code, shown, told = run(["append", "log", "-", "--kind", "note"], raw.encode(), place)
    assert code == 2
    rejects = (place / "stdin.rejects").read_bytes()
    assert b"\t\\u001b[2J\n" in rejects
    assert b'\t{"x": "\\u202ey", "z": 1.5}\n' in rejects
    code, full, _ = run(["show", "log", "300"], cwd=place)
    assert "␛[2J \ufffd2J \ufffd" in full.decode()
    assert "text␛[2J" in full.decode()
    code, listed, _ = run(["show", "log"], cwd=place)
    everything = shown + told.encode() + rejects + full + listed
    assert b"\x1b" not in everything
    assert "\x9b".encode() not in everything
    assert "\u202e".encode() not in everything


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("nota", "the log has no kind 'nota': there are"),
        ("decision", "a log may not sign decision: that is for reviewer or machine"),
    ],
)
def test_append_refuses_kinds_that_the_log_cannot_state(place: Path, kind: str, told: str) -> None:
    """A kind that is not in the table, or that others sign, is refused with what there is instead."""
    assert told in ledger("append", place / "log", "-", "--kind", kind, stdin="{}\n", code=2, cwd=place)
    assert "300 statements" in ledger("show", place / "log")


def test_show_tells_the_log_and_a_statement(begun: Path, tmp_path: Path) -> None:
    """The newest statements are listed; one is shown in full by position or entry; --raw writes its bytes."""
    shown = ledger("show", begun / "log")
    assert f"{ORIGIN}: 300 statements, root " in shown
    assert len([line for line in shown.splitlines() if " note " in line]) == 20
    full = ledger("show", begun / "log", 299, "--raw", tmp_path / "raw")
    assert "note 297" in full
    assert "kind        note, version 1" in full
    entry = hashlib.sha256((tmp_path / "raw").read_bytes()).hexdigest()
    assert entry in full
    assert ledger("show", begun / "log", entry) == full


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["show", "log", "300"], "there is no statement 300: the log has 300, from 0 on"),
        (["show", "log", "abc"], "'abc' is neither a position nor an entry"),
        (["show", "log", "ab" * 32], "no statement of this log has the entry abab"),
        (["show", "log", "--raw", "x"], "--raw is for one statement"),
        (["show", "log", "2", "--raw", "no/x"], "no/x cannot be written: No such file or directory"),
        (["prove", "log", "2", "--out", "no/x"], "no/x.statement.cose cannot be written"),
        (["prove", "log", "300"], "there is no statement 300"),
        (["prove", "log"], "name a statement, or a size with --since"),
        (["prove", "log", "2", "--since", "2"], "name a statement, or a size with --since"),
        (["prove", "log", "--since", "2"], "name a file with --out PREFIX"),
        (["prove", "log", "--since", "300", "--out", "x"], "a size that the log had before: it has 300"),
        (["show", "out"], "out is no directory of a log: `tipstaff ledger init out --origin NAME` makes one"),
        (["append", "none", "-", "--kind", "note"], "none is no directory of a log"),
        (["append", "log", "none.jsonl", "--kind", "note"], "none.jsonl cannot be read"),
        (["export", "log", "log"], "log is not empty and holds no log: name an empty folder"),
        (["export", "log", "trust.json/out"], "cannot be written: Not a directory"),
        (["keys", "log", "--new", "x.pem"], "--new goes with --holder and --role"),
        (["keys", "log", "--revoke", "zz"], "0 keys of this log begin with 'zz'"),
        (["audit", "none", "--trust", "trust.json"], "none is no folder of an exported log"),
        (["audit", "out", "--trust", "none.json"], "none.json cannot be read: No such file"),
        (["audit", "out", "--trust", "out/checkpoint"], "out/checkpoint: not a trust file"),
        (["audit", "out", "--trust", "trust.json", "--state", "out"], "out is no state of an audit"),
        (
            ["audit", "out", "--trust", "trust.json", "--state", "log/log.db"],
            "log/log.db is no state of an audit",
        ),
        (["audit", "out", "--trust", "trust.json", "--state", "no/x.db"], "no/x.db cannot be used"),
        (["audit", "out", "--trust", "trust.json", "--workers", "0"], "--workers takes a number from 1"),
        (["show", LONG], f"{LONG} cannot be read: File name too long"),
        (["keys", "log", "--new", LONG, "--holder", "x", "--role", "clerk"], "cannot be written: File name"),
        (["audit", LONG, "--trust", "trust.json"], f"{LONG} cannot be read: File name too long"),
        (["audit", "out", "--trust", LONG], f"{LONG} cannot be read: File name too long"),
        (["audit", "out", "--trust", "trust.json", "--state", LONG], f"{LONG} cannot be read: File name too"),
        (["verify", "none", "none", "--trust", "trust.json"], "none cannot be read: No such file"),
    ],
)
def test_what_cannot_be_used_is_told(begun: Path, arguments: list[str], told: str) -> None:
    """What is given and cannot be used is named with the mend, exit 2."""
    assert told in ledger(*arguments, code=2, cwd=begun)


def test_what_is_proven_is_verified_offline(place: Path, tmp_path: Path) -> None:
    """`prove` writes statement, receipt and proof; `verify` needs only them and the trust file."""
    ledger("prove", place / "log", 5, "--out", tmp_path / "fifth")
    statement, receipt, proof = (
        tmp_path / f"fifth.{ending}" for ending in ("statement.cose", "receipt.cose", "tlog-proof")
    )
    assert ledger("prove", place / "log", 5) == proof.read_text()
    trust = place / "trust.json"
    shutil.rmtree(place / "log")
    for evidence in (receipt, proof):
        shown = ledger("verify", statement, evidence, "--trust", trust)
        assert f"on the log: statement 5 of {ORIGIN}, of kind note, signed by '{ORIGIN}' (log)" in shown


def test_a_receipt_of_consistency_is_written(begun: Path, tmp_path: Path) -> None:
    """`prove --since` writes the receipt that the log of then is a beginning of the log as signed."""
    shown = ledger("prove", begun / "log", "--since", 2, "--out", tmp_path / "since")
    data = (tmp_path / "since.consistency.cose").read_bytes()
    assert f"since.consistency.cose: {len(data)} bytes" in shown
    with read_store(begun / "log") as (store, checkpoints):
        last = checkpoints.last()
        assert last is not None
        old = Checkpoint(ORIGIN, 2, root_of(TileNodes(store.tile), 2))
    trust = read_trust(begun / "trust.json")
    verify_consistency_receipt(data, old, last.checkpoint, trust.log_key_at)
    other = Checkpoint(ORIGIN, 2, bytes(32))
    with pytest.raises(ProofError):
        verify_consistency_receipt(data, other, last.checkpoint, trust.log_key_at)


def test_what_is_not_proven_is_told(begun: Path, tmp_path: Path) -> None:
    """Another receipt, an altered statement and another log's trust file prove nothing: exit 1."""
    for number in (5, 6):
        ledger("prove", begun / "log", number, "--out", tmp_path / str(number))
    statement, receipt = tmp_path / "5.statement.cose", tmp_path / "5.receipt.cose"
    trust = begun / "trust.json"
    assert "not proven: " in ledger(
        "verify", statement, tmp_path / "6.receipt.cose", "--trust", trust, code=1
    )
    altered = tmp_path / "altered"
    altered.write_bytes(statement.read_bytes().replace(b"note 3", b"note 4"))
    assert altered.read_bytes() != statement.read_bytes()
    assert "not proven: " in ledger("verify", altered, receipt, "--trust", trust, code=1)
    assert "not proven: " in ledger("verify", receipt, statement, "--trust", trust, code=1)
    ledger("init", tmp_path / "other", "--origin", ORIGIN)
    other = tmp_path / "other" / "trust.json"
    assert "not proven: " in ledger("verify", statement, receipt, "--trust", other, code=1)


def test_checkpoint_is_printed_as_published(begun: Path) -> None:
    """The checkpoint is the note, byte for byte as it is exported."""
    note = ledger("checkpoint", begun / "log")
    assert note.splitlines()[:2] == [ORIGIN, "300"]
    assert note == (begun / "out" / "checkpoint").read_text()


def test_keys_come_and_go(place: Path) -> None:
    """A key is made and added, revoked once, and the log's own is rotated; the trust file follows."""
    log, pem = place / "log", place / "reviewer.pem"
    shown = ledger(
        "keys", log, "--new", pem, "--holder", "reviewer-1", "--role", "reviewer", "--alg", "ES256"
    )
    assert pem.stat().st_mode & 0o077 == 0
    row = next(line for line in shown.splitlines() if "reviewer-1" in line)
    assert row.split()[1:] == ["ES256", "reviewer-1", "reviewer", "at", "300"]
    before = pem.read_bytes()
    again = ledger("keys", log, "--new", pem, "--holder", "other", "--role", "clerk", code=2)
    assert "cannot be written: File exists" in again
    assert pem.read_bytes() == before
    kid = row.split()[0].rstrip("…")
    assert "at 301" in ledger("keys", log, "--revoke", kid)
    assert "key" in ledger("keys", log, "--revoke", kid, code=2)
    own = json.loads((log / "trust.json").read_text())["log_key"]["kid"]
    assert "a key cannot revoke itself" in ledger("keys", log, "--revoke", own, code=2)
    rotated = ledger("keys", log, "--rotate")
    assert [line.split()[-2:] for line in rotated.splitlines() if " log " in line] == [
        ["at", "303"],
        ["at", "302"],
    ]
    append(log, "signed with the new key")
    ledger("export", log, place / "out")
    report = audit(place)  # the trust file of before: the rest is taken from the log
    assert (report["fault"], report["size"], report["keys"]) == (None, 305, 3)
    ledger("prove", log, 304, "--out", place / "last")
    evidence = place / "last.statement.cose", place / "last.receipt.cose"
    assert "not proven: " in ledger("verify", *evidence, "--trust", place / "trust.json", code=1)
    assert "on the log" in ledger("verify", *evidence, "--trust", log / "trust.json")


def test_a_key_that_is_refused_leaves_nothing(place: Path) -> None:
    """Where the rules refuse a key, neither the log nor its file is left with it."""
    pem = place / "reviewer.pem"
    shown = ledger("keys", place / "log", "--new", pem, "--holder", "x" * 300, "--role", "reviewer", code=2)
    assert "holder" in shown
    assert not pem.exists()
    assert "300 statements" in ledger("show", place / "log")


def test_export_adds_what_is_new(place: Path) -> None:
    """A second export writes what is new alone, drops partial files one export later, and is sound."""
    assert "300 statements, all of them there already" in ledger("export", place / "log", place / "out")
    untouched = (place / "out" / "tile" / "0" / "000").stat().st_mtime_ns
    assert (place / "out" / "tile" / "0" / "001.p" / "44").is_file()
    append(place / "log", *(f"more {number}" for number in range(220)))
    assert "520 statements, 220 of them new" in ledger("export", place / "log", place / "out")
    assert (place / "out" / "tile" / "0" / "000").stat().st_mtime_ns == untouched
    assert (place / "out" / "tile" / "0" / "001").is_file()
    assert (place / "out" / "tile" / "0" / "001.p" / "44").is_file()
    append(place / "log", "the last")
    assert "521 statements, 1 of them new" in ledger("export", place / "log", place / "out")
    assert not (place / "out" / "tile" / "0" / "001.p").exists()
    report = audit(place)
    assert (report["fault"], report["size"]) == (None, 521)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("DELETE FROM statements WHERE position = 20", "statement 20 is missing from "),
        (
            "UPDATE statements SET statement = x'00' WHERE position = 20",
            "statement 20 was read back otherwise",
        ),
        ("UPDATE tiles SET hashes = zeroblob(32) WHERE level = 1", "statement 255 was read back otherwise"),
    ],
)
def test_what_the_log_lost_is_not_exported(place: Path, damage: str, told: str) -> None:
    """An export of a log that lost or altered a statement names the place and publishes no checkpoint."""
    with sqlite3.connect(place / "log" / "log.db") as connection:
        connection.execute(damage)
    connection.close()
    assert told in ledger("export", place / "log", place / "fresh", code=2)
    assert not (place / "fresh" / "checkpoint").exists()


def test_a_statement_that_the_log_lost_is_told(place: Path) -> None:
    """`show` and `prove` name a statement that is missing, and give no other its number."""
    with closing(sqlite3.connect(place / "log" / "log.db")) as connection, connection:
        connection.execute("DELETE FROM statements WHERE position = 290")
    for arguments in (["show", "log", 290], ["show", "log"], ["prove", "log", 290, "--out", "lost"]):
        assert "statement 290 is missing from log/log.db" in ledger(*arguments, code=2, cwd=place)
    assert "note 289" in ledger("show", "log", 291, cwd=place)


def test_that_the_newest_statements_are_lost_is_told(place: Path) -> None:
    """`show` knows from the checkpoint how many there were."""
    with closing(sqlite3.connect(place / "log" / "log.db")) as connection, connection:
        (last,) = connection.execute("SELECT max(position) FROM statements").fetchone()
        connection.execute("DELETE FROM statements WHERE position = ?", (last,))
    assert f"statement {last} is missing" in ledger("show", "log", code=2, cwd=place)


def test_an_export_is_audited_over_http(begun: Path, tmp_path: Path) -> None:
    """Any web server serves an export: what was fetched from it is audited with the trust file alone."""
    handler = partial(Quiet, directory=str(begun / "out"))
    files = [str(path.relative_to(begun / "out")) for path in (begun / "out").rglob("*") if path.is_file()]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            for file in files:
                connection = HTTPConnection("127.0.0.1", server.server_port, timeout=30)
                connection.request("GET", f"/{file}")
                answer = connection.getresponse()
                assert answer.status == 200
                (tmp_path / "fetched" / file).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / "fetched" / file).write_bytes(answer.read())
                connection.close()
        finally:
            server.shutdown()
            thread.join(30)
    shutil.copy(begun / "trust.json", tmp_path)
    report = audit(tmp_path, out="fetched")
    assert (report["fault"], report["size"], report["checked"]) == (None, 300, 300)
    assert not thread.is_alive()


def test_export_refuses_the_folder_of_another_log(place: Path) -> None:
    """A folder that this log did not write is left as it is."""
    ledger("init", place / "other", "--origin", ORIGIN)
    append(place / "other", *map(str, range(400)))
    before = (place / "out" / "checkpoint").read_bytes()
    assert "that this log does not begin with" in ledger("export", place / "other", place / "out", code=2)
    assert (place / "out" / "checkpoint").read_bytes() == before


def test_audit_reports_what_is_sound(begun: Path) -> None:
    """A sound log is counted by kind, for people and as JSON, with the trust file alone."""
    report = audit(begun)
    assert list(report) == [
        "origin",
        "size",
        "root",
        "resumed_from",
        "checked",
        "counts",
        "checkpoints",
        "keys",
        "rules",
        "fault",
    ]
    assert report["counts"] == {"key": 1, "note": 298, "rules": 1}
    assert (report["origin"], report["size"], report["checked"], report["fault"]) == (ORIGIN, 300, 300, None)
    assert report["root"] in ledger("show", begun / "log")
    shown = ledger("audit", begun / "out", "--trust", begun / "trust.json", "--workers", 2)
    assert f"sound: {ORIGIN}, 300 statements, root {report['root']}" in shown


def test_audit_names_the_first_fault(place: Path) -> None:
    """An altered statement is named with its number and its file, and the exit code is 1."""
    file = place / "out" / "statements" / "001.p" / "44"
    file.write_bytes(file.read_bytes().replace(b"note 270", b"note 271"))
    report = audit(place, code=1)
    fault = report["fault"]
    assert isinstance(fault, dict)
    assert (fault["index"], fault["where"]) == (272, "statements/001.p/44")
    assert report["checked"] == 272
    shown = ledger("audit", place / "out", "--trust", place / "trust.json", "--workers", 1, code=1)
    assert "fault at statement 272 (statements/001.p/44): " in shown
    assert "272 of 300 statements were sound before it" in shown


@pytest.mark.parametrize("damage", ["removed", "a folder"])
def test_audit_finds_what_is_missing(place: Path, damage: str) -> None:
    """A file that is not there, or is no file, is a fault of the log."""
    file = place / "out" / "tile" / "0" / "000"
    file.unlink()
    if damage == "a folder":
        file.mkdir()
    fault = audit(place, code=1)["fault"]
    assert isinstance(fault, dict)
    assert (fault["index"], fault["where"], fault["what"]) == (0, "tile/0/000", "the file is missing")


def test_audit_resumes(place: Path) -> None:
    """With a state, a later audit goes on from the earlier one, and counts all."""
    state = place / "seen.db"
    assert audit(place, "--state", state)["resumed_from"] == 0
    append(place / "log", *map(str, range(50)))
    ledger("export", place / "log", place / "out")
    report = audit(place, "--state", state)
    assert (report["resumed_from"], report["checked"], report["size"]) == (300, 350, 350)
    assert (report["checkpoints"], report["fault"]) == (2, None)
    assert report["counts"] == {"key": 1, "note": 348, "rules": 1}


def test_audit_finds_a_rollback_and_a_fork(place: Path) -> None:
    """With a state, an older log and another one at the same size are faults, and without it they are not."""
    state = place / "seen.db"
    shutil.copytree(place / "log", place / "other")
    append(place / "log", "one")
    append(place / "other", "another")
    ledger("export", place / "log", place / "new")
    ledger("export", place / "other", place / "forked")
    append(place / "other", "and on")
    ledger("export", place / "other", place / "onwards")
    assert audit(place, "--state", state, out="new")["fault"] is None
    faults = {
        out: audit(place, "--state", state, out=out, code=1)["fault"] for out in ("out", "forked", "onwards")
    }
    told = {out: fault["what"] for out, fault in faults.items() if isinstance(fault, dict)}
    assert told["out"].startswith("rolled back to 300 statements")
    assert "fork" in told["forked"]
    assert "fork" in told["onwards"]
    assert audit(place, "--state", state, out="new")["fault"] is None
    for out in ("out", "forked", "onwards"):
        assert audit(place, out=out)["fault"] is None


def test_an_audit_tells_what_it_cannot_use(place: Path) -> None:
    """A damaged state is no fault of the log: exit 2."""
    arguments = ["audit", "out", "--trust", "trust.json", "--state", "seen.db", "--workers", "1"]
    assert run(arguments, cwd=place)[0] == 0
    for damaged in ("state SET value = x'c1' WHERE substr(key, 1, 1) = x'6b'", "progress SET value = x'c1'"):
        shutil.copy(place / "seen.db", place / "damaged.db")
        with closing(sqlite3.connect(place / "damaged.db")) as connection, connection:
            connection.execute(f"UPDATE {damaged}")
        arguments[5] = "damaged.db"
        code, _, told = run(arguments, cwd=place)
        assert (code, "Traceback" in told) == (2, False)
        assert told.startswith("tipstaff: damaged.db is damaged: ")


def test_verify_reads_no_file_without_end(place: Path) -> None:
    """A file that is longer than any statement or proof is refused: exit 2."""
    ledger("prove", place / "log", 5, "--out", place / "fifth")
    with (place / "huge").open("wb") as file:
        file.truncate(50 * 2**30)
    for files in (["huge", "fifth.receipt.cose"], ["fifth.statement.cose", "huge"]):
        shown = ledger("verify", *files, "--trust", "trust.json", code=2, cwd=place)
        assert "huge has more than 2,000,000 bytes" in shown


def test_a_state_is_of_one_log(place: Path) -> None:
    """The state of an audit of one log is not used for another."""
    ledger("audit", place / "out", "--trust", place / "trust.json", "--state", place / "seen.db")
    ledger("init", place / "other", "--origin", "example.org/other")
    ledger("export", place / "other", place / "others")
    trust = place / "other" / "trust.json"
    shown = ledger("audit", place / "others", "--trust", trust, "--state", place / "seen.db", code=2)
    assert "use another state" in shown


@pytest.mark.parametrize("damage", ["missing", "empty"])
def test_without_its_checkpoints_nothing_is_signed(place: Path, damage: str) -> None:
    """A log whose checkpoints are gone is not written to: it could have been rolled back."""
    file = place / "log" / "checkpoint.db"
    file.unlink()
    if damage == "empty":
        file.touch()
    shown = ledger("append", place / "log", "-", "--kind", "note", stdin="{}\n", code=2)
    assert "checkpoint.db" in shown
    assert "never sign without it" in shown
    assert file.exists() == (damage == "empty")


def test_a_log_that_was_rolled_back_is_refused(place: Path) -> None:
    """A backup of log.db from before the last checkpoint is refused by what writes."""
    shutil.copy(place / "log" / "log.db", place / "backup.db")
    append(place / "log", "one")
    shutil.copy(place / "backup.db", place / "log" / "log.db")
    shown = ledger("append", place / "log", "-", "--kind", "note", stdin="{}\n", code=2)
    assert "it was rolled back. Restore a newer backup; never sign over this one" in shown


def test_a_damaged_file_is_named(place: Path) -> None:
    """A database that is none any more is named, with the mend."""
    (place / "log" / "log.db").write_bytes(b"no database at all" * 1000)
    shown = ledger("show", place / "log", code=2)
    assert "log.db is damaged" in shown
    assert "Restore it from a backup" in shown


def test_a_missing_key_is_told(place: Path) -> None:
    """Without the private key of the log nothing is stated, and what is missing is told."""
    shutil.rmtree(place / "log" / "keys")
    shown = ledger("append", place / "log", "-", "--kind", "note", stdin="{}\n", code=2)
    assert "none of the log's private keys here is in force" in shown
