"""Meter streams over OSC: banks at a client's own rate, each frame the most since the one before it."""

import asyncio
import time
from typing import Any

from controllers.osc_client import LEASE_S, Address, Client
from controllers.osc_codec import encode
from controllers.osc_plan import Plan
from studiod.desk import Desk
from studiod.params import Refusal

MOST_HZ = 50.0
STREAMS_MAX = 16  # a client


class Stream:
    """One bank on its way to one place until its lease ends; a peer that reads slowly gets fewer frames, none stale."""

    def __init__(self, client: Client, to: Address, bank: str, desk: Desk) -> None:
        self.client, self.to, self.bank, self.desk = client, to, bank, desk
        self.hz, self.ends_s, self.since = MOST_HZ, 0.0, -1
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = asyncio.get_running_loop().time()

    def run(self) -> None:
        """Send a frame, and set the next one's time."""
        loop = asyncio.get_running_loop()
        self._due_s = max(self._due_s + 1.0 / self.hz, loop.time())
        self._timer = loop.call_at(self._due_s, self.run)
        if not self.client.full(self.to):
            values, self.since = self.desk.meters(self.bank, self.since)
            self.client.send(encode(f"/meters/{self.bank}", *values), self.to)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def subscribe(desk: Desk, plan: Plan, args: list[Any], to: Address) -> None:
    """/meters/subscribe bank [max Hz [lease s]], its frames sent to a place.  Raises Refusal."""
    if not args or not isinstance(args[0], str):
        raise Refusal("meters/subscribe", "no bank", "a bank's name, [max Hz], [lease s]")
    bank, numbers = args[0], [*args[1:3], *(MOST_HZ, LEASE_S)[len(args[1:3]) :]]
    desk.meters(bank)
    for number, low, high, unit in zip(numbers, (1.0, 0.1), (MOST_HZ, 86400.0), ("Hz", "s"), strict=True):
        if isinstance(number, bool) or not isinstance(number, int | float) or not low <= number <= high:
            expected = f"a number from {low:g} to {high:g} {unit}"
            raise Refusal("meters/subscribe", "out of range", expected, ascii(number)[:60])
    client = plan.client
    key = (to, bank)
    if key not in client.streams and len(client.streams) >= STREAMS_MAX:
        raise Refusal("meters/subscribe", f"more than {STREAMS_MAX} banks", remedy="/meters/unsubscribe some")

    def deed() -> None:
        old = client.streams.get(key)
        stream = old if isinstance(old, Stream) else Stream(client, to, bank, desk)
        stream.hz, stream.ends_s = float(numbers[0]), time.monotonic() + float(numbers[1])
        if stream is not old:
            client.streams[key] = stream
            stream.run()

    plan.deeds.append(deed)


def unsubscribe(plan: Plan, args: list[Any]) -> None:
    """/meters/unsubscribe [bank]."""
    wanted = str(args[0]) if args else None

    def deed() -> None:
        for key in [key for key in plan.client.streams if wanted in (None, key[1])]:
            plan.client.streams.pop(key).close()

    plan.deeds.append(deed)


def reset(desk: Desk, plan: Plan) -> None:
    """/meters/reset: integrated loudness and range begin anew."""
    plan.deeds.append(desk.reset_meters)
