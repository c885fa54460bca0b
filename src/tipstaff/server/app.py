"""The application: all handlers, behind the same limits, with the same errors."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from importlib.metadata import version
from typing import Final

from litestar import Litestar
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler, ExceptionHandlersMap

from tipstaff.assembly.server import Serving
from tipstaff.server.cookies import COOKIE
from tipstaff.server.forgery import CSRF_HEADER
from tipstaff.server.headers import add_headers
from tipstaff.server.heads import answer_heads
from tipstaff.server.identity import (
    asker_of,
    authoring_of,
    count_first,
    door_of,
    front_of,
    me_of,
    people_of,
)
from tipstaff.server.metrics import Metrics, gauges_of
from tipstaff.server.once import Once
from tipstaff.server.openapi import Described
from tipstaff.server.problems import HANDLERS
from tipstaff.server.reading import BoundedRequest, refuse_nul, refuse_unknown
from tipstaff.server.schemas import ClosedStructs, Tuples
from tipstaff.server.unchanged import Comparing, refuse_unclear
from tipstaff.server.watching import Watching, tell

BODY_BYTES: Final = 1 << 20
"""The greatest body of a request."""

_SCHEME: Final = "bearer"
_SESSION: Final = "session"
"""The names of the ways in which who asks shows a token, or a login."""


def make_app(
    opened: AbstractContextManager[Serving],
    handlers: Sequence[ControllerRouterHandler],
    telling: ExceptionHandlersMap = HANDLERS,
) -> Litestar:
    """Return the application. What is `opened` is so for as long as it runs.

    `telling` is what tells each kind of error, where no handler says otherwise.
    """

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None, None]:
        with opened as serving:
            app.state.update(serving._asdict())
            app.state.metrics = Metrics(gauges_of(serving))
            yield

    app = Litestar(
        route_handlers=handlers,
        lifespan=[lifespan],
        dependencies={
            "asker": Provide(asker_of, sync_to_thread=True),
            "front": Provide(front_of, sync_to_thread=False),
            "me": Provide(me_of, sync_to_thread=False),
            "people": Provide(people_of, sync_to_thread=False),
            "authoring": Provide(authoring_of, sync_to_thread=False),
            "door": Provide(door_of, sync_to_thread=False),
        },
        request_class=BoundedRequest,
        plugins=[ClosedStructs(), Tuples()],
        exception_handlers=telling,
        logging_config=None,  # what is told goes by `base.logs`
        request_max_body_size=BODY_BYTES,
        guards=[count_first, refuse_nul, refuse_unknown, refuse_unclear],
        middleware=[Watching(), Once(), Comparing()],
        before_send=[add_headers, tell],
        openapi_config=OpenAPIConfig(
            title="Tipstaff",
            version=version("tipstaff"),
            path="/schema",
            render_plugins=[Described()],  # pages about it would be had from another host
            components=Components(
                security_schemes={
                    _SCHEME: SecurityScheme(type="http", scheme="bearer", description="a token"),
                    _SESSION: SecurityScheme(
                        type="apiKey",
                        security_scheme_in="cookie",
                        name=COOKIE,
                        description=f"a login; changes take `csrf` of it in the header `{CSRF_HEADER}`",
                    ),
                }
            ),
            security=[{_SCHEME: []}, {_SESSION: []}],
        ),
    )
    app.asgi_handler = answer_heads(app.asgi_handler)
    return app
