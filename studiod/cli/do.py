"""`studiod do`, and `undo`, `redo`, `log`, `copy`, `preset` and `take`: what a running desk can be told to do."""

import argparse
import contextlib
import json
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from studiod.cli.talk_words import DOES
from studiod.client import client
from studiod.client.client import (
    DONE,
    TalkFault,
    dial,
    heard,
    messages,
    packet,
    receive,
    refusal,
    signed,
    silence,
    wire,
)
from studiod.encoding import say
from studiod.errors import Fault
from studiod.registry.commands import WORDS
from studiod.texts import plain

LONG_S = 60.0  # a take that is looked for, a backup that is written
QUIET_S = 0.4  # after what was done: an answer of many lines comes one by one
LINES_MAX = 200_000
LINE_MAX = 2000  # characters
HERE = "here"  # comes back from a desk that hears
PAST = "past"  # comes back when the command is over, done or refused
Line = list[object]
COLUMNS = {
    line.name: [name.upper() for name in (*line.columns, *line.more)] for word in DOES for line in WORDS[word].answers
}


class Undone(TalkFault):
    """A refusal of what the desk had understood, and begun: other readings of the words are not what was meant."""


def command(args: argparse.Namespace) -> int:
    """Do it, and print the lines of its answer; 0.  Raises Fault on a word that is none, TalkFault."""
    address, given = meant([*args.before, *args.words])
    if address == "take/open" and given and not given[0].startswith(("/", "~")):  # the desk stands elsewhere
        given = [str(Path(given[0]).absolute()), *given[1:]]
    refuse_release(address, given)
    lines = done(args.host, args.port, address, list(dict.fromkeys(readings(given))))
    if args.json or lines:
        table = headed(lines) if sys.stdout.isatty() else lines
        shown = [plain(" ".join(str(part) for part in line), LINE_MAX) for line in table]
        say(json.dumps(lines) if args.json else "\n".join(shown))
    return 0


def headed(lines: list[Line]) -> list[Line]:
    """Above the first of several lines of one kind the names of their columns, for people."""
    many = Counter(str(line[0]) for line in lines)
    out: list[Line] = []
    for line in lines:
        name = str(line[0])
        if many.pop(name, 0) > 1 and name in COLUMNS:
            out.append([name, *COLUMNS[name]])
        out.append(line)
    return out


def command_of(address: str) -> str:
    """The command that an address names, a name behind it or not; "" for none."""
    parts = address.split("/")
    heads = ("/".join(parts[:depth]) for depth in range(len(parts), 0, -1))
    return next((head for head in heads if head in DOES), "")


def meant(words: list[str]) -> tuple[str, list[str]]:
    """The address of a command, which may have spaces in the place of its slashes, and the words that go with it.

    Raises Fault with the nearest.
    """
    address, *given = words
    address = address.strip("/")
    while given and (
        f"{address}/{given[0]}" in DOES
        or (not command_of(address) and any(known.startswith(f"{address}/") for known in DOES))
    ):
        address, given = f"{address}/{given[0]}", given[1:]
    if not command_of(address):
        near = get_close_matches(address[:40], DOES, 1, 0.0)[0]
        told = f"{plain(address, 80)}: no such command; nearest is {near}"
        raise Fault(f"{told}; `studiod do --help` lists them all, and `studiod set` sets values")
    return address, given


def refuse_release(address: str, given: list[str]) -> None:
    """Raises Fault on a lone 0, which the desk takes for a button that is let go; here are no buttons."""
    one = WORDS[command_of(address)]
    if len(given) == 1 and wire(given[0]) == 0 and (one.number_from is None or one.number_from > 0):
        named = f"; a name that is a number goes behind a slash: {one.name}/{given[0]}" if one.named else ""
        told = f"{plain(address, 80)}: a lone {given[0]} lets go of a button, and does nothing"
        raise Fault(f"{told}; expected {one.expects}{named}")


def readings(given: list[str]) -> Iterator[tuple[int | float | str, ...]]:
    """What words may mean: numbers where they look like some; a name may look like one."""
    yield tuple(wire(word) for word in given)
    yield tuple(wire(word) if k else word for k, word in enumerate(given))
    yield tuple(given)


def done(host: str, port: int, address: str, tries: Sequence[Sequence[int | float | str]]) -> list[Line]:
    """The lines of a command's answer once it is done, in the first reading of its words that the desk takes.

    Raises TalkFault with the refusal of the last, which takes the words as they were written.
    """
    refused: TalkFault | None = None
    with dial(host, port) as link:
        try:
            link.send(packet("/ping", HERE))
            _until_pong(link, HERE, client.PATIENCE_S, "ping")
            for words in tries:
                try:
                    return _once(link, address, words)
                except Undone:
                    raise
                except TalkFault as fault:
                    refused = fault
        except OSError:
            raise silence(host, port) from None
    assert refused is not None
    raise refused


def _once(link: socket.socket, address: str, words: Sequence[int | float | str]) -> list[Line]:
    """Raises TalkFault with the desk's refusal, OSError."""
    link.send(signed(packet(f"/{address}", *words), packet("/ping", DONE)))
    link.send(packet("/ping", PAST))
    word = command_of(address)
    lines = _until_pong(link, PAST, LONG_S, word)
    until_s = time.monotonic() + QUIET_S
    with contextlib.suppress(TimeoutError):  # what has no answer has none
        while not _whole(lines, word) and len(lines) < LINES_MAX:
            if more := _lines(receive(link, until_s), word)[0]:
                lines += more
                until_s = time.monotonic() + QUIET_S
    return lines


def _whole(lines: list[Line], word: str) -> bool:
    """Whether no more can come: one line comes alone, and more of them have an end."""
    return bool(lines) and (str(lines[-1][0]).endswith("/end") or (len(lines) == 1 and lines[0][0] == word))


def _until_pong(link: socket.socket, mark: str, patience_s: float, word: str) -> list[Line]:
    """What comes of a command before the pong that follows it.  Raises TalkFault, Undone, OSError."""
    until_s = time.monotonic() + patience_s
    lines: list[Line] = []
    faults: list[str] = []
    marks: list[object] = []
    while mark not in marks:
        try:
            some, more, refused = _lines(receive(link, until_s), word)
        except TimeoutError:
            if not faults:
                raise
            break
        lines += some[: LINES_MAX - len(lines)]
        marks, faults = marks + more, faults + refused
        if refused:
            until_s = min(until_s, time.monotonic() + client.PATIENCE_S)
    if faults:
        raise (Undone if DONE in marks else TalkFault)(faults[0])
    return lines


def _lines(answer: bytes, word: str) -> tuple[list[Line], list[object], list[str]]:
    """The lines of a packet that are of a command, the pongs in it, and the refusals."""
    lines: list[Line] = []
    marks: list[object] = []
    faults: list[str] = []
    for address, values in messages(answer):
        name = address.lstrip("/")
        if name == "error":
            faults.append(refusal(values))
        elif name == "pong":
            marks += values
        elif name == word or name.startswith(f"{word}/"):
            lines.append([name, *heard(values)])
    return lines, marks, faults
