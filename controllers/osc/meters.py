"""Meter streams over OSC: banks at a client's own rate, each frame the most since the one before it."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

from controllers.osc.client import LEASE_S, Client
from controllers.osc.plan import Plan
from controllers.osc.subscription import Address
from studiod.desk.desk import Desk
from studiod.net.osc_codec import encode
from studiod.registry.param import told
from studiod.registry.registry import Refusal

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
        """Send a frame, then set the next one's time: when the loop is full, there are fewer frames, not more work."""
        self._timer = None
        self.client.work(self._frame())

    def _frame(self) -> Iterator[None]:
        if self.client.streams.get((self.to, self.bank)) is not self:
            return
        loop = asyncio.get_running_loop()
        self._due_s = max(self._due_s + 1.0 / self.hz, loop.time())
        self._timer = loop.call_at(self._due_s, self.run)
        if not self.client.full(self.to):
            values, self.since = self.desk.meters(self.bank, self.since)
            self.client.send_to(encode(f"/meters/{self.bank}", *values), self.to)
        yield

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def subscribe(desk: Desk, plan: Plan, args: list[Any], to: Address) -> None:
    """The frames of a bank to a place.  Raises Refusal."""
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

    def deed() -> None:
        old = client.streams.get(key)
        if old is None and len(client.streams) >= STREAMS_MAX:
            raise Refusal("meters/subscribe", f"more than {STREAMS_MAX} banks", remedy="/meters/unsubscribe some")
        stream = old if isinstance(old, Stream) else Stream(client, to, bank, desk)
        stream.hz, stream.ends_s = float(numbers[0]), time.monotonic() + float(numbers[1])
        if stream is not old:
            client.streams[key] = stream
            stream.run()

    plan.do(deed)


def unsubscribe(plan: Plan, args: list[Any]) -> None:
    """One bank, or all.  Raises Refusal, also for a bank that is not sent."""
    wanted = named("meters/unsubscribe", args, "[a bank that it is sent]")

    def deed() -> None:
        keys = [key for key in plan.client.streams if wanted in (None, key[1])]
        if wanted and not keys:
            raise Refusal("meters/unsubscribe", "not sent to you", "[a bank that it is sent]", told(wanted))
        for key in keys:
            plan.client.streams.pop(key).close()

    plan.do(deed)


def named(word: str, args: list[Any], takes: str) -> str | None:
    """The one text that a word may have; None: it has none.  Raises Refusal."""
    if len(args) > 1 or not all(isinstance(arg, str) for arg in args):
        raise Refusal(word, "not one text", takes, told(args[0]))
    return args[0] if args else None


def reset(desk: Desk, plan: Plan) -> None:
    """Integrated loudness and range begin anew."""
    plan.do(desk.reset_meters)
