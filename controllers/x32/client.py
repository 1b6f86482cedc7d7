"""Who speaks to the X32 port: a client by its address, with its role, its lease and what it is sent in turns."""

import time
from collections.abc import Callable, Hashable
from typing import Any

from controllers.patience import Patience

Address = tuple[Any, ...]
LEASE_S = 10.0
GRACE_S = 1.0  # of a renewal that is on its way
PACKETS_PER_S, PACKETS_BURST = 8_000.0, 16_000.0


class Client:
    """One address.  Attributes: heard_s, when it last spoke; told_until_s, how long it hears of changes."""

    def __init__(self, address: Address, role: str, send: Callable[[bytes, Address], object]) -> None:
        self.address, self.role, self._send = address, role, send
        self.host = str(address[0])
        self.origin = f"x32:{self.host}:{address[1]}"
        self.heard_s = self.told_until_s = 0.0
        self.streams: dict[str, Any] = {}  # what it is sent again and again, by its alias
        self.patience = Patience(PACKETS_BURST, PACKETS_PER_S)

    @property
    def who(self) -> tuple[Hashable, Hashable]:
        return self.address, self.address

    def send(self, packet: bytes) -> None:
        self._send(packet, self.address)

    def renew(self, now_s: float) -> None:
        """It hears of all changes from now on, for the time of a lease."""
        self.told_until_s = now_s + LEASE_S + GRACE_S

    def busy(self, now_s: float | None = None) -> bool:
        """Whether it is sent anything without asking again; now_s None: at this moment."""
        return self.told_until_s > (time.monotonic() if now_s is None else now_s) or bool(self.streams)
