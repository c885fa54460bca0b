"""Statements and receipts over HTTP: proven to an outsider by the trust file alone, or not there."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.assembly.ledger import open_log, read_store, read_trust
from tipstaff.cli.main import main
from tipstaff.ledger.cbor import Value
from tipstaff.ledger.genesis import own_statement
from tipstaff.ledger.statement import parse
from tipstaff.ledger.trust import verify_statement
from tipstaff.ledger.verification import Refused
from tipstaff.screening.load import load_policy

FOR_EVER: Final = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place with a policy in force."""
    folder = tmp_path_factory.mktemp("ledger")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        yield made


def all_statements(world: Served) -> list[bytes]:
    """Return what is on the ledger."""
    with read_store(world.place.directory / "ledger") as (store, _):
        return list(store.statements(0, store.size))


def append(world: Served, claims: dict[str, Value]) -> bytes:
    """Have the log note something; returns the entry."""
    with open_log(world.place.directory / "ledger", world.place.clock, 10.0) as log:
        statement = own_statement(log.origin, log.signing_key(), "note", claims, log.now())
        (outcome,) = log.append([statement])
    assert not isinstance(outcome, Refused)
    return parse(statement).entry


def test_every_statement_is_proven_by_what_came_over_http(world: Served, tmp_path: Path) -> None:
    """The statement that is in the answer, and its receipt, verify with the trust file and nothing else."""
    trust = read_trust(world.place.directory / "ledger" / "trust.json")
    every = all_statements(world)
    assert len(every) > 5
    for position, statement in enumerate(every):
        entry = parse(statement).entry.hex()
        told = world.client.get(f"/v1/statements/{entry}").json()
        receipt = world.client.get(f"/v1/statements/{entry}/receipt")
        assert receipt.headers["content-type"] == "application/cose"
        verified = verify_statement(trust, base64.b64decode(told["signed"]), receipt.content)
        assert (verified.position, verified.statement.entry.hex()) == (position, told["entry"])
        assert told["position"] == position
    (tmp_path / "statement").write_bytes(base64.b64decode(told["signed"]))
    (tmp_path / "receipt").write_bytes(receipt.content)
    files = [str(tmp_path / name) for name in ("statement", "receipt")]
    trusted = str(world.place.directory / "ledger" / "trust.json")
    assert main(["ledger", "verify", *files, "--trust", trusted]) == 0
    (tmp_path / "statement").write_bytes(every[0])
    assert main(["ledger", "verify", *files, "--trust", trusted]) == 1


def test_a_statement_is_told_as_it_was_signed(world: Served) -> None:
    """Who has stated what, about what, when; bytes are in hexadecimal digits."""
    adopted = world.place.adopted()
    answer = world.client.get(f"/v1/statements/{adopted.entry.hex()}")
    told = answer.json()
    name, _, rest = adopted.reference.partition("@")
    version, _, digest = rest.partition("+")
    assert told["claims"] == {
        "name": name, "version": version, "digest": digest, "state": "in_force", "number": 1,
    }  # fmt: skip
    assert (told["kind"], told["version"], told["issuer"]) == ("policy", 1, "policy_owner")
    assert (told["subject"], told["hashed"]) == (name, None)
    assert told["iat"] == world.place.clock()
    assert told["kid"] == parse(base64.b64decode(told["signed"])).kid.hex()


def test_whatever_may_be_claimed_can_be_told(world: Served) -> None:
    """Claims within claims, numbers that JSON readers would round, and bytes anywhere."""
    entry = append(world, {
        "text": "汉", "none": None, "yes": True, "small": 2**53, "large": 2**64 - 1, "less": -(2**64),
        "list": [b"\x01\xff", {"key": b"\x00"}, [{1: -1}]],
    })  # fmt: skip
    assert world.client.get(f"/v1/statements/{entry.hex()}").json()["claims"] == {
        "text": "汉", "none": None, "yes": True, "small": 2**53, "large": str(2**64 - 1),
        "less": str(-(2**64)), "list": ["01ff", {"key": "00"}, [{"1": -1}]],
    }  # fmt: skip


def test_a_receipt_stays_the_same_as_the_log_grows(world: Served) -> None:
    """So it may be kept for ever; who has it is told so, and is not sent it again."""
    path = f"/v1/statements/{world.place.adopted().entry.hex()}"
    before = world.client.get(f"{path}/receipt")
    assert before.status_code == 200, before.text
    for number in range(3):
        append(world, {"number": number})
    after = world.client.get(f"{path}/receipt")
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    assert after.headers["cache-control"] == FOR_EVER
    for asked, etag in (
        (f"{path}/receipt", before.headers["etag"]),
        (path, world.client.get(path).headers["etag"]),
    ):
        for shown in (etag, f'"x", {etag}', "*", etag.removeprefix("W/")):
            again = world.client.get(asked, headers={"If-None-Match": shown})
            assert again.status_code == 304, (asked, shown, again.text)
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
            assert again.headers["cache-control"].startswith("public, ")
        assert world.client.get(asked, headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize("receipt", ["", "/receipt"])
def test_what_waits_for_the_ledger_is_not_there(world: Served, receipt: str) -> None:
    """Nor what is nowhere: a decision that was signed may be taken back before anybody hears of it."""
    assert world.client.get(f"/v1/statements/{'0' * 64}{receipt}").status_code == 404
    case, _ = world.open_case(f"waits{len(receipt)}")
    wanted = {
        "measures": ["warn"],
        "reasons": "招揽",
        "policy": "tiny",
        "provision": "house-1",
        "delay": 3600,
    }
    decided = world.ask(
        world.token("alice", Role.REVIEWER), "POST", f"/v1/cases/{case}/decisions", wanted
    )  # fmt: skip
    assert decided.status_code == 200, decided.text
    (decision,) = world.place.case(case).decisions
    assert world.client.get(f"/v1/statements/{decision.entry.hex()}{receipt}").status_code == 404


@pytest.mark.parametrize("entry", ["x", "0" * 63, "0" * 65, "A" * 64, "%00" * 64, "../ledger"])
def test_what_is_no_entry_is_refused(world: Served, entry: str) -> None:
    """An entry is 64 small hexadecimal digits."""
    assert world.client.get(f"/v1/statements/{entry}").status_code in (400, 404)
