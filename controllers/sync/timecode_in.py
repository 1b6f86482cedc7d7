"""MIDI timecode in: the transport follows it.  Two whole labels in a row lock it, and it plays from where they are.

While locked it is put right only when it is off by more than 50 ms, the middle of five looks, or when the timecode
jumps: a player that is put right all the time stutters, and the clocks of two machines take minutes to part by 50 ms.
Quarter frames that cease stop it; those that run backwards stop it, and it is located where they end; a full frame
locates it, and ends the lock.

Everything here runs on the desk's loop; the messages' times are those at which the ports' process had them.
"""

import asyncio
import statistics
from collections import deque

from controllers.sync.timecode import PIECES, Quarters, Spot, number_of, read_full
from controllers.sync.transport_remote import POSITION, STATE, Transport
from studiod.desk.desk import Desk

LOCK_SPOTS = 2
CEASED_S, WATCH_S = 0.15, 0.05
OFF_S, LOOKS = 0.05, 5
AHEAD_S = 0.1  # how far ahead it is told where to be: the player needs a part of it


class MtcIn:
    """Listens to one port."""

    def __init__(self, desk: Desk) -> None:
        self.clock = desk.clock
        self.transport = Transport(desk, "mtc")
        self.quarters = Quarters()
        self.locked = False
        self._last: Spot | None = None
        self._streak, self._jumped = 0, False  # labels in a row, and whether they follow others that were elsewhere
        self._off_s: deque[float] = deque(maxlen=LOOKS)
        self._settled_ns = 0  # from when on the transport is where it was told to be
        self._heard_ns = 0
        self._silent = 0  # looks in a row that found nothing new
        self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        self._task.cancel()

    def hear(self, data: bytes, ns: int) -> None:
        """One message, at monotonic ns."""
        if data[:1] == b"\xf1":
            self._heard_ns = ns
            spot = self.quarters.hear(data, ns)
            if spot is not None:
                self._at(spot)
        elif (read := read_full(data)) is not None:
            stop = [(STATE, "stop")] if self.locked else []
            self._let_go()
            label, rate = read
            self.transport.change((POSITION, float(number_of(label, rate) / rate.per_s)), *stop)

    def _at(self, spot: Spot) -> None:
        last, self._last = self._last, spot
        goes_on = last is not None and (last.rate, last.way) == (spot.rate, spot.way)
        step = (spot.quarters - last.quarters - PIECES * spot.way) % (4 * spot.rate.day) if last is not None else 0
        if goes_on and step == 0:
            self._streak += 1
        else:
            self._streak, self._jumped = 1, True
        if self._streak < LOCK_SPOTS:
            return
        if spot.way < 0:
            if self.locked:
                self.locked = False
                self.transport.change((STATE, "stop"))
        else:
            self._follow(spot)

    def _follow(self, spot: Spot) -> None:
        now_ns = self.clock()
        there_s = spot.position_s + (now_ns - spot.ns) / 1e9
        if not self.locked or self._jumped:
            self.locked, self._jumped = True, False
            if not self.transport.plays or abs(self.transport.position_s - there_s) > OFF_S:
                self._go(there_s, now_ns)
        elif now_ns >= self._settled_ns:
            self._off_s.append(self.transport.position_s - there_s)
            if len(self._off_s) == LOOKS and abs(statistics.median(self._off_s)) > OFF_S and self.transport.plays:
                self._go(there_s, now_ns)

    def _go(self, there_s: float, now_ns: int) -> None:
        """Be there, rolling: both on one frame of the audio clock."""
        self._off_s.clear()
        due_ns = now_ns + round(AHEAD_S * 1e9)
        self._settled_ns = due_ns + round(AHEAD_S * 1e9)
        self.transport.change((POSITION, there_s + AHEAD_S), (STATE, "play"), when_ns=due_ns)

    def watch(self) -> None:
        """Two looks in a row that find it silent for 150 ms: it has ceased, and this loop was not merely held up."""
        silent = self._last is not None and self.clock() - self._heard_ns > CEASED_S * 1e9
        self._silent = self._silent + 1 if silent else 0
        if self._silent == 2:
            last, played = self._last, self.locked
            self._let_go()
            if played:
                self.transport.change((STATE, "stop"))
            elif last is not None and last.way < 0:
                self.transport.change((POSITION, last.position_s))

    def _let_go(self) -> None:
        self.locked, self._last, self._streak = False, None, 0
        self.quarters.forget()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(WATCH_S)
            self.watch()
