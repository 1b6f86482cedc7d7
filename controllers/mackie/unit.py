"""One unit on one port: its handshake, and the cells that it shows.  What they mean, the panel knows.

Everything here runs on the desk's loop; the ports belong to another process, reached by the link.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Protocol

from controllers.hand import Hand
from controllers.mackie import wire
from controllers.mackie.device import Device
from controllers.mackie.key_names import BEATS, NOTES, ROWS, RUDE_SOLO, SMPTE
from controllers.outbox import Outbox
from controllers.patience import Patience
from controllers.rounds import Rounds

OPENED_S = 0.1  # a port that has just been opened may still lose what is said
LIVE_S = 0.1  # a device without a handshake is live so long after the query, which a wired loop would bring back
ANSWER_S = 1.0  # after this a device that does not answer is taken as live
ASKED_MOST = 3  # times that one is asked in a row that has to answer
SELDOM_S = 5.0  # and then
HELLO_PER_S = 10
COLUMNS = 7  # of a cell, whatever is seen of it
LED_ORDER = [*range(32), *NOTES.values(), SMPTE, BEATS, RUDE_SOLO]
COLOURS = ("off", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
RGB = {"off": 127, "white": 127}
LOG = logging.getLogger(__name__)


class Sender(Protocol):
    """The way out; send: False when there is no room now; together: what is sent within it leaves in one piece."""

    def send(self, name: str, data: bytes) -> bool: ...

    def together(self) -> AbstractContextManager[None]: ...


class Unit:
    """hear: what a unit says once it is online; live: it is, and shows nobody knows what, or it is no more."""

    def __init__(
        self,
        link: Sender,
        rounds: Rounds,
        name: str,
        device: Device,
        hear: Callable[["Unit", wire.Event], None],
        live: Callable[["Unit", bool], None],
    ) -> None:
        self.name, self.device, self._hear, self._live = name, device, hear, live
        self.model = device.model
        self.state_of = "away"  # away, asking, answered, online, loop
        self.junk: Counter[str] = Counter()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._asked = 0
        self._hellos = Patience(1, HELLO_PER_S, self._loop.time())
        gap_s = device.sysex_gap_ms / 1000
        send = partial(link.send, name)
        self.outbox = Outbox(send, device.bytes_per_s, gap_s, self._loop.time, rounds.at)
        self.hands = {n: self._hand() for n in range(device.strips)} if device.faders else {}
        if device.master:
            self.hands[wire.MASTER] = self._hand()
        self.notes = {key: device.notes.get(key, note) for key, note in NOTES.items()}
        self.key_of = {note: key for key, note in self.notes.items()}
        self._declare()

    def _hand(self) -> Hand:
        return Hand(self.device.step, self.device.motor_hz, self.device.own_travel)

    def _declare(self) -> None:
        """A cell for each thing that it has."""
        out, device = self.outbox, self.device
        out.cell("query", "handshake", lambda _: wire.query(self.model))
        out.cell("reply", "handshake", lambda hello: wire.reply(hello))  # type: ignore[arg-type]
        if device.motors:
            for n, hand in self.hands.items():
                out.motor(n, hand, lambda position, n=n: wire.fader(n, position))  # type: ignore[misc]
        for n in range(device.strips):
            for row in range(len(ROWS)):
                self._lamp(row * 8 + n)
        for key in self.notes.values() if device.lamps and device.keys else ():
            self._lamp(key)
        for note in (SMPTE, BEATS) if device.digits else ():
            self._lamp(note)
        if device.lamps and device.keys:
            self._lamp(RUDE_SOLO)
        for n in range(device.knobs if device.rings != "none" else 0):
            out.cell(("ring", n), "ring", lambda value, n=n: wire.ring(n, value))  # type: ignore[misc]
        for line in (0, 1) if device.text else ():
            write = lambda at, text, line=line: wire.text(self.model, line * wire.LINE + at, text)  # noqa: E731
            out.line(("text", line), device.strips * COLUMNS if device.strips < 8 else wire.LINE, write)
        if device.colours != "none":
            out.cell("colours", "colour", self._colours)
        for place in (*range(10 if device.digits else 0), *((10, 11) if device.assignment else ())):
            out.cell(("digit", place), "digit", lambda said, p=place: wire.digit(p, said[0], said[1:] == "."))  # type: ignore[misc]
        for n in range(device.strips if device.meters else 0):
            out.cell(("meter", n), "meter", lambda level, n=n: wire.meter(n, level))  # type: ignore[misc]
            if device.overload:
                out.cell(("over", n), "meter", lambda over, n=n: wire.meter(n, 0xE if over else 0xF))  # type: ignore[misc]

    def _lamp(self, note: int) -> None:
        self.outbox.cell(note, "led", lambda state, note=note: wire.led(note, state))  # type: ignore[misc]
        self.outbox.cells[note].wanted = wire.OFF

    def _colours(self, eight: object) -> bytes:
        names: Sequence[str] = eight  # type: ignore[assignment]
        numbers = [0 if name == "" else 7 if name == "off" else COLOURS.index(name) for name in names]
        if self.device.colours == "icon":
            rgb = [127 if number >> bit & 1 else 0 for number in numbers for bit in range(3)]
            return bytes((0xF0, 0x00, 0x02, 0x4E, 0x16, 0x14, *rgb, 0xF7))
        return wire.colours(self.model, [*numbers, *[0] * (8 - len(numbers))])

    # -- the handshake -----------------------------------------------------------------------------------------------

    def state(self, up: bool) -> None:
        """The port came or went."""
        self._set_timer()
        was, self.state_of = self.state_of, "asking" if up else "away"
        self.outbox.come(False)
        self.model, self._asked = self.device.model, 0
        if was == "online":
            self._live(self, False)
        if up:
            self._set_timer(OPENED_S, self._ask)

    def _ask(self) -> None:
        self._asked += 1
        self.outbox.show("query", self._asked, again=True)
        if self.device.handshake == "none":
            self._set_timer(LIVE_S, self._online)
        elif self.device.handshake == "any":
            self._set_timer(ANSWER_S, self._online)
        else:
            self._set_timer(self._patience_s, self._ask)

    @property
    def _patience_s(self) -> float:
        """Until one that has to answer is asked again: a busy machine may have been late with its reply."""
        return ANSWER_S if self._asked < ASKED_MOST else SELDOM_S

    def _set_timer(self, after_s: float = 0.0, then: Callable[[], None] | None = None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(after_s, then) if then is not None else None

    def _online(self) -> None:
        """It is there, and what it shows nobody knows: all of it is said."""
        self._set_timer()
        was, self.state_of = self.state_of, "online"
        self.outbox.come(True)
        if was == "online":
            self._live(self, False)
        self._live(self, True)

    def hear(self, data: bytes) -> None:
        """One message of the device."""
        event = wire.read(data)
        if isinstance(event, wire.Junk):
            self._count(event.why, data)
        elif self.state_of != "away":
            self._take(event)

    def _take(self, event: wire.Event) -> None:
        if isinstance(event, wire.Loop):
            self._looped()
        elif isinstance(event, wire.Hello):
            self._hello(event)
        elif isinstance(event, wire.Refused):
            self._count("an answer to its challenge that it did not take", b"")
        elif isinstance(event, wire.Confirmed | wire.Ready):
            if self.state_of != "online":
                self.model = event.model
                self._online()
        elif self.state_of == "loop":  # a device speaks: it is no wire any more
            self.state_of = "asking"
            self._set_timer(OPENED_S, self._ask)
        elif self.state_of == "online":
            self._hear(self, event)
        elif self.device.handshake != "challenge":
            self._online()
            self._hear(self, event)

    def _hello(self, hello: wire.Hello) -> None:
        if not self._hellos.take(self._loop.time()):
            self._count("more questions for us than ten a second", b"")
            return
        self.model = hello.model
        if hello.model in wire.LOGIC:
            self.state_of = "answered" if self.state_of != "online" else "online"
            self.outbox.show("reply", hello, again=True)
            if self.state_of != "online":
                self._set_timer(self._patience_s, self._ask)
                return
        self._online()

    def _looped(self) -> None:
        if self.state_of == "loop":
            return
        LOG.warning("MIDI %s: what studiod sends to it comes back: its way in is wired to its way out; "
                    "it stays silent until a device speaks there", self.name)  # fmt: skip
        was, self.state_of = self.state_of, "loop"
        self._set_timer()
        self.outbox.come(False)
        if was == "online":
            self._live(self, False)

    def _count(self, why: str, data: bytes) -> None:
        self.junk[why] += 1
        if self.junk[why] == 1:
            told = f": {data[:12].hex(' ')}{' …' if len(data) > 12 else ''}" if data else ""
            LOG.warning("MIDI %s: %s%s; ignored, and told once", self.name, why, told)

    # -- what it shows -----------------------------------------------------------------------------------------------

    @property
    def online(self) -> bool:
        return self.state_of == "online"

    def lamp(self, note: int, state: int) -> None:
        """state: wire.OFF, FLASH or ON."""
        if note in self.outbox.cells:
            self.outbox.show(note, wire.ON if state == wire.FLASH and not self.device.flash else state)

    def key_lamp(self, key: str, state: int) -> None:
        self.lamp(self.notes[key], state)

    def ring(self, n: int, value: int) -> None:
        if ("ring", n) in self.outbox.cells:
            self.outbox.show(("ring", n), value if self.device.rings == "all" else value & 0x4F)

    def text(self, n: int, line: int, said: str) -> None:
        if self.device.text:
            self.outbox.write(("text", line), n * COLUMNS, said[: self.device.text].ljust(COLUMNS))

    def colours(self, names: Sequence[str]) -> None:
        """Of each strip, "" for an empty place."""
        if self.device.colours != "none":
            self.outbox.show("colours", tuple(names))

    def digits(self, said: Sequence[str]) -> None:
        """Ten from the left, each a character and a dot behind it or none."""
        for k, one in enumerate(said if self.device.digits else ()):
            self.outbox.show(("digit", 9 - k), one)

    def assignment(self, two: str) -> None:
        if self.device.assignment:
            self.outbox.show(("digit", 11), two[0])
            self.outbox.show(("digit", 10), two[1])

    def meter(self, n: int, level: int, again: bool = False) -> None:
        if (key := ("meter", n)) in self.outbox.cells:
            self.outbox.show(key, level, again)

    def over(self, n: int, on: bool) -> None:
        if ("over", n) in self.outbox.cells:
            self.outbox.show(("over", n), on)

    def close(self) -> None:
        self._set_timer()
        self.outbox.close()
