"""Every parameter of the console, declared once: path template, unit, range, law, rest value, id, one line for people.

Ids are append-only.  A strip has a block of 512; the same template has the same id on every kind of strip, and an
indexed group (a band, a send) counts on from its base by its stride.  A strip's block never moves when a console grows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from studiod.fx_params import FX
from studiod.param import Param, Refusal, Value
from studiod.points import points, stereo
from studiod.tape_params import ARM, RECORDER, TRANSPORT, tracks
from studiod.template import Template, choice, group, level, number, switch, text, within
from studiod.tree import Tree

__all__ = ["COLOURS", "Console", "Param", "Refusal", "Registry", "Template", "Value"]

# First block of each kind of strip; the room goes up to the next one (64 spare blocks at the end of 16 MIDI channels).
BLOCKS = {"ch": 0, "bus": 128, "return": 144, "matrix": 160, "dca": 176, "main": 192, "config": 193, "global": 194}
BLOCKS |= {"transport": 195, "recorder": 196}
BLOCKS |= {"fx": 208, "output": 224, "input": 352}
COLOURS = ("off", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
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
    returns: int = 0

    def __post_init__(self) -> None:
        limits = {"inputs": (0, 128), "outputs": (0, 128), "channels": (1, 128), "buses": (1, 16), "returns": (0, 16)}
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"console {name}: expected {low}..{high}; got {getattr(self, name)}")
        if not self.rate_hz > 0:
            raise ValueError(f"console rate_hz: expected a rate above 0 Hz; got {self.rate_hz}")


# Bases inside a strip: 0 strip, 16 gate, 32 comp, 48 hpf, lpf, delay, 63 eq/on, 64 bands by 8, 128 sends by 8.


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


KEY_TYPES = "low_cut high_cut band"


def key_filter(on: int, owner: str) -> list[Template]:
    """The filter of a detector's key, by the id of its switch."""
    return [
        switch(on, "filter/on", 0, f"Filters what the {owner} listens to."),
        choice(on + 1, "filter/type", KEY_TYPES, "band", f"The shape of the {owner}'s key filter."),
        number(
            on + 2, "filter/freq", "Hz", 20, 20000, 1000, f"Centre or corner of the {owner}'s key filter.", "octave"
        ),
        number(on + 3, "filter/q", "", 0.3, 10, 2, f"How narrow the {owner}'s key filter is.", "octave"),
    ]


def key(id: int, path: str, owner: str) -> Template:
    about = f"The point that the {owner} listens to, strips before their faders; none is its own strip."
    return Template(id, path, "point", about, rest="none")


def listen(id: int, owner: str) -> Template:
    return switch(id, "listen", 0, f"Plays what the {owner} listens to in place of the strip.", VOLATILE)


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
    key(43, "comp/key", "compressor"),
    *within("comp", key_filter(44, "compressor"), [listen(56, "compressor")]),
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
    key(24, "gate/key", "gate"),
    *within("gate", key_filter(25, "gate"), [listen(29, "gate")]),
]
HPF = [
    switch(48, "hpf/on", 0, "Puts the low cut in."),
    number(49, "hpf/freq", "Hz", 20, 1000, 80, "Corner of the low cut: -3 dB here.", "octave"),
    choice(50, "hpf/slope", "12dB 18dB 24dB", "12dB", "Steepness of the low cut, per octave."),
]
LPF = [
    switch(51, "lpf/on", 0, "Puts the high cut in."),
    number(52, "lpf/freq", "Hz", 1000, 20000, 20000, "Corner of the high cut: -3 dB here.", "octave"),
    choice(53, "lpf/slope", "12dB 18dB 24dB", "12dB", "Steepness of the high cut, per octave."),
]
DELAY = [
    switch(54, "delay/on", 0, "Puts the delay in."),
    number(55, "delay/time", "ms", 0, 500, 0, "How much later the strip is heard."),
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


WIDTH = number(11, "width", "%", 0, 200, 100, "How far apart the sides are; 0 is mono, 100 as they come.")
MAIN_ON = switch(7, "main/on", 1, "Sends the strip to the main bus.")


def routed(main_on: int) -> list[Template]:
    return [PAN, LINK, BALANCE, replace(MAIN_ON, rest=main_on)]


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
    number(6, "delay", "ms", 0, 500, 0, "How much later the output is heard.", flags=SAFE),
]
INPUT = [text(0, "name", "What is plugged in here.", SAFE)]
CONFIG = [
    choice(0, "pan_law", "-3dB -4.5dB -6dB 0dB", "-3dB", "Level of a mono strip in the centre."),
    switch(1, "mute_pre", 1, "Whether a mute silences pre-fader sends too."),
]
LIMITER = [
    switch(112, "limiter/on", 1, "Puts the limiter in; the mains are as late without it."),
    number(113, "limiter/gain", "dB", 0, 24, 0, "Drive into the limiter."),
    number(114, "limiter/ceiling", "dBTP", -20, 0, -1, "The true peak that the mains never exceed."),
    number(115, "limiter/release", "ms", 1, 1000, 80, "How fast the limiter lets go.", "octave"),
    number(116, "limiter/lookahead", "ms", 0.5, 5, 1.5, "How early the limiter begins; the mains are later by it."),
]
MOST_FRAMES = 2.0**63
GLOBAL = [
    switch(0, "output/mute", 0, "Silences every output, faded.", VOLATILE),
    number(1, "status/frames", "frames", 0, MOST_FRAMES, 0, "Frames played since the start.", flags=STATUS),
    number(2, "status/missed", "blocks", 0, MOST_FRAMES, 0, "Blocks that came too late for the device.", flags=STATUS),
    number(3, "status/late", "messages", 0, MOST_FRAMES, 0, "Messages whose time had passed.", flags=STATUS),
    number(4, "status/clock_ppm", "ppm", -100000, 100000, 0, "How far the device's clock is off.", flags=STATUS),
    text(5, "status/device", "The audio interface in use.", STATUS),
    choice(6, "meter/tap", "input pre_fader post_fader", "pre_fader", "Where channels and buses are metered."),
    Template(7, "meter/loudness", "point", "The point, mono or stereo, whose loudness is measured.", rest="main"),
    number(9, "status/latency/limiter", "ms", 0, 1000, 0, "How much later main is than its pre_limiter.", flags=STATUS),
    number(10, "tempo", "BPM", 20, 300, 120, "The tempo that synced effects follow."),
    Template(8, "meter/rta", "point", "The point, mono or stereo, whose spectrum is measured.", rest="none"),
]


def strip_templates(kind: str, buses: int) -> list[Template]:
    """All that one strip of a kind has."""
    if kind == "ch":
        sends = group(128, 8, "send", buses, lambda _: SEND)
        return [*strip(-90), *IN, *DELAY, *HPF, *LPF, *GATE, *eq(4), *COMP, *routed(1), ARM, *sends]
    if kind == "bus":
        return [*strip(0), *DELAY, *HPF, *LPF, *eq(6), *COMP, *routed(0)]
    if kind == "return":
        sends = group(128, 8, "send", buses, lambda _: SEND)
        return [*strip(0), *IN[:2], *HPF, *LPF, *eq(4), BALANCE, WIDTH, MAIN_ON, *sends]
    return [*strip(0), *DELAY, *eq(6), *COMP, BALANCE, *LIMITER]


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
        self.points = points(console.inputs, console.channels, console.buses, console.returns)
        self.stereo = (self.points[0], *stereo(self.points), *self.points[1:])  # what a reader of two sides takes
        for kind, count in (("ch", console.channels), ("bus", console.buses)):
            templates = strip_templates(kind, console.buses)
            for n in range(1, count + 1):
                paired = n % 2 == 1 and n < count
                source = f"input/{n}" if n <= console.inputs else "none"
                self._strip(kind, n, templates if paired else [t for t in templates if t.id not in _PAIR], source)
        for n in range(1, console.returns + 1):
            self._strip("return", n, strip_templates("return", console.buses), f"fx/{n}")
            self._strip("fx", n, FX, f"bus/{12 + n}" if 12 + n <= console.buses else "none")
        self._strip("main", 0, strip_templates("main", console.buses))
        self._strip("config", 0, CONFIG)
        for n in range(1, console.outputs + 1):
            self._strip("output", n, OUTPUT, output_rest(n, console.buses))
        for n in range(1, console.inputs + 1):
            self._strip("input", n, INPUT)
        self._strip("transport", 0, TRANSPORT)
        self._strip("recorder", 0, [*RECORDER, *tracks(console.channels, console.inputs)])
        self._strip("global", 0, GLOBAL)
        if len({p.nrpn for p in self.params.values()}) != len(self.params):
            raise ValueError("two parameters share an id")

    def _strip(self, kind: str, n: int, templates: Sequence[Template], source: str = "none") -> None:
        block = BLOCKS[kind] + max(n - 1, 0)
        prefix = "" if kind == "global" else f"{kind}/{n}/" if n else f"{kind}/"
        for t in templates:
            if t.kind == "point":
                rest = source if t.path == "source" else str(t.rest)
                self.add(t.at(prefix + t.path, block, rest, self.stereo if kind in WIDE else self.points))
            else:
                self.add(t.at(prefix + t.path, block))


WIDE = ("global", "return", "fx")  # kinds whose points may be stereo
_PAIR = {LINK.id, BALANCE.id}
