"""The words of meters: a bank, or one message for each of its meters that fits a pattern, at a client's own rate."""

import struct
import time
from dataclasses import fields
from functools import lru_cache
from typing import Any

from controllers.osc.client import LEASE_S
from controllers.osc.meter_feed import MeterFeeds, Packets, Stream
from controllers.osc.plan import Plan
from controllers.osc.subscription import Address
from studiod.desk.desk import Desk
from studiod.net.osc_codec import bundles, encode
from studiod.registry.meter_banks import names, path_of, position
from studiod.registry.param import told
from studiod.registry.pattern import compiled
from studiod.registry.registry import Refusal

MOST_HZ = 50.0
STREAMS_MAX = 16  # a client


@lru_cache(64)
def _form(address: str, count: int) -> tuple[bytes, struct.Struct]:
    """A message of so many floats: what stands before them, and themselves."""
    return encode(address, *[0.0] * count)[: -4 * count or None], struct.Struct(f">{count}f")


def floats(address: str, values: list[float]) -> bytes:
    """A message of floats, quicker than one of anything."""
    head, packed = _form(address, len(values))
    return head + packed.pack(*values)


def whole(bank: str) -> Packets:
    """A bank as one message."""
    return lambda values: [floats(f"/meters/{bank}", values)]


def apart(desk: Desk, bank: str, asked: str, turn: bool) -> Packets:
    """Those meters of a bank that fit a pattern, a message each; turn: as positions.  Raises Refusal."""
    console = {field.name: getattr(desk.registry.console, field.name) for field in fields(desk.registry.console)}
    fits = compiled(asked).fits
    declared = names(bank, len(desk.meters(bank)[0]), console)
    some = [(k, path_of(bank, name), unit) for k, (name, unit) in enumerate(declared) if fits(path_of(bank, name))]
    if not some:
        raise Refusal("meters/subscribe", "no such meter", f"{path_of(bank, declared[0][0])}, …", told(asked))
    lead = "/turn/meters/" if turn else "/meters/"

    def packets(values: list[float]) -> list[bytes]:
        shown = ((path, position(values[k], unit) if turn else values[k]) for k, path, unit in some)
        return list(bundles(floats(lead + path, [value]) for path, value in shown))

    return packets


def form(desk: Desk, asked: str) -> tuple[str, Packets]:
    """The bank that is asked for, and how a frame of it goes over the wire.  Raises Refusal."""
    path = asked.removeprefix("/")
    turn = path.startswith("turn/")
    path = path.removeprefix("turn/").removeprefix("meters/")
    bank, deeper, _ = path.partition("/")
    desk.meters(bank)
    return bank, apart(desk, bank, path if deeper else f"{bank}/**", turn) if deeper or turn else whole(bank)


def subscribe(feeds: MeterFeeds, plan: Plan, args: list[Any], to: Address) -> None:
    """The frames of a bank, or of those of its meters that fit a pattern, to a place.  Raises Refusal."""
    if not args or not isinstance(args[0], str):
        raise Refusal("meters/subscribe", "no bank", "a bank's name or a pattern (ch/*), [max Hz], [lease s]")
    asked, numbers = args[0], [*args[1:3], *(MOST_HZ, LEASE_S)[len(args[1:3]) :]]
    bank, packets = form(feeds.desk, asked)
    for number, low, high, unit in zip(numbers, (1.0, 0.1), (MOST_HZ, 86400.0), ("Hz", "s"), strict=True):
        if isinstance(number, bool) or not isinstance(number, int | float) or not low <= number <= high:
            expected = f"a number from {low:g} to {high:g} {unit}"
            raise Refusal("meters/subscribe", "out of range", expected, ascii(number)[:60])
    client = plan.client
    key = (to, asked)

    def deed() -> None:
        old = client.streams.get(key)
        if old is None and len(client.streams) >= STREAMS_MAX:
            raise Refusal("meters/subscribe", f"more than {STREAMS_MAX} banks", remedy="/meters/unsubscribe some")
        stream = client.streams.setdefault(key, Stream(client, to, asked))
        stream.hz, stream.ends_s = float(numbers[0]), time.monotonic() + float(numbers[1])
        feeds.put(stream, bank, packets, stream.hz)

    plan.do(deed)


def unsubscribe(plan: Plan, args: list[Any]) -> None:
    """One bank, or all.  Raises Refusal, also for a bank that is not sent."""
    wanted = named("meters/unsubscribe", args, "[a bank that it is sent]")

    def deed() -> None:
        keys = [key for key in plan.client.streams if wanted in (None, key[1])]
        if wanted and not keys:
            raise Refusal("meters/unsubscribe", "not sent to you", "[a bank that it is sent]", told(wanted))
        for key in keys:
            plan.client.streams.pop(key).leave()

    plan.do(deed)


def named(word: str, args: list[Any], takes: str) -> str | None:
    """The one text that a word may have; None: it has none.  Raises Refusal."""
    if len(args) > 1 or not all(isinstance(arg, str) for arg in args):
        raise Refusal(word, "not one text", takes, told(args[0]))
    return args[0] if args else None


def reset(desk: Desk, plan: Plan) -> None:
    """Integrated loudness and range begin anew."""
    plan.do(desk.reset_meters)
