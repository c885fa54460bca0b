"""What is read on square: the newest posts, those of whom one follows, and who is there."""

from __future__ import annotations

from typing import Annotated, Final

from litestar import Controller, Response, get
from litestar.params import QueryParameter

from tipstaff.hosts.square.pages import AccountLine
from tipstaff.hosts.square.platform import FEED, LINES
from tipstaff.server.watching import UNKEPT
from tipstaff.web.square.parameters import Before, Behind
from tipstaff.web.square.public import Reading, last_of, withheld_in
from tipstaff.web.view import Looking

_BESIDE: Final = 8
"""Accounts that stand beside posts."""

_FOLLOWED: Final = "followed"
_NEWEST: Final = "newest"

Which = Annotated[str, QueryParameter(name="show", pattern=f"^({_FOLLOWED}|{_NEWEST})?$")]
"""Which posts: those of whom one follows, or all."""


class FeedPages(Controller):
    """Posts of many accounts, and lists of accounts."""

    path = "/square"

    @get(sync_to_thread=True, operation_id="showFeed", opt={UNKEPT: True})
    def feed(self, view: Looking, public: Reading, show: Which = "", before: Before = None) -> Response[str]:
        """Show posts, newest first: to a reader those of whom they follow, unless they ask for all."""
        visiting = public.visiting if show != _NEWEST else None
        read = visiting.feed if visiting else public.square.newest
        found = read(before, FEED + 1)
        return view.show(
            "square/feed.html",
            posts=found[:FEED],
            next=last_of(found, FEED),
            show=_FOLLOWED if visiting else _NEWEST,
            beside=public.square.active(_BESIDE),
            public=public,
            withheld_in=withheld_in,
        )

    @get("/accounts", sync_to_thread=True, operation_id="showAccounts", opt={UNKEPT: True})
    def accounts(self, view: Looking, public: Reading, after: Behind = "") -> Response[str]:
        """Show all accounts by their handles, those that are closed as well."""
        found = public.square.accounts(after, LINES + 1)
        return view.show("square/accounts.html", lines=found[:LINES], next=_last(found), show="all")

    @get("/following", sync_to_thread=True, operation_id="showFollowed", opt={UNKEPT: True})
    def following(self, view: Looking, public: Reading, after: Behind = "") -> Response[str]:
        """Show whom a reader follows; who is none is shown all accounts."""
        if public.visiting is None:
            return view.go("/square/accounts")
        found = list(public.visiting.followed(after, LINES + 1))
        return view.show("square/accounts.html", lines=found[:LINES], next=_last(found), show=_FOLLOWED)


def _last(lines: list[AccountLine]) -> str | None:
    """Return what the next page of accounts begins after."""
    return lines[LINES - 1].handle if len(lines) > LINES else None
