"""Squares for tests: in a file, with accounts and posts; and acts."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Engine

from tipstaff.actions.host import Act, Image, Sentence
from tipstaff.casework.words import Direction, MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.square.database import upgrade
from tipstaff.hosts.square.host import Square
from tipstaff.hosts.square.pages import Draft
from tipstaff.hosts.square.platform import Platform
from tipstaff.storage.engine import open_engine

TIME = "2018-08-21T09:00:00+08:00"
PNG = b"\x89PNG\r\n\x1a\n and what is in it"
JPEG, GIF, WEBP = b"\xff\xd8\xff and so on", b"GIF89a and so on", b"RIFF\n\0\0\0WEBP and so on"
"""Images, as far as it is looked at what they are."""


def picture(width: int = 32, height: int = 24) -> bytes:
    """Return an image that browsers show: all of it red."""
    rows = (b"\0" + b"\xc0\x20\x20" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )


class Opened(NamedTuple):
    """A square, for those who use it and for those who moderate it."""

    engine: Engine
    platform: Platform
    host: Square


@contextmanager
def square(folder: Path) -> Iterator[Opened]:
    """Open the square of a folder, or make one."""
    engine = open_engine(f"sqlite:///{folder / 'square.db'}")
    upgrade(engine)
    yield Opened(engine, Platform(engine), Square(engine))
    engine.dispose()


def draft(text: str = "The county office put its invoices on a chain.", **fields: object) -> Draft:
    """Return a post to be published."""
    return msgspec.convert({"text": text, "published_at": TIME, **fields}, Draft)


def image(content: bytes = PNG, media_type: str = "image/png") -> Image:
    """Return an image as hosts have it."""
    return Image(hashlib.sha256(content).hexdigest(), media_type, content)


def sentence(of: str) -> Sentence:
    """Return a sentence that can be told from others."""
    return Sentence(f"This cannot be seen: {of}.", "provisions/7", f"entry of {of}")


def applied(target: Target, kind: MeasureKind, measure: str = "m1", key: str | None = None) -> Act:
    """Return an act that applies a measure; its sentence is that of its name."""
    return _act(target, kind, measure, Direction.APPLY, key)


def lifted(target: Target, kind: MeasureKind, measure: str = "m1", key: str | None = None) -> Act:
    """Return an act that lifts a measure."""
    return _act(target, kind, measure, Direction.LIFT, key)


def _act(target: Target, kind: MeasureKind, measure: str, direction: Direction, key: str | None) -> Act:
    return Act(key or f"{measure}/{direction}/{target}", measure, kind, direction, target, sentence(measure))


def compete(folder: Path, name: str, rounds: int, pipe: Connection) -> None:
    """Publish, and apply and lift what another does as well, each under one key; in a process of its own."""
    with square(folder) as (_, platform, host):
        pipe.send("ready")
        pipe.recv()
        for number in range(rounds):
            target = Target(Subject("square", SubjectKind.ACCOUNT, "news"), "p2")
            for act in (applied, lifted):
                host.carry_out(act(target, MeasureKind.BLOCK_CONTENT, f"m{number}"))
            platform.publish(name, draft())
        pipe.send("done")
