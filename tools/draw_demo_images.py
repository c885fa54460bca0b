"""Draw the images of the demo: what looks like a QR code and is none, a hash tree, receipts in a chain.

Run it by `python tools/draw_demo_images.py`. The code is of random squares between the marks of the corners:
no reader takes it for one, and it leads nowhere.
"""

from __future__ import annotations

import random
import struct
import zlib
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parents[1] / "src" / "tipstaff" / "demo" / "data" / "images"
PAPER, INK, BLUE, GOLD = (255, 255, 255), (20, 24, 32), (38, 90, 160), (214, 158, 46)
Color = tuple[int, int, int]


class Canvas:
    """A picture, as rows of colours."""

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._rows = [[PAPER] * width for _ in range(height)]

    def fill(self, left: int, top: int, width: int, height: int, color: Color) -> None:
        """Fill a rectangle."""
        for row in self._rows[top : top + height]:
            row[left : left + width] = [color] * width

    def frame(self, left: int, top: int, width: int, height: int, color: Color) -> None:
        """Draw a rectangle."""
        self.fill(left, top, width, height, color)
        self.fill(left + 3, top + 3, width - 6, height - 6, PAPER)

    def line(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Draw a line."""
        (left, top), (right, bottom) = start, end
        steps = max(abs(right - left), abs(bottom - top))
        for step in range(steps + 1):
            self.fill(left + (right - left) * step // steps, top + (bottom - top) * step // steps, 2, 2, INK)

    def png(self) -> bytes:
        """Return it as a PNG of eight bits a channel."""
        rows = b"".join(b"\0" + bytes(part for color in row for part in color) for row in self._rows)
        header = struct.pack(">IIBBBBB", self._width, len(self._rows), 8, 2, 0, 0, 0)
        chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    """Return a part of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def code(seed: int) -> Canvas:
    """Draw something like a QR code."""
    size, modules, chance = 8, 25, random.Random(seed)  # noqa: S311  a picture
    canvas = Canvas((modules + 8) * size, (modules + 8) * size)
    for row in range(modules):
        for column in range(modules):
            if chance.random() < 0.5:  # noqa: PLR2004  half of them
                canvas.fill((column + 4) * size, (row + 4) * size, size, size, INK)
    for row, column in ((0, 0), (0, modules - 7), (modules - 7, 0)):
        left, top = (column + 4) * size, (row + 4) * size
        canvas.fill(left - size, top - size, 9 * size, 9 * size, PAPER)
        for inset, color in ((0, INK), (1, PAPER), (2, INK)):
            side = (7 - 2 * inset) * size
            canvas.fill(left + inset * size, top + inset * size, side, side, color)
    return canvas


def tree() -> Canvas:
    """Draw a hash tree of eight leaves."""
    canvas = Canvas(480, 260)
    for level in range(4):
        count = 8 >> level
        for number in range(count):
            middle, top = 480 * (2 * number + 1) // (2 * count), 210 - 60 * level
            if level < 3:  # noqa: PLR2004  below the root
                parent = 480 * (2 * (number // 2) + 1) // count, 210 - 60 * (level + 1) + 24
                canvas.line((middle, top), parent)
            canvas.frame(middle - 20, top, 40, 26, GOLD if level == 3 else BLUE)  # noqa: PLR2004
    return canvas


def receipts() -> Canvas:
    """Draw an order, a receipt, a loan and its repayment, one after another."""
    canvas = Canvas(520, 140)
    for number in range(4):
        left = 20 + 130 * number
        canvas.frame(left, 30, 90, 80, BLUE)
        for line in range(3):
            canvas.fill(left + 14, 48 + 16 * line, 62 - 18 * (line % 2), 6, INK)
        canvas.fill(left + 62, 92, 16, 8, GOLD)
        if number < 3:  # noqa: PLR2004  before the last
            canvas.line((left + 94, 70), (left + 126, 70))
    return canvas


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for name, canvas in (
        ("join-code.png", code(7)),
        ("tree.png", tree()),
        ("warehouse-receipts.png", receipts()),
    ):
        (FOLDER / name).write_bytes(canvas.png())


if __name__ == "__main__":
    main()
