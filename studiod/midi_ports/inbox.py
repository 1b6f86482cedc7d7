"""What the process of the MIDI ports says, handed on in the round of the desk's loop in which it came, before floods.

A stream of asyncio's would hand it on a round later, and whoever floods the desk works in every round.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import cast

from studiod.midi_ports.frames import frames

SLICE_S = 0.002  # of messages, before the rest of the desk has its turn


class Inbox(asyncio.Protocol):
    """obey: takes a frame.  Runs on the desk's loop."""

    def __init__(self, obey: Callable[[bytes], None]) -> None:
        self._obey = obey
        self._buffer, self._waiting = bytearray(), deque[bytes]()
        self._heard_s = time.monotonic()
        self._over = asyncio.Event()
        self._pipe: asyncio.Transport | None = None
        self._again: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._pipe = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._waiting += frames(self._buffer)
        if self._again is None:
            self._work()

    def connection_lost(self, fault: Exception | None) -> None:
        while self._waiting and self._again is not None:  # the last words of one that has ended
            self._obey(self._waiting.popleft())
        self._over.set()

    def _work(self) -> None:
        """For a slice; the rest after the sockets of the next round, and nothing more is read before."""
        self._heard_s = time.monotonic()  # while it is not read, the other end is not still
        self._again, end_s = None, self._heard_s + SLICE_S
        while self._waiting:
            self._obey(self._waiting.popleft())
            if time.monotonic() > end_s and self._waiting:
                self._again = asyncio.get_running_loop().call_later(0, self._work)
                break
        if self._pipe is not None:
            (self._pipe.resume_reading if self._again is None else self._pipe.pause_reading)()

    async def until_over(self, still_s: float) -> bool:
        """Until the other end has closed; False when it has said nothing for so long."""
        while not self._over.is_set():
            left_s = self._heard_s + still_s - time.monotonic()
            if left_s <= 0:
                return False
            try:
                async with asyncio.timeout(left_s):  # wait_for loses a cancellation that comes with the end
                    await self._over.wait()
            except TimeoutError:
                continue
        return True

    def close(self) -> None:
        """Nothing more is handed on."""
        self._waiting.clear()
        if self._again is not None:
            self._again.cancel()
            self._again = None
