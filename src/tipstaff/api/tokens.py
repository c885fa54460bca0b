"""One's own tokens: listed, made and revoked by who has logged in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta

from tipstaff.actions.access.permissions import Permission
from tipstaff.actions.access.tokens import LONGEST_DAYS, Token
from tipstaff.actions.holdings import time_of
from tipstaff.api.commands import command
from tipstaff.api.logins import Mine
from tipstaff.server.identity import tell_about
from tipstaff.server.once import NEVER_KEPT
from tipstaff.server.problems import ASKING, CHANGING

TokenId = Annotated[str, PathParameter(pattern="^[0-9a-f]{16}$", description="its `id`")]


class NewToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a token is for, of what one may oneself, and for how many days."""

    scopes: Annotated[list[Permission], Meta(min_length=1, max_length=100)]
    days: Annotated[int, Meta(ge=1, le=LONGEST_DAYS)] = 30


class OwnToken(msgspec.Struct, frozen=True):
    """A token; without `scopes` it may all that its user may. Its secret is told to nobody again."""

    id: str
    scopes: list[Permission] | None
    since: str
    until: str


class OwnTokens(msgspec.Struct, frozen=True):
    """All tokens of somebody that may be used, the oldest first."""

    tokens: list[OwnToken]


class ShownToken(msgspec.Struct, frozen=True):
    """A token, and what is shown of it, this once."""

    token: OwnToken
    shown: str


class TokenController(Controller):
    """One's own tokens."""

    path = "/v1/me/tokens"
    tags = ("logins",)

    @get(sync_to_thread=True, operation_id="listTokens", responses=ASKING)
    def list_own(self, me: Mine) -> OwnTokens:
        """List one's tokens that may be used."""
        return tokens_of(me.tokens())

    @post(sync_to_thread=True, operation_id="makeToken", opt={NEVER_KEPT: True}, responses=CHANGING)
    def make(self, me: Mine, request: Request[Any, Any, Any], data: JSONBody[NewToken]) -> ShownToken:
        """Make a token that may some of what one may oneself. It takes a login that has just begun."""
        made = me.make_token(frozenset(data.scopes), data.days)
        tell_about(request, f"{made.token.id}: {', '.join(sorted(data.scopes))}")
        return ShownToken(_view(made.token), made.shown)

    @command("/{token:str}/revocation", operation_id="revokeToken")
    def revoke(self, me: Mine, token: TokenId) -> OwnTokens:
        """Revoke one of one's tokens, for good; answers those that are left."""
        return tokens_of(me.revoke_token(token))


def tokens_of(tokens: Iterable[Token]) -> OwnTokens:
    """Return the tokens of somebody."""
    return OwnTokens(list(map(_view, tokens)))


def _view(token: Token) -> OwnToken:
    """Return a token, without its secret."""
    scopes = None if token.scopes is None else sorted(token.scopes)
    return OwnToken(token.id, scopes, time_of(token.made_at), time_of(token.expires_at))
