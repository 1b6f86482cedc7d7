"""What a controller's language is: how it introduces itself to the daemon, and what the daemon gives it.

A package brings a language by one value of `Controller` and one line of its entry points, group `studiod.controllers`:

    [project.entry-points."studiod.controllers"]
    osc = "controllers.osc.listen:CONTROLLER"

The daemon starts each that the settings want; `studiod check` asks it for its ports, and starts nothing.
"""

from collections.abc import Awaitable, Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from studiod.desk.desk import Desk
from studiod.registry.registry import Registry


class Link(Protocol):
    """The MIDI ports, with times; another process owns them (studiod/midi_ports/link.py)."""

    def open(
        self,
        name: str,
        into: list[str],
        out: list[str],
        hear: Callable[[bytes], None],
        state: Callable[[bool], None],
        timed: Callable[[bytes, int], None] | None = None,
    ) -> None:
        """A port by the patterns of its way in and out; timed: hears instead of `hear`, with the ns of each message."""

    def send(self, name: str, data: bytes, due_ns: int = 0) -> bool: ...

    def together(self) -> AbstractContextManager[None]:
        """What is sent within it, without an await, leaves in one piece."""

    def drop(self, name: str, status: int) -> None: ...


@dataclass(frozen=True, slots=True)
class NetPort:
    """Where it listens; table: of the settings, whose `listen` and `port` say so; ways: "UDP", "TCP"."""

    table: str
    host: str
    port: int
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MidiPort:
    """A MIDI port by patterns of its name, for each way that it is used; kind: what it is for, one word."""

    name: str
    kind: str
    into: list[str]
    out: list[str]


@dataclass(frozen=True, slots=True)
class Ports:
    """What a language will use.  warnings: what else its files say that may not be meant."""

    net: tuple[NetPort, ...] = ()
    midi: tuple[MidiPort, ...] = ()
    warnings: tuple[str, ...] = ()


class Running:
    """A language that has been started; each says what of this it has."""

    def greeting(self) -> Iterable[str]:
        """Lines of the daemon's start: where it listens, and what to try."""
        return ()

    def alarm(self) -> str:
        """What is wrong with it at present, in words; "": nothing."""
        return ""

    def again(self, settings: Any) -> None:
        """Settings that were read again."""

    async def close(self) -> None:
        """Let go of all it has."""


@dataclass(frozen=True, slots=True)
class Controller:
    """A language.  name: of its entry point, too.

    tables: of the settings, that it reads; live: keys in them that it takes over while it runs (Running.again), such as
    "osc.client".  wanted: whether the settings want it.
    start: with a Link where `midi` says that it has MIDI ports, else None.  Raises OSError for a port, ValueError for a
    file of its own.  ports: what it would use, starting nothing; raises ValueError.
    table: of the settings, a studiod.settings.table.Table of its own name, where studiod has none of that name.
    rides: the name of a language whose peers it shares: what that one has started is given in place of the Link.
    """

    name: str
    tables: tuple[str, ...]
    wanted: Callable[[Any], bool]
    start: Callable[[Desk, Any, Any], Awaitable[Running]]
    ports: Callable[[Any, Registry], Ports]
    midi: bool = False
    live: tuple[str, ...] = ()
    table: type | None = None
    rides: str = ""
