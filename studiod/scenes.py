"""Scenes of a desk: stored, recalled at once or in a crossfade, listed, renamed, deleted, compared."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

from studiod.deed import Answer, Deed
from studiod.desk import Desk
from studiod.fades import Fades
from studiod.fitting import fitting, is_safe, scoped
from studiod.param import Refusal, Value
from studiod.scene import VERSION
from studiod.shelf import Head, Shelf
from studiod.words import Words

FADE_MAX_S = 600.0


def now_text() -> str:
    """The wall clock, as scenes write it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Scenes:
    """The commands, over one desk and one shelf."""

    def __init__(self, desk: Desk, shelf: Shelf, fades: Fades) -> None:
        self.desk, self.shelf, self.fades = desk, shelf, fades
        desk.commands |= {
            "scene/store": self.store, "scene/recall": self.recall, "scene/list": self.list, "scene/diff": self.diff,
            "scene/rename": self.rename, "scene/delete": self.delete,
        }  # fmt: skip

    def keep(self, name: str, scope: str = "") -> int:
        """Store the desk as it is, with what it keeps for other versions; how many values that is."""
        values = self.now()
        head: Head = {"saved": now_text(), "version": VERSION}
        self.shelf.put(name, head | ({"scope": scope} if scope else {}), values)
        return len(values)

    def store(self, origin: str, *given: object) -> Deed:
        """name [scope]: the desk as it is once the changes of the same packet stand."""
        words = Words("scene/store", "a scene's name, [a pattern of the paths that it recalls]", given)
        name, scope = words.name("the name"), words.text("the scope", "")
        words.end()
        self.shelf.room(words, name)
        scoped(self.desk, words, scope)
        return Deed(origin, {}, lambda _: [("scene/store", name, self.keep(name, scope))])

    def recall(self, origin: str, *given: object) -> Deed:
        """name [fade s [scope [safe]]]: safe 1 takes what scenes otherwise leave alone."""
        words = Words("scene/recall", "a scene's name, [fade s], [scope], [safe 0 or 1]", given)
        name = self.shelf.find(words, words.text("the name"))
        fade_s = words.number("the fade", 0.0, FADE_MAX_S, "s", 0.0)
        scope, safe = words.text("the scope", ""), words.number("safe", 0, 1, "", 0.0)
        words.end()
        within = scoped(self.desk, words, scope or str(self.shelf.heads[name].get("scope", "")))
        params = self.desk.registry.params
        wanted = {
            path: value
            for path, value in self.shelf.values(name).items()
            if (within is None or path in within)
            and (safe or path not in params or not is_safe(self.desk, params[path]))
        }
        changes, left = fitting(self.desk, wanted)

        def act(deed: Deed) -> Answer:
            if deed.fade_s:
                self.fades.start(deed.changes, deed.fade_s, deed.origin)
            else:
                self.fades.cut(frozenset(wanted))
            return [("scene/recall", name, len(deed.changes), deed.left)]

        return Deed(f"{'fade' if fade_s else 'recall'} {name} for {origin}", changes, act, fade_s, left)

    def list(self, origin: str, *given: object) -> Deed:
        """Every scene: name, when it was saved, scope, how many values."""
        Words("scene/list", "no words", given).end()
        return Deed(origin, {}, lambda _: self._listed())

    def _listed(self) -> Iterator[tuple[Value, ...]]:
        heads = sorted(self.shelf.heads.items())
        for name, head in heads:
            yield "scene/list", name, head.get("saved", ""), head.get("scope", ""), int(head["count"])
        yield "scene/list/end", len(heads)

    def rename(self, origin: str, *given: object) -> Deed:
        """name, new name."""
        words = Words("scene/rename", "a scene's name, its new name", given)
        old, new = self.shelf.find(words, words.text("the name")), words.name("the new name")
        words.end()
        if new in self.shelf.heads:
            raise words.refuse("there is a scene of that name", new, remedy="delete it first, or choose another name")

        def act(deed: Deed) -> Answer:
            self.shelf.rename(old, new)
            return [("scene/rename", old, new)]

        return Deed(origin, {}, act)

    def delete(self, origin: str, *given: object) -> Deed:
        """name."""
        words = Words("scene/delete", "a scene's name", given)
        name = self.shelf.find(words, words.text("the name"))
        words.end()

        def act(deed: Deed) -> Answer:
            self.shelf.drop(name)
            return [("scene/delete", name)]

        return Deed(origin, {}, act)

    def diff(self, origin: str, *given: object) -> Deed:
        """name [other]: each path that differs, there and here (or in the other scene); "" where there is none."""
        words = Words("scene/diff", "a scene's name, [another's; without it: the desk as it is]", given)
        name, other = self.shelf.find(words, words.text("the name")), words.text("the other name", "")
        words.end()
        there = self.shelf.values(name)
        here = self.shelf.values(self.shelf.find(words, other)) if other else self.now()
        lines: list[tuple[Value, ...]] = []
        for path in dict.fromkeys([*there, *here]):
            pair = [self._shown(path, held.get(path, "")) for held in (there, here)]
            if pair[0] != pair[1]:
                lines.append(("scene/diff", path, *pair))
        return Deed(origin, {}, lambda _: [*lines, ("scene/diff/end", name, len(lines))])

    def _shown(self, path: str, value: object) -> Value:
        """A value of a scene as the desk would hold it, or as it is."""
        param = self.desk.registry.params.get(path)
        with contextlib.suppress(Refusal):
            if param is not None:
                return param.accept(value)
        return value if isinstance(value, int | float | str) else str(value)

    def now(self) -> dict[str, object]:
        """The desk as a scene would keep it."""
        plain = {path: value for path, value in self.desk.unknown.items() if isinstance(value, int | float | str)}
        return {**self.desk.snapshot(), **plain}
