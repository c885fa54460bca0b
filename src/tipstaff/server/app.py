"""The application: all handlers, behind the same limits, with the same errors."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Final

from litestar import Litestar
from litestar.config.app import AppConfig
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler

from tipstaff.actions.access.tokens import Users
from tipstaff.actions.desk import Desk
from tipstaff.server.identity import front_of
from tipstaff.server.problems import HANDLERS

if TYPE_CHECKING:
    from litestar.datastructures import State

BODY_BYTES: Final = 1 << 20
"""The greatest body of a request."""

_TOKEN: Final = "token"


def make_app(
    opened: AbstractContextManager[tuple[Desk, Users]], handlers: Sequence[ControllerRouterHandler], version: str
) -> Litestar:
    """Return the application. What is `opened` is so for as long as it runs."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None, None]:
        with opened as (desk, users):
            app.state.desk, app.state.users = desk, users
            yield

    return Litestar(
        route_handlers=handlers,
        lifespan=[lifespan],
        dependencies={"front": Provide(front_of, sync_to_thread=True)},
        exception_handlers=HANDLERS,
        request_max_body_size=BODY_BYTES,
        openapi_config=OpenAPIConfig(
            title="Tipstaff",
            version=version,
            path="/schema",
            components=Components(
                security_schemes={_TOKEN: SecurityScheme(type="http", scheme="bearer", description="a token")}
            ),
            security=[{_TOKEN: []}],
        ),
    )
