"""Logging in with passkeys, and one's own passkeys: the words are those of WebAuthn."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import JSONBody
from msgspec import Meta

from tipstaff.actions.access.keyring import AskedNew, Keyring
from tipstaff.actions.access.passkeys import ALGORITHMS, RP_NAME, Answer, written
from tipstaff.actions.holdings import time_of
from tipstaff.api.logins import Code, LoggedIn, Mine, Password, SessionId, login_of, with_cookie
from tipstaff.server.forgery import check_site
from tipstaff.server.identity import tell_who, telling_whose
from tipstaff.server.once import NEVER_KEPT
from tipstaff.server.problems import ASKING, LOGGING_IN

_TYPE = "public-key"

Encoded = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]*$", max_length=8192, description="Base64 for URLs")]


class Camel(msgspec.Struct, frozen=True, rename="camel"):
    """Something in the words of WebAuthn."""


class Descriptor(Camel, frozen=True):
    """A passkey, by what its authenticator calls it."""

    id: Encoded
    type: str = _TYPE


class Algorithm(Camel, frozen=True):
    """An algorithm of COSE."""

    alg: int
    type: str = _TYPE


class RelyingParty(Camel, frozen=True):
    """Whose passkeys they are."""

    id: str
    name: str


class KeyUser(Camel, frozen=True):
    """Whom a passkey is for."""

    id: Encoded
    name: str
    display_name: str


class Selection(Camel, frozen=True):
    """Which authenticators will do: those that know whose passkey it is, and ask for a finger or a PIN."""

    resident_key: str = "required"
    user_verification: str = "required"


class CreationOptions(Camel, frozen=True):
    """What `navigator.credentials.create` is given, as `publicKey`."""

    rp: RelyingParty
    user: KeyUser
    challenge: Encoded
    pub_key_cred_params: list[Algorithm]
    exclude_credentials: list[Descriptor]
    authenticator_selection: Selection
    attestation: str = "none"


class RequestOptions(Camel, frozen=True):
    """What `navigator.credentials.get` is given, as `publicKey`."""

    challenge: Encoded
    rp_id: str
    user_verification: str = "required"


class Made(Camel, frozen=True, kw_only=True):
    """What an authenticator says of a new passkey."""

    client_data_json: Encoded = msgspec.field(name="clientDataJSON")
    attestation_object: Encoded


class Signed(Camel, frozen=True, kw_only=True):
    """What an authenticator has signed."""

    client_data_json: Encoded = msgspec.field(name="clientDataJSON")
    authenticator_data: Encoded
    signature: Encoded
    user_handle: Encoded


class NewCredential(Camel, frozen=True):
    """What `create` came back with (`toJSON`)."""

    raw_id: Encoded
    response: Made


class Credential(Camel, frozen=True):
    """What `get` came back with (`toJSON`)."""

    raw_id: Encoded
    response: Signed


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A password again, and a code where there is a second factor."""

    password: Password
    code: Code = ""


class NewPasskey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new passkey, and what one calls it oneself."""

    name: Annotated[str, Meta(min_length=1, max_length=64, examples=["phone"])]
    credential: NewCredential


class OwnPasskey(msgspec.Struct, frozen=True):
    """A passkey of one's own."""

    id: str
    name: str
    since: str
    used: str | None


class OwnPasskeys(msgspec.Struct, frozen=True):
    """All passkeys of somebody."""

    passkeys: list[OwnPasskey]


@post(
    "/v1/login/passkey/begin",
    sync_to_thread=True,
    operation_id="beginPasskeyLogin",
    tags=["logins"],
    security=[{}],
    opt={NEVER_KEPT: True},
    responses=ASKING,
)
def begin_login(request: Request[Any, Any, Any], state: State) -> RequestOptions:
    """Ask for a passkey, whosever it is: it takes no name, and tells of none."""
    check_site(request, state.gate.settings.public_origin)
    asked = Keyring(state.gate).ask()
    return RequestOptions(written(asked.challenge), asked.site.id)


@post(
    "/v1/login/passkey/finish",
    sync_to_thread=True,
    operation_id="finishPasskeyLogin",
    tags=["logins"],
    security=[{}],
    opt={NEVER_KEPT: True},
    responses=LOGGING_IN,
)
def finish_login(
    request: Request[Any, Any, Any], state: State, data: JSONBody[Credential]
) -> Response[LoggedIn]:
    """Log in with a passkey; whatever is wrong, the same is answered."""
    check_site(request, state.gate.settings.public_origin)
    with telling_whose(request):
        begun = Keyring(state.gate).log_in(Answer(data.raw_id, _plain(data.response)))
    tell_who(request, begun.session)
    return with_cookie(login_of(begun), begun)


class PasskeyController(Controller):
    """One's own passkeys."""

    path = "/v1/me/passkeys"
    tags = ("logins",)
    opt = {NEVER_KEPT: True}  # noqa: RUF012  as Litestar has it

    @get(sync_to_thread=True, operation_id="listPasskeys", responses=ASKING)
    def list_own(self, me: Mine) -> OwnPasskeys:
        """List one's passkeys."""
        return OwnPasskeys(
            [
                OwnPasskey(
                    one.id, one.name, time_of(one.made_at), time_of(one.used_at) if one.used_at else None
                )
                for one in me.passkeys()
            ]
        )

    @post("/begin", sync_to_thread=True, operation_id="beginPasskey", responses=ASKING)
    def begin(self, me: Mine, data: JSONBody[Proof]) -> CreationOptions:
        """Ask a browser for a new passkey."""
        return _creation(me.ask_passkey(data.password, data.code))

    @post(sync_to_thread=True, operation_id="keepPasskey", responses=ASKING)
    def keep(self, me: Mine, data: JSONBody[NewPasskey]) -> Response[LoggedIn]:
        """Have a passkey from now on. Other sessions end."""
        answer = Answer(data.credential.raw_id, _plain(data.credential.response))
        begun = me.keep_passkey(data.name, answer)
        return with_cookie(login_of(begun), begun)

    @post("/{number:str}/removal", sync_to_thread=True, operation_id="removePasskey", responses=ASKING)
    def remove(self, me: Mine, number: SessionId, data: JSONBody[Proof]) -> Response[LoggedIn]:
        """Have a passkey no more. Other sessions end."""
        begun = me.remove_passkey(number, data.password, data.code)
        return with_cookie(login_of(begun), begun)


def _creation(asked: AskedNew) -> CreationOptions:
    """Return what a browser is asked for a new passkey."""
    site = asked.asked.site
    return CreationOptions(
        rp=RelyingParty(site.id, RP_NAME),
        user=KeyUser(written(asked.handle), asked.user, asked.user),
        challenge=written(asked.asked.challenge),
        pub_key_cred_params=[Algorithm(alg) for alg in ALGORITHMS],
        exclude_credentials=[Descriptor(written(one)) for one in asked.known],
        authenticator_selection=Selection(),
    )


def _plain(response: Made | Signed) -> dict[str, str]:
    """Return what an authenticator says, in the words that it came in."""
    return {str(name): str(value) for name, value in msgspec.to_builtins(response).items()}
