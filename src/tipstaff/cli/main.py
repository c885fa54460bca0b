"""`tipstaff`: find the command, run it, and turn what may go wrong into messages and exit codes."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from tipstaff.cli.remote import add_server, parser_for
from tipstaff.cli.subcommands import add_subcommands, refuse

COMMANDS: Final = (
    "screen", "check", "policy", "init", "person", "passphrase", "case", "complaint", "order", "appeal",
    "account", "app", "worker", "retain", "serve", "user", "token", "trail", "webhook",
    "square", "doctor", "rebuild", "backup", "ledger", "demo", "bench",
)  # fmt: skip
"""The modules of this package that are commands; a new command is one more name here."""

EPILOG = """examples:
  tipstaff demo                                    see what Tipstaff does, in an invented world
  tipstaff screen posts.jsonl --out findings.jsonl
  tipstaff screen data/ --policy crypto-promotion --workers 4 --summary summary.json
  zcat posts.jsonl.gz | tipstaff screen - --format table

exit codes: 0 done; 2 what was given cannot be used; 70 a defect; 130 interrupted
"""

_USAGE_ERROR = 2
_DEFECT = 70
_INTERRUPTED = 130
_BROKEN_PIPE = 141


class Command(Protocol):
    """What a command's module has; it has `ask_server` as well where a server can be asked: see `remote`."""

    NAME: str
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare what the command is given."""

    def run(self, args: argparse.Namespace) -> int:
        """Run the command, and return the exit code."""


class _Version(argparse.Action):
    """Prints the version; it is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print the version, and end."""
        import tipstaff

        sys.stdout.write(f"tipstaff {tipstaff.__version__}\n")
        parser.exit()


def make_parser(kind: type[argparse.ArgumentParser] = argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Return the parser of the whole command line, or of what a server is asked."""
    parser = kind(
        prog="tipstaff",
        description="Carries out a platform's written policy on public accounts, and can prove it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_server(parser)
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version, and end")
    add_subcommands(parser, "tipstaff.cli", COMMANDS, noun="command", default="run")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return the exit code."""

    def run() -> int:
        words = sys.argv[1:] if arguments is None else arguments
        args, left = make_parser(parser_for(words)).parse_known_args(words)
        if left:
            refuse(args.parser, left)
        code: int = args.run(args)
        sys.stdout.flush()
        return code

    return guarded(run)


def guarded(run: Callable[[], int]) -> int:
    """Return the exit code of what is run, or that of the exception it ends with, which is told.

    1 is for answers (a fault was found, it is not proven): no exception ends with it.
    """
    from tipstaff.base.errors import TipstaffError
    from tipstaff.cli.interrupts import follows_ctrl_c
    from tipstaff.cli.visible import visible

    try:
        return run()
    except TipstaffError as error:
        sys.stderr.write(f"tipstaff: {visible(str(error))}\n")
        return _USAGE_ERROR
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone: say nothing, also not when Python flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except Exception as error:  # noqa: BLE001  a defect, which is told as one
        if follows_ctrl_c(error):
            return _INTERRUPTED
        sys.stderr.write(visible(traceback.format_exc()))
        return _DEFECT
