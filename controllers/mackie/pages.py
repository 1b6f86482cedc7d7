"""What the knobs move on each page, as data: of every strip one parameter, or of the selected strip eight at a time."""

from collections.abc import Mapping
from typing import NamedTuple

from controllers.mackie.wire import BOOST, DOT, SPREAD, WRAP
from studiod.registry.param import Param

EIGHT = 8


class Knob(NamedTuple):
    """What a knob moves below a strip: the first of these that it has; label: seven characters at most."""

    tails: tuple[str, ...]
    label: str
    press: str = ""  # a switch that a press turns over; else it goes to its rest


# Of every strip its own; one after the other when the page's key is pressed again.
EACH: dict[str, tuple[Knob, ...]] = {
    "pan": (Knob(("pan", "balance"), "Pan"), Knob(("width",), "Width")),
    "trim": (
        Knob(("trim",), "Trim"), Knob(("hpf/freq",), "LowCut", "hpf/on"), Knob(("delay/time",), "Delay", "delay/on"),
    ),
    "send": (Knob(("send/{bus}/level",), "Send", "send/{bus}/on"),),
}  # fmt: skip
# Of the selected strip, as many as it has of them, packed.
SELECTED: dict[str, tuple[Knob, ...]] = {
    "eq": (
        *(Knob((f"eq/{band}/{tail}",), f"{band}{label}", f"eq/{band}/on" if tail == "gain" else "")
          for band in range(1, 7)
          for tail, label in (("freq", "Freq"), ("gain", "Gain"), ("q", "Q"), ("type", "Type"))),
        Knob(("eq/on",), "EQ on"),
        *(Knob((f"eq/{band}/on",), f"{band} on") for band in range(1, 7)),
    ),
    "dyn": (
        *(Knob((f"comp/{tail}",), label, press) for tail, label, press in (
            ("threshold", "CThres", "comp/on"), ("ratio", "Ratio", ""), ("attack", "CAttck", ""),
            ("release", "CRelea", ""), ("makeup", "MakeUp", ""), ("knee", "Knee", ""), ("mix", "CMix", ""),
            ("detector", "Detect", ""))),
        *(Knob((f"gate/{tail}",), label, press) for tail, label, press in (
            ("threshold", "GThres", "gate/on"), ("range", "Range", ""), ("attack", "GAttck", ""),
            ("hold", "GHold", ""), ("release", "GRelea", ""), ("mode", "Mode", ""), ("hysteresis", "Hyster", ""))),
        Knob(("comp/hold",), "CHold"), Knob(("comp/position",), "CPos"), Knob(("comp/on",), "C on"),
        Knob(("gate/on",), "G on"),
        *(Knob((f"limiter/{tail}",), label, press) for tail, label, press in (
            ("gain", "LGain", "limiter/on"), ("ceiling", "Ceilng", ""), ("release", "LRelea", ""),
            ("lookahead", "Look", ""))),
    ),
    "fx": (
        Knob(("{fx}/type",), "Type"), Knob(("{fx}/mix",), "Mix"),
        *(Knob((f"{{fx}}/{tail}",), label) for tail, label in (
            ("reverb/time", "RvTime"), ("reverb/size", "RvSize"), ("reverb/predelay", "RvPre"),
            ("reverb/damping", "RvDamp"), ("reverb/character", "RvKind"), ("reverb/width", "RvWid"),
            ("delay/time_l", "DlyL"), ("delay/time_r", "DlyR"), ("delay/feedback", "DlyFb"), ("delay/cross", "DlyX"),
            ("delay/sync", "DlySyn"), ("delay/division_l", "DlyDvL"), ("delay/division_r", "DlyDvR"),
            ("chorus/rate", "ChRate"), ("chorus/depth", "ChDep"), ("chorus/delay", "ChDly"))),
        Knob(("insert/fx",), "Insert"), Knob(("insert/position",), "InsPos"),
        Knob(("hpf/freq",), "LowCut", "hpf/on"), Knob(("hpf/slope",), "LCSlop"),
        Knob(("lpf/freq",), "HighCt", "lpf/on"), Knob(("lpf/slope",), "HCSlop"),
        Knob(("delay/time",), "Delay", "delay/on"), Knob(("width",), "Width"),
    ),
}  # fmt: skip
LETTERS = {"pan": "PN", "trim": "TR", "send": "S{bus}", "eq": "EQ", "dyn": "DY", "fx": "FX"}


def letters(page: str, bus: int) -> str:
    """Two characters for a page: PN, S3, 12 for the sends of bus 12."""
    if page == "send" and bus > 9:
        return str(bus)
    return LETTERS[page].format(bus=bus)


class Bound(NamedTuple):
    """A knob that stands for a path of this console."""

    path: str
    label: str
    press: str  # the switch that a press turns over; ""


def bound(params: Mapping[str, Param], strip: str, knob: Knob, bus: int) -> Bound | None:
    """What a knob is for a strip; None where the strip has nothing of it."""

    def at(tail: str) -> str:
        if "{fx}" in tail:
            kind, _, index = strip.partition("/")
            return tail.replace("{fx}", f"fx/{index}") if kind == "return" else ""
        return f"{strip}/{tail.replace('{bus}', str(bus))}"

    path = next((at(tail) for tail in knob.tails if at(tail) in params), "")
    press = at(knob.press) if knob.press else ""
    return Bound(path, knob.label, press if press in params else "") if strip and path else None


def parts(params: Mapping[str, Param], page: str, selected: str, bus: int, places: int) -> int:
    """How many parts a page has, of eight parameters or of as many as there are places."""
    if page in EACH:
        return len(EACH[page])
    return max(-(-len(_packed(params, page, selected, bus)) // min(EIGHT, max(places, 1))), 1)


def _packed(params: Mapping[str, Param], page: str, selected: str, bus: int) -> list[Bound]:
    found = (bound(params, selected, knob, bus) for knob in SELECTED[page])
    return [one for one in found if one is not None]


def knobs(
    params: Mapping[str, Param], page: str, part: int, bus: int, strips: list[str], selected: str
) -> list[Bound | None]:
    """What the knob of each place moves; strips: what is under the faders, "" for none.  Past the last part: that."""
    places = len(strips)
    part = min(part, parts(params, page, selected, bus, places))
    if page in EACH:
        return [bound(params, strip, EACH[page][part - 1], bus) for strip in strips]
    packed: list[Bound | None] = [*_packed(params, page, selected, bus)]
    shown = packed[(part - 1) * min(EIGHT, places) :][:places]
    return shown + [None] * (places - len(shown))


def ring(param: Param) -> int:
    """The mode of a ring that suits a parameter."""
    last = param.path.rpartition("/")[2]
    if param.kind != "number":
        return DOT
    if last in ("q", "width"):
        return SPREAD
    return BOOST if param.low == -param.high and param.law == "line" else WRAP
