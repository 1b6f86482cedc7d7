"""What of the desk each leaf of the console is, written down from the sheet and not from the port: by pattern of its
address, the path, and what a step comes to there."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import x32_oracle as oracle

Expect = Callable[[oracle.Leaf, int], Any]


def plain(leaf: oracle.Leaf, step: int) -> Any:
    return -90.0 if leaf["_type"] in ("level", "level161") and step == 0 else oracle.value(leaf, step)


def times(factor: float) -> Expect:
    return lambda leaf, step: factor * plain(leaf, step)


def on(leaf: oracle.Leaf, step: int) -> Any:
    return step


def off(leaf: oracle.Leaf, step: int) -> Any:
    return 1 - step


def words(*natives: Any) -> Expect:
    return lambda leaf, step: natives[step]


def ratio(leaf: oracle.Leaf, step: int) -> Any:
    return float(leaf["_enum"][step])


def same(leaf: oracle.Leaf, step: Any) -> Any:
    return step


COLOURS = ("off", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
SHAPES = ("low_cut", "low_shelf", "bell", "bell", "high_shelf", "high_cut", *["bell"] * 8)
TAPS = ("input", "pre_eq", "pre_fader", "pre_fader", "post_fader", "group")


def source(leaf: oracle.Leaf, step: int) -> Any:
    if 1 <= step <= 38:
        return f"input/{step}"
    if 41 <= step <= 48:
        return f"fx/{(step - 39) // 2}/{'lr'[(step - 41) % 2]}"
    return f"bus/{step - 48}" if step >= 49 else "none"


def output(leaf: oracle.Leaf, step: int) -> Any:
    spans = ((4, 19, "bus", 1), (20, 25, "matrix", 1), (26, 57, "ch", 1), (58, 65, "ch", 33))
    for first, last, kind, number in spans:
        if first <= step <= last:
            return f"{kind}/{step - first + number}"
    if 66 <= step <= 73:
        return f"return/{(step - 64) // 2}/{'lr'[step % 2]}"
    named = {1: "main/l", 2: "main/r", 74: "monitor/l", 75: "monitor/r", 76: "talkback"}
    return named.get(step, "none")


_STRIPS: Sequence[tuple[str, str]] = (
    (r"ch/(\d\d)", "ch/{0}"), (r"auxin/(\d\d)", "ch/{beyond}"), (r"fxrtn/(\d\d)", "return/{half}"),
    (r"bus/(\d\d)", "bus/{0}"), (r"mtx/(\d\d)", "matrix/{0}"), (r"main/st()", "main"), (r"dca/(\d)", "dca/{0}"),
)  # fmt: skip
_TAILS: Sequence[tuple[str, str, Expect]] = (
    (r"config/name", "name", same), (r"config/color", "colour", words(*COLOURS * 2)),
    (r"config/source", "source", source),
    (r"delay/on", "delay/on", on), (r"delay/time", "delay/time", plain),
    (r"preamp/trim", "trim", plain), (r"preamp/invert", "polarity", on), (r"preamp/hpon", "hpf/on", on),
    (r"preamp/hpslope", "hpf/slope", words("12dB", "18dB", "24dB")), (r"preamp/hpf", "hpf/freq", plain),
    (r"gate/on", "gate/on", on), (r"gate/mode", "gate/mode", words("expand2", "expand3", "expand4", "gate", "duck")),
    (r"gate/thr", "gate/threshold", plain), (r"gate/(range|attack|hold|release)", "gate/{1}", plain),
    (r"gate/keysrc", "gate/key", source), (r"dyn/keysrc", "comp/key", source),
    (r"gate/filter/on", "gate/filter/on", on), (r"gate/filter/f", "gate/filter/freq", plain),
    (r"dyn/filter/on", "comp/filter/on", on), (r"dyn/filter/f", "comp/filter/freq", plain),
    (r"gate/filter/type", "gate/filter/type", words(*["low_cut"] * 2, *["high_cut"] * 2, *["band"] * 5)),
    (r"dyn/filter/type", "comp/filter/type", words(*["low_cut"] * 2, *["high_cut"] * 2, *["band"] * 5)),
    (r"dyn/on", "comp/on", on), (r"dyn/det", "comp/detector", words("peak", "rms")),
    (r"dyn/thr", "comp/threshold", plain), (r"dyn/ratio", "comp/ratio", ratio), (r"dyn/knee", "comp/knee", times(3.0)),
    (r"dyn/mgain", "comp/makeup", plain), (r"dyn/(attack|hold|release|mix)", "comp/{1}", plain),
    (r"dyn/pos", "comp/position", words("pre_eq", "post_eq")),
    (r"insert/pos", "insert/position", words("pre_fader", "post_fader")),
    (r"eq/on", "eq/on", on), (r"eq/(\d)/type", "eq/{1}/type", words(*SHAPES)), (r"eq/(\d)/f", "eq/{1}/freq", plain),
    (r"eq/(\d)/g", "eq/{1}/gain", plain), (r"eq/(\d)/q", "eq/{1}/q", plain),
    (r"mix/on", "mute", off), (r"mix/fader", "fader", plain), (r"mix/st", "main/on", on), (r"on", "mute", off),
    (r"fader", "fader", plain),
    (r"mix/(\d\d)/on", "send/{1}/on", on), (r"mix/(\d\d)/level", "send/{1}/level", plain),
    (r"mix/(\d\d)/pan", "send/{1}/pan", plain), (r"mix/(\d\d)/type", "send/{1}/tap", words(*TAPS)),
    (r"mix/(\d\d)/panFollow", "send/{1}/follow", on),
    (r"automix/group", "automix/on", words(0, 1, 1)), (r"automix/weight", "automix/weight", plain),
)  # fmt: skip
_ONCE: Sequence[tuple[str, str, Expect]] = (
    (r"config/(chlink)/(\d+)-\d+", "ch/{1}/link", on), (r"config/(buslink)/(\d+)-\d+", "bus/{1}/link", on),
    (r"config/(mtxlink)/(\d+)-\d+", "matrix/{1}/link", on), (r"config/mute/(\d)", "mutegroup/{0}/on", on),
    (r"config/solo/level", "monitor/level", plain), (r"config/solo/sourcetrim", "monitor/solo_trim", plain),
    (r"config/solo/source", "monitor/source", words("none", "main", "main", "main", "main", "none", "none")),
    (r"config/solo/chmode", "solo/ch_mode", words("pfl", "afl")),
    (r"config/solo/busmode", "solo/bus_mode", words("pfl", "afl")), (r"config/solo/exclusive", "solo/exclusive", on),
    (r"config/solo/dimatt", "monitor/dim_level", plain), (r"config/solo/(dim|mono|mute)", "monitor/{0}", on),
    (r"config/talk/A/level", "talkback/level", plain), (r"config/talk/A/dim", "talkback/dim", on),
    (r"config/osc/level", "generator/level", plain),
    (r"config/osc/type", "generator/type", words("sine", "pink", "white")),
    (r"config/amixenable/X", "automix/on", on),
    (r"outputs/main/(\d\d)/src", "output/{0}/source", output),
    (r"outputs/main/(\d\d)/invert", "output/{0}/polarity", on),
    (r"fx/([1-4])/source/l", "fx/{0}/source", words("none", *(f"bus/{n}" for n in range(1, 17)), "none")),
)  # fmt: skip


@cache
def native(address: str) -> tuple[str, Expect] | None:
    """The path of the desk that a leaf is, and what its steps come to; None: none by itself."""
    for pattern, path in _STRIPS:
        for tail, rest, expect in _TAILS:
            found = re.fullmatch(f"{pattern}/{tail}", address)
            if found and not (path == "return/{half}" and rest == "pan"):
                number = int(found[1] or 0)
                strip = path.format(number, beyond=number + 32, half=(number + 1) // 2) if found[1] else path
                return f"{strip}/{_filled(rest, found[2] if found.re.groups > 1 else '')}", expect
    strip_pan = re.fullmatch(r"(ch|bus)/(\d\d)/mix/pan", address)
    if strip_pan:
        return f"{strip_pan[1]}/{int(strip_pan[2])}/pan", plain
    if address == "main/st/mix/pan":
        return "main/balance", plain
    for pattern, path, expect in _ONCE:
        found = re.fullmatch(pattern, address)
        if found:
            return path.format(*(_number(part) for part in found.groups())), expect
    return None


def _number(text: str) -> str:
    return str(int(text)) if text.isdigit() else text


def _filled(rest: str, part: str) -> str:
    return rest.replace("{1}", _number(part))
