"""Pictures of what `studiod layout` writes: the pages of a surface, part by part, as both apps show them."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from pictures_style import PX

from studiod.layouts.drawn import drawn
from studiod.layouts.surface import BAR, TABS, Book, Page, Part
from studiod.registry.registry import Registry

DARK, EDGE, LIGHT = "#24272c", "#3a3f47", "#f2f4f6"
FILLS = {"fader": "#3d6fa8", "knob": "#3d6fa8", "meter": "#2f8f5b", "switch": "#5f6c7b", "hold": "#d9682b",
         "action": "#5b4bb3"}  # fmt: skip


def page(registry: Registry, title: str, role: str, strips: tuple[int, ...]) -> Figure:
    """The first page of a role's surface, below its tabs."""
    surface = drawn(registry, role, strips, (), 1024, 768)
    figure = Figure((surface.width * PX, surface.height * PX), facecolor=DARK)
    figure.set_label(title)
    frame = figure.add_axes((0, 0, 1, 1))
    frame.set_axis_off()
    frame.set_xlim(0, surface.width)
    frame.set_ylim(surface.height, 0)
    _box(frame, (0, 0, surface.width, BAR), "#1a4d26", "studiod")
    top, one = BAR, surface.book
    while isinstance(one, Book):
        _tabs(frame, [page.label for page in one.pages], top, surface.width)
        top, one = top + TABS, one.pages[0]
    assert isinstance(one, Page)
    for part in one.parts:
        x, y, w, h = part.frame
        _box(frame, (x, y + top, w, h), FILLS.get(part.kind, EDGE), _words(part))
        if part.kind == "fader":
            _box(frame, (x, y + top + h // 3, w, 8), LIGHT, "")
    return figure


def _words(part: Part) -> str:
    return {"shown": "0.0 dB"}.get(part.kind, part.label)


def _tabs(frame: Axes, labels: list[str], top: int, width: int) -> None:
    each = width // len(labels)
    for k, label in enumerate(labels):
        _box(frame, (k * each, top, each, TABS), "#3d6fa8" if k == 0 else EDGE, label)


def _box(frame: Axes, place: tuple[int, int, int, int], fill: str, words: str) -> None:
    x, y, w, h = place
    frame.add_patch(Rectangle((x, y), w, h, facecolor=fill, edgecolor=DARK, linewidth=1.0))
    if words:
        frame.text(x + w / 2, y + h / 2, words, color=LIGHT, ha="center", va="center", fontsize=8.5)
