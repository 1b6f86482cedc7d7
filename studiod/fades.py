"""Fades from what is to what a scene asks for: each number along its own law, everything else at the midpoint.

50 small transactions a second, each shorter than the glide of a gain, so that nothing steps.  Hands win: a path that
anybody else changes, or touches, leaves the fade.  Runs on the desk's loop and leaves it at least half of its time.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from studiod.desk import Desk
from studiod.param import Param, Value

STEP_S = 0.02
PART = 250  # paths a transaction: about 3 ms of the loop


@dataclass
class Fade:
    """One crossfade: where each path comes from (turn, value) and where it goes."""

    origin: str
    began_ns: int
    length_ns: int
    ways: dict[str, tuple[Value, Value]] = field(default_factory=dict)
    said: dict[str, Value] = field(default_factory=dict)  # what was set last

    def at(self, param: Param, t: float) -> Value:
        """The value of a path at a time 0..1."""
        start, goal = self.ways[param.path]
        if t >= 1.0:
            return goal
        if param.path.endswith("/link"):
            return start  # a pair is made when both sides have arrived
        if param.kind != "number":
            return goal if t >= 0.5 else start
        low, high = param.to_turn(start), param.to_turn(goal)
        return param.from_turn(low + t * (high - low))


class Fades:
    """All fades of one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.running: list[Fade] = []
        self._wake = asyncio.Event()
        desk.listen(self._hear)

    def start(self, changes: Mapping[str, Value], seconds: float, origin: str) -> None:
        """Begin a fade.  Pairs that part do so at once: nothing moves by it."""
        self.cut(changes)
        apart = {path: value for path, value in changes.items() if path.endswith("/link") and value == 0}
        if apart:
            self.desk.change(apart.items(), origin)
        ways = {path: (self.desk.values[path], value) for path, value in changes.items() if path not in apart}
        if ways:
            self.running.append(Fade(origin, self.desk.clock(), round(seconds * 1e9), ways))
            self._wake.set()

    def cut(self, paths: Mapping[str, Value] | frozenset[str]) -> None:
        """Take paths, and what linked pairs keep equal to them, out of every fade: something newer decides them."""
        if self.running:
            partners = {other for other in map(self.desk.partner, paths) if other is not None}
            for fade in self.running:
                for path in partners.union(paths):
                    fade.ways.pop(path, None)

    def _hear(self, origin: str, news: dict[str, Value]) -> None:
        for fade in self.running:
            if origin != fade.origin:
                for path in news:
                    fade.ways.pop(path, None)

    def step(self) -> Iterator[None]:
        """One step of every fade, a transaction at a time."""
        desk = self.desk
        for fade in list(self.running):
            order = list(fade.ways)
            t = 0.0
            for at in range(0, len(order), PART):
                t = (desk.clock() - fade.began_ns) / fade.length_ns
                self.cut(desk.under_fingers())
                changes = []
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
            if not fade.ways:
                self.running.remove(fade)

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
