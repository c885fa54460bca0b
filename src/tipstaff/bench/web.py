"""How fast pages are, beside the SQL that they send, as open cases grow from a tenth to all."""

from __future__ import annotations

import random
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, sleep
from typing import Final, NamedTuple

import uvicorn
from sqlalchemy import Connection, Engine, event

from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.tokens import User, make_token
from tipstaff.actions.cases import Change
from tipstaff.actions.evidence import snapshot_of
from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.access import open_users
from tipstaff.assembly.casework import add_person, adopt, casework_engine, install, open_desk, open_square
from tipstaff.assembly.ledger import system_clock
from tipstaff.assembly.server import open_server
from tipstaff.base.errors import InputError
from tipstaff.bench import results
from tipstaff.bench.listing import Sent, milliseconds, send_bare
from tipstaff.bench.machine import machine
from tipstaff.bench.served import Client, nothing
from tipstaff.casework.events import Found, Opened, Recorded, Source
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.hosts.square.pages import Draft
from tipstaff.policy.model import Policy
from tipstaff.screening.load import load_policy
from tipstaff.server.app import make_app
from tipstaff.server.connections import config_of
from tipstaff.storage import installation
from tipstaff.storage.casework.cases import SqlCases
from tipstaff.web.handlers import WEB

PAGES: Final = (
    ("the queue", "/console/cases"),
    ("the queue, its next page", "/console/cases?after={case}"),
    ("all cases", "/console/cases?show=all"),
    ("a case", "/console/cases/{case}"),
    ("orders", "/console/orders"),
    ("appeals", "/console/appeals"),
    ("hearings", "/console/appeals?show=hearings"),
    ("what is sought by its name", "/console/subjects?name=account-1"),
    ("an account, as reviewers see it", "/console/subjects/square/account/{account}"),
    ("what hosts are owed", "/console/measures"),
    ("all measures", "/console/measures?show=all"),
    ("trends", "/console/trends"),
    ("trends of a year", "/console/trends?days=365"),
    ("cases of one severity", "/console/cases?severity=4"),
    ("what many cases would come to", "/console/cases/bulk?act=escalate&all=1"),
    ("what warning many would come to", "/console/cases/bulk?act=warn&all=1"),
    ("evidence", "/console/cases/{case}/evidence"),
    ("a timeline", "/console/cases/{case}/timeline"),
    ("similar cases", "/console/cases/{case}/similar"),
    ("policies", "/console/policies"),
    ("a policy", "/console/policies/{policy}"),
    ("people", "/console/people"),
    ("the trail", "/console/trail"),
    ("webhooks", "/console/webhooks"),
    ("settings", "/console/settings"),
    ("the newest posts", "/square"),
    ("an account", "/square/accounts/{account}"),
    ("all accounts", "/square/accounts"),
    ("apps", "/square/apps"),
)
"""What is opened, by what it is. `{case}` is the number of a case, `{account}` the handle of its account.

`{policy}` is the version in force.
"""

REAL: Final = 20
"""Cases whose posts are there to be shown: those that are opened. The others are in lists alone."""

ROUNDS: Final = 25
"""How often each page is opened."""
_PATIENCE: Final = 60.0
_POLICY: Final = "crypto-promotion"
_TIME: Final = "2018-08-21T09:00:00+08:00"
_TEXT: Final = "稳赚不赔，加我微信进群，认购新币内部额度。"
_THREADS: Final = ("AnyIO worker thread", "asyncio_")
"""How threads are named in which requests are answered: what others ask meanwhile is not of a page."""

Progress = Callable[[str, float], None]


def measure(cases: int, progress: Progress, rounds: int = ROUNDS) -> results.WebReport:
    """Measure every page with a tenth of so many open cases and with all of them, in turns; the medians."""
    policy = load_policy(_POLICY)
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        sizes = max(REAL, cases // 10), cases
        places = []
        for size in sizes:
            progress(f"{size:,} open cases", 0.1)
            token = _make(Path(scratch) / str(size), policy, size)
            port = stack.enter_context(_serving(Path(scratch) / str(size)))
            places.append(_Place(port, token))
        progress("opening pages", 0.4)
        current = _version_of(policy)
        pages = tuple(
            _measured(name, path.replace("{policy}", current), places, rounds) for name, path in PAGES
        )
    progress("done", 1.0)
    return results.WebReport(
        version("tipstaff"),
        results.Web(
            cases=sizes,
            pages=pages,
            page_growth=max(one.growth for one in pages),
            most_queries=max(one.queries for one in pages),
        ),
        machine(("litestar", "jinja2", "uvicorn", "sqlalchemy")),
    )


def _version_of(policy: Policy) -> str:
    """Return where the page of a version is."""
    return f"{policy.name}/{policy.version}"


class _Place(NamedTuple):
    """Where an installation is served, and the token of who looks."""

    port: int
    token: str


class _Asked(NamedTuple):
    """A query, and the database that it was sent to."""

    engine: Engine
    query: Sent


def _make(directory: Path, policy: Policy, cases: int) -> str:
    """Make an installation with so many open cases; returns the token of somebody who may see all of it."""
    install(directory, "bench.example/log")
    (directory / installation.SETTINGS).write_text("requests_a_minute = 0\n", encoding="utf-8")
    add_person(directory, "reviewer", "reviewer")
    adopt(directory, policy)
    with open_square(directory) as square, open_desk(directory) as desk:
        for number in range(REAL):
            square.register_account(f"account-{number}", f"Account {number}")
            square.publish(f"account-{number}", Draft(text=_TEXT, published_at=_TIME))
            subject = Subject("square", SubjectKind.ACCOUNT, f"account-{number}")
            (post,) = desk.host(subject).posts_of(subject)
            opened = Recorded(desk.clock(), "machine", Opened(subject, Source.FINDING))
            case = desk.cases.open(subject, opened)
            desk.cases.change(case, _found(policy, post.id, snapshot_of(desk, subject, post.id), number))
    engine = casework_engine(directory, durable=False)
    kept, chance = SqlCases(engine), random.Random(1)  # noqa: S311  seeded, no secret
    now = system_clock()
    for number in range(REAL, cases):
        subject = Subject("square", SubjectKind.ACCOUNT, f"account-{number}")
        case = kept.open(subject, Recorded(now, "machine", Opened(subject, Source.FINDING)))
        kept.change(case, _found(policy, f"p{number}", chance.randbytes(32), number))
    engine.dispose()
    with open_users(directory) as users:
        roles = frozenset({Role.SENIOR_REVIEWER, Role.AUDITOR, Role.ADMIN, Role.POLICY_OWNER})
        users.keep_user(User("reviewer", roles))
        return make_token(users, "reviewer", 1, int(time.time())).shown


def _found(policy: Policy, post: str, snapshot: bytes, number: int) -> Change:
    """Return what comes into a case: that a rule was broken, one or another."""
    rule = policy.rules[number % len(policy.rules)]
    event_of_it = Found(post, policy.reference, rule.name, rule.provision, rule.severity, snapshot)
    return Change([Recorded(system_clock(), "machine", event_of_it)])


@contextmanager
def _serving(directory: Path) -> Iterator[int]:
    """Serve an installation in this process, so that its queries are seen; yields the port."""
    app = make_app(open_server(directory, system_clock, nothing), [*HANDLERS, WEB])
    server = uvicorn.Server(config_of(app))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="server")
        thread.start()
        try:
            end = perf_counter() + _PATIENCE
            while not server.started:
                if not thread.is_alive() or perf_counter() > end:
                    raise InputError("the server of the bench has not begun")
                sleep(0.01)
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(_PATIENCE)


def _measured(name: str, path: str, places: Sequence[_Place], rounds: int) -> results.Page:
    """Open a page of both in turns; returns the medians."""
    whole, bare, queries = ([list[float]() for _ in places] for _ in range(3))
    with ExitStack() as stack:
        clients = [stack.enter_context(Client(one.port, one.token)) for one in places]
        for turn in range(rounds + 1):
            asked = path.format(case=turn % REAL + 1, account=f"account-{turn % REAL}")
            for place, client in enumerate(clients):
                with _sent() as noted:
                    client.ask("GET", asked)
                if not turn:  # templates are read, and what is kept in memory
                    continue
                whole[place].append(milliseconds(partial(client.ask, "GET", asked)))
                bare[place].append(milliseconds(partial(_send, noted)))
                queries[place].append(len(noted))
    few, many = whole
    return results.Page(
        name=name,
        path=path,
        ms=statistics.median(many),
        sql_ms=statistics.median(bare[-1]),
        queries=int(max(map(max, queries))),
        # Both are asked in each turn, one right after the other: what slows this machine slows both.
        growth=statistics.median(more / less for less, more in zip(few, many, strict=True)),
    )


def _send(noted: Sequence[_Asked]) -> None:
    """Send queries again, through the drivers alone."""
    for one in noted:
        send_bare(one.engine, [one.query])


@contextmanager
def _sent() -> Iterator[list[_Asked]]:
    """Note every query that is sent to answer a request, to whichever database."""
    noted: list[_Asked] = []

    def note(connection: Connection, _: object, query: str, values: Sequence[object], *__: object) -> None:
        reads = query.lstrip().upper().startswith("SELECT")
        if reads and threading.current_thread().name.startswith(_THREADS):
            noted.append(_Asked(connection.engine, Sent(query, values)))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(Engine, "before_cursor_execute", note)
