"""Accounts, apps and sites: how they stand; what who holds one answers, and appeals against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec
from litestar import Controller, get, post
from litestar.params import JSONBody, PathParameter
from litestar.response import Stream
from msgspec import Meta

from tipstaff.actions.access.accounts import Export
from tipstaff.actions.holdings import Ruling
from tipstaff.actions.ordering import Document, document_of
from tipstaff.actions.paging import place_of
from tipstaff.actions.standing import Hearing, Standing
from tipstaff.api.links import Saying
from tipstaff.api.parameters import GREATEST, AfterPlace, Asking, Most, Said
from tipstaff.base.errors import InputError, MissingError
from tipstaff.casework.words import Subject, target_of
from tipstaff.server.problems import ASKING, CHANGING

_LINES: Final = "application/jsonl"
_LONGEST: Final = 200

HostName = Annotated[str, PathParameter(max_length=_LONGEST, description="where it is")]
KindName = Annotated[
    str, PathParameter(pattern="^(account|app|site)$", description="`account`, `app` or `site`")
]
HeldKind = Annotated[str, PathParameter(pattern="^(account|app)$", description="`account` or `app`")]
Name = Annotated[str, PathParameter(max_length=_LONGEST, description="its name on the host")]
HearingName = Annotated[str, PathParameter(max_length=_LONGEST, description="the `id` of the hearing")]


class Standings(msgspec.Struct, frozen=True):
    """All that is one's own."""

    accounts: list[Standing]


class NewAppeal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Against which decision, and why. `attachment` is a document that goes with it, in Base64."""

    decision: Annotated[int, Meta(ge=1, le=GREATEST)]
    text: Said
    attachment: Document | None = None


class NoticeLine(msgspec.Struct, frozen=True):
    """What the account, or readers, were told about a subject."""

    id: str
    subject: str
    audience: str
    text: str


class Notices(msgspec.Struct, frozen=True):
    """A page of notices. `next` is what the next page begins after; None on the last."""

    notices: list[NoticeLine]
    next: str | None


class AccountController(Controller):
    """Accounts and apps, which somebody holds, and sites, which nobody does."""

    path = "/v1/accounts"
    tags = ("accounts",)

    @get(sync_to_thread=True, operation_id="listAccounts", responses=ASKING)
    def list_own(self, front: Asking) -> Standings:
        """List the accounts and apps that are one's own, and how each stands."""
        return Standings(front.accounts.own())

    @get(
        "/{host:str}/{kind:str}/{name:str}", sync_to_thread=True, operation_id="readAccount", responses=ASKING
    )
    def read(self, front: Asking, host: HostName, kind: KindName, name: Name) -> Standing:
        """Read how an account, an app or a site stands; that of somebody else is not there."""
        return front.accounts.read(_subject(host, kind, name))

    @get(
        "/{host:str}/{kind:str}/{name:str}/export",
        sync_to_thread=True,
        operation_id="exportAccount",
        media_type=_LINES,
        responses=ASKING,
    )
    def export(self, front: Asking, host: HostName, kind: HeldKind, name: Name) -> Stream:
        """Get all that is kept about an account or an app: JSON, a line for each thing, under what it is."""
        return Stream(_lines(front.accounts.export(_subject(host, kind, name))), media_type=_LINES)

    @post(
        "/{host:str}/{kind:str}/{name:str}/hearings/{hearing:str}/answer",
        sync_to_thread=True,
        operation_id="answerHearing",
        responses=CHANGING,
    )
    def answer(
        self,
        front: Asking,
        host: HostName,
        kind: HeldKind,
        name: Name,
        hearing: HearingName,
        data: JSONBody[Saying],
    ) -> Hearing:
        """Answer what is proposed about one's own, once."""
        return front.accounts.answer(_subject(host, kind, name), hearing, data.text)

    @post(
        "/{host:str}/{kind:str}/{name:str}/appeals",
        sync_to_thread=True,
        operation_id="makeAppeal",
        responses=CHANGING,
    )
    def appeal(
        self, front: Asking, host: HostName, kind: HeldKind, name: Name, data: JSONBody[NewAppeal]
    ) -> Ruling:
        """Appeal against a decision about one's own, once."""
        return front.accounts.appeal(
            _subject(host, kind, name), data.decision, data.text, document_of(data.attachment)
        )


@get("/v1/notices", sync_to_thread=True, operation_id="listNotices", tags=["accounts"], responses=ASKING)
def list_notices(front: Asking, most: Most = 50, after: AfterPlace = None) -> Notices:
    """List what was told about one's own, to the account and to readers, case by case."""
    found = front.accounts.notices(most, place_of(after) if after else None)
    lines = [
        NoticeLine(str(one.place), str(one.subject), one.told.audience, one.told.text) for one in found.items
    ]
    return Notices(lines, lines[-1].id if found.more else None)


def _lines(export: Export) -> Iterator[bytes]:
    """Yield an export as lines of JSON, each an object of one field that says what it is."""
    encode = msgspec.json.Encoder().encode
    for field in msgspec.structs.fields(export.kept):
        kept = getattr(export.kept, field.name)
        for value in kept if isinstance(kept, tuple) else (kept,):
            yield encode({field.name: value}) + b"\n"
    for post_of_it in export.posts:
        yield encode({"posts": post_of_it}) + b"\n"


def _subject(host: str, kind: str, name: str) -> Subject:
    """Return what a path names. Raises `MissingError` where nothing can have that name."""
    written = f"{host}/{kind}/{name}"
    try:
        return target_of(written).subject
    except InputError:
        raise MissingError(f"there is no {written}") from None
