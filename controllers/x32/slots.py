"""The console's numbered places for scenes and channel presets: a lasting list of the desk's names for them.

A name keeps its place for as long as the desk has it; a new one takes the first that is free.
"""

from collections.abc import Iterable

from controllers.x32.board import Board
from studiod.desk.desk import Desk


class Slots:
    """One list.  listing: the desk's command that names all; first: the number of the first place."""

    def __init__(self, board: Board, listing: str, root: str, first: int, count: int) -> None:
        self.board, self.listing, self.root, self.first = board, listing, root, first
        self.names: list[str] = [""] * count
        self.read()

    @property
    def desk(self) -> Desk:
        return self.board.desk

    def read(self) -> None:
        """What was kept, in the place of what is known."""
        count, held = len(self.names), self.board.kept.beside.get(self.listing, [])
        names = [name if isinstance(name, str) else "" for name in (held[:count] if isinstance(held, list) else ())]
        self.names = names + [""] * (count - len(names))

    def name(self, number: int) -> str:
        """What is at a number of the console; "": nothing."""
        self.look()
        place = number - self.first
        return self.names[place] if 0 <= place < len(self.names) else ""

    def number(self, name: str) -> int | None:
        return self.names.index(name) + self.first if name in self.names else None

    def put(self, number: int, name: str) -> None:
        """A name that was just made is at this place; another that was there moves to a free one."""
        place = number - self.first
        moved = self.names[place]
        if name in self.names:
            self.names[self.names.index(name)] = ""
        self.names[place] = name
        if moved and moved != name and "" in self.names:
            self.names[self.names.index("")] = moved
        self._show()

    def look(self) -> None:
        """What the desk has by now."""
        there = list(_names(self.desk.do(self.listing, "x32")))
        held = [name if name in there else "" for name in self.names]
        for name in there:
            if name not in held and "" in held:
                held[held.index("")] = name
        if held != self.names:
            self.names = held
            self._show()

    def _show(self) -> None:
        for place, name in enumerate(self.names):
            at = f"{self.root}/{place + self.first:03d}"
            self.board.show(f"{at}/name", name[:32])
            self.board.show(f"{at}/hasdata", int(bool(name)))
        self.board.kept.beside[self.listing] = list(self.names)
        self.board.kept.put()


def _names(lines: Iterable[tuple[object, ...]]) -> Iterable[str]:
    """Of an answer: all but what was stored over, which has the number 0."""
    for line in lines:
        if str(line[0]).endswith("/list") and line[-1] != 0:
            yield str(line[1])
