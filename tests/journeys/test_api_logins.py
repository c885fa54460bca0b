"""People log in over HTTP: a cookie that is theirs alone, what they may with it, and how it ends."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from gates import PASSWORD
from policies import write_policy
from served import Browser, Served, enrol, served

from tipstaff.actions.access.codes import code_at
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.trail import Sought
from tipstaff.assembly.access import open_users
from tipstaff.base.logs import LOGGER
from tipstaff.cli.main import main
from tipstaff.screening.load import load_policy

OTHER = "a bridge of eleven stones"

HOSTILE = (
    '"><script>alert(1)</script>',
    "'; DROP TABLE sessions; --",
    "%0d%0aSet-Cookie: a=b",
    "x\\u003cscript\\u003e",
    "\xff\xfe",
    "中文".encode().decode("latin-1"),
    "A" * 4000,
    '"\\"\\,;=',
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Served]:
    """Serve a place with an auditor who can log in."""
    with served(tmp_path / "here", load_policy(write_policy(tmp_path / "policy"))) as made:
        made.user("alice", Role.AUDITOR)
        yield made


def test_who_logs_in_may_what_their_roles_may(world: Served) -> None:
    """The cookie is for this host, over TLS, and not for scripts; after logging out it is worth nothing."""
    answer = world.log_in("alice")
    assert answer.status_code == 201
    value, *attributes = answer.headers["set-cookie"].split("; ")
    assert re.fullmatch(r"__Host-tipstaff=[A-Za-z0-9_-]{43}", value)
    assert {one.lower() for one in attributes} == {"secure", "httponly", "samesite=lax", "path=/"}
    assert answer.headers["cache-control"] == "no-store"
    assert value.partition("=")[2] not in answer.text
    browser = Browser(world.client, answer)
    me = browser.ask("GET", "/v1/me").json()
    assert (me["name"], me["roles"]) == ("alice", ["auditor"])
    assert "cases:read" in me["permissions"]
    assert me["login"] == answer.json()
    assert me["second_factor"] == {"enrolled": False, "needed": False, "recovery_codes_left": 0}
    assert browser.ask("GET", "/v1/cases").status_code == 200
    assert browser.ask("POST", "/v1/cases/1/claim", headers={"If-Match": "*"}).status_code == 403
    ended = browser.ask("POST", "/v1/logout")
    assert ended.status_code == 204
    assert "max-age=0" in ended.headers["set-cookie"].lower()
    for method, path in (("GET", "/v1/me"), ("GET", "/v1/cases"), ("POST", "/v1/logout")):
        assert browser.ask(method, path).status_code == 401
    visits = world.client.app.state.trail.visits(Sought(user="alice"), 9, None)
    told = [(one.visit.operation, one.visit.status) for one in reversed(visits)]
    assert told == [
        ("logIn", 201), ("readMe", 200), ("listCases", 200), ("claimCase", 403), ("logOut", 204),
    ]  # fmt: skip
    assert {one.visit.by for one in visits} == {answer.json()["session"]}


def test_a_token_looks_at_itself_and_no_further(world: Served) -> None:
    """It says whose it is and what it may; how its user logs in is not its to change."""
    token = world.token("bob", Role.ADMIN)
    me = world.ask(token, "GET", "/v1/me").json()
    assert (me["name"], me["login"]) == ("bob", None)
    refused = world.ask(token, "POST", "/v1/me/totp", {"password": "x"})
    assert (refused.status_code, "this takes a login" in refused.text) == (403, True)


def test_who_asks_shows_one_of_both(world: Served) -> None:
    """A token and a login at once are refused, whatever each is worth."""
    browser, token = world.browser("alice"), world.token("bob", Role.ADMIN)
    for shown in (f"Bearer {token}", "Bearer x", "Basic YTpi", ""):
        answer = browser.ask("GET", "/v1/me", headers={"Authorization": shown})
        assert answer.status_code == 400, shown
        assert "not both" in answer.text


@pytest.mark.parametrize("given", ["", "x", "A" * 43, "\xff", None])
def test_a_change_shows_what_a_page_of_ours_has(world: Served, given: str | None) -> None:
    """Without it, or with that of another login, nothing is changed; what only reads needs none."""
    browser, other = world.browser("alice"), world.browser("alice")
    shown = (other.csrf if given is None else given).encode("latin-1")
    answer = world.client.post(
        "/v1/logout", headers={b"Cookie": browser.cookie.encode(), b"X-CSRF-Token": shown}
    )
    assert (answer.status_code, "X-CSRF-Token" in answer.text) == (403, True)
    without = world.client.get("/v1/me", headers={"Cookie": browser.cookie})
    assert without.status_code == 200
    assert world.client.post("/v1/logout", headers={"Cookie": browser.cookie}).status_code == 403
    assert browser.ask("POST", "/v1/logout").status_code == 204


def test_a_token_needs_none_of_it(world: Served) -> None:
    """No browser sends one by itself."""
    token = world.token("chen", Role.CLERK)
    answer = world.client.post(
        "/v1/check",
        json={"text": "x"},
        headers={"Authorization": f"Bearer {token}", "Origin": "https://evil.example"},
    )
    assert answer.status_code in (200, 201), answer.text


ELSEWHERE = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://testserver.local.evil.example"},
    {"Origin": "https://testserver.local:8443"},
    {"Origin": "file://testserver.local"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://testserver.local"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
]


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_a_page_of_another_site_changes_nothing(world: Served, headers: Mapping[str, str]) -> None:
    """Not with a login, though it had what our pages show; nor does it log anybody in."""
    browser = world.browser("alice")
    assert browser.ask("POST", "/v1/logout", headers=headers).status_code == 403
    login = world.client.post("/v1/login", json={"name": "alice", "password": PASSWORD}, headers=headers)
    assert (login.status_code, login.headers.get("set-cookie")) == (403, None)
    assert browser.ask("GET", "/v1/me", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://testserver.local", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://testserver.local"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
)
def test_a_page_of_ours_does(world: Served, headers: Mapping[str, str]) -> None:
    """And so does what is no browser."""
    answer = world.client.post("/v1/login", json={"name": "alice", "password": PASSWORD}, headers=headers)
    browser = Browser(world.client, answer)
    assert browser.ask("POST", "/v1/logout", headers=headers).status_code == 204


def test_where_we_are_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then `Host`, which a proxy may have changed, does not count."""
    monkeypatch.setenv("TIPSTAFF_PUBLIC_ORIGIN", "https://tipstaff.example")
    with served(tmp_path / "here", load_policy(write_policy(tmp_path / "policy"))) as world:
        world.user("alice", Role.AUDITOR)
        browser = world.browser("alice")
        for origin, status in (
            ("https://testserver.local", 403),
            ("http://tipstaff.example", 403),
            ("https://tipstaff.example", 204),
        ):
            assert browser.ask("POST", "/v1/logout", headers={"Origin": origin}).status_code == status


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["__Host-tipstaff", "csrftoken", "x"])
def test_nothing_of_a_hostile_cookie_comes_back(world: Served, name: str, value: str) -> None:
    """Neither in a body nor in a header, whatever its name is (CVE-2026-48060); and nothing breaks."""
    browser = world.browser("alice")
    for cookie in (
        f"{name}={value}",
        f"{browser.cookie}; {name}={value}",
        f"{name}={value}; {browser.cookie}",
    ):
        headers = {b"Cookie": cookie.encode("latin-1"), b"X-CSRF-Token": browser.csrf.encode()}
        for method, path in (
            ("GET", "/v1/me"),
            ("GET", "/v1/cases"),
            ("POST", "/v1/login"),
            ("GET", "/schema/openapi.json"),
            ("GET", "/nowhere"),
        ):
            body = {"name": "alice", "password": "x"} if method == "POST" else None
            answer = world.client.request(method, path, headers=headers, json=body)
            assert answer.status_code in (200, 401, 404, 429), answer.text
            told = answer.content + repr(answer.headers.raw).encode()
            for part in (value.encode("latin-1"), b"<script", b"a=b"):
                assert part not in told


WRONG = {
    "nobody": ("nobody", PASSWORD, ""),
    "password": ("alice", "wrong", ""),
    "stopped": ("stopped", PASSWORD, ""),
    "no password": ("bare", PASSWORD, ""),
    "no code": ("twofold", PASSWORD, ""),
    "wrong code": ("twofold", PASSWORD, "000000"),
}


def test_whatever_is_wrong_the_same_is_answered_and_then_it_is_locked(world: Served) -> None:
    """Status, body and headers, until there is only one way on: to wait as long as is told."""
    for name in ("stopped", "twofold"):
        world.user(name, Role.AUDITOR, active=name != "stopped")
    world.token("bare", Role.AUDITOR)
    enrol(world, world.browser("twofold"))
    told = {}
    for kind, (name, password, code) in WRONG.items():
        main(["user", str(world.place.directory), name, "--unlock"])
        world.place.clock.now += 24 * 3600
        answers = [world.log_in(name, password, code) for _ in range(5)]
        told[kind] = [(one.status_code, one.content, one.headers.raw) for one in answers]
    assert all(one == told["nobody"] for one in told.values())
    statuses = [status for status, _, _ in told["nobody"]]
    assert statuses == [401, 401, 401, 429, 429]
    assert (b"retry-after", b"1") in [(name.lower(), value) for name, value in told["nobody"][3][2]]
    assert world.log_in("twofold").status_code == 429, "also with what would be right"
    world.place.clock.now += 1
    assert world.log_in("twofold").status_code == 401


def test_an_admin_lifts_a_lock(world: Served) -> None:
    """At once; what was wrong before is forgotten."""
    for _ in range(5):
        last = world.log_in("alice", "wrong")
    assert last.status_code == 429
    assert main(["user", str(world.place.directory), "alice", "--unlock"]) == 0
    assert world.log_in("alice").status_code == 201


def test_a_second_factor_is_enrolled_used_and_removed(world: Served) -> None:
    """Two steps to have one, ten codes for when it is lost; each step ends all sessions but its own."""
    browser, elsewhere = world.browser("alice"), world.browser("alice")
    before = Browser(world.client, world.log_in("alice"))
    wrong = browser.ask("POST", "/v1/me/totp", {"password": "wrong"})
    assert wrong.status_code == 401
    nothing = browser.ask("POST", "/v1/me/totp/confirmation", {"code": "123456"})
    assert (nothing.status_code, "begin with `POST /v1/me/totp`" in nothing.text) == (409, True)
    secret, recovery = enrol(world, browser)
    assert len(set(recovery)) == 10
    assert before.ask("GET", "/v1/me").status_code == elsewhere.ask("GET", "/v1/me").status_code == 401
    second = browser.ask("GET", "/v1/me").json()["second_factor"]
    assert second == {"enrolled": True, "needed": False, "recovery_codes_left": 10}
    again = browser.ask("POST", "/v1/me/totp", {"password": PASSWORD})
    assert (again.status_code, "there is a second factor already" in again.text) == (409, True)
    assert world.log_in("alice").status_code == 401
    assert world.log_in("alice", code=code_at(secret, world.place.clock())).status_code == 401, "it was used"
    world.place.clock.now += 30
    code = code_at(secret, world.place.clock())
    assert world.log_in("alice", code=code).status_code == 201
    assert world.log_in("alice", code=code).status_code == 401
    assert world.log_in("alice", code=recovery[3]).status_code == 201
    assert world.log_in("alice", code=recovery[3]).status_code == 401
    assert browser.ask("GET", "/v1/me").json()["second_factor"]["recovery_codes_left"] == 9
    world.place.clock.now += 60
    for password, wrong_code in (("wrong", recovery[4]), (PASSWORD, "000000"), (PASSWORD, recovery[3])):
        body = {"password": password, "code": wrong_code}
        assert browser.ask("POST", "/v1/me/totp/removal", body).status_code == 401
        world.place.clock.now += 60
    ended = browser.ask("POST", "/v1/me/totp/removal", {"password": PASSWORD, "code": recovery[4]})
    assert ended.status_code == 201, ended.text
    assert browser.ask("GET", "/v1/me").status_code == 401
    browser.take(ended)
    assert not browser.ask("GET", "/v1/me").json()["second_factor"]["enrolled"]
    with world.place.desk() as desk:
        assert desk.vault.count("login alice") == 0
    assert world.log_in("alice").status_code == 201
    none = browser.ask("POST", "/v1/me/totp/removal", {"password": PASSWORD, "code": "000000"})
    assert (none.status_code, "there is no second factor" in none.text) == (409, True)


def test_a_wrong_code_enrols_nothing(world: Served) -> None:
    """Nor does that of a secret which another one has taken the place of."""
    browser = world.browser("alice")
    first = browser.ask("POST", "/v1/me/totp", {"password": PASSWORD}).json()["secret"]
    browser.ask("POST", "/v1/me/totp", {"password": PASSWORD})
    stale = code_at(base64.b32decode(first), world.place.clock())
    for code in ("000000", "", stale):
        answer = browser.ask("POST", "/v1/me/totp/confirmation", {"code": code})
        assert (answer.status_code, "not the code of the time" in answer.text) == (400, True)
    assert not browser.ask("GET", "/v1/me").json()["second_factor"]["enrolled"]
    again = browser.ask("POST", "/v1/me/totp/confirmation", {"code": "000000"})
    assert (again.status_code, again.headers["retry-after"]) == (429, "1"), "nobody guesses a code"
    world.place.clock.now += 1
    assert world.log_in("alice").status_code == 201


def test_some_may_nothing_before_they_have_a_second_factor(world: Served) -> None:
    """Reviewers and admins log in, have one, and go on; what it takes is told."""
    world.user("carol", Role.REVIEWER)
    browser = world.browser("carol")
    me = browser.ask("GET", "/v1/me").json()
    assert (me["permissions"], me["second_factor"]["needed"]) == ([], True)
    refused = browser.ask("GET", "/v1/cases")
    assert (refused.status_code, "before they have a second factor" in refused.text) == (403, True)
    enrol(world, browser)
    assert browser.ask("GET", "/v1/cases").status_code == 200
    assert world.ask(world.token("dan", Role.REVIEWER), "GET", "/v1/cases").status_code == 200, (
        "of tokens none"
    )


def test_who_lost_everything_is_let_in_by_an_admin(world: Served) -> None:
    """With their password alone, until they have a second factor again."""
    browser = world.browser("alice")
    enrol(world, browser)
    with world.place.desk() as desk:
        assert desk.vault.count("login alice") == 1
        assert main(["user", str(world.place.directory), "alice", "--forget-second-factor"]) == 0
        assert desk.vault.count("login alice") == 0
    assert browser.ask("GET", "/v1/me").status_code == 401
    assert world.log_in("alice").status_code == 201
    assert main(["user", str(world.place.directory), "alice", "--forget-second-factor"]) == 2


def test_people_see_and_end_their_sessions(world: Served) -> None:
    """Which is this one is said; another's is not there."""
    browser, other, third = (world.browser("alice") for _ in range(3))
    world.user("bob", Role.ADMIN)
    bob = world.browser("bob")
    bobs = bob.ask("GET", "/v1/me").json()["login"]["session"]
    found = browser.ask("GET", "/v1/me/sessions").json()["sessions"]
    assert [one["this"] for one in found].count(True) == 1
    assert len(found) == 3
    number = other.ask("GET", "/v1/me").json()["login"]["session"]
    assert browser.ask("DELETE", f"/v1/me/sessions/{bobs}").status_code == 404
    assert bob.ask("DELETE", f"/v1/me/sessions/{number}").status_code == 404
    assert browser.ask("DELETE", f"/v1/me/sessions/{number}").status_code == 204
    assert browser.ask("DELETE", f"/v1/me/sessions/{number}").status_code == 404
    assert other.ask("GET", "/v1/me").status_code == 401
    assert browser.ask("DELETE", "/v1/me/sessions").status_code == 204
    assert third.ask("GET", "/v1/me").status_code == 401
    assert len(browser.ask("GET", "/v1/me/sessions").json()["sessions"]) == 1
    assert bob.ask("GET", "/v1/me").status_code == 200
    world.place.clock.now += 30 * 60
    assert browser.ask("GET", "/v1/me").status_code == 401


@pytest.mark.parametrize("arguments", [("--stop",), ("--role", "clerk"), ("--role", "auditor")])
def test_who_is_changed_is_logged_out(world: Served, arguments: tuple[str, ...]) -> None:
    """By a command of an admin, while the server runs."""
    browser = world.browser("alice")
    assert main(["user", str(world.place.directory), "alice", *arguments]) == 0
    assert browser.ask("GET", "/v1/me").status_code == 401
    assert world.log_in("alice").status_code == (401 if arguments == ("--stop",) else 201)


def test_nothing_secret_is_kept_or_told(world: Served, caplog: pytest.LogCaptureFixture) -> None:
    """No password, cookie, secret or code is in a log, in a database, or in a body where it is not due."""
    LOGGER.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.DEBUG):
            browser = world.browser("alice")
            cookies = [browser.cookie.partition("=")[2]]
            for password, new in ((PASSWORD, OTHER), (OTHER, PASSWORD)):
                body = {"password": password, "new": new}
                browser.take(browser.ask("POST", "/v1/me/password", body))
            secret, recovery = enrol(world, browser)
            cookies.append(browser.cookie.partition("=")[2])
            world.log_in("alice", "a wrong password of mine", "987654")
            world.log_in("a password typed as a name", "x")
            world.client.post("/v1/login", content=b'{"name": "alice", "password": "cut short')
    finally:
        LOGGER.removeHandler(caplog.handler)
    secrets = [PASSWORD, OTHER, *cookies, base64.b32encode(secret).decode(), *recovery,
               "a wrong password of mine", "987654", "a password typed as a name", browser.csrf,
               "cut short"]  # fmt: skip
    files = [path for path in world.place.directory.rglob("*") if path.is_file()]
    kept = b"".join(path.read_bytes() for path in files) + caplog.text.encode()
    assert b"$argon2id$" in kept
    for one in (*secrets, *(code.replace("-", "") for code in recovery)):
        assert one.encode() not in kept, one
    assert secret not in kept


def test_a_login_that_cannot_be_read_is_not_repeated(world: Served) -> None:
    """What was typed is not in the answer, whatever is wrong with its shape."""
    for body in (
        b'{"name": "alice", "password": "hunter2',
        b'{"name": "alice", "password": ["hunter2"]}',
        b'{"name": "alice", "password": "hunter2", "also": 1}',
        b'{"name": "alice", "password": "' + b"hunter2" * 100 + b'"}',
        b'{"name": "' + b"hunter2" * 100 + b'", "password": "x"}',
    ):
        answer = world.client.post("/v1/login", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, answer.text
        assert "hunter2" not in answer.text


def test_a_user_without_a_login_does_not_get_one_by_roles(world: Served) -> None:
    """Nobody logs in before a password was set."""
    world.token("bare", Role.AUDITOR)
    with open_users(world.place.directory) as users:
        assert users.user("bare")
    for password in (PASSWORD, "x"):
        assert world.log_in("bare", password).status_code == 401


@pytest.mark.parametrize("origin", ["http://[::1", "null", "https://", "http://a b"])
def test_an_origin_that_is_none_is_not_ours(world: Served, origin: str) -> None:
    """It is refused, and no failure."""
    body = {"name": "alice", "password": "x"}
    answer = world.client.post("/v1/login", json=body, headers={"Origin": origin})
    assert answer.status_code == 403


def test_who_is_refused_for_another_site_is_in_the_trail(world: Served) -> None:
    """They are known, and what they asked for is kept."""
    browser = Browser(world.client, world.log_in("alice"))
    refused = browser.ask("POST", "/v1/logout", headers={"X-CSRF-Token": "x"})
    assert refused.status_code == 403
    (kept,) = world.client.app.state.trail.visits(Sought(user="alice"), 1, None)
    assert (kept.visit.operation, kept.visit.status) == ("logOut", 403)
