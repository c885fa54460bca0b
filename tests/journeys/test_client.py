"""The client: a case from its complaint to its closing, and what is asked again where nothing was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

import httpx
import msgspec
import pytest
from msgspec.structs import replace
from places import account
from policies import write_policy
from served import Served, served

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.complain import complain
from tipstaff.actions.deciding import Wanted, WantedProposal
from tipstaff.actions.ordering import WantedAmendment, WantedOrder
from tipstaff.actions.texts import reader
from tipstaff.api.drafts import Draft
from tipstaff.api.health import Health
from tipstaff.assembly.ledger import read_trust
from tipstaff.casework.events import Outcome, Reason
from tipstaff.casework.words import MeasureKind, Target
from tipstaff.client import Client, NewUser, ProblemError, UserRoles
from tipstaff.client.connection import TRIES, Connection
from tipstaff.ledger.errors import ProofError
from tipstaff.screening.load import load_policy
from tipstaff.screening.posts import Post

T = TypeVar("T")
AGAIN = 20

ORDER = {
    "authority": "bureau", "reference": "1", "basis": "im-2014", "scope": "account",
    "targets": ["square/account/news"], "territory": "CN", "deadline": "2099-01-01T00:00:00+08:00",
    "text": "关闭该帐号。",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a place with an account."""
    folder = tmp_path_factory.mktemp("client")
    with served(folder / "here", load_policy(write_policy(folder / "policy"))) as made:
        made.place.square.register_account("news", "News")
        yield made


def of(world: Served, token: str) -> Client:
    """Return the client of who has a token."""
    return Client("", token, world.client)


def insist(act: Callable[[], T]) -> T:
    """Do it, again where the worker beside was there first."""
    for _ in range(AGAIN):
        try:
            return act()
        except ProblemError as error:
            if "has moved on: look at it again" not in str(error):
                raise
    return act()


def test_a_case_from_its_complaint_to_its_answer(world: Served) -> None:
    """Complained of, found, claimed, noted on, decided, confirmed; each answer is typed."""
    rae = of(world, world.token("rae", Role.READER, reader=reader("square", "rae")))
    alice, bob = (of(world, world.token(name, Role.REVIEWER)) for name in ("alice", "bob"))
    made = rae.complain("square/account/news", Reason.FRAUD, "骗人的")
    assert [one.id for one in rae.complaints()] == [made.id]
    assert rae.complaint(made.id).text == "骗人的"
    (line,) = alice.cases()
    number = line.number
    assert (alice.me().name, alice.case(number).complaints[0].text) == ("alice", "骗人的")
    assert insist(lambda: alice.claim(number)).claimed_by == "alice"
    noted = insist(lambda: alice.note(number, "看过了"))
    assert noted.notes[0].text == "看过了"
    with pytest.raises(ProblemError, match="is at version") as told:
        alice.note(number, "late", noted.version - 1)
    assert (told.value.status, told.value.title) == (412, "Precondition Failed")
    wanted = Wanted(
        measures=(MeasureKind.CLOSE_ACCOUNT,), reasons="招揽读者买币", policy="tiny", provision="house-1",
        hearing_waived_for="grave_harm",
    )  # fmt: skip
    insist(lambda: alice.decide(number, wanted))
    decided = insist(lambda: bob.confirm(number, 1))
    assert decided.decisions[0].confirmed_by == ("bob",)
    world.until(
        world.token("bob", Role.REVIEWER),
        f"/v1/cases/{number}",
        lambda one: any(each["seen"] == "applied" for each in one["decisions"][0]["carried_out"]),
    )
    assert [one.kind for one in alice.measures(in_force=True)] == ["close_account"]
    link = alice.link(number, 1)
    assert link.path.startswith("/v1/links/")
    news = of(world, world.token("moon", Role.ACCOUNT_HOLDER, holds=(account("news"),)))
    assert [one.subject for one in news.accounts()] == ["square/account/news"]
    assert news.account("square/account/news").in_force[0].kind == "close_account"


def test_orders_posts_drafts_and_who_asked(world: Served) -> None:
    """Entered, confirmed, amended; screened and checked; and the trail of it."""
    chen, wu = (of(world, world.token(name, Role.CLERK)) for name in ("chen", "wu"))
    made = chen.enter_order(msgspec.convert(ORDER, WantedOrder))
    insist(lambda: wu.confirm_order(made.number))
    narrower = msgspec.convert(
        {"change": "narrowed", "reasons": "期限", "deadline": "2098-01-01T00:00:00Z"}, WantedAmendment
    )
    insist(lambda: wu.amend_order(made.number, narrower))
    insist(lambda: chen.confirm_amendment(made.number, 1))
    assert chen.order(made.number).deadline.startswith("2098")
    assert [one.number for one in chen.orders()] == [made.number]
    screened = chen.send([Post(id="p9", account="news", text="hello", host="nowhere")])
    assert [one.index for one in screened.refused] == [0]
    assert [one.rule for one in chen.check(Draft("稳赚不赔，加我 bitcoin")).problems] == ["coin-talk"]
    assert [one.name for one in chen.policies()] == ["tiny"]
    adam = of(world, world.token("adam", Role.AUDITOR))
    assert {one.user for one in adam.trail(path="/v1/orders")} == {"chen", "wu"}
    with pytest.raises(ProblemError, match="it takes the permission") as told:
        next(chen.trail())
    assert told.value.status == 403


def test_a_statement_is_proven_by_the_trust_file_alone(world: Served) -> None:
    """Not by what a server says: another statement, or another log, proves nothing."""
    trust = read_trust(world.place.directory / "ledger" / "trust.json")
    alice = of(world, world.token("alice", Role.REVIEWER))
    entry = world.place.adopted().entry.hex()
    verified = alice.proven(entry, trust)
    assert (verified.statement.kind, verified.statement.entry.hex()) == ("policy", entry)
    with pytest.raises(ProofError):
        alice.proven(entry, replace(trust, origin="elsewhere.example/log"))
    view = alice.get_bytes("/v1/statements/" + entry)
    answers = {f"/v1/statements/{'0' * 64}": view, f"/v1/statements/{'0' * 64}/receipt": alice.receipt(entry)}
    liar = httpx.MockTransport(lambda request: httpx.Response(200, content=answers[request.url.path]))
    with Client("", "t", httpx.Client(base_url="http://there", transport=liar)) as lied_to:
        with pytest.raises(ProofError, match="another statement"):
            lied_to.proven("0" * 64, trust)
        answers[f"/v1/statements/{'0' * 64}"] = msgspec.json.encode(
            replace(alice.statement(entry), signed="x")
        )
        with pytest.raises(ProofError, match="no statement"):
            lied_to.proven("0" * 64, trust)
    with pytest.raises(ProblemError, match="or not yet"):
        alice.receipt("0" * 64)


def test_an_admin_manages_users(world: Served) -> None:
    """Each answer is how they stand then."""
    ada = of(world, world.token("ada", Role.ADMIN))
    made = ada.make_user(NewUser(name="olga", roles=[Role.AUDITOR]))
    assert (made.roles, made.active, made.password) == ([Role.AUDITOR], True, False)
    with pytest.raises(ProblemError, match="there is a user olga already"):
        ada.make_user(NewUser(name="olga", roles=[Role.AUDITOR]))
    assert ada.stop_user("olga").active is False
    assert ada.change_user("olga", UserRoles(roles=[Role.ADMIN])).roles == [Role.ADMIN]
    assert ada.unlock_user("olga") == ada.user("olga")
    token = world.token("olga", Role.ADMIN)
    (kept,) = ada.tokens("olga")
    assert kept.id in token
    assert ada.revoke_token("olga", kept.id) == []
    assert [one.name for one in ada.users()] == sorted(one.name for one in ada.users())
    assert "olga" in [one.name for one in ada.users()]


def test_reviewers_work_on_a_case_together(world: Served) -> None:
    """They look ahead, on some posts or all, ask each other, answer a complaint, propose, and undo by two."""
    number, post = world.open_case("together")
    world.place.publish("together", "再来一条")
    alice, bob = (of(world, world.token(name, Role.SENIOR_REVIEWER)) for name in ("alice", "bob"))
    assert (alice.preview(number).posts, alice.preview(number, post).posts) == (2, 1)
    assert insist(lambda: alice.ask_opinion(number, "bob", "？")).notes[0].asked == "bob"
    assert insist(lambda: bob.give_opinion(number, "是")).notes[1].text == "是"
    answered = insist(lambda: alice.answer(number, 1, Outcome.DISMISSED))
    assert answered.complaints[0].outcome == "dismissed"
    wanted = WantedProposal(measures=(MeasureKind.WARN,), text="拟警告", policy="tiny", provision="house-1")
    assert [one.by for one in insist(lambda: alice.propose(number, wanted)).proposals] == ["alice"]
    with pytest.raises(ProblemError, match="has no decision 1") as told:
        alice.confirm_result(number, 1)
    assert told.value.status == 409


def test_lists_are_followed_to_their_end(world: Served) -> None:
    """Page by page, each once."""
    rae = of(world, world.token("rae", Role.READER, reader=reader("square", "rae")))
    before = [one.id for one in rae.complaints()]
    for number in range(60):
        world.place.square.register_account(f"a{number}", "A")
        with world.place.desk() as desk:
            complain(desk, reader("square", "rae"), Target(account(f"a{number}")), Reason.FRAUD, "骗人的")
    found = [one.id for one in rae.complaints()]
    assert len(found) == len(set(found)) == len(before) + 60


def answering(*answers: httpx.Response | Exception) -> tuple[Connection, list[httpx.Request], list[float]]:
    """Return a connection on which these answers come, in turn, what was sent, and what was waited."""
    sent, waited, left = list[httpx.Request](), list[float](), list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    http = httpx.Client(base_url="http://there", transport=httpx.MockTransport(answer))
    return Connection("", "token", http, waited.append), sent, waited


def test_what_was_put_off_is_asked_again_under_the_same_key() -> None:
    """A lost connection, and a server that is busy: so that it is done once, whatever became of the first."""
    alive = httpx.Response(200, json={"status": "alive"})
    connection, sent, waited = answering(
        httpx.ConnectError("lost"),
        httpx.Response(503, headers={"Retry-After": "7"}),
        httpx.Response(429, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}),
        alive,
    )
    with connection:
        assert connection.post(Health, "/x", {"a": 1}, 3).status == "alive"
    assert len({one.headers["idempotency-key"] for one in sent}) == 1
    assert {(one.headers["if-match"], one.content) for one in sent} == {('"3"', b'{"a":1}')}
    assert waited == [0.5, 7.0, 2.0]


@pytest.mark.parametrize(
    ("version", "headers", "asked"),
    [(None, {"Retry-After": "0"}, 2), (None, {}, 1), (3, {"Retry-After": "0"}, 1)],
)
def test_what_somebody_has_just_changed_is_asked_again(
    version: int | None, headers: dict[str, str], asked: int
) -> None:
    """Where the server says that this helps, and no version was named: else somebody has to look at it."""
    moved = httpx.Response(409, headers=headers, json={"title": "Conflict", "status": 409})
    connection, sent, _ = answering(moved, httpx.Response(200, json={"status": "alive"}))
    with connection, suppress(ProblemError):
        connection.post(Health, "/x", None, version)
    assert len(sent) == asked


def test_it_is_given_up_in_the_end() -> None:
    """With what was answered last, or that nothing was."""
    connection, sent, _ = answering(*[httpx.Response(503, text="<html>busy</html>")] * TRIES)
    with pytest.raises(ProblemError, match="Service Unavailable") as told:
        connection.get(Health, "/x")
    assert (told.value.status, len(sent)) == (503, TRIES)
    connection, sent, _ = answering(*[httpx.ConnectError("lost")] * TRIES)
    with pytest.raises(httpx.ConnectError):
        connection.get(Health, "/x")
    assert len(sent) == TRIES


def test_what_is_wrong_is_told_place_by_place(world: Served) -> None:
    """As the server tells it; it is asked once."""
    alice = of(world, world.token("alice", Role.REVIEWER))
    with pytest.raises(ProblemError, match=r"what was sent cannot be read: body\.text: ") as told:
        alice.note(1, "")
    assert (told.value.status, told.value.faults[0].where) == (400, "body.text")
