"""Presets: what one strip has below a subtree, kept without the strip, so that it fits others."""

from collections.abc import Iterator

from studiod.desk.arguments import NAME_MAX, Words
from studiod.desk.command import Answer, Deed, counted
from studiod.desk.desk import Desk
from studiod.desk.stored import named_today
from studiod.memory.applying import belongs, fitting, split, strips, tails
from studiod.memory.scene_intake import now_text
from studiod.memory.shelf import Head, Shelf, pack
from studiod.registry.param import Value
from studiod.texts import plain


class Presets:
    """The commands, over one desk and one shelf."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self.desk, self.shelf = desk, shelf
        desk.commands |= {
            "preset/store": self.store, "preset/recall": self.recall, "preset/list": self.list,
            "preset/delete": self.delete,
        }  # fmt: skip

    def store(self, origin: str, *given: object) -> Deed:
        """Of ch/3/eq all, of ch/3 all but what belongs to its place (its name, source, arm …)."""
        words = Words.of("preset/store", given)
        name, path = self.shelf.named(words.name("the name")), words.text("the path").strip("/")
        words.end()
        self.shelf.room(words, name)
        strip, subtree = split(path)
        below = list(tails(self.desk, strip, subtree))
        if not below:
            near = self.desk.registry.nearest
            raise words.refuse("nothing to store there", path, lambda: near(path), "give one strip, or a part of one")
        of = f"{split(strip)[0].split('/')[0]}{'/*' if '/' in strip else ''}{'/' if subtree else ''}{subtree}"

        def act(deed: Deed) -> Answer:
            values = {tail: self.desk.values[f"{strip}/{tail}"] for tail in below}
            head: Head = {"saved": now_text(), "of": of, "count": len(values)}
            packed = pack(values)
            former = self.shelf.aside(words, name, head, packed)
            self.shelf.place(name, head, packed)
            return [("preset/store", name, of, len(values), *former)]

        return Deed(origin, {}, act)

    def recall(self, origin: str, *given: object) -> Deed:
        """What of it those strips have."""
        words = Words.of("preset/recall", given)
        name = self.shelf.find(words, words.key("the name"))
        to = strips(self.desk, words, words.text("the strip"))
        words.end()
        params = self.desk.registry.params
        values = self.shelf.values(name)
        wanted = dict(named_today({f"{strip}/{tail}": value for strip in to for tail, value in values.items()}))
        of = str(self.shelf.heads[name].get("of", ""))
        if "/" not in of.removesuffix("/*"):  # a whole strip, maybe an older studiod's
            wanted = {path: value for path, value in wanted.items() if not belongs(params, path)}
        if not any(path in params for path in wanted):
            reason = f"nothing of this preset ({plain(of, NAME_MAX)}) fits there"
            raise words.refuse(reason, to[0], remedy="recall it onto a like strip")
        changes, left, fits = fitting(self.desk, wanted)
        told = counted("preset/recall", name)
        return Deed(f"preset {name} for {origin}", changes, told, left=left, wanted=fits)

    def list(self, origin: str, *given: object) -> Deed:
        """Every preset; number 0: what was stored over."""
        Words.of("preset/list", given).end()
        return Deed(origin, {}, lambda _: self._listed())

    def _listed(self) -> Iterator[tuple[Value, ...]]:
        heads = sorted(self.shelf.heads.items())
        for name, head in heads:
            of, saved = plain(str(head.get("of", ""))), plain(str(head.get("saved", "")))
            yield "preset/list", name, of, saved, int(head["count"]), self.shelf.number(name)
        yield "preset/list/end", len(heads)

    def delete(self, origin: str, *given: object) -> Deed:
        """It is gone, without a copy."""
        words = Words.of("preset/delete", given)
        name = self.shelf.find(words, self.shelf.written(words, words.text("the name")))
        words.end()

        def act(deed: Deed) -> Answer:
            self.shelf.drop(name)
            return [("preset/delete", name)]

        return Deed(origin, {}, act)
