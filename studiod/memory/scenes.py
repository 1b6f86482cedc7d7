"""Scenes of a desk: stored, recalled at once or in a crossfade, listed, renamed, deleted, compared."""

import contextlib
from collections.abc import Generator, Iterator, Mapping, Set

from studiod.desk.arguments import Words
from studiod.desk.command import Answer, Deed, Slices, at_once, differing
from studiod.desk.desk import Desk
from studiod.memory.applying import Alone, scoped
from studiod.memory.fades import LONGEST_S, Fades
from studiod.memory.scene_format import VERSION
from studiod.memory.scene_intake import PATH_MAX, TEXT_MAX, keepable, now_text
from studiod.memory.shelf import Head, Shelf, pack
from studiod.memory.taken_in import TakenIn
from studiod.registry.param import Refusal, Value
from studiod.texts import plain, printable

SAVED_MAX = 40  # characters of a date that an older studiod took in


class Scenes:
    """The commands, over one desk and one shelf."""

    def __init__(self, desk: Desk, shelf: Shelf, fades: Fades) -> None:
        self.desk, self.shelf, self.fades = desk, shelf, fades
        self._alone, self._taken = Alone(desk.registry), TakenIn(desk.registry)
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
        at_once(Slices(scoped(self.desk, words, scope)))

        def act(deed: Deed) -> Answer:
            values = self.now()
            head: Head = {"saved": now_text(), "version": VERSION, **({"scope": scope} if scope else {})}
            packed = pack(values)
            former = self.shelf.aside(words, name, head, packed)
            self.shelf.place(name, head | {"count": len(values)}, packed)
            return [("scene/store", name, len(values), *former)]

        return Deed(origin, {}, act)

    def recall(self, origin: str, *given: object) -> Slices:
        """All at once or in a fade; safe 1 takes what scenes otherwise leave alone."""
        return Slices(self._recall(origin, *given))

    def _recall(self, origin: str, *given: object) -> Generator[None, None, Deed]:
        words = Words.of("scene/recall", given)
        name = self.shelf.find(words, words.key("the name"))
        fade_s = words.number("the fade", 0.0, LONGEST_S, "s", 0.0)
        scope, safe = words.text("the scope", ""), words.number("safe", 0, 1, "", 0.0)
        words.end()
        packed, scope = self.shelf.packed(words, name), scope or str(self.shelf.heads[name].get("scope", ""))
        within = yield from scoped(self.desk, words, scope)
        taken = yield from self._taken.look(packed)
        values, fingers = self.desk.values, self.desk.under_fingers()
        alone = frozenset[str]() if safe else self._alone.now(values)
        hands = {path for path in fingers - alone if path in taken.fits and (within is None or path in within)}
        left = sum((within is None or path in within) and path not in alone for path in taken.unfit)
        left += sum(taken.fits[path] != values[path] for path in hands)  # hands win
        out = alone | hands if hands else alone
        if within is None and not out:
            fits = dict(taken.fits)
        elif within is None:
            fits = {path: value for path, value in taken.fits.items() if path not in out}
        else:
            fits = {path: value for path, value in taken.fits.items() if path in within and path not in out}
        yield
        changes, moved = differing(fits, values), self.desk.moved

        def act(deed: Deed) -> Answer:
            count = len(deed.changes)
            if deed.fade_s:  # from where the desk stands by now
                count = self.fades.start(deed.wanted, deed.fade_s, deed.origin)
            else:
                self.fades.cut(deed.wanted)
            return [("scene/recall", name, count, deed.left)]

        who = f"{'fade' if fade_s else 'recall'} {name} for {origin}"
        return Deed(who, changes, act, fade_s, left, fits, moved=moved)

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

        def look() -> Generator[None, None, Answer]:
            there = yield from self._taken.look(self.shelf.packed(words, name))
            if other:
                here = yield from self._taken.look(self.shelf.packed(words, other))
                return self._differences(name, there.there, here.there)
            return self._differences(name, there.there, self.now(), self._alone.now(self.desk.values))

        return Deed(origin, {}, lambda _: Slices(look()))

    def _differences(
        self, name: str, left: Mapping[str, object], right: Mapping[str, object], apart: Set[str] = frozenset()
    ) -> Iterator[tuple[Value, ...]]:
        """Line by line while they are sent, between what was there when they were asked for; apart: paths left out."""
        count = 0
        for path in {**left, **right}:
            if (one := left.get(path, "")) == (other := right.get(path, "")) and type(one) is type(other):
                continue  # most of them
            if path in apart:
                continue
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
