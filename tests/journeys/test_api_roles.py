"""Every endpoint of the schema, asked by every role for what is its own and for what is another's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final, NamedTuple

import httpx
import pytest
from gates import CHEAP, PASSWORD
from owned import ORDER, OTHERS, OWN, Named, Whose, handle_of, make
from places import account
from policies import HEAD, write_policy
from served import Served, again, enrol, served

from tipstaff.actions.access.passwords import Hasher
from tipstaff.actions.access.permissions import GRANTED, LIMITED, Permission, Role
from tipstaff.actions.texts import reader
from tipstaff.assembly.access import open_logins
from tipstaff.assembly.casework import add_person, shadow
from tipstaff.screening.load import load_policy

SETTINGS: Final = """\
public_origin = "https://tipstaff.example"
requests_a_minute = 0
second_factor_roles = ""
"""
"""With passwords alone each role logs in and goes on; what a second factor does is tested elsewhere."""

NAMES: Final[Mapping[Role, str]] = {
    Role.READER: "rae", Role.COMPLAINANT: "rae2", Role.ACCOUNT_HOLDER: "moon", Role.CLERK: "chen",
    Role.AUTHORITY: "bureau", Role.REVIEWER: "alice", Role.POLICY_OWNER: "petra",
    Role.SENIOR_REVIEWER: "carol",
}  # fmt: skip
"""Who is of which role: persons of the place, and who is outside. Others have the name of their role."""


class Takes(NamedTuple):
    """What an endpoint takes: one of some permissions; or `own`, for what is one's own alone.

    Where it is about no one thing, as a list is, there is nothing of another's to ask for.
    """

    any_of: frozenset[Permission] = frozenset()
    own: Permission | None = None
    about_one: bool = True


def takes(*permissions: Permission, own: Permission | None = None, about_one: bool = True) -> Takes:
    """Return what an endpoint takes."""
    return Takes(frozenset(permissions), own, about_one)


PUBLIC: Final = {"isAlive", "isReady", "readLedger", "readLink", "answerByLink", "appealByLink",
                 "beginPasskeyLogin", "readStatement", "readReceipt"}  # fmt: skip
"""What needs no token; of links, the link alone says what it opens."""

LOGS_IN: Final = {"logIn", "finishPasskeyLogin"}
"""What needs none either, and answers that who asks is nobody."""

ANYBODY: Final = {"readMe"}
"""What everybody may who asks."""

LOGGED_IN: Final = {"logOut", "changePassword", "listSessions", "endOtherSessions", "endSession", "enrolTotp",
                    "confirmTotp", "removeTotp", "listPasskeys", "beginPasskey", "keepPasskey",
                    "removePasskey", "listTokens", "makeToken", "revokeToken"}  # fmt: skip
"""What is about one's own logins: no token may, whichever role it is of; each login may, for itself."""

MANAGED: Final = {"givePassword", "forgetSecondFactor"}
"""What no token may, and each login alone that may manage people: how others log in is changed by it."""

READ: Final = Permission.READ_CASES
PEOPLE: Final = Permission.MANAGE_PEOPLE
HOOKS: Final = Permission.MANAGE_WEBHOOKS
TAKES: Final = {
    "listCases": takes(READ),
    "readCase": takes(READ),
    "readAppealDocument": takes(READ),
    "readImage": takes(READ),
    "claimCase": takes(Permission.REVIEW),
    "releaseCase": takes(Permission.REVIEW),
    "noteOnCase": takes(Permission.REVIEW),
    "escalateCase": takes(Permission.REVIEW),
    "previewDecision": takes(READ),
    "askOpinion": takes(Permission.REVIEW),
    "giveOpinion": takes(Permission.REVIEW),
    "answerComplaint": takes(Permission.REVIEW),
    "proposeDecision": takes(Permission.REVIEW),
    "decideCase": takes(Permission.DECIDE),
    "confirmDecision": takes(Permission.CONFIRM),
    "takeDecisionBack": takes(Permission.DECIDE),
    "judgeAppeal": takes(Permission.JUDGE),
    "confirmResult": takes(Permission.JUDGE),
    "sendPosts": takes(Permission.SEND_POSTS),
    "checkDraft": takes(Permission.CHECK_DRAFT),
    "listPolicies": takes(Permission.READ_POLICIES),
    "shadowPolicy": takes(Permission.MANAGE_POLICIES),
    "adoptPolicy": takes(Permission.MANAGE_POLICIES),
    "retirePolicy": takes(Permission.MANAGE_POLICIES),
    "comparePolicy": takes(Permission.MANAGE_POLICIES),
    "readTrail": takes(Permission.READ_TRAIL),
    "readMetrics": takes(Permission.READ_METRICS),
    "listWebhooks": takes(HOOKS),
    "addWebhook": takes(HOOKS),
    "readWebhook": takes(HOOKS),
    "removeWebhook": takes(HOOKS),
    "rotateWebhookSecret": takes(HOOKS),
    "enableWebhook": takes(HOOKS),
    "disableWebhook": takes(HOOKS),
    "testWebhook": takes(HOOKS),
    "listDeliveries": takes(HOOKS),
    "replayDelivery": takes(HOOKS),
    "replayDeliveries": takes(HOOKS),
    "listUsers": takes(Permission.READ_PEOPLE),
    "readUser": takes(Permission.READ_PEOPLE),
    "listUserTokens": takes(Permission.READ_PEOPLE),
    "makeUser": takes(PEOPLE),
    "changeUser": takes(PEOPLE),
    "stopUser": takes(PEOPLE),
    "unlockUser": takes(PEOPLE),
    "revokeUserToken": takes(PEOPLE),
    "makeComplaint": takes(own=Permission.COMPLAIN, about_one=False),
    "listComplaints": takes(own=Permission.COMPLAIN, about_one=False),
    "readComplaint": takes(READ, own=Permission.COMPLAIN),
    "listOrders": takes(Permission.READ_ORDERS, own=Permission.OWN_ORDERS, about_one=False),
    "readOrder": takes(Permission.READ_ORDERS, own=Permission.OWN_ORDERS),
    "readOrderDocument": takes(Permission.READ_ORDERS, own=Permission.OWN_ORDERS),
    "enterOrder": takes(Permission.ENTER_ORDERS, own=Permission.OWN_ORDERS, about_one=False),
    "confirmOrder": takes(Permission.ENTER_ORDERS, own=Permission.OWN_ORDERS),
    "amendOrder": takes(Permission.ENTER_ORDERS, own=Permission.OWN_ORDERS),
    "confirmAmendment": takes(Permission.ENTER_ORDERS, own=Permission.OWN_ORDERS),
    "listAccounts": takes(own=Permission.HOLD, about_one=False),
    "readAccount": takes(READ, own=Permission.HOLD),
    "exportAccount": takes(READ, own=Permission.HOLD),
    "answerHearing": takes(own=Permission.HOLD),
    "makeAppeal": takes(own=Permission.HOLD),
    "listNotices": takes(own=Permission.HOLD, about_one=False),
    "listMeasures": takes(READ),
    "issueLink": takes(Permission.LINK),
}
"""What each endpoint takes; a new one is not forgotten: the list of endpoints is that of the schema."""

MADE: Final = {"clientDataJSON": "", "attestationObject": ""}
SIGNED: Final = {"clientDataJSON": "", "authenticatorData": "", "signature": "", "userHandle": ""}

BODIES: Final[Mapping[str, object]] = {
    "noteOnCase": {"text": "…"},
    "escalateCase": {"text": "…"},
    "askOpinion": {"of": "bob", "text": "…"},
    "giveOpinion": {"text": "…"},
    "answerComplaint": {"outcome": "dismissed"},
    "proposeDecision": {"measures": ["warn"], "text": "…", "policy": "tiny", "provision": "house-1"},
    "decideCase": {"measures": ["warn"], "reasons": "…", "policy": "tiny", "provision": "house-1"},
    "judgeAppeal": {"result": "upheld", "answer": "…"},
    "sendPosts": {"posts": []},
    "checkDraft": {"text": "…"},
    "enterOrder": ORDER,
    "amendOrder": {"change": "refused", "reasons": "…"},
    "issueLink": {},
    "answerByLink": {"text": "…"},
    "appealByLink": {"text": "…"},
    "answerHearing": {"text": "…"},
    "makeAppeal": {"decision": 1, "text": "…"},
    "addWebhook": {"url": "https://hooks.example.org/", "events": ["case.opened"]},
    "rotateWebhookSecret": {},
    "replayDeliveries": {"since": "2026-12-01T00:00:00Z"},
    "makeComplaint": {"about": "square/account/news", "reason": "fraud", "text": "…"},
    "logIn": {"name": "nobody", "password": "…"},
    "changePassword": {"password": "…", "new": "short"},
    "enrolTotp": {"password": "…"},
    "confirmTotp": {"code": "123456"},
    "removeTotp": {"password": "…", "code": "123456"},
    "finishPasskeyLogin": {"rawId": "", "response": SIGNED},
    "beginPasskey": {"password": "…"},
    "keepPasskey": {"name": "x", "credential": {"rawId": "", "response": MADE}},
    "removePasskey": {"password": "…"},
    "makeToken": {"scopes": ["trail:read"]},
    "makeUser": {"name": "made", "roles": ["auditor"]},
    "changeUser": {"roles": ["auditor"]},
}

REFUSED: Final[Mapping[str, set[int]]] = {
    "endSession": {404},
    "changePassword": {400},
    "enrolTotp": {401},
    "confirmTotp": {409},
    "removeTotp": {409},
    "beginPasskey": {401},
    "keepPasskey": {400},
    "removePasskey": {404},
    "makeToken": {201, 403},
    "revokeToken": {404},
}
"""What comes of these for who is logged in, and has neither what is named nor shows what is right."""


DONE: Final = {200, 201, 204}
PROVES: Final = DONE | {409}
"""What proves that somebody got past access: it was done, or an action has refused it as things stand.

An action does so once it has looked at what it is about; every other status may come before that. To read is
always 200. Each endpoint answers with success once at least: what it is about was made for it.
"""

SESSIONS: Final = 3
"""Of so many endpoints one is asked with logins as well: that takes twice as long."""

NOWHERE: Final[Mapping[str, object]] = {"number": 9999, "place": "9999-1", "name": "nothing"}
"""What there is nowhere."""

NAMED: Final = re.compile(r"\b(\d+(-\d+)?|\w+-own|nothing)\b")
"""What is asked for, in what is answered."""


class Endpoint(NamedTuple):
    """An endpoint, as the schema has it."""

    operation: str
    method: str
    path: str

    @property
    def body(self) -> object:
        """What it is sent."""
        return BODIES.get(self.operation)


class World:
    """A place in which there is something of one's own for each endpoint, and something of others."""

    def __init__(self, served: Served) -> None:
        self.served = served
        schema = served.client.get("/schema/openapi.json").json()
        self.endpoints = [
            Endpoint(told["operationId"], method.upper(), path)
            for path, methods in schema["paths"].items()
            for method, told in methods.items()
        ]
        self._named: dict[tuple[str, Whose], Named] = {}
        self.tokens = tokens(served, self.endpoints)

    def named(self, endpoint: Endpoint, whose: Whose = OWN) -> Named:
        """Return what the path of an endpoint names; it is made when it is first asked for."""
        key = (endpoint.operation, whose)
        if key not in self._named:
            self._named[key] = make(self.served, endpoint.operation, endpoint.path, whose)
        return self._named[key]

    def path(self, endpoint: Endpoint, whose: Whose = OWN) -> str:
        """Return the path of an endpoint for what is one's own, or others'."""
        return endpoint.path.format(**self.named(endpoint, whose))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Serve a place where passkeys have an origin, two undo what is blocked, and nobody is put off.

    Of `tiny` another version is in shadow, and so are policies that are there to be retired.
    """
    folder = tmp_path_factory.mktemp("roles")
    settings = folder / "settings.toml"
    settings.write_text(SETTINGS, "utf-8")
    second = {"policy.toml": HEAD + '[reversals]\nsecond_person = ["block_content"]\n'}
    policy = load_policy(write_policy(folder / "policy", second))
    with served(folder / "here", policy, settings=settings) as made:
        for name in ("tiny", *(f"spare-{one.word}" for one in (OWN, OTHERS, OWN.too, OTHERS.too))):
            other = HEAD.replace("1.2.3", "1.3.0").replace('"tiny"', f'"{name}"')
            found = load_policy(write_policy(folder / name, {"policy.toml": other}))
            shadow(made.place.directory, found, made.place.clock)
        made.place.square.register_account("news", "News")
        add_person(made.place.directory, "bureau", "authority", made.place.clock)
        add_person(made.place.directory, "petra", "policy_owner", made.place.clock)
        yield World(made)


def name_of(role: Role) -> str:
    """Return who is of a role."""
    return NAMES.get(role, role.value)


def tokens(made: Served, endpoints: Sequence[Endpoint]) -> dict[Role, str]:
    """Return a token for each role: those of persons of the place, and of some who sign nothing."""
    rae = reader("square", OWN.reader)
    about = [one.operation for one in endpoints if "/accounts/" in one.path]
    holds = tuple(account(handle_of(one, whose)) for one, whose in product(about, (OWN, OWN.too)))
    own = {
        Role.READER: made.token("rae", Role.READER, reader=rae),
        Role.COMPLAINANT: made.token("rae2", Role.COMPLAINANT, reader=rae),
        Role.ACCOUNT_HOLDER: made.token("moon", Role.ACCOUNT_HOLDER, holds=holds),
    }
    return {role: own.get(role) or made.token(name_of(role), role) for role in Role}


def expected(endpoint: Endpoint, role: Role, *, own: bool) -> set[int]:
    """Return what somebody is answered: that they may, that they may not, or that it is not there."""
    needs, granted = TAKES.get(endpoint.operation, Takes()), GRANTED[role]
    may = {200} if endpoint.method == "GET" else PROVES
    if endpoint.operation in PUBLIC | ANYBODY or granted & needs.any_of:
        return may
    if needs.own in granted:
        return may if own or not needs.about_one else {404}
    return {403}


Ask = Callable[[Role, str, str, object], httpx.Response]
"""Asks as somebody of a role: by a token, or with a login."""


def check(world: World, endpoint: Endpoint, ask: Ask, own: Whose, others: Whose) -> None:
    """Have every role ask for what is others', and for its own; a list is its own alone."""
    statuses = set()
    for whose, role in product((others, own) if "{" in endpoint.path else (own,), Role):
        answer = ask(role, endpoint.method, world.path(endpoint, whose), endpoint.body)
        told = (endpoint, role, whose, answer.status_code, answer.text)
        assert answer.status_code in expected(endpoint, role, own=whose is own), told
        if answer.is_success and TAKES.get(endpoint.operation, Takes()).own in GRANTED[role]:
            assert OTHERS.word not in answer.text, told
        statuses.add(answer.status_code)
    assert endpoint.operation in LOGGED_IN | MANAGED or statuses & DONE, endpoint


def test_every_endpoint_takes_its_permission_and_no_other(world: World) -> None:
    """Refused where a role has not the permission; what is another's is not there; all else is done."""
    others = PUBLIC | LOGS_IN | ANYBODY | LOGGED_IN | MANAGED
    assert {one.operation for one in world.endpoints} == others | TAKES.keys()

    def ask(role: Role, method: str, path: str, body: object) -> httpx.Response:
        return world.served.ask(world.tokens[role], method, path, body)

    for endpoint in world.endpoints:
        if endpoint.operation not in LOGS_IN:
            check(world, endpoint, ask, OWN, OTHERS)


def test_a_login_may_what_a_token_may(world: World) -> None:
    """The same with logins, of a share of the endpoints: the same permissions, and what is one's own."""
    with open_logins(world.served.place.directory) as logins:
        for role in Role:
            logins.keep_password(name_of(role), Hasher(CHEAP).hash(PASSWORD))
    browsers = {role: world.served.browser(name_of(role)) for role in Role}

    def ask(role: Role, method: str, path: str, body: object) -> httpx.Response:
        return again(lambda: browsers[role].ask(method, path, body))

    taking = [one for one in world.endpoints if one.operation in TAKES and "{" in one.path][::SESSIONS]
    assert {one.path.split("/")[2] for one in taking} >= {"cases", "orders", "accounts", "webhooks"}
    for endpoint in taking:
        check(world, endpoint, ask, OWN.too, OTHERS.too)


def test_a_site_is_read_by_those_who_read_cases_alone(world: World) -> None:
    """Nobody holds one: not there for who holds something; for all others it takes the permission."""
    for role in Role:
        answer = world.served.ask(world.tokens[role], "GET", "/v1/accounts/square/site/coin.example")
        granted = GRANTED[role]
        expected = 200 if READ in granted else 404 if Permission.HOLD in granted else 403
        assert answer.status_code == expected, (role, answer.text)


def test_nothing_of_another_queue_is_there(world: World) -> None:
    """Whoever is limited to others is answered as if there were none, by every endpoint; lists have none."""
    taking = [one for one in world.endpoints if one.operation in TAKES]
    persons = {Role.CLERK: "wu", Role.REVIEWER: "alice", Role.SENIOR_REVIEWER: "carol"}
    assert persons.keys() == LIMITED
    for role, person in persons.items():
        token = world.served.token(person, role, queues=frozenset({"elsewhere"}))
        for endpoint in taking:
            needs, body = TAKES[endpoint.operation], endpoint.body
            if not GRANTED[role] & needs.any_of:
                continue
            answer = world.served.ask(token, endpoint.method, world.path(endpoint), body)
            told = (endpoint, role, answer.text)
            if "{" in endpoint.path:
                none = endpoint.path.format(**{**world.named(endpoint), **NOWHERE})
                missing = world.served.ask(token, endpoint.method, none, body)
                assert (answer.status_code, missing.status_code) == (404, 404), told
                assert NAMED.sub("…", answer.text) == NAMED.sub("…", missing.text), told
            else:
                assert answer.status_code == (403 if endpoint.operation == "enterOrder" else 200), told
                assert answer.status_code == 403 or "square/account" not in answer.text, told


def test_every_role_manages_its_own_logins(world: World) -> None:
    """Each endpoint about them is there for whoever has logged in, in every role; another's are not."""
    about = [one for one in world.endpoints if one.operation in LOGGED_IN]
    for role in Role:
        named = f"login.{role}"
        world.served.user(named, role)
        other = world.served.browser(named).ask("GET", "/v1/me").json()["login"]["session"]
        for endpoint in about:
            browser = world.served.browser(named)
            path, body = endpoint.path.format(number="0" * 16, token="0" * 16), endpoint.body
            answer = browser.ask(endpoint.method, path, body)
            expected = REFUSED.get(endpoint.operation, {200, 204})
            assert answer.status_code in expected, (endpoint, answer.text)
            if endpoint.operation == "makeToken":
                assert (answer.status_code == 201) is (Permission.READ_TRAIL in GRANTED[role]), role
            if endpoint.operation == "endSession":
                world.served.user("somebody.else", Role.ADMIN)
                stranger = world.served.browser("somebody.else")
                path = endpoint.path.format(number=other)
                assert stranger.ask(endpoint.method, path).status_code == 404


def test_those_who_manage_people_let_them_in_again(world: World) -> None:
    """Once they have logged in, with a second factor; nobody else does, and nobody for themselves."""
    about = [one for one in world.endpoints if one.operation in MANAGED]
    assert len(about) == len(MANAGED)
    world.served.user("somebody", Role.AUDITOR)
    for role in Role:
        named = f"manages.{role}"
        world.served.user(named, role)
        browser = world.served.browser(named)
        enrol(world.served, browser)
        for endpoint in about:
            granted = PEOPLE in GRANTED[role]
            statuses = [
                browser.ask(endpoint.method, endpoint.path.format(user=user)).status_code
                for user in ("somebody", "nobody", named)
            ]
            there = 200 if endpoint.operation == "givePassword" else 400
            assert statuses == ([there, 404, 403] if granted else [403, 403, 403]), (endpoint, role)


def test_without_a_token_nothing_is_told(world: World) -> None:
    """No endpoint but those that are public answers anything else than that one is missing."""
    for endpoint in world.endpoints:
        path, body = world.path(endpoint), endpoint.body
        for shown in (None, "", "x", "tipstaff_00_00"):
            answer = world.served.ask(shown, endpoint.method, path, body)
            if endpoint.operation in LOGS_IN:
                assert answer.status_code in (401, 429), (endpoint, answer.text)
            elif endpoint.operation in PUBLIC:
                assert answer.status_code in ((200,) if endpoint.method == "GET" else (200, 201, 409))
            else:
                assert answer.status_code == 401, (endpoint, answer.text)
                assert answer.headers["www-authenticate"] == "Bearer"
                assert answer.headers["content-type"] == "application/problem+json"
