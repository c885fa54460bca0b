"""How fast the API is: posts with screening and without, one post at a steady load, and pages of cases."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from shutil import copytree
from time import perf_counter, sleep
from typing import Final, NamedTuple

import msgspec

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.tokens import User, make_token
from tipstaff.assembly.access import open_users
from tipstaff.assembly.casework import adopt, casework_engine, install, open_square
from tipstaff.base.errors import InputError
from tipstaff.bench import results
from tipstaff.bench.corpus import Kind, Writer
from tipstaff.bench.listing import PAGE, milliseconds, send_bare, sent
from tipstaff.bench.machine import machine
from tipstaff.bench.policy import make_policy
from tipstaff.bench.served import Client, in_threads, send_all, serving
from tipstaff.bench.timing import percentile
from tipstaff.hosts.square.pages import Draft
from tipstaff.policy.model import Policy
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import make_engine, screen
from tipstaff.screening.findings import stands
from tipstaff.screening.posts import Post
from tipstaff.storage import installation
from tipstaff.storage.casework.cases import SqlCases

POSTS: Final = 250
"""Posts in a request."""

CONNECTIONS: Final = 4
RATE: Final = 40
"""Requests of one post in a second, over all connections together."""

ROUND: Final = 6000
"""Posts of a round on which nothing stands; half as many are sent as the corpus has them."""

_STANDING_SHARE: Final = 30
"""One post that stands is sent for so many of a round."""

_STANDING_AT_ONCE: Final = 20
_LEAST_ROUNDS: Final = 3
_LOOKS: Final = 150
_TIME: Final = "2018-08-21T09:00:00+08:00"

Progress = Callable[[str, float], None]


class _Load(NamedTuple):
    """What is sent: `clean` leaves nothing behind, `standing` is all kept, `mixed` is as in the corpus."""

    clean: list[Post]
    mixed: list[Post]
    standing: list[Post]
    share: float


class _World(NamedTuple):
    """Two installations that are alike, one of which screens nothing, and what is sent to both."""

    directory: Path
    token: str
    policy: Policy
    load: _Load
    on: int
    off: int


def measure(seconds: float, progress: Progress, posts: int = ROUND) -> results.ApiReport:
    """Measure everything, in rounds of so many posts; rates and the steady load take about `seconds` each."""
    with tempfile.TemporaryDirectory() as scratch:
        progress("writing posts, and publishing what is found on them", 0.0)
        policy, load, token, here = _prepare(Path(scratch), posts)
        copytree(here, there := Path(scratch) / "there")
        with serving(here) as on, serving(there, screening=False) as off:
            world = _World(here, token, policy, load, on, off)
            for port in (on, off):
                with Client(port, token) as client:
                    client.wait()
            progress("posts, with screening and without", 0.1)
            ingest = _ingest(world, seconds)
            progress("one post at a steady load", 0.5)
            one = _one(world, seconds)
            progress("pages of cases", 0.9)
            looks = _looks(world)
    progress("done", 1.0)
    return results.ApiReport(
        version("tipstaff"),
        results.Api(**ingest, **one, **looks, posts_per_request=POSTS, connections=CONNECTIONS),
        machine(("litestar", "msgspec", "uvicorn", "sqlalchemy")),
    )


def _prepare(folder: Path, count: int) -> tuple[Policy, _Load, str, Path]:
    """Make an installation in which everything is published that will stand, and a token for who sends."""
    (folder / "policy").mkdir()
    policy, here = make_policy(folder / "policy"), folder / "here"
    install(here, "bench.example/log")
    (here / installation.SETTINGS).write_text("requests_a_minute = 0\n", encoding="utf-8")
    adopt(here, policy)
    writer = Writer()
    mixed, more = writer.posts(count // 2), writer.posts(2 * count)
    stand = max(1, count // _STANDING_SHARE)
    standing = [one.post for one in writer.write_as(Kind.VIOLATING, 2 * stand)]
    found = {one.post for one in screen([*mixed, *more, *standing], policy) if stands(one)}
    kept = [one for one in standing if one.id in found][:stand]
    shown = _published(here, [*mixed, *kept], found)
    load = _Load(
        [msgspec.structs.replace(one, host="square") for one in more if one.id not in found][:count],
        shown[: len(mixed)],
        shown[len(mixed) :],
        sum(one.id in found for one in mixed) / len(mixed),
    )
    with open_users(here) as users:
        users.keep_user(User("feed", frozenset({Role.CLERK})))
        token = make_token(users, "feed", 1, int(time.time())).shown
    return policy, load, token, here


def _published(directory: Path, posts: Sequence[Post], found: set[str]) -> list[Post]:
    """Publish on square what is found; returns all posts as they are there."""
    told = []
    with open_square(directory) as square:
        for handle in sorted({post.account for post in posts if post.id in found}):
            square.register_account(handle, handle)
        for post in posts:
            number = post.id
            if post.id in found:
                draft = Draft(text=post.text, title=post.title, published_at=_TIME)
                number = square.publish(post.account, draft)
            told.append(msgspec.structs.replace(post, id=number, host="square"))
    return told


def _bodies(posts: Sequence[Post], size: int) -> list[bytes]:
    """Return posts as bodies of requests."""
    return [msgspec.json.encode({"posts": posts[at : at + size]}) for at in range(0, len(posts), size)]


def _seconds(port: int, world: _World, posts: Sequence[Post], size: int) -> float:
    """Send posts; returns the seconds that it took. Raises `InputError` where one was refused."""
    seconds, answers = send_all(port, world.token, _bodies(posts, size), CONNECTIONS)
    for answer in answers:
        if refused := msgspec.json.decode(answer)["refused"]:
            raise InputError(f"a post of the bench was refused: {refused[0]['reason']}")
    return seconds


def _ingest(world: _World, seconds: float) -> dict[str, float]:
    """Send to both in turns, for about so long; the best round of each counts."""
    load = world.load
    on, off = list[float](), list[float]()
    end = perf_counter() + seconds
    while len(on) < _LEAST_ROUNDS or perf_counter() < end:
        on.append(_seconds(world.on, world, load.clean, POSTS))
        off.append(_seconds(world.off, world, load.clean, POSTS))
    # Once each: what was kept before would not be kept again.
    mixed = _seconds(world.on, world, load.mixed, POSTS)
    mixed_off = min(_seconds(world.off, world, load.mixed, POSTS) for _ in range(_LEAST_ROUNDS))
    kept = _seconds(world.on, world, load.standing, _STANDING_AT_ONCE)
    count = len(load.clean)
    return {
        "ingest_posts_per_second": count / min(on),
        "ingest_off_posts_per_second": count / min(off),
        "ingest_ratio_screening_on_to_off": min(off) / min(on),
        "mixed_posts_per_second": len(load.mixed) / mixed,
        "mixed_ratio_screening_on_to_off": mixed_off / mixed,
        "mixed_standing": load.share,
        "kept_posts_per_second": len(load.standing) / kept,
    }


def _one(world: _World, seconds: float) -> dict[str, float]:
    """Send one post at a time, each when it is due, whatever the last one took; then the engine alone."""
    posts = world.load.clean
    waits: list[float] = []
    each = max(_LEAST_ROUNDS, int(seconds * RATE / CONNECTIONS))
    start = perf_counter() + 0.1

    def work(connection: int) -> None:
        with Client(world.on, world.token) as client:
            for turn in range(each):
                number = turn * CONNECTIONS + connection
                (body,) = _bodies([posts[number % len(posts)]], 1)
                due = start + number / RATE
                sleep(max(0.0, due - perf_counter()))
                client.send(body)
                waits.append(perf_counter() - due)

    in_threads([partial(work, connection) for connection in range(CONNECTIONS)])
    engine = make_engine((world.policy,))

    def look(number: int) -> None:
        list(engine.by_post(Batch.of([posts[number % len(posts)]])))

    bare = [milliseconds(partial(look, number)) for number in range(len(waits))]
    return {
        "post_rate": float(RATE),
        "post_p50_ms": percentile(waits, 0.5) * 1e3,
        "post_p99_ms": percentile(waits, 0.99) * 1e3,
        "engine_p50_ms": percentile(bare, 0.5),
        "engine_p99_ms": percentile(bare, 0.99),
    }


def _looks(world: _World) -> dict[str, float]:
    """Look at the list of cases and at one after another over HTTP, then send their SQL bare; the medians."""
    engine = casework_engine(world.directory)
    cases = SqlCases(engine)
    numbers = cases.numbers()
    pages, views, page_sql, view_sql = (list[float]() for _ in range(4))
    with Client(world.on, world.token) as client:
        for turn in range(_LOOKS):
            number = numbers[turn % len(numbers)]
            pages.append(milliseconds(partial(client.ask, "GET", f"/v1/cases?most={PAGE}")))
            views.append(milliseconds(partial(client.ask, "GET", f"/v1/cases/{number}")))
            with sent(engine) as queried:
                cases.outlines(PAGE + 1)
            page_sql.append(milliseconds(partial(send_bare, engine, queried)))
            with sent(engine) as queried:
                cases.load(number)
            view_sql.append(milliseconds(partial(send_bare, engine, queried)))
    engine.dispose()
    page, view, bare_page, bare_view = map(statistics.median, (pages, views, page_sql, view_sql))
    return {
        "cases": float(len(numbers)),
        "list_p50_ms": page,
        "list_sql_p50_ms": bare_page,
        "list_ratio_to_sql": page / bare_page,
        "view_p50_ms": view,
        "view_sql_p50_ms": bare_view,
        "view_ratio_to_sql": view / bare_view,
    }
