"""Copies from strip to strip, and from one mix into the sends of another."""

from studiod.desk.arguments import Words
from studiod.desk.command import Answer, Deed, counted
from studiod.desk.desk import Desk
from studiod.engine.gains import OFF_DB, linked, odd
from studiod.engine.groups import Groups
from studiod.engine.mix_levels import KINDS, fader_db, fed_by, processed, summed_db, ways
from studiod.memory.applying import fitting, nearest_strip, split, strips, tails
from studiod.registry.laws import FADER_HIGH_DB
from studiod.registry.param import Value

SEND = ("on", "level", "pan", "follow", "tap")


class Copies:
    """The commands, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.groups = desk, Groups(desk.registry)
        desk.commands |= {"copy": self.copy, "mix/copy": self.mix}

    def copy(self, origin: str, *given: object) -> Deed:
        """What both strips have; without a subtree all but what belongs to a strip's place."""
        words = Words.of("copy", given)
        source, to = words.text("the strip"), words.text("the other strip")
        subtree = words.text("the subtree", "").strip("/")
        words.end()
        (strip, *more), targets = strips(self.desk, words, source), strips(self.desk, words, to)
        if more:
            raise words.refuse("more than one strip to copy from", source, remedy="name one")
        if targets == [strip]:
            raise words.refuse("a strip onto itself", to, remedy="name two")
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
        changes, left, fits = fitting(self.desk, wanted)
        told = counted("copy", strip, to)
        return Deed(f"copy {strip} to {to} for {origin}", changes, told, left=left, wanted=fits)

    def mix(self, origin: str, *given: object) -> Deed:
        """What is heard in a mix of every channel and return, as a send of it into a bus."""
        words = Words.of("mix/copy", given)
        source, to = words.text("the mix").strip("/"), words.text("the bus").strip("/")
        words.end()
        buses = [strip for strip in strips(self.desk, words, "bus/*")]
        if source == to:
            raise words.refuse("a mix onto itself", to, remedy="name two")
        for name, known in ((source, ["main", *buses]), (to, buses)):
            if name not in known:
                raise words.refuse("no such mix", name, nearest_strip(known, name), "such as main bus/3")
        values = self.desk.values
        first, into = self._first(source), self._first(to)
        if first == into:
            raise words.refuse("a mix onto itself", to, remedy="name two")
        wanted: dict[str, object] = {}
        left: list[tuple[Value, ...]] = []
        back = fed_by(values, into, self._paired(into))
        groups: dict[str, None] = {}
        for strip in self._senders(into):
            send = f"{strip}/send/{into.partition('/')[2]}"
            if strip in back:
                left.append(("mix/copy/left", strip, f"it plays {to} itself, and would feed back"))
            elif source == "main":
                why, more = self._from_main(strip, send, buses, into, wanted)
                left += [("mix/copy/left", strip, line) for line in why]
                groups |= more
            else:
                old = f"{strip}/send/{first.partition('/')[2]}"
                wanted |= {f"{send}/{tail}": values[f"{old}/{tail}"] for tail in SEND}
        for bus in groups:
            if names := processed(values, bus):
                left.append(("mix/copy/left", bus, f"what goes through it is copied without its {', '.join(names)}"))
        changes, fingers, fits = fitting(self.desk, wanted)

        def act(deed: Deed) -> Answer:
            return [*left, ("mix/copy", source, to, len(deed.changes), deed.left)]

        who = f"mix/copy {source} to {to} for {origin}"
        return Deed(who, changes, act, left=fingers + len(left), wanted=fits, aim=f"/mix/copy into {to}")

    def _paired(self, strip: str) -> bool:
        kind, _, index = strip.partition("/")
        return bool(index) and linked(self.desk.values, kind, int(index))

    def _first(self, mix: str) -> str:
        """The bus whose sends serve a mix: of a linked pair the odd one."""
        return f"bus/{odd(int(mix.partition('/')[2]))}" if self._paired(mix) else mix

    def _senders(self, into: str) -> list[str]:
        """The strips that have a send into a bus."""
        paths = (f"{strip}/send/{into.partition('/')[2]}/level" for strip in self.groups.strips)
        return [split(path)[0] for path in paths if path.startswith(KINDS) and path in self.desk.registry.params]

    def _from_main(
        self, strip: str, send: str, buses: list[str], into: str, wanted: dict[str, object]
    ) -> tuple[list[str], dict[str, None]]:
        """What a send needs to play what the mains play of a strip; what it cannot have, and which groups it is of."""
        values, why = self.desk.values, []
        found = list(ways(values, self.groups, strip, buses, into))
        level_db = summed_db(found) if found else fader_db(values, self.groups, strip)
        if level_db > FADER_HIGH_DB:
            why.append(f"{level_db:+.1f} dB in the mains; a send reaches {FADER_HIGH_DB:+g} dB")
        wanted |= {f"{send}/level": min(max(level_db, OFF_DB), FADER_HIGH_DB), f"{send}/on": int(bool(found)),
                   f"{send}/tap": "pre_fader"}  # fmt: skip
        if found and self._paired(into):
            place = max(found, key=lambda way: way.level_db).place
            wanted |= {f"{send}/follow": int(place is None)} | ({} if place is None else {f"{send}/pan": place})
            if len({way.place for way in found}) > 1:
                why.append("it has several places in the mains; the loudest one is copied")
            if place is not None and (strip.startswith("return") or self._paired(strip)):
                why.append("it is one lane in the mains, and two in the copy")
        if found and values.get(f"{strip}/insert/fx", "0") != "0" and values[f"{strip}/insert/position"] != "pre_fader":
            why.append("its insert is behind the fader, and so behind the send")
        return why, {way.bus: None for way in found if way.bus and way.level_db > OFF_DB}
