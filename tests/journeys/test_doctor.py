"""What is wrong with an installation is found, each thing with its mend; and what can be is made anew."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tipstaff.actions.ask import ask
from tipstaff.actions.deciding import Wanted, to_decide
from tipstaff.actions.desk import PLATFORM
from tipstaff.assembly.access import open_users
from tipstaff.assembly.casework import drain, open_desk
from tipstaff.assembly.doctor import Finding, examine
from tipstaff.assembly.rebuild import rebuild_all
from tipstaff.base.errors import InputError
from tipstaff.bench.casework import begin, decide
from tipstaff.casework.commands import Actor
from tipstaff.casework.events import ErasureBegun, ErasureCause, Noted, Refused, Waiver
from tipstaff.casework.which import Which
from tipstaff.casework.words import MeasureKind
from tipstaff.cli.main import main
from tipstaff.policy.model import Policy


class Place(NamedTuple):
    """An installation with a case that was carried out and another one, and the policy in force."""

    directory: Path
    policy: Policy


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Make it once."""
    here = tmp_path_factory.mktemp("doctor") / "here"
    policy = begin(here, 2)
    with open_desk(here) as desk:
        decide(desk, policy, 1)
    drain(here)
    return Place(here, policy)


@pytest.fixture
def place(made: Place, tmp_path: Path) -> Place:
    """Return a copy of it."""
    shutil.copytree(made.directory, tmp_path / "here")
    return Place(tmp_path / "here", made.policy)


def sql(path: Path, *statements: str) -> None:
    """Write to a database behind everybody's back."""
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def later(seconds: int = 3_600) -> Callable[[], int]:
    """Return a clock that is ahead."""
    return lambda: int(time.time()) + seconds


def test_nothing_is_wrong(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """All is well, and stays as it is: exit code 0."""
    assert examine(place.directory) == []
    assert main(["doctor", str(place.directory)]) == 0
    assert capsys.readouterr().out == "All is well.\n"
    assert main(["doctor", str(place.directory), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"well": True, "findings": []}


def test_where_there_is_no_installation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, for nothing was examined."""
    with pytest.raises(InputError, match="is no installation"):
        examine(tmp_path)
    assert main(["doctor", str(tmp_path / "nowhere")]) == 2
    assert "tipstaff init" in capsys.readouterr().err


def decided(place: Place) -> None:
    """Decide, and do nothing."""
    with open_desk(place.directory) as desk:
        decide(desk, place.policy, 2)


def owed(place: Place) -> None:
    """Have a measure on the ledger, and owed."""
    sql(place.directory / "casework.db", "INSERT INTO deliveries VALUES (zeroblob(32), 9, 1, 5, 0, 0, '')")


def refused(place: Place) -> None:
    """Have the ledger refuse something."""
    with open_desk(place.directory) as desk:
        desk.record(desk.cases.load(2), PLATFORM, [Refused(bytes(32), "out of order")])


def begun_to_erase(place: Place) -> None:
    """Begin to erase the texts of a case, and die."""
    with open_desk(place.directory) as desk:
        desk.record(desk.cases.load(1), PLATFORM, [ErasureBegun(ErasureCause.REQUEST, 3)])


ATTENDS = "tipstaff worker {}, which tells what stands against it"


def older(place: Place) -> None:
    """Have both databases at an older schema."""
    sql(place.directory / "casework.db", "UPDATE alembic_version SET version_num = '0001'")
    sql(place.directory / "square.db", "DROP TABLE square_version")


def users_of_a_newer_version(place: Place) -> None:
    """Have the tables of users, as a newer version has left them."""
    with open_users(place.directory):
        sql(place.directory / "casework.db", USERS_OF_A_NEWER)


CASES_OF_A_NEWER = "UPDATE alembic_version SET version_num = '9999'"
USERS_OF_A_NEWER = "UPDATE access_version SET version_num = '9999'"
SQUARE_OF_A_NEWER = "UPDATE square_version SET version_num = '9999'"
NEWER = "was made by a newer version of Tipstaff: this one is older than the database"
INSTALL = "install that version of Tipstaff, or one that is newer still"
GOES_ON = "go on with the version that wrote it: nothing converts a ledger for another one"
STALE_LINE = "UPDATE outlines SET severity = 9 WHERE dossier = 2"
ANOTHER = "restore the newest copy of it; never sign over this one"
LAST = "DELETE FROM statements WHERE position = (SELECT max(position) FROM statements)"
WRONG: dict[str, tuple[Callable[[Place], object], Finding]] = {
    "a missing file": (
        lambda place: (place.directory / "pseudonyms").unlink(),
        Finding("pseudonyms", "is missing", "restore it from a backup"),
    ),
    "a missing key": (
        lambda place: (place.directory / "people/machine.pem").unlink(),
        Finding("people/machine.pem", "is missing", "restore it from a backup"),
    ),
    "another file": (
        lambda place: (place.directory / "notes.txt").write_text("x"),
        Finding("notes.txt", "is no part of an installation", "move it elsewhere"),
    ),
    "something among the keys": (
        lambda place: (place.directory / "people/alice.txt").write_text("x"),
        Finding("people/alice.txt", "is no key", "move it elsewhere"),
    ),
    "a secret that others may read": (
        lambda place: (place.directory / "passphrase").chmod(0o640),
        Finding("passphrase", "may be read by others (640)", "chmod 600 {}/passphrase"),
    ),
    "a key that others may read": (
        lambda place: (place.directory / "people/platform.pem").chmod(0o604),
        Finding("people/platform.pem", "may be read by others (604)", "chmod 600 {}/people/platform.pem"),
    ),
    "a folder that others may look into": (
        lambda place: (place.directory / "people").chmod(0o750),
        Finding("people", "may be read by others (750)", "chmod 700 {}/people"),
    ),
    "a key under another passphrase": (
        lambda place: (place.directory / "people/reviewer.pem").write_bytes(b"-----BEGIN"),
        Finding("people/reviewer.pem", "cannot be opened", "restore it, or the passphrase, from a backup"),
    ),
    "an older schema": (
        lambda place: sql(place.directory / "casework.db", "UPDATE alembic_version SET version_num = '0000'"),
        Finding("casework.db", "is not at the newest schema", "tipstaff rebuild {}"),
    ),
    "an older schema of square": (
        lambda place: sql(place.directory / "square.db", "UPDATE square_version SET version_num = '0000'"),
        Finding("square.db", "is not at the newest schema", "tipstaff rebuild {}"),
    ),
    "a newer schema": (
        lambda place: sql(place.directory / "casework.db", CASES_OF_A_NEWER),
        Finding("casework.db", NEWER, INSTALL),
    ),
    "a newer schema of users": (
        users_of_a_newer_version,
        Finding("users in casework.db", NEWER, INSTALL),
    ),
    "a newer schema of square": (
        lambda place: sql(place.directory / "square.db", SQUARE_OF_A_NEWER),
        Finding("square.db", NEWER, INSTALL),
    ),
    "a damaged square": (
        lambda place: (place.directory / "square.db").write_bytes(b"no database at all" * 100),
        Finding("square.db", "cannot be used", "restore it from a backup"),
    ),
    "a ledger that was rolled back": (
        lambda place: sql(place.directory / "ledger/log.db", LAST),
        Finding("ledger", "were signed for", ANOTHER),
    ),
    "a ledger of another layout": (
        lambda place: (sql(place.directory / "ledger/log.db", "PRAGMA user_version = 1"), older(place)),
        Finding("ledger", "is laid out for another version of Tipstaff (1, not 2)", GOES_ON),
    ),
    "a ledger that was altered": (
        lambda place: sql(
            place.directory / "ledger/log.db", "UPDATE tiles SET hashes = zeroblob(length(hashes))"
        ),
        Finding("ledger", "does not lead to the checkpoint", ANOTHER),
    ),
    "statements that wait": (
        decided,
        Finding("worker", "1 statement waits for the ledger for more than 10 minutes", "tipstaff worker {}"),
    ),
    "a measure that is overdue": (
        owed, Finding("case 1", "is owed to its host for more than 10 minutes", "tipstaff worker {}"),
    ),
    "a measure that fails": (
        lambda place: (owed(place), sql(place.directory / "casework.db", "UPDATE deliveries SET tries = 7")),
        Finding("case 1", "was tried 7 times", "tipstaff case show {} 1: look at its host"),
    ),
    "a statement that was refused": (
        refused,
        Finding("case 2", "the ledger has refused a statement of it", "tipstaff case show {} 2: decide anew"),
    ),
    "what nobody attends to": (
        lambda place: sql(
            place.directory / "casework.db", "UPDATE dossiers SET attend_at = 5 WHERE number = 2"
        ),
        Finding("case 2", "something in it is due for more than 10 minutes", ATTENDS),
    ),
    "an erasure that was begun": (
        begun_to_erase,
        Finding("case 1", "10 minutes: the erasure of its texts has begun, and is not done", ATTENDS),
    ),
    "a host that is away": (
        lambda place: sql(place.directory / "square.db", "DROP TABLE square_posts"),
        Finding("square", "cannot be reached", "see that it runs, and ask again"),
    ),
    "a list that is stale": (
        lambda place: sql(place.directory / "casework.db", STALE_LINE),
        Finding("case 2", "its outlines are not what its events say", "tipstaff rebuild {}"),
    ),
    "a damaged database": (
        lambda place: (place.directory / "casework.db").write_bytes(b"no database at all" * 100),
        Finding("casework.db", "cannot be used", "restore it from a backup"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_found_with_its_mend(place: Place, wrong: str) -> None:
    """Each fault alone is one finding, which says what is wrong with what, and what mends it."""
    break_it, expected = WRONG[wrong]
    break_it(place)
    (found,) = examine(place.directory, clock=later())
    assert found.about == expected.about
    assert expected.told in found.told
    assert found.mend == expected.mend.format(place.directory)


@pytest.mark.parametrize(
    ("file", "statement", "command"),
    [
        ("casework.db", CASES_OF_A_NEWER, "case list {}"),
        ("casework.db", CASES_OF_A_NEWER, "rebuild {}"),
        ("casework.db", USERS_OF_A_NEWER, "user {} reviewer --stop"),
        ("square.db", SQUARE_OF_A_NEWER, "square read {} p1"),
        ("square.db", SQUARE_OF_A_NEWER, "rebuild {}"),
    ],
)
def test_what_a_newer_version_has_made_is_left_to_it(
    place: Place, capsys: pytest.CaptureFixture[str], file: str, statement: str, command: str
) -> None:
    """No command works with it, and none sends anybody to another that cannot either."""
    with open_users(place.directory):
        sql(place.directory / file, statement)
    capsys.readouterr()
    assert main(command.format(place.directory).split()) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert f"{file} {NEWER}. Mend: {INSTALL}" in told
    assert "tipstaff rebuild" not in told


def test_what_is_overdue_is_told_after_some_minutes(place: Place) -> None:
    """A statement that waits for a moment is not wrong yet."""
    decided(place)
    assert examine(place.directory) == []
    assert examine(place.directory, minutes=90, clock=later()) == []
    assert len(examine(place.directory, minutes=50, clock=later())) == 1


def test_nothing_is_wrong_once_the_time_of_what_waits_is_over(place: Place) -> None:
    """A worker that looks at it then lists it no longer; until one has, it is listed as it was."""
    with open_desk(place.directory) as desk:
        case, until = desk.cases.load(2), desk.clock() + 1_000
        order = Wanted(
            measures=(MeasureKind.CLOSE_ACCOUNT,),
            policy=place.policy.name, provision="im-2014-6",
            until=until, reasons="关闭", hearing_waived_for=Waiver.GRAVE_HARM,
            rungs_skipped_for=Waiver.GRAVE_HARM,
        )  # fmt: skip
        ask(desk, 2, Actor("reviewer", "reviewer"), to_decide(desk, case, order))
    drain(place.directory)
    assert waiting(place) == [2]
    clock = later(1_001)
    assert examine(place.directory, clock=clock) == []
    assert waiting(place) == [2]
    drain(place.directory, clock)
    assert waiting(place) == []
    assert examine(place.directory, clock=clock) == []


def waiting(place: Place) -> list[int]:
    """Return the cases that are listed as waiting for a second person."""
    with open_desk(place.directory) as desk:
        return [one.number for one in desk.cases.outlines(9, None, Which(waiting=True))]


def test_what_was_refused_is_told_until_it_is_decided_anew(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """By who examines it, and where the case is shown; then all is well."""
    told = "The ledger has refused a statement: out of order"
    refused(place)
    assert [found.about for found in examine(place.directory)] == ["case 2"]
    assert main(["case", "show", str(place.directory), "2"]) == 0
    assert told in capsys.readouterr().out
    decided(place)
    drain(place.directory)
    assert examine(place.directory) == []
    assert main(["case", "show", str(place.directory), "2"]) == 0
    assert told not in capsys.readouterr().out


def test_what_is_due_at_once_is_overdue_after_some_minutes(place: Place) -> None:
    """It is due since something has last happened, which is not long ago: nothing is wrong yet."""
    begun_to_erase(place)
    assert examine(place.directory) == []
    assert examine(place.directory, minutes=90, clock=later()) == []
    (found,) = examine(place.directory, minutes=50, clock=later())
    assert found.about == "case 1"


def test_an_order_that_came_in_is_in_order(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Before any worker was there, and once one has looked at it; who waits for an hour misses a worker.

    It is due again as soon as a case of it changes, and has waited since then.
    """
    here = str(place.directory)
    for name in ("chen", "dong"):
        assert main(["person", here, name, "--role", "clerk"]) == 0
    enter = ["order", "enter", here, "--as", "chen", "--authority", "Bureau 7", "--reference", "2026/41"]
    enter += ["--basis", "im-2014", "--scope", "account", "--target", "square/account/account-1"]
    enter += ["--territory", "CN", "--deadline", "2099-01-01T00:00:00+08:00", "--text", "x"]
    assert main(enter) == 0, capsys.readouterr().err
    assert examine(place.directory) == []
    assert [one.about for one in examine(place.directory, clock=later())] == ["worker", "order 3"]
    assert main(["order", "confirm", here, "3", "--as", "dong"]) == 0
    assert main(["worker", here, "--drain"]) == 0
    assert examine(place.directory, clock=later()) == []
    with open_desk(place.directory, later()) as desk:
        (on,) = (number for number in desk.cases.numbers() if desk.cases.load(number).orders)
        desk.record(desk.cases.load(on), PLATFORM, [Noted(bytes(32))])
    assert examine(place.directory, clock=later(3_700)) == []
    assert [one.about for one in examine(place.directory, clock=later(7_200))] == ["order 3"]


def test_findings_are_told(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, the mend beside what is wrong; in JSON as well."""
    (place.directory / "passphrase").chmod(0o644)
    assert main(["doctor", str(place.directory)]) == 1
    told = capsys.readouterr().out
    assert "passphrase may be read by others (644)" in told
    assert "mend: chmod 600" in told
    assert main(["doctor", str(place.directory), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["well"] is False
    assert [found["about"] for found in report["findings"]] == ["passphrase"]


def test_a_square_from_before_migrations_is_brought_along(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody publishes on it or works with it before: all say what mends it, and then it is as it was."""
    here = str(place.directory)
    made_since = ("square_shown", "square_images", "square_version")
    sql(place.directory / "square.db", *(f"DROP TABLE {table}" for table in made_since))
    commands = (["square", "read", here, "p2"], ["case", "list", here], ["worker", here, "--drain"])
    for command in commands:
        assert main(command) == 2
        assert f"run `tipstaff rebuild {here}`" in capsys.readouterr().err
    assert [found.about for found in examine(place.directory)] == ["square.db"]
    assert main(["rebuild", here]) == 0
    assert examine(place.directory) == []
    capsys.readouterr()
    assert [main(command) for command in commands] == [0, 0, 0]
    assert "稳赚不赔" not in capsys.readouterr().out, "p2 is blocked"


def test_casework_goes_on_while_square_is_away(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told as a host that cannot be reached, and not as a schema; what it is owed waits for it."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    here = str(place.directory)
    decided(place)
    monkeypatch.setenv("TIPSTAFF_SQUARE_URL", "postgresql://127.0.0.1:1/square")
    drain(place.directory)
    with open_desk(place.directory) as desk:
        (owed,) = desk.cases.owed_in(2)
    assert "the database of square cannot be used" in owed.trouble
    (found,) = examine(place.directory)
    assert (found.about, found.mend) == ("square", "see that it runs, and ask again")
    assert main(["square", "read", here, "p4"]) == 2
    assert "Ask again later" in capsys.readouterr().err
    monkeypatch.delenv("TIPSTAFF_SQUARE_URL")
    drain(place.directory, later())
    assert examine(place.directory) == []


def test_nothing_is_brought_along_beside_a_ledger_of_another_version(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """The version that wrote all three goes on with them, and finds them as they were."""
    older(place)
    sql(place.directory / "ledger/log.db", "PRAGMA user_version = 1")
    files = [place.directory / name for name in ("casework.db", "square.db")]
    before = [path.read_bytes() for path in files]
    assert main(["rebuild", str(place.directory)]) == 2
    assert "keep a log with the version that wrote it" in capsys.readouterr().err
    assert [path.read_bytes() for path in files] == before


def test_casework_is_made_anew_while_square_is_away(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left is said, and done once square is there: exit code 2 until then."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    here = str(place.directory)
    sql(place.directory / "casework.db", STALE_LINE, "UPDATE dossiers SET attend_at = NULL")
    sql(place.directory / "square.db", "DROP TABLE square_shown", "DROP TABLE square_images",
        "DROP TABLE square_version")  # fmt: skip
    monkeypatch.setenv("TIPSTAFF_SQUARE_URL", "postgresql://127.0.0.1:1/square")
    assert main(["rebuild", here]) == 2
    told = capsys.readouterr()
    assert "case 2: its outlines are not what its events say: made anew" in told.out
    assert "casework is done, square is left" in told.err
    monkeypatch.delenv("TIPSTAFF_SQUARE_URL")
    assert [found.about for found in examine(place.directory)] == ["square.db"]
    assert main(["rebuild", here]) == 0
    assert examine(place.directory) == []


STALE = {
    "a version": "UPDATE dossiers SET version = 3 WHERE number = 2",
    "a time": "UPDATE dossiers SET attend_at = 99999999999 WHERE number = 2",
    "a line": "DELETE FROM outlines WHERE dossier = 2",
    "a complaint": "INSERT INTO complaints VALUES (2, 1, 'nobody', 5, NULL, NULL, FALSE)",
    "a trace": "INSERT INTO traces VALUES (zeroblob(16), 2, 'post')",
}


@pytest.mark.parametrize("stale", STALE)
def test_what_is_kept_beside_events_is_made_anew(
    place: Place, stale: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told once, and then it is as the events have it; nothing else has changed."""
    with open_desk(place.directory) as desk:
        before = desk.cases.outlines(9)
    sql(place.directory / "casework.db", STALE[stale])
    assert [found.dossier for found in rebuild_all(place.directory, repair=False)] == ["case 2"]
    assert main(["rebuild", str(place.directory)]) == 0
    assert "case 2: " in capsys.readouterr().out
    assert main(["rebuild", str(place.directory)]) == 0
    assert "is what they add up to" in capsys.readouterr().out
    with open_desk(place.directory) as desk:
        assert desk.cases.outlines(9) == before
        decide(desk, place.policy, 2)
    drain(place.directory)
    assert examine(place.directory) == []


def test_a_delivery_that_was_lost_is_owed_again(place: Place) -> None:
    """A measure on the ledger that no host is owed is carried out after all."""
    decided(place)
    sql(place.directory / "square.db", "ALTER TABLE square_turns RENAME TO away")
    drain(place.directory)
    sql(place.directory / "square.db", "ALTER TABLE away RENAME TO square_turns")
    sql(place.directory / "casework.db", "DELETE FROM deliveries")
    (found,) = rebuild_all(place.directory)
    assert "no host is owed measure" in found.what
    drain(place.directory)
    with open_desk(place.directory) as desk:
        (carrying,) = desk.cases.load(2).carryings
        assert carrying.done


def test_a_statement_that_was_lost_cannot_be_made_anew(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who signed it must sign again: exit code 1."""
    decided(place)
    sql(place.directory / "casework.db", "DELETE FROM statements")
    assert main(["rebuild", str(place.directory)]) == 1
    assert "is lost: NOT mended" in capsys.readouterr().out
