"""Accounts, apps and posts as readers meet them, and what stands in their place."""

from __future__ import annotations

from typing import Annotated, Final

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import HeaderParameter

from tipstaff.base.errors import MissingError
from tipstaff.casework.events import Reason
from tipstaff.hosts.square.pages import RefusedError
from tipstaff.hosts.square.platform import FEED, LINES
from tipstaff.hosts.square.visiting import Visiting
from tipstaff.server.conditions import UNSEEN
from tipstaff.server.unchanged import unless_had
from tipstaff.server.watching import UNKEPT
from tipstaff.web.square.parameters import Before, Behind, Handle, ImageName, PostName
from tipstaff.web.square.public import Reading, last_of, looked_up, withheld_in
from tipstaff.web.view import Looking

_ASKED_ANEW: Final = "private, no-cache"
"""An image may be kept, and is shown again only if it still may be: what is blocked is gone at once."""

Seen = Annotated[str, HeaderParameter(name="If-None-Match", max_length=400)]


class SubjectPages(Controller):
    """Single accounts, apps and posts."""

    path = "/square"

    @get("/accounts/{handle:str}", sync_to_thread=True, operation_id="showAccount", opt={UNKEPT: True})
    def account(self, view: Looking, public: Reading, handle: Handle, before: Before = None) -> Response[str]:
        """Show an account with its posts, or the notice in its place."""
        with looked_up():
            page = public.square.read_account(handle)
            found = [] if page.sentence else public.square.posts_of(handle, before, FEED + 1)
        return view.show(
            "square/account.html",
            page=page,
            notice=public.notice(page.sentence) if page.sentence else None,
            posts=found[:FEED],
            next=last_of(found, FEED),
            follows=public.visiting is not None and public.visiting.follows(handle),
            about=f"square/account/{handle}",
            reasons=list(Reason),
            public=public,
            withheld_in=withheld_in,
        )

    @post("/accounts/{handle:str}/follow", sync_to_thread=True, operation_id="followOnPage")
    def follow(self, view: Looking, visiting: NamedDependency[Visiting], handle: Handle) -> Response[str]:
        """Follow an account."""
        with looked_up():
            visiting.follow(handle)
        return view.go(f"/square/accounts/{handle}", "followed")

    @post("/accounts/{handle:str}/unfollow", sync_to_thread=True, operation_id="unfollowOnPage")
    def unfollow(self, view: Looking, visiting: NamedDependency[Visiting], handle: Handle) -> Response[str]:
        """Follow an account no longer."""
        with looked_up():
            visiting.unfollow(handle)
        return view.go(f"/square/accounts/{handle}", "unfollowed")

    @get("/posts/{name:str}", sync_to_thread=True, operation_id="showPost", opt={UNKEPT: True})
    def read(self, view: Looking, public: Reading, name: PostName) -> Response[str]:
        """Show a post, or the notice in its place."""
        with looked_up():
            found = public.square.read_post(name)
        withheld = found.content.withheld if found.content else ()
        return view.show(
            "square/post.html",
            post=found,
            notice=public.notice(found.sentence) if found.sentence else None,
            withheld=[public.notice(one) for one in withheld],
            about=f"square/account/{found.account}/{found.id}",
            reasons=list(Reason),
            public=public,
            withheld_in=withheld_in,
        )

    @get("/apps", sync_to_thread=True, operation_id="showApps", opt={UNKEPT: True})
    def apps(self, view: Looking, public: Reading, after: Behind = "") -> Response[str]:
        """Show all third-party apps, those that are suspended as well."""
        found = public.square.apps(after, LINES + 1)
        last = found[LINES - 1].id if len(found) > LINES else None
        return view.show("square/apps.html", apps=found[:LINES], next=last)

    @get("/apps/{name:str}", sync_to_thread=True, operation_id="showApp", opt={UNKEPT: True})
    def app(self, view: Looking, public: Reading, name: Handle, before: Before = None) -> Response[str]:
        """Show a third-party app with what was published through it, or the notice in its place."""
        with looked_up():
            page = public.square.read_app(name)
            found = public.square.posts_through(name, before, FEED + 1)
        return view.show(
            "square/app.html",
            page=page,
            notice=public.notice(page.sentence) if page.sentence else None,
            posts=found[:FEED],
            next=last_of(found, FEED),
            about=f"square/app/{name}",
            reasons=list(Reason),
            public=public,
            withheld_in=withheld_in,
        )

    @get("/images/{name:str}", sync_to_thread=True, operation_id="showPostedImage", opt={UNKEPT: True})
    def image(
        self, view: Looking, public: Reading, name: ImageName, if_none_match: Seen = UNSEEN
    ) -> Response[bytes]:
        """Return an image that some post shows to readers; of posts that are hidden there is none."""
        del view  # it says that anyone may look
        try:
            with looked_up():
                found = public.square.image(name)
        except RefusedError as error:
            raise MissingError(str(error)) from error
        headers = {"ETag": f'"{found.name}"', "Cache-Control": _ASKED_ANEW}
        return unless_had(
            Response(found.content, media_type=found.media_type, headers=headers), if_none_match
        )
