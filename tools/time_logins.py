"""Measure how far the times of wrong logins tell apart what is wrong.

    python tools/time_logins.py --rounds 300

A real installation with real costs; one login of each kind in turn, each from an address of its own, so that
none is refused before it is looked at, and what went wrong before is lifted. Of each kind it prints the
median, and how often a login of it takes longer than one with a wrong password: 0.5 where time tells nothing.
Two halves of the same kind are compared as well, which is what chance does.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter_ns
from typing import Final

from tipstaff.actions.access.codes import make_secret
from tipstaff.actions.access.gate import Gate
from tipstaff.actions.access.lockout import digest_of
from tipstaff.actions.access.logins import LoginError
from tipstaff.actions.access.passwords import RFC_9106, Costs, Hasher
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.tokens import User
from tipstaff.assembly.access import open_logins, open_users
from tipstaff.assembly.casework import install, open_desk

PASSWORD: Final = "seven lamps by the river"  # noqa: S105  of nobody
CHEAP: Final = Costs(passes=1, lanes=1, memory=8)

KINDS: Final[dict[str, tuple[str, str]]] = {
    "wrong password": ("alice", "wrong password"),
    "nobody of this name": ("nobody", PASSWORD),
    "stopped": ("stopped", PASSWORD),
    "no password set": ("bare", PASSWORD),
    "wrong code": ("twofold", PASSWORD),
    "wrong password and code": ("twofold", "wrong password"),
}


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300, metavar="N", help="logins of each kind (300)")
    parser.add_argument("--cheap", action="store_true", help="the least costs: what is beside the hash shows")
    args = parser.parse_args()
    hasher = Hasher(CHEAP if args.cheap else RFC_9106)
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "here"
        install(directory, "square.example/log")
        with open_users(directory) as users, open_logins(directory) as logins, open_desk(directory) as desk:
            gate = Gate(desk, users, logins, hasher)
            for name in ("alice", "stopped", "bare", "twofold"):
                users.keep_user(User(name, frozenset({Role.AUDITOR}), active=name != "stopped"))
                if name != "bare":
                    logins.keep_password(name, hasher.hash(PASSWORD))
            logins.keep_totp("twofold", gate.keep_secret("twofold", make_secret()), 0, ("a", "b"), 1)
            times = measure(gate, args.rounds)
    tell(times)


def measure(gate: Gate, rounds: int) -> dict[str, list[int]]:
    """Return the nanoseconds of each login, kind by kind; kinds take turns, in ever another order."""
    times: dict[str, list[int]] = {kind: [] for kind in KINDS}
    addresses = count()
    kinds = list(KINDS)
    for number in range(rounds):
        for kind in kinds[number % len(kinds) :] + kinds[: number % len(kinds)]:
            name, password = KINDS[kind]
            address = f"2001:db8:{next(addresses):x}::1"
            gate.logins.unlock(digest_of(name))
            times[kind].append(timed(partial(gate.prove, name, password, "123456", address)))
    return times


def timed(login: Callable[[], object]) -> int:
    """Return the nanoseconds that a wrong login takes."""
    begun = perf_counter_ns()
    try:
        login()
    except LoginError:
        return perf_counter_ns() - begun
    raise SystemExit("a wrong login was right")


def tell(times: dict[str, list[int]]) -> None:
    """Print what was measured."""
    base = times["wrong password"]
    print(f"{'what is wrong':<26} {'median ms':>10} {'10%':>8} {'90%':>8} {'longer':>8}")
    for kind, found in times.items():
        tenths = statistics.quantiles(found, n=10)
        told = f"{kind:<26} {statistics.median(found) / 1e6:>10.3f} {tenths[0] / 1e6:>8.3f}"
        print(f"{told} {tenths[-1] / 1e6:>8.3f} {longer(found, base):>8.3f}")
    for kind in ("wrong password", "nobody of this name"):
        found = times[kind]
        print(f"{'chance: ' + kind:<55} {longer(found[::2], found[1::2]):>8.3f}")


def longer(some: Sequence[int], others: Sequence[int]) -> float:
    """Return how often one of some takes longer than one of the others (the area under the curve)."""
    return sum((one > other) + (one == other) / 2 for one in some for other in others) / (
        len(some) * len(others)
    )


if __name__ == "__main__":
    main()
