"""Fades from what is to what is asked for, of a scene or of one path: numbers by their laws, all else at the midpoint.

50 small transactions a second, each shorter than the glide of a gain, so that nothing steps.  Hands win: a path that
anybody else changes, or touches, leaves the fade.  Runs on the desk's loop and leaves it at least half of its time.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from studiod.desk.accepted import Accepted
from studiod.desk.arguments import Words
from studiod.desk.command import Answer, Deed, in_order
from studiod.desk.desk import Desk
from studiod.registry.param import Param, Refusal, Value
from studiod.texts import plain

_log = logging.getLogger(__name__)
STEP_S = 0.02
LONGEST_S = 600.0
PATTERN_MAX = 80  # characters of it, in who has done what
PART = 250  # paths a transaction: about 3 ms of the loop


@dataclass
class Fade:
    """One crossfade: where each path comes from (turn, value) and where it goes."""

    origin: str
    began_ns: int
    length_ns: int
    ways: dict[str, tuple[Value, Value]] = field(default_factory=dict)
    said: dict[str, Value] = field(default_factory=dict)  # what was set last
    turns: dict[str, tuple[float, float]] = field(default_factory=dict)  # of numbers: their ways as positions

    def at(self, param: Param, t: float) -> Value:
        """The value of a path at a time 0..1."""
        start, goal = self.ways[param.path]
        if t >= 1.0:
            return goal
        if param.path.endswith("/link"):
            return start  # a pair is made when both sides have arrived
        if param.kind != "number":
            return goal if t >= 0.5 else start
        if param.path not in self.turns:
            self.turns[param.path] = param.to_turn(start), param.to_turn(goal)
        low, high = self.turns[param.path]
        return param.from_turn(low + t * (high - low))


class Fades:
    """All fades of one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.running: list[Fade] = []
        self._wake = asyncio.Event()
        desk.listen_beneath(self._leave)
        desk.decided.append(self._leave)
        desk.commands["fade"] = self.fade

    def fade(self, origin: str, *given: object) -> Deed:
        """From what stands there to the goal, evenly in position.  A path under a finger is left out."""
        words = Words.of("fade", given)
        pattern = words.text("the path").strip("/")
        seconds = words.number("the time", 0.0, LONGEST_S, "s")
        goal = words.value("the goal")
        words.end()
        found = self.desk.registry.match(pattern)
        if not found:
            self.desk.registry.find(pattern)  # refuses, with the nearest path
        for param in found:
            if "volatile" in param.flags:
                raise Refusal(param.path, "does not fade: it is never stored", remedy="set it by value")
        fingers = self.desk.under_fingers()
        wanted = dict(self.desk.accepted((param.path, goal) for param in found))
        changes = {path: value for path, value in wanted.items() if path not in fingers}

        def act(deed: Deed) -> Answer:
            if deed.fade_s:
                self.start(deed.changes, deed.fade_s, deed.origin)
            else:
                self.cut(deed.changes)
            return [("fade", pattern, len(deed.changes), deed.left)]

        under = tuple(wanted.keys() - changes.keys())
        who = f"fade {plain(pattern, PATTERN_MAX)} for {origin}"
        return Deed(who, in_order(changes), act, seconds, len(under), asked=under)

    def start(self, changes: Mapping[str, Value], seconds: float, origin: str) -> int:
        """Begin a fade; how many values it has to move.  Pairs that part do so at once: nothing moves by it."""
        self.cut(changes)
        values = self.desk.values
        moves = {path: value for path, value in changes.items() if values[path] != value}
        apart = {path: value for path, value in moves.items() if value == 0 and path.endswith("/link")}
        if apart:
            self.desk.change(apart.items(), origin)
        ways = {path: (values[path], value) for path, value in moves.items() if path not in apart}
        if ways:
            self.running.append(Fade(origin, self.desk.clock(), max(round(seconds * 1e9), 1), ways))
            self._wake.set()
        return len(moves)

    def cut(self, paths: Mapping[str, Value] | frozenset[str]) -> None:
        """Take paths, and what linked pairs keep equal to them, out of every fade: something newer decides them."""
        for fade in self.running if paths else ():
            partner = self.desk.partner
            for path in [path for path in fade.ways if path in paths or partner(path) in paths]:
                del fade.ways[path]

    def _leave(self, origin: str, paths: Iterable[str]) -> None:
        """What somebody else decides, or sets to what it is already, is theirs."""
        for fade in self.running:
            if origin != fade.origin:
                for path in paths:
                    fade.ways.pop(path, None)

    def step(self) -> Iterator[None]:
        """One step of every fade, a transaction at a time; one that cannot go on is dropped, and the others go on."""
        for fade in list(self.running):
            try:
                yield from self._step(fade)
            except Exception:
                _log.exception("a fade of %s was lost", fade.origin)
                fade.ways.clear()
            if not fade.ways:
                self.running.remove(fade)

    def _step(self, fade: Fade) -> Iterator[None]:
        desk, order = self.desk, list(fade.ways)
        for at in range(0, len(order), PART):
            t = (desk.clock() - fade.began_ns) / fade.length_ns
            self.cut(desk.under_fingers())
            changes = Accepted()  # a law's own values, and what was accepted when the fade began
            for path in order[at : at + PART]:
                if path in fade.ways:
                    value = fade.at(desk.registry.params[path], t)
                    if value != fade.said.get(path, fade.ways[path][0]):
                        changes.append((path, value))
                        fade.said[path] = value
                    if t >= 1.0:
                        del fade.ways[path]
            if changes:
                desk.change(changes, fade.origin)
            yield

    async def run(self) -> None:
        """Step while there is a fade, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self.running:
                busy_s = 0.0
                began_s = loop.time()
                for _ in self.step():
                    busy_s = loop.time() - began_s
                    await asyncio.sleep(0)
                await asyncio.sleep(max(STEP_S - (loop.time() - began_s), busy_s))
