"""What the strips and the master of a surface show: motors, lamps, rings, text, colours.  For any device.

All of it comes from the desk, never from a press.  The units know how to say it.  On the desk's loop.
"""

import asyncio
from collections.abc import Callable, Mapping

from controllers.mackie import pages, short, wire
from controllers.mackie.faders import Fader, Faders
from controllers.mackie.key_names import ROWS
from controllers.mackie.pages import Bound
from controllers.mackie.unit import Unit
from studiod.desk.desk import Desk
from studiod.desk.lineup import Lineup
from studiod.registry.param import Value

VALUE_S = 1.2  # a value stays shown for so long after it has changed
LAMPS = ("arm", "solo", "mute")  # rows that show a switch of the strip
NAME, VALUE = 0, 1  # lines of a display


class Place:
    """One place of a surface: a unit's strip, and what is there just now."""

    __slots__ = ("fader", "knob", "n", "strip", "unit", "until_s")

    def __init__(self, unit: Unit, n: int, fader: Fader | None) -> None:
        self.unit, self.n, self.fader = unit, n, fader
        self.strip = ""
        self.knob: Bound | None = None
        self.until_s = 0.0  # the value of its knob is shown until then


Showing = Callable[[Place], None]


class Panel:
    """Of one surface; units: from the left to the right."""

    def __init__(self, desk: Desk, lineup: Lineup, origin: str, units: list[Unit]) -> None:
        self.desk, self.lineup, self.origin, self.units = desk, lineup, origin, units
        self._loop = asyncio.get_running_loop()
        faders = {(unit, n): Fader(unit, n, hand) for unit in units for n, hand in unit.hands.items()}
        self.faders = Faders(desk, origin, list(faders.values()), self._felt)
        self.places = [
            Place(unit, n, faders.get((unit, n))) for unit in units for n in range(max(unit.device.strips, 0))
        ]
        self.masters = [fader for (_, n), fader in faders.items() if n == wire.MASTER]
        self.place_of = {(place.unit, place.n): place for place in self.places}
        self.at: dict[str, list[tuple[Showing, Place]]] = {}  # path: what shows something of it
        self._anew: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._said_s = 0.0  # a text stands in place of the names until then

    @property
    def count(self) -> int:
        """How many faders bank."""
        return len(self.places)

    @property
    def flipped(self) -> bool:
        return self.lineup.now("flip") == 1

    # -- what is where -----------------------------------------------------------------------------------------------

    def bind(self) -> None:
        """All places anew: what each stands for, then what it shows."""
        lineup, params = self.lineup, self.desk.registry.params
        strips = lineup.under(self.count)
        page, bus = str(lineup.now("page")), round(float(lineup.now("bus")))
        part = round(float(lineup.now("part")))
        knobs = pages.knobs(params, page, part, bus, strips, lineup.selected)
        self.at = {}
        for place, strip, knob in zip(self.places, strips, knobs, strict=True):
            if knob != place.knob or strip != place.strip:
                place.until_s = 0.0
            place.strip, place.knob = strip, knob
            fader = f"{strip}/fader" if strip else ""
            if self.flipped:
                fader = knob.path if knob is not None else ""
            if place.fader is not None:
                self.faders.bind(place.fader, fader)
            for path, shown in self._paths(place):
                self.at.setdefault(path, []).append((shown, place))
        master = f"bus/{bus}/fader" if self.flipped and page == "send" else "main/fader"
        for one in self.masters:
            self.faders.bind(one, master)
        self.names()
        self.colours()
        for place in self.places:
            self.show(place)

    def _paths(self, place: Place) -> list[tuple[str, Showing]]:
        """The paths that a place shows something of, and what shows it."""
        found: list[tuple[str, Showing]] = []
        if place.strip:
            found = [(f"{place.strip}/{tail}", self.lamps) for tail in LAMPS]
            found += [(f"{place.strip}/name", self._named), (f"{place.strip}/colour", self._coloured)]
        if place.fader is not None and place.fader.path:
            found.append((place.fader.path, self._ridden))
        return [*found, (path, self._turned)] if (path := self.turned(place)) else found

    def turned(self, place: Place) -> str:
        """The path that its knob moves: with flip the fader's."""
        if self.flipped:
            return f"{place.strip}/fader" if place.strip else ""
        return place.knob.path if place.knob is not None else ""

    # -- what it shows -----------------------------------------------------------------------------------------------

    def changed(self, news: Mapping[str, Value]) -> None:
        """What has changed on the desk, of what stays where it is."""
        self._anew.clear()
        for path in news.keys() & self.faders.by_path.keys():
            self.faders.changed(path, news[path])
        for path in news.keys() & self.at.keys():
            for shown, place in self.at[path]:
                shown(place)
        if "name" in self._anew:
            self.names()
        if "colour" in self._anew:
            self.colours()

    def _named(self, _: Place) -> None:
        self._anew.add("name")

    def _coloured(self, _: Place) -> None:
        self._anew.add("colour")

    def _ridden(self, place: Place) -> None:
        if place.fader is not None and place.fader.finger:
            self.second_line(place)

    def _turned(self, place: Place) -> None:
        place.until_s = self._loop.time() + VALUE_S
        self._wait(place.until_s)
        self.ring(place)
        self.second_line(place)

    def show(self, place: Place) -> None:
        """Its lamps, its ring and its second line."""
        self.lamps(place)
        self.ring(place)
        self.second_line(place)

    def lamps(self, place: Place) -> None:
        heard = self.desk.heard
        for row, tail in enumerate(ROWS):
            if tail == "select":
                lit = bool(place.strip) and place.strip == self.lineup.selected
            else:
                lit = heard.get(f"{place.strip}/{tail}") == 1
            place.unit.lamp(row * 8 + place.n, wire.ON if lit else wire.OFF)

    def ring(self, place: Place) -> None:
        param = self.desk.registry.params.get(self.turned(place))
        value = 0
        if param is not None:
            held = self.desk.get(param.path)
            value = wire.ring_value(pages.ring(param), param.to_turn(held), held == param.rest)
        place.unit.ring(place.n, value)

    def second_line(self, place: Place) -> None:
        """The value under a finger, or that has just changed; else what the knob moves."""
        width = place.unit.device.text
        if not width:
            return
        path = ""
        if place.fader is not None and place.fader.finger:
            path = place.fader.finger
        elif place.until_s > self._loop.time():
            path = self.turned(place)
        param = self.desk.registry.params.get(path)
        said = self._label(place) if param is None else short.value(param, self.desk.get(path), width)
        place.unit.text(place.n, VALUE, said)

    def _label(self, place: Place) -> str:
        if self.flipped:
            return "Fader" if place.strip else ""
        return place.knob.label if place.knob is not None else ""

    def names(self) -> None:
        """The first line of all: names that differ are shown different, so that they are found together."""
        if self._said_s > self._loop.time():
            return
        wanted = [(place.strip, str(self.desk.heard.get(f"{place.strip}/name", ""))) for place in self.places]
        for width in {unit.device.text for unit in self.units} - {0}:
            for place, said in zip(self.places, short.names(wanted, width), strict=True):
                if place.unit.device.text == width:
                    place.unit.text(place.n, NAME, said)

    def say(self, text: str) -> None:
        """A text in place of the names, for a moment: across the cells of each unit."""
        self._said_s = self._loop.time() + VALUE_S
        self._wait(self._said_s)
        for place in self.places:
            width = place.unit.device.text
            place.unit.text(place.n, NAME, short.ascii_of(text)[place.n * width :][:width])

    def colours(self) -> None:
        for unit in self.units:
            mine = [place for place in self.places if place.unit is unit]
            unit.colours([str(self.desk.heard[f"{p.strip}/colour"]) if p.strip else "" for p in mine])

    # -- time --------------------------------------------------------------------------------------------------------

    def _felt(self, fader: Fader) -> None:
        place = self.place_of.get((fader.unit, fader.n))
        if place is not None:
            self.second_line(place)

    def _wait(self, until_s: float) -> None:
        if self._timer is None:
            self._timer = self._loop.call_at(until_s, self._over)

    def _over(self) -> None:
        """Values that were shown long enough give way to what they are called."""
        self._timer = None
        now_s = self._loop.time()
        for place in self.places:
            if 0.0 < place.until_s <= now_s:
                place.until_s = 0.0
                self.second_line(place)
        if 0.0 < self._said_s <= now_s:
            self._said_s = 0.0
            self.names()
        if left := [until_s for until_s in (*(p.until_s for p in self.places), self._said_s) if until_s]:
            self._wait(min(left))

    def close(self) -> None:
        self.faders.close()
        if self._timer is not None:
            self._timer.cancel()
