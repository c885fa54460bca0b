"""Block lists of domains that the operator supplies, reloaded when their file changes.

Three forms are read: one domain a line, a hosts file, and JSON, which is an array of domains or the
configurations of eth-phishing-detect. Nothing is
fetched: putting a new file in place is the operator's business.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec

from tipstaff.base.errors import InputError
from tipstaff.screening.entities.folding import fold_link
from tipstaff.screening.entities.hosts import is_address, normal_host
from tipstaff.screening.entities.links import read_host
from tipstaff.screening.entities.suffixes import is_public_suffix, registrable

MAX_BYTES = 64 * 1024 * 1024
"""The largest list that is read."""

MAX_TOLERANCE = 5
"""The largest edit distance a list may ask for; beyond it, most names resemble one another."""

DEFAULT_TOLERANCE = 3
"""What eth-phishing-detect takes when its file names none."""


class BlockListError(InputError):
    """A block list cannot be read; the message names the file and the mend."""


KEPT = 10
"""How many of the entries that were left out are named; all are counted."""


class Rejected(NamedTuple):
    """An entry that was left out: its line, counted from 1 (0 when it cannot be told), and why."""

    line: int
    reason: str


class LeftOut(msgspec.Struct, frozen=True):
    """What of a list is not in force: how many entries, and of the first few the line and the reason."""

    count: int
    first: list[str]


class Match(NamedTuple):
    """The list that covers a host, and the entry that does."""

    list_name: str
    domain: str


@dataclass(frozen=True, slots=True)
class BlockList:
    """One list as it was read. `digest` is the SHA-256 of the file, so that a finding can cite it.

    `rejected` are the first entries that were left out; `rejected_count` counts all of them.
    """

    name: str
    digest: str
    blocked: frozenset[str]
    allowed: frozenset[str] = frozenset()
    imitated: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    tolerance: int = 0
    rejected: tuple[Rejected, ...] = ()
    rejected_count: int = 0

    def match(self, host: str) -> str | None:
        """Return the listed domain that covers `host`, written in any way, or nothing.

        1. What the list allows, or lies below what it allows, is not covered.
        2. A blocked entry covers itself and all below it; the narrowest is returned. Nothing above the
           registrable domain is looked at.
        3. A name that resembles an imitated one without being equal to it is covered by that entry.
        """
        normal = read_host(host)
        if normal is None:
            return None
        chain = _up_to_registrable(normal)
        if not self.allowed.isdisjoint(chain):
            return None
        covering = next((domain for domain in chain if domain in self.blocked), None)
        return covering or self._imitated_by(chain[-1])

    def _imitated_by(self, domain: str) -> str | None:
        name = _own_name(domain)
        for other, entry in self.imitated.items():
            if name != other and within_distance(name, other, self.tolerance):
                return entry
        return None


def read_block_list(name: str, data: bytes) -> BlockList:
    """Read the bytes of a list in whichever of the three forms they are.

    Raises `BlockListError` when they are none of them, or hold no usable entry: a list cut off on its way
    must not pass for an empty one.
    """
    if len(data) > MAX_BYTES:
        raise BlockListError(f"block list {name}: larger than {MAX_BYTES} bytes; split it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BlockListError(f"block list {name}: not UTF-8 at byte {error.start}; convert it") from error
    digest = hashlib.sha256(data).hexdigest()
    given = _json(name, text)
    read = _read_lines(name, digest, text) if given is None else _read_json(name, digest, given, text)
    if not read.blocked and not read.imitated:
        first = "".join(f" (line {line}: {reason})" for line, reason in read.rejected[:1])
        raise BlockListError(f"block list {name}: no usable domain in it{first}; put the right file in place")
    return read


def _json(name: str, text: str) -> object:
    """Return what a text says that begins like JSON; nothing if it is none: a list of lines may begin so."""
    begins = text.lstrip()[:1]
    if begins not in {"{", "["}:
        return None
    try:
        return msgspec.json.decode(text.lstrip().encode())
    except (msgspec.DecodeError, RecursionError) as error:
        if begins == "[":
            return None
        raise BlockListError(f"block list {name}: not the JSON of eth-phishing-detect: {error}") from error


_BLOCKED: Final = ("blacklist", "blocklist")
_ALLOWED: Final = ("whitelist", "allowlist")
_IMITATED: Final = ("fuzzylist",)
_NESTED: Final = 4
"""How deep in a file a configuration may stand."""


def _read_json(name: str, digest: str, given: object, text: str) -> BlockList:
    """Read JSON: configurations of eth-phishing-detect, wherever in it they stand, or an array of domains."""
    configs = list(_configs(given, _NESTED))
    if not configs:
        wanted = " or ".join((*_BLOCKED, "an array of domains"))
        raise BlockListError(f"block list {name}: JSON, but without a {wanted}; put the right file in place")
    rejected: list[Rejected] = []
    count = 0

    def usable(keys: Iterable[str]) -> Iterator[str]:
        nonlocal count
        for entry in (
            entry for config in configs for key in keys for entry in _entries_of(name, config, key)
        ):
            domain, fault = (
                _domain(entry) if isinstance(entry, str) else ("", f"{_shown(str(entry))} is no text")
            )
            if domain:
                yield domain
                continue
            count += 1
            if count <= KEPT:
                place = text.find(f'"{entry}"') if isinstance(entry, str) else -1
                rejected.append(Rejected(text.count("\n", 0, place) + 1 if place >= 0 else 0, fault))

    return BlockList(
        name,
        digest,
        blocked=frozenset(usable(_BLOCKED)),
        allowed=frozenset(usable(_ALLOWED)),
        imitated=MappingProxyType({_own_name(entry): entry for entry in usable(_IMITATED)}),
        tolerance=min(_tolerance(name, config) for config in configs),
        rejected=tuple(rejected),
        rejected_count=count,
    )


def _configs(given: object, depth: int) -> Iterator[Mapping[str, object]]:
    """Yield what has lists in it; an array of domains is one that has but blocked ones."""
    match given:
        case dict():
            if not given.keys().isdisjoint((*_BLOCKED, *_ALLOWED, *_IMITATED)):
                yield given
            inner = [value for value in given.values() if isinstance(value, dict)]
        case list():
            inner = [value for value in given if isinstance(value, dict)]
            if len(inner) < len(given):
                yield {_BLOCKED[0]: [value for value in given if not isinstance(value, dict)]}
        case _:
            return
    for value in inner if depth else ():
        yield from _configs(value, depth - 1)


def _entries_of(name: str, config: Mapping[str, object], key: str) -> Sequence[object]:
    """Return the entries of one list of a configuration."""
    entries = config.get(key, [])
    if not isinstance(entries, list):
        raise BlockListError(f"block list {name}: {key} is no array; put the right file in place")
    return entries


def _tolerance(name: str, config: Mapping[str, object]) -> int:
    """Return the tolerance of a configuration; where several differ, the smallest counts."""
    given = config.get("tolerance", DEFAULT_TOLERANCE)
    if not isinstance(given, int) or not 0 <= given <= MAX_TOLERANCE:
        raise BlockListError(f"block list {name}: tolerance is {given}; give 0 to {MAX_TOLERANCE}")
    return given


def _read_lines(name: str, digest: str, text: str) -> BlockList:
    blocked: set[str] = set()
    rejected: list[Rejected] = []
    count = 0
    for number, line in enumerate(text.split("\n"), start=1):
        for domain, fault in _entries(line):
            if domain:
                blocked.add(domain)
                continue
            count += 1
            if count <= KEPT:
                rejected.append(Rejected(number, fault))
    return BlockList(name, digest, frozenset(blocked), rejected=tuple(rejected), rejected_count=count)


def _entries(line: str) -> Iterator[tuple[str, str]]:
    """Yield the entries of a line, which has several in a hosts file only, as `_domain` returns them."""
    words = line.partition("#")[0].split()
    if len(words) > 1:
        if not _is_ip(words[0]):
            yield "", f"{_shown(line.strip())} is several words: one domain a line"
            return
        words = words[1:]
    yield from map(_domain, words)


def _domain(written: str) -> tuple[str, str]:
    """Return the normal form of an entry, or an empty one and what is wrong with it."""
    if "/" in written:
        return "", f"{_shown(written)} is a link: list its host alone"
    host = normal_host(fold_link(written.strip()).removeprefix("*").removeprefix("."))
    if host is None:
        return "", f"{_shown(written)} is no host name"
    if is_address(host):
        return "", f"{_shown(written)} is an address, not a domain"
    if "." not in host:
        return "", f"{_shown(written)} is a single label: list a registered domain"
    if is_public_suffix(host):
        return "", f"{_shown(written)} is a public suffix: everybody's domains are below it"
    return host, ""


def _shown(written: str) -> str:
    return ascii(written if len(written) <= 80 else f"{written[:77]}...")  # noqa: PLR2004 - one line of a message


def _is_ip(word: str) -> bool:
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True


def _up_to_registrable(host: str) -> Sequence[str]:
    """Return a normal host and each domain above it, down to the one that was registered."""
    owner = registrable(host)
    if owner is None:
        return (host,)
    labels = host.split(".")
    above = len(labels) - owner.domain.count(".")
    return [".".join(labels[start:]) for start in range(above)]


def _own_name(domain: str) -> str:
    """Return the label directly below the public suffix: what a fake imitates."""
    owner = registrable(domain)
    return (owner.domain if owner else domain).partition(".")[0]


def within_distance(one: str, other: str, limit: int) -> bool:
    """Tell whether the Levenshtein distance between two words is at most `limit`."""
    if abs(len(one) - len(other)) > limit:
        return False
    row = list(range(len(other) + 1))
    for index, char in enumerate(one, start=1):
        diagonal, row[0] = row[0], index
        for column, expected in enumerate(other, start=1):
            above = row[column]
            row[column] = min(above + 1, row[column - 1] + 1, diagonal + (char != expected))
            diagonal = above
        if min(row) > limit:
            return False
    return row[-1] <= limit


class _Stamp(NamedTuple):
    """By what a changed file is known. Nobody sets the time of change, as they can that of modification."""

    changed_ns: int
    modified_ns: int
    size: int
    inode: int
    device: int


class BlockLists:
    """The lists in given files; the name of a list is its file name without the ending.

    All files must be readable at the start. `refresh` reads again what changed; a new file that is broken
    leaves the old list in force, and the fault in `errors` until a later one is good.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths: dict[str, Path] = {}
        for path in paths:
            if path.stem in self._paths:
                raise BlockListError(f"two block lists are named {path.stem}: rename {path}")
            self._paths[path.stem] = path
        self._stamps: dict[str, _Stamp | None] = {}
        self._lists: dict[str, BlockList] = {}
        self._errors: dict[str, BlockListError] = {}
        for name, path in self._paths.items():
            self._lists[name], self._stamps[name] = _load(name, path)

    @property
    def lists(self) -> tuple[BlockList, ...]:
        """The lists in force, in the order of the paths given."""
        return tuple(self._lists.values())

    @property
    def errors(self) -> Mapping[str, BlockListError]:
        """By name of list, why its newest file is not in force."""
        return MappingProxyType(self._errors)

    @property
    def left_out(self) -> Mapping[str, LeftOut]:
        """By name, what of the lists in force was left out."""
        return {
            name: LeftOut(read.rejected_count, [f"line {line}: {reason}" for line, reason in read.rejected])
            for name, read in self._lists.items()
            if read.rejected_count
        }

    def match(self, host: str) -> Match | None:
        """Return the first list that covers `host`, and its entry; see `BlockList.match`."""
        for block_list in self._lists.values():
            if (domain := block_list.match(host)) is not None:
                return Match(block_list.name, domain)
        return None

    def refresh(self) -> tuple[str, ...]:
        """Read again each file that changed since it was last looked at; return the names of new lists."""
        renewed = []
        for name, path in self._paths.items():
            try:
                stamp = _stamp(path.stat())
            except OSError as error:
                self._stamps[name] = None
                self._errors[name] = _unreadable(path, error)
                continue
            if stamp == self._stamps[name]:
                continue
            try:
                self._lists[name], self._stamps[name] = _load(name, path)
            except BlockListError as error:
                self._stamps[name] = stamp
                self._errors[name] = error
            else:
                self._errors.pop(name, None)
                renewed.append(name)
        return tuple(renewed)


def _load(name: str, path: Path) -> tuple[BlockList, _Stamp]:
    """Read a file; its stamp is taken before, so that a write in between is seen at the next refresh."""
    try:
        with path.open("rb") as file:
            stamp = _stamp(os.fstat(file.fileno()))
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    return read_block_list(name, data), stamp


def _unreadable(path: Path, error: OSError) -> BlockListError:
    return BlockListError(f"block list {path}: {error.strerror or error}; put the file in place")


def _stamp(status: os.stat_result) -> _Stamp:
    return _Stamp(status.st_ctime_ns, status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev)
