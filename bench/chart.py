"""A small chart as SVG: one line for each thing measured, the sizes in equal steps."""

from __future__ import annotations

from html import escape

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 300, 56, 44, 24, 84
COLOURS = ("#1264a3", "#2eb67d", "#b4501e", "#6b4ea0")


def drawn(title: str, lines: dict[str, dict[int, float]]) -> str:
    """Readable on white and on dark grounds alike, because it brings its own."""
    sizes = sorted({size for found in lines.values() for size in found})
    top = _round_up(max(value for found in lines.values() for value in found.values()))
    style = 'font-size="12" font-family="sans-serif"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {style}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="24" fill="#1d1c1d" font-weight="600">{escape(title)}</text>',
    ]
    for step in range(5):
        value = top * step / 4
        y = _y(value, top)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#dddddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#454545">{value:g}</text>')
    for number, size in enumerate(sizes):
        x, y = _x(number, len(sizes)), HEIGHT - BOTTOM + 18
        parts.append(f'<text x="{x:.1f}" y="{y}" text-anchor="middle" fill="#454545">{size:,}</text>')
    for number, (name, found) in enumerate(lines.items()):
        parts += _line(number, name, [(_x(sizes.index(size), len(sizes)), _y(v, top)) for size, v in found.items()])
    return "\n".join([*parts, "</svg>", ""])


def _line(number: int, name: str, points: list[tuple[float, float]]) -> list[str]:
    colour, y = COLOURS[number % len(COLOURS)], HEIGHT - 40 + 16 * (number // 2)
    x = LEFT + 290 * (number % 2)
    way = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    dots = [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in points]
    return [
        f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots,
        f'<circle cx="{x + 5}" cy="{y - 4}" r="4" fill="{colour}"/>',
        f'<text x="{x + 16}" y="{y}" fill="#1d1c1d">{escape(name)}</text>',
    ]  # fmt: skip


def _x(number: int, count: int) -> float:
    return LEFT + 30 + (WIDTH - LEFT - RIGHT - 60) * number / max(1, count - 1)


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top


def _round_up(value: float) -> float:
    step = 0.1
    while step * 4 < value:
        step *= 2
    return step * 4
