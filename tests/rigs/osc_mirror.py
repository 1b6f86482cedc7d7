"""All that a daemon says of some paths, kept up to date over OSC, as a tablet would; and a hand that sets values."""

import contextlib
import socket
import threading
import time
from typing import Any

from studiod.net.osc_codec import decode, encode

RENEW_S = 10.0


class Mirror:
    """`values` are the latest of all that match; set from another socket, whose changes it hears."""

    def __init__(self, host: str, port: int, *patterns: str) -> None:
        self.values: dict[str, Any] = {}
        self.errors: list[str] = []
        self._ends = 0
        self._patterns = patterns
        self._ear, self._hand = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self._ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        for link in (self._ear, self._hand):
            link.connect((host, port))
        self._ear.settimeout(0.2)
        self._open = True
        self.ask()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def ask(self) -> None:
        self._asked_s = time.monotonic()
        for pattern in self._patterns:
            self._ear.send(encode("/subscribe", pattern))

    def _listen(self) -> None:
        while self._open:
            if time.monotonic() - self._asked_s > RENEW_S:
                with contextlib.suppress(OSError):  # a desk that has ended
                    self.ask()
            try:
                packet = self._ear.recv(65536)
            except OSError:
                continue
            for address, words in decode(packet)[0]:
                if address == "/snapshot/end":
                    self._ends += 1
                elif address == "/error":
                    self.errors.append(str(words))
                elif words and address != "/alive":
                    self.values[address[1:]] = words[0]

    def whole(self, within_s: float = 10.0) -> "Mirror":
        """Once every pattern's values have come."""
        end_s = time.monotonic() + within_s
        while self._ends < len(self._patterns):
            assert time.monotonic() < end_s, f"{self._ends} of {len(self._patterns)} snapshots came; {self.errors}"
            time.sleep(0.01)
        return self

    def send(self, address: str, *words: float | int | str) -> None:
        self._hand.send(encode(address, *words))

    def set(self, path: str, value: float | int | str) -> None:
        self.send(f"/{path}", value)

    def close(self) -> None:
        self._open = False
        self._thread.join()
        self._ear.close()
        self._hand.close()
