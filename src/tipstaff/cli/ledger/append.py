"""`tipstaff ledger append`: state each line of a file as the log's own."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tipstaff.ledger.cbor import Value
    from tipstaff.ledger.claim import Claim
    from tipstaff.ledger.kind import Kind
    from tipstaff.ledger.log import Log

NAME = "append"
HELP = "sign each line of a file as the log itself, and register it"

_BATCH = 500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ledger append` is given."""
    from tipstaff.cli.ledger import add_directory

    add_directory(parser)
    parser.add_argument(
        "file", metavar="FILE", help="claims, one JSON object a line; - for the standard input"
    )
    parser.add_argument(
        "--kind", required=True, help="the kind of the statements; the log signs `note`, `key` and `rules`"
    )
    parser.epilog = (
        "Byte strings (hashes, entries, commitments, keys) are written in hexadecimal digits. "
        "Lines that are refused\n"
        "go to FILE.rejects with their number and the reason; the exit code is then 2.\n"
        "Each run states every line anew: after an interruption, `tipstaff ledger show` tells how far it\n"
        "came; append the lines after that.\n\n"
        "example:\n  tipstaff ledger append log notes.jsonl --kind note"
    )


def run(args: argparse.Namespace) -> int:
    """Register the lines, in batches, and count what became of them."""
    from rich.text import Text

    from tipstaff.assembly.ledger import open_log
    from tipstaff.base.counted import counted
    from tipstaff.base.errors import InputError
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.ledger.bars import bar
    from tipstaff.ledger.registration import table_of

    lines = _lines(args.file)
    rejects: list[tuple[int, str, str]] = []
    added = 0
    with open_log(Path(args.directory)) as log, bar("statements") as advance:
        table = table_of(log.store)
        row = table.kinds.get(args.kind) if table else None
        if row is None:
            raise InputError(
                f"the log has no kind {args.kind!r}: there are {', '.join(table.kinds) if table else 'none'}"
            )
        for start in range(0, len(lines), _BATCH):
            batch = lines[start : start + _BATCH]
            for (number, line), reason in zip(batch, _register(log, args.kind, row, batch), strict=True):
                if reason is None:
                    added += 1
                else:
                    rejects.append((number, reason, line))
            advance(start + len(batch), len(lines))
        last = log.last.checkpoint
    console = stdout_console()
    console.print(
        Text.assemble(
            f"{counted(added, 'statement')} of kind {args.kind} added: ",
            (f"{last.size:,}", "bold"),
            " in the log, root ",
            (last.root.hex(), "cyan"),
        ),
        soft_wrap=True,
    )
    if rejects:
        _tell(Path("stdin.rejects" if args.file == "-" else f"{args.file}.rejects"), rejects)
        return 2
    return 0


def _tell(path: Path, rejects: list[tuple[int, str, str]]) -> None:
    """Write the lines that were refused, and tell the first. Raises `InputError` where they have no place."""
    import sys

    from tipstaff.base.counted import counted
    from tipstaff.cli.ledger import write_file
    from tipstaff.cli.visible import escaped, visible

    number, reason, _ = rejects[0]
    were = "was" if len(rejects) == 1 else "were"
    sys.stderr.write(
        f"tipstaff: {counted(len(rejects), 'line')} {were} refused, see {path}; the first is line {number}: "
        f"{visible(reason)}\n"
    )
    told = (f"{number}\t{_one_line(visible(reason))}\t{escaped(line)}\n" for number, reason, line in rejects)
    write_file(path, "".join(told).encode())


def _one_line(text: str) -> str:
    """Return a text without the breaks and tabs that part the file."""
    return " ".join(text.split())


def _lines(name: str) -> list[tuple[int, str]]:
    """Return the lines of a file that are not empty, with their numbers."""
    import sys

    from tipstaff.base.errors import InputError

    try:
        text = (sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{name} cannot be read: {error}") from error
    lines = enumerate(text.split("\n"), start=1)
    return [(number, line.removesuffix("\r")) for number, line in lines if line.strip()]


def _register(log: Log, kind: str, row: Kind, batch: list[tuple[int, str]]) -> Iterator[str | None]:
    """Sign and register some lines; yields for each why it was refused, or None."""
    from tipstaff.base.errors import InputError
    from tipstaff.ledger.genesis import own_statement
    from tipstaff.ledger.verification import Refused

    drafts: list[bytes | str] = []
    now, key = log.now(), log.signing_key()
    for _, line in batch:
        try:
            drafts.append(own_statement(log.origin, key, kind, _claims(line, row), now, row.version))
        except RecursionError:
            drafts.append("nested too deeply")
        except InputError as error:
            drafts.append(str(error))
    outcomes = iter(log.append([draft for draft in drafts if isinstance(draft, bytes)]))
    for draft in drafts:
        outcome = Refused(draft) if isinstance(draft, str) else next(outcomes)
        yield outcome.reason if isinstance(outcome, Refused) else None


def _claims(line: str, row: Kind) -> dict[str, Value]:
    """Read the claims of a line. Raises `InputError`."""
    import msgspec

    from tipstaff.base.errors import InputError

    try:
        value = msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        raise InputError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise InputError("not a JSON object")
    return {name: _value(row.claims.get(name), item, name) for name, item in value.items()}


def _value(claim: Claim | None, value: Value, name: str) -> Value:
    """Return a value of JSON as the claim has it: bytes from hexadecimal digits."""
    from tipstaff.base.errors import InputError

    if claim is None:
        return value
    if (
        claim.type in ("hash", "commitment", "entry", "bytes")
        and isinstance(value, str)
        and value != claim.or_
    ):
        try:
            return bytes.fromhex(value)
        except ValueError as error:
            raise InputError(f"claim {name} is not in hexadecimal digits: {value!r:.60}") from error
    if claim.type == "list" and isinstance(value, list):
        return [_value(claim.item, item, name) for item in value]
    if claim.type == "map" and isinstance(value, Mapping):
        members = claim.members or {}
        return {str(member): _value(members.get(str(member)), item, name) for member, item in value.items()}
    return value
