"""Questions to a running daemon whose answers have lines: each line is looked at before anybody works with it.

Whatever else may be on that port: a wrong line, garbage, or none, ends in one sentence.
"""

import time
from collections.abc import Callable
from types import UnionType
from typing import Any, Self

from studiod.client import client
from studiod.client.client import TalkFault, dial, heard, messages, packet, receive, refusal, signed, silence
from studiod.registry.commands import WORDS

LINES_MAX = 200_000  # of an answer: a diff of two large consoles has a third as many
Line = list[Any]  # an address without its "/", and values
# What the words of a line are; more may follow.
SHAPES: dict[str, tuple[type | UnionType, ...]] = {
    line.name: tuple(kind.types for kind in line.columns.values())
    for one in WORDS.values()
    if not one.own
    for line in one.answers
}


class Link:
    """Asks a daemon and hears its answers."""

    def __init__(self, host: str, port: int) -> None:
        """Raises TalkFault."""
        self.host, self.port = host, port
        self.wire = dial(host, port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wire.close()

    def ask(
        self, word: str, *args: int | float | str, end: str = "", tries: int = 1,
        fits: Callable[[Line], bool] = lambda _: True,
    ) -> list[Line]:  # fmt: skip
        """Say a word; the lines of its answer, up to the one named end (default: the word).  Raises TalkFault.

        fits: whether a line is of this question; one that is not may have come late, of the one before.
        """
        order = packet(f"/{word}", *args)
        if WORDS[word].role != "view" and word != "scene/import":  # whose parts go by the port that sends them
            order = signed(order)
        for left in reversed(range(tries)):
            try:
                self.wire.send(order)
                return self._answer(word, end or word, fits)
            except OSError:
                if not left:
                    break
        raise silence(self.host, self.port)

    def _answer(self, word: str, end: str, fits: Callable[[Line], bool]) -> list[Line]:
        """Raises TalkFault, OSError: also when nothing of it has come for a while, whatever else came."""
        lines: list[Line] = []
        until_s = time.monotonic() + client.PATIENCE_S
        while True:
            for address, values in messages(receive(self.wire, until_s)):
                name = address.lstrip("/")
                if name == "error":
                    raise TalkFault(refusal(values))
                if name not in SHAPES or not name.startswith(word):
                    continue
                line = [name, *heard(values)]
                self._look(line)
                if not fits(line):
                    continue
                lines.append(line)
                if len(lines) > LINES_MAX:
                    raise self.wrong(f"more than {LINES_MAX} lines")
                until_s = time.monotonic() + client.PATIENCE_S
                if name == end:
                    return lines

    def _look(self, line: Line) -> None:
        """Raises TalkFault on a line that studiod does not say."""
        shape, values = SHAPES[line[0]], line[1:]
        wrong = len(values) < len(shape) or not all(map(isinstance, values, shape))
        if wrong or any(isinstance(value, bool) for value in values):
            raise self.wrong(f"/{line[0]} with other words than it has")

    def wrong(self, what: str) -> TalkFault:
        """Somebody else is there."""
        told = f"{client.place(self.host, self.port)} gives an answer that studiod does not give: {what}"
        return TalkFault(f"{told}; is another program on that port? name --host and --port")
