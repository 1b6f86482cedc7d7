"""A plotter for the pictures of the docs: panels of curves as small SVG text, the same bytes from the same numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np

INK, SOFT, GRID, PAPER = "#1f2933", "#5f6c7b", "#e3e7ec", "#ffffff"
COLOURS = ("#2563a8", "#d9682b", "#2f8f5b", "#a23b72", "#8a6d1f", "#5b4bb3", "#4a5663")
FONT = "font-family='Helvetica, Arial, sans-serif'"
TOP = 52.0  # px over the frame of the first row
FINE_PX = 0.15  # a point nearer than this to its neighbours' line is left out
OCTAVES_HZ = (31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)


def text(
    x: float, y: float, words: str, size: int = 12, anchor: str = "start", colour: str = INK, more: str = ""
) -> str:
    """One line of text, its foot at y."""
    look = f"font-size='{size}' text-anchor='{anchor}' fill='{colour}'{more}"
    return f"<text x='{x:.1f}' y='{y:.1f}' {look}>{escape(words)}</text>"


def page(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    """A whole picture on white paper, so that it reads on a dark page too."""
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:.0f} {height:.0f}' width='{width:.0f}' {FONT}>"
    paper = f"<rect width='{width:.0f}' height='{height:.0f}' rx='8' fill='{PAPER}'/>"
    return "\n".join([head, f"<title>{escape(title)}</title>", paper, *parts, "</svg>", ""])


def thin(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Which points of a line on paper are needed to see it (Ramer 1972, Douglas and Peucker 1973).  Indices."""
    keep = np.zeros(len(x), bool)
    keep[[0, -1]] = True
    spans = [(0, len(x) - 1)]
    while spans:
        a, b = spans.pop()
        if b - a < 2:
            continue
        dx, dy = x[b] - x[a], y[b] - y[a]
        off = np.abs(dx * (y[a + 1 : b] - y[a]) - dy * (x[a + 1 : b] - x[a])) / max(math.hypot(dx, dy), 1e-9)
        worst = int(off.argmax())
        if off[worst] > FINE_PX:
            keep[a + 1 + worst] = True
            spans += [(a, a + 1 + worst), (a + 1 + worst, b)]
    return np.flatnonzero(keep)


@dataclass(frozen=True)
class Axis:
    """A range with its unit, straight or by octaves, and where its ticks stand."""

    label: str
    low: float
    high: float
    ticks: Sequence[float]
    log: bool = False

    def place(self, value: np.ndarray | float) -> np.ndarray:
        """0 at the low end, 1 at the high end."""
        if self.log:
            return np.log(np.asarray(value) / self.low) / math.log(self.high / self.low)
        return (np.asarray(value) - self.low) / (self.high - self.low)

    def name(self, tick: float) -> str:
        if self.log:
            return f"{tick / 1000:g}k" if tick >= 1000 else f"{math.floor(tick)}"
        return f"{tick:g}".replace("-", "−")


FREQUENCY = Axis("Hz", 20.0, 20_000.0, OCTAVES_HZ, log=True)


@dataclass
class Panel:
    """One pair of axes with its curves, each with a name in the legend or none."""

    title: str
    x: Axis
    y: Axis
    curves: list[tuple[str, np.ndarray, np.ndarray, str, str]] = field(default_factory=list)

    def curve(self, name: str, x: np.ndarray, y: np.ndarray, colour: str = "", dash: str = "") -> None:
        """A line through the points; the next colour of the palette unless one is given."""
        used = sum(1 for c in self.curves if not c[4])
        self.curves.append((name, np.asarray(x, float), np.asarray(y, float), colour or COLOURS[used % 7], dash))

    def draw(self, left: float, top: float, width: float, height: float, key: str) -> list[str]:
        """The panel with its frame in that rectangle; key is a name for its clip path."""
        out = [text(left, top - 26, self.title, 14, more=" font-weight='bold'")]
        for tick in self.x.ticks:
            at = left + width * float(self.x.place(tick))
            out.append(f"<path d='M{at:.1f} {top:.1f}v{height:.1f}' stroke='{GRID}'/>")
            out.append(text(at, top + height + 15, self.x.name(tick), 11, "middle", SOFT))
        for tick in self.y.ticks:
            at = top + height * (1.0 - float(self.y.place(tick)))
            out.append(f"<path d='M{left:.1f} {at:.1f}h{width:.1f}' stroke='{GRID}'/>")
            out.append(text(left - 6, at + 4, self.y.name(tick), 11, "end", SOFT))
        out.append(text(left + width, top + height + 30, self.x.label, 11, "end", SOFT))
        out.append(text(left - 6, top - 8, self.y.label, 11, "end", SOFT))
        box = f"x='{left:.1f}' y='{top:.1f}' width='{width:.1f}' height='{height:.1f}'"
        out.append(f"<clipPath id='{key}'><rect {box}/></clipPath><g clip-path='url(#{key})' fill='none'>")
        legend, at = [], left
        for name, x, y, colour, dash in self.curves:
            px = left + width * self.x.place(x)
            py = np.clip(top + height * (1.0 - self.y.place(y)), top - 50.0, top + height + 50.0)
            kept = thin(px, py)
            points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(px[kept], py[kept], strict=True))
            dashes = f" stroke-dasharray='{dash}'" if dash else ""
            out.append(f"<polyline points='{points}' stroke='{colour}' stroke-width='1.8'{dashes}/>")
            if name:
                legend.append(f"<path d='M{at:.1f} {top - 12:.1f}h14' stroke='{colour}' stroke-width='3'{dashes}/>")
                legend.append(text(at + 18, top - 8, name, 11))
                at += 32 + 6.0 * len(name)
        return [*out, f"</g><rect {box} fill='none' stroke='{SOFT}'/>", *legend]


def figure(title: str, panels: Sequence[Panel], columns: int = 2, width: float = 400.0, height: float = 230.0) -> str:
    """Panels in rows, each with a frame of width by height."""
    gap_x, gap_y, edge = 78.0, 92.0, 62.0
    parts: list[str] = []
    for n, panel in enumerate(panels):
        row, column = divmod(n, columns)
        parts += panel.draw(edge + column * (width + gap_x), TOP + row * (height + gap_y), width, height, f"p{n}")
    across, rows = min(columns, len(panels)), -(-len(panels) // columns)
    return page(edge + across * (width + gap_x) - gap_x + 22, TOP + rows * (height + gap_y) - gap_y + 44, title, parts)
