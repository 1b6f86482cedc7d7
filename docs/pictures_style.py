"""How the pictures of the docs look and are written: matplotlib, as SVG, the same bytes from the same numbers."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

INK, SOFT, GRID = "#1f2933", "#5f6c7b", "#e3e7ec"
COLOURS = ("#2563a8", "#d9682b", "#2f8f5b", "#a23b72", "#8a6d1f", "#5b4bb3", "#4a5663")
DASHED = (0, (2, 3))  # where a picture shows what would be without the unit
PX = 1 / 96  # inches
LEFT, RIGHT, TOP, FOOT, GAP_X, GAP_Y = 66, 22, 56, 46, 82, 102  # px around panels and between them
OCTAVES_HZ = (31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)
STYLE = {
    "svg.fonttype": "none",  # words stay words: they can be searched, and compared by a test
    "svg.hashsalt": "studiod",  # else names within the file are drawn by lot
    "font.family": ["DejaVu Sans", "sans-serif"],  # the one that comes with matplotlib, for the same layout everywhere
    "path.simplify_threshold": 0.35,
    "font.size": 8.5,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.linewidth": 0.75,
    "axes.labelcolor": SOFT,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "lines.linewidth": 1.4,
}


@dataclass(frozen=True)
class Axis:
    """A range with its unit, straight or by octaves, and where its ticks stand."""

    label: str
    low: float
    high: float
    ticks: Sequence[float]
    log: bool = False

    def names(self) -> list[str]:
        """31.5 Hz is called 31, and 1000 Hz 1k, as on every equaliser."""
        if self.log:
            return [f"{tick / 1000:g}k" if tick >= 1000 else f"{math.floor(tick)}" for tick in self.ticks]
        return [f"{tick:g}".replace("-", "−") for tick in self.ticks]


FREQUENCY = Axis("Hz", 20.0, 20_000.0, OCTAVES_HZ, log=True)


def panels(title: str, count: int, width: float = 400.0, height: float = 230.0) -> tuple[Figure, list[Axes]]:
    """A figure with that many frames of width by height px, two in a row."""
    columns, rows = min(2, count), -(-count // 2)
    across = LEFT + columns * width + (columns - 1) * GAP_X + RIGHT
    down = TOP + rows * height + (rows - 1) * GAP_Y + FOOT
    figure = Figure((across * PX, down * PX))
    figure.set_label(title)
    frames = []
    for n in range(count):
        row, column = divmod(n, columns)
        left, top = LEFT + column * (width + GAP_X), TOP + row * (height + GAP_Y)
        frames.append(figure.add_axes((left / across, 1.0 - (top + height) / down, width / across, height / down)))
    return figure, frames


def panel(frame: Axes, title: str, x: Axis, y: Axis) -> Axes:
    """An empty panel, ready for curves."""
    frame.set_title(title, loc="left", pad=24.0, fontsize=10.5, fontweight="bold")
    frame.set_prop_cycle(color=COLOURS)
    frame.set_xscale("log" if x.log else "linear")
    for axis, given in ((frame.xaxis, x), (frame.yaxis, y)):
        axis.set_major_locator(FixedLocator(list(given.ticks)))
        axis.set_major_formatter(FixedFormatter(given.names()))
        axis.set_minor_locator(NullLocator())
    frame.set_xlim(x.low, x.high)
    frame.set_ylim(y.low, y.high)
    frame.set_xlabel(x.label, loc="right", labelpad=1.0)
    frame.set_ylabel(y.label, loc="top", labelpad=3.0)
    frame.grid(color=GRID)
    frame.set_axisbelow(True)
    frame.tick_params(length=0.0)
    return frame


def legend(frame: Axes) -> None:
    """The names of the curves, between title and frame; of a curve without a name, none."""
    handles, names = frame.get_legend_handles_labels()
    if names:
        where = {"loc": "lower left", "bbox_to_anchor": (-0.01, 0.985), "ncols": len(names)}
        frame.legend(handles, names, frameon=False, handlelength=1.2, handletextpad=0.4, columnspacing=1.2, **where)


def write(draw: Callable[[], Figure], path: Path) -> None:
    """Draw a picture into a file."""
    with matplotlib.rc_context(STYLE):
        figure = draw()
        for frame in figure.axes:
            legend(frame)
        figure.savefig(path, format="svg", metadata={"Title": figure.get_label(), "Date": None, "Creator": None})
