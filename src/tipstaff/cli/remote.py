"""`tipstaff --server URL …`: the commands of an installation, asked of a server.

A command that can be asked of a server has `ask_server` beside `run`. It is given no directory, and nobody's
name: who asks is known by their token.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tipstaff.client import Client

    Ask = Callable[[argparse.Namespace, Client], int]

TOKEN: Final = "TIPSTAFF_TOKEN"  # noqa: S105  where the token is looked for
_OPTION: Final = "--server"
_HERE: Final = ("127.0.0.1", "localhost", "::1")


class RemoteParser(argparse.ArgumentParser):
    """The parser of what a server is asked; so are those of its commands."""

    def format_help(self) -> str:
        """Return the help text. Examples are those of an installation: they name its directory."""
        self.epilog = None
        return super().format_help()


def parser_for(arguments: Sequence[str]) -> type[argparse.ArgumentParser]:
    """Return the kind of parser for the words of a command line: that for a server, if one is named."""
    named = any(word == _OPTION or word.startswith(f"{_OPTION}=") for word in arguments)
    return RemoteParser if named else argparse.ArgumentParser


def is_remote(parser: argparse.ArgumentParser) -> bool:
    """Say whether a parser is one of what a server is asked."""
    return isinstance(parser, RemoteParser)


def add_server(parser: argparse.ArgumentParser) -> None:
    """Declare the server."""
    parser.add_argument(
        _OPTION,
        metavar="URL",
        help=f"ask this server, not an installation here, with the token in {TOKEN}; before the command",
    )


def asking(ask: Ask, *, public: bool = False) -> Callable[[argparse.Namespace], int]:
    """Return what runs a command by asking the server. Raises `InputError`, and `ProblemError`.

    What is `public` takes no token.
    """

    def run(args: argparse.Namespace) -> int:
        import httpx

        from tipstaff.base.errors import InputError

        try:
            with connect(args.server, os.environ.get(TOKEN, "") if public else _token()) as client:
                return ask(args, client)
        except httpx.TransportError as error:
            raise InputError(
                f"{args.server} does not answer: {error}. Is it there, and is that its URL?"
            ) from error

    return run


def connect(url: str, token: str) -> Client:
    """Return a server to ask. Raises `InputError` where the token would be sent for all to read."""
    from tipstaff.base.errors import InputError
    from tipstaff.client import Client

    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise InputError(f"{url!r} is no URL: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"{url!r} is no URL of a server: write it like https://tipstaff.example.org")
    if parts.scheme == "http" and parts.hostname not in _HERE:
        raise InputError(f"{url} would be sent the token for all to read on the way: write https://")
    return Client(url, token)


def _token() -> str:
    """Return the token: it is never on the command line, which others on the machine can read."""
    from getpass import getpass

    from tipstaff.base.errors import InputError

    token = os.environ.get(TOKEN, "")
    if not token and sys.stdin.isatty():
        token = getpass("Token: ")
    if not token:
        raise InputError(f"a server is asked with a token: put it into {TOKEN} (`tipstaff token` makes one)")
    if not token.isascii() or not token.isprintable():
        raise InputError(f"what is in {TOKEN} is no token: it has characters that no token has")
    return token
