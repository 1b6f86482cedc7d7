"""Scenes as TOML over a wire: exported and imported in parts, each small enough for one packet, each answered."""

from collections import OrderedDict

from studiod.deed import Answer, Deed
from studiod.desk import Desk
from studiod.fitting import NOT_STORED
from studiod.param import Refusal, Value
from studiod.scene import VERSION, FileFault, parse_scene, scene_text
from studiod.scenes import now_text
from studiod.shelf import Head, Shelf
from studiod.words import Words

PART = 1200  # characters
PARTS_MAX = 10_000
PEERS_MAX = 8  # imports at a time
TOLD_MAX = 20  # values that were kept but are not of this console, told one by one


class SceneFiles:
    """Export and import, over one shelf."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self.desk, self.shelf = desk, shelf
        self._coming: OrderedDict[str, tuple[str, int, list[str]]] = OrderedDict()  # by peer: name, parts, texts
        self._text: tuple[Head | None, list[str]] = (None, [])  # what was exported last, cut into parts
        desk.commands |= {"scene/export": self.export, "scene/import": self.take}

    def export(self, origin: str, *given: object) -> Deed:
        """name [part]: that part of its text, which part it is, and how many there are."""
        words = Words("scene/export", "a scene's name, [which part of its text, from 1]", given)
        name = self.shelf.find(words, words.text("the name"))
        parts = self._parts(name)
        part = round(words.number("the part", 1, len(parts), "", 1))
        words.end()
        return Deed(origin, {}, lambda _: [("scene/export", name, part, len(parts), parts[part - 1])])

    def _parts(self, name: str) -> list[str]:
        head = self.shelf.heads[name]
        if self._text[0] is not head:
            text = scene_text({"name": name, **head}, self.shelf.values(name))
            self._text = head, [text[at : at + PART] for at in range(0, len(text), PART)]
        return self._text[1]

    def take(self, origin: str, *given: object) -> Deed:
        """name, part, parts, text: the last part makes the scene.  A name of "" is the one that the text says."""
        words = Words("scene/import", "a scene's name, which part, how many parts, the text of that part", given)
        name = words.text("the name")
        part = round(words.number("the part", 1, PARTS_MAX, ""))
        parts = round(words.number("how many parts", part, PARTS_MAX, ""))
        text = words.text("the text")
        words.end()
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
        title, head, values, told = self._scene(words, name, "".join(texts))

        def act(deed: Deed) -> Answer:
            self.shelf.put(title, head, values)
            lines: list[tuple[Value, ...]] = [("scene/import/kept", line) for line in told[:TOLD_MAX]]
            return [*lines, *got(deed), ("scene/import/end", title, len(values), len(told))]

        return Deed(origin, {}, act)

    def _scene(self, words: Words, name: str, text: str) -> tuple[str, Head, dict[str, object], list[str]]:
        """What a text holds: name, head, values, and a line for each value that this console cannot take.

        Raises Refusal.
        """
        try:
            told, found = parse_scene(text, "the text")
        except FileFault as fault:
            raise words.refuse("not a scene", remedy=str(fault)) from None
        again = Words(words.command, words.takes, [name or told.get("name")])
        title = again.name("the scene's name")
        self.shelf.room(again, title)
        head: Head = {"saved": str(told.get("saved", now_text())), "version": VERSION}
        if isinstance(told.get("scope"), str) and told["scope"]:
            head["scope"] = str(told["scope"])
        values: dict[str, object] = {}
        strange: list[str] = []
        for path, value in found.items():
            try:
                param = self.desk.registry.find(path)
                if param.flags & NOT_STORED:
                    strange.append(f"{path}: never stored; left out")
                    continue
                values[path] = param.accept(value)
            except Refusal as fault:
                if isinstance(value, int | float | str):
                    values[path] = value
                strange.append(str(fault))
        return title, head, values, strange
