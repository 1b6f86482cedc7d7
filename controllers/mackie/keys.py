"""What the keys and knobs of a surface do, by its device's table.  What they light, the desk says (status.py)."""

import asyncio

from controllers.deeds import press
from controllers.mackie import wire
from controllers.mackie.actions import ON_PATH, OWN, Action, parsed, placed
from controllers.mackie.key_names import LATCHES, ROWS
from controllers.mackie.knobs import Knobs
from controllers.mackie.own import Own
from controllers.mackie.panel import Panel, Place
from controllers.mackie.reader import latched
from controllers.mackie.unit import Unit
from studiod.desk.desk import Desk
from studiod.registry.param import Param, Refusal, Value

TWICE_S = 0.4
STRIP_NOTES = 32


class Keys:
    """Of one surface; main: the unit whose map has the table."""

    def __init__(self, desk: Desk, panel: Panel, main: Unit) -> None:
        self.desk, self.panel, self.main, self.origin = desk, panel, main, panel.origin
        self.lineup = panel.lineup
        self.table = table(main.device.keys)
        self.held: dict[str, Unit] = {}  # latches and keys that are down, and on which unit
        self.own = Own(desk, panel, self.do)
        self.knobs = Knobs(desk, panel, lambda: "shift" in self.held)
        self._copied = ""
        self._selected_s: tuple[str, float] = "", 0.0
        self._loop = asyncio.get_running_loop()

    def action(self, key: str) -> Action | None:
        """What a key does with the latches that are held; without any where that says nothing."""
        latches = frozenset(self.held.keys() & set(LATCHES))
        return self.table.get((latches, key)) or self.table.get((frozenset(), key))

    def hear(self, unit: Unit, event: wire.Event) -> None:
        """A key, a knob, the jog wheel or the pedal."""
        try:
            if isinstance(event, wire.Key):
                self._key(unit, event)
            elif isinstance(event, wire.Turn):
                if (place := self.panel.place_of.get((unit, event.n))) is not None:
                    self.knobs.turn(place, event.ticks)
            elif isinstance(event, wire.Jog):
                self.own.jog(event.ticks)
            elif isinstance(event, wire.Pedal):
                self.knobs.pedal(event.value)
        except Refusal:
            pass  # nothing has changed, and the lamps show what is

    def _key(self, unit: Unit, event: wire.Key) -> None:
        if event.note < STRIP_NOTES + 8:
            place = self.panel.place_of.get((unit, event.note % 8))
            if event.down and place is not None:
                if event.note < STRIP_NOTES:
                    self.strip(place, ROWS[event.note // 8])
                else:
                    self.knobs.press(place)
            return
        key = unit.key_of.get(event.note, "")
        if event.down and key:
            self.held[key] = unit
        elif not event.down:
            self.held.pop(key, None)
        action = self.action(key)
        if action is not None:
            self._act(action, event.down)

    def gone(self, unit: Unit) -> None:
        """Whoever goes takes its keys along, and what they held."""
        if unit in self.held.values():
            self.desk.let_go(self.origin)
        self.held = {key: on for key, on in self.held.items() if on is not unit}

    # -- the keys of a strip -----------------------------------------------------------------------------------------

    def strip(self, place: Place, row: str) -> None:
        """One of the four."""
        strip = place.strip
        if not strip:
            return
        if row != "select":
            if (path := f"{strip}/{row}") in self.desk.registry.params:
                self.desk.set(path, int(self.desk.get(path) == 0), self.origin)
        elif "option" in self.held:
            self._copied = strip
        elif "control" in self.held:
            if self._copied and self._copied != strip:
                self.do("copy", (self._copied, strip))
        elif "send" in self.held and strip.startswith("bus/"):
            self.desk.change(self.lineup.changes(page="send", bus=int(strip[4:])), self.origin)
        else:
            self._select(strip)

    def _select(self, strip: str) -> None:
        now_s = self._loop.time()
        before, at_s = self._selected_s
        self._selected_s = strip, now_s
        changes = self.lineup.changes(select=strip)
        if strip == before and now_s - at_s <= TWICE_S and strip.startswith("dca/"):
            spilt = self.lineup.now("spill") == strip
            changes += self.lineup.changes(spill="" if spilt else strip, first=1)
            self._selected_s = "", 0.0
        self.desk.change(changes, self.origin)

    # -- the keys of the table ---------------------------------------------------------------------------------------

    def path_of(self, action: Action) -> str:
        return placed(action.path, self.lineup.selected, f"{self.lineup.root}/now")

    def _act(self, action: Action, down: bool) -> None:
        if action.verb == "hold":
            self._hold(action, down)
        elif not down:
            return
        elif action.verb in ON_PATH:
            self._on_path(action)
        elif action.verb in OWN:
            self.own.do(action.verb, str(action.words[0]) if action.words else "")
        else:
            self.do(action.verb, action.words)

    def _param(self, action: Action) -> Param:
        return self.desk.registry.find(self.path_of(action))

    def _hold(self, action: Action, down: bool) -> None:
        param = self._param(action)
        if not down:
            self.desk.let_go(self.origin, param.path)
        else:
            value: Value = action.words[0] if action.words else 1
            self.desk.change([], self.origin, held=[(param.path, value)])

    def _on_path(self, action: Action) -> None:
        param = self._param(action)
        now = self.desk.get(param.path)
        if action.verb == "set":
            self.desk.set(param.path, action.words[0], self.origin)
        elif action.verb == "step":
            by = param.number_of(str(action.words[0])) if param.kind == "number" else float(action.words[0])
            after: Value
            if param.kind == "number":
                after = min(max(float(now) + by, param.low), param.high)
            else:
                after = param.items[min(max(param.items.index(str(now)) + round(by), 0), len(param.items) - 1)]
            self.desk.set(param.path, after, self.origin)
        elif param.items:
            self.desk.set(param.path, param.items[(param.items.index(str(now)) + 1) % len(param.items)], self.origin)
        else:
            self.desk.set(param.path, int(now == 0), self.origin)

    def do(self, command: str, words: tuple[Value, ...] = ()) -> None:
        """A command of the desk."""
        press(self.desk, self.origin, command, words, self.own.answered)

    def close(self) -> None:
        self.own.close()


def table(keys: dict[str, str]) -> dict[tuple[frozenset[str], str], Action]:
    """A device's table by latches and key."""
    found = {}
    for key, text in keys.items():
        *held, last = latched(key)
        found[frozenset(held), last] = parsed(text)
    return found
