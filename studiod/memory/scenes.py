"""Scenes of a desk: stored, recalled at once or in a crossfade, listed, renamed, deleted, compared."""

import contextlib
from collections.abc import Iterator, Mapping, Set

from studiod.desk.arguments import Words
from studiod.desk.command import Answer, Deed
from studiod.desk.desk import Desk
from studiod.memory.applying import fitting, is_safe, scoped
from studiod.memory.fades import LONGEST_S, Fades
from studiod.memory.scene_format import VERSION
from studiod.memory.scene_intake import PATH_MAX, TEXT_MAX, keepable, now_text
from studiod.memory.shelf import Head, Shelf, pack, unpack
from studiod.registry.multitrack import mended
from studiod.registry.param import Refusal, Value
from studiod.texts import plain, printable

SAVED_MAX = 40  # characters of a date that an older studiod took in


class Scenes:
    """The commands, over one desk and one shelf."""

    def __init__(self, desk: Desk, shelf: Shelf, fades: Fades) -> None:
        self.desk, self.shelf, self.fades = desk, shelf, fades
        desk.commands |= {
            "scene/store": self.store, "scene/recall": self.recall, "scene/list": self.list, "scene/diff": self.diff,
            "scene/rename": self.rename, "scene/delete": self.delete,
        }  # fmt: skip

    def store(self, origin: str, *given: object) -> Deed:
        """The desk as it is once the changes of the same packet stand."""
        words = Words.of("scene/store", given)
        name, scope = self.shelf.named(words.name("the name")), words.text("the scope", "")
        words.end()
        if len(scope) > TEXT_MAX or not printable(scope):
            reason = f"the scope has to be at most {TEXT_MAX} characters, none of them a control character"
            raise words.refuse(reason, scope, remedy="shorten it")
        self.shelf.room(words, name)
        scoped(self.desk, words, scope)

        def act(deed: Deed) -> Answer:
            values = self.now()
            head: Head = {"saved": now_text(), "version": VERSION, **({"scope": scope} if scope else {})}
            packed = pack(values)
            former = self.shelf.aside(words, name, head, packed)
            self.shelf.place(name, head | {"count": len(values)}, packed)
            return [("scene/store", name, len(values), *former)]

        return Deed(origin, {}, act)

    def recall(self, origin: str, *given: object) -> Deed:
        """All at once or in a fade; safe 1 takes what scenes otherwise leave alone."""
        words = Words.of("scene/recall", given)
        name = self.shelf.find(words, words.key("the name"))
        fade_s = words.number("the fade", 0.0, LONGEST_S, "s", 0.0)
        scope, safe = words.text("the scope", ""), words.number("safe", 0, 1, "", 0.0)
        words.end()
        within = scoped(self.desk, words, scope or str(self.shelf.heads[name].get("scope", "")))
        params, kept = self.desk.registry.params, self.shelf.values(name)
        wanted = {
            path: value
            for path, value in {**kept, **mended(kept, self.desk.registry.console.inputs)}.items()
            if (within is None or path in within)
            and (safe or path not in params or not is_safe(self.desk, params[path]))
        }
        changes, left, fits = fitting(self.desk, wanted)

        def act(deed: Deed) -> Answer:
            self.fades.cut(deed.wanted)
            count = len(deed.changes)
            if deed.fade_s:
                count = self.fades.start(deed.changes, deed.fade_s, deed.origin)
            return [("scene/recall", name, count, deed.left)]

        return Deed(f"{'fade' if fade_s else 'recall'} {name} for {origin}", changes, act, fade_s, left, fits)

    def list(self, origin: str, *given: object) -> Deed:
        """Every scene; number 0: what was stored over."""
        Words.of("scene/list", given).end()
        return Deed(origin, {}, lambda _: self._listed())

    def _listed(self) -> Iterator[tuple[Value, ...]]:
        heads = sorted(self.shelf.heads.items())
        for name, head in heads:
            saved, scope = plain(str(head.get("saved", "")), SAVED_MAX), plain(str(head.get("scope", "")), TEXT_MAX)
            yield "scene/list", name, saved, scope, int(head["count"]), self.shelf.number(name)
        yield "scene/list/end", len(heads)

    def rename(self, origin: str, *given: object) -> Deed:
        """Its number stays, so that cues find it."""
        words = Words.of("scene/rename", given)
        old, new = self.shelf.find(words, words.text("the name")), words.name("the new name")
        words.end()
        if new in self.shelf.heads:
            raise words.refuse("there is a scene of that name", new, remedy="delete it first, or choose another name")

        def act(deed: Deed) -> Answer:
            self.shelf.rename(old, new)
            return [("scene/rename", old, new)]

        return Deed(origin, {}, act)

    def delete(self, origin: str, *given: object) -> Deed:
        """It is gone, without a copy."""
        words = Words.of("scene/delete", given)
        name = self.shelf.find(words, self.shelf.written(words, words.text("the name")))
        words.end()

        def act(deed: Deed) -> Answer:
            self.shelf.drop(name)
            return [("scene/delete", name)]

        return Deed(origin, {}, act)

    def diff(self, origin: str, *given: object) -> Deed:
        """Each path that differs, there and here (or in the other scene); "" where there is none.

        Against the desk without what a recall leaves alone.
        """
        words = Words.of("scene/diff", given)
        name = self.shelf.find(words, words.key("the name"))
        other = words.key("the other name") if words.more() else ""
        words.end()
        other = self.shelf.find(words, other) if other else ""

        def act(deed: Deed) -> Answer:
            there = self.shelf.packed(words, name)
            if other:
                return self._differences(name, there, self.shelf.packed(words, other))
            params = self.desk.registry.params
            safe = {path for path, param in params.items() if is_safe(self.desk, param)}
            return self._differences(name, there, self.now(), safe)

        return Deed(origin, {}, act)

    def _differences(
        self, name: str, there: bytes, here: bytes | Mapping[str, object], apart: Set[str] = frozenset()
    ) -> Iterator[tuple[Value, ...]]:
        """Line by line while they are sent, between what was there when they were asked for; apart: paths left out."""
        left, right = unpack(there), unpack(here) if isinstance(here, bytes) else here
        count = 0
        for path in dict.fromkeys([*left, *right]):
            if path in apart:
                continue
            if (one := left.get(path, "")) == (other := right.get(path, "")) and type(one) is type(other):
                continue  # most of them
            pair = [self._held(path, held) for held in (one, other)]
            if pair[0] != pair[1]:
                count += 1
                yield "scene/diff", plain(path, PATH_MAX), *map(_shown, pair)
        yield "scene/diff/end", name, count

    def _held(self, path: str, value: object) -> object:
        """A value of a scene as the desk would hold it, or as it is."""
        param = self.desk.registry.params.get(path)
        with contextlib.suppress(Refusal):
            if param is not None:
                return param.accept(value)
        return value

    def now(self) -> dict[str, object]:
        """The desk as a scene would keep it."""
        return {**self.desk.snapshot(), **{path: v for path, v in self.desk.unknown.items() if keepable(path, v)}}


def _shown(value: object) -> Value:
    """A value as an answer carries it."""
    return value if isinstance(value, int | float) else plain(str(value), TEXT_MAX)
