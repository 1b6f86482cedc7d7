"""Trims from what is played: the peak of what sounded at each channel's input brought to a target, in one transaction.

Listens from the start on (studiod/metering/input_peaks.py), or from `/peaks/reset` on, and leaves silence out: when it
is pressed changes nothing.
"""

import logging
from functools import partial

from studiod.desk.arguments import Words
from studiod.desk.beat import beat
from studiod.desk.command import Answer, Deed, Errand
from studiod.desk.desk import Desk
from studiod.memory.applying import fitting, strips
from studiod.metering.input_peaks import BLOCK_S, LONGEST_S, Heard, Known, Sounded, measured
from studiod.registry.laws import shown
from studiod.registry.param import Param, Value

_log = logging.getLogger(__name__)
LISTEN_S = 0.2
RESETS = ("peaks/reset", "autotrim/arm")  # the second: as it was called once
LEAST_S = 0.4  # one window of loudness
Line = tuple[Value, ...]


class Autotrim:
    """The commands, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.heard = Heard(desk.engine.inputs)
        desk.commands |= {"autotrim": self.set} | {word: partial(self.reset, word) for word in RESETS}

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                self.heard.gather()
            except Exception:
                _log.exception("what has sounded was lost")  # the mix goes on
            await beat(LISTEN_S)

    def reset(self, word: str, origin: str, *given: object) -> Deed:
        """From now on counts what sounds there; without strips: everywhere."""
        words = Words.of(word, given)
        named = words.text("the strips", "ch/*")
        words.end()
        found = [(strip, self._input(strip)) for strip in strips(self.desk, words, named)]
        inputs = [index for _, index in found if index]
        if not inputs:
            raise words.refuse("none of them takes an input", named, remedy="name channels, such as ch/[1-8]")

        def act(_: Deed) -> Answer:
            self.heard.arm(inputs)
            return [(word, named, len(inputs))]

        return Deed(origin, {}, act)

    def set(self, origin: str, *given: object) -> Errand:
        """By the loudest peak since it was armed, or of so many of the last seconds."""
        words = Words.of("autotrim", given)
        named = words.text("the strips")
        target_db = words.number("the level", -60.0, 0.0, "dBFS", -18.0)
        seconds = words.number("the time", LEAST_S, LONGEST_S, "s") if words.more() else 0.0
        words.end()
        found = {strip: self._input(strip) for strip in strips(self.desk, words, named)}
        self.heard.gather()
        known = {index: self.heard.known(index, seconds) for index in found.values() if index}

        def told(sounded: dict[int, Sounded | None]) -> Deed:
            span = f"in the last {seconds:g} s" if seconds else f"in {_span(known)}"
            return self._planned(origin, words, named, target_db, found, sounded, span)

        return Errand(lambda: {index: measured(one) for index, one in known.items()}, told)

    def _input(self, strip: str) -> int:
        """Which input a strip takes, counted from 1; 0: none."""
        kind, _, index = str(self.desk.values.get(f"{strip}/source", "none")).partition("/")
        return int(index) if kind == "input" and f"{strip}/trim" in self.desk.registry.params else 0

    def _planned(
        self, origin: str, words: Words, named: str, target_db: float, found: dict[str, int],
        sounded: dict[int, Sounded | None], span: str,
    ) -> Deed:  # fmt: skip
        """The changes, and what is said of each strip.  Raises Refusal when there is nothing to set."""
        left: list[Line] = []
        done: dict[str, Line] = {}
        wanted: dict[str, float] = {}
        for strip, index in found.items():
            one = sounded.get(index)
            trim = self.desk.registry.params.get(f"{strip}/trim")
            why = self._why_not(trim, index, one, target_db, span)
            if why or trim is None or one is None:
                left.append(("autotrim/left", strip, why))
                continue
            wanted[trim.path] = trim_db = target_db - one.peak_db
            told = (round(value, 1) for value in (trim_db, one.peak_db, one.level_db, one.for_s))
            done[trim.path] = ("autotrim/set", strip, *told)
        changes, _, fits = fitting(self.desk, wanted)
        for path in self.desk.under_fingers() & wanted.keys():
            left.append(("autotrim/left", str(done.pop(path)[1]), "somebody has a hand on its trim"))
        if not done:
            more = f", and {len(left) - 1} more like it or for other reasons" if len(left) > 1 else ""
            why = f"{left[0][1]}: {left[0][2]}{more}"
            raise words.refuse("no trim could be set", named, remedy=f"{why}; play what they are to be set by")

        def act(deed: Deed) -> Answer:
            return [*done.values(), *left, ("autotrim", named, len(deed.changes), deed.left)]

        return Deed(f"autotrim for {origin}", changes, act, left=len(left), wanted=fits)

    def _why_not(self, trim: Param | None, index: int, one: Sounded | None, target_db: float, span: str) -> str:
        """Why a strip is left alone; "" where it is not."""
        if trim is None or not index:
            return "takes no input"
        if self.desk.heard["transport/soundcheck"]:
            return "hears its track: end the soundcheck first"
        if one is None:
            return f"input/{index} was silent {span}"
        if not trim.low <= target_db - one.peak_db <= trim.high:
            limits = f"the trim reaches {shown(trim.low)} to {shown(trim.high)} dB"
            return f"input/{index} peaks at {one.peak_db:.1f} dBFS; {limits}"
        return ""


def _span(known: dict[int, Known]) -> str:
    """How long it has listened."""
    most_s = max((len(one.powers) for one in known.values()), default=0) * BLOCK_S
    return f"the {most_s:.0f} s that it has listened"
