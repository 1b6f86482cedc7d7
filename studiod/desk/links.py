"""Linked pairs of strips: which path is kept equal to which, and what linking copies from odd to even."""

from collections.abc import Mapping

from studiod.registry.param import Value
from studiod.registry.registry import Registry

OWN = {"source", "trim", "polarity", "delay", "link", "balance"}  # what each strip of a pair keeps to itself
KINDS = ("ch", "bus", "matrix")


class Pairs:
    """The pairs of one console."""

    def __init__(self, registry: Registry) -> None:
        self.links = [path for path in registry.params if path.endswith("/link")]
        self.below: dict[str, set[str]] = {}  # of each link: all paths that its pair shares
        self.both: dict[str, list[tuple[str, str]]] = {}  # of each link: what its pair shares, of odd and even
        self.other: dict[str, tuple[str, str]] = {}  # of a path that a pair may share: its link, and the partner's path
        for path in registry.params:
            kind, _, rest = path.partition("/")
            index, _, tail = rest.partition("/")
            if kind in KINDS and tail.split("/")[0] not in OWN:
                n = int(index)
                link = f"{kind}/{n - 1 + n % 2}/link"
                if link in registry.params:
                    self.below.setdefault(link, set()).add(path)
                    self.other[path] = link, f"{kind}/{n + 1 if n % 2 else n - 1}/{tail}"
                    if n % 2:
                        self.both.setdefault(link, []).append((path, self.other[path][1]))

    def partner(self, path: str, values: Mapping[str, Value]) -> str | None:
        """The path that a linked pair keeps equal to this one."""
        held = self.other.get(path)
        return held[1] if held is not None and values[held[0]] else None

    def copied(self, link: str, values: Mapping[str, Value]) -> dict[str, Value]:
        """What the even strip takes over when this link is made."""
        return {even: values[odd] for odd, even in self.both.get(link, ())}
