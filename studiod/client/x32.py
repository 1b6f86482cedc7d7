"""Asks the X32 port of a running daemon, with two words that are the desk's own (controllers/x32/scene_file.py)."""

import socket
import time
from collections.abc import Callable
from typing import Any, Self

from studiod.client.client import TalkFault, dial, receive
from studiod.net.osc_codec import encode
from studiod.net.osc_message import Malformed, message_of
from studiod.texts import plain

PORT = 10023
EXPORT, IMPORT = "/-studiod/scene/export", "/-studiod/scene/import"
TRIES, WAIT_S = 3, 1.0


class X32Link:
    """Asks again where an answer is lost."""

    def __init__(self, host: str, port: int) -> None:
        """Raises TalkFault."""
        self.place = f"{host}:{port}"
        self.wire: socket.socket = dial(host, port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wire.close()

    def page(self, number: int) -> tuple[int, str]:
        """How many pages the desk's scene has, and one of them, from 1.  Raises TalkFault."""
        _, count, text = self._ask(EXPORT, number, fits=lambda answer: answer[:1] == [number] and len(answer) == 3)
        return count, text

    def line(self, number: int, text: str) -> list[str]:
        """Set what a line of a scene says; what was left out of it, in words.  number: of the line, another for each.

        Raises TalkFault.
        """
        return self._ask(IMPORT, number, text, fits=lambda answer: answer[:1] == [number])[1:]

    def _ask(self, address: str, *words: Any, fits: Callable[[list[Any]], bool]) -> list[Any]:
        for _ in range(TRIES):
            until_s = time.monotonic() + WAIT_S
            try:
                self.wire.send(encode(address, *words))
                while True:
                    try:
                        found, answer = message_of(receive(self.wire, until_s))
                    except Malformed:
                        continue
                    if found == address and fits(answer):
                        return answer
            except OSError:
                continue
        told = f"no answer from the X32 port of {plain(self.place, 80)}"
        raise TalkFault(f"{told}; is [x32] in the settings of the studiod there? name --host and --x32-port")
