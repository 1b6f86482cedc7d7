"""A unit's cable: its JACK client, with the wire's clock.  The only file here that knows JACK.

The callback of JACK's thread only carries: it takes what came, with its frame, and gives what waits.
"""

import contextlib
import os
import time
from collections import deque

import jack

from mackie_sim.unit import Unit

WRAP = 1 << 32  # JACK counts frames in 32 bits
LARGEST = 30_000  # of one message


class Plug:
    """A client named `client`, with the ports `into` (the host writes there) and `out`."""

    def __init__(
        self, unit: Unit, client: str, into: str, out: str, wake: int, origin: int | None, exact: bool
    ) -> None:
        self.unit, self._wake = unit, wake
        self.client = jack.Client(client, use_exact_name=exact, no_start_server=True)
        self.rate_hz = self.client.samplerate
        self.origin = origin
        if origin is None:  # the first of a server: its clock goes on from the process's own
            self.origin = self.client.frame_time - round(time.monotonic() * self.rate_hz)
        self._in = self.client.midi_inports.register(into)
        self._out = self.client.midi_outports.register(out)
        self._heard: deque[tuple[int, bytes]] = deque()
        self._waiting: deque[bytes] = deque()
        self.alive = True
        self.client.set_process_callback(self._period)
        self.client.set_shutdown_callback(self._gone)
        self._until_s = 0.0
        self.late = 0  # periods that the server did not wait for: what was in them is lost
        self.client.set_xrun_callback(self._xrun)
        self.client.activate()

    def _period(self, frames: int) -> None:
        begin = self.client.last_frame_time
        came = False
        for offset, data in self._in.incoming_midi_events():
            self._heard.append((begin + offset, bytes(data)))
            came = True
        self._out.clear_buffer()
        while self._waiting:
            try:
                self._out.write_midi_event(0, self._waiting[0])
            except jack.JackError:
                break
            self._waiting.popleft()
        if came:
            with contextlib.suppress(BlockingIOError):
                os.write(self._wake, b"!")

    def _xrun(self, delayed_us: float) -> None:
        self.late += 1

    def _gone(self, *_: object) -> None:
        self.alive = False

    def seconds(self, frame: int) -> float:
        assert self.origin is not None
        return ((frame - self.origin) % WRAP) / self.rate_hz

    def now_s(self) -> float:
        return self.seconds(self.client.frame_time)

    def carry(self, now_s: float) -> None:
        """What came goes to the unit, at its own second; what the unit says goes out."""
        while self._heard:
            frame, data = self._heard.popleft()
            at_s = max(self.seconds(frame), self._until_s)  # a late period is heard when it comes
            self.unit.advance(at_s)
            self.unit.receive(at_s, data)
        self._until_s = now_s
        self.unit.advance(now_s)
        self._waiting += [data for _, data in self.unit.out if len(data) <= LARGEST]
        self.unit.out.clear()

    def send(self, data: bytes) -> None:
        """Bytes that no unit says."""
        self._waiting.append(data)

    def close(self) -> None:
        if self.alive:
            self.client.deactivate()
            self.client.close()
            self.alive = False
