"""One desk over each of its roads: UDP, TCP and WebSocket, for a test that says and hears the same on all of them."""

import socket
from typing import Any

from pythonosc import slip

from studiod.net.osc_codec import decode, encode
from web_rig import HOST, Tablet, WebRig

Heard = list[tuple[str, list[Any]]]
AT_ONCE = 64  # messages before an answer is waited for: what a socket's buffer holds


class Road:
    """One client.  heard: the messages that came since they were taken last."""

    def __init__(self) -> None:
        self.heard: Heard = []

    def say(self, address: str, *args: Any) -> None:
        self.send(encode(address, *args))

    def send(self, packet: bytes) -> None:
        raise NotImplementedError

    def packet(self) -> bytes:
        """The next one; waits for it."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def until(self, wanted: str) -> None:
        """Hear until an address comes."""
        while True:
            found = [line for line in decode(self.packet())[0] if line[0] != "/alive"]
            self.heard += [line for line in found if line[0] != "/pong"]
            if any(address == wanted for address, _ in found):
                return

    def settle(self) -> None:
        """All that was said before has been done, and its answers have come."""
        self.say("/ping")
        self.until("/pong")

    def say_all(self, lines: dict[str, Any]) -> None:
        for count, (path, value) in enumerate(lines.items(), 1):
            self.say(f"/{path}", value)
            if count % AT_ONCE == 0:
                self.settle()
        self.settle()

    def take(self) -> Heard:
        """What came, and forget it."""
        heard, self.heard = self.heard, []
        return heard

    def everything(self) -> dict[str, Any]:
        """Every value, as a pattern of all is answered."""
        self.take()
        self.say("/subscribe", "/**")
        self.until("/snapshot/end")
        return {address[1:]: args[0] for address, args in self.take() if address != "/snapshot/end"}


class Udp(Road):
    def __init__(self, rig: WebRig) -> None:
        super().__init__()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect((HOST, rig.settings.osc.port))
        self.socket.settimeout(10)

    def send(self, packet: bytes) -> None:
        self.socket.send(packet)

    def packet(self) -> bytes:
        return self.socket.recv(65536)

    def close(self) -> None:
        self.socket.close()


class Tcp(Road):
    """With SLIP, as OSC 1.1 has it."""

    def __init__(self, rig: WebRig) -> None:
        super().__init__()
        self.socket = socket.create_connection((HOST, rig.settings.osc.port), 10)
        self._held = b""

    def send(self, packet: bytes) -> None:
        self.socket.sendall(slip.encode(packet))

    def packet(self) -> bytes:
        while True:
            first, end, rest = self._held.lstrip(slip.END).partition(slip.END)
            if end:
                self._held = rest
                return slip.decode(first)
            self._held += self.socket.recv(65536)

    def close(self) -> None:
        self.socket.close()


class Ws(Road):
    def __init__(self, rig: WebRig) -> None:
        super().__init__()
        self.tablet = Tablet(rig.port)

    def send(self, packet: bytes) -> None:
        self.tablet.send(packet)

    def packet(self) -> bytes:
        return self.tablet._on(self.tablet.socket.receive(10)).data

    def close(self) -> None:
        self.tablet.close()
