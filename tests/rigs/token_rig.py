"""A desk with its ports that keeps tokens, for tests of who may come in by one."""

import asyncio
from pathlib import Path
from typing import Any

from studiod.host.library import Library
from studiod.store.store import Store
from web_rig import Tablet, WebRig

STRANGER = {"X-Forwarded-For": "203.0.113.9"}  # what comes through a proxy on this machine has no role of its own


class TokenRig(WebRig):
    """Attributes: library, store; folder: where it is kept, None: nowhere."""

    def __init__(self, folder: Path | None = None, **more: Any) -> None:
        self.folder = folder
        self.tablets: list[Tablet] = []
        super().__init__(**more)

    async def _start(self, rights: Any) -> Any:
        self.store = Store(self.folder)
        self.desk.load(self.store.state)
        self.library = Library(self.desk, self.store)
        self.library.begin(from_file=False)
        return await super()._start(rights)

    def do(self, command: str, *words: Any, by: str = "test") -> list[tuple[Any, ...]]:
        async def work() -> list[tuple[Any, ...]]:
            return list(self.desk.do(command, by, *words))

        return list(self.on(work()))

    def give(self, role: str, name: str = "Anna", hours: float = 1.0) -> str:
        """A new token, itself."""
        return str(self.do("token/new", role, name, hours)[0][1]).partition("#t=")[2]

    def lapse(self, hours: float) -> None:
        """So much later by the clock on the wall."""
        wall = self.library.tokens.wall

        async def work() -> None:
            self.library.tokens.wall = lambda: wall() + hours * 3600

        self.on(work())

    def tablet(self, **headers: str) -> Tablet:
        """One that ends with the rig, if not before."""
        self.tablets.append(Tablet(self.port, **headers))
        return self.tablets[-1]

    def joined(self, id: str, token: str, name: str = "") -> Tablet:
        """A tablet without a role of its own that has joined with a token."""
        made = self.tablet(**STRANGER)
        assert made.ask("/join", id, name, token)[0] == (name or "Anna")
        return made

    def idle(self) -> None:
        """Until nothing waits for its turn."""

        async def busy() -> bool:
            await asyncio.sleep(0.005)
            return any(line.jobs for line in self.osc.turns.lines.values())

        while self.on(busy()):
            pass

    def close(self) -> None:
        for tablet in self.tablets:
            if tablet.thread.is_alive():
                tablet.close()
        super().close()
        self.store.close()


def ended(tablet: Tablet) -> bool:
    """Whether the desk has ended a connection, once it has."""
    tablet.hear(wait_s=5.0)
    return bool(tablet.socket.closed)
