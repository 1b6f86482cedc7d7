"""Many X32 clients on one desk: all hear of changes and have meters, some set faders as fast as they are told to."""

import selectors
import socket
import time
from dataclasses import dataclass, field

from studiod.net.osc_codec import encode
from studiod.net.osc_message import Malformed, message_of

RENEW_S = 5.0
BUFFER = 1 << 22


@dataclass
class Peer:
    """One client: what it knows of the desk, and how many frames of meters it had."""

    link: socket.socket
    known: dict[str, float] = field(default_factory=dict)
    frames: int = 0
    messages: int = 0

    def read(self) -> None:
        while True:
            try:
                packet = self.link.recv(65536)
            except BlockingIOError:
                return
            try:
                address, args = message_of(packet)
            except Malformed:
                continue
            self.messages += 1
            if address.startswith("/meters/"):
                self.frames += 1
            elif args:
                self.known[address] = args[0]


class Crowd:
    """`setters` of the clients set faders of their own, `sets_per_s` in all."""

    def __init__(self, host: str, port: int, clients: int = 32, setters: int = 4, sets_per_s: float = 2000.0) -> None:
        self.peers = [Peer(_link(host, port)) for _ in range(clients)]
        self.setters, self.gap_s = setters, 1.0 / sets_per_s
        self.looking = selectors.DefaultSelector()
        for peer in self.peers:
            self.looking.register(peer.link, selectors.EVENT_READ, peer)
        self.sent = 0
        self.last: dict[str, float] = {}

    def play(self, seconds: float) -> None:
        """Set for so long, and read whatever comes."""
        began_s = time.monotonic()
        renew_s = 0.0
        while (now_s := time.monotonic()) < began_s + seconds:
            if now_s >= renew_s:
                renew_s = now_s + RENEW_S
                for peer in self.peers:
                    peer.link.send(encode("/xremote"))
                    peer.link.send(encode("/meters", "/meters/1", 0, 0, 1))
            while self.sent * self.gap_s < now_s - began_s:
                self._set()
            self.rest(0.001)

    def _set(self) -> None:
        who = self.sent % self.setters
        strip = 1 + who * 8 + self.sent // self.setters % 8
        step = self.sent * 7 % 1024
        address = f"/ch/{strip:02d}/mix/fader"
        self.last[address] = step / 1023
        self.peers[who].link.send(encode(address, step / 1023))
        self.sent += 1

    def rest(self, seconds: float) -> None:
        """Read for so long."""
        end_s = time.monotonic() + seconds
        while True:
            for key, _ in self.looking.select(max(end_s - time.monotonic(), 0.0)):
                key.data.read()
            if time.monotonic() >= end_s:
                return

    def settle(self, most_s: float) -> float:
        """Read until every client has every value; the s that it took, or most_s."""
        began_s = time.monotonic()
        renew_s = began_s + RENEW_S
        while self.wrong() and time.monotonic() < began_s + most_s:
            self.rest(0.05)
            if time.monotonic() > renew_s:
                renew_s += RENEW_S
                for peer in self.peers:
                    peer.link.send(encode("/xremote"))
        return time.monotonic() - began_s

    def wrong(self) -> list[tuple[int, str, float | None, float]]:
        """Which client knows another value of a fader than it has; one that has set it knows it from there."""
        found = []
        for number, peer in enumerate(self.peers):
            for address, turn in self.last.items():
                who = (int(address[4:6]) - 1) // 8
                if who != number and abs(peer.known.get(address, -1.0) - turn) > 1e-6:
                    found.append((number, address, peer.known.get(address), turn))
        return found

    def close(self) -> None:
        self.looking.close()
        for peer in self.peers:
            peer.link.close()


def _link(host: str, port: int) -> socket.socket:
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    link.connect((host, port))
    link.setblocking(False)
    return link
