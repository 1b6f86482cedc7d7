"""The words of the console's show: scenes and presets are recalled, kept, renamed and deleted by their numbers.

Cues and snippets are lists only.  A word is answered with 1 when it has come to something, else with 0.
"""

import logging
from collections.abc import Generator
from typing import Any

from controllers.access import Access, refusal
from controllers.turns import Steps
from controllers.x32.board import Board
from controllers.x32.client import Client
from controllers.x32.rules.shows import COUNT, CURRENT, PRESETS, SCENES
from controllers.x32.slots import Slots
from studiod.desk.command import by_turns
from studiod.net.osc_codec import encode
from studiod.registry.commands import DESK
from studiod.registry.registry import Refusal, Value

_log = logging.getLogger(__name__)
SCENE, PRESET = "scene", "libchan"


class Show:
    """Of one port; its words by address."""

    def __init__(self, board: Board, access: Access) -> None:
        self.board, self.desk, self.access = board, board.desk, access
        self.scenes = Slots(board, "scene/list", SCENES, 0, COUNT)
        self.presets = Slots(board, "preset/list", PRESETS, 1, COUNT)
        self.words = {
            "/load": self.load, "/save": self.save, "/rename": self.rename, "/delete": self.delete,
            "/copy": lambda client, args: _nothing(client, "/copy", args),
            "/add": lambda client, args: _nothing(client, "/add", args),
            "/showdump": self.dump, "/-action/goscene": self.go, "/-action/doundo": self.undo,
            "/-action/clearsolo": self.clear_solo, "/-action/undopt": self.nothing,
        }  # fmt: skip
        self._unlisten = self.desk.listen(self._recalled), self.desk.keepings.listen(self._again)

    def look(self) -> None:
        """What the desk has by now."""
        self.scenes.look()
        self.presets.look()

    def _again(self) -> None:
        """A restore has replaced what was kept; the board has read it before."""
        self.scenes.read()
        self.presets.read()
        self.look()

    def _recalled(self, origin: str, news: object) -> None:
        """Whoever recalls a scene: its number is the current one."""
        head, _, rest = origin.partition(" ")
        name = rest.rpartition(" for ")[0]
        if head not in ("recall", "fade") or not name:
            return
        if self.scenes.number(name) is None:
            self.scenes.look()  # it has just been made
        number = self.scenes.number(name)
        if number is not None:
            self.board.show(CURRENT, number)

    # -- the desk's commands -----------------------------------------------------------------------------------------

    def done(self, client: Client, word: str, *args: Value) -> Generator[Any, Any, bool]:
        """Carry out a command of the desk; whether it came to something."""
        try:
            if self.access.lacks_for(client.role, word):
                raise refusal(word, self.access.lacks_for(client.role, word), client.role)
            deed = yield from by_turns(self.desk.prepare(word, client.origin, *args))
            barred = self.access.barred(client.role, (*deed.changes, *deed.asked))
            if barred and not DESK[word].partial:
                raise refusal(deed.aim or barred[0], self.access.lacks(client.role, barred[0]), client.role)
            deed.left += len(barred)
            for path in barred:
                deed.changes.pop(path, None)
                deed.wanted.pop(path, None)
            if deed.changes and not deed.fade_s:
                self.desk.change(deed.changes.items(), deed.origin)
            answer = yield from by_turns(deed.act(deed))
            for _ in answer:  # some do a part of their work as they answer
                pass
        except Refusal as fault:
            self.board.refused += 1
            _log.info("%s: %s", client.origin, fault)
            return False
        return True

    # -- words -------------------------------------------------------------------------------------------------------

    def go(self, client: Client, args: list[Any]) -> Steps:
        """Recall a scene by its number."""
        number = _whole(args[:1])
        name = self.scenes.name(number) if number is not None else ""
        if name:
            yield from self.done(client, "scene/recall", name)

    def load(self, client: Client, args: list[Any]) -> Steps:
        """A scene, or a preset onto a channel."""
        kind, numbers = str(args[0]) if args else "", args[1:]
        number, good = _whole(numbers), False
        if kind == SCENE and number is not None and (name := self.scenes.name(number)):
            good = yield from self.done(client, "scene/recall", name)
        elif kind == PRESET and number is not None and (name := self.presets.name(number)):
            strip = self._strip(_whole(numbers[1:]))
            good = bool(strip) and (yield from self.done(client, "preset/recall", name, strip))
        _answer(client, "/load", kind, good)

    def save(self, client: Client, args: list[Any]) -> Steps:
        """A scene, or a channel as a preset, under a name at a number; one that the desk has is stored over."""
        kind, numbers = str(args[0]) if args else "", args[1:]
        number, good = _whole(numbers), False
        name = str(numbers[1])[:32].strip() if len(numbers) > 1 else ""
        slots = {SCENE: self.scenes, PRESET: self.presets}.get(kind)
        if slots is not None and number is not None and name and 0 <= number - slots.first < COUNT:
            if kind == SCENE:
                good = yield from self.done(client, "scene/store", name)
                note = f"{SCENES}/{number:03d}/notes"
                if good and len(numbers) > 2:
                    self.board.show(note, str(numbers[2])[:64])
            else:
                strip = self._strip(_whole(numbers[2:]))
                good = bool(strip) and (yield from self.done(client, "preset/store", name, strip))
            if good:
                slots.put(number, name)
        _answer(client, "/save", kind, good)

    def rename(self, client: Client, args: list[Any]) -> Steps:
        kind, numbers = str(args[0]) if args else "", args[1:]
        number, good = _whole(numbers), False
        name = self.scenes.name(number) if kind == SCENE and number is not None else ""
        if name and number is not None and len(numbers) > 1:
            new = str(numbers[1])[:32].strip()
            good = yield from self.done(client, "scene/rename", name, new)
            if good:
                self.scenes.put(number, new)
        _answer(client, "/rename", kind, good)

    def delete(self, client: Client, args: list[Any]) -> Steps:
        kind, number, good = str(args[0]) if args else "", _whole(args[1:]), False
        slots = {SCENE: self.scenes, PRESET: self.presets}.get(kind)
        name = slots.name(number) if slots is not None and number is not None else ""
        if slots is not None and name:
            good = yield from self.done(client, f"{'scene' if kind == SCENE else 'preset'}/delete", name)
            slots.look()
        _answer(client, "/delete", kind, good)

    def undo(self, client: Client, args: list[Any]) -> Steps:
        yield from self.done(client, "undo")

    def clear_solo(self, client: Client, args: list[Any]) -> None:
        if not self.access.lacks(client.role, "solo/clear"):
            self.desk.change([("solo/clear", 1)], f"clearsolo for {client.origin}")

    def nothing(self, client: Client, args: list[Any]) -> None:
        """The desk takes back step by step: it needs no marks."""

    def dump(self, client: Client, args: list[Any]) -> Steps:
        """All lines of the show and of its scenes, cues and snippets that hold something."""
        self.look()
        for node, leaves in self.board.tree.nodes.items():
            if not node.startswith("-show/"):
                continue
            if all(self.board.shown[leaf.address] == leaf.rest for leaf in leaves) and node[-3:].isdigit():
                continue
            client.send(encode("node", self.board.line(node)))
            yield None

    def _strip(self, number: int | None) -> str:
        """The desk's strip of a channel of the console."""
        link = self.board.tree.leaves["-stat/selidx"].link
        values = getattr(link, "values", ())
        return str(values[number]) if number is not None and 0 <= number < len(values) else ""

    def close(self) -> None:
        for end in self._unlisten:
            end()


def _whole(args: list[Any]) -> int | None:
    """The first of some arguments as a whole number: 3, 3.0 and "3" alike."""
    found = args[0] if args else None
    if isinstance(found, str):
        return int(found) if found.isascii() and found.isdigit() and len(found) < 6 else None
    return int(found) if isinstance(found, int | float) and found == found // 1 and abs(found) < 1e6 else None


def _nothing(client: Client, word: str, args: list[Any]) -> None:
    """Copies between libraries, and new cues: the desk has nothing of them."""
    _answer(client, word, str(args[0]) if args else "", False)


def _answer(client: Client, word: str, kind: str, good: bool) -> None:
    client.send(encode(word, kind[:32], int(good)))
