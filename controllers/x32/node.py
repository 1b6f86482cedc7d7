"""Lines of text that set the leaves of a node: of `/`, and of scene files."""

import re

from controllers.x32.board import Board
from controllers.x32.leaf import Leaf

_TOKEN = re.compile(r'"([^"]*)"?|(\S+)')


def tokens(text: str) -> list[str]:
    """Words, and names in quotes without them."""
    return [quoted if word is None else word for quoted, word in _found(text)]


def _found(text: str) -> list[tuple[str, str | None]]:
    return [(found[1] or "", found[2]) for found in _TOKEN.finditer(text)]


def leaves_of(board: Board, address: str) -> list[Leaf]:
    """The leaves of a node in their order, or the one leaf of that address; none: it is neither."""
    node = address.strip("/")
    return board.tree.nodes.get(node) or [leaf for leaf in (board.tree.leaves.get(node),) if leaf is not None]


def set_line(board: Board, line: str, origin: str, role: str) -> list[str]:
    """Set leaves in their order, as many as the line has words; what could not be set, in words."""
    said = tokens(line.strip())
    if not said:
        return []
    address, *values = said
    node = address.strip("/")
    leaves = leaves_of(board, node)
    if not leaves:
        return [f"/{node}: no such line on this desk"]
    left = []
    for leaf, text in zip(leaves, values, strict=False):
        step = leaf.law.said(text, board.shown[leaf.address])
        if step is None:
            left.append(f"/{leaf.address}: {text!r} is none of its values")
        elif not board.set(leaf, step, origin, role):
            left.append(f"/{leaf.address}: {text} was refused")
    return left
