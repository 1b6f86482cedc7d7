"""Copies from strip to strip, and from one mix into the sends of another."""

import re

from studiod.deed import Deed, counted
from studiod.desk import Desk
from studiod.fitting import fitting, nearest_strip, split, strips, tails
from studiod.words import Words

SEND = ("on", "level", "pan", "follow", "tap")


class Copies:
    """The commands, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.commands |= {"copy": self.copy, "mix/copy": self.mix}

    def copy(self, origin: str, *given: object) -> Deed:
        """from, to [subtree]: what both strips have; without a subtree all but name, source and link."""
        words = Words("copy", "a strip, the strip or pattern of strips to copy to, [what of it: eq]", given)
        source, to = words.text("the strip"), words.text("the other strip")
        subtree = words.text("the subtree", "").strip("/")
        words.end()
        (strip, *more), targets = strips(self.desk, words, source), strips(self.desk, words, to)
        if more:
            raise words.refuse("more than one strip to copy from", source, remedy="name one")
        values, params = self.desk.values, self.desk.registry.params
        below = list(tails(self.desk, strip, subtree))
        if not below:
            nearest = split(self.desk.registry.nearest(f"{strip}/{subtree}"))[1]
            raise words.refuse(f"{strip} has nothing below that", subtree, nearest, "such as eq, comp or send/1")
        wanted = {
            path: values[f"{strip}/{tail}"]
            for target in targets
            for tail in below
            if target != strip and (path := f"{target}/{tail}") in params
        }
        if not wanted:
            raise words.refuse(f"{strip} and {to} have nothing of it in common", remedy="copy to a like strip")
        changes, left = fitting(self.desk, wanted)
        return Deed(f"copy {strip} to {to} for {origin}", changes, counted("copy", strip, to), left=left)

    def mix(self, origin: str, *given: object) -> Deed:
        """from (main or bus/N), to (bus/M): every channel's level and whether it is heard there, into its send."""
        words = Words("mix/copy", "main or a bus to copy from, the bus to copy into (main bus/3)", given)
        source, to = words.text("the mix").strip("/"), words.text("the bus").strip("/")
        words.end()
        params, values = self.desk.registry.params, self.desk.values
        buses = [strip for strip in strips(self.desk, words, "bus/*")]
        for name, known in ((source, ["main", *buses]), (to, buses)):
            if name not in known:
                raise words.refuse("no such mix", name, nearest_strip(known, name), "such as main bus/3")
        if source == to:
            raise words.refuse("a mix onto itself", to, remedy="name two")
        wanted: dict[str, object] = {}
        into = to.partition("/")[2]
        for path in params:
            found = re.fullmatch(rf"(ch/\d+)/send/{into}/level", path)
            if found is None:
                continue
            strip, send = found[1], f"{found[1]}/send/{into}"
            if source == "main":
                heard = values[f"{strip}/main/on"] == 1 and values[f"{strip}/mute"] == 0
                wanted |= {f"{send}/level": values[f"{strip}/fader"], f"{send}/on": int(heard)}
            else:
                old = f"{strip}/send/{source.partition('/')[2]}"
                wanted |= {f"{send}/{tail}": values[f"{old}/{tail}"] for tail in SEND}
        changes, left = fitting(self.desk, wanted)
        return Deed(f"mix/copy {source} to {to} for {origin}", changes, counted("mix/copy", source, to), left=left)
