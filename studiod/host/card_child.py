"""The card child as the desk sees it: started, heard out, stopped or killed, each with a limit.

Runs on the desk's loop and waits for no driver.  The child's own stderr goes nowhere, since nobody may be reading ours
and libraries write there from the audio thread; all that it has to say comes over its socket.
"""

import asyncio
import contextlib
import json
import logging
import signal
import threading
from typing import Any

from studiod.host.card_process import CardProcess
from studiod.host.device_ask import REPLUG
from studiod.realtime import layout as r
from studiod.realtime.interface import PERIOD
from studiod.realtime.rack import Rack
from studiod.settings.schema import Interface

LOG = logging.getLogger(__name__)
OPEN_S = 5.0  # until it has asked for sound
STOP_S = 0.5  # a device is given so long to close: a stop promises to be over in 2 s
REAP_S = 0.5  # a killed process ends in some ms, but for one that its driver holds in the kernel
POLL_S = 0.005


def ahead(rack: Rack, interface: Interface, device: str, process: CardProcess | None) -> "Card | None":
    """The first card of a start, which opens its device while the desk is made; it hands over nothing yet.

    None on the virtual interface, and where no process can be started: the runner tries again, and tells.
    """
    if device != "virtual":
        with contextlib.suppress(OSError):
            return Card(rack, interface, device, process)
    elif process is not None:
        process.drop()
    return None


class Card:
    """One card child.  Attributes: generation, its turn; about, what it told of its stream."""

    def __init__(self, rack: Rack, interface: Interface, device: str, process: CardProcess | None = None) -> None:
        """process: one that has begun already.  Raises OSError when no process can be started."""
        self.generation = rack.get(r.GENERATION) + 2  # one for the clock's end, one for this card's turn
        self.about: dict[str, Any] = {}
        rack.put(PERIOD, 0)
        own = process or CardProcess()
        self.process, self.control = own.process, own.control
        wanted = {
            "device": device,
            "rate_hz": interface.rate_hz,
            "block_frames": interface.block_frames,
            "generation": self.generation,
        }
        own.compiled()
        own.play(rack.fd, wanted)

    async def opened(self, limit_s: float = OPEN_S) -> str:
        """Wait until the device asks for sound; "" when it does, else why not."""
        stage = "open"
        try:
            async with asyncio.timeout(limit_s):
                async for line in self._lines():
                    told = json.loads(line)
                    if "error" in told:
                        return str(told["error"])
                    stage = "ask for sound"
                    self.about |= told
                    if "playing" in told:
                        return ""
        except TimeoutError:
            return f"it does not {stage} within {limit_s:g} s: {REPLUG}"
        await self._reap(REAP_S)
        return f"the card process ended (status {self.process.poll()}): {REPLUG}, and see `studiod check`"

    async def _lines(self) -> Any:
        loop, rest = asyncio.get_running_loop(), b""
        with contextlib.suppress(ConnectionResetError):  # it ended before it read what it was told
            while got := await loop.sock_recv(self.control, 4096):
                *lines, rest = (rest + got).split(b"\n")
                for line in lines:
                    yield line

    async def kill(self) -> bool:
        """End and reap it, whatever the driver does; False when the system has not ended it in time."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.control.close()
        if await self._reap(REAP_S):
            return True
        LOG.error("the card process %d is held by its driver and does not end; going on without it", self.process.pid)
        threading.Thread(target=self.process.wait, name="studiod-reap", daemon=True).start()
        return False

    async def _reap(self, limit_s: float) -> bool:
        """Whether it has ended within the limit; its end is taken note of."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + limit_s
        while self.process.poll() is None:
            if loop.time() > until_s:
                return False
            await asyncio.sleep(POLL_S)
        return True

    async def stop(self) -> None:
        """Ask it to close its stream; kill it when it takes longer than STOP_S."""
        try:
            self.control.send(b"stop")
        except OSError:
            LOG.debug("the card process is gone already")
        await self._reap(STOP_S)
        await self.kill()
