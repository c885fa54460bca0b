"""Tampering with a log, by an outsider, a mirror or the operator himself: each way is found, and named.

Every row of `TAMPERINGS` changes an export that is sound; `tipstaff ledger audit` must exit with 1, tell what
is wrong, and name the statement where one can be named.
"""

from __future__ import annotations

import copy
import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, TypeAlias, cast

import msgspec
import pytest
from worlds import (
    ORIGIN,
    START,
    Files,
    World,
    audit,
    digest,
    envelope_draft,
    make_key,
    measure,
    publish,
    resigned,
    sign_note,
)

from tipstaff.assembly.ledger import open_log
from tipstaff.cli.main import main
from tipstaff.ledger import genesis, table
from tipstaff.ledger.cbor import Value, encode
from tipstaff.ledger.errors import CorruptLogError
from tipstaff.ledger.log import Registered
from tipstaff.ledger.memory import MemoryCheckpoints, MemoryMemory, MemoryStore
from tipstaff.ledger.report import Fault
from tipstaff.ledger.statement import Draft, sign
from tipstaff.ledger.trust import format_trust

NOTES = 300
"""Notes after the story, so that the log is of two bundles and two levels of tiles."""

TILE, WIDE = "tile/0/000", "tile/0/001.p/75"


@pytest.fixture(scope="module")
def world() -> World:
    """Tell the story, and go on with notes to the second bundle."""
    world = World.told()
    world.register([world.draft("note", "log", {"number": number}) for number in range(NOTES)])
    assert world.store.size == 331
    return world


class Case(NamedTuple):
    """What a tampering is given: the sound export and what it was made of."""

    world: World
    files: Files
    statements: list[bytes]

    def forge(self, *statements: bytes, at: int | None = None) -> Files:
        """Publish a log that goes on with statements which no rule has judged; the log's own key signs it."""
        place = len(self.statements) if at is None else at
        return publish(
            [*self.statements[:place], *statements, *self.statements[place:]], self.world.keys[ORIGIN]
        )

    def draft(self, kind: str, by: str, /, **changes: Value) -> bytes:
        """Sign one more statement."""
        return self.world.draft(kind, by, self.world.claims(kind, **changes))


Tampering: TypeAlias = "Callable[[Case], Files]"
TAMPERINGS: dict[str, tuple[Tampering, str, int | None]] = {}
"""By name: what is done, a part of what the audit says, and the statement that it names."""


def tampering(words: str, index: int | None) -> Callable[[Tampering], Tampering]:
    """Enter a tampering into the list, under the name of its function."""

    def enter(function: Tampering) -> Tampering:
        TAMPERINGS[function.__name__[1:].replace("_", " ")] = (function, words, index)
        return function

    return enter


def flipped(data: bytes, at: int) -> bytes:
    """Flip one bit."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


# --- a mirror, a disk or a network changes files --------------------------------------------------


@tampering("the statement is not that of the entry", 1)
def _a_flipped_bit_in_a_statement(case: Case) -> Files:
    place = 2 + len(case.statements[0]) + 2 + 100
    return {**case.files, "statements/000": flipped(case.files["statements/000"], place)}


@tampering("the entry is not that of the tile", 256 + 7)
def _a_flipped_bit_in_a_tile(case: Case) -> Files:
    return {**case.files, WIDE: flipped(case.files[WIDE], 7 * 32 + 5)}


@tampering("does not hold the hashes of the tiles below", 330)
def _a_flipped_bit_in_a_tile_above(case: Case) -> Files:
    return {**case.files, "tile/1/000.p/1": flipped(case.files["tile/1/000.p/1"], 3)}


@tampering("the statement is not that of the entry", 5)
def _a_flipped_bit_in_a_bundle_of_entries(case: Case) -> Files:
    bundle = case.files["tile/entries/000"]
    return {**case.files, "tile/entries/000": flipped(bundle, 5 * 34 + 2)}


@tampering("bundle", 256)
def _a_flipped_bit_in_a_length_of_a_bundle(case: Case) -> Files:
    bundle = case.files["statements/001.p/75"]
    return {**case.files, "statements/001.p/75": flipped(bundle, 0)}


@tampering("not signed by a key that the log had then", None)
def _a_flipped_bit_in_the_signature_of_the_checkpoint(case: Case) -> Files:
    text, _, line = case.files["checkpoint"].rpartition(b" ")
    swapped = line.replace(line[10:11], b"A" if line[10:11] != b"A" else b"B", 1)
    return {**case.files, "checkpoint": text + b" " + swapped}


@tampering("do not lead to the root of the checkpoint", None)
def _another_root_in_the_checkpoint(case: Case) -> Files:
    lines = case.files["checkpoint"].split(b"\n")
    return {**case.files, "checkpoint": b"\n".join([*lines[:2], b"A" * 43 + b"=", *lines[3:]])}


@tampering("this is the log", None)
def _another_origin_in_the_checkpoint(case: Case) -> Files:
    return {**case.files, "checkpoint": case.files["checkpoint"].replace(ORIGIN.encode(), b"example.net/log")}


@tampering("ends within item", 256)
def _a_truncated_bundle_of_statements(case: Case) -> Files:
    return {**case.files, "statements/001.p/75": case.files["statements/001.p/75"][:-1]}


@tampering("holds 255 items, not 256", 255)
def _a_bundle_that_lacks_its_last_statement(case: Case) -> Files:
    return {**case.files, "statements/000": case.files["statements/000"][: -2 - len(case.statements[255])]}


@tampering("the tile holds", 256)
def _a_truncated_tile(case: Case) -> Files:
    return {**case.files, WIDE: case.files[WIDE][:-1]}


@tampering("not a note", None)
def _a_truncated_checkpoint(case: Case) -> Files:
    return {**case.files, "checkpoint": case.files["checkpoint"][:20]}


@tampering("the file is missing", 256)
def _a_missing_bundle(case: Case) -> Files:
    return {path: data for path, data in case.files.items() if path != "statements/001.p/75"}


@tampering("the file is missing", 0)
def _a_missing_tile(case: Case) -> Files:
    return {path: data for path, data in case.files.items() if path != TILE}


@tampering("the file is missing", None)
def _a_missing_checkpoint(case: Case) -> Files:
    return {path: data for path, data in case.files.items() if path != "checkpoint"}


@tampering("the file is missing", 0)
def _a_file_where_a_folder_should_be(case: Case) -> Files:
    left = {path: data for path, data in case.files.items() if not path.startswith("tile/0/")}
    return {**left, "tile/0": b""}


@tampering("items, not", 75)
def _swapped_bundles(case: Case) -> Files:
    first, second = case.files["statements/000"], case.files["statements/001.p/75"]
    return {**case.files, "statements/000": second, "statements/001.p/75": first}


@tampering("the statement is not that of the entry", 40)
def _two_statements_swapped_in_a_bundle(case: Case) -> Files:
    order = [*range(40), 41, 40, *range(42, 331)]
    forged = publish([case.statements[at] for at in order], make_key(ORIGIN))
    return {**case.files, "statements/000": forged["statements/000"]}


@tampering("the statements do not lead to the root", None)
def _a_removed_last_entry_under_a_checkpoint_that_is_made_smaller(case: Case) -> Files:
    forged = publish(case.statements[:-1], make_key("somebody"))
    lines = case.files["checkpoint"].split(b"\n")
    return {**forged, "checkpoint": b"\n".join([lines[0], b"330", *lines[2:]])}


@tampering("the bundle holds 74 items, not 75", 256 + 74)
def _a_count_that_is_not_that_of_the_bundles(case: Case) -> Files:
    forged = publish(case.statements[:-1], make_key(ORIGIN))
    return {**case.files, "statements/001.p/75": forged["statements/001.p/74"]}


@tampering("the tile holds", 256)
def _a_checkpoint_that_counts_one_more(case: Case) -> Files:
    text = case.files["checkpoint"].decode().rpartition("\n\n")[0].replace("\n331\n", "\n332\n") + "\n"
    more = {path.replace("/75", "/76"): data for path, data in case.files.items()}
    more["statements/001.p/76"] += b"\x00\x00"
    more["tile/entries/001.p/76"] += b"\x00\x00"
    return {**more, "checkpoint": sign_note(text, ORIGIN, make_key(ORIGIN))}


# --- somebody else pretends to be the log ---------------------------------------------------------


@tampering("not signed by a key that the log had then", None)
def _a_checkpoint_signed_by_another_key(case: Case) -> Files:
    return publish(case.statements, make_key("somebody"))


@tampering("not signed by a key that the log had then", None)
def _a_checkpoint_signed_by_a_platform_that_is_not_the_log(case: Case) -> Files:
    return publish(case.statements, case.world.keys["platform"])


@tampering("is unknown", 0)
def _another_log_of_the_same_name(case: Case) -> Files:
    del case
    other = World()
    key = make_key("another first key")
    rules = genesis.own_statement(ORIGIN, key, "rules", {"version": 1, "table": table.shipped()}, START)
    return publish([rules, *other.statements[1:]], key)


# --- the operator holds the key of the log and publishes what no rule has judged ------------------


@tampering("not on the log", 14)
def _a_removed_entry(case: Case) -> Files:
    order = case.world.index("order")
    return publish([*case.statements[:order], *case.statements[order + 1 :]], make_key(ORIGIN))


@tampering("not on the log", 14)
def _reordered_entries(case: Case) -> Files:
    first, second = case.world.index("order"), case.world.index("order-confirmed")
    order = [*range(first), second, first, *range(second + 1, len(case.statements))]
    return publish([case.statements[at] for at in order], make_key(ORIGIN))


@tampering("the same cti", 331)
def _a_duplicated_entry(case: Case) -> Files:
    return case.forge(case.statements[20])


@tampering("the same cti", 331)
def _another_statement_under_the_cti_of_an_old_one(case: Case) -> Files:
    note = case.world.index("note")
    return case.forge(resigned(case.statements[note], make_key(ORIGIN), about="something else"))


@tampering("may not sign decision", 331)
def _a_statement_that_the_rules_refuse(case: Case) -> Files:
    return case.forge(case.draft("decision", "clerk", case="case-9"))


@tampering("a machine may not say 'close_account'", 331)
def _an_account_closed_by_a_machine(case: Case) -> Files:
    return case.forge(
        case.draft("decision", "machine", case="case-9", measures=[measure(1, "close_account")])
    )


@tampering("another person must act", 331)
def _a_confirmation_by_the_same_person(case: Case) -> Files:
    return case.forge(case.draft("confirmation", "alice", statement="decision-2"))


@tampering("must be confirmed by another person", 332)
def _an_irreversible_measure_that_nobody_confirmed(case: Case) -> Files:
    decision = case.draft("decision", "alice", case="case-9")
    entry = hashlib.sha256(decision).digest()
    return case.forge(decision, case.draft("measure", "platform", decision=entry, cause=entry))


@tampering("was revoked at entry 331", 332)
def _a_revoked_key_used_later(case: Case) -> Files:
    revoked = genesis.revoked_claims(case.world.keys["bob"].public.kid)
    return case.forge(case.world.draft("key", "log", revoked), case.draft("decision", "bob", case="case-9"))


@tampering("is unknown", 331)
def _a_key_used_before_it_is_added(case: Case) -> Files:
    added = genesis.added_claims(make_key("dora").public, "dora", "reviewer", START)
    return case.forge(case.draft("decision", "dora", case="case-9"), case.world.draft("key", "log", added))


@tampering("kid is not the thumbprint", 331)
def _a_key_added_with_a_foreign_thumbprint(case: Case) -> Files:
    claims = case.world.key_claims("dora", "reviewer", kid=digest("foreign"))
    return case.forge(case.world.draft("key", "log", claims))


@tampering("stands at entry", 331)
def _a_statement_that_is_there_once_stated_twice(case: Case) -> Files:
    return case.forge(case.draft("appeal", "platform", text=digest("again")))


@tampering("not that of key", 331)
def _a_statement_with_a_wrong_signature(case: Case) -> Files:
    good = case.draft("erasure", "platform")
    return case.forge(flipped(good, len(good) - 1))


@tampering("not that of key", 24)
def _a_statement_with_changed_claims_under_its_old_signature(case: Case) -> Files:
    effect = case.world.index("effect")
    changed = case.statements[effect].replace(b"applied", b"drifted")
    statements = [*case.statements[:effect], changed, *case.statements[effect + 1 :]]
    return publish(statements, make_key(ORIGIN))


@tampering("not on the log", 24)
def _a_statement_signed_again_with_changed_claims(case: Case) -> Files:
    appealed = case.world.index("appeal") - 2
    changed = resigned(case.statements[appealed], case.world.keys["platform"], late=True)
    statements = [*case.statements[:appealed], changed, *case.statements[appealed + 1 :]]
    return publish(statements, make_key(ORIGIN))


@tampering("behind the greatest", 332)
def _a_back_dated_statement(case: Case) -> Files:
    now = case.world.draft("note", "log", {}, iat=START + 800_000)
    return case.forge(now, case.world.draft("erasure", "platform", case.world.claims("erasure"), iat=START))


@tampering("before that of the statement which", 332)
def _a_statement_dated_before_what_it_cites(case: Case) -> Files:
    appeal = case.world.claims("appeal", decision="hold", case="case-0")
    later = case.world.draft("appeal", "platform", appeal, iat=START + 9)
    early = case.world.claims("result", appeal=hashlib.sha256(later).digest())
    return case.forge(later, case.world.draft("result", "carol", early, iat=START + 8))


@tampering("the next version of the rules is 2", 331)
def _a_table_that_leaves_out_a_version(case: Case) -> Files:
    value = {**cast("dict[str, Value]", table.shipped()), "version": 3}
    return case.forge(case.world.draft("rules", "log", {"version": 3, "table": value}))


@tampering("not sound", 331)
def _a_table_that_cannot_be_interpreted(case: Case) -> Files:
    value = {**cast("dict[str, Value]", table.shipped()), "version": 2, "kinds": {}}
    return case.forge(case.world.draft("rules", "log", {"version": 2, "table": value}))


@tampering("no kind 'erasure'", 29)
def _a_rewritten_rule_table(case: Case) -> Files:
    value = copy.deepcopy(cast("dict[str, dict[str, Value]]", table.shipped()))
    del value["kinds"]["erasure"]
    rules = genesis.own_statement(ORIGIN, make_key(ORIGIN), "rules", {"version": 1, "table": value}, START)
    return publish([rules, *case.statements[1:]], make_key(ORIGIN))


@tampering("the first statement of a log states its rules", 0)
def _a_log_without_its_rules(case: Case) -> Files:
    return publish(case.statements[1:], make_key(ORIGIN))


@tampering("cannot be read", 0)
def _a_log_that_begins_with_no_table(case: Case) -> Files:
    rules = genesis.own_statement(ORIGIN, make_key(ORIGIN), "rules", {"version": 1, "table": {}}, START)
    return publish([rules, *case.statements[1:]], make_key(ORIGIN))


@tampering("malformed", 331)
def _a_statement_that_is_none(case: Case) -> Files:
    return case.forge(b"anything at all")


@tampering("the unprotected map is not empty", 331)
def _a_statement_with_something_unprotected(case: Case) -> Files:
    good = case.draft("erasure", "platform")
    payload = good.index(b"\xa0", 3)
    return case.forge(good[:payload] + encode({1: 1}) + good[payload + 1 :])


@tampering("malformed", 331)
def _a_statement_in_another_encoding(case: Case) -> Files:
    good = case.draft("erasure", "platform")
    return case.forge(good[:1] + b"\x98\x04" + good[2:])


@tampering("no hash envelope", 331)
def _a_hash_in_place_of_claims(case: Case) -> Files:
    return case.forge(envelope_draft("erasure", "platform", START, b"envelope", b"anything"))


# --- the test -------------------------------------------------------------------------------------


def write(files: Files, folder: Path) -> Path:
    """Write the files of an export."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def run_audit(
    capsys: pytest.CaptureFixture[str], folder: Path, world: World, *more: str
) -> tuple[int, dict[str, Value]]:
    """Audit a folder by the command line; returns the exit code and the report."""
    trust = folder.with_name("trust.json")
    trust.write_bytes(format_trust(world.trust))
    capsys.readouterr()
    code = main(["ledger", "audit", str(folder), "--trust", str(trust), "--workers", "1", "--json", *more])
    report: dict[str, Value] = json.loads(capsys.readouterr().out)
    return code, report


def test_there_are_at_least_twenty_tamperings() -> None:
    """The list is as long as was promised."""
    assert len(TAMPERINGS) >= 20


def test_what_was_not_tampered_with_is_sound(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, world: World
) -> None:
    """The control: the export that all tamperings start from is sound, and every statement is counted."""
    code, report = run_audit(capsys, write(world.publish(), tmp_path / "out"), world)
    assert (code, report["fault"], report["size"]) == (0, None, 331)
    assert cast("dict[str, int]", report["counts"])["note"] == NOTES + 1


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, world: World, name: str
) -> None:
    """The audit exits with 1, tells what is wrong, and names the statement where one can be named."""
    function, words, index = TAMPERINGS[name]
    base = world.copy()
    case = Case(base, world.publish(), world.statements)
    code, report = run_audit(capsys, write(function(case), tmp_path / "out"), world)
    fault = msgspec.convert(report["fault"], Fault)
    assert code == 1
    assert words in fault.what
    assert fault.index == index
    assert fault.where


def test_the_fault_is_told_in_words(capsys: pytest.CaptureFixture[str], tmp_path: Path, world: World) -> None:
    """Without --json the fault stands in the first line, with its statement and its file."""
    case = Case(world.copy(), world.publish(), world.statements)
    folder = write(_a_duplicated_entry(case), tmp_path / "out")
    (tmp_path / "trust.json").write_bytes(format_trust(world.trust))
    assert (
        main(["ledger", "audit", str(folder), "--trust", str(tmp_path / "trust.json"), "--workers", "1"]) == 1
    )
    out = capsys.readouterr().out
    assert "fault at statement 331 (statements/001.p/76)" in " ".join(out.split())


# --- an auditor who remembers ---------------------------------------------------------------------


def extended(world: World) -> World:
    """Return the world with some more notes."""
    later = world.copy()
    later.register([later.draft("note", "log", {"later": number}) for number in range(50)])
    return later


def test_an_audit_that_goes_on_comes_to_the_same_result(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, world: World
) -> None:
    """With --state only what is new is judged, and the report is that of a full audit."""
    state, later = str(tmp_path / "state.db"), extended(world)
    assert run_audit(capsys, write(world.publish(), tmp_path / "1" / "out"), world, "--state", state)[0] == 0
    folder = write(later.publish(), tmp_path / "2" / "out")
    code, resumed = run_audit(capsys, folder, later, "--state", state)
    full = run_audit(capsys, folder, later)[1]
    assert (code, resumed["resumed_from"], full["resumed_from"]) == (0, 331, 0)
    ignored = {"resumed_from": None, "checkpoints": None}
    assert {**resumed, **ignored} == {**full, **ignored}


REMEMBERED: dict[str, tuple[Callable[[World], Files], str, int | None]] = {
    "rolled back": (lambda world: publish(world.statements[:-1], make_key(ORIGIN)), "rolled back", 330),
    "rolled back to nothing": (lambda _: publish([], make_key(ORIGIN)), "rolled back", 0),
    "forked at the same size": (
        lambda world: publish(
            [*world.statements[:-1], world.draft("note", "log", {"another": 1})], make_key(ORIGIN)
        ),
        "forked",
        330,
    ),
    "forked and grown": (
        lambda world: publish(
            [*world.statements[:-1], *(world.draft("note", "log", {"n": n}) for n in range(9))],
            make_key(ORIGIN),
        ),
        "forked",
        330,
    ),
    "altered in the part that was audited": (
        lambda world: {
            **world.publish(),
            "statements/000": flipped(world.publish()["statements/000"], 2 + len(world.statements[0]) + 9),
        },
        "the statement is not that of the entry",
        1,
    ),
}


@pytest.mark.parametrize("name", REMEMBERED)
def test_a_past_that_changed_is_found_by_who_remembers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, world: World, name: str
) -> None:
    """Rolled back, forked, or altered where it was audited before: a memory finds what no export shows."""
    function, words, index = REMEMBERED[name]
    state = str(tmp_path / "state.db")
    assert run_audit(capsys, write(world.publish(), tmp_path / "1" / "out"), world, "--state", state)[0] == 0
    folder = write(function(world.copy()), tmp_path / "2" / "out")
    code, report = run_audit(capsys, folder, world, "--state", state)
    fault = msgspec.convert(report["fault"], Fault)
    assert (code, fault.index) == (1, index)
    assert words in fault.what


def test_what_was_replayed_before_an_audit_broke_off_lets_nothing_through(world: World) -> None:
    """An audit that broke off saw no checkpoint; another past that is shown afterwards is judged itself."""
    memory = MemoryMemory()
    whole = MemoryMemory()
    assert audit(world.publish(), world.trust, whole).sound
    known = whole.recall()
    assert known is not None
    memory.remember(known, world.store._state)
    case = Case(world.copy(), world.publish(), world.statements)
    other = publish([*world.statements[:-1], case.draft("decision", "clerk")], make_key(ORIGIN))
    fault = audit(other, world.trust, memory).fault
    assert fault is not None
    assert (fault.index, fault.what) == (
        330,
        "a clerk may not sign decision: that is for reviewer or machine",
    )
    grown = extended(world)
    assert audit(grown.publish(), grown.trust, memory).sound


def test_a_state_is_of_one_log(capsys: pytest.CaptureFixture[str], tmp_path: Path, world: World) -> None:
    """The memory of one log is not taken for that of another: exit code 2."""
    state = str(tmp_path / "state.db")
    folder = write(world.publish(), tmp_path / "out")
    assert run_audit(capsys, folder, world, "--state", state)[0] == 0
    trust = tmp_path / "other.json"
    key = make_key("other")
    other = genesis.begin("example.net/log", key, MemoryStore(), MemoryCheckpoints(), lambda: START)
    trust.write_bytes(format_trust(msgspec.structs.replace(world.trust, origin=other.origin)))
    assert main(["ledger", "audit", str(folder), "--trust", str(trust), "--state", state]) == 2


# --- the database of the operator -----------------------------------------------------------------


STATEMENT, CHECKPOINT = "UPDATE statements SET statement =", "UPDATE checkpoints SET"
ROWS = {
    "a statement": ("log.db", f"{STATEMENT} x'00' WHERE position = 5"),
    "a bit of a statement": ("log.db", f"{STATEMENT} flipped(statement, 40) WHERE position = 5"),
    "a statement in the place of another": (
        "log.db",
        "UPDATE statements SET statement = (SELECT s.statement FROM statements AS s) WHERE position = 6",
    ),
    "a bit of a tile": ("log.db", "UPDATE tiles SET hashes = flipped(hashes, 170)"),
    "a truncated tile": ("log.db", "UPDATE tiles SET hashes = substr(hashes, 1, 100)"),
    "a statement removed at the end": ("log.db", "DELETE FROM statements WHERE position = 9"),
    "a statement removed within": ("log.db", "DELETE FROM statements WHERE position = 5"),
    "the root of the checkpoint": ("checkpoint.db", f"{CHECKPOINT} root = flipped(root, 1) WHERE size = 10"),
    "the note of the checkpoint": ("checkpoint.db", f"{CHECKPOINT} note = flipped(note, 20) WHERE size = 10"),
    "the size of the checkpoint": ("checkpoint.db", f"{CHECKPOINT} size = 9 WHERE size = 10"),
}
"""What is changed in which file of a log of ten statements."""


@pytest.mark.parametrize("name", [None, *ROWS])
def test_a_row_of_the_database_that_was_changed_is_found(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str | None
) -> None:
    """The log does not open, its export fails, or the audit finds it; untouched, all goes well."""
    directory, out = tmp_path / "log", tmp_path / "out"
    assert main(["ledger", "init", str(directory), "--origin", ORIGIN]) == 0
    notes = tmp_path / "notes.jsonl"
    notes.write_text("".join(f'{{"number": {number}}}\n' for number in range(8)))
    assert main(["ledger", "append", str(directory), str(notes), "--kind", "note"]) == 0
    if name:
        file, statement = ROWS[name]
        with closing(sqlite3.connect(directory / file)) as connection, connection:
            connection.create_function("flipped", 2, flipped)
            assert connection.execute(statement).rowcount >= 1
    exported = main(["ledger", "export", str(directory), str(out)])
    audited = exported or main(
        ["ledger", "audit", str(out), "--trust", str(directory / "trust.json"), "--workers", "1"]
    )
    capsys.readouterr()
    assert bool(audited) == bool(name)


def _promoted(data: bytes) -> bytes:
    """Make a clerk the platform."""
    return data.replace(b"\xa5clerk", b"\xa8platform")


def test_a_state_that_was_changed_makes_a_log_that_no_audit_accepts(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The state beside the log is not believed by auditors: what a forged one lets through, they refuse."""
    directory, out = tmp_path / "log", tmp_path / "out"
    assert main(["ledger", "init", str(directory), "--origin", ORIGIN]) == 0
    key = make_key("mallory")
    with open_log(directory) as log:
        added = genesis.added_claims(key.public, "mallory", "clerk", log.now())
        log.append([genesis.own_statement(ORIGIN, log.signing_key(), "key", added, log.now())])
    with closing(sqlite3.connect(directory / "log.db")) as connection, connection:
        connection.create_function("promoted", 1, _promoted)
        connection.execute("UPDATE state SET value = promoted(value)")
    with open_log(directory) as log:
        draft = Draft("erasure", 1, "mallory", "x", log.now(), b"12345678", {"kind": "x", "count": 1})
        (outcome,) = log.append([sign(draft, key)])
    assert isinstance(outcome, Registered)
    assert main(["ledger", "export", str(directory), str(out)]) == 0
    capsys.readouterr()
    trust = str(directory / "trust.json")
    assert main(["ledger", "audit", str(out), "--trust", trust, "--workers", "1", "--json"]) == 1
    fault = json.loads(capsys.readouterr().out)["fault"]
    assert fault["index"] == outcome.position
    assert "a clerk may not sign erasure" in fault["what"]


def test_a_store_that_was_rolled_back_is_not_written_to(tmp_path: Path) -> None:
    """A log whose store is behind its last checkpoint signs nothing: it would sign two histories."""
    directory = tmp_path / "log"
    assert main(["ledger", "init", str(directory), "--origin", ORIGIN]) == 0
    with open_log(directory) as log:
        log.append([genesis.own_statement(ORIGIN, log.signing_key(), "note", {}, log.now())])
    with closing(sqlite3.connect(directory / "log.db")) as connection, connection:
        connection.execute("DELETE FROM statements WHERE position = 2")
    with pytest.raises(CorruptLogError, match="rolled back"), open_log(directory):
        pass
