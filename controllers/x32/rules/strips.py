"""The strips: what is set on each of them beside its dynamics and its sends."""

from collections.abc import Callable, Iterable, Iterator

from controllers.x32.laws import known as law
from controllers.x32.laws.law import Choice
from controllers.x32.laws.scales import Line, Octave
from controllers.x32.links.link import Flags, Item, Link, Name, Number, inverse, switch
from controllers.x32.links.pairs import InsertOn, InsertSel, Side
from controllers.x32.rules.dynamics import comp, gate
from controllers.x32.rules.row import Row
from controllers.x32.rules.sends import sends
from controllers.x32.rules.sources import SOURCES

COLOURS = ("off", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
BANDS = Choice(("LCut", "LShv", "PEQ", "VEQ", "HShv", "HCut"))
CROSSOVERS = ("BU6", "BU12", "BS12", "LR12", "BU18", "BU24", "BS24", "LR24")
BANDS_OF_MAINS = Choice((*BANDS.words, *CROSSOVERS))
SHAPES = ("low_cut", "low_shelf", "bell", "bell", "high_shelf", "high_cut")
EQ_DB = Line(-15.0, 15.0, 0.25, 2, 3, plus=True)
Q = Octave(10.0, 0.3, 71, 1, 2)
LOW_CUT_HZ = Octave(20.0, 400.0, 100, 0)
WEIGHT_DB = Line(-12.0, 12.0, 0.5, 1, plus=True)
REST_HZ = {4: ("124.7", "496.6", "1k97", "10k02"), 6: ("79.6", "200.0", "496.6", "1k25", "3k99", "10k02")}
Rows = Iterator[Row]


def config(x: str, desk: str, source: str = "") -> Rows:
    """Name, picture, colour; of what has an input, its source too."""
    yield Row(f"{x}/config/name", law.NAME, Name(f"{desk}/name"))
    yield Row(f"{x}/config/icon", law.ICON, rest="1")
    yield Row(f"{x}/config/color", law.COLOUR, Item(f"{desk}/colour", COLOURS * 2), rest="WH")
    if source:
        yield Row(f"{x}/config/source", law.SOURCE, Item(f"{desk}/source", SOURCES))


def insert(x: str, desk: str) -> Rows:
    on, sel = f"{x}/insert/on", f"{x}/insert/sel"
    yield Row(on, law.SWITCH, InsertOn(f"{desk}/insert/fx", sel))
    position = Item(f"{desk}/insert/position", ("pre_fader", "post_fader"))
    yield Row(f"{x}/insert/pos", Choice(("PRE", "POST")), position, "POST")
    yield Row(sel, law.INSERTS, InsertSel(f"{desk}/insert/fx", on))


def eq(x: str, desk: str, bands: int, types: Choice = BANDS) -> Rows:
    shapes = (*SHAPES, *("bell",) * (len(types.words) - len(SHAPES)))
    yield Row(f"{x}/eq/on", law.SWITCH, switch(f"{desk}/eq/on"), "ON")
    for k in range(1, bands + 1):
        at, band = f"{x}/eq/{k}", f"{desk}/eq/{k}"
        yield Row(f"{at}/type", types, Item(f"{band}/type", shapes, other=2), "PEQ")
        yield Row(f"{at}/f", law.FREQUENCY, Number(f"{band}/freq", law.FREQUENCY), REST_HZ[bands][k - 1])
        yield Row(f"{at}/g", EQ_DB, Number(f"{band}/gain", EQ_DB), "+0.00")
        yield Row(f"{at}/q", Q, Number(f"{band}/q", Q), "2.0")


def mix(x: str, desk: str, pan: Link | None, buses: int, tap: Choice = law.TAP_OR_GROUP) -> Rows:
    """Fader and mains of what goes to buses, then its sends."""
    yield Row(f"{x}/mix/on", law.SWITCH, inverse(f"{desk}/mute"), "ON")
    yield Row(f"{x}/mix/fader", law.FADER, Number(f"{desk}/fader", law.FADER))
    yield Row(f"{x}/mix/st", law.SWITCH, switch(f"{desk}/main/on"), "ON")
    yield Row(f"{x}/mix/pan", law.PAN, pan, "+0")
    yield Row(f"{x}/mix/mono", law.SWITCH)
    yield Row(f"{x}/mix/mlevel", law.SEND)
    yield from sends(x, desk, buses, tap)


def groups(x: str, desk: str) -> Rows:
    yield Row(f"{x}/grp/dca", law.DCAS, Flags(f"{desk}/dca/{n}" for n in range(1, 9)))
    yield Row(f"{x}/grp/mute", law.MUTES, Flags(f"{desk}/mutegroup/{n}" for n in range(1, 7)))


def preamp(x: str, desk: str) -> Rows:
    yield Row(f"{x}/preamp/trim", law.TRIM_DB, Number(f"{desk}/trim", law.TRIM_DB), "+0.0")
    yield Row(f"{x}/preamp/invert", law.SWITCH, switch(f"{desk}/polarity"))


def channel(n: int) -> Rows:
    x, desk = f"ch/{n:02d}", f"ch/{n}"
    yield from config(x, desk, "source")
    yield Row(f"{x}/delay/on", law.SWITCH, switch(f"{desk}/delay/on"))
    yield Row(f"{x}/delay/time", law.DELAY_MS, Number(f"{desk}/delay/time", law.DELAY_MS))
    yield from preamp(x, desk)
    yield Row(f"{x}/preamp/hpon", law.SWITCH, switch(f"{desk}/hpf/on"))
    yield Row(f"{x}/preamp/hpslope", Choice(("12", "18", "24")), Item(f"{desk}/hpf/slope", ("12dB", "18dB", "24dB")))
    yield Row(f"{x}/preamp/hpf", LOW_CUT_HZ, Number(f"{desk}/hpf/freq", LOW_CUT_HZ))
    yield from gate(x, desk)
    yield from comp(x, desk)
    yield from insert(x, desk)
    yield from eq(x, desk, 4)
    yield from mix(x, desk, Number(f"{desk}/pan", law.PAN), 16)
    yield from groups(x, desk)
    group = Item(f"{desk}/automix/on", (0, 1, 1))
    yield Row(f"{x}/automix/group", Choice(("OFF", "X", "Y")), group)
    yield Row(f"{x}/automix/weight", WEIGHT_DB, Number(f"{desk}/automix/weight", WEIGHT_DB), "+0.0")


def aux(n: int) -> Rows:
    """The channels behind the thirty-second, where the desk has them."""
    x, desk = f"auxin/{n:02d}", f"ch/{32 + n}"
    yield from config(x, desk, "source")
    yield from preamp(x, desk)
    yield from eq(x, desk, 4)
    yield from mix(x, desk, Number(f"{desk}/pan", law.PAN), 16)
    yield from groups(x, desk)


def effect_return(n: int) -> Rows:
    """One side of a return of the desk, which has both: what is set on one is so on the other."""
    x, desk = f"fxrtn/{n:02d}", f"return/{(n + 1) // 2}"
    side = Side(f"{desk}/balance", f"{desk}/width", -1 if n % 2 else 1, law.PAN)
    yield from config(x, desk)
    yield from eq(x, desk, 4)
    yield from mix(x, desk, side, 16)
    yield from groups(x, desk)


def bus(n: int) -> Rows:
    x, desk = f"bus/{n:02d}", f"bus/{n}"
    yield from config(x, desk)
    yield from comp(x, desk)
    yield from insert(x, desk)
    yield from eq(x, desk, 6)
    yield from mix(x, desk, Number(f"{desk}/pan", law.PAN), 6, law.TAP)
    yield from groups(x, desk)


def matrix(n: int) -> Rows:
    x, desk = f"mtx/{n:02d}", f"matrix/{n}"
    yield from config(x, desk)
    yield Row(f"{x}/preamp/invert", law.SWITCH, switch(f"{desk}/polarity"))
    yield from comp(x, desk, keyed=False)
    yield from insert(x, desk)
    yield from eq(x, desk, 6, BANDS_OF_MAINS)
    yield Row(f"{x}/mix/on", law.SWITCH, inverse(f"{desk}/mute"), "ON")
    yield Row(f"{x}/mix/fader", law.FADER, Number(f"{desk}/fader", law.FADER))
    yield from groups(x, desk)


def mains(x: str, desk: str, pan: bool) -> Rows:
    """The stereo mains, and the mono one, which the desk has not."""
    yield from config(x, desk)
    yield from comp(x, desk, keyed=False)
    yield from insert(x, desk)
    yield from eq(x, desk, 6, BANDS_OF_MAINS)
    yield Row(f"{x}/mix/on", law.SWITCH, inverse(f"{desk}/mute"), "ON")
    yield Row(f"{x}/mix/fader", law.FADER, Number(f"{desk}/fader", law.FADER))
    if pan:
        yield Row(f"{x}/mix/pan", law.PAN, Number(f"{desk}/balance", law.PAN), "+0")
    yield from sends(x, desk, 6, law.TAP)
    yield from groups(x, desk)


def dca(n: int) -> Rows:
    x = f"dca/{n}"
    yield Row(f"{x}/on", law.SWITCH, inverse(f"{x}/mute"), "ON")
    yield Row(f"{x}/fader", law.FADER, Number(f"{x}/fader", law.FADER), "0.0")
    yield from config(x, x)


def all_of(make: Callable[[int], Rows], count: int) -> Rows:
    return (row for n in range(1, count + 1) for row in make(n))


def strips() -> Iterable[Row]:
    """In the order of the console's files."""
    yield from all_of(channel, 32)
    yield from all_of(aux, 8)
    yield from all_of(effect_return, 8)
    yield from all_of(bus, 16)
    yield from all_of(matrix, 6)
    yield from mains("main/st", "main", pan=True)
    yield from mains("main/m", "mono", pan=False)
    yield from all_of(dca, 8)
