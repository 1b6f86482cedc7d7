"""Effective gains: what fader, mute, pan, balance, link and tap of a strip come to at each crossing of a mix."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Self

from studiod.engine import monitor_models
from studiod.realtime import layout
from studiod.registry.registry import Value

OFF_DB = -90.0
TAPS = {
    "input": layout.TAP_INPUT,
    "pre_eq": layout.TAP_PRE_EQ,
    "pre_fader": layout.TAP_PRE_FADER,
    "post_fader": layout.TAP_POST_FADER,
    "group": layout.TAP_POST_FADER,
}
Values = Mapping[str, Value]


def linear(level_db: float) -> float:
    """A fader's gain; at its foot it is off."""
    return 0.0 if level_db <= OFF_DB else 10.0 ** (level_db / 20.0)


def pan(law: str, place: float) -> tuple[float, float]:
    """Left and right gains of a mono lane at place -100..100, under a law named by its level in the centre."""
    right = (place + 100.0) / 200.0
    left = 1.0 - right
    if law == "-6dB":
        return left, right
    if law == "0dB":
        return min(1.0, 2.0 * left), min(1.0, 2.0 * right)
    sine = math.sin(right * math.pi / 2.0), math.sin(left * math.pi / 2.0)
    if law == "-3dB":
        return sine[1], sine[0]
    return math.sqrt(sine[1] * left), math.sqrt(sine[0] * right)


def balance(place: float) -> tuple[float, float]:
    """Left and right gains of a stereo strip."""
    return min(1.0, 1.0 - place / 100.0), min(1.0, 1.0 + place / 100.0)


def odd(n: int) -> int:
    """The odd member of the pair that strip n belongs to."""
    return n - 1 + n % 2


def linked(values: Values, kind: str, n: int) -> bool:
    """Whether strip n is half of a stereo pair."""
    return bool(values.get(f"{kind}/{odd(n)}/link", 0))


@cache
def _place(strip: str) -> tuple[str, int, str, str, str, str]:
    """Of a strip with a number: its kind and number; the paths of its pair's link and balance, of its pan and its own
    balance."""
    kind, _, number = strip.partition("/")
    pair = f"{kind}/{odd(int(number))}"
    return kind, int(number), f"{pair}/link", f"{pair}/balance", f"{strip}/pan", f"{strip}/balance"


def image(values: Values, strip: str, side: int = 0, place: float | None = None) -> tuple[float, float]:
    """Left and right gains of a lane in a stereo destination; place overrides its own pan or balance.

    side: of a return or the mains, 0 left or 1 right; a return's width mixes its sides.
    """
    if strip == "main":
        left, right = balance(0.0 if place is None else place)
        return (left, 0.0) if side == 0 else (0.0, right)
    kind, n, link, pair_balance, own_pan, own_balance = _place(strip)
    if kind == "return":
        left, right = balance(float(values[own_balance]) if place is None else place)
        own, other = (0.5 + sign * float(values[f"{strip}/width"]) / 200.0 for sign in (1.0, -1.0))
        return (left * own, right * other) if side == 0 else (left * other, right * own)
    if values.get(link, 0):
        left, right = balance(float(values[pair_balance]) if place is None else place)
        return (left, 0.0) if n % 2 else (0.0, right)
    own = float(values.get(own_pan, 0.0))
    return pan(str(values["config/pan_law"]), own if place is None else place)


def fader(values: Values, strip: str, lane: int) -> float:
    """The fader stage of a lane: level, and what balances the mains or a linked pair of matrices."""
    gain = linear(float(values[f"{strip}/fader"]))
    if strip == "main":
        return gain * balance(float(values["main/balance"]))[lane]
    kind, _, number = strip.partition("/")
    if kind == "matrix" and linked(values, kind, int(number)):
        n = int(number)
        return gain * balance(float(values[f"matrix/{odd(n)}/balance"]))[1 - n % 2]
    return gain


def to_main(values: Values, strip: str, side: int = 0) -> tuple[float, float]:
    """What a strip's post-fader sound is multiplied by into left and right."""
    return image(values, strip, side) if values[f"{strip}/main/on"] else (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Crossing:
    """A send of one lane to bus or matrix n, by the paths of its settings: its own, and those of its pair.

    link: the path that says whether the destination is half of a pair; own, pair: on, tap, level, follow, pan.
    """

    strip: str
    side: int
    n: int
    link: str
    own: tuple[str, ...]
    pair: tuple[str, ...]
    both: bool  # the strip is stereo

    @classmethod
    def of(cls, strip: str, to: str, n: int, side: int = 0) -> Self:
        """side: of a return or the mains, 0 left or 1 right."""
        own, pair = (
            tuple(f"{strip}/send/{k}/{tail}" for tail in ("on", "tap", "level", "follow", "pan")) for k in (n, odd(n))
        )
        return cls(strip, side, n, f"{to}/{odd(n)}/link", own, pair, strip.startswith(("return", "main")))


def send(values: Values, at: Crossing, muted: bool) -> tuple[int, str, float]:
    """The tap that feeds bus or matrix n, the path of its level ("": none counts), and what that is multiplied by.

    Of a linked pair the odd send's settings serve both.
    """
    stereo = values.get(at.link, 0)
    on, tapped, level, follow, pan_path = at.pair if stereo else at.own
    tap = str(values[tapped])
    point = TAPS[tap]
    if not values[on]:
        return point, "", 0.0
    silenced = muted and (tap in ("post_fader", "group") or values["config/mute_pre"])
    if silenced and tap != "input":
        return point, "", 0.0
    gain = 1.0
    if stereo:
        place = None if values[follow] or tap == "group" else float(values[pan_path])
        if at.strip == "main" and place is None and point != layout.TAP_POST_FADER:
            place = float(values["main/balance"])  # behind the fader it is in the sound already
        gain = image(values, at.strip, at.side, place)[1 - at.n % 2]
    elif at.both:
        gain = 0.5  # both sides into one
    return point, "" if tap == "group" else level, gain


def listen(values: Values, strip: str, mode: str, side: int = 0) -> tuple[float, float]:
    """Left and right gains of a soloed lane on the monitor: before its fader in the middle, behind it in its place."""
    kind, _, number = strip.partition("/")
    if kind == "matrix" or mode == "pfl":
        if kind == "return":
            return (1.0, 0.0) if side == 0 else (0.0, 1.0)
        if linked(values, kind, int(number)):
            return (1.0, 0.0) if int(number) % 2 else (0.0, 1.0)
        return 1.0, 1.0
    return image(values, strip, side)


def monitor(values: Values) -> list[list[float]]:
    """Gains of the monitor, [from left or right][to left or right]: level, dim, speaker, mono, swap, width."""
    dimmed = values["monitor/dim"] or (values["talkback/on"] and values["talkback/dim"])
    gain = 0.0 if values["monitor/mute"] else linear(float(values["monitor/level"]))
    gain *= linear(float(values[f"monitor/trim/{values['monitor/speaker']}"]))
    gain *= linear(float(values["monitor/dim_level"])) if dimmed else 1.0
    width = 0.0 if values["monitor/mono"] else monitor_models.PLACES[str(values["monitor/translate"])].width
    own, other = gain * (0.5 + 0.5 * width), gain * (0.5 - 0.5 * width)
    return [[other, own], [own, other]] if values["monitor/swap"] else [[own, other], [other, own]]
