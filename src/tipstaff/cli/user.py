"""`tipstaff user`: bring in somebody who asks over HTTP, or change what they may."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_directory, tell
from tipstaff.cli.remote import is_remote
from tipstaff.cli.tracing import Traced, said

if TYPE_CHECKING:
    from pathlib import Path

    from tipstaff.actions.access.tokens import User, Users
    from tipstaff.client import Client

NAME = "user"
HELP = "bring in somebody who uses the API, change their roles or how they log in, or stop them"

ROLES = (
    "reader", "complainant", "account_holder", "clerk", "reviewer", "senior_reviewer", "policy_owner",
    "authority", "auditor", "admin",
)  # fmt: skip
"""Those of access, which are not imported to show a help text; a test compares them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `user` is given."""
    add_directory(parser)
    parser.add_argument(
        "name",
        metavar="NAME",
        help="the name of the person who signs (`tipstaff person`); any for who signs nothing",
    )
    parser.add_argument(
        "--role", action="append", default=[], choices=ROLES, help="what they are, from now on; repeat it"
    )
    parser.add_argument(
        "--reader", metavar="HOST/reader/NAME", help="of a reader or complainant: who they are on the host"
    )
    parser.add_argument(
        "--holds",
        action="append",
        default=[],
        metavar="HOST/account/NAME",
        help="of an account holder: an account or app that is theirs; repeat it",
    )
    parser.add_argument(
        "--queue",
        action="append",
        default=[],
        metavar="HOST",
        help="of a reviewer or clerk: the cases of this host alone are there for them; repeat it (all)",
    )
    parser.add_argument(
        "--stop", action="store_true", help="let them do nothing any more; their tokens and logins end"
    )
    parser.add_argument(
        "--unlock", action="store_true", help="let them log in at once, whatever went wrong before"
    )
    if is_remote(parser):  # how somebody logs in is changed by who has logged in
        return
    parser.add_argument(
        "--password",
        action="store_true",
        help="ask for the password that they log in with, or read it from a line of the standard input",
    )
    parser.add_argument(
        "--forget-second-factor",
        action="store_true",
        help="let them log in with their password alone: for who has lost it, recovery codes and passkeys",
    )
    parser.epilog = (
        "examples:\n  tipstaff user here alice --role reviewer\n"
        "  tipstaff user here bob --role reviewer --queue square\n"
        "  tipstaff user here rae --role reader --reader square/reader/rae\n"
        "  tipstaff user here moon --role account_holder --holds square/account/moonharbor\n"
        "  tipstaff user here alice --password\n"
        "  tipstaff user here alice --stop"
    )


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced(
        f"/v1/users/{args.name}",
        said(
            role=args.role,
            reader=args.reader,
            holds=args.holds,
            queue=args.queue,
            stop=args.stop,
            password=args.password,
            unlock=args.unlock,
            forget_second_factor=args.forget_second_factor,
        ),
    )


def run(args: argparse.Namespace) -> int:
    """Do it."""
    from pathlib import Path

    from tipstaff.base.errors import InputError

    wanted = {
        "--role": (bool(args.role), _keep),
        "--stop": (args.stop, _stop),
        "--password": (args.password, _keep_password),
        "--unlock": (args.unlock, _unlock),
        "--forget-second-factor": (args.forget_second_factor, _forget_second_factor),
    }
    asked = [do for given, do in wanted.values() if given]
    if len(asked) != 1:
        raise InputError(f"say one thing at a time: {', '.join(wanted)}")
    asked[0](Path(args.directory), args)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it; without an option, how they stand."""
    from tipstaff.base.errors import InputError
    from tipstaff.cli.sheet import print_sheet

    asked = [name for name in ("role", "stop", "unlock") if getattr(args, name)]
    if len(asked) > 1:
        raise InputError(f"say one thing at a time: --{', --'.join(asked)}")
    if args.role:
        _keep_there(args, client)
    elif args.stop:
        client.stop_user(args.name)
        tell(f"{args.name} may do nothing any more.")
    elif args.unlock:
        client.unlock_user(args.name)
        tell(f"{args.name} can log in.")
    else:
        print_sheet(args.name, client.user(args.name))
    return 0


def _keep_there(args: argparse.Namespace, client: Client) -> None:
    """Have a server keep their roles, and what is theirs, or bring them in."""
    from http import HTTPStatus

    from msgspec import structs

    from tipstaff.api.users import NewUser, UserRoles
    from tipstaff.client import ProblemError

    user = _wanted(args)
    roles = UserRoles(
        roles=sorted(user.roles), reader=user.reader, holds=tuple(map(str, user.holds)),
        queues=tuple(sorted(user.queues)) if user.queues else None,
    )  # fmt: skip
    try:
        client.change_user(args.name, roles)
    except ProblemError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        client.make_user(NewUser(name=args.name, **structs.asdict(roles)))
    tell(f"{args.name} is {', '.join(sorted(user.roles))}.")


def _keep(directory: Path, args: argparse.Namespace) -> None:
    """Keep their roles, and what is theirs."""
    from tipstaff.actions.access.people import check_user
    from tipstaff.assembly.access import open_users
    from tipstaff.assembly.casework import open_desk

    user = _wanted(args)
    with open_desk(directory) as desk:
        check_user(desk, user)
    with open_users(directory) as users:
        users.keep_user(user)
    limits = f", for the cases of {', '.join(sorted(user.queues))} alone" if user.queues else ""
    tell(
        f"{args.name} is {', '.join(sorted(user.roles))}{limits}.",
        f"Next: tipstaff token {args.directory} {args.name}, or tipstaff user {args.directory} {args.name} "
        "--password",
    )


def _wanted(args: argparse.Namespace) -> User:
    """Return what a user is to be from now on. Raises `InputError`."""
    from tipstaff.actions.access.permissions import Role
    from tipstaff.actions.access.tokens import User
    from tipstaff.base.errors import InputError
    from tipstaff.cli.installation import parse_target

    targets = tuple(map(parse_target, args.holds))
    if posts := [one for one in targets if one.post]:
        raise InputError(f"{posts[0]} is a post: name the account or app that is theirs")
    return User(
        args.name,
        frozenset(map(Role, args.role)),
        reader=args.reader,
        holds=tuple(one.subject for one in targets),
        queues=frozenset(args.queue) or None,
    )


def _stop(directory: Path, args: argparse.Namespace) -> None:
    """Let them do nothing any more."""
    from msgspec.structs import replace

    from tipstaff.assembly.access import open_users
    from tipstaff.assembly.ledger import system_clock

    def stopped(known: list[User]) -> User:
        return replace(next(one for one in known if one.name == args.name), active=False)

    with open_users(directory) as users:
        _found(users, args.name)
        users.change_users(stopped, system_clock())
    tell(f"{args.name} may do nothing any more.")


def _keep_password(directory: Path, args: argparse.Namespace) -> None:
    """Keep the password that they log in with, which is no argument: others see those."""
    from contextlib import closing

    from tipstaff.actions.access.passwords import Hasher, check_password
    from tipstaff.assembly.access import open_logins, open_users
    from tipstaff.storage import installation
    from tipstaff.vault.vault import Vault

    with (
        open_users(directory) as users,
        open_logins(directory) as logins,
        closing(Vault(directory / installation.VAULT)) as vault,
    ):
        _found(users, args.name)
        password = _asked()
        check_password(password, args.name)
        login = logins.login(args.name)
        logins.keep_password(args.name, Hasher().hash(password))
        vault.drop([login.pending] if login and login.pending else [])
    tell(f"{args.name} logs in with this password from now on; who is logged in is so no more.")


def _unlock(directory: Path, args: argparse.Namespace) -> None:
    """Forget what went wrong under their name."""
    from tipstaff.actions.access.lockout import digest_of
    from tipstaff.assembly.access import open_logins

    with open_logins(directory) as logins:
        found = logins.unlock(digest_of(args.name))
    tell(f"{args.name} can log in." if found else f"Nothing went wrong under the name {args.name}.")


def _forget_second_factor(directory: Path, args: argparse.Namespace) -> None:
    """Let them log in with their password alone."""
    from contextlib import closing

    from tipstaff.actions.access.people import forget_second_factor
    from tipstaff.assembly.access import open_logins, open_users
    from tipstaff.storage import installation
    from tipstaff.vault.vault import Vault

    with (
        open_users(directory) as users,
        open_logins(directory) as logins,
        closing(Vault(directory / installation.VAULT)) as vault,
    ):
        _found(users, args.name)
        forget_second_factor(logins, vault, args.name, None)
    tell(f"{args.name} logs in with their password alone, until they have a second factor again.")


def _found(users: Users, name: str) -> User:
    """Return a user. Raises `InputError`."""
    from tipstaff.base.errors import InputError

    user = users.user(name)
    if user is None:
        raise InputError(f"there is no user {name!r}: `--role` brings them in")
    return user


def _asked() -> str:
    """Return a password that is typed twice, or a line of the standard input. Raises `InputError`."""
    from getpass import getpass

    from tipstaff.base.errors import InputError

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass("Password: ")
    if getpass("Once more: ") != password:
        raise InputError("these are two passwords: type the same one twice")
    return password
