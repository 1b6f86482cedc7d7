"""What the console has once: links, mute groups, monitor and solo, talkback, oscillator, and its routing."""

from collections.abc import Iterator, Sequence

from controllers.x32.laws import known as law
from controllers.x32.laws.law import Bits, Choice, Text, Whole
from controllers.x32.laws.scales import Line, Octave
from controllers.x32.links.link import Flags, Item, Number, switch
from controllers.x32.links.pairs import OneOf, Oscillator, OscillatorChosen
from controllers.x32.rules.row import Row

Rows = Iterator[Row]
MODES = Choice(("PFL", "AFL"))
MONITORED = Choice(("OFF", "LR", "LR+C", "LRPFL", "LRAFL", "AUX56", "AUX78"))
OSC_HZ = Octave(20.0, 20000.0, 120, 1, hertz=True)
SOLO_TRIM_DB, DIM_DB, TAPE_DB = Line(-18.0, 18.0, 0.5, 1), Line(-40.0, 0.0, 1.0), Line(-6.0, 24.0, 0.5, 1)


def links() -> Rows:
    """Pairs of strips; those of the returns are always both sides of one."""
    kinds = (("chlink", 32, "ch", 0), ("auxlink", 8, "ch", 32), ("fxlink", 8, "", 0), ("buslink", 16, "bus", 0))
    for name, count, desk, first in (*kinds, ("mtxlink", 6, "matrix", 0)):
        for n in range(1, count, 2):
            pair = switch(f"{desk}/{first + n}/link") if desk else None
            yield Row(f"config/{name}/{n}-{n + 1}", law.SWITCH, pair, "" if desk else "ON")


def solo() -> Rows:
    x = "config/solo"
    yield Row(f"{x}/level", law.SEND, Number("monitor/level", law.SEND))
    points = ("none", "main", "main", "main", "main", "none", "none")
    yield Row(f"{x}/source", MONITORED, Item("monitor/source", points), "LRAFL")
    yield Row(f"{x}/sourcetrim", SOLO_TRIM_DB, Number("monitor/solo_trim", SOLO_TRIM_DB), "0.0")
    yield Row(f"{x}/chmode", MODES, Item("solo/ch_mode", ("pfl", "afl"), other=1))
    yield Row(f"{x}/busmode", MODES, Item("solo/bus_mode", ("pfl", "afl"), other=1))
    yield Row(f"{x}/dcamode", MODES)
    yield Row(f"{x}/exclusive", law.SWITCH, switch("solo/exclusive"))
    yield Row(f"{x}/followsel", law.SWITCH)
    yield Row(f"{x}/followsolo", law.SWITCH)
    yield Row(f"{x}/dimatt", DIM_DB, Number("monitor/dim_level", DIM_DB), "-20")
    yield Row(f"{x}/dim", law.SWITCH, switch("monitor/dim"))
    yield Row(f"{x}/mono", law.SWITCH, switch("monitor/mono"))
    yield Row(f"{x}/delay", law.SWITCH)
    yield Row(f"{x}/delaytime", law.DELAY_MS)
    yield Row(f"{x}/masterctrl", law.SWITCH)
    yield Row(f"{x}/mute", law.SWITCH, switch("monitor/mute"))
    yield Row(f"{x}/dimpfl", law.SWITCH)


def talk() -> Rows:
    yield Row("config/talk/enable", law.SWITCH, rest="ON")
    yield Row("config/talk/source", Choice(("INT", "EXT")))
    to = Flags((*(f"talkback/to/bus/{n}" for n in range(1, 17)), "talkback/to/main", "talkback/to/mono"))
    for side in "AB":
        x, ours = f"config/talk/{side}", side == "A"
        yield Row(f"{x}/level", law.SEND, Number("talkback/level", law.SEND) if ours else None)
        yield Row(f"{x}/dim", law.SWITCH, switch("talkback/dim") if ours else None)
        yield Row(f"{x}/latch", law.SWITCH)
        yield Row(f"{x}/destmap", Bits(18), to if ours else None)


def oscillator() -> Rows:
    x = "config/osc"
    freq, two = "generator/freq", (f"{x}/f1", f"{x}/f2")
    yield Row(f"{x}/level", law.SEND, Number("generator/level", law.SEND))
    for which, at in enumerate(two):
        yield Row(at, OSC_HZ, Oscillator(freq, OSC_HZ, which, f"{x}/fsel"), ("1k00", "124.7")[which])
    yield Row(f"{x}/fsel", Choice(("F1", "F2")), OscillatorChosen(freq, OSC_HZ, two))
    kinds = Item("generator/type", ("sine", "pink", "white"))
    yield Row(f"{x}/type", Choice(("SINE", "PINK", "WHITE")), kinds)
    main = ("generator/to/main",)
    buses = [(f"generator/to/bus/{n}",) for n in range(1, 17)]
    matrices = [(f"generator/to/matrix/{n}",) for n in range(1, 7)]
    yield Row(f"{x}/dest", Whole(25), OneOf([*buses, main, main, main, (), *matrices]), "18")


def userrout() -> Rows:
    for way, count, last in (("out", 48, 208), ("in", 32, 168)):
        for n in range(1, count + 1):
            yield Row(f"config/userrout/{way}/{n:02d}", Whole(last), admin=True)


def eights(*names: tuple[str, int]) -> list[str]:
    return [f"{name}{first}-{first + 7}" for name, count in names for first in range(1, count, 8)]


IN = Choice(eights(("AN", 32), ("A", 48), ("B", 48), ("CARD", 32), ("UIN", 32)))
AUX_IN = Choice(("AUX1-4", *(f"{kind}1-{n}" for kind in ("AN", "A", "B", "CARD", "UIN") for n in (2, 4, 6))))
_SENT = [*eights(("AN", 32), ("A", 48), ("B", 48), ("CARD", 32), ("OUT", 16), ("P16", 16)), "AUX/CR", "AUX/TB"]
_SENT += eights(("UOUT", 48), ("UIN", 32))
SENT = Choice(_SENT)


def fours(second: bool) -> Choice:
    """The first or the second half of each eight."""
    out = []
    for word in SENT.words:
        head, dash, _ = word.partition("-")
        name = head.rstrip("0123456789") if not head.startswith("P16") else "P16"
        first = int(head[len(name) :] or 0) + 4 * second if dash else 0
        out.append(f"{name}{first}-{first + 3}" if dash else word)
    return Choice(out)


def routing() -> Rows:
    x = "config/routing"
    yield Row(f"{x}/routswitch", Choice(("REC", "PLAY")), admin=True)
    yield from _inputs(f"{x}/IN")
    for name, count in (("AES50A", 48), ("AES50B", 48), ("CARD", 32)):
        for k, at in enumerate(eights(("", count))):
            yield Row(f"{x}/{name}/{at}", SENT, None, SENT.words[k % len(SENT.words)], admin=True)
    halves = fours(False), fours(True)
    for k, at in enumerate(("1-4", "5-8", "9-12", "13-16")):
        yield Row(f"{x}/OUT/{at}", halves[k % 2], None, f"OUT{at}", admin=True)
    yield from _inputs(f"{x}/PLAY")


def _inputs(x: str) -> Rows:
    for at in eights(("", 32)):
        yield Row(f"{x}/{at}", IN, None, f"AN{at}", admin=True)
    yield Row(f"{x}/AUX", AUX_IN, admin=True)


def assigned() -> Rows:
    """What is under the console's own keys and knobs."""
    for k, bank in enumerate("ABC"):
        x = f"config/userctrl/{bank}"
        yield Row(f"{x}/color", law.COLOUR, None, ("CY", "GN", "BL")[k])
        for at, numbers in (("enc", range(1, 5)), ("btn", range(5, 13))):
            for n in numbers:
                yield Row(f"{x}/{at}/{n}", Text(32), None, "-")


def monitors_of_others() -> Rows:
    """The personal mixers of the console's maker."""
    x = "config/dp48"
    yield Row(f"{x}/scope", Bits(4))
    yield Row(f"{x}/broadcast", Whole(0))
    yield Row(f"{x}/aesAB", Choice(("AESA", "AESB")))
    for name, count, last in (("assign", 48, 12), ("link", 24, 1)):
        for n in range(1, count + 1):
            yield Row(f"{x}/{name}/{n:02d}", Whole(last))
    for n in range(1, 13):
        yield Row(f"{x}/grpname/{n:02d}", law.NAME)


def switches(x: str, names: Sequence[str], rest: str = "") -> Rows:
    return (Row(f"{x}/{name}", law.SWITCH, rest=rest) for name in names)


def config() -> Rows:
    """In the order of the console's files."""
    yield from links()
    for n in range(1, 7):
        yield Row(f"config/mute/{n}", law.SWITCH, switch(f"mutegroup/{n}/on"))
    yield from switches("config/linkcfg", ("hadly", "eq", "dyn", "fdrmute"), "ON")
    yield Row("config/mono/mode", Choice(("LR+M", "LCR")))
    yield Row("config/mono/link", law.SWITCH)
    yield from solo()
    yield from talk()
    yield from oscillator()
    yield from userrout()
    yield from routing()
    yield from assigned()
    yield from (Row(f"config/tape/gain{side}", TAPE_DB, None, "0.0") for side in "LR")
    yield Row("config/tape/autoplay", law.SWITCH)
    yield Row("config/amixenable/X", law.SWITCH, switch("automix/on"))
    yield Row("config/amixenable/Y", law.SWITCH)
    yield from monitors_of_others()
