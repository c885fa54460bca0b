"""Kill a server with SIGKILL while many ask it, again and again; then check that nothing is lost.

    python tools/kill_server.py [--kills N] [--seed N] [--keep DIR]

An installation with square, and `tipstaff serve`, forked from a process that has read all it needs. Several
ask at once, in threads: posts are sent, readers complain, orders come in and are confirmed, reviewers decide,
take notes and dismiss complaints, account holders appeal by links. Each request has an `Idempotency-Key`,
and some are sent twice; what happens is told to a receiver of webhooks on this machine. After so many answers
as chance has it the server is killed, with its worker and who tells webhooks, and the next one is started:
what was not answered is sent to it again, and some of what was. After each kill

- what was acknowledged is in its case or order once, whether it was sent once or twice, and what was not is
  there once at the most; what was found on posts can be read: the posts as they were, and the evidence;
- what was answered before is answered alike when it is sent again;
- nothing was told to the receiver that has not happened, nothing under two ids, and nothing that comes again
  is another;
- nothing is in force on square whose statement has no receipt.

After the last one all that was never answered is sent again, to a server that is left alone. Then all of it
is there once, a worker finishes, all that has happened was told and is in the log of the webhook, and the
audit finds the ledger sound. Exits with 1 at the first thing that is amiss, and keeps the directory, in which
`server.log` is what the servers told.
"""

from __future__ import annotations

import random
import socket
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from kill_asking import Client, Trace
from kill_checks import check_receipts, check_sound, dossiers_of
from kill_crowd import Crowd, asking, settle
from kill_hooks import Receiver, check_all_told, check_told, receiving
from kill_kept import Reader, check_asked, check_posts, left_behind
from kill_nursery import Nursery
from killing import AmissError, arguments, run, show

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.tokens import User, make_token
from tipstaff.actions.texts import reader
from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.assembly.access import open_access, open_users
from tipstaff.assembly.casework import add_person, drain, install, open_desk
from tipstaff.assembly.webhooks import open_telling, open_webhooks
from tipstaff.screening.load import load_policy

POLICY: Final = "undisclosed-sponsorship"
MOST: Final = 40
"""The most that a server acknowledges before it is killed."""
SECONDS: Final = 0.05
"""The longest that it lives after that."""
LATER: Final = 10_000
"""Seconds after which what was put off is tried again: what a webhook refused, or a dead server claimed."""
PERSONS: Final[Mapping[str, Role]] = {
    "feed": Role.CLERK, "chen": Role.CLERK, "wu": Role.CLERK, "alice": Role.REVIEWER, "bob": Role.REVIEWER,
}  # fmt: skip
"""Those who sign; who complains does not."""

SETTINGS: Final = 'requests_a_minute = 0\nwebhook_inside = "127.0.0.1"\nwebhook_ports = "{port}"\n'


class Place(NamedTuple):
    """An installation, those who ask it, where it tells what happens, and as which webhook."""

    directory: Path
    crowd: Crowd
    receiver: Receiver
    webhook: str


def begin(directory: Path, receiver: Receiver) -> Place:
    """Make an installation with a policy in force, those who ask, and a webhook."""
    policy = load_policy(POLICY)
    settings = directory.with_name("settings.toml")
    settings.write_text(SETTINGS.format(port=receiver.server_port), encoding="utf-8")
    install(directory, "killed.example/log", settings=settings, policies=(policy,))
    for name, role in PERSONS.items():
        add_person(directory, name, role.value)
    users = [User(name, frozenset({role})) for name, role in PERSONS.items()]
    users.append(User("rae", frozenset({Role.READER}), reader=reader("square", "rae")))
    tokens = {}
    with open_users(directory) as kept:
        for user in users:
            kept.keep_user(user)
            tokens[user.name] = make_token(kept, user.name, 1, int(time.time())).shown
    with open_webhooks(directory) as webhooks:
        shown = webhooks.add(f"http://127.0.0.1:{receiver.server_port}/", EventType)
    return Place(directory, Crowd(directory, policy, tokens), receiver, shown.webhook.id)


def check(place: Place, known: Reader) -> int:
    """Check what was acknowledged and what was told; returns how many findings there are."""
    crowd, dossiers = place.crowd, dossiers_of(place.directory)
    with open_desk(place.directory) as desk:
        findings = check_posts(desk, dossiers, crowd.told, crowd.posts, known)
        check_asked(crowd.asked, left_behind(desk, dossiers, known))
    check_told(place.receiver, dossiers)
    check_receipts(place.directory)
    return findings


def finish(place: Place, server: Nursery, port: int) -> int:
    """Have all done that is left to do, and check everything; returns how many findings there are."""

    def left() -> Counter[Trace]:
        with open_desk(place.directory) as desk:
            return left_behind(desk, dossiers_of(place.directory), Reader())

    client = Client(port)
    server.start()
    client.wait()
    settle(place.crowd, client, left)
    client.close()
    server.kill()
    if trouble := drain(place.directory, later).trouble:
        raise AmissError(f"a worker could not go on: {trouble[0]}")
    for wait in (0, LATER):  # some are refused when they first come
        with open_telling(place.directory, lambda wait=wait: later() + wait) as telling:
            telling.drain()
    check_sound(place.directory)
    with open_access(place.directory) as access:
        log = access.hooks.owed(place.webhook, 1 << 30, None)
    check_all_told(place.receiver, dossiers_of(place.directory), log)
    return check(place, Reader())


def later() -> int:
    """Return a time at which everything that was put off is tried again."""
    return int(time.time()) + LATER


def free_port() -> int:
    """Return a port at which nobody listens: that of all servers, one after the other."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def kill_often(folder: Path, kills: int, seed: int) -> None:
    """Kill servers of a new installation, and say how it went. Raises `AmissError`."""
    with receiving() as receiver:
        place, port = begin(folder / "here", receiver), free_port()
        with Nursery(place.directory, port, folder / "server.log") as server:
            _kill(place, server, port, kills, seed)


def _kill(place: Place, server: Nursery, port: int, kills: int, seed: int) -> None:
    """Kill servers, and say how it went."""
    chance = random.Random(seed)  # noqa: S311  seeded, not secret
    started, known, crowd = time.monotonic(), Reader(), place.crowd
    for number in range(1, kills + 1):
        crowd.begin_round()
        server.start()
        client = Client(port)
        client.wait()
        client.close()
        with asking(crowd, port, chance.random()):
            crowd.wait(chance.randrange(MOST))
            time.sleep(chance.random() * SECONDS)
            server.kill()
        findings = check(place, known)
        show(f"{number} of {kills} kills, {findings:,} findings")
    findings = finish(place, server, port)
    kinds = Counter(one.leaves[0] for one in crowd.asked)
    told = ", ".join(f"{count:,} {kind}s" for kind, count in sorted(kinds.items()))
    print(
        f"{kills} kills, seed {seed}: {crowd.answers:,} answers to {len(crowd.posts):,} posts and {told}, "
        f"{crowd.repeats:,} of them again; {crowd.lost:,} requests were lost in servers that died; "
        f"{findings:,} findings, each kept once; {len(place.receiver.bodies):,} messages to a webhook, "
        f"{place.receiver.repeats:,} of them again; sound; {time.monotonic() - started:.0f} s"
    )


def main() -> int:
    """Kill servers, as often as is asked."""
    return run(arguments(__doc__).parse_args(), kill_often)


if __name__ == "__main__":
    sys.exit(main())
