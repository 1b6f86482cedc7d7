"""A parameter before it has a strip: checked when it is declared, with makers for each kind and for indexed groups."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from studiod.registry.laws import fits, float32
from studiod.registry.param import Param, Value

BLOCK = 512  # numbers of one strip
NO_FLAGS: frozenset[str] = frozenset()
SAFE, VOLATILE = frozenset({"safe"}), frozenset({"volatile"})
PLACE = frozenset({"place"})  # of the strip's place on the desk, not of its sound: copies and presets leave it alone
STATUS = frozenset({"read-only", "volatile"})


@dataclass(frozen=True, slots=True)
class Template:
    """A parameter before it has a strip.  Checked when made."""

    id: int
    path: str
    kind: str
    about: str
    unit: str = ""
    low: float = 0.0
    high: float = 1.0
    rest: Value = 0
    law: str = "line"
    items: tuple[str, ...] = ()
    flags: frozenset[str] = NO_FLAGS

    def __post_init__(self) -> None:
        if not (0 <= self.id < BLOCK and self.path and self.about):
            raise ValueError(f"{self.path}: a template needs an id below {BLOCK}, a path and a line for people")
        if self.kind == "number":
            if not fits(self.law, self.low, self.high):
                raise ValueError(f"{self.path}: law {self.law} does not fit {self.low}..{self.high}")
            for name in ("low", "high", "rest"):
                object.__setattr__(self, name, float32(getattr(self, name)))
            if not self.low <= float(self.rest) <= self.high:
                raise ValueError(f"{self.path}: rest {self.rest} outside {self.low}..{self.high}")
        elif self.kind == "list" and self.rest not in self.items:
            raise ValueError(f"{self.path}: rest {self.rest} is not one of {self.items}")
        elif self.kind == "switch" and self.rest not in (0, 1):
            raise ValueError(f"{self.path}: rest {self.rest} is not a switch position")

    def at(self, path: str, block: int, rest: Value | None = None, items: tuple[str, ...] = ()) -> Param:
        """The parameter of one strip."""
        channel, number = divmod(block * BLOCK + self.id, 16384)
        value = self.rest if rest is None else rest
        items = items or self.items
        if self.kind in ("point", "strip") and value not in items:
            raise ValueError(f"{path}: rest {value!r} is not a {self.kind} of this console")
        return Param(
            path, self.kind, self.unit, self.low, self.high, value, self.law, items, self.flags, self.about,
            self.id, (channel + 1, number),
        )  # fmt: skip


def number(
    id: int, path: str, unit: str, low: float, high: float, rest: float, about: str, law: str = "line",
    flags: frozenset[str] = NO_FLAGS,
) -> Template:  # fmt: skip
    return Template(id, path, "number", about, unit, low, high, rest, law, flags=flags)


def level(id: int, path: str, rest: float, about: str, flags: frozenset[str] = NO_FLAGS) -> Template:
    return number(id, path, "dB", -90.0, 10.0, rest, about, "fader", flags)


def switch(id: int, path: str, rest: int, about: str, flags: frozenset[str] = NO_FLAGS) -> Template:
    return Template(id, path, "switch", about, rest=rest, flags=flags)


def choice(id: int, path: str, items: str, rest: str, about: str, flags: frozenset[str] = NO_FLAGS) -> Template:
    return Template(id, path, "list", about, rest=rest, items=tuple(items.split()), flags=flags)


def text(id: int, path: str, about: str, flags: frozenset[str] = NO_FLAGS) -> Template:
    return Template(id, path, "text", about, rest="", flags=flags)


def group(base: int, stride: int, name: str, count: int, make: Callable[[int], Iterable[Template]]) -> list[Template]:
    """name/1/…, name/2/…: ids count on from base by stride."""
    out = []
    for index in range(1, count + 1):
        for t in make(index):
            if t.id >= stride:
                raise ValueError(f"{name}/{t.path}: id {t.id} does not fit a stride of {stride}")
            out.append(replace(t, id=base + (index - 1) * stride + t.id, path=f"{name}/{index}/{t.path}"))
    return out


def within(name: str, *parts: Iterable[Template]) -> list[Template]:
    """The same templates below a name."""
    return [replace(t, path=f"{name}/{t.path}") for part in parts for t in part]
