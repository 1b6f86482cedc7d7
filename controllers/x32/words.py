"""What a client may say beside the addresses of leaves: who is there, nodes, texts, leases."""

import time
from collections.abc import Callable
from typing import Any

from controllers.turns import Steps
from controllers.x32.board import Board
from controllers.x32.client import Client
from controllers.x32.node import set_line
from studiod.net.osc_codec import encode

SERVER, MODEL, FIRMWARE = "V2.07", "X32", "4.06"
NAME = "studiod"
LISTED = ("-show/showfile/scene/", "-libs/ch/")  # what follows the desk's own lists
Word = Callable[[Client, list[Any]], Steps | None]


class Words:
    """By address.  place: the host that clients know the desk by; look: at the lists of the desk."""

    def __init__(self, board: Board, place: Callable[[Client], str], look: Callable[[], None]) -> None:
        self.board, self.place, self.look = board, place, look
        self.words: dict[str, Word] = {
            "/info": self.info, "/xinfo": self.xinfo, "/status": self.status, "/xremote": self.xremote,
            "/node": self.node, "/": self.text,
        }  # fmt: skip

    def info(self, client: Client, args: list[Any]) -> None:
        client.send(encode("/info", SERVER, NAME, MODEL, FIRMWARE))

    def xinfo(self, client: Client, args: list[Any]) -> None:
        client.send(encode("/xinfo", self.place(client), NAME, MODEL, FIRMWARE))

    def status(self, client: Client, args: list[Any]) -> None:
        client.send(encode("/status", "active", self.place(client), NAME))

    def xremote(self, client: Client, args: list[Any]) -> None:
        client.renew(time.monotonic())

    def node(self, client: Client, args: list[Any]) -> None:
        """A group of leaves, or one, as text."""
        if args and isinstance(args[0], str) and args[0].strip("/").startswith(LISTED):
            self.look()
        if args and isinstance(args[0], str) and (line := self.board.line(args[0].strip("/ \n"))):
            client.send(encode("node", line))

    def text(self, client: Client, args: list[Any]) -> None:
        """A line sets leaves by text, and comes back."""
        if args and isinstance(args[0], str):
            set_line(self.board, args[0], client.origin, client.role)
            client.send(encode("/", args[0]))
