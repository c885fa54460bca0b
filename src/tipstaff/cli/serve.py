"""`tipstaff serve`: the pages and the API of an installation, with a worker beside it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "serve"
HELP = "serve the pages and the HTTP API of an installation, and do what is due meanwhile"

_PORT = 8000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `serve` is given."""
    add_directory(parser)
    parser.add_argument("--port", type=int, default=_PORT, metavar="N", help=f"where to listen ({_PORT})")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="the address to listen at (127.0.0.1: this machine alone; a proxy speaks TLS for others)",
    )
    parser.epilog = "example:\n  tipstaff serve here --port 8000"


def run(args: argparse.Namespace) -> int:
    """Serve until it is interrupted."""
    from pathlib import Path

    from tipstaff.assembly.ledger import system_clock
    from tipstaff.storage import installation

    directory = Path(args.directory)
    installation.passphrase(directory)
    serve(directory, args.host, args.port, system_clock)
    return 0


def serve(directory: Path, host: str, port: int, clock: Callable[[], int]) -> None:
    """Serve an installation until it is interrupted. Raises `InputError` where it cannot be opened."""
    from contextlib import suppress

    import uvicorn

    from tipstaff.api.handlers import HANDLERS
    from tipstaff.assembly.casework import open_desk
    from tipstaff.assembly.server import open_server
    from tipstaff.cli.events import events_told
    from tipstaff.cli.installation import tell
    from tipstaff.server.app import make_app
    from tipstaff.server.connections import config_of
    from tipstaff.web.handlers import WEB
    from tipstaff.web.problems import EVERYWHERE

    with open_desk(directory, clock):  # what cannot be opened is told here, and not from within the server
        pass
    tell(
        f"Tipstaff serves {directory} at http://{host}:{port}; what programs can ask for is told at "
        "/schema/openapi.json. Ctrl-C ends it."
    )
    with events_told(directory), suppress(KeyboardInterrupt):
        uvicorn.Server(
            config_of(make_app(open_server(directory, clock), [*HANDLERS, WEB], EVERYWHERE), host, port)
        ).run()
