"""What the child of the MIDI ports prints, when it cannot begin or falls over: taken at once, the last line told."""

import asyncio

from studiod.texts import plain

SAID_CHARACTERS = 300
SAID_BYTES = 4096  # the last of it


class Said(asyncio.Protocol):
    """What a child prints, taken at once so that it never waits for a reader; the last of it is kept."""

    def __init__(self) -> None:
        self._last = b""
        self._pipe: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._pipe = transport

    def data_received(self, data: bytes) -> None:
        self._last = (self._last + data)[-SAID_BYTES:]

    def last(self) -> str:
        """The last line of it, which of a traceback is the fault."""
        lines = self._last.decode("utf-8", "replace").split("\n")
        return plain(
            next((line.strip() for line in reversed(lines) if line.strip()), "it did not say why"), SAID_CHARACTERS
        )

    def close(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
