"""The queue on pages: cases by filters, saved ones as tabs, kept up to date, and many done with at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Controller, Response, get, post
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.params import PathParameter, QueryParameter

from tipstaff.actions.access.bulk import MOST, NEEDS_TEXT, Act, Asked, Bulk, Chosen
from tipstaff.actions.access.front import Front
from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.queue import COUNTED, Wanted
from tipstaff.actions.filters import Claimed, Due, Filter, Show, filter_of, words_of
from tipstaff.base.errors import InputError
from tipstaff.casework import commands
from tipstaff.casework.outline import Outline
from tipstaff.casework.priority import FOLLOWERS, Weight, weights
from tipstaff.casework.words import SubjectKind
from tipstaff.policy.model import Language
from tipstaff.server.conditions import has_already
from tipstaff.server.watching import POLLED
from tipstaff.web.forms import Filled
from tipstaff.web.parameters import GREATEST, After, Asking
from tipstaff.web.view import Looking, View

PATH: Final = "/console/cases"
COOKIE: Final = "tipstaff-queue"
"""Where a browser keeps which list somebody works through: its filter, and the cases of the page."""

_PAGE: Final = 50
_MINUTE: Final = 60
_FRESH: Final = 5 * _MINUTE
"""How long a list is called unchanged: what it says of times is told anew then."""

_OTHER: Final = frozenset({"after", "done", "act", "case", "all"})
"""What queries have beside a filter."""

BUILT_IN: Final[Mapping[str, Filter]] = {
    "pending": Filter(),
    "mine": Filter(claim=Claimed.MINE),
    "due": Filter(due=Due.ANY),
    "escalated": Filter(escalated=True),
    "complaints": Filter(complaints=True),
    "waiting": Filter(show=Show.WAITING),
    "all": Filter(show=Show.ALL),
}
"""The tabs that are there for everybody."""

Number = Annotated[int, QueryParameter(name="after", ge=1, le=GREATEST)]
FilterId = Annotated[str, PathParameter(pattern="^[0-9a-f]{16}$")]


class Row(NamedTuple):
    """A case of a list, and why it is where it is, the weightiest reason first."""

    case: Outline
    why: list[Weight]

    @property
    def chosen(self) -> str:
        """How it is chosen in a form, at the version that is looked at."""
        return f"{self.case.number}:{self.case.version}"


class Tab(NamedTuple):
    """A list that is one press away. `key` is of those that are built in, `name` and `id` of saved ones."""

    key: str
    name: str
    id: str
    query: str
    cases: int
    current: bool
    shared: bool = False
    first: bool = False

    @property
    def many(self) -> bool:
        """Whether there are more than are counted."""
        return self.cases >= COUNTED


class Listing(NamedTuple):
    """A list as it is shown, and what says whether it has changed."""

    chosen: Filter
    query: str
    tabs: list[Tab]
    rows: list[Row]
    next: int | None
    first_due: Outline | None
    counted: int
    etag: str

    @property
    def words(self) -> dict[str, str]:
        """The filter, as forms have it."""
        return _words(self.chosen)

    @property
    def saved(self) -> Tab | None:
        """The saved filter that it is of; None where it is of none."""
        return next((one for one in self.tabs if one.current and one.id), None)

    @property
    def named(self) -> bool:
        """Whether it has a tab."""
        return any(one.current for one in self.tabs)

    @property
    def many(self) -> bool:
        """Whether there are more than something is done to at once."""
        return self.counted > MOST


class QueuePages(Controller):
    """The queue."""

    path = PATH

    @get(sync_to_thread=True, operation_id="showCases")
    def queue(self, view: Looking, front: Asking, after: After = None) -> Response[str]:
        """Show the queue: cases by their rank, with why each is where it is."""
        listing = _listing(view, front, _chosen(view, front), after)
        page = view.show(
            "console/cases.html",
            listing=listing,
            policies=_policies(front),
            bounds=[least for least, _ in reversed(FOLLOWERS)],
            Due=Due,
            Claimed=Claimed,
            SubjectKind=SubjectKind,
            acts=_acts(view),
            after=after,
        )
        listed = ",".join(str(row.case.number) for row in listing.rows)
        kept = urlencode({"query": listing.query, "listed": listed})
        page.set_cookie(
            Cookie(key=COOKIE, value=kept, path="/console", secure=True, httponly=True, samesite="lax")
        )
        return page

    @get("/rows", sync_to_thread=True, operation_id="pollCases", opt={POLLED: True})
    def rows(self, view: Looking, front: Asking, after: After = None) -> Response[str]:
        """Show the list alone, or that it is as it was: pages ask for it again and again."""
        listing = _listing(view, front, _chosen(view, front), after)
        known = view.request.headers.get("if-none-match", "")
        if known and has_already(known, listing.etag):
            return Response("", status_code=HTTPStatus.NOT_MODIFIED, media_type=MediaType.HTML)
        page = view.show("console/queue_list.html", listing=listing)
        page.headers["ETag"] = listing.etag
        return page

    @get("/next", sync_to_thread=True, operation_id="showNextCase")
    def next_case(self, view: Looking, front: Asking, after: Number) -> Response[str]:
        """Go on to the case that comes after one in the list that somebody works through."""
        query, listed = _kept(view)
        done = view.request.query_params.get("done", "")
        number = front.queue.next_of(_read(query), listed, after)
        return view.go(f"{PATH}?{query}" if number is None else f"{PATH}/{number}", done)

    @get("/back", sync_to_thread=True, operation_id="goBackToCases")
    def back(self, view: Looking, front: Asking) -> Response[str]:
        """Go back to the list that somebody works through."""
        front.require(Permission.READ_CASES)
        return view.go(f"{PATH}?{_kept(view)[0]}")

    @post("/claims", sync_to_thread=True, operation_id="claimCaseInQueue")
    def claim(self, view: Looking, front: Asking, form: Filled) -> Response[str]:
        """Work on a case alone, or no longer, and stay at the list."""
        back = f"{PATH}?{_kept(view)[0]}"
        for one in _chosen_of(form.all("release")[:1]):
            front.ask(one.number, commands.Release(), one.version)
            return view.go(back, "released")
        for one in _chosen_of(form.all("claim")[:1]):
            until = front.desk.clock() + front.desk.settings.claim_minutes * _MINUTE
            front.ask(one.number, commands.Claim(until), one.version)
            return view.go(back, "claimed")
        raise InputError("no case is chosen: choose one in the list")

    @get("/bulk", sync_to_thread=True, operation_id="previewManyCases")
    def preview(self, view: Looking, front: Asking) -> Response[str]:
        """Show what would become of many cases, and of which nothing. Nothing is done."""
        asked = view.request.query_params
        act = _act(asked.get("act", ""))
        if asked.get("all"):
            found = front.queue.page(_chosen(view, front), MOST)
            chosen, more = [Chosen(one.number, one.version) for one in found.lines], found.more
        else:
            chosen, more = _chosen_of(asked.getall("case", [])), False
        tried = Bulk(front).preview(chosen, Asked(act, text="-", language=view.language))
        return view.show(
            "console/bulk.html", act=act, tried=tried, more=more, most=MOST, done=False, back=_kept(view)[0],
            needs_text=act in NEEDS_TEXT, versions={one.number: one.version for one in chosen},
        )  # fmt: skip

    @post("/bulk", sync_to_thread=True, operation_id="doToManyCases")
    def carry_out(self, view: Looking, front: Asking, form: Filled) -> Response[str]:
        """Do the same to many cases, and show what became of each."""
        act = _act(form.text("act"))
        language = form.one_of("template", Language) if act is Act.WARN else view.language
        asked = Asked(act, form.words("text"), language)
        tried = Bulk(front).carry_out(_chosen_of(form.all("case")), asked)
        return view.show(
            "console/bulk.html", act=act, tried=tried, more=False, most=MOST, done=True, back=_kept(view)[0],
            needs_text=False, versions={},
        )  # fmt: skip

    @post("/filters", sync_to_thread=True, operation_id="saveFilter")
    def save(self, view: Looking, front: Asking, form: Filled) -> Response[str]:
        """Keep a filter under a name: for oneself, for all, or for some to begin with."""
        chosen = _read(form.text("query"))
        routed = tuple(dict.fromkeys(form.text("routed").replace(",", " ").split()))[:MOST]
        front.queue.save(Wanted(form.text("name"), chosen, form.text("for") == "all", routed))
        return view.go(f"{PATH}?{urlencode(_words(chosen))}", "filter-saved")

    @post("/filters/{number:str}", sync_to_thread=True, operation_id="removeFilter")
    def drop(self, view: Looking, front: Asking, number: FilterId) -> Response[str]:
        """Forget a filter."""
        front.queue.drop(number)
        return view.go(f"{PATH}?show=pending", "filter-removed")


def _listing(view: View, front: Front, chosen: Filter, after: int | None) -> Listing:
    """Return a list with its tabs, each with how many there are."""
    found = front.queue.page(chosen, _PAGE, after)
    saved = front.queue.saved()
    *counts, counted = front.queue.counts([*BUILT_IN.values(), *(one.filter for one in saved), chosen])
    tabs = [
        Tab(key, "", "", urlencode(_words(one)), count, one == chosen)
        for (key, one), count in zip(BUILT_IN.items(), counts, strict=False)
    ]
    kept = [
        Tab(
            "", one.name, one.id, urlencode(_words(one.filter)), count, one.filter == chosen, one.shared,
            view.name in one.routed,
        )
        for one, count in zip(saved, counts[len(BUILT_IN) :], strict=True)
    ]  # fmt: skip
    first_due = front.queue.first_due()
    told = msgspec.json.encode((found, counted, tabs, kept, first_due, view.language, view.now // _FRESH))
    return Listing(
        chosen=chosen,
        query=urlencode(_words(chosen)),
        tabs=[*(one for one in kept if one.first), *tabs, *(one for one in kept if not one.first)],
        rows=[Row(one, weights(one.urgency, view.now)) for one in found.lines],
        next=found.lines[-1].number if found.more else None,
        first_due=first_due,
        counted=counted,
        etag=f'"{sha256(told).hexdigest()[:32]}"',
    )


def _chosen(view: View, front: Front) -> Filter:
    """Return the filter of a query; without one, that which somebody is to begin with.

    Raises `InputError`.
    """
    told = {name: value for name, value in view.request.query_params.items() if name not in _OTHER}
    if told or view.request.query_params.get("after"):
        return filter_of(told)
    first = next((one for one in front.queue.saved() if view.name in one.routed), None)
    return first.filter if first else Filter()


def _words(chosen: Filter) -> dict[str, str]:
    """Return a filter as a query has it: never empty, for that is where somebody begins."""
    return words_of(chosen) or {"show": Show.PENDING.value}


def _read(query: str) -> Filter:
    """Return the filter that is written as a query. Raises `InputError`."""
    return filter_of(dict(parse_qsl(query)))


def _kept(view: View) -> tuple[str, list[int]]:
    """Return the query of the list that somebody works through, and its cases; of none what waits."""
    told = dict(parse_qsl(view.request.cookies.get(COOKIE, "")))
    listed = [int(one) for one in told.get("listed", "").split(",")[:_PAGE] if _is_number(one)]
    try:
        return urlencode(_words(_read(told.get("query", "")))), listed
    except InputError:  # a cookie is what a browser says, and may be of another version
        return urlencode(_words(Filter())), []


def _policies(front: Front) -> list[str]:
    """Return the names of the policies that cases may be about."""
    return sorted({one.reference.partition("@")[0] for one in front.desk.policies.stated()})


def _acts(view: View) -> list[Act]:
    """Return what who looks may do to many cases."""
    may = {
        Permission.REVIEW: (Act.CLAIM, Act.RELEASE, Act.ESCALATE),
        Permission.DECIDE: (Act.WARN, Act.DISMISS),
    }
    return [act for permission, acts in may.items() if view.may(permission) for act in acts]


def _act(written: str) -> Act:
    """Return what is to be done to many cases. Raises `InputError`."""
    try:
        return Act(written)
    except ValueError as error:
        raise InputError("choose what is to be done") from error


def _chosen_of(written: Sequence[str]) -> list[Chosen]:
    """Return the cases that were chosen, each once. Raises `InputError`."""
    found = dict[int, Chosen]()
    for one in written:
        number, _, version = one.partition(":")
        if not (_is_number(number) and _is_number(version)):
            raise InputError(f"{one[:40]!r} is no case: choose some in the list")
        found[int(number)] = Chosen(int(number), int(version))
    return list(found.values())


def _is_number(written: str) -> bool:
    """Say whether something is the number of a case, or of a version, as far as these go."""
    digits = written.isascii() and written.isdigit() and len(written) <= len(str(GREATEST))
    return digits and int(written) <= GREATEST
