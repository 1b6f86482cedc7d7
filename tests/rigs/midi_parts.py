"""Parts for tests of MIDI without ports: a desk without sound, and a link that notes what would be sent."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from controllers.midi.messages import Decoder, Message
from studiod.desk.desk import Desk
from studiod.registry.registry import Console, Registry, Value


class SilentEngine:
    """Makes no sound; the desk needs one."""

    def post(self, changed: dict[str, Value], values: dict[str, Value], frame: int) -> None: ...

    def frame_at(self, ns: int) -> int:
        return 0

    def words(self) -> dict[str, Value]:
        return {"frames": 2**40, "clock_ppm": -1e9}  # the second is beyond its range


def new_desk(channels: int = 32) -> Desk:
    return Desk(Registry(Console(channels=channels)), SilentEngine())


class Wire:
    """A link without ports: what would be sent is in `sent`; `room` says how many messages it still takes."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.room = 1 << 30

    def open(
        self, name: str, into: list[str], out: list[str], hear: Callable[[bytes], None], state: Callable[[bool], None]
    ) -> None:
        self.name, self.into, self.out, self.hear, self.state = name, into, out, hear, state

    def send(self, name: str, data: bytes) -> bool:
        if self.room == 0:
            return False
        self.room -= 1
        self.sent.append(data)
        return True

    def cc(self, number: int, value: int, channel: int = 0) -> None:
        self.hear(bytes((0xB0 | channel, number, value)))

    def note(self, number: int, value: int) -> None:
        self.hear(bytes((0x90, number, value)))

    def lamps(self) -> dict[int, int]:
        return {data[1]: data[2] for data in self.sent}

    def values(self) -> dict[Message, int]:
        """What was sent, as NRPN."""
        decoder = Decoder(nrpn=range(16))
        return {heard.message: heard.value for data in self.sent for heard in decoder.hear(data)}


async def until(true: Callable[[], Any], within_s: float = 20.0) -> None:
    end_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end_s, "it did not come to pass"
        await asyncio.sleep(0.005)
