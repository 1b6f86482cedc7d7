"""What the keys' lamps, the digits and the two characters of a main unit show: all of it from the desk."""

import asyncio
from collections.abc import Mapping, Sequence

from controllers.mackie import pages, wire
from controllers.mackie.actions import Action
from controllers.mackie.key_names import BEATS, RUDE_SOLO, SMPTE
from controllers.mackie.keys import Keys
from controllers.mackie.panel import Panel
from controllers.mackie.unit import Unit
from studiod.desk.desk import Desk
from studiod.registry.param import Value

WHERE, RUNS, TEMPO, ANY_SOLO = "transport/position", "transport/state", "tempo", "solo/any"
RUNNING_S = 0.1
BEATS_A_BAR, DIVISIONS, TICKS = 4, 4, 240  # of a division
FPS = 25
ROUNDED = 1e-6  # what a whole frame or tick may lack by arithmetic


class Status:
    """Of one surface's main unit."""

    def __init__(self, desk: Desk, panel: Panel, keys: Keys, main: Unit) -> None:
        self.desk, self.panel, self.keys, self.main = desk, panel, keys, main
        self.lineup = panel.lineup
        keys.own.shown = self.show
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._paths: dict[str, list[str]] = {}

    def show(self) -> None:
        """All of it."""
        self._paths = {}
        for (latches, key), action in self.keys.table.items():
            if not latches:
                if action.path:
                    self._paths.setdefault(self.keys.path_of(action), []).append(key)
                self.main.key_lamp(key, self.lit(action))
        self.main.lamp(RUDE_SOLO, wire.ON if self.desk.heard[ANY_SOLO] else wire.OFF)
        self.main.lamp(SMPTE, wire.OFF if self.keys.own.beats else wire.ON)
        self.main.lamp(BEATS, wire.ON if self.keys.own.beats else wire.OFF)
        page, bus = str(self.lineup.now("page")), round(float(self.lineup.now("bus")))
        self.main.assignment(pages.letters(page, bus))
        self._digits()

    def lit(self, action: Action) -> int:
        """What the lamp of a key shows."""
        lineup, own = self.lineup, self.keys.own
        word = action.words[0] if action.words else ""
        if action.path:
            param = self.desk.registry.params.get(self.keys.path_of(action))
            if param is None or action.verb == "step":
                return wire.OFF
            held = self.desk.get(param.path)
            on = held == param.accept(word) if word != "" else held not in (0, param.items[0] if param.items else 0)
            return wire.ON if on else wire.OFF
        if action.verb == "save" and own.saving:
            return wire.FLASH
        lights = {
            "page": lineup.now("page") == word,
            "view": lineup.now("view") == word and lineup.now("layer") == "0" and not lineup.now("spill"),
            "layer": lineup.now("layer") != "0",
            "jog": own.jogs,
            "stop": self.desk.heard[RUNS] == "stop",
        }
        return wire.ON if lights.get(action.verb) else wire.OFF

    def changed(self, news: Mapping[str, Value]) -> None:
        for path in news.keys() & self._paths.keys():
            for key in self._paths[path]:
                self.main.key_lamp(key, self.lit(self.keys.table[frozenset(), key]))
        if ANY_SOLO in news:
            self.main.lamp(RUDE_SOLO, wire.ON if news[ANY_SOLO] else wire.OFF)
        if not news.keys().isdisjoint((WHERE, RUNS, TEMPO)):
            self._digits()
        if RUNS in news:
            for (latches, key), action in self.keys.table.items():
                if not latches and action.verb == "stop":
                    self.main.key_lamp(key, self.lit(action))

    def _digits(self) -> None:
        """Where the music stands, ten times a second while it rolls."""
        if not self.main.device.digits:
            return
        self.main.digits(self.time())
        if self._timer is not None:
            self._timer.cancel()
        rolls = self.desk.heard[RUNS] == "play"
        self._timer = self._loop.call_later(RUNNING_S, self._digits) if rolls else None

    def time(self) -> Sequence[str]:
        """Ten characters with their dots: bars, beats, divisions, ticks; or hours, minutes, seconds, frames."""
        seconds = float(self.desk.get(WHERE))
        if self.keys.own.beats:
            parts, tick = divmod(int(seconds * float(self.desk.heard[TEMPO]) / 60 * DIVISIONS * TICKS + ROUNDED), TICKS)
            beat, part = divmod(parts, DIVISIONS)
            said = (f"{beat // BEATS_A_BAR + 1:>3}", f"{beat % BEATS_A_BAR + 1:02}", f"{part + 1:02}")
            last = f"{tick:03}"
        else:
            whole, frame = divmod(int(seconds * FPS + ROUNDED), FPS)
            said = (f"{whole // 3600:>3}", f"{whole // 60 % 60:02}", f"{whole % 60:02}")
            last = f"{frame:03}"
        dotted = [[*one[-3:-1], one[-1] + "."] for one in said]  # of more than 999 bars the last three digits
        return [*(digit for one in dotted for digit in one), *last]

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
