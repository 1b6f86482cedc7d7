"""Tokens as controllers see them: what one gives, whether it still does, and through which doors it is taken.

The desk's own are kept by studiod/memory/tokens.py; the settings may have some besides (controllers/access.py).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token gives.  id: what it is known by, which is no secret; ends_unix_s: until when, 0.0: no end."""

    id: str
    role: str
    name: str = ""
    ends_unix_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Door:
    """Where a token is taken.  addresses: as a browser takes them, "http://192.168.1.5:8080", those first that another
    machine may reach; shut: why no other machine can, and what to set; "": it can."""

    addresses: tuple[str, ...]
    shut: str = ""


class Grants(Protocol):
    """The tokens of a desk.  Attribute doors: each says where tokens are taken; a controller adds its own."""

    doors: list[Callable[[], Door]]

    def find(self, token: str) -> Grant | None:
        """What a token gives; None: it was never one, was revoked or is over."""

    def holds(self, grant: Grant) -> bool:
        """Whether what was found still gives its role."""

    def __len__(self) -> int:
        """How many there are."""


class NoGrants:
    """Of a desk that keeps none."""

    def __init__(self) -> None:
        self.doors: list[Callable[[], Door]] = []

    def find(self, token: str) -> Grant | None:
        return None

    def holds(self, grant: Grant) -> bool:
        return False

    def __len__(self) -> int:
        return 0


def open_at(doors: Iterable[Callable[[], Door]]) -> Door:
    """All doors as one.  A desk without any says so."""
    found = [door() for door in doors]
    addresses = tuple(address for door in found for address in door.addresses)
    if not found:
        return Door((), "no door takes tokens: this desk listens on no [http] port")
    return Door(addresses, "" if any(not door.shut for door in found) else found[0].shut)
