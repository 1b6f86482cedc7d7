"""Scenes as TOML over a wire: exported and imported in parts, each small enough for one packet, each answered."""

from collections import OrderedDict
from collections.abc import Callable

from studiod.desk.arguments import Words
from studiod.desk.command import Answer, Deed, Errand
from studiod.desk.desk import Desk
from studiod.memory.scene_format import scene_text
from studiod.memory.scene_intake import Found, look_through
from studiod.memory.shelf import Head, Shelf, pack, unpack
from studiod.registry.param import Value

PART = 1200  # characters
PARTS_MAX = 4000  # the largest console fills half of them
PEERS_MAX = 8  # imports at a time


class SceneFiles:
    """Export and import, over one shelf."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self.desk, self.shelf = desk, shelf
        self._coming: OrderedDict[str, tuple[str, int, list[str]]] = OrderedDict()  # by peer: name, parts, texts
        self._text: tuple[Head | None, list[str]] = (None, [])  # what was exported last, cut into parts
        desk.commands |= {"scene/export": self.export, "scene/import": self.take}

    def export(self, origin: str, *given: object) -> Deed | Errand:
        """One part of its text."""
        words = Words.of("scene/export", given)
        name = self.shelf.find(words, words.text("the name"))
        head, packed = self.shelf.heads[name], self.shelf.packed(words, name)

        def part_of(parts: list[str]) -> Deed:
            self._text = head, parts
            part = round(words.number("the part", 1, len(parts), "", 1))
            words.end()
            return Deed(origin, {}, lambda _: [("scene/export", name, part, len(parts), parts[part - 1])])

        if self._text[0] is head:
            return part_of(self._text[1])
        return Errand(lambda: cut(scene_text({"name": name, **head}, unpack(packed))), part_of)

    def take(self, origin: str, *given: object) -> Deed | Errand:
        """The last part makes the scene.  A name of "" is the one that the text says."""
        words = Words.of("scene/import", given)
        name = words.text("the name")
        part = round(words.number("the part", 1, PARTS_MAX, ""))
        parts = round(words.number("how many parts", part, PARTS_MAX, ""))
        text = words.text("the text")
        words.end()
        if name:
            Words(words.command, words.takes, [name]).name("the name")
        if len(text) > PART:
            raise words.refuse(f"a part of {len(text)} characters; at most {PART}", remedy="cut it smaller")
        before = self._coming.get(origin)
        texts = [] if part == 1 else list(before[2]) if before is not None and before[:2] == (name, parts) else []
        if len(texts) < part - 1:
            raise words.refuse(f"part {part} without the ones before it", remedy="begin again with part 1")
        texts[part - 1 :] = [text]

        def got(deed: Deed) -> Answer:
            self._coming[origin] = name, parts, texts
            self._coming.move_to_end(origin)
            if len(self._coming) > PEERS_MAX:
                self._coming.popitem(last=False)
            return [("scene/import", name, part, parts)]

        if part < parts:
            return Deed(origin, {}, got)
        return Errand(
            lambda: _packed(look_through(self.desk.registry, words, name, "".join(texts))),
            lambda found: self._whole(origin, words, got, *found),
        )

    def _whole(self, origin: str, words: Words, got: Callable[[Deed], Answer], found: Found, packed: bytes) -> Deed:
        """A text that has come in whole and was looked through.  Raises Refusal."""
        self.shelf.room(words, found.title)

        def act(deed: Deed) -> Answer:
            former = self.shelf.aside(words, found.title, found.head, packed)
            self.shelf.place(found.title, found.head | {"count": len(found.values)}, packed)
            lines: list[tuple[Value, ...]] = [("scene/import/kinds", *kind) for kind in found.kinds.items()]
            lines += [("scene/import/kept", line) for line in found.lines]
            end: tuple[Value, ...] = ("scene/import/end", found.title, len(found.values), found.strange, *former)
            return [*lines, *got(deed), end]

        return Deed(origin, {}, act)


def cut(text: str) -> list[str]:
    """A text in parts."""
    return [text[at : at + PART] for at in range(0, len(text), PART)]


def _packed(found: Found) -> tuple[Found, bytes]:
    return found, pack(found.values)
