"""The line-up of surfaces, declared once: layers of strips that are stored, and what is under the faders just now.

A console has some line-ups, which devices and clients share by their number, and the page's own layers.
"""

from collections.abc import Iterator

from studiod.registry.template import SAFE, VOLATILE, Template, choice, number, switch, text, within

LAYERS, SLOTS = 6, 32
NONE = "none"  # a slot without a strip: a dark fader
VIEWS = ("all", "ch", "return", "bus", "matrix", "dca", "armed")
PAGES = ("pan", "trim", "send", "eq", "dyn", "fx")
PARTS, FIRST_MOST = 64, 512
FOLLOW, LAYER, PER_LAYER = 16, 32, 48  # ids; those of now/… from 0 on


def whole(id: int, path: str, most: int, about: str) -> Template:
    """A whole number from 1, of what is so just now."""
    return number(id, path, "", 1, most, 1, about, "whole", VOLATILE)


def layers() -> Iterator[Template]:
    """What every line-up stores."""
    for layer in range(1, LAYERS + 1):
        id = LAYER + PER_LAYER * (layer - 1)
        yield text(id, f"layer/{layer}/name", "What the layer is called.", SAFE)
        for slot in range(1, SLOTS + 1):
            about = "The strip under this fader of the layer; none is a dark fader."
            yield Template(id + slot, f"layer/{layer}/slot/{slot}", "strip", about, rest=NONE, flags=SAFE)


def surface(buses: int) -> list[Template]:
    """A line-up that devices share."""
    now = [
        choice(0, "layer", " ".join(map(str, range(LAYERS + 1))), "0", "Which layer is up; 0 is the view.", VOLATILE),
        choice(1, "view", " ".join(VIEWS), "all", "Which strips layer 0 shows.", VOLATILE),
        whole(2, "first", FIRST_MOST, "The place under the first fader."),
        Template(3, "select", "strip", "The strip that is selected.", rest="ch/1", flags=VOLATILE),
        Template(4, "spill", "strip", "A DCA whose members alone are shown; empty: none.", rest="", flags=VOLATILE),
        choice(5, "page", " ".join(PAGES), "pan", "What the knobs move.", VOLATILE),
        whole(6, "part", PARTS, "Which of the page's parts."),
        whole(7, "bus", max(buses, 2), "Whose sends the send page has."),
        switch(8, "flip", 0, "Faders and knobs change places.", VOLATILE),
    ]
    follow = switch(FOLLOW, "follow", 0, "A strip that is selected elsewhere comes into view.", SAFE)
    return [*within("now", now), follow, *layers()]


def strips(channels: int, returns: int, buses: int, matrices: int, dcas: int) -> tuple[str, ...]:
    """Every strip that can be under a fader, in the order of the view of all; the mains last."""
    counts = {"ch": channels, "return": returns, "bus": buses, "matrix": matrices, "dca": dcas}
    return (*(f"{kind}/{n}" for kind, count in counts.items() for n in range(1, count + 1)), "main")
