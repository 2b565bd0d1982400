"""Draws the Teams app's icons into `adapters/teams/icons`: `python -m scripts.icons`. Law: the same pixels every time.

Microsoft Learn, Design your app icon: a colour icon of 192 × 192 that fills its square, with its symbol in the middle
96 × 96, and an outline of 32 × 32 in white on nothing.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[1] / "adapters" / "teams" / "icons"
Pixel = tuple[int, int, int, int]
BLUE, WHITE, YELLOW, NOTHING = (
    (0x2F, 0x5B, 0xD0, 255),
    (255, 255, 255, 255),
    (0xFF, 0xD1, 0x66, 255),
    (255, 255, 255, 0),
)


class Stroke(NamedTuple):
    """A line with round ends, or a dot where both ends are one."""

    x: float
    y: float
    to: float
    radius: float
    dot: bool = False


SYMBOL = (
    Stroke(5, 7, 19, 1.1),
    Stroke(5, 12, 14, 1.1),
    Stroke(5, 17, 11, 1.1),
    Stroke(18, 16, 18, 2.6, dot=True),
)
"""Lines of a timeline and the moment that counts; in a square of 24."""
MIDDLE = (12.25, 12.25)


def drawn(size: int, scale: float, ground: Pixel, line: Pixel, dot: Pixel) -> list[list[Pixel]]:
    return [[_pixel(x, y, size, scale, ground, line, dot) for x in range(size)] for y in range(size)]


def _pixel(x: int, y: int, size: int, scale: float, ground: Pixel, line: Pixel, dot: Pixel) -> Pixel:
    shown = ground
    for stroke in SYMBOL:
        across = (x + 0.5 - size / 2) / scale + MIDDLE[0]
        down = (y + 0.5 - size / 2) / scale + MIDDLE[1]
        away = ((across - min(max(across, stroke.x), stroke.to)) ** 2 + (down - stroke.y) ** 2) ** 0.5
        share = min(max((stroke.radius - away) * scale + 0.5, 0.0), 1.0)
        shown = _mixed(shown, dot if stroke.dot else line, share)
    return shown


def _mixed(under: Pixel, over: Pixel, share: float) -> Pixel:
    red, green, blue, alpha = (round(a + (b - a) * share) for a, b in zip(under, over, strict=True))
    return red, green, blue, alpha


def png(rows: list[list[Pixel]]) -> bytes:
    raw = b"".join(b"\0" + bytes(part for pixel in row for part in pixel) for row in rows)
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def icons() -> Iterator[tuple[str, list[list[Pixel]]]]:
    yield "color.png", drawn(192, 6.0, BLUE, WHITE, YELLOW)
    yield "outline.png", drawn(32, 1.6, NOTHING, WHITE, WHITE)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, rows in icons():
        (FOLDER / name).write_bytes(png(rows))


if __name__ == "__main__":
    main()
