"""The X32 port of a desk: packets of clients, in turns; sets, questions and words; and whom to tell.

It knows no wire (controllers/x32/start.py has it).  Runs on the desk's loop.
"""

import logging
import socket
import time
from collections import Counter
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from controllers.access import Access, Rights, is_loopback
from controllers.places import gives_way
from controllers.turns import Steps, Turns
from controllers.x32.board import Board
from controllers.x32.client import Address, Client
from controllers.x32.leaf import Leaf
from controllers.x32.meters import Meters
from controllers.x32.news import News
from controllers.x32.scene_file import SceneFile
from controllers.x32.show import Show
from controllers.x32.streams import Streams
from controllers.x32.tree import Tree
from controllers.x32.words import LISTED, Words
from studiod.desk.controller import Running
from studiod.desk.desk import Desk
from studiod.desk.identity import Identity
from studiod.net.osc_codec import BUNDLE, messages_of
from studiod.net.osc_message import Malformed, message_of
from studiod.registry.registry import Refusal

CLIENTS_MAX, HERE_MAX = 256, 256  # of the network; of this machine
HOST_MAX = 64  # clients of one host of the network
FORGOTTEN_S = 60.0  # a client that is silent so long, and is sent nothing
_log = logging.getLogger(__name__)


@lru_cache(256)
def facing(host: str) -> str:
    """The number of this machine on the way to a host."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as way:
        try:
            way.connect((host, 9))  # sends nothing
        except OSError:
            return host
        return str(way.getsockname()[0])


class X32(Running):
    """Attributes: clients by address; malformed, refused and ignored, packets that came to nothing."""

    def __init__(self, desk: Desk, settings: Any, tree: Tree, send: Callable[[bytes, Address], object]) -> None:
        self.desk, self.settings, self.send = desk, settings, send
        self.turns, self.rights = Turns(), Rights(desk, settings)
        self.clients: dict[Address, Client] = {}
        self._of_host: Counter[str] = Counter()  # clients
        self.malformed = self.refused = self.ignored = 0
        access = Access(desk)
        self.board = Board(desk, tree, access, self._tell)
        self.news = News(self.turns, self.board.shown, self.hearers)
        self.streams = Streams(self.board, Meters(desk), self.clients.values)
        self.show = Show(self.board, access)
        self.words = Words(self.board, self.place, self.show.look)
        self.words.words |= {**self.streams.words, **self.show.words, **SceneFile(self.board).words}
        desk.identities.known["x32"] = self.identity

    def _tell(self, leaf: Leaf, origin: str) -> None:
        self.news.tell(leaf, origin)

    # -- clients -----------------------------------------------------------------------------------------------------

    def place(self, client: Client) -> str:
        """The desk's own address, as a client reaches it: apps go on with what they are told."""
        return facing(client.host)

    def identity(self, origin: str) -> Identity:
        """Who an origin is: its host."""
        host = origin.partition(":")[2].rpartition(":")[0]
        return Identity(f"x32:{host}", "", self.rights.role_of(host), host, "x32")

    def hearers(self) -> list[Client]:
        """Who is told of changes now."""
        now_s = time.monotonic()
        return [client for client in self.clients.values() if client.told_until_s > now_s]

    def welcome(self, addr: Address, role: str) -> Client:
        """The client at an address, which has just spoken; a new one has room made for it."""
        client = self.clients.get(addr)
        if client is None:
            self._make_room(str(addr[0]))
            client = self.clients[addr] = Client(addr, role, self.send)
            self._of_host[client.host] += 1
        client.heard_s = time.monotonic()
        return client

    def _make_room(self, host: str) -> None:
        """For one more client (controllers/places.py); some leave at a time, since looking for them costs."""
        here = is_loopback(host)
        if not here and self._of_host[host] >= HOST_MAX:
            own = [client for client in self.clients.values() if client.host == host]
            for gone in gives_way(own, 1 + HOST_MAX // 16):
                self.forget(gone.address)
        most = HERE_MAX if here else CLIENTS_MAX
        if len(self.clients) < most:
            return
        side = [client for client in self.clients.values() if is_loopback(client.host) == here]
        if len(side) >= most:
            for gone in gives_way(side, 1 + most // 64):
                self.forget(gone.address)

    def forget(self, addr: Address) -> None:
        client = self.clients.pop(addr, None)
        if client is not None:
            self._of_host[client.host] -= 1
            if self._of_host[client.host] <= 0:
                del self._of_host[client.host]

    def sweep(self, now_s: float, silent_s: float = FORGOTTEN_S) -> None:
        """Forget who is silent and is sent nothing."""
        for addr, client in list(self.clients.items()):
            if now_s - client.heard_s > silent_s and not client.busy(now_s):
                self.forget(addr)

    # -- packets -----------------------------------------------------------------------------------------------------

    def hear(self, data: bytes, addr: Address) -> None:
        """One packet from anywhere waits for its sender's turn."""
        known = self.clients.get(addr)
        role = known.role if known is not None else self.rights.role_of(str(addr[0]))
        client = None if role == "none" else known or self.welcome(addr, role)
        if client is None or not client.patience.take(time.monotonic()):
            self.refused += 1
            return
        client.heard_s = time.monotonic()
        # the sockets of one host of the network have its part together
        within = addr if is_loopback(client.host) else client.host
        self.turns.put(addr, partial(self._packet, data, client), len(data), within)

    def _packet(self, data: bytes, client: Client) -> Steps | None:
        try:
            if data.startswith(BUNDLE):
                return self._bundle(data, client)
            return self.take(client, *message_of(data))
        except Malformed:
            self.malformed += 1
        return None

    def _bundle(self, data: bytes, client: Client) -> Steps:
        """The console has no bundles; a client that sends them all the same is understood, at once."""
        try:
            for address, args in messages_of(data):
                more = self.take(client, address, args)
                if more is not None:
                    yield from more
                yield None
        except Malformed:
            self.malformed += 1

    def take(self, client: Client, address: str, args: list[Any]) -> Steps | None:
        """One message of a client."""
        word = self.words.words.get(address)
        try:
            if word is not None:
                return word(client, args)
            leaf = self.board.tree.leaves.get(address[1:])
            if leaf is not None:
                self.leaf(client, address[1:], args)
            elif address[1:] in self.board.tree.nodes and args:
                for one, arg in zip(self.board.tree.nodes[address[1:]], args, strict=False):
                    self.leaf(client, one.address, [arg])
            else:
                self.ignored += 1
        except Refusal as fault:
            self.refused += 1
            _log.debug("%s: %s: %s", client.origin, address[:80], fault)
        except Exception:
            _log.exception("a message of %s failed", client.origin)
        return None

    def leaf(self, client: Client, address: str, args: list[Any]) -> None:
        """Ask for a leaf, or set it: more values set those behind it, in their order."""
        leaf = self.board.tree.leaves[address]
        if address.startswith(LISTED):
            self.show.look()
        if not args:
            client.send(leaf.packet(self.board.shown[address]))
            return
        nodes = self.board.tree.nodes[leaf.node]
        for one, arg in zip(nodes[nodes.index(leaf) :] if len(args) > 1 else [leaf], args, strict=False):
            step = one.law.heard(arg, self.board.shown[one.address])
            if step is not None and not self.board.set(one, step, client.origin, client.role):
                client.send(one.packet(self.board.shown[one.address]))  # it shows what is so

    # -- settings, and the end ---------------------------------------------------------------------------------------

    def again(self, settings: Any) -> None:
        """Other settings: [access] holds from now on, also for those who are here."""
        self.settings = self.rights.settings = settings
        for addr, client in list(self.clients.items()):
            client.role = self.rights.role_of(client.host)
            if client.role == "none":
                self.forget(addr)

    async def close(self) -> None:
        self.news.close()
        self.turns.close()
        self.show.close()
        self.board.close()
