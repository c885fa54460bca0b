"""Telling: what is sent, how often, and when somebody is told no more."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

import pytest
from desks import AFTER, BEFORE, Faults, InjectedError, Office, When

from tipstaff.actions.cases import MovedError
from tipstaff.actions.webhooks.addresses import AddressError
from tipstaff.actions.webhooks.hooks import Owed, Webhook
from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.actions.webhooks.manage import FullError, Manage, Shown
from tipstaff.actions.webhooks.memory import MemoryHooks
from tipstaff.actions.webhooks.tell import CLAIMED, FAILING, WAITS, UnreachedError, attempt
from tipstaff.base.errors import InputError, MissingError
from tipstaff.vault.vault import VaultError

URL = "https://hooks.example.org/"
DAY, HOUR, MINUTE = 86_400, 3600, 60


class Told:
    """A webhook, what it was sent, and what it answers: a status, or why there is none."""

    def __init__(self) -> None:
        self.office = Office()
        self.now = self.office.desk.clock()
        self.hooks = MemoryHooks()
        self.manage = Manage(self.office.desk, self.hooks)
        self.manage._clock = self.clock
        self.shown: Shown = self.manage.add(URL, [EventType.CASE_OPENED])
        self.answer: int | Exception = 204
        self.sent: list[tuple[str, Mapping[str, str], bytes]] = []

    def clock(self) -> int:
        """Return the time."""
        return self.now

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Remember what is sent, and answer."""
        self.sent.append((url, headers, body))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def attempt(self, owed: Owed) -> bool:
        """Send something."""
        return attempt(self.hooks, self.office.vault, self.clock, self.send, owed)

    @property
    def webhook(self) -> Webhook:
        """The webhook as it is now."""
        return self.manage.read(self.shown.webhook.id)

    def turn(self) -> int | None:
        """Send what is due; returns in how many seconds something is due next, None where nothing is."""
        for owed in self.hooks.due(self.now, 9, ()):
            self.attempt(owed)
        (last,) = self.hooks.owed(self.webhook.id, 1, None)
        return None if last.due is None else last.due - self.now


@pytest.fixture
def told() -> Told:
    """Return a webhook."""
    return Told()


def verified(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Verify a signature as a receiver does, by the words of the convention."""
    key = base64.b64decode(secret.split("_", 1)[1])
    signed = b".".join((headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(one == f"v1,{expected}" for one in headers["webhook-signature"].split())


def test_what_is_sent_is_signed(told: Told) -> None:
    """By the secret that was shown, over id, time and body; one that arrived is not sent again."""
    owed = told.manage.test(told.webhook.id)
    assert told.turn() is None
    ((url, headers, body),) = told.sent
    assert (url, body) == (URL, owed.message.body)
    assert headers["webhook-id"] == owed.message.id
    assert headers["webhook-timestamp"] == str(told.now)
    assert headers["content-type"] == "application/json"
    assert verified(told.shown.secret, headers, body)
    assert not verified(told.shown.secret, headers, body + b" ")
    told.now += DAY
    assert told.turn() is None
    assert len(told.sent) == 1
    (kept,) = told.hooks.owed(told.webhook.id, 9, None)
    assert kept.arrived_at == told.now - DAY


def test_both_secrets_sign_while_one_takes_the_place_of_the_other(told: Told) -> None:
    """For the hours that were asked for; then the new one alone. What was before both signs no more."""
    new = told.manage.rotate(told.webhook.id, 2)
    told.manage.test(told.webhook.id)
    told.turn()
    for secret in (told.shown.secret, new.secret):
        assert verified(secret, *told.sent[-1][1:])
    told.now += 2 * HOUR
    told.manage.test(told.webhook.id)
    told.turn()
    assert verified(new.secret, *told.sent[-1][1:])
    assert not verified(told.shown.secret, *told.sent[-1][1:])
    newest = told.manage.rotate(told.webhook.id, 2)
    told.manage.test(told.webhook.id)
    told.turn()
    assert [verified(one, *told.sent[-1][1:]) for one in (told.shown.secret, new.secret, newest.secret)] == [
        False,
        True,
        True,
    ]
    assert told.office.vault.count(f"webhook {told.webhook.id}") == 2


@pytest.mark.parametrize(
    "answer", [500, 404, 302, 429, UnreachedError("no"), AddressError("inside"), VaultError("lost")]
)
def test_what_does_not_arrive_is_sent_again_for_days(told: Told, answer: int | Exception) -> None:
    """After 5 s, 5 and 30 min, 2, 5, 10, 14, 20 and 24 h, under the same id; then no more."""
    told.answer = answer
    told.manage.test(told.webhook.id)
    waits = []
    while (wait := told.turn()) is not None:
        waits.append(wait)
        told.now += wait - 1
        before = len(told.sent)
        told.turn()
        assert len(told.sent) == before
        told.now += 1
    assert waits == [5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]
    assert {headers["webhook-id"] for _, headers, _ in told.sent} == {told.sent[0][1]["webhook-id"]}
    assert len({headers["webhook-timestamp"] for _, headers, _ in told.sent}) == len(WAITS) + 1
    (kept,) = told.hooks.owed(told.webhook.id, 9, None)
    assert len(kept.attempts) == len(WAITS) + 1
    status, error = (answer, "") if isinstance(answer, int) else (None, str(answer))
    assert {(one.status, one.error) for one in kept.attempts} == {(status, error)}
    assert kept.arrived_at is None
    assert not told.webhook.active
    assert told.webhook.trouble == "nothing has arrived for 3 days"


def test_whoever_nothing_arrives_at_for_days_is_stopped(told: Told) -> None:
    """Three days after the first that failed since one has arrived; what it is owed waits till it goes on."""
    told.answer = 500
    told.manage.test(told.webhook.id)
    told.turn()
    assert told.webhook.failing_since == told.now
    told.answer = 200
    told.now += HOUR
    told.turn()
    assert told.webhook.failing_since is None
    told.answer = 500
    began = told.now
    told.manage.test(told.webhook.id)
    told.turn()
    told.now = began + FAILING - 1
    told.turn()
    assert told.webhook.active
    assert told.webhook.failing_since == began
    told.now = began + FAILING
    told.manage.test(told.webhook.id)
    told.turn()
    assert not told.webhook.active
    told.manage.test(told.webhook.id)
    before = len(told.sent)
    told.now += DAY
    told.turn()
    assert len(told.sent) == before
    told.answer = 200
    told.manage.set_active(told.webhook.id, active=True)
    assert told.webhook.trouble == ""
    told.turn()
    assert all(one.arrived_at for one in told.hooks.owed(told.webhook.id, 9, None))


def test_what_arrives_meanwhile_counts(told: Told) -> None:
    """Whoever fails last does not stop what has arrived while it was sent."""
    told.answer = 500
    told.manage.test(told.webhook.id)
    told.turn()
    told.now += FAILING
    send = told.send

    def slowly(url: str, headers: Mapping[str, str], body: bytes) -> int:
        told.hooks.set_failing(told.webhook.id, None)
        return send(url, headers, body)

    (owed,) = told.hooks.due(told.now, 9, ())
    assert attempt(told.hooks, told.office.vault, told.clock, slowly, owed)
    assert told.webhook.active
    assert told.webhook.failing_since == told.now


def test_who_is_gone_is_told_no_more(told: Told) -> None:
    """A receiver that answers 410 is stopped at once."""
    told.answer = 410
    told.manage.test(told.webhook.id)
    told.turn()
    assert (told.webhook.active, told.webhook.trouble) == (
        False,
        "the receiver answered 410: it wants no more",
    )


def test_who_was_stopped_meanwhile_is_sent_nothing(told: Told) -> None:
    """What was about to be sent waits, as all else does."""
    owed = told.manage.test(told.webhook.id)
    told.manage.set_active(told.webhook.id, active=False)
    assert not told.attempt(owed)
    assert told.sent == []
    told.manage.set_active(told.webhook.id, active=True)
    assert told.turn() is None
    assert len(told.sent) == 1


def test_one_of_several_workers_sends(told: Told) -> None:
    """Who is not first sends nothing; where the first has died it is sent again when its time is over."""
    owed = told.manage.test(told.webhook.id)
    assert told.hooks.claim(owed, told.now + CLAIMED)
    assert not told.attempt(owed)
    assert told.sent == []
    told.now += CLAIMED
    assert told.turn() is None
    assert len(told.sent) == 1


def test_a_defect_is_not_a_failure_to_send(told: Told) -> None:
    """It is raised, and what was to be sent is sent again."""
    told.answer = ZeroDivisionError()
    told.manage.test(told.webhook.id)
    with pytest.raises(ZeroDivisionError):
        told.turn()
    told.answer = 204
    told.now += CLAIMED
    assert told.turn() is None
    assert len(told.sent) == 2


def test_without_its_secret_nothing_is_sent(told: Told) -> None:
    """It says so in the log."""
    told.office.vault.erase(f"webhook {told.webhook.id}")
    told.manage.test(told.webhook.id)
    told.turn()
    assert told.sent == []
    (kept,) = told.hooks.owed(told.webhook.id, 9, None)
    assert kept.attempts[0].error == "its secret is gone from the vault: make another one"


def test_what_is_removed_leaves_nothing(told: Told) -> None:
    """Neither its secrets, nor what it was told."""
    number = told.webhook.id
    told.manage.rotate(number, 1)
    owed = told.manage.test(number)
    told.manage.remove(number)
    assert told.office.vault.count(f"webhook {number}") == 0
    assert told.hooks.owed(number, 9, None) == []
    assert not told.attempt(owed)
    for act in (told.manage.read, told.manage.remove, told.manage.test):
        with pytest.raises(MissingError):
            act(number)


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_a_removal_that_was_not_finished_is_done_again(told: Told, when: When) -> None:
    """Where it ends in between: nothing is sent meanwhile, and the secrets go with the rest."""
    number = told.webhook.id
    told.office.vault._faults = Faults(1, when)
    with pytest.raises(InjectedError):
        told.manage.remove(number)
    assert (told.webhook.active, told.webhook.trouble) == (False, "its removal has begun: remove it again")
    told.manage.remove(number)
    assert told.hooks.webhooks() == []
    assert told.office.vault.count(f"webhook {number}") == 0


def test_a_removal_waits_for_nobody_who_reads(told: Told) -> None:
    """What is left in the files of the vault goes out with the next erasure."""
    number = told.webhook.id
    told.office.vault.busy = True
    told.manage.remove(number)
    assert told.hooks.webhooks() == []
    assert told.office.vault.count(f"webhook {number}") == 0


def test_two_secrets_that_are_made_at_once_are_not_lost(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another admin makes one meanwhile: theirs was shown, and signs; whoever was slower is told."""
    number, keep = told.webhook.id, told.office.vault.keep
    others: list[str] = []

    def keep_slowly(*what: str) -> bytes:
        monkeypatch.undo()
        others.append(told.manage.rotate(number, 2).secret)
        return keep(*what)

    monkeypatch.setattr(told.office.vault, "keep", keep_slowly)
    with pytest.raises(MovedError, match="has made another secret"):
        told.manage.rotate(number, 2)
    told.manage.test(number)
    told.turn()
    assert all(verified(one, *told.sent[-1][1:]) for one in (told.shown.secret, *others))
    assert told.office.vault.count(f"webhook {number}") == 2


def test_what_cannot_be_set_up_is_told(told: Told) -> None:
    """Where it may not go, wants nothing, says too much, or is one too many."""
    events = [EventType.CASE_OPENED]
    with pytest.raises(AddressError):
        told.manage.add("https://127.0.0.1/", events)
    with pytest.raises(InputError, match=r"wants some events: case\.opened"):
        told.manage.add(URL, [])
    with pytest.raises(InputError, match="200 characters"):
        told.manage.add(URL, events, "x" * 201)
    with pytest.raises(InputError, match="0 to 168 hours"):
        told.manage.rotate(told.webhook.id, 169)
    for _ in range(49):
        told.manage.add(URL, events)
    with pytest.raises(FullError, match="there are 50 webhooks"):
        told.manage.add(URL, events)
