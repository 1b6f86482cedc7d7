"""Stands in for what may be on a port in the place of a desk: a real UDP socket that answers each packet as it is told.

A desk of ours gives no such answers, so that nothing real could.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Self


class WrongDaemon:
    """answer: the packets that come back for one that came."""

    def __init__(self, answer: Callable[[bytes], Iterable[bytes]]) -> None:
        self._answer, self._over = answer, False
        self.heard: list[bytes] = []
        self._link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._link.bind(("127.0.0.1", 0))
        self.port: int = self._link.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        with contextlib.suppress(OSError):
            self._link.sendto(b"", ("127.0.0.1", self.port))  # wakes it
        self._thread.join(5)
        self._link.close()

    def _run(self) -> None:
        while not self._over:
            packet, peer = self._link.recvfrom(65536)
            self.heard.append(packet)
            for answer in self._answer(packet) if packet else ():
                if self._over:
                    return
                with contextlib.suppress(OSError):
                    self._link.sendto(answer, peer)
