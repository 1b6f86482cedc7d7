"""Every parameter of the console, declared once: path template, unit, range, law, default, id, one line for people.

Ids are append-only.  A strip has a block of 512; the same template has the same id on every kind of strip, and an
indexed group (a band, a send) counts on from its base by its stride.  A strip's block never moves when a console grows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from studiod.registry import console_sections as desk
from studiod.registry import surfaces
from studiod.registry.effects import FX
from studiod.registry.multitrack import RECORDER, TRANSPORT, tracks
from studiod.registry.param import Param, Refusal, Value
from studiod.registry.points import points, stereo
from studiod.registry.strip import BALANCE, COLOURS, LINK, Size, strip_templates
from studiod.registry.template import Template
from studiod.registry.tree import Tree

__all__ = ["COLOURS", "Console", "Param", "Refusal", "Registry", "Template", "Value"]

# First block of each kind of strip; the room goes up to the next one (16 spare blocks at the end of 16 MIDI channels).
BLOCKS = {"ch": 0, "bus": 128, "return": 144, "matrix": 160, "dca": 176, "main": 192, "config": 193, "global": 194}
BLOCKS |= {"transport": 195, "recorder": 196, "solo": 197, "monitor": 198, "talkback": 199, "generator": 200}
BLOCKS |= {"click": 201, "automix": 202, "automation": 203}
BLOCKS |= {"fx": 208, "output": 224, "input": 352, "mutegroup": 480, "surface": 496, "surface/page": 504}


@dataclass(frozen=True, slots=True)
class Console:
    """How large a console is."""

    inputs: int = 32
    outputs: int = 8
    channels: int = 32
    buses: int = 16
    rate_hz: int = 48000
    returns: int = 0
    matrices: int = 0
    dcas: int = 0
    mute_groups: int = 0
    surfaces: int = 0

    def __post_init__(self) -> None:
        limits = {"inputs": (0, 128), "outputs": (0, 128), "channels": (1, 128), "buses": (1, 16)}
        limits |= dict.fromkeys(("returns", "matrices", "dcas", "mute_groups"), (0, 16)) | {"surfaces": (0, 8)}
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"console {name}: expected {low}..{high}; got {getattr(self, name)}")
        if not self.rate_hz > 0:
            raise ValueError(f"console rate_hz: expected a rate above 0 Hz; got {self.rate_hz}")


def output_rest(index: int, buses: int) -> str:
    """What an output plays at rest: the mains on 1 2, the monitor on 3 4, then the buses."""
    if index <= 4:
        return ("main/l", "main/r", "monitor/l", "monitor/r")[index - 1]
    return f"bus/{index - 4}" if index - 4 <= buses else "none"


class Registry(Tree):
    """The parameters of one console."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = c = console
        self.points = points(c.inputs, c.channels, c.buses, c.returns, c.matrices)
        self.stereo = (self.points[0], *stereo(self.points), *self.points[1:])  # what a reader of two sides takes
        size = Size(c.buses, c.matrices, c.returns, c.dcas, c.mute_groups)
        for kind, count in (("ch", c.channels), ("bus", c.buses), ("matrix", c.matrices)):
            templates = strip_templates(kind, size)
            for n in range(1, count + 1):
                paired = n % 2 == 1 and n < count
                source = f"input/{n}" if n <= c.inputs else "none"
                self._strip(kind, n, templates if paired else [t for t in templates if t.id not in _PAIR], source)
        for n in range(1, c.returns + 1):
            self._strip("return", n, strip_templates("return", size), f"fx/{n}")
            self._strip("fx", n, FX, f"bus/{12 + n}" if 12 + n <= c.buses else "none")
        self._strip("main", 0, strip_templates("main", size))
        for kind, templates, count in (("dca", desk.DCA, c.dcas), ("mutegroup", desk.MUTE_GROUP, c.mute_groups)):
            for n in range(1, count + 1):
                self._strip(kind, n, templates)
        self._strip("config", 0, desk.CONFIG)
        self._strip("solo", 0, desk.SOLO)
        self._strip("monitor", 0, desk.MONITOR, "main")
        self._strip("talkback", 0, desk.talkback(c.buses))
        self._strip("generator", 0, desk.generator(c.channels, c.returns, c.buses, c.matrices))
        self._strip("click", 0, desk.click(c.buses))
        self._strip("automix", 0, desk.AUTOMIX)
        self._strip("automation", 0, desk.AUTOMATION)
        self._strip("transport", 0, TRANSPORT)
        self._strip("recorder", 0, [*RECORDER, *tracks(c.channels)])
        for n in range(1, c.outputs + 1):
            self._strip("output", n, desk.OUTPUT, output_rest(n, c.buses))
        for n in range(1, c.inputs + 1):
            self._strip("input", n, desk.INPUT)
        self._strip("global", 0, desk.GLOBAL)
        self.strips = surfaces.strips(c.channels, c.returns, c.buses, c.matrices, c.dcas)
        for n in range(1, c.surfaces + 1):
            self._strip("surface", n, surfaces.surface(c.buses))
        if c.surfaces:
            self._strip("surface/page", 0, [*surfaces.layers()])
        if len({p.nrpn for p in self.params.values()}) != len(self.params):
            raise ValueError("two parameters share an id")

    def find(self, path: str) -> Param:
        """The parameter at a path.  Raises Refusal with the nearest path, or with the strip that a pair is set by."""
        if path not in self.params and (fault := self.elsewhere(path)) is not None:
            raise fault
        return super().find(path)

    def elsewhere(self, path: str) -> Refusal | None:
        """Which path is meant by one that has another name now, or by the link or balance of a strip that has none;
        None: it means something else."""
        if path in desk.MOVED:
            return Refusal(path, "called otherwise now", nearest=desk.MOVED[path], remedy="send to that path")
        kind, _, rest = path.partition("/")
        index, _, tail = rest.partition("/")
        if tail not in _PAIRED or not index.isdecimal() or f"{kind}/{index}/fader" not in self.params:
            return None
        strip, before = f"{kind}/{index}", f"{kind}/{int(index) - 1}"
        odd = f"{before}/{tail}"
        if odd in self.params:
            remedy = f"set {odd}: it is that of {before} and {strip}"
            return Refusal(path, "a pair is set by its odd strip", nearest=odd, remedy=remedy)
        return Refusal(path, f"{strip} is no half of a pair", remedy="a pair is an odd strip and the one after it")

    def _strip(self, kind: str, n: int, templates: Sequence[Template], source: str = "none") -> None:
        block = BLOCKS[kind] + max(n - 1, 0)
        prefix = "" if kind == "global" else f"{kind}/{n}/" if n else f"{kind}/"
        for t in templates:
            if t.kind == "point":
                rest = source if t.path == "source" else str(t.rest)
                items = t.items + (self.stereo if kind in WIDE else self.points)
                self.add(t.at(prefix + t.path, block, rest, items))
            elif t.kind == "strip":
                self.add(t.at(prefix + t.path, block, items=self._strips_of(t)))
            else:
                self.add(t.at(prefix + t.path, block))

    def _strips_of(self, t: Template) -> tuple[str, ...]:
        """What a reader of strips takes: a slot none too, a spill only DCAs, and empty."""
        if t.path.endswith("/spill"):
            return ("", *(strip for strip in self.strips if strip.startswith("dca/")))
        return self.strips if t.rest in self.strips else (str(t.rest), *self.strips)


WIDE = ("global", "return", "fx", "monitor")  # kinds whose points may be stereo
_PAIR = {LINK.id, BALANCE.id}
_PAIRED = {LINK.path, BALANCE.path}
