"""Every parameter of the console, declared once: path template, unit, range, law, rest value, id, one line for people.

Ids are append-only.  A strip has a block of 512; the same template has the same id on every kind of strip, and an
indexed group (a band, a send) counts on from its base by its stride.  A strip's block never moves when a console grows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from studiod.laws import fits, float32
from studiod.param import Param, Refusal, Value
from studiod.points import points
from studiod.tree import Tree

__all__ = ["COLOURS", "Console", "Param", "Refusal", "Registry", "Template", "Value"]

BLOCK = 512
# First block of each kind of strip; the room goes up to the next one (64 spare blocks at the end of 16 MIDI channels).
BLOCKS = {"ch": 0, "bus": 128, "return": 144, "matrix": 160, "dca": 176, "main": 192, "config": 193, "global": 194}
BLOCKS |= {"fx": 208, "output": 224, "input": 352}
COLOURS = ("off", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
NO_FLAGS: frozenset[str] = frozenset()
SAFE, VOLATILE = frozenset({"safe"}), frozenset({"volatile"})
STATUS = frozenset({"read-only", "volatile"})
BANDS_HZ = {4: (100.0, 400.0, 2000.0, 8000.0), 6: (60.0, 150.0, 400.0, 1000.0, 3000.0, 10000.0)}
BAND_TYPES = ("bell", "low_shelf", "high_shelf", "low_cut", "high_cut", "notch")


@dataclass(frozen=True, slots=True)
class Console:
    """How large a console is."""

    inputs: int = 32
    outputs: int = 8
    channels: int = 32
    buses: int = 16
    rate_hz: int = 48000

    def __post_init__(self) -> None:
        for name, low, high in (("inputs", 0, 128), ("outputs", 0, 128), ("channels", 1, 128), ("buses", 1, 16)):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"console {name}: expected {low}..{high}; got {getattr(self, name)}")
        if not self.rate_hz > 0:
            raise ValueError(f"console rate_hz: expected a rate above 0 Hz; got {self.rate_hz}")


@dataclass(frozen=True, slots=True)
class Template:
    """A parameter before it has a strip.  Checked when made."""

    id: int
    path: str
    kind: str
    about: str
    unit: str = ""
    low: float = 0.0
    high: float = 1.0
    rest: Value = 0
    law: str = "line"
    items: tuple[str, ...] = ()
    flags: frozenset[str] = NO_FLAGS

    def __post_init__(self) -> None:
        if not (0 <= self.id < BLOCK and self.path and self.about):
            raise ValueError(f"{self.path}: a template needs an id below {BLOCK}, a path and a line for people")
        if self.kind == "number":
            if not fits(self.law, self.low, self.high):
                raise ValueError(f"{self.path}: law {self.law} does not fit {self.low}..{self.high}")
            for name in ("low", "high", "rest"):
                object.__setattr__(self, name, float32(getattr(self, name)))
            if not self.low <= float(self.rest) <= self.high:
                raise ValueError(f"{self.path}: rest {self.rest} outside {self.low}..{self.high}")
        elif self.kind == "list" and self.rest not in self.items:
            raise ValueError(f"{self.path}: rest {self.rest} is not one of {self.items}")
        elif self.kind == "switch" and self.rest not in (0, 1):
            raise ValueError(f"{self.path}: rest {self.rest} is not a switch position")

    def at(self, path: str, block: int, rest: Value | None = None, items: tuple[str, ...] = ()) -> Param:
        """The parameter of one strip."""
        channel, number = divmod(block * BLOCK + self.id, 16384)
        value = self.rest if rest is None else rest
        items = items or self.items
        if self.kind == "point" and value not in items:
            raise ValueError(f"{path}: rest {value} is not a point of this console")
        return Param(
            path, self.kind, self.unit, self.low, self.high, value, self.law, items, self.flags, self.about,
            self.id, (channel + 1, number),
        )  # fmt: skip


def number(
    id: int, path: str, unit: str, low: float, high: float, rest: float, about: str, law: str = "line",
    flags: frozenset[str] = NO_FLAGS,
) -> Template:  # fmt: skip
    return Template(id, path, "number", about, unit, low, high, rest, law, flags=flags)


def level(id: int, path: str, rest: float, about: str) -> Template:
    return number(id, path, "dB", -90.0, 10.0, rest, about, "fader")


def switch(id: int, path: str, rest: int, about: str, flags: frozenset[str] = NO_FLAGS) -> Template:
    return Template(id, path, "switch", about, rest=rest, flags=flags)


def choice(id: int, path: str, items: str, rest: str, about: str, flags: frozenset[str] = NO_FLAGS) -> Template:
    return Template(id, path, "list", about, rest=rest, items=tuple(items.split()), flags=flags)


def text(id: int, path: str, about: str, flags: frozenset[str] = NO_FLAGS) -> Template:
    return Template(id, path, "text", about, rest="", flags=flags)


def group(base: int, stride: int, name: str, count: int, make: Callable[[int], Iterable[Template]]) -> list[Template]:
    """name/1/…, name/2/…: ids count on from base by stride."""
    out = []
    for index in range(1, count + 1):
        for t in make(index):
            if t.id >= stride:
                raise ValueError(f"{name}/{t.path}: id {t.id} does not fit a stride of {stride}")
            out.append(replace(t, id=base + (index - 1) * stride + t.id, path=f"{name}/{index}/{t.path}"))
    return out


# Bases inside a strip: 0 strip, 16 gate, 32 comp, 48 hpf, 63 eq/on, 64 bands by 8, 128 sends by 8.


def strip(fader_rest: float) -> list[Template]:
    return [
        text(0, "name", "What the strip is called."),
        choice(1, "colour", " ".join(COLOURS), "off", "The strip's colour on surfaces and pages."),
        level(2, "fader", fader_rest, "The strip's level; -90 is off."),
        switch(3, "mute", 0, "Silences the strip, every tap but input."),
    ]


def band(freq_hz: float) -> list[Template]:
    return [
        switch(0, "on", 1, "Puts this EQ band in."),
        choice(1, "type", " ".join(BAND_TYPES), "bell", "The shape of this EQ band."),
        number(2, "freq", "Hz", 20, 20000, freq_hz, "Centre or corner frequency of this EQ band.", "octave"),
        number(3, "gain", "dB", -18, 18, 0, "Boost or cut of this EQ band; bells and shelves only."),
        number(4, "q", "", 0.3, 10, 0.707, "How narrow this EQ band is.", "octave"),
    ]


def eq(bands: int) -> list[Template]:
    return [
        switch(63, "eq/on", 1, "Puts the whole EQ in; flat is bit-exact."),
        *group(64, 8, "eq", bands, lambda b: band(BANDS_HZ[bands][b - 1])),
    ]


COMP = [
    switch(32, "comp/on", 0, "Puts the compressor in."),
    choice(33, "comp/position", "pre_eq post_eq", "post_eq", "Whether the compressor sits before or after the EQ."),
    number(34, "comp/threshold", "dB", -60, 0, -20, "Level above which the compressor works."),
    number(35, "comp/ratio", "", 1, 100, 3, "How many dB in give one dB out above the threshold.", "octave"),
    number(36, "comp/knee", "dB", 0, 24, 6, "Width of the soft bend around the threshold."),
    number(37, "comp/attack", "ms", 0.05, 250, 10, "How fast gain goes down."),
    number(38, "comp/hold", "ms", 0, 2000, 0, "How long gain stays down before the release."),
    number(39, "comp/release", "ms", 5, 4000, 150, "How fast gain comes back."),
    number(40, "comp/makeup", "dB", -6, 24, 0, "Gain after the compressor."),
    number(41, "comp/mix", "%", 0, 100, 100, "How much of the compressed sound; 0 is the dry one."),
    choice(42, "comp/detector", "peak rms", "rms", "What the compressor measures; a 0 dBFS sine reads 0 on both."),
]
GATE = [
    switch(16, "gate/on", 0, "Puts the gate in."),
    choice(17, "gate/mode", "gate expand2 expand3 expand4 duck", "gate", "Gate, expander by ratio, or ducker."),
    number(18, "gate/threshold", "dB", -80, 0, -40, "Level above which the gate opens."),
    number(19, "gate/range", "dB", 3, 80, 60, "How far the closed gate turns down."),
    number(20, "gate/hysteresis", "dB", 0, 12, 3, "How far below the threshold the open gate closes."),
    number(21, "gate/attack", "ms", 0.02, 120, 1, "How fast the gate opens."),
    number(22, "gate/hold", "ms", 0.02, 2000, 10, "How long the gate stays open at least."),
    number(23, "gate/release", "ms", 5, 4000, 150, "How fast the gate closes."),
]
HPF = [
    switch(48, "hpf/on", 0, "Puts the low cut in."),
    number(49, "hpf/freq", "Hz", 20, 1000, 80, "Corner of the low cut: -3 dB here.", "octave"),
    choice(50, "hpf/slope", "12dB 18dB 24dB", "12dB", "Steepness of the low cut, per octave."),
]
SEND = [
    switch(0, "on", 1, "Lets this send through."),
    level(1, "level", -90, "How much goes to this bus; -90 is off."),
    number(2, "pan", "", -100, 100, 0, "Place in a linked pair of buses, when follow is off."),
    switch(3, "follow", 1, "The send's pan follows the strip's."),
    choice(4, "tap", "input pre_eq pre_fader post_fader group", "post_fader", "Where in the strip this send taps."),
]
PAN = number(4, "pan", "", -100, 100, 0, "Place between left (-100) and right (100).")
BALANCE = number(6, "balance", "", -100, 100, 0, "Balance of left and right; of a pair, while it is linked.")
LINK = switch(5, "link", 0, "Makes a stereo pair with the next strip.")


def routed(main_on: int) -> list[Template]:
    return [PAN, LINK, BALANCE, switch(7, "main/on", main_on, "Sends the strip to the main bus.")]


IN = [
    Template(8, "source", "point", "The point that feeds the channel.", rest="none"),
    number(9, "trim", "dB", -24, 24, 0, "Digital gain at the channel's input."),
    switch(10, "polarity", 0, "Turns the channel's polarity over."),
]
OUTPUT = [
    Template(0, "source", "point", "The point that feeds the output.", rest="none", flags=SAFE),
    choice(1, "tap", "input pre_fader post_fader", "post_fader", "Where a strip is tapped for this output.", SAFE),
    number(2, "trim", "dB", -60, 0, 0, "Level of the output.", flags=SAFE),
    switch(3, "polarity", 0, "Turns the output's polarity over.", SAFE),
    switch(4, "mute", 0, "Silences the output.", SAFE),
    number(5, "ceiling", "dBFS", -30, 0, 0, "No sample leaves louder than this; a clamp without delay.", flags=SAFE),
]
INPUT = [text(0, "name", "What is plugged in here.", SAFE)]
CONFIG = [
    choice(0, "pan_law", "-3dB -4.5dB -6dB 0dB", "-3dB", "Level of a mono strip in the centre."),
    switch(1, "mute_pre", 1, "Whether a mute silences pre-fader sends too."),
]
MOST_FRAMES = 2.0**63
GLOBAL = [
    switch(0, "output/mute", 0, "Silences every output, faded.", VOLATILE),
    number(1, "status/frames", "frames", 0, MOST_FRAMES, 0, "Frames played since the start.", flags=STATUS),
    number(2, "status/missed", "blocks", 0, MOST_FRAMES, 0, "Blocks that came too late for the device.", flags=STATUS),
    number(3, "status/late", "messages", 0, MOST_FRAMES, 0, "Messages whose time had passed.", flags=STATUS),
    number(4, "status/clock_ppm", "ppm", -100000, 100000, 0, "How far the device's clock is off.", flags=STATUS),
    text(5, "status/device", "The audio interface in use.", STATUS),
]


def strip_templates(kind: str, buses: int) -> list[Template]:
    """All that one strip of a kind has."""
    if kind == "ch":
        sends = group(128, 8, "send", buses, lambda _: SEND)
        return [*strip(-90), *IN, *HPF, *GATE, *eq(4), *COMP, *routed(1), *sends]
    if kind == "bus":
        return [*strip(0), *HPF, *eq(6), *COMP, *routed(0)]
    return [*strip(0), *eq(6), *COMP, BALANCE]


def output_rest(index: int, buses: int) -> str:
    """What an output plays at rest: the mains on 1 2, a gap for the monitors on 3 4, then the buses."""
    if index <= 4:
        return ("main/l", "main/r", "none", "none")[index - 1]
    return f"bus/{index - 4}" if index - 4 <= buses else "none"


class Registry(Tree):
    """The parameters of one console."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console
        self.points = points(console.inputs, console.channels, console.buses)
        for kind, count in (("ch", console.channels), ("bus", console.buses)):
            templates = strip_templates(kind, console.buses)
            for n in range(1, count + 1):
                paired = n % 2 == 1 and n < count
                source = f"input/{n}" if n <= console.inputs else "none"
                self._strip(kind, n, templates if paired else [t for t in templates if t.id not in _PAIR], source)
        self._strip("main", 0, strip_templates("main", console.buses))
        self._strip("config", 0, CONFIG)
        for n in range(1, console.outputs + 1):
            self._strip("output", n, OUTPUT, output_rest(n, console.buses))
        for n in range(1, console.inputs + 1):
            self._strip("input", n, INPUT)
        self._strip("global", 0, GLOBAL)
        if len({p.nrpn for p in self.params.values()}) != len(self.params):
            raise ValueError("two parameters share an id")

    def _strip(self, kind: str, n: int, templates: Sequence[Template], source: str = "none") -> None:
        block = BLOCKS[kind] + max(n - 1, 0)
        prefix = "" if kind == "global" else f"{kind}/{n}/" if n else f"{kind}/"
        for t in templates:
            if t.kind == "point":
                self.add(t.at(prefix + t.path, block, source, self.points))
            else:
                self.add(t.at(prefix + t.path, block))


_PAIR = {LINK.id, BALANCE.id}
