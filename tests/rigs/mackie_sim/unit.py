"""A whole unit: a switch, a door, a panel, faders, keys, one wire.  Time is handed in; it knows no ports.

`log` holds every message of either way, with the second at which its first byte came and its last one was through.
"""

from typing import Any

from mackie_sim.door import HEAD, Door
from mackie_sim.fader import Fader
from mackie_sim.kinds import HIGHEST, Kind
from mackie_sim.messages import Cutter
from mackie_sim.panel import Panel
from mackie_sim.wire import Wire

TOUCH_NOTE, KNOB_NOTE, MASTER = 0x68, 0x20, 8
CHALLENGE = bytes.fromhex("57186105")
RESET_FADERS, RESET_LEDS, RESET_ALL, GO_OFFLINE = 0x61, 0x62, 0x63, 0x0F


class Unit:
    """`out` gathers what it says to the host: (second, bytes)."""

    def __init__(self, kind: Kind, now_s: float = 0.0, challenge: bytes = CHALLENGE, *, on: bool = True) -> None:
        self.kind, self.challenge = kind, challenge
        self.log: list[dict[str, Any]] = []
        self.out: list[tuple[float, bytes]] = []
        self.on = False
        self.faders = [Fader(kind, now_s) for _ in range(kind.strips)]
        if kind.master:
            self.faders.append(Fader(kind, now_s))
        self._start(now_s)
        if on:
            self.power(now_s, True)

    def _start(self, now_s: float) -> None:
        self.wire, self.cutter = Wire(self.kind.bytes_per_s), Cutter()
        self.panel, self.door = Panel(self.kind), Door(self.kind, self.challenge)
        self.pulls: list[dict[str, Any]] = []  # positions that came for a fader with a finger on it
        self.lost_text = 0
        self._sysex_s = self._mode_s = -60.0

    # ---- The people in front of it ----

    def power(self, now_s: float, on: bool) -> None:
        """Its switch.  Faders stay where they are and forget where they were wanted."""
        self.advance(now_s)
        was, self.on = self.on, on
        if not on:
            for fader in self.faders:
                fader.rest()
        if on and not was:
            self._start(now_s)
            self._say(now_s, *self.door.greeting(now_s))

    def key(self, now_s: float, note: int, down: bool) -> None:
        self._say(now_s, bytes((0x90, note, 0x7F if down else 0)))

    def turn(self, now_s: float, knob: int, ticks: int) -> None:
        """A V-Pot's ticks, to the right where positive; knob 44 is the jog wheel."""
        while ticks:
            step = max(-63, min(63, ticks))
            self._say(now_s, bytes((0xB0, 0x10 + knob, abs(step) | (0x40 if step < 0 else 0))))
            ticks -= step

    def touch(self, now_s: float, fader: int) -> None:
        self.advance(now_s)
        self.faders[fader].touch(now_s)
        self.advance(now_s)

    def move(self, now_s: float, fader: int, to: float, over_s: float) -> None:
        self.advance(now_s)
        self.faders[fader].move(now_s, to, over_s)
        self.advance(now_s)

    def lift(self, now_s: float, fader: int) -> None:
        self.advance(now_s)
        self.faders[fader].lift(now_s)
        self.advance(now_s)

    # ---- The host ----

    def receive(self, now_s: float, data: bytes) -> None:
        """Bytes of the host begin to come in."""
        if self.on:
            done_s, backlog = self.wire.put(now_s, data)
            self.log.append({"t": now_s, "done": done_s, "way": "in", "hex": data.hex(), "backlog": backlog})

    def advance(self, now_s: float) -> None:
        """All that happens until now, in order."""
        while (due := self.wire.due(now_s)) is not None:
            done_s, data = due
            self._move(done_s)
            for message in self.cutter.cut(data):
                if self.on and not self.door.locked:
                    self._hear(done_s, message)
        self._move(now_s)

    def _move(self, now_s: float) -> None:
        for number, fader in enumerate(self.faders):
            if not fader.moving:
                continue
            for at_s, what, value in fader.advance(now_s):
                if what == "at":
                    self._say(at_s, bytes((0xE0 + number, value & 0x7F, value >> 7)))
                elif number not in self.kind.dead:
                    self._say(at_s, bytes((0x90, TOUCH_NOTE + number, 0x7F if value else 0)))

    @property
    def busy(self) -> bool:
        """Something happens by itself soon."""
        return len(self.wire) > 0 or any(fader.moving for fader in self.faders)

    def _say(self, now_s: float, *messages: bytes) -> None:
        if self.on:
            for data in messages:
                self.out.append((now_s, data))
                self.log.append({"t": now_s, "done": now_s, "way": "out", "hex": data.hex()})

    def _hear(self, now_s: float, message: bytes) -> None:
        if message[0] == 0xF0:
            if message.startswith(HEAD) and len(message) > 6:
                self._command(now_s, message)
            return
        if not self.door.online:
            return
        match message[0]:
            case 0x90:
                self.panel.note(message[1], message[2])
            case 0x80:
                self.panel.note(message[1], 0)
            case 0xB0 if 0x30 <= message[1] < 0x38:
                self.panel.ring(message[1] - 0x30, message[2])
            case 0xB0 if 0x40 <= message[1] < 0x4C:
                self.panel.figure(message[1] - 0x40, message[2])
            case 0xD0:
                self.panel.meter(now_s, message[1] >> 4, message[1] & 15)
            case status if 0xE0 <= status < 0xE0 + len(self.faders):
                self._want(now_s, status - 0xE0, message[2] << 7 | message[1])

    def _want(self, now_s: float, number: int, raw: int) -> None:
        fader = self.faders[number]
        if fader.held:
            self.pulls.append({"t": now_s, "fader": number, "raw": raw, "finger": round(fader.place)})
        fader.want(now_s, raw)

    def _command(self, now_s: float, message: bytes) -> None:
        model, command, data = message[4], message[5], message[6:-1]
        before_s, self._sysex_s = self._sysex_s, now_s
        if model != self.kind.model:
            return
        if command == 0x00:
            self._say(now_s, *self.door.query(now_s))
        elif command == 0x02:
            self._say(now_s, *self.door.reply(now_s, data))
        elif not self.door.online:
            return
        elif command == 0x12 and data:
            speed = self.kind.bytes_per_s
            begin_s = now_s - (len(message) / speed if speed else 0.0)
            if begin_s - before_s < self.kind.text_gap_s - 1e-9 or begin_s - self._mode_s < self.kind.deaf_s:
                self.lost_text += 1
            else:
                self.panel.write(data[0], data[1:])
        elif command == 0x72:
            self.panel.paint(data)
        elif command in (0x20, 0x21):
            self._mode_s = now_s
        elif command == 0x13:
            self._say(now_s, self.door.say(b"\x14", b"V1.0 "))
        elif self.kind.answers == "challenge":
            self._reset(now_s, command)

    def _reset(self, now_s: float, command: int) -> None:
        """What only a Logic Control obeys."""
        if command in (RESET_FADERS, RESET_ALL):
            for number in range(len(self.faders)):
                self._want(now_s, number, 0)
        if command in (RESET_LEDS, RESET_ALL):
            self.panel.leds.clear()
        if command in (RESET_ALL, GO_OFFLINE):
            self.panel, self.door.online = Panel(self.kind), False

    # ---- What can be seen and known of it ----

    def seen(self, now_s: float) -> dict[str, Any]:
        self.advance(now_s)
        live = self.on and self.door.online
        panel = self.panel if live else Panel(self.kind)
        return {
            "t": now_s,
            "kind": self.kind.name,
            "on": self.on,
            "online": live,
            "locked": self.door.locked,
            "refused": self.door.refused,
            "faders": [fader.reported for fader in self.faders],
            "held": [fader.held for fader in self.faders],
            "moving": [fader.moving for fader in self.faders],
            "pulls": len(self.pulls),
            "lost_text": self.lost_text,
            "most_backlog": self.wire.most_backlog,
            "top": min(self.kind.top, HIGHEST),
            **panel.seen(now_s),
        }
