"""The meters of a surface: the louder side at the desk's tap, said again while there is signal, then zero once.

A unit lets its bars fall by itself, so that what stands has to be said again, 25 times a second; silence says nothing.
"""

import asyncio
from bisect import bisect_right

from controllers.mackie.panel import Panel, Place
from studiod.desk.desk import Desk

RATE_S = 0.04
OVER_DB = 0.0
HOLD = "meter/clip_hold"


class Meters:
    """Of one surface."""

    def __init__(self, desk: Desk, panel: Panel) -> None:
        self.desk, self.panel = desk, panel
        self._since: dict[str, int] = {}
        self._level: dict[Place, int] = {}
        self._over_s: dict[Place, float] = {}  # until when
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._banks: dict[str, list[tuple[Place, list[int]]]] = {}

    def bind(self) -> None:
        """Places stand for other strips: those that are empty, or another one now, are zero."""
        banks: dict[str, list[tuple[Place, list[int]]]] = {}
        for place in self.panel.places:
            if not place.unit.device.meters:
                continue
            kind, _, index = place.strip.partition("/")
            if kind in ("ch", "bus", "matrix"):
                banks.setdefault(kind, []).append((place, [int(index) - 1]))
            elif kind == "return":
                banks.setdefault(kind, []).append((place, [2 * int(index) - 2, 2 * int(index) - 1]))
        was = {place: (bank, at) for bank, rows in self._banks.items() for place, at in rows}
        now = {place: (bank, at) for bank, rows in banks.items() for place, at in rows}
        for place in self.panel.places:
            if place.unit.device.meters and was.get(place) != now.get(place):
                self._zero(place)
        self._banks = banks
        if banks and self._timer is None:
            self._timer = self._loop.call_later(RATE_S, self._read)

    def _zero(self, place: Place) -> None:
        self._level.pop(place, None)
        self._over_s.pop(place, None)
        place.unit.meter(place.n, 0)
        place.unit.over(place.n, False)

    def _read(self) -> None:
        self._timer = self._loop.call_later(RATE_S, self._read) if self._banks else None
        if not any(unit.online for unit in self.panel.units):
            return
        now_s = self._loop.time()
        hold_s = float(self.desk.heard[HOLD])
        for bank, rows in self._banks.items():
            levels, self._since[bank] = self.desk.meters(bank, self._since.get(bank, -1))
            for place, at in rows:
                self._show(place, max(levels[k] for k in at), now_s, hold_s)

    def _show(self, place: Place, level_db: float, now_s: float, hold_s: float) -> None:
        level = bisect_right(place.unit.device.meter_db, level_db)
        if level or self._level.get(place):
            place.unit.meter(place.n, level, again=True)
        self._level[place] = level
        if level_db >= OVER_DB:
            self._over_s[place] = now_s + hold_s
            place.unit.over(place.n, True)
        elif place in self._over_s and now_s >= self._over_s[place]:
            del self._over_s[place]
            place.unit.over(place.n, False)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._banks = None, {}
