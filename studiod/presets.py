"""Presets: what one strip has below a subtree, kept without the strip, so that it fits others."""

from collections.abc import Iterator

from studiod.deed import Answer, Deed, counted
from studiod.desk import Desk
from studiod.fitting import fitting, split, strips, tails
from studiod.param import Value
from studiod.scenes import now_text
from studiod.shelf import Shelf
from studiod.words import Words


class Presets:
    """The commands, over one desk and one shelf."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self.desk, self.shelf = desk, shelf
        desk.commands |= {
            "preset/store": self.store, "preset/recall": self.recall, "preset/list": self.list,
            "preset/delete": self.delete,
        }  # fmt: skip

    def store(self, origin: str, *given: object) -> Deed:
        """name, path: ch/3/eq, or ch/3 for all but its name, source and link."""
        words = Words("preset/store", "a preset's name, a strip or what is below one (ch/3/eq)", given)
        name, path = words.name("the name"), words.text("the path").strip("/")
        words.end()
        self.shelf.room(words, name)
        strip, subtree = split(path)
        below = list(tails(self.desk, strip, subtree))
        if not below:
            nearest = self.desk.registry.nearest(path)
            raise words.refuse("nothing to store there", path, nearest, "give one strip, or a part of one")
        of = f"{split(strip)[0].split('/')[0]}{'/*' if '/' in strip else ''}{'/' if subtree else ''}{subtree}"

        def act(deed: Deed) -> Answer:
            values = {tail: self.desk.values[f"{strip}/{tail}"] for tail in below}
            self.shelf.put(name, {"saved": now_text(), "of": of}, values)
            return [("preset/store", name, of, len(values))]

        return Deed(origin, {}, act)

    def recall(self, origin: str, *given: object) -> Deed:
        """name, strips: what of it those strips have."""
        words = Words("preset/recall", "a preset's name, one strip or a pattern of strips (ch/7, ch/[1-8])", given)
        name = self.shelf.find(words, words.text("the name"))
        to = strips(self.desk, words, words.text("the strip"))
        words.end()
        params = self.desk.registry.params
        values = self.shelf.values(name)
        wanted = {f"{strip}/{tail}": value for strip in to for tail, value in values.items()}
        if not any(path in params for path in wanted):
            of = self.shelf.heads[name]["of"]
            raise words.refuse(f"nothing of this preset ({of}) fits there", to[0], remedy="recall it onto a like strip")
        changes, left = fitting(self.desk, wanted)
        return Deed(f"preset {name} for {origin}", changes, counted("preset/recall", name), left=left)

    def list(self, origin: str, *given: object) -> Deed:
        """Every preset: name, what of, when it was saved, how many values."""
        Words("preset/list", "no words", given).end()
        return Deed(origin, {}, lambda _: self._listed())

    def _listed(self) -> Iterator[tuple[Value, ...]]:
        heads = sorted(self.shelf.heads.items())
        for name, head in heads:
            yield "preset/list", name, head["of"], head["saved"], int(head["count"])
        yield "preset/list/end", len(heads)

    def delete(self, origin: str, *given: object) -> Deed:
        """name."""
        words = Words("preset/delete", "a preset's name", given)
        name = self.shelf.find(words, words.text("the name"))
        words.end()

        def act(deed: Deed) -> Answer:
            self.shelf.drop(name)
            return [("preset/delete", name)]

        return Deed(origin, {}, act)
