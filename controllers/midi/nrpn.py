"""NRPN both ways for every parameter with a position, on a port of its own: the numbers that `studiod params` lists.

A value is the position 0..16383 of its travel; items and switch positions are spread evenly over it.  Sent by us: every
change by others, the newest value of each, no faster than the wire takes it; the end of a burst selects no number.
On request, by SysEx of the non-commercial id 7D (cc: MIDI channel 00..0F, or 7F for all):

  F0 7D 73 01 F7, F0 7D 73 01 cc F7    asks for the state; it ends with  F0 7D 73 03 cc n2 n1 n0 F7  (how many, 21 bits)
  F0 7D 73 02 cc mm ll F7              asks for one parameter, by NRPN; no such one is  F0 7D 73 04 cc mm ll F7

Everything here runs on the desk's loop.
"""

import asyncio
import logging
from collections.abc import Iterator
from typing import Protocol

from controllers.echo import Echo, Hand
from controllers.midi.messages import Decoder, Heard, Message, null
from controllers.midi.positions import raw, set_by, stepped
from controllers.outbox import Outbox
from studiod.desk.desk import Desk
from studiod.registry.registry import Refusal, Value

TOP = 16383
STEP_TURN = 128 / TOP  # an increment is a step of the coarse half
HAND_S = 0.3  # whoever has set a value is not answered with others' for so long
SWEEP_S = 0.05  # how often hands are looked for that rest
PARAM_BYTES, PART_BYTES = 12, 3
MOST_COMPLAINTS = 64
SYSEX = b"\xf0\x7d\x73"
STATE, ONE, DONE, ABSENT = 1, 2, 3, 4
ALL = 0x7F
_log = logging.getLogger(__name__)


class Sender(Protocol):
    """The way out; False when there is no room now."""

    def send(self, name: str, data: bytes) -> bool: ...


class Nrpn:
    """The console as NRPN."""

    name = "nrpn"
    most = PARAM_BYTES

    def __init__(self, desk: Desk, link: Sender, bytes_per_s: int) -> None:
        self.desk, self.link = desk, link
        self.out = Outbox(self._send, bytes_per_s)
        self.out.source = self
        params = desk.registry.params.values()
        self.messages = {p.path: Message("nrpn", p.nrpn[0] - 1, p.nrpn[1]) for p in params if p.kind != "text"}
        self.paths = {message: path for path, message in self.messages.items()}
        self.order = sorted(self.paths.items())
        self.decoder = Decoder(nrpn=range(16))
        self.hand = Hand("nrpn", own=True)  # of its own changes, a pair's partner is news to it
        self.echo = Echo(self.hand, self.messages.keys(), self._wake)
        self.known: dict[str, int] = {}  # what the far side has sent or been sent
        self.asked: dict[str, None] = {}  # to be told, known or not
        self.fresh: dict[str, None] = {}  # changed by others
        self.states: dict[int, Iterator[str]] = {}  # requests under way, by MIDI channel or ALL
        self.told: dict[int, int] = {}  # how many parameters each has had
        self.up = False
        self._setting = ""
        self._coarse: tuple[str, Value] = "", 0  # what the last value said was set to, by its coarse half
        self._held: dict[str, float] = {}  # path: until when
        self._open: set[int] = set()  # channels on which a number is selected
        self._complaints: set[str] = set()
        self._unsent = b""  # what there was no room for
        self._sweep: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._unlisten = desk.listen(self._changed)

    def close(self) -> None:
        self._unlisten()
        self.out.close()
        if self._sweep is not None:
            self._sweep.cancel()

    def state(self, up: bool) -> None:
        """The port came or went; whoever is there now asks for what it needs."""
        self.up = up
        for held in (self.known, self.asked, self.fresh, self.states, self.told, self.echo.pending, self._open):
            held.clear()
        self._unsent = b""
        self.out.come(up)

    # -- from the port -----------------------------------------------------------------------------------------------

    def hear(self, data: bytes) -> None:
        """One message."""
        if data[:1] == b"\xf0":
            self._asked(data)
        for heard in self.decoder.hear(data):
            if heard.message.kind == "nrpn":
                self._set(heard)
        self._wake()

    def _asked(self, data: bytes) -> None:
        if data[:3] != SYSEX or data[-1:] != b"\xf7":
            return
        body = data[3:-1]
        known = bool(body) and max(body) < 128
        if known and body[0] == STATE and len(body) <= 2 and (cc := (*body, ALL)[1]) in (*range(16), ALL):
            self.states.pop(cc, None)  # asked again: from the start, behind the others
            self.states[cc], self.told[cc] = (path for m, path in self.order if cc in (m.channel, ALL)), 0
        elif known and body[0] == ONE and len(body) == 4 and body[1] < 16:
            path = self.paths.get(Message("nrpn", body[1], body[2] << 7 | body[3]))
            if path is not None:
                self.asked[path] = None
            else:
                self.link.send(self.name, SYSEX + bytes((ABSENT, *body[1:], 0xF7)))
        else:
            self._complain("request", f"NRPN: no such request: {data[:16].hex(' ')}; expected f0 7d 73 01 or 02 … f7")

    def _set(self, heard: Heard) -> None:
        message = heard.message
        path = self.paths.get(message)
        at = f"{message.channel + 1}:{message.number}"
        if path is None:
            self._complain(at, f"NRPN {at}: no parameter with a position has that number; `studiod params` lists them")
            return
        param, held = self.desk.registry.params[path], self.desk.get(path)
        value = heard.value
        self._setting = path
        try:
            if heard.step:
                self.desk.set(path, stepped(param, held, value, STEP_TURN), self.hand.origin)
                self.asked[path] = None  # who counts steps does not know where they lead
                return
            if heard.lsb:  # the coarse half stays what it is
                value |= raw(param, held, TOP) & ~127
            goal = set_by(param, value, TOP, TOP)
            if not (heard.fine and (path, goal) == self._coarse):  # who presses a switch presses it once
                self.desk.set(path, goal, self.hand.origin)
            self._coarse = path, goal
        except Refusal as refusal:
            self._complain(path, f"NRPN {at}: {path}: {refusal.reason}; nothing was changed")
            self.asked[path] = None
            return
        finally:
            self._setting = ""
        self.known[path] = value
        self._hold(path)

    def _complain(self, key: str, text: str) -> None:
        """Once each, and not for ever: a sender that talks nonsense talks it often."""
        if key not in self._complaints and len(self._complaints) < MOST_COMPLAINTS:
            self._complaints.add(key)
            _log.warning("%s", text)

    # -- the hand ----------------------------------------------------------------------------------------------------

    def _hold(self, path: str) -> None:
        self._held[path] = self._loop.time() + HAND_S
        self.hand.held.add(path)
        if self._sweep is None:
            self._sweep = self._loop.call_later(SWEEP_S, self._release)

    def _release(self) -> None:
        self._sweep = None
        now_s = self._loop.time()
        for path in [path for path, until_s in self._held.items() if until_s <= now_s]:
            del self._held[path]
            self.hand.held.discard(path)
        if self._held:
            self._sweep = self._loop.call_later(SWEEP_S, self._release)
        self._wake()

    # -- to the port -------------------------------------------------------------------------------------------------

    def _changed(self, origin: str, news: dict[str, Value]) -> None:
        if origin == self.hand.origin:
            self.echo.pending.pop(self._setting, None)  # what waited is older than what was just said
            self.fresh.pop(self._setting, None)
            news = {path: value for path, value in news.items() if path != self._setting}
        self.echo.hear(origin, news)

    def _raw(self, path: str) -> int:
        return raw(self.desk.registry.params[path], self.desk.get(path), TOP)

    def _wake(self) -> None:
        if self.up and self.waits():
            self.out.wake()

    def waits(self) -> bool:
        """Whether there may be something to be sent."""
        return bool(self._unsent or self.echo.pending or self.asked or self.fresh or self.states or self._open)

    def take(self) -> bytes:
        """The next message: answers, then changes, then states; at the end of a burst no number stays selected."""
        if self._unsent:
            data, self._unsent = self._unsent, b""
            return data
        for path in self.echo.take():
            if self._raw(path) != self.known.get(path):
                self.fresh[path] = None
        for queue in (self.asked, self.fresh):
            for path in queue:
                del queue[path]
                return self._said(path)
        for cc in list(self.states):
            for path in self.states[cc]:
                self.told[cc] += 1
                return self._said(path)
            count = self.told.pop(cc)
            del self.states[cc]
            return SYSEX + bytes((DONE, cc, count >> 14, count >> 7 & 127, count & 127, 0xF7))
        nulls = b"".join(part for channel in sorted(self._open) for part in null(channel))
        self._open.clear()
        return nulls

    def back(self, data: bytes) -> None:
        """There was no room: the next time."""
        self._unsent = data

    def _said(self, path: str) -> bytes:
        """One value."""
        message, value = self.messages[path], self._raw(path)
        self.known[path] = value
        self._open.add(message.channel)
        return b"".join(message.parts(value))

    def _send(self, data: bytes) -> bool:
        """A value takes several messages, which go together; False when there is no room."""
        if data[:1] == SYSEX[:1]:
            return self.link.send(self.name, data)
        return all(self.link.send(self.name, data[k : k + PART_BYTES]) for k in range(0, len(data), PART_BYTES))
