"""Sees to it that exactly one runner runs the graph: the card child on its device, else the clock.

Runs on the desk's loop and loads no driver.  A card whose frame counter stands still is killed and reaped before the
clock starts; a fresh card is tried every second by name, beside the clock, which hands over once the device asks for
sound.  Why a device cannot be used is told once for each reason, and stands in status/device until it can.
"""

import asyncio
import logging
import time

from studiod.aside import aside
from studiod.desk.beat import BEAT_S, beat
from studiod.engine.engine import Engine
from studiod.host.card_child import OPEN_S, Card
from studiod.host.device_ask import refusal
from studiod.realtime import layout as r
from studiod.realtime.clock import Clock
from studiod.realtime.interface import ABSENT, PERIOD
from studiod.settings.schema import Interface
from studiod.texts import plain

LOG = logging.getLogger(__name__)
RETRY_S, POLL_S = 1.0, 0.01
STANDSTILL_S, PERIODS = 0.05, 4
OPEN_MOST_S = 40.0
FADE_S, END_FADE_S = 0.005, 0.05
END_LEAST_S, END_MOST_S = 0.12, 0.4  # of the wait for the last fade: the device has blocks of its own to play
NOT_THERE = "it is not there: connect it, or start its server"


class Runner:
    """Runs an engine's rack on a device, or on the virtual interface when device is "virtual"."""

    def __init__(self, engine: Engine, interface: Interface, device: str, first: Card | None = None) -> None:
        """first: a card for it that is on its way already."""
        self._ahead = first
        self._first: asyncio.Task[Card | str] | None = None
        self.engine, self.interface, self.device = engine, interface, device
        self.card: Card | None = None
        self.clock: Clock | None = None
        self.losses = 0
        self._state = "absent"  # or "refused": why it has not played yet
        self._told: set[str] = set()  # the reasons that were told since it played last
        self._patience_s = OPEN_S  # how long the next try may take
        self._retry: asyncio.Task[None] | None = None
        self._waits = 0  # changes that the queue has no room for yet

    # -- what the device is ------------------------------------------------------------------------------------------

    @property
    def period_s(self) -> float:
        """How much sound the device takes in one go, as the card measured it; 0 before it has asked for any."""
        return self.engine.rack.get(PERIOD) / self.interface.rate_hz

    @property
    def limit_s(self) -> float:
        """Without a frame for longer than this, the device stands still."""
        return max(STANDSTILL_S, PERIODS * period_s) if (period_s := self.period_s) else OPEN_S

    def _wanted(self) -> dict[str, object]:
        words = self.engine.rack.words
        channels = {"inputs": int(words[r.INPUTS]), "outputs": int(words[r.OUTPUTS])}
        return {"device": self.device, "rate_hz": self.interface.rate_hz, **channels}

    def channels(self, inputs: int, outputs: int) -> str:
        """The device's channels, and what of the console's is silent for want of one."""
        wanted = self._wanted()
        lacking = [
            f"{way}/{has + 1} to {way}/{wanted[f'{way}s']} {is_so}"
            for way, has, is_so in (("input", inputs, "are silent"), ("output", outputs, "are not heard"))
            if has < int(str(wanted[f"{way}s"]))
        ]
        return "; ".join([f"{inputs} in, {outputs} out", *lacking])

    # -- starting ----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Have the device opened beside what else starts.  Nothing sounds before `start`."""
        if self.device != "virtual":
            self._first = asyncio.create_task(self._opened())

    async def start(self) -> str:
        """Start the sound; "" or why the device could not be opened (the clock runs then)."""
        reason = await self._open() if self.device != "virtual" else ""
        self._first = None
        if self.card is None:
            self._stand_in()
        if reason:
            self._note(reason, told=True)
        elif self.card is not None:
            LOG.info("%s: %s", self.device, self._has())
        return reason

    def _has(self) -> str:
        about = self.card.about if self.card is not None else {}
        return self.channels(about.get("inputs", 0), about.get("outputs", 0))

    async def _open(self) -> str:
        """Open the device beside whatever runs, which hands over once it asks for sound; "" or why not."""
        card = await (self._first or self._opened())
        if isinstance(card, str):
            return card
        try:
            if self.clock is not None:
                await aside(self.clock.stop)  # a block of its own may still have to end
        except asyncio.CancelledError:
            await card.kill()
            raise
        self.clock = None
        self.engine.rack.put(r.GENERATION, card.generation)
        self.card = card
        self.engine.device = self.device
        self.engine.channels = card.about.get("inputs", 0), card.about.get("outputs", 0)
        self.engine.clock.reset()
        self._told.clear()
        return ""

    async def _opened(self) -> Card | str:
        """A card whose device asks for sound, and gets silence; or why not."""
        first, self._ahead = self._ahead, None
        try:
            card = first or Card(self.engine.rack, self.interface, self.device)
        except OSError as fault:
            return f"no process for it could be started: {fault.strerror}; end what uses up this machine"
        try:
            reason = await card.opened(self._patience_s)
        except asyncio.CancelledError:
            await card.kill()
            raise
        if reason:
            await card.kill()
        return reason or card

    def _stand_in(self) -> None:
        self.clock = Clock(self.engine.rack, self.interface.block_frames)
        self.engine.device = "virtual" if self.device == "virtual" else self._state_of("")
        if self.device != "virtual":
            self.engine.channels = 0, 0
        self.engine.clock.reset()

    def _state_of(self, reason: str) -> str:
        """For status/device.  "absent" says that it is not there by itself."""
        state = "lost" if self.losses else self._state
        return plain(": ".join(filter(None, [state, self.device, reason if state != "absent" else ""])))

    def _note(self, reason: str, told: bool = False) -> None:
        """Why the device cannot be used now.  told: somebody else says it this time."""
        absent = reason.startswith(ABSENT)
        words = NOT_THERE if absent else reason
        self._state = "absent" if absent else "refused"
        self.engine.device = self._state_of(words)
        if words not in self._told and not told:
            LOG.warning("%s: %s", self.device, words)
        self._told.add(words)

    def _fade_in(self) -> None:
        self.engine.fade(0.0, 0)
        self.engine.fade(1.0, round(FADE_S * self.interface.rate_hz))

    # -- watching ----------------------------------------------------------------------------------------------------

    def observe(self) -> int:
        """Feed the frame clock and the queue; the frame counter."""
        rack = self.engine.rack
        before = rack.get(r.STAMP_SEQUENCE)
        frame, ns = rack.get(r.STAMP_FRAME), rack.get(r.STAMP_NS)
        if before and before % 2 == 0 and rack.get(r.STAMP_SEQUENCE) == before:
            self.engine.clock.observe(frame, ns)
        self._waits = self.engine.pump()
        return rack.get(r.FRAME)

    async def watch(self) -> None:
        """Keep one runner running, until cancelled."""
        last, still_s, seen_s, retry_s = -1, 0.0, time.monotonic(), 0.0
        while True:
            await beat(POLL_S if self._waits else BEAT_S)  # more often while changes wait for room
            now_s, frame, limit_s = time.monotonic(), self.observe(), self.limit_s
            # a machine that slept, or a loop that was held up, is no device that stands still: no look counts for all
            still_s = 0.0 if frame != last else still_s + min(now_s - seen_s, limit_s / 2)
            last, seen_s = frame, now_s
            if self.card is not None and still_s > limit_s:
                await self._lose()
                still_s, retry_s = 0.0, now_s + RETRY_S
            if self.device != "virtual" and self.card is None and now_s >= retry_s:
                retry_s = now_s + RETRY_S
                if self._retry is None or self._retry.done():  # drivers take their time: the desk waits for none
                    self._retry = asyncio.create_task(self._try_again())

    async def _lose(self) -> None:
        """The device stands still: the clock takes over."""
        self.losses += 1
        self.engine.device = self._state_of("")
        LOG.warning("%s stands still: playing on without it, trying it every second", self.device)
        card, self.card = self.card, None
        if card is not None:
            await card.kill()
        self._stand_in()
        self._fade_in()

    async def _try_again(self) -> None:
        """A fresh card, if its device would open; the clock goes on until then.

        A busy machine, or a server with much to sort out, opens slowly: each try that was too short makes the next one
        longer, for one that is given up leaves the server more to sort out.
        """
        wanted, limit_s, began_s = self._wanted(), self._patience_s, time.monotonic()
        reason = await aside(lambda: refusal(wanted, limit_s)) or await self._open()
        too_short = bool(reason) and time.monotonic() - began_s >= limit_s
        self._patience_s = min(2 * limit_s, OPEN_MOST_S) if too_short else OPEN_S
        if reason:
            self._note(reason)
        else:
            LOG.info("%s is %s: %s", self.device, "back" if self.losses else "there", self._has())
            self._fade_in()

    # -- the end -----------------------------------------------------------------------------------------------------

    async def close(self) -> None:
        """Fade out and stop whatever runs."""
        if self._first is not None:  # a start that came to nothing
            self._first.cancel()
            opened = (await asyncio.gather(self._first, return_exceptions=True))[0]
            if isinstance(opened, Card):
                await opened.kill()
        if self._ahead is not None:
            await self._ahead.kill()
        if self._retry is not None and not self._retry.done():
            self._retry.cancel()
            await asyncio.gather(self._retry, return_exceptions=True)
        moved = await self._faded()
        if self.clock is not None:
            await aside(self.clock.stop)
        if self.card is not None:
            await (self.card.stop() if moved else self.card.kill())

    async def _faded(self) -> bool:
        """Close the outputs softly, and wait until the device has taken that; whether it took anything."""
        began_s, began = time.monotonic(), self.observe()
        self.engine.fade(0.0, round(END_FADE_S * self.interface.rate_hz))
        over = began + round((END_FADE_S + self.period_s) * self.interface.rate_hz)
        while (past_s := time.monotonic() - began_s) < END_MOST_S:
            await asyncio.sleep(POLL_S)
            if self.observe() >= over and past_s >= END_LEAST_S:
                break
        return self.observe() > began
