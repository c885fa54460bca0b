"""Those who ask a server that is killed again and again: several at once, and what they were told.

Posts are sent, readers complain, orders come in and are confirmed, reviewers decide, take notes and dismiss
complaints, and account holders appeal by links.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final, NamedTuple

from kill_asking import GONE, Asked, Client, Told
from killing import AmissError

from tipstaff.assembly.casework import open_square
from tipstaff.hosts.square.pages import Draft
from tipstaff.policy.model import Policy, Verdict

ACCOUNTS: Final = 3
"""Accounts that are new for each server: no case becomes so long that asking of it takes time."""
AT_ONCE: Final = 3
"""Posts in a request that stand; one that does not goes with them."""
TWICE: Final = 0.2
"""The share of requests that are sent again, though they were answered."""
PATIENCE: Final = 60.0
"""Seconds in which a server must have answered what it lives for."""
TIME: Final = "2018-08-21T09:00:00+08:00"


class Place(NamedTuple):
    """Something in a case: the number of a decision or a complaint, or a post."""

    case: int
    what: str


class Crowd:
    """What was sent and acknowledged, to all of them, and what there is to go on with.

    `told` are rules by post, `posts` all that were sent; `asked` is all the rest.
    """

    def __init__(self, directory: Path, policy: Policy, tokens: Mapping[str, str]) -> None:
        """`tokens` are those of the persons who ask, by name."""
        self._bad = [one.text for one in policy.examples if one.verdict is Verdict.VIOLATION]
        self._clean = next(one.text for one in policy.examples if one.verdict is Verdict.NONE)
        self._directory, self.tokens = directory, tokens
        self.lock = threading.Lock()
        self._more = threading.Condition()
        self.round = 0
        self.answers = self.repeats = self.lost = 0
        self.amiss: list[AmissError] = []
        self.posts: dict[str, Told] = {}
        self.told: dict[str, Counter[str]] = {}
        self.asked: list[Asked] = []
        self.undecided: list[Place] = []
        self.decided: list[Place] = []
        self.complaints: list[Place] = []
        self.orders: list[int] = []

    def begin_round(self) -> None:
        """Have accounts for the next server."""
        self.round += 1
        with open_square(self._directory) as square:
            for number in range(ACCOUNTS):
                square.register_account(self.account(number), f"Account {number}")

    def wait(self, answers: int) -> None:
        """Wait until so many more requests were answered, or something is amiss. Raises `AmissError`."""
        with self._more:
            before = self.answers
            if not self._more.wait_for(lambda: self.amiss or self.answers >= before + answers, PATIENCE):
                raise AmissError(f"{self.answers - before} requests were answered in {PATIENCE:.0f} s")

    def count(
        self, *, answers: int = 0, repeats: int = 0, lost: int = 0, amiss: AmissError | None = None
    ) -> None:
        """Count what came of requests."""
        with self._more:
            self.answers += answers
            self.repeats += repeats
            self.lost += lost
            self.amiss += [amiss] if amiss else []
            self._more.notify_all()

    def account(self, number: int) -> str:
        """Return the name of an account of this round."""
        return f"account-{self.round}-{number}"

    def publish(self, chance: random.Random, count: int) -> list[Told]:
        """Publish posts that break a policy; returns them as they are sent."""
        with open_square(self._directory) as square:
            drafts = [
                (self.account(chance.randrange(ACCOUNTS)), chance.choice(self._bad)) for _ in range(count)
            ]
            return [
                {
                    "id": square.publish(account, Draft(text=text, published_at=TIME)),
                    "account": account,
                    "host": "square",
                    "text": text,
                }
                for account, text in drafts
            ]

    def send(self, client: Client, posts: list[Told]) -> None:
        """Send posts, the first of them twice, and note what was acknowledged. Raises `AmissError`."""
        clean = {"id": "clean", "account": self.account(0), "host": "square", "text": self._clean}
        with self.lock:
            self.posts |= {one["id"]: one for one in posts}
        answer = client.send(self.tokens["feed"], "/v1/posts", {"posts": [*posts, posts[0], clean]})
        if not answer.ok or answer.told["refused"]:
            raise AmissError(f"posts were refused: {answer.status} {answer.body.decode()}")
        with self.lock:
            for one in answer.told["verdicts"]:
                if one["case"] is None:
                    continue
                if one["id"] not in self.told:
                    self.undecided.append(Place(one["case"], one["id"]))
                self.told[one["id"]] = Counter(
                    found["rule"]
                    for found in one["findings"]
                    if found["outcome"] != "permitted" and not found["exempted_by"]
                )
        self.count(answers=1)

    def left(self) -> list[list[Told]]:
        """Return the posts that were never acknowledged, as they are sent again."""
        left = [one for number, one in self.posts.items() if number not in self.told]
        return [left[at : at + AT_ONCE] for at in range(0, len(left), AT_ONCE)]


class Person:
    """One who asks, in a thread of their own: what comes next is up to chance."""

    def __init__(self, crowd: Crowd, number: int, port: int, seed: float) -> None:
        self._crowd, self._number, self._client = crowd, number, Client(port)
        self._chance = random.Random(f"{seed} {number}")  # noqa: S311  seeded, not secret
        self._count = 0

    def work(self, over: threading.Event) -> None:
        """Ask for as long as somebody answers: first for what was not answered, then for more."""
        try:
            self._again()
            while not over.is_set():
                self._chance.choice(WORK[self._number])(self)
        except GONE:
            self._crowd.count(lost=1)
        except AmissError as error:
            self._crowd.count(amiss=error)
        self._client.close()

    def _again(self) -> None:
        """Send again what nobody has answered, and some of what was answered."""
        own = [one for one in self._crowd.asked if one.by == self._number]
        answered = [one for one in own if one.answer and one.answer.ok and one.keyed]
        some = self._chance.sample(answered, min(2, len(answered)))
        for one in [*(one for one in own if one.open), *some]:
            self._send(one)

    def _ask(
        self, who: str, path: str, body: Told, kind: str, mark: str, then: Callable[[Told], None]
    ) -> None:
        """Ask for something, and perhaps at once again."""
        token = self._crowd.tokens[who] if who else ""
        asked = Asked(self._number, token, path, body, (kind, mark), then, keyed=bool(who))
        self._crowd.asked.append(asked)
        self._send(asked)
        if asked.keyed and self._chance.random() < TWICE:
            self._send(asked)

    def _send(self, asked: Asked) -> None:
        """Send a request, for the first time or again."""
        known = asked.answer is not None
        self._client.ask(asked)
        self._crowd.count(answers=1, repeats=known)

    def _mark(self) -> str:
        """Return words that nobody else says."""
        self._count += 1
        return f"{self._crowd.round}-{self._number}-{self._count}"

    def _take(self, places: list[Place]) -> Place | None:
        """Take one of those that wait for somebody; none where there is none, after a moment."""
        with self._crowd.lock:
            if places:
                return places.pop(self._chance.randrange(len(places)))
        time.sleep(0.01)
        return None

    def send_posts(self) -> None:
        """Send posts."""
        self._crowd.send(self._client, self._crowd.publish(self._chance, AT_ONCE))

    def complain(self) -> None:
        """Complain of a post."""
        (post,) = self._crowd.publish(self._chance, 1)
        mark = self._mark()
        about = f"square/account/{post['account']}/{post['id']}"

        def then(told: Told) -> None:
            case, _, number = told["id"].partition("-")
            self._crowd.complaints.append(Place(int(case), number))

        body = {"about": about, "reason": "fraud", "text": mark}
        self._ask("rae", "/v1/complaints", body, "complaint", mark, then)

    def dismiss(self) -> None:
        """Dismiss a complaint."""
        if place := self._take(self._crowd.complaints):
            path = f"/v1/cases/{place.case}/complaints/{place.what}/answer"
            mark = f"{place.case}-{place.what}"
            self._ask("bob", path, {"outcome": "dismissed"}, "dismissal", mark, nothing)

    def note(self) -> None:
        """Leave a note on a case."""
        with self._crowd.lock:
            cases = sorted({place.case for place in (*self._crowd.undecided, *self._crowd.decided)})
        if not cases:
            time.sleep(0.01)
            return
        case, mark = self._chance.choice(cases), self._mark()
        self._ask("bob", f"/v1/cases/{case}/notes", {"text": mark}, "note", mark, nothing)

    def enter_order(self) -> None:
        """Enter an order about a post."""
        (post,) = self._crowd.publish(self._chance, 1)
        mark = self._mark()
        body = {
            "authority": "bureau", "reference": mark, "basis": "im-2014", "scope": "content",
            "targets": [f"square/account/{post['account']}/{post['id']}"], "territory": "CN",
            "deadline": "2099-01-01T00:00:00+08:00", "text": mark,
        }  # fmt: skip
        self._ask(
            "chen", "/v1/orders", body, "order", mark, lambda told: self._crowd.orders.append(told["number"])
        )

    def confirm_order(self) -> None:
        """Confirm an order that another person has entered."""
        if self._crowd.orders:
            order = self._crowd.orders.pop()
            self._ask("wu", f"/v1/orders/{order}/confirmation", {}, "confirmation", str(order), nothing)

    def decide(self) -> None:
        """Decide that a post is blocked."""
        if (place := self._take(self._crowd.undecided)) is None:
            return
        mark = self._mark()

        def then(told: Told) -> None:
            (number,) = (one["number"] for one in told["decisions"] if one["reasons"] == mark)
            self._crowd.decided.append(Place(place.case, str(number)))

        body = {
            "measures": ["block_content"],
            "posts": [place.what],
            "reasons": mark,
            "rungs_skipped_for": "grave_harm",
        }
        self._ask("alice", f"/v1/cases/{place.case}/decisions", body, "decision", mark, then)

    def appeal(self) -> None:
        """Have a link issued, once a decision is on the ledger, and appeal by it."""
        if (place := self._take(self._crowd.decided)) is None:
            return
        wanted = {"decision": int(place.what)}
        answer = self._client.send(self._crowd.tokens["alice"], f"/v1/cases/{place.case}/links", wanted)
        if answer.status == HTTPStatus.CONFLICT:
            self._crowd.decided.append(place)
        elif not answer.ok:
            raise AmissError(f"no link is issued: {answer.status} {answer.body.decode()}")
        else:
            mark = self._mark()
            self._ask("", f"{answer.told['path']}/appeal", {"text": mark}, "appeal", mark, nothing)


WORK: Final[tuple[tuple[Callable[[Person], None], ...], ...]] = (
    (Person.send_posts,),
    (Person.send_posts, Person.note),
    (Person.complain, Person.dismiss),
    (Person.enter_order, Person.confirm_order),
    (Person.decide, Person.appeal),
    (Person.note, Person.dismiss, Person.decide),
)
"""What each of those who ask at once does."""


def nothing(_: Told) -> None:
    """Do nothing with what was answered."""


@contextmanager
def asking(crowd: Crowd, port: int, seed: float) -> Iterator[None]:
    """Have them all ask, for as long as somebody answers. Raises what went wrong besides."""
    over = threading.Event()
    persons = [Person(crowd, number, port, seed) for number in range(len(WORK))]
    threads = [threading.Thread(target=person.work, args=(over,)) for person in persons]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if crowd.amiss:
        raise crowd.amiss[0]


def settle(crowd: Crowd, client: Client, left: Callable[[], Counter[tuple[str, str]]]) -> None:
    """Have all done that was never answered, by a server that is left alone.

    `left` says what all that was asked has left. Where a key says that nobody knows whether something was
    done, it is looked at, as the API asks for, and where it was not, it is asked for anew.
    """
    for posts in crowd.left():
        crowd.send(client, posts)
    for one in crowd.asked:
        if one.open:
            client.ask(one)
    there = left()
    for one in crowd.asked:
        if one.unsure and not there[one.leaves]:
            one.unsure, one.anew = False, True
            client.ask(one)
