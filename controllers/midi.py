"""MIDI surfaces: messages to paths by a map, with pick-up, and the console's state back to LEDs, rings and motors.

Everything here runs on the desk's loop; the ports belong to another process, reached by the link.
"""

import asyncio
import re
from collections.abc import Callable
from fnmatch import translate
from typing import Any, Protocol

from controllers import surface
from controllers.echo import Echo, Hand
from studiod.desk import Desk
from studiod.params import Refusal, Value

HAND_S = 0.3  # a moved control is held for so long: a motor must not fight a finger
NEAR_TURN = 1.5 / 127
BURST = 64  # messages a tick: 0.07 s on a DIN cable


class Link(Protocol):
    """What owns the ports."""

    def open(
        self,
        name: str,
        into: list[str],
        out: list[str],
        hear: Callable[[bytes], None],
        state: Callable[[bool], None],
    ) -> None: ...

    def send(self, name: str, data: bytes) -> None: ...


class Pickup:
    """Whether a control without a motor may move a value: only from where the value is, or by passing it."""

    def __init__(self) -> None:
        self.turn: float | None = None  # where the control is, once it has said so
        self.engaged = False

    def move(self, turn: float, held_turn: float) -> bool:
        """The control is at turn and the value at held_turn: does it take over?"""
        before, self.turn = self.turn, turn
        passed = before is not None and (before - held_turn) * (turn - held_turn) < 0
        if not self.engaged:
            self.engaged = passed or abs(turn - held_turn) <= NEAR_TURN
        return self.engaged

    def moved(self, held_turn: float) -> None:
        """The value went elsewhere by itself."""
        if self.turn is None or abs(self.turn - held_turn) > NEAR_TURN:
            self.engaged = False


class Played:
    """One surface in use."""

    def __init__(self, desk: Desk, link: Link, name: str, device: surface.Surface) -> None:
        self.desk, self.link, self.name, self.device = desk, link, name, device
        self.origin = f"midi:{name}"
        self.offset = 0
        self.up = False
        self.by_message = {(c.status, c.number): c for c in device.controls}
        self.pickups = {c: Pickup() for c in device.controls if c.mode == "absolute"}
        self.shown: dict[surface.Control, int] = {}  # what the device shows
        self.dirty: dict[surface.Control, None] = {}
        self.by_path: dict[str, list[surface.Control]] = {}
        self._moving: surface.Control | None = None
        self._holds: dict[surface.Control, asyncio.TimerHandle] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._next_s = 0.0
        self._loop = asyncio.get_running_loop()
        self.hand = Hand(self.origin, own=True)  # its own changes too: they light its LEDs
        self.echo = Echo(self.hand, self.by_path.keys(), self._wake)
        self._bind(0)
        self._unlisten = desk.listen(self._changed)

    def close(self) -> None:
        self._unlisten()
        for timer in (self._timer, *self._holds.values()):
            if timer is not None:
                timer.cancel()
        self.desk.release(self.origin)

    # -- banks -------------------------------------------------------------------------------------------------------

    def _bind(self, offset: int) -> None:
        """Stand for other strips: nothing is picked up, everything is shown anew."""
        self._let_go()
        self.offset = offset
        self.by_path.clear()
        for control in self.device.controls:
            path = control.at(offset)
            if path in self.desk.registry.params:
                self.by_path.setdefault(path, []).append(control)
            if control in self.pickups:
                self.pickups[control].engaged = False
        self.echo.pending.clear()
        self.dirty.update((c, None) for c in self.device.controls if c.lamp and c.path)
        self._wake()

    def _last_offset(self) -> int:
        """The furthest shift at which the widest row still has a strip for each control."""
        rows = [c for c in self.device.controls if "{n}" in c.path]
        widest = max(rows, key=lambda c: c.n, default=None)
        offset = 0
        while widest is not None and widest.at(offset + 1) in self.desk.registry.params:
            offset += 1
        return offset

    def _shift(self, by: int) -> None:
        offset = min(max(self.offset + by, 0), self._last_offset())
        if offset != self.offset:
            self._bind(offset)

    # -- from the surface --------------------------------------------------------------------------------------------

    def hear(self, data: bytes) -> None:
        """One message from the device."""
        if len(data) != 3:
            return
        status, number, value = data
        if status & 0xF0 == 0x80:
            status, value = status | 0x10, 0
        control = self.by_message.get((status, number))
        if control is None or value > 127:
            return
        pressed = value >= 64 or (status & 0xF0 == 0x90 and value > 0)
        if control.bank:
            if pressed:
                self._shift(control.bank)
        elif control.at(self.offset) in self.by_path:
            self._moving = control
            try:
                if control.mode == "absolute":
                    self._turn(control, value)
                else:
                    self._press(control, pressed)
            except Refusal:
                self.dirty[control] = None  # show what is
            finally:
                self._moving = None
        elif not pressed:
            self._show_again(control)
        self._wake()

    def _turn(self, control: surface.Control, value: int) -> None:
        path = control.at(self.offset)
        param = self.desk.registry.params[path]
        pickup = self.pickups[control]
        held_turn = param.to_turn(self.desk.get(path))
        if control.lamp is not None:
            self.shown[control] = value  # a motor stands where the finger put it
            self._hold(control, path)
        takes = pickup.move(value / 127, held_turn)
        if control.takeover == "jump" or takes:
            self.desk.set(path, param.from_turn(value / 127), self.origin)

    def _press(self, control: surface.Control, pressed: bool) -> None:
        path = control.at(self.offset)
        if control.mode == "momentary":
            self.desk.set(path, int(pressed), self.origin)
        elif pressed:
            param, now = self.desk.registry.params[path], self.desk.get(path)
            after: Value = int(now == 0)
            if param.items:
                after = param.items[(param.items.index(str(now)) + 1) % len(param.items)]
            self.desk.set(path, after, self.origin)
        if not pressed:
            self._show_again(control)

    def _show_again(self, control: surface.Control) -> None:
        """A device that lights its own buttons has just put this one out."""
        if control.lights_itself and control.lamp is not None:
            self.shown.pop(control, None)
            self.dirty[control] = None

    # -- the hand ----------------------------------------------------------------------------------------------------

    def _hold(self, control: surface.Control, path: str) -> None:
        if control in self._holds:
            self._holds[control].cancel()
        self.hand.held.add(path)
        self._holds[control] = self._loop.call_later(HAND_S, self._release, control, path)

    def _release(self, control: surface.Control, path: str) -> None:
        del self._holds[control]
        self.hand.held.discard(path)
        self.dirty[control] = None
        self._wake()

    def _let_go(self) -> None:
        for timer in self._holds.values():
            timer.cancel()
        self._holds.clear()
        self.hand.held.clear()

    # -- to the surface ----------------------------------------------------------------------------------------------

    def state(self, up: bool) -> None:
        """The device came or went: what it shows and where its controls stand is unknown."""
        self.up = up
        self.shown.clear()
        self._let_go()
        for pickup in self.pickups.values():
            pickup.turn, pickup.engaged = None, False
        self.dirty.update((c, None) for c in self.device.controls if c.lamp and c.path)
        self._wake()

    def _changed(self, origin: str, news: dict[str, Value]) -> None:
        for path in news.keys() & self.by_path.keys():
            for control in self.by_path[path]:
                if control in self.pickups and control is not self._moving:
                    self.pickups[control].moved(self.desk.registry.params[path].to_turn(news[path]))
        self.echo.hear(origin, news)

    def _wake(self) -> None:
        if self._timer is None and self.up and (self.dirty or self.echo.pending):
            self._timer = self._loop.call_at(max(self._next_s, self._loop.time()), self._flush)

    def _flush(self) -> None:
        self._timer = None
        if not self.up:
            return
        self._next_s = self._loop.time() + 1 / self.device.rate_hz
        for path in self.echo.take():
            self.dirty.update((c, None) for c in self.by_path.get(path, ()) if c.lamp is not None)
        sent = 0
        for control in list(self.dirty):
            if sent == BURST:
                break
            del self.dirty[control]
            value = self._value(control)
            if control.lamp is None or control in self._holds or self.shown.get(control) == value:
                continue
            self.shown[control] = value
            self.link.send(self.name, bytes((control.lamp.status, control.lamp.number, value)))
            sent += 1
        if self.dirty:
            self._wake()

    def _value(self, control: surface.Control) -> int:
        assert control.lamp is not None
        path = control.at(self.offset)
        param = self.desk.registry.params.get(path)
        turn = 0.0 if param is None else param.to_turn(self.desk.get(path))
        if control.mode == "absolute":
            return round(turn * 127)
        return control.lamp.on if turn > 0 else control.lamp.off


class Midi:
    """All surfaces of the settings."""

    def __init__(self, played: list[Played]) -> None:
        self.played = played

    async def close(self) -> None:
        for one in self.played:
            one.close()


def _patterns(port: object, own: tuple[str, ...]) -> list[str]:
    """What the settings say of a port as regular expressions; nothing or "*": the map's own."""
    if not isinstance(port, str) or port in ("", "*"):
        return list(own)
    return [port if surface.is_pattern(port) else translate(port)]


async def start(desk: Desk, settings: Any, link: Link) -> Midi:
    """Play the surfaces of settings.midi: names of maps, or objects with .name and .port.  Raises SurfaceError."""
    ready: list[tuple[str, object, object, surface.Surface]] = []
    faults: list[str] = []
    for entry in settings.midi.surfaces:
        fields = entry if isinstance(entry, dict) else {k: getattr(entry, k, None) for k in ("name", "port", "send")}
        name = entry if isinstance(entry, str) else str(fields["name"])
        try:
            device = surface.read(surface.find(name), desk.registry)
        except surface.SurfaceError as fault:
            faults.append(str(fault))
            continue
        port = None if isinstance(entry, str) else fields.get("port")
        send = None if isinstance(entry, str) else fields.get("send")
        if not device.ports and port in (None, "", "*"):
            faults.append(f"midi.surfaces: {name}: expected a port pattern, as its map has none; came {port!r}")
        used = sum(1 for other in ready if re.sub(r" \d+$", "", other[0]) == name)
        ready.append((f"{name} {used + 1}" if used else name, port, send or port, device))
    if faults:
        raise surface.SurfaceError("\n".join(faults))
    played = []
    for name, port, send, device in ready:
        one = Played(desk, link, name, device)
        link.open(name, _patterns(port, device.ports), _patterns(send, device.ports), one.hear, one.state)
        played.append(one)
    return Midi(played)
