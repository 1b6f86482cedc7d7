"""Meters on their way to many: a bank at a rate is read and encoded once a frame, whoever listens.

Each frame is the most since the one before it.  Who could not take some frames gets, in place of the next one, the most
since the last that it had.
"""

import asyncio
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from controllers.osc.shared import Shared, told
from controllers.turns import Steps, Turns
from studiod.desk.desk import Desk

if TYPE_CHECKING:
    from controllers.osc.client import Client
    from controllers.osc.subscription import Address

Packets = Callable[[list[float]], list[bytes]]


class Stream:
    """A bank on its way to one place until its lease ends."""

    def __init__(self, client: "Client", to: "Address", asked: str) -> None:
        self.client, self.to, self.asked = client, to, asked
        self.hz = self.ends_s = 0.0
        self.since = -1  # where it missed frames from; -1: it has had them all
        self.feed: MeterFeed | None = None

    def leave(self) -> None:
        """No more frames come."""
        if self.feed is not None:
            self.feed.leave(self)
            self.feed = None


class MeterFeed:
    """One bank, in one form, at one rate.  packets: a frame as it goes over the wire."""

    def __init__(self, desk: Desk, turns: Turns, share: Hashable, bank: str, packets: Packets, hz: float) -> None:
        self.desk, self.turns, self.share = desk, turns, share
        self.bank, self.packets, self.hz = bank, packets, hz
        self.members: dict[Stream, None] = {}
        self._since = -1
        self._due_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def join(self, stream: Stream) -> None:
        """It gets a frame at once, and the next ones with the others."""
        self.members[stream] = None
        if self._timer is None:
            self._due_s = asyncio.get_running_loop().time()
            self._wait()
        self._tell(stream, self.packets(self.desk.meters(self.bank)[0]), -1)

    def leave(self, stream: Stream) -> None:
        self.members.pop(stream, None)
        if not self.members and self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._since = -1

    def _wait(self) -> None:
        """Set the next frame's time: when the loop is full, there are fewer frames, not more work."""
        loop = asyncio.get_running_loop()
        self._due_s = max(self._due_s + 1.0 / self.hz, loop.time())
        self._timer = loop.call_at(self._due_s, self._due)

    def _due(self) -> None:
        self.turns.put(self, self._frame(), 0, self.share)
        self.turns.wake()

    def _frame(self) -> Steps:
        if not self.members:
            return
        self._wait()
        before = self._since
        values, self._since = self.desk.meters(self.bank, before)
        packets = self.packets(values)
        yield from told(self.members, lambda stream: self._tell(stream, packets, before), "meters")

    def _tell(self, stream: Stream, packets: list[bytes], before: int) -> None:
        """A frame to one of them, whose cells begin at `before`."""
        if stream.client.full(stream.to):
            stream.since = before if stream.since < 0 else stream.since
            return
        if stream.since >= 0:
            packets = self.packets(self.desk.meters(self.bank, stream.since)[0])
            stream.since = -1
        for packet in packets:
            stream.client.send_to(packet, stream.to)


class MeterFeeds:
    """All of one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.shared = Shared[Stream]()

    def put(self, stream: Stream, bank: str, packets: Packets, hz: float) -> None:
        """A stream gets its frames at a rate from now on, together with its like."""

        def made(share: Hashable) -> MeterFeed:
            return MeterFeed(self.desk, stream.client.turns, share, bank, packets, hz)

        self.shared.put(stream, (stream.asked, hz), made)
