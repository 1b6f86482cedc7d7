"""What a surface does by itself: pages, views, banks, the way home, SAVE, STOP, markers, the jog wheel."""

import asyncio
from collections.abc import Callable
from typing import Any

from controllers.mackie import pages
from controllers.mackie.panel import Panel
from studiod.desk.desk import Desk
from studiod.registry.multitrack import LONGEST_S
from studiod.registry.param import Value
from studiod.registry.surfaces import LAYERS

SAVE_S = 2.0
JOG_S = 0.1
WHERE = "transport/position"


class Own:
    """do: says a command of the desk.  Attributes: saving, SAVE was pressed once; beats, what the digits show; jogs,
    whether the jog wheel moves the line-up; recalled, the scene that was recalled last."""

    def __init__(self, desk: Desk, panel: Panel, do: Callable[..., None]) -> None:
        self.desk, self.panel, self._do, self.lineup = desk, panel, do, panel.lineup
        self.saving = self.beats = self.jogs = False
        self.recalled = ""
        self.shown: Callable[[], None] = lambda: None  # something of it has changed: set by who shows it
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def do(self, verb: str, word: str) -> None:
        """Raises Refusal."""
        moves = {"bank": self._bank, "channel": self._channel, "layer": self._layer, "view": self._view,
                 "home": self._home, "page": self._page, "part": self._part}  # fmt: skip
        if verb in moves:
            self._change(moves[verb](word))
        else:
            work = {"save": self._save, "stop": self._stop, "marker": self._marker, "loop": self._loop_end,
                    "time": self._time, "jog": self._jog}  # fmt: skip
            work.get(verb, lambda _: None)(word)

    def _change(self, changes: list[tuple[str, Value]]) -> None:
        self.desk.change(changes, self.panel.origin)

    # -- the line-up -------------------------------------------------------------------------------------------------

    def _bank(self, way: str) -> list[tuple[str, Value]]:
        return self.lineup.changes(first=self.lineup.bank(1 if way == "right" else -1, self.panel.count))

    def _channel(self, way: str) -> list[tuple[str, Value]]:
        return self.lineup.changes(first=self.lineup.step(1 if way == "right" else -1, self.panel.count))

    def _view(self, view: str) -> list[tuple[str, Value]]:
        return self.lineup.changes(layer="0", view=view, first=1, spill="")

    def _layer(self, _: str) -> list[tuple[str, Value]]:
        """The next one that has a strip, then layer 0 again."""
        now = int(str(self.lineup.now("layer")))
        used = [n for n in range(now + 1, LAYERS + 1) if self.lineup.used(n)]
        return self.lineup.changes(layer=str(used[0] if used else 0), first=1, spill="")

    def _home(self, _: str) -> list[tuple[str, Value]]:
        return self.lineup.home()

    def _page(self, page: str) -> list[tuple[str, Value]]:
        if self.lineup.now("page") != page:
            return self.lineup.changes(page=page, part=1)
        if page == "send":
            bus = round(float(self.lineup.now("bus")))
            return self.lineup.changes(bus=bus % self.desk.registry.console.buses + 1)
        return self.lineup.changes(part=self._part_now() % self._parts() + 1)

    def _part(self, way: str) -> list[tuple[str, Value]]:
        by = 1 if way == "right" else -1
        if self.lineup.now("page") == "send":
            bus = round(float(self.lineup.now("bus"))) + by
            return self.lineup.changes(bus=min(max(bus, 1), self.desk.registry.console.buses))
        return self.lineup.changes(part=min(max(self._part_now() + by, 1), self._parts()))

    def _part_now(self) -> int:
        return min(round(float(self.lineup.now("part"))), self._parts())

    def _parts(self) -> int:
        params, bus = self.desk.registry.params, round(float(self.lineup.now("bus")))
        return pages.parts(params, str(self.lineup.now("page")), self.lineup.selected, bus, self.panel.count)

    # -- scenes ------------------------------------------------------------------------------------------------------

    def _save(self, _: str) -> None:
        """Twice within two seconds: the scene that was recalled last is stored over."""
        again = self.saving
        self._set_saving(False)
        if again and self.recalled:
            self._do("scene/store", (self.recalled,))
        elif not again and self.recalled:
            self._set_saving(True)

    def _set_saving(self, on: bool) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(SAVE_S, self._set_saving, False) if on else None
        self.saving = on
        self.shown()

    def heard(self, origin: str) -> None:
        """Somebody changed something: of a recall, which scene it was."""
        word, _, rest = origin.partition(" ")
        if word in ("recall", "fade") and " for " in rest:
            self.recalled = rest.rpartition(" for ")[0]

    def answered(self, lines: list[Any]) -> None:
        """What a command said: of a recall, the scene's name, which the panel shows for a moment."""
        for name, *words in lines:
            if name == "scene/recall":
                self.recalled = str(words[0])
                self.panel.say(self.recalled)

    # -- the multitrack ----------------------------------------------------------------------------------------------

    def _stop(self, _: str) -> None:
        """Stops; again: to the start."""
        if self.desk.get("transport/state") == "stop" and self.desk.get("recorder/state") == "stop":
            self._change([(WHERE, 0)])
        else:
            self._change([("recorder/state", "stop"), ("transport/state", "stop")])

    def _marker(self, way: str) -> None:
        self._do("locate", ("next" if way == "right" else "previous",))

    def _loop_end(self, end: str) -> None:
        self._change([(f"transport/loop/{end}", self.desk.get(WHERE))])

    def _time(self, _: str) -> None:
        self.beats = not self.beats
        self.shown()

    def _jog(self, _: str) -> None:
        self.jogs = not self.jogs
        self.shown()

    def jog(self, ticks: int) -> None:
        """The wheel: the place of the music, or the line-up.  Raises Refusal."""
        if self.jogs:
            for _ in range(min(abs(ticks), self.panel.count)):
                self._change(self._channel("right" if ticks > 0 else "left"))
            return
        where = float(self.desk.get(WHERE)) + ticks * JOG_S
        self._change([(WHERE, min(max(where, 0.0), LONGEST_S))])

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
