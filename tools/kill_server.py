"""Kill a server with SIGKILL while posts are sent to it, again and again; then check that nothing is lost.

    python tools/kill_server.py [--kills N] [--seed N] [--keep DIR]

An installation with square. Posts that break a policy are published there and sent over HTTP by several
clients at once, some of them twice, among posts on which nothing is found. At a random moment the server is
killed, its worker with it, and the next one is started. After each kill

- what was found on every post that was acknowledged is in the case of its account, once;
- what its case refers to can be read: the post as it was, and the evidence of each finding.

After the last one all that was never answered is sent again, to a server that is left alone; then each post
is in the one case of its account with each rule once, and no clean post left anything. Exits with 1 at the
first thing that is amiss, and keeps the directory.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPException
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import msgspec
from killing import AmissError, arguments, run, show

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.tokens import User, make_token
from tipstaff.actions.desk import Desk
from tipstaff.actions.evidence import opened_item
from tipstaff.assembly.access import open_users
from tipstaff.assembly.casework import adopt, install, open_desk, open_square
from tipstaff.bench.served import Client, serve
from tipstaff.hosts.square.pages import Draft
from tipstaff.policy.model import Policy, Verdict
from tipstaff.screening.load import load_policy

POLICY: Final = "undisclosed-sponsorship"
"""One that is read fast: each server reads it anew."""
ACCOUNTS: Final = 5
CLIENTS: Final = 3
AT_ONCE: Final = 4
"""Posts in a request that stand; one that does not goes with them."""
SECONDS: Final = 1.0
"""The longest that a server lives once it answers."""
TIME: Final = "2018-08-21T09:00:00+08:00"


class Server:
    """A server in a process of its own, forked from one that has imported all it needs."""

    def __init__(self, directory: Path) -> None:
        context = get_context("forkserver")
        context.set_forkserver_preload(["tipstaff.bench.served"])
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(directory, True, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self.port: int = self._pipe.recv()

    def kill(self) -> None:
        """Kill it. Raises `AmissError` where it has ended by itself."""
        if not self._process.is_alive():
            raise AmissError(f"the server ended by itself, with {self._process.exitcode}")
        self._process.kill()
        self._process.join()
        self._pipe.close()


class Load:
    """What was sent, and what was acknowledged: `told` are rules by post, `sent` all posts that stand."""

    def __init__(self, directory: Path, policy: Policy, token: str) -> None:
        self._bad = [one.text for one in policy.examples if one.verdict is Verdict.VIOLATION]
        self._clean = next(one.text for one in policy.examples if one.verdict is Verdict.NONE)
        self._directory, self.token = directory, token
        self._lock = threading.Lock()
        self.sent: dict[str, dict[str, str]] = {}
        self.told: dict[str, Counter[str]] = {}
        self.requests = 0

    def next(self, chance: random.Random) -> list[dict[str, str]]:
        """Publish some posts that stand, and return them as they are sent, one of them twice."""
        posts = []
        with open_square(self._directory) as square:
            for _ in range(AT_ONCE - 1):
                account, text = f"account-{chance.randrange(ACCOUNTS)}", chance.choice(self._bad)
                number = square.publish(account, Draft(text=text, published_at=TIME))
                posts.append({"id": number, "account": account, "host": "square", "text": text})
        with self._lock:
            self.sent |= {one["id"]: one for one in posts}
        clean = {"id": "clean", "account": "account-0", "host": "square", "text": self._clean}
        return [*posts, posts[0], clean]

    def send(self, client: Client, posts: Sequence[dict[str, str]]) -> None:
        """Send posts, and note what was acknowledged. Raises `AmissError` where one was not taken."""
        answer = msgspec.json.decode(client.send(msgspec.json.encode({"posts": posts})))
        if answer["refused"]:
            raise AmissError(f"a post was refused: {answer['refused'][0]}")
        with self._lock:
            self.requests += 1
            for one in answer["verdicts"]:
                if one["case"] is not None:
                    rules = [
                        found["rule"]
                        for found in one["findings"]
                        if found["outcome"] != "permitted" and not found["exempted_by"]
                    ]
                    self.told[one["id"]] = Counter(rules)


@contextmanager
def sending(load: Load, port: int, seed: float) -> Iterator[None]:
    """Send posts from several clients, for as long as somebody answers. Raises what went wrong besides."""
    amiss: list[AmissError] = []

    def work(number: int) -> None:
        chance = random.Random(f"{seed} {number}")  # noqa: S311  seeded, not secret
        try:
            with Client(port, load.token) as client, suppress(OSError, HTTPException):
                while True:
                    load.send(client, load.next(chance))
        except AmissError as error:
            amiss.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join()
    if amiss:
        raise amiss[0]


def check_told(desk: Desk, told: dict[str, Counter[str]], sent: dict[str, dict[str, str]]) -> int:
    """Check that what was acknowledged is kept, once, and can be read; returns how many findings are."""
    there: dict[str, Counter[str]] = {}
    for number in desk.cases.numbers():
        case = desk.cases.load(number)
        for found in case.found:
            post = sent.get(found.post)
            if post is None or post["account"] != case.subject.id:
                raise AmissError(f"{case} has {found.post}, which is none of its account that stands")
            there.setdefault(found.post, Counter())[found.rule] += 1
            item = opened_item(desk, found.snapshot)
            if item is None or item.text != post["text"]:
                raise AmissError(f"{case}: {found.post} cannot be read as it was")
            if found.evidence is None or desk.opened(found.evidence) is None:
                raise AmissError(f"{case}: the evidence of {found.rule} on {found.post} cannot be read")
    for post, rules in there.items():
        if max(rules.values()) > 1:
            raise AmissError(f"{post} has a finding twice: {dict(rules)}")
    for post, rules in told.items():
        if there.get(post) != rules:
            raise AmissError(f"{post} was acknowledged with {dict(rules)}, and has {there.get(post)}")
    return sum(map(Counter.total, there.values()))


def begin(directory: Path) -> Load:
    """Make an installation with a policy in force, some accounts and somebody who sends."""
    policy = load_policy(POLICY)
    install(directory, "killed.example/log")
    adopt(directory, policy)
    with open_square(directory) as square:
        for number in range(ACCOUNTS):
            square.register_account(f"account-{number}", f"Account {number}")
    with open_users(directory) as users:
        users.keep_user(User("feed", frozenset({Role.CLERK})))
        token = make_token(users, "feed", 1, int(time.time())).shown
    return Load(directory, policy, token)


def finish(directory: Path, load: Load) -> int:
    """Send again what was never answered, and check everything; returns how many findings there are."""
    server = Server(directory)
    with Client(server.port, load.token) as client:
        client.wait()
        left = [one for number, one in load.sent.items() if number not in load.told]
        for at in range(0, len(left), AT_ONCE):
            load.send(client, left[at : at + AT_ONCE])
    server.kill()
    if load.told.keys() != load.sent.keys():
        raise AmissError(f"posts that were sent have no case: {sorted(load.sent.keys() - load.told.keys())}")
    with open_desk(directory) as desk:
        return check_told(desk, load.told, load.sent)


def kill_often(folder: Path, kills: int, seed: int) -> None:
    """Kill servers of a new installation, and say how it went. Raises `AmissError`."""
    chance = random.Random(seed)  # noqa: S311  seeded, not secret
    directory = folder / "here"
    load = begin(directory)
    started = time.monotonic()
    for number in range(1, kills + 1):
        server = Server(directory)
        with Client(server.port, load.token) as client:
            client.wait()
        with sending(load, server.port, chance.random()):
            time.sleep(chance.random() * SECONDS)
            server.kill()
        with open_desk(directory) as desk:
            findings = check_told(desk, load.told, load.sent)
        show(f"{number} of {kills} kills, {findings:,} findings")
    unanswered = len(load.sent) - len(load.told)
    findings = finish(directory, load)
    print(
        f"{kills} kills, seed {seed}: {load.requests:,} requests were answered, {unanswered:,} of "
        f"{len(load.sent):,} posts had no answer and were sent again; {findings:,} findings, each kept once; "
        f"{time.monotonic() - started:.0f} s"
    )


def main() -> int:
    """Kill servers, as often as is asked."""
    return run(arguments(__doc__).parse_args(), kill_often)


if __name__ == "__main__":
    sys.exit(main())
