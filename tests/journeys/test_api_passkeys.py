"""Passkeys over HTTP, with an authenticator in software: made, used, copied, stolen and removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from authenticators import USER_PRESENT, USER_VERIFIED, Authenticator, b64, unb64
from gates import PASSWORD
from policies import write_policy
from served import Browser, Served, enrol, served

from tipstaff.actions.access.permissions import GRANTED, Role
from tipstaff.actions.access.trail import Sought
from tipstaff.cli.main import main
from tipstaff.screening.load import load_policy

ORIGIN = "https://tipstaff.example"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Serve a place that has an origin, with a reviewer who can log in."""
    monkeypatch.setenv("TIPSTAFF_PUBLIC_ORIGIN", ORIGIN)
    with served(tmp_path / "here", load_policy(write_policy(tmp_path / "policy"))) as made:
        made.user("alice", Role.REVIEWER)
        yield made


def register(browser: Browser, key: Authenticator, code: str = "", name: str = "phone") -> httpx.Response:
    """Have a new passkey; the browser goes on with the session that comes of it."""
    begun = browser.ask("POST", "/v1/me/passkeys/begin", {"password": PASSWORD, "code": code})
    assert begun.status_code == 201, begun.text
    body = {"name": name, "credential": key.create(begun.json())}
    answer = browser.ask("POST", "/v1/me/passkeys", body)
    if answer.is_success:
        browser.take(answer)
    return answer


def question(world: Served) -> dict[str, Any]:
    """Return what a browser is asked for."""
    begun = world.client.post("/v1/login/passkey/begin")
    assert begun.status_code == 201, begun.text
    options: dict[str, Any] = begun.json()
    return options


def log_in(world: Served, key: Authenticator) -> httpx.Response:
    """Log in with a passkey."""
    return world.client.post("/v1/login/passkey/finish", json=key.get(question(world)))


@pytest.mark.parametrize("algorithm", [-7, -8])
def test_a_passkey_is_made_and_logs_in(world: Served, algorithm: Literal[-7, -8]) -> None:
    """It is two factors by itself: a reviewer needs no other one. Its sessions are as any."""
    browser, key = world.browser("alice"), Authenticator(algorithm)
    assert browser.ask("GET", "/v1/me").json()["permissions"] == []
    before = browser.cookie
    assert register(browser, key).status_code == 201
    assert browser.cookie != before
    assert world.client.get("/v1/me", headers={"Cookie": before}).status_code == 401
    assert set(browser.ask("GET", "/v1/me").json()["permissions"]) == GRANTED[Role.REVIEWER]
    other = Browser(world.client, log_in(world, key))
    me = other.ask("GET", "/v1/me").json()
    assert (me["name"], set(me["permissions"])) == ("alice", set(GRANTED[Role.REVIEWER]))
    (listed,) = other.ask("GET", "/v1/me/passkeys").json()["passkeys"]
    assert (listed["name"], listed["used"] is not None) == ("phone", True)
    assert log_in(world, key).status_code == 201


def test_what_is_asked_of_a_browser(world: Served) -> None:
    """A passkey of this site, with a finger or a PIN; nobody is named before they have logged in."""
    asked = question(world)
    assert (asked["rpId"], asked["userVerification"]) == ("tipstaff.example", "required")
    assert set(asked) == {"challenge", "rpId", "userVerification"}
    assert len(unb64(asked["challenge"])) == 32
    browser, key = world.browser("alice"), Authenticator()
    register(browser, key)
    new = browser.ask("POST", "/v1/me/passkeys/begin", {"password": PASSWORD}).json()
    assert new["excludeCredentials"] == [{"id": b64(key.credential), "type": "public-key"}]
    assert new["authenticatorSelection"] == {"residentKey": "required", "userVerification": "required"}
    assert b"alice" not in unb64(new["user"]["id"])


REGISTERED_WRONG: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://evil.example"},
    "a subdomain": {"origin": "https://x.tipstaff.example"},
    "no TLS": {"origin": "http://tipstaff.example"},
    "another site": {"rp_id": "evil.example"},
    "too long a name": {"credential": bytes(1024)},
    "nobody verified": {"flags": USER_PRESENT},
    "nobody there": {"flags": USER_VERIFIED},
    "within another page": {"cross_origin": True},
}


def test_no_other_algorithm_is_kept(world: Served) -> None:
    """What was not asked for is refused, though the library knows it."""
    answer = register(world.browser("alice"), Authenticator(-35, obeys=False))
    assert (answer.status_code, "begin again" in answer.text) == (400, True)


@pytest.mark.parametrize("wrong", REGISTERED_WRONG.values(), ids=REGISTERED_WRONG)
def test_a_wrong_passkey_is_not_kept(world: Served, wrong: dict[str, Any]) -> None:
    """Where it is from elsewhere, or asked for neither finger nor PIN."""
    browser = world.browser("alice")
    answer = register(browser, Authenticator(**wrong))
    assert (answer.status_code, "begin again" in answer.text) == (400, True)
    assert browser.ask("GET", "/v1/me/passkeys").json()["passkeys"] == []


@pytest.mark.parametrize("wrong", REGISTERED_WRONG.values(), ids=REGISTERED_WRONG)
def test_a_wrong_answer_logs_nobody_in(world: Served, wrong: dict[str, Any]) -> None:
    """And a right one does afterwards: nothing was used up but the question."""
    key = Authenticator()
    register(world.browser("alice"), key)
    right = {name: getattr(key, name) for name in wrong}
    key.__dict__.update(wrong)
    answer = log_in(world, key)
    assert (answer.status_code, answer.headers.get("set-cookie")) == (401, None)
    key.__dict__.update(right)
    assert log_in(world, key).status_code == 201


def changed(name: str, change: Callable[[bytes], bytes]) -> Callable[[dict[str, Any]], None]:
    """Return what changes a part of an answer."""

    def alter(answer: dict[str, Any]) -> None:
        answer["response"][name] = b64(change(unb64(answer["response"][name])))

    return alter


ALTERED = {
    "signature": changed("signature", lambda data: data[:-1] + bytes([data[-1] ^ 1])),
    "no signature": changed("signature", lambda _: b""),
    "data": changed("authenticatorData", lambda data: data[:-1] + bytes([data[-1] ^ 1])),
    "short data": changed("authenticatorData", lambda data: data[:20]),
    "client": changed("clientDataJSON", lambda data: data.replace(b"webauthn.get", b"webauthn.create")),
    "no client": changed("clientDataJSON", lambda _: b"\xff\x00{"),
    "deep client": changed("clientDataJSON", lambda _: b"[" * 5000),
    "empty client": changed("clientDataJSON", lambda _: b"{}"),
    "somebody else": changed("userHandle", lambda _: bytes(32)),
    "nobody": changed("userHandle", lambda _: b""),
    "another passkey": lambda answer: answer.update(id=b64(b"x" * 32), rawId=b64(b"x" * 32)),
    "no passkey": lambda answer: answer.update(id="", rawId=""),
    "no Base64": lambda answer: answer.update(id="A", rawId="A"),
}


@pytest.mark.parametrize("alter", ALTERED.values(), ids=ALTERED)
def test_what_was_altered_logs_nobody_in(world: Served, alter: Callable[[dict[str, Any]], None]) -> None:
    """Whatever it is, the same is answered, and nothing breaks."""
    key = Authenticator()
    register(world.browser("alice"), key)
    answer = key.get(question(world))
    alter(answer)
    refused = world.client.post("/v1/login/passkey/finish", json=answer)
    assert refused.status_code == 401, refused.text
    assert refused.json()["detail"] in {
        "the passkey is none that may be used",
        "nobody has asked for this passkey, or too long ago",
    }


@pytest.mark.parametrize("made", [b"", b"\x81" * 5000, b"\xa0", b"\xff", bytes(300)])
def test_what_is_no_attestation_is_not_kept(world: Served, made: bytes) -> None:
    """Nested without end, cut short, empty: it is refused."""
    browser = world.browser("alice")
    begun = browser.ask("POST", "/v1/me/passkeys/begin", {"password": PASSWORD}).json()
    answer = Authenticator().create(begun)
    answer["response"]["attestationObject"] = b64(made)
    refused = browser.ask("POST", "/v1/me/passkeys", {"name": "x", "credential": answer})
    assert refused.status_code == 400, refused.text


def test_an_answer_counts_once_and_for_five_minutes(world: Served) -> None:
    """Whoever has seen it gets nothing for it, nor whoever comes late, nor for another question."""
    key = Authenticator(counts=False)
    browser = world.browser("alice")
    register(browser, key)
    answer = key.get(question(world))
    assert world.client.post("/v1/login/passkey/finish", json=answer).status_code == 201
    assert world.client.post("/v1/login/passkey/finish", json=answer).status_code == 401
    late = key.get(question(world))
    world.place.clock.now += 300
    assert world.client.post("/v1/login/passkey/finish", json=late).status_code == 401
    new = browser.ask("POST", "/v1/me/passkeys/begin", {"password": PASSWORD}).json()
    asked = {"challenge": new["challenge"], "rpId": "tipstaff.example"}
    assert world.client.post("/v1/login/passkey/finish", json=key.get(asked)).status_code == 401
    never = {"challenge": b64(bytes(32)), "rpId": "tipstaff.example"}
    assert world.client.post("/v1/login/passkey/finish", json=key.get(never)).status_code == 401


def test_a_copy_of_a_passkey_is_noticed(world: Served) -> None:
    """Where an authenticator counts, what does not count on logs nobody in; where it does not, it may."""
    key = Authenticator()
    register(world.browser("alice"), key)
    copy = replace(key)
    copy.__dict__.update(key.__dict__)
    assert log_in(world, key).status_code == 201
    assert log_in(world, copy).status_code == 401
    key.counts, key.counter = False, 0
    assert log_in(world, key).status_code == 401


def test_another_has_no_use_for_a_passkey(world: Served) -> None:
    """It is its user's alone: nobody else keeps it, and it is nobody else's question that it answers."""
    world.user("bob", Role.AUDITOR)
    alice, bob, key = world.browser("alice"), world.browser("bob"), Authenticator()
    register(alice, key)
    handle = key.handle
    again = register(bob, key)
    key.handle = handle
    assert (again.status_code, "is there already" in again.text) == (400, True)
    begun = alice.ask("POST", "/v1/me/passkeys/begin", {"password": PASSWORD}).json()
    body = {"name": "x", "credential": Authenticator().create(begun)}
    assert bob.ask("POST", "/v1/me/passkeys", body).status_code == 400
    number = alice.ask("GET", "/v1/me/passkeys").json()["passkeys"][0]["id"]
    removal = f"/v1/me/passkeys/{number}/removal"
    assert bob.ask("POST", removal, {"password": PASSWORD}).status_code == 404
    assert log_in(world, key).status_code == 201


def test_who_knows_the_password_alone_gets_around_no_passkey(world: Served) -> None:
    """With a password one logs in, but neither has another factor nor removes the one that there is."""
    key = Authenticator()
    register(world.browser("alice"), key)
    thief = world.browser("alice")
    assert thief.ask("GET", "/v1/me").json()["permissions"] == []
    number = thief.ask("GET", "/v1/me/passkeys").json()["passkeys"][0]["id"]
    for path in ("/v1/me/totp", "/v1/me/passkeys/begin", f"/v1/me/passkeys/{number}/removal"):
        answer = thief.ask("POST", path, {"password": PASSWORD})
        assert (answer.status_code, "log in with it" in answer.text) == (403, True)
    answer = thief.ask("POST", "/v1/me/password", {"password": PASSWORD, "new": "a bridge of eleven stones"})
    assert (answer.status_code, "log in with it" in answer.text) == (403, True)


def test_who_logs_in_with_a_passkey_changes_their_password(world: Served) -> None:
    """The session that takes the place of theirs has two factors as well."""
    browser = world.browser("alice")
    register(browser, Authenticator())
    answer = browser.ask(
        "POST", "/v1/me/password", {"password": PASSWORD, "new": "a bridge of eleven stones"}
    )
    assert answer.status_code == 201, answer.text
    browser.take(answer)
    assert browser.ask("GET", "/v1/cases").status_code == 200


def test_who_has_both_keeps_the_other(world: Served) -> None:
    """Whichever second factor goes, the session goes on with what is left, and may nothing without any."""
    browser, key = world.browser("alice"), Authenticator()
    register(browser, key)
    _, recovery = enrol(world, browser)
    register(browser, Authenticator(), code=recovery[0], name="second")
    first, second = (one["id"] for one in browser.ask("GET", "/v1/me/passkeys").json()["passkeys"])
    proof = {"password": PASSWORD, "code": recovery[1]}
    browser.take(browser.ask("POST", f"/v1/me/passkeys/{first}/removal", proof))
    browser.take(browser.ask("POST", "/v1/me/totp/removal", {"password": PASSWORD, "code": recovery[2]}))
    assert browser.ask("GET", "/v1/cases").status_code == 200
    browser.take(browser.ask("POST", f"/v1/me/passkeys/{second}/removal", {"password": PASSWORD}))
    assert browser.ask("GET", "/v1/cases").status_code == 403


def test_a_passkey_is_removed(world: Served) -> None:
    """With the password again; it logs nobody in any more, and all sessions end but one."""
    browser, key = world.browser("alice"), Authenticator()
    register(browser, key)
    number = browser.ask("GET", "/v1/me/passkeys").json()["passkeys"][0]["id"]
    path = f"/v1/me/passkeys/{number}/removal"
    assert browser.ask("POST", path, {"password": "wrong"}).status_code == 401
    before = browser.cookie
    ended = browser.ask("POST", path, {"password": PASSWORD})
    assert ended.status_code == 201
    assert world.client.get("/v1/me", headers={"Cookie": before}).status_code == 401
    browser.take(ended)
    assert browser.ask("GET", "/v1/me/passkeys").json()["passkeys"] == []
    assert browser.ask("GET", "/v1/me").json()["permissions"] == []
    assert log_in(world, key).status_code == 401
    assert browser.ask("POST", path, {"password": PASSWORD}).status_code == 404


@pytest.mark.parametrize("arguments", [("--stop",), ("--forget-second-factor",)])
def test_an_admin_ends_passkeys(world: Served, arguments: tuple[str, ...]) -> None:
    """Of who is stopped, and of who has lost theirs."""
    key = Authenticator()
    register(world.browser("alice"), key)
    assert main(["user", str(world.place.directory), "alice", *arguments]) == 0
    assert log_in(world, key).status_code == 401


def test_without_an_origin_there_are_no_passkeys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it takes is told."""
    monkeypatch.delenv("TIPSTAFF_PUBLIC_ORIGIN", raising=False)
    with served(tmp_path / "here", load_policy(write_policy(tmp_path / "policy"))) as world:
        answer = world.client.post("/v1/login/passkey/begin")
        assert (answer.status_code, "set `public_origin`" in answer.text) == (400, True)


def test_a_wrong_passkey_of_a_user_is_in_the_trail(world: Served) -> None:
    """As a wrong password is; one that nobody has is nobody's."""
    browser, key = world.browser("alice"), Authenticator()
    register(browser, key)
    for wrong, whose in ((replace(key, origin="https://evil.example"), ["alice"]), (Authenticator(), [])):
        before = world.client.app.state.trail.visits(Sought(status=401), 99, None)
        assert log_in(world, wrong).status_code == 401
        after = world.client.app.state.trail.visits(Sought(status=401), 99, None)
        new = [one.visit for one in after if one not in before]
        assert [(one.user, one.by, one.operation) for one in new] == [
            (name, "", "finishPasskeyLogin") for name in whose
        ]


@pytest.mark.parametrize("write", ["keep_passkey", "remove_passkey"])
def test_a_session_that_ends_meanwhile_keeps_and_removes_none(
    world: Served, monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    """What was looked at before is looked at as it is written; no session begins."""
    browser = world.browser("alice")
    if write == "remove_passkey":
        register(browser, Authenticator())
    logins = world.client.app.state.gate.logins
    kept, before = getattr(logins, write), logins.passkeys("alice")

    def after_another(*given: object) -> bool:
        world.token("alice", Role.REVIEWER)
        done: bool = kept(*given)
        return done

    monkeypatch.setattr(logins, write, after_another)
    if before:
        body = {"password": PASSWORD, "code": ""}
        answer = browser.ask("POST", f"/v1/me/passkeys/{before[0].id}/removal", body)
    else:
        answer = register(browser, Authenticator())
    assert (answer.status_code, "changed meanwhile" in answer.text) == (401, True)
    assert "set-cookie" not in answer.headers
    assert logins.passkeys("alice") == before
