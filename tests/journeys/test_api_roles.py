"""Every endpoint of the schema, asked by every role for what is its own and for what is another's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from typing import Final, NamedTuple

import msgspec
import pytest
from places import account
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import GRANTED, LIMITED, Permission, Role
from tipstaff.actions.complain import complain
from tipstaff.actions.ordering import WantedOrder, to_enter
from tipstaff.actions.orders import enter
from tipstaff.actions.texts import reader
from tipstaff.assembly.casework import add_person
from tipstaff.casework.events import Reason
from tipstaff.casework.words import Target
from tipstaff.screening.load import load_policy


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
                    "removePasskey"}  # fmt: skip
"""What is about one's own logins: no token may, whichever role it is of; each login may, for itself."""

READ: Final = Permission.READ_CASES
HOOKS: Final = Permission.MANAGE_WEBHOOKS
TAKES: Final = {
    "listCases": takes(READ),
    "readCase": takes(READ),
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
    "makeComplaint": takes(own=Permission.COMPLAIN, about_one=False),
    "listComplaints": takes(own=Permission.COMPLAIN, about_one=False),
    "readComplaint": takes(READ, own=Permission.COMPLAIN),
    "listOrders": takes(Permission.READ_ORDERS, own=Permission.OWN_ORDERS, about_one=False),
    "readOrder": takes(Permission.READ_ORDERS, own=Permission.OWN_ORDERS),
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

ORDER: Final = {
    "authority": "bureau", "reference": "1", "basis": "im-2014", "scope": "account",
    "targets": ["square/account/news"], "territory": "CN", "deadline": "2099-01-01T00:00:00+08:00",
    "text": "…",
}  # fmt: skip

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
    "makeAppeal": {"decision": 99, "text": "…"},
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
}
"""What comes of these for who is logged in, and has neither what is named nor shows what is right."""


NOWHERE: Final[Mapping[str, object]] = {
    "number": 9999, "order": 9999, "place": "9999-1", "name": "nothing",
}  # fmt: skip
"""What there is nowhere."""

NAMED: Final = re.compile(r"\b(\d+(-\d+)?|news|nothing)\b")
"""What is asked for, in what is answered."""


class Endpoint(NamedTuple):
    """An endpoint, as the schema has it."""

    operation: str
    method: str
    path: str

    def about(self, named: Mapping[str, object]) -> str:
        """Return its path for what is named; several kinds of things have numbers."""
        instead = {"/v1/orders": "order", "/v1/me/sessions": "session", "/v1/me/passkeys": "session"}
        found = (key for path, key in instead.items() if self.path.startswith(path))
        number = named[next(found, "number")]
        return self.path.format(**{**named, "number": number})


class Asked(NamedTuple):
    """What there is to ask for: `own` and `other` are what paths name of each."""

    served: Served
    tokens: Mapping[Role, str]
    own: Mapping[str, object]
    other: Mapping[str, object]

    @property
    def endpoints(self) -> list[Endpoint]:
        """All endpoints that there are."""
        schema = self.served.client.get("/schema/openapi.json").json()
        return [
            Endpoint(told["operationId"], method.upper(), path)
            for path, methods in schema["paths"].items()
            for method, told in methods.items()
        ]


@contextmanager
def there_is_an_origin() -> Iterator[None]:
    """Have an origin, which passkeys are of."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TIPSTAFF_PUBLIC_ORIGIN", "https://tipstaff.example")
        yield


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """Serve a place with two of everything: one that is theirs who ask, and one of others."""
    folder = tmp_path_factory.mktemp("roles")
    with (
        there_is_an_origin(),
        served(folder / "here", load_policy(write_policy(folder / "policy"))) as made,
    ):
        named: dict[str, dict[str, object]] = {}
        for handle, who in (("news", "rae"), ("shop", "sam")):
            made.place.square.register_account(handle, handle)
            post = made.place.publish(handle, "稳赚不赔，加我 bitcoin")
            with made.place.desk() as desk:
                target = Target(account(handle), post)
                receipt = complain(desk, reader("square", who), target, Reason.FRAUD, "骗人的")
            named[handle] = {
                "number": receipt.case,
                "decision": 99,
                "complaint": 99,
                "path": "checkpoint",
                "entry": made.place.adopted().entry.hex(),
                "session": "0" * 16,
                "place": f"{receipt.case}-{receipt.complaint}",
                "host": "square",
                "kind": "account",
                "name": handle,
                **made.propose(receipt.case),
                "webhook": "0" * 16,
                "delivery": 99,
            }
        add_person(made.place.directory, "bureau", "authority", made.place.clock)
        add_person(made.place.directory, "petra", "policy_owner", made.place.clock)
        for handle, authority in (("news", "bureau"), ("shop", "court")):
            wanted = msgspec.convert(ORDER | {"authority": authority}, WantedOrder)
            with made.place.desk() as desk:
                order = enter(desk, desk.actor("chen"), to_enter(desk, wanted))
            named[handle] |= {"order": order.number, "amendment": 99}
        yield Asked(made, tokens(made), named["news"], named["shop"])


def tokens(made: Served) -> dict[Role, str]:
    """Return a token for each role: those of persons of the place, and of some who sign nothing."""
    rae = reader("square", "rae")
    own = {
        Role.READER: made.token("rae", Role.READER, reader=rae),
        Role.COMPLAINANT: made.token("rae2", Role.COMPLAINANT, reader=rae),
        Role.ACCOUNT_HOLDER: made.token("moon", Role.ACCOUNT_HOLDER, holds=(account("news"),)),
    }
    persons = {
        Role.CLERK: "chen",
        Role.AUTHORITY: "bureau",
        Role.REVIEWER: "alice",
        Role.POLICY_OWNER: "petra",
        Role.SENIOR_REVIEWER: "carol",
    }
    return {role: own.get(role) or made.token(persons.get(role, role.value), role) for role in Role}


def test_every_endpoint_takes_its_permission_and_no_other(world: Asked) -> None:
    """Refused where a role has not the permission, and only there; what is another's is not there."""
    others = PUBLIC | LOGS_IN | ANYBODY | LOGGED_IN
    assert {one.operation for one in world.endpoints} == others | TAKES.keys()
    taking = [one for one in world.endpoints if one.operation not in LOGS_IN]
    for endpoint, role, own in product(taking, Role, (True, False)):
        named = world.own if own else world.other
        answer = world.served.ask(
            world.tokens[role],
            endpoint.method,
            endpoint.about(named),
            BODIES.get(endpoint.operation),
            '"0"',
        )
        told = (endpoint, role, own, answer.text)
        assert answer.status_code not in (401, 500), told
        needs, granted = TAKES.get(endpoint.operation, Takes()), GRANTED[role]
        if endpoint.operation in PUBLIC | ANYBODY or granted & needs.any_of:
            assert answer.status_code != 403, told
        elif needs.own in granted:
            assert (answer.status_code == 404) is (needs.about_one and not own), told
            assert answer.status_code not in (400, 403), told
        else:
            assert answer.status_code == 403, told


def test_a_site_is_read_by_those_who_read_cases_alone(world: Asked) -> None:
    """Nobody holds one: not there for who holds something; for all others it takes the permission."""
    for role in Role:
        answer = world.served.ask(world.tokens[role], "GET", "/v1/accounts/square/site/coin.example")
        granted = GRANTED[role]
        expected = 200 if READ in granted else 404 if Permission.HOLD in granted else 403
        assert answer.status_code == expected, (role, answer.text)


def test_nothing_of_another_queue_is_there(world: Asked) -> None:
    """Whoever is limited to others is answered as if there were none, by every endpoint; lists have none."""
    taking = [one for one in world.endpoints if one.operation in TAKES]
    persons = {Role.CLERK: "wu", Role.REVIEWER: "alice", Role.SENIOR_REVIEWER: "carol"}
    assert persons.keys() == LIMITED
    for role, person in persons.items():
        token = world.served.token(person, role, queues=frozenset({"elsewhere"}))
        for endpoint in taking:
            needs, body = TAKES[endpoint.operation], BODIES.get(endpoint.operation)
            if not GRANTED[role] & needs.any_of:
                continue
            answer = world.served.ask(token, endpoint.method, endpoint.about(world.own), body, '"0"')
            told = (endpoint, role, answer.text)
            if "{" in endpoint.path:
                none = endpoint.about(world.own | NOWHERE)
                missing = world.served.ask(token, endpoint.method, none, body, '"0"')
                assert (answer.status_code, missing.status_code) == (404, 404), told
                assert NAMED.sub("…", answer.text) == NAMED.sub("…", missing.text), told
            else:
                assert answer.status_code == (403 if endpoint.operation == "enterOrder" else 200), told
                assert answer.status_code == 403 or "square/account" not in answer.text, told


def test_every_role_manages_its_own_logins(world: Asked) -> None:
    """Each endpoint about them is there for whoever has logged in, in every role; another's are not."""
    about = [one for one in world.endpoints if one.operation in LOGGED_IN]
    for role in Role:
        named = f"login.{role}"
        world.served.user(named, role)
        other = world.served.browser(named).ask("GET", "/v1/me").json()["login"]["session"]
        for endpoint in about:
            browser = world.served.browser(named)
            path, body = endpoint.path.format(number="0" * 16), BODIES.get(endpoint.operation)
            answer = browser.ask(endpoint.method, path, body)
            expected = REFUSED.get(endpoint.operation, {200, 204})
            assert answer.status_code in expected, (endpoint, answer.text)
            if endpoint.operation == "endSession":
                world.served.user("somebody.else", Role.ADMIN)
                stranger = world.served.browser("somebody.else")
                path = endpoint.path.format(number=other)
                assert stranger.ask(endpoint.method, path).status_code == 404


def test_without_a_token_nothing_is_told(world: Asked) -> None:
    """No endpoint but those that are public answers anything else than that one is missing."""
    for endpoint in world.endpoints:
        path, body = endpoint.about(world.own), BODIES.get(endpoint.operation)
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
