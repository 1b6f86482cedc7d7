"""Which strip is under fader k: one line-up of a desk, read from its paths, and the moves that change them.

Everything that it knows are values of the desk (studiod/registry/surfaces.py), so that surfaces, clients and a page
share it.  What depends on how many faders there are, banks and steps, is asked with their count.  On the desk's loop.
"""

from collections.abc import Iterable

from studiod.desk.desk import Desk
from studiod.registry.param import Value
from studiod.registry.surfaces import NONE, SLOTS

MOVES = ("now/layer", "now/view", "now/first", "now/spill")  # put other strips under faders
HOME: tuple[tuple[str, Value], ...] = (
    ("layer", "0"), ("view", "all"), ("first", 1), ("spill", ""), ("page", "pan"), ("part", 1), ("flip", 0),
)  # fmt: skip


class Lineup:
    """One of the line-ups of a desk, by its number."""

    def __init__(self, desk: Desk, number: int) -> None:
        self.desk, self.root = desk, f"surface/{number}"
        self._cache: list[str] | None = None

    def now(self, name: str) -> Value:
        """What is so just now: now("page")."""
        return self.desk.heard[f"{self.root}/now/{name}"]

    @property
    def first(self) -> int:
        """The place under the first fader, from 1."""
        return round(float(self.now("first")))

    @property
    def selected(self) -> str:
        return str(self.now("select"))

    # -- what stands where -------------------------------------------------------------------------------------------

    def places(self) -> list[str]:
        """The strips of all places, "" for a dark one."""
        if self._cache is None:
            self._cache = self._found()
        return self._cache

    def under(self, faders: int) -> list[str]:
        """The strip under each of so many faders; "" for a dark one."""
        shown = self.places()[self.first - 1 : self.first - 1 + faders]
        return shown + [""] * (faders - len(shown))

    def concerns(self, news: Iterable[str]) -> bool:
        """Whether what has changed may put other strips under faders; forgets what it knew."""
        if self._cache is None:
            return True
        spill = str(self.now("spill"))
        ends = f"/{spill}" if spill else "/arm" if self.now("view") == "armed" else ""
        if ends and any(path.endswith(ends) for path in news):
            self._cache = None
            return True
        layer, root = f"{self.root}/layer/{self.now('layer')}/slot/", f"{self.root}/"
        for path in news:
            if path.startswith(root) and (path.startswith(layer) or path.removeprefix(root) in MOVES):
                self._cache = None
                return True
        return False

    def _found(self) -> list[str]:
        heard, strips = self.desk.heard, self.desk.registry.strips
        layer, view, spill = str(self.now("layer")), self.now("view"), str(self.now("spill"))
        if spill:
            return [strip for strip in strips if strip != "main" and heard.get(f"{strip}/{spill}") == 1]
        if layer != "0":
            slots = [str(heard[f"{self.root}/layer/{layer}/slot/{k}"]) for k in range(1, SLOTS + 1)]
            filled = [k for k, strip in enumerate(slots, 1) if strip != NONE]
            return ["" if strip == NONE else strip for strip in slots[: max(filled, default=0)]]
        if view == "armed":
            return [strip for strip in strips if heard.get(f"{strip}/arm") == 1]
        return [strip for strip in strips if strip != "main" and view in ("all", strip.partition("/")[0])]

    def used(self, layer: int) -> bool:
        """Whether a layer has any strip."""
        heard = self.desk.heard
        return any(heard[f"{self.root}/layer/{layer}/slot/{k}"] != NONE for k in range(1, SLOTS + 1))

    # -- where else to go --------------------------------------------------------------------------------------------

    def bank(self, by: int, faders: int) -> int:
        """The first place one bank on or back, a multiple of all faders on; the same where there is none."""
        first, last = self.first, len(self.places())
        if by > 0:
            after = ((first - 1) // faders + 1) * faders + 1
            return first if first + faders - 1 >= last or after > last else after
        return max((first - 2) // faders, 0) * faders + 1

    def step(self, by: int, faders: int) -> int:
        """The first place one strip on or back; it ends when the last strip is on the last fader."""
        if by > 0:
            return self.first + (self.first + faders - 1 < len(self.places()))
        return max(self.first - 1, 1)

    def shows(self, strip: str, faders: int) -> int:
        """The first place of the bank in which a strip is; the same where it is in view or in none."""
        places = self.places()
        if strip in self.under(faders) or strip not in places:
            return self.first
        return places.index(strip) // faders * faders + 1

    def changes(self, **values: Value) -> list[tuple[str, Value]]:
        """Changes of what is so just now, for desk.change."""
        return [(f"{self.root}/now/{name}", value) for name, value in values.items()]

    def home(self) -> list[tuple[str, Value]]:
        """The way home from anywhere."""
        return self.changes(**dict(HOME))
