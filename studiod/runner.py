"""Sees to it that exactly one runner runs the graph: the card child on its device, else the clock.

Runs on the desk's loop and loads no driver.  A card whose frame counter stands still is killed and reaped before the
clock starts; a fresh card is tried every second by name.
"""

import asyncio
import json
import logging
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from studiod import rack as r
from studiod.clock import Clock
from studiod.engine import Engine
from studiod.interface import ABSENT, matching
from studiod.settings import Interface

LOG = logging.getLogger(__name__)
OPEN_S, RETRY_S, POLL_S = 5.0, 1.0, 0.01
STANDSTILL_S, PERIODS = 0.05, 4
FADE_S = 0.005


def probe(limit_s: float = 15.0) -> list[dict[str, Any]]:
    """The interfaces of this machine, asked in a child, since drivers hang; none when it fails."""
    command = [sys.executable, "-m", "studiod.interface"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limit_s, check=True)
        return json.loads(done.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, OSError, ValueError, IndexError) as fault:
        LOG.warning("the audio interfaces could not be listed: %s; is libportaudio2 installed?", fault)
        return []


class Card:
    """One card child."""

    def __init__(self, engine: Engine, interface: Interface, device: str, duplex: bool) -> None:
        rack = engine.rack
        self.generation = rack.get(r.GENERATION) + 2  # one for the clock's end, one for this card's turn
        self.control, theirs = socket.socketpair()
        self.control.setblocking(False)
        wanted = {
            "device": device,
            "rate_hz": interface.rate_hz,
            "block_frames": interface.block_frames,
            "generation": self.generation,
            "duplex": duplex,
        }
        command = [sys.executable, "-m", "studiod.card", str(rack.fd), str(theirs.fileno()), json.dumps(wanted)]
        # a session of its own: a Ctrl-C at the terminal is the daemon's to answer, with its fade
        self.process = subprocess.Popen(command, pass_fds=(rack.fd, theirs.fileno()), start_new_session=True)
        theirs.close()

    async def opened(self) -> str:
        """Wait for the stream; "" when it plays, else why not."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(OPEN_S):
                line = await loop.sock_recv(self.control, 4096)
        except TimeoutError:
            return f"the device did not open within {OPEN_S:g} s"
        return "" if b'"playing"' in line else json.loads(line or b'{"error": "the card process ended"}')["error"]

    def kill(self) -> None:
        """End and reap it, whatever the driver does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.control.close()

    async def stop(self) -> None:
        """Ask it to close its stream; kill it after a second and a half."""
        try:
            self.control.send(b"stop")
        except OSError:
            LOG.debug("the card process is gone already")
        until = time.monotonic() + 1.5
        while self.process.poll() is None and time.monotonic() < until:
            await asyncio.sleep(POLL_S)
        self.kill()


class Runner:
    """Runs an engine's rack on a device, or on the virtual interface when device is "virtual"."""

    def __init__(self, engine: Engine, interface: Interface, device: str, duplex: bool = True) -> None:
        self.engine, self.interface, self.device, self.duplex = engine, interface, device, duplex
        self.card: Card | None = None
        self.clock: Clock | None = None
        self.losses = 0
        self._fault = "absent"  # or "refused": why it has not played yet
        self._retry: asyncio.Task[None] | None = None

    async def start(self) -> str:
        """Start the sound; "" or why the device could not be opened (the clock runs then)."""
        fault = await self._open() if self.device != "virtual" else ""
        if self.card is None:
            self._stand_in()
        return fault

    async def _open(self) -> str:
        """Open the device beside whatever runs, which hands over once it plays; "" or why not."""
        card = Card(self.engine, self.interface, self.device, self.duplex)
        try:
            fault = await card.opened()
        except asyncio.CancelledError:
            card.kill()
            raise
        if fault:
            card.kill()
            self._fault = "absent" if fault.startswith(ABSENT) else "refused"
            return fault
        if self.clock is not None:
            self.clock.stop()
            self.clock = None
        self.engine.rack.put(r.GENERATION, card.generation)
        self.card = card
        self.engine.device = self.device
        self.engine.clock.reset()
        return ""

    def _stand_in(self) -> None:
        self.clock = Clock(self.engine.rack, self.interface.block_frames)
        what = "lost" if self.losses else self._fault
        self.engine.device = "virtual" if self.device == "virtual" else f"{what}: {self.device}"
        self.engine.clock.reset()

    def _fade_in(self) -> None:
        self.engine.fade(0.0, 0)
        self.engine.fade(1.0, round(FADE_S * self.interface.rate_hz))

    def observe(self) -> int:
        """Feed the frame clock and the queue; the frame counter."""
        rack = self.engine.rack
        before = rack.get(r.STAMP_SEQUENCE)
        frame, ns = rack.get(r.STAMP_FRAME), rack.get(r.STAMP_NS)
        if before and before % 2 == 0 and rack.get(r.STAMP_SEQUENCE) == before:
            self.engine.clock.observe(frame, ns)
        self.engine.pump()
        return rack.get(r.FRAME)

    async def watch(self) -> None:
        """Keep one runner running, until cancelled."""
        last, since, retry = -1, time.monotonic(), 0.0
        limit_s = max(STANDSTILL_S, PERIODS * self.interface.block_frames / self.interface.rate_hz)
        while True:
            await asyncio.sleep(POLL_S)
            now = time.monotonic()
            frame = self.observe()
            if frame != last:
                last, since = frame, now
            elif self.card is not None and now - since > limit_s:
                LOG.warning("%s stands still: playing on without it, trying it every second", self.device)
                self.losses += 1
                self.card.kill()
                self.card = None
                self._stand_in()
                self._fade_in()
                retry, since = now + RETRY_S, now
            if self.device != "virtual" and self.card is None and now >= retry:
                retry = now + RETRY_S
                if (
                    self._retry is None or self._retry.done()
                ):  # drivers take their time: the desk does not wait for them
                    self._retry = asyncio.create_task(self._try_again())

    async def _try_again(self) -> None:
        """A fresh card, if its device is there; the clock goes on until then."""
        found = await asyncio.to_thread(probe, OPEN_S)
        if not matching(found, self.device):
            return
        if fault := await self._open():
            LOG.debug("%s: %s", self.device, fault)
        else:
            LOG.info("%s is %s", self.device, "back" if self.losses else "there")
            self._fade_in()

    async def close(self) -> None:
        """Fade out and stop whatever runs."""
        if self._retry is not None and not self._retry.done():
            self._retry.cancel()
            await asyncio.gather(self._retry, return_exceptions=True)
        self.engine.fade(0.0, round(0.05 * self.interface.rate_hz))
        for _ in range(12):
            await asyncio.sleep(POLL_S)
            self.observe()
        if self.clock is not None:
            self.clock.stop()
        if self.card is not None:
            await self.card.stop()
