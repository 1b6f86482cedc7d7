"""Scene files in the console's text: all lines of the mix out, and any such file in, a line at a time.

Two words of this port's own, for `studiod scene export --x32` and `import`: a page of the file, and a line of one.
"""

from collections.abc import Sequence
from typing import Any

from controllers.x32.board import Board
from controllers.x32.client import Client
from controllers.x32.laws.law import Text
from controllers.x32.node import leaves_of, set_line, tokens
from studiod.net.osc_codec import encode

VERSION = "#4.0#"
PAGE_BYTES = 8000
EXPORT, IMPORT = "/-studiod/scene/export", "/-studiod/scene/import"
TOLD_BYTES = 8000


def lines(board: Board, name: str = "studiod", note: str = "") -> list[str]:
    """The mix as it is now: the head of the file, then every node that a scene holds."""
    head = " ".join((VERSION, Text(32).text(name), Text(64).text(note), "%000000000", "1"))
    return [head, *(board.line(node).rstrip("\n") for node in board.tree.nodes if not node.startswith("-"))]


def pages(board: Board) -> list[str]:
    """The same in parts that a packet can hold."""
    parts, held = [], ""
    for line in lines(board):
        if len(held) + len(line) > PAGE_BYTES:
            parts.append(held)
            held = ""
        held += f"{line}\n"
    return [*parts, held]


def taken_in(board: Board, line: str, origin: str, role: str) -> list[str]:
    """Set what a line says; in words, what was left out, and what is kept here and heard nowhere."""
    line = line.strip()
    if not line or line.startswith("#"):
        return []
    left = set_line(board, line, origin, role)
    said = tokens(line)
    for leaf, text in zip(leaves_of(board, said[0]), said[1:], strict=False):
        if leaf.link is None and board.shown[leaf.address] != leaf.rest:
            left.append(f"/{leaf.address}: {text} is kept, and heard nowhere on this desk")
    return left


class SceneFile:
    """Of one port; its words by address."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.words = {EXPORT: self.export, IMPORT: self.line}

    def export(self, client: Client, args: list[Any]) -> None:
        """A page by its number from 1; it comes with how many there are."""
        found = pages(self.board)
        number = args[0] if args and isinstance(args[0], int) and 1 <= args[0] <= len(found) else 1
        client.send(encode(EXPORT, number, len(found), found[number - 1]))

    def line(self, client: Client, args: list[Any]) -> None:
        """A line with its number, which comes back with all that was left out."""
        if len(args) == 2 and isinstance(args[0], int) and isinstance(args[1], str):
            left = taken_in(self.board, args[1], client.origin, client.role)
            client.send(encode(IMPORT, args[0], *_bounded(left)))


def _bounded(told: Sequence[str]) -> list[str]:
    out: list[str] = []
    count = 0
    for text in told:
        count += len(text) + 8
        if count > TOLD_BYTES:
            return [*out, f"and {len(told) - len(out)} more"]
        out.append(text)
    return out
