"""One's own page without a browser: passwords, second factors, passkeys, tokens and sessions by forms."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from authenticators import Authenticator
from gates import CHEAP, PASSWORD
from policies import write_policy
from visitors import ORIGIN, Shown, Visitor, Web, web

from tipstaff.actions.access.codes import code_at
from tipstaff.actions.access.passwords import Hasher
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.trail import Sought
from tipstaff.assembly.access import open_logins, open_trail
from tipstaff.screening.load import load_policy

SETTINGS = f'second_factor_roles = "reviewer,admin"\nrequests_a_minute = 0\npublic_origin = "{ORIGIN}"\n'
OTHER = "nine boats under a bridge"
WRONG = "the wrong one altogether"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Serve a place in which reviewers need a second factor."""
    folder = tmp_path_factory.mktemp("me")
    (folder / "settings.toml").write_text(SETTINGS)
    policy = load_policy(write_policy(folder / "policy"))
    with web(folder / "here", policy, settings=folder / "settings.toml") as served:
        yield served


def enter(world: Web, name: str, password: str = PASSWORD, code: str = "") -> Visitor:
    """Log in, and go to one's own page."""
    visitor = world.visitor()
    page = again(visitor, password, code, name)
    assert page.path == "/me", page.text
    return visitor


def again(visitor: Visitor, password: str, code: str, name: str) -> Shown:
    """Log in with a browser."""
    form = visitor.get("/login?back=/me").form("/login")
    return visitor.send("/login", form, name=name, password=password, code=code)


def trail_of(world: Web, name: str) -> list[str]:
    """Return all that the trail has of somebody."""
    with open_trail(world.place.directory) as trail:
        return [str(one.visit) for one in trail.visits(Sought(name), 1000, None)]


def secret_on(page: Shown) -> str:
    """Return the secret that a page shows once."""
    found = re.search(r'<code class="secret"[^>]*>([^<]+)</code>', page.text)
    assert found, page.text
    return found[1]


def test_a_reviewer_is_led_to_a_second_factor_and_may_then_work(world: Web) -> None:
    """Without one, every page leads to one's own, which says why; with it the queue opens at once."""
    world.user("alice", Role.REVIEWER)
    alice = enter(world, "alice")
    led = alice.get("/console/cases")
    assert led.path == "/me"
    assert "First, a second factor" in led.text
    assert alice.get("/").path == "/me"
    shown = alice.send("/me/totp", led.form("/me/totp"), password=PASSWORD)
    secret = base64.b32decode(secret_on(shown).replace(" ", ""))
    assert "<svg" in shown.text
    assert shown.answer.headers["cache-control"] == "no-store"
    done = alice.send(
        "/me/totp/confirmation",
        shown.form("/me/totp/confirmation"),
        code=code_at(secret, world.place.clock()),
    )
    codes = re.findall(r"<li><code>([a-z2-7-]{19})</code></li>", done.text)
    assert len(codes) == 10
    assert done.answer.headers["cache-control"] == "no-store"
    assert alice.get("/console/cases").path == "/console/cases"
    assert not any(one in alice.get("/me").text for one in codes)
    told = trail_of(world, "alice")
    assert not any(one in line for line in told for one in [*codes, secret_on(shown), PASSWORD])
    assert alice.send("/logout", done.form("/logout")).path == "/login", (
        "the page has the new session's token"
    )
    assert again(alice, PASSWORD, codes[0], "alice").path == "/me"


def test_a_first_password_must_be_changed_first(world: Web) -> None:
    """Who has a password of somebody else's making sees nothing but where to choose their own."""
    world.user("wu", Role.CLERK)
    with open_logins(world.place.directory) as logins:
        login = logins.login("wu")
        assert login
        hashed, until = Hasher(CHEAP).hash(PASSWORD), world.place.clock() + 3600
        change = world.browser("wu").ask("GET", "/v1/me").json()
        assert change["name"] == "wu"
        session = logins.sessions("wu")[0]
        assert logins.give_password("wu", hashed, until, session)
    wu = enter(world, "wu")
    page = wu.get("/console/cases")
    assert page.path == "/me"
    assert "First, a password of your own" in page.text
    assert 'action="/me/totp"' not in page.text
    form = page.form("/me/password")
    unlike = wu.send(form.action, form, password=PASSWORD, new=OTHER, again=WRONG)
    assert unlike.status == 400
    changed = wu.send(form.action, form, password=PASSWORD, new=OTHER, again=OTHER)
    assert "Your password was changed" in changed.text
    assert wu.get("/console/cases").path == "/console/cases"
    assert not any(OTHER in line for line in trail_of(world, "wu"))


def test_wrong_passwords_on_these_forms_count_for_the_lockout(world: Web) -> None:
    """They are told where they were written, without going to the login; after some, nobody is heard."""
    world.user("ann", Role.AUDITOR)
    ann = enter(world, "ann")
    form = ann.get("/me").form("/me/password")
    statuses = [ann.send(form.action, form, password=WRONG, new=OTHER, again=OTHER).status for _ in range(12)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert again(world.visitor(), PASSWORD, "", "ann").status == 429, "it is the same lock"
    world.place.clock.now += 3600


def test_a_token_is_shown_once_and_revoked(world: Web) -> None:
    """It may what was chosen; later pages have its id alone, and the trail has not the secret."""
    world.user("dora", Role.AUDITOR)
    dora = enter(world, "dora")
    form = dora.get("/me").form("/me/tokens")
    assert dora.send(form.action, form, days="7").status == 400, "for nothing at all"
    beyond = dora.send(form.action, form, scope="cases:decide", days="7")
    assert beyond.status == 403, "beyond one's own"
    made = dora.send(form.action, form, scope=["trail:read"], days="7")
    shown = secret_on(made)
    assert made.answer.headers["cache-control"] == "no-store"
    assert world.ask(shown, "GET", "/v1/trail").status_code == 200
    assert world.ask(shown, "GET", "/v1/users").status_code == 403
    page = dora.get("/me")
    _, number, secret = shown.split("_", 2)
    assert number in page.text
    assert secret not in page.text
    assert not any(secret in line for line in trail_of(world, "dora"))
    revoked = page.form(f"/me/tokens/{number}/revocation")
    assert "The token was revoked." in dora.send(revoked.action, revoked).text
    assert world.ask(shown, "GET", "/v1/trail").status_code == 401


def test_a_login_of_before_makes_no_token_and_says_so(world: Web) -> None:
    """After a quarter of an hour the page asks for another login, and that leads back."""
    world.user("ed", Role.AUDITOR)
    ed = enter(world, "ed")
    assert 'action="/me/tokens"' in ed.get("/me").text
    world.place.clock.now += 16 * 60
    page = ed.get("/me")
    assert 'action="/me/tokens"' not in page.text
    out = next(one for one in page.forms if one.action == "/logout" and "back" in one.hidden)
    assert ed.send("/logout", out).form("/login").hidden["back"] == "/me"


def test_sessions_are_seen_and_ended(world: Web) -> None:
    """One ends another, or all others; the one that asks goes on."""
    world.user("flo", Role.AUDITOR)
    first, second, third = (enter(world, "flo") for _ in range(3))
    page = first.get("/me")
    ends = [one for one in page.forms if re.fullmatch(r"/me/sessions/[0-9a-f]{16}/end", one.action)]
    assert len(ends) == 2, "two others, and no button for this one"
    assert "The session has ended." in first.send(ends[0].action, ends[0]).text
    assert sorted(one.get("/me").path for one in (second, third)) == ["/login", "/me"]
    assert "All other sessions" in first.send("/me/sessions/end", page.form("/me/sessions/end")).text
    assert {one.get("/me").path for one in (second, third)} == {"/login"}
    assert first.get("/me").path == "/me"


def test_a_passkey_is_seen_and_removed(world: Web) -> None:
    """What the script of the page asks for works with the token of the page; a form removes it again."""
    world.user("gil", Role.AUDITOR)
    gil = enter(world, "gil")
    csrf = re.search(r'<meta name="csrf" content="([^"]+)">', gil.get("/me").text)
    assert csrf
    client, headers = gil._client, {"X-CSRF-Token": csrf[1], "Origin": ORIGIN}
    key = Authenticator(origin=ORIGIN)
    begun = client.post("/v1/me/passkeys/begin", json={"password": PASSWORD, "code": ""}, headers=headers)
    body = {"name": "phone", "credential": key.create(begun.json())}
    assert client.post("/v1/me/passkeys", json=body, headers=headers).status_code == 201
    page = gil.get("/me")
    assert "phone" in page.text
    weak = enter(world, "gil").get("/me").text
    assert "You have a passkey, and have logged in without it." in weak
    assert 'action="/me/totp"' not in weak
    form = next(one for one in page.forms if one.action.startswith("/me/passkeys/"))
    assert gil.send(form.action, form, password=WRONG).status == 401
    assert "The passkey was removed." in gil.send(form.action, form, password=PASSWORD).text


def test_only_a_site_with_an_origin_offers_passkeys(tmp_path: Path, world: Web) -> None:
    """The login page loads the script where passkeys can be, and nowhere else."""
    assert "passkeys.js" in world.visitor().get("/login").text
    policy = load_policy(write_policy(tmp_path / "policy"))
    with web(tmp_path / "here", policy) as other:
        assert "passkeys.js" not in other.visitor().get("/login").text


def test_readers_have_the_page_too(world: Web) -> None:
    """Somebody outside sees it on square, in their language."""
    world.user("rae", Role.READER, reader="square/reader/rae")
    rae = enter(world, "rae")
    rae._client.headers["Accept-Language"] = "zh-CN"
    page = rae.get("/me")
    assert "投诉并查看结果" in page.text
    assert 'class="square"' in page.text
    assert page.answer.headers["content-language"] == "zh"


def test_a_swapped_page_says_where_it_goes(world: Web) -> None:
    """With a script, what is shown once takes the place of the whole page; what is wrong, of nothing."""
    world.user("hal", Role.AUDITOR)
    hal = enter(world, "hal")
    form = hal.get("/me").form("/me/totp")
    answer = hal._client.post(
        form.action, data={**form.hidden, "password": PASSWORD}, headers={"HX-Request": "true"}
    )
    assert answer.headers["hx-retarget"] == "body"
    wrong = hal._client.post(
        form.action, data={**form.hidden, "password": WRONG}, headers={"HX-Request": "true"}
    )
    assert wrong.status_code == 401
    assert "hx-redirect" not in wrong.headers, "nobody is sent away from what they write"
    assert "That did not work" in wrong.text
