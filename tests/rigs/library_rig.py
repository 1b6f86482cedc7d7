"""A desk with a library and no sound: what is posted is written down, and the clock stands until it is moved."""

import random
from pathlib import Path
from typing import Any

import numpy as np

from studiod.desk.desk import Desk
from studiod.host.library import Library
from studiod.registry.param import Param, Value
from studiod.registry.registry import Console, Registry
from studiod.store.store import Store

REGISTRY = Registry(Console(inputs=4, outputs=2, channels=6, buses=4))
MS = 1_000_000
NOT_STORED = {"volatile", "read-only"}


class NullEngine:
    """Stands in for the engine, which has tests of its own."""

    def __init__(self) -> None:
        self.posts: list[tuple[int, dict[str, Value]]] = []
        self.peaks_db = [-150.0] * 4

    def post(self, changed: dict[str, Value], values: dict[str, Value], frame: int) -> None:
        self.posts.append((frame, dict(changed)))

    def frame_at(self, ns: int) -> int:
        return ns * 48 // MS

    def inputs(self, since: int) -> tuple[np.ndarray, np.ndarray, int]:
        peaks = np.tile(10.0 ** (np.array(self.peaks_db) / 20.0), (100 - since, 1))  # of a second that has gone by
        return peaks, peaks**2 / 2.0, 100

    def words(self) -> dict[str, Value]:
        return {}


class Rig:
    """desk, library, engine; told is what listeners heard."""

    def __init__(self, folder: Path | None = None, registry: Registry = REGISTRY) -> None:
        self.now_ns = 1000 * MS
        self.engine = NullEngine()
        self.desk = Desk(registry, self.engine, lambda: self.now_ns)  # type: ignore[arg-type]
        self.store = Store(folder)
        self.faults = self.desk.load(self.store.state)
        self.library = Library(self.desk, self.store)
        self.library.begin(from_file=False)
        self.engine.posts.clear()
        self.told: list[tuple[str, dict[str, Value]]] = []
        self.desk.listen(lambda origin, news: self.told.append((origin, news)))

    def do(self, command: str, *words: object, by: str = "me") -> list[tuple[Any, ...]]:
        return list(self.desk.do(command, by, *words))

    def go(self, ms: float) -> None:
        """Time goes on; fades take their steps, 50 a second."""
        end_ns = self.now_ns + round(ms * MS)
        while self.now_ns < end_ns:
            self.now_ns = min(self.now_ns + 20 * MS, end_ns)
            for _ in self.library.fades.step():
                pass


def stored(registry: Registry) -> list[Param]:
    return [param for param in registry.params.values() if not param.flags & NOT_STORED]


def other(param: Param, chance: random.Random) -> Value:
    """Any value of a parameter but its rest value."""
    if param.kind == "number":
        return param.from_turn(chance.random())
    if param.kind == "switch":
        return 1 - int(param.rest)
    words = param.items or ("Kick", "Bär ♭", 'say "hi" \\ so', "−3 dB 😀")
    return chance.choice([word for word in words if word != param.rest])


def changed(registry: Registry, seed: int, links: bool = True) -> dict[str, Value]:
    """Most of what is stored, each at another value than rest; with links about every second pair is linked.

    One strip in ten is safe from scenes.
    """
    chance = random.Random(seed)
    free = [param for param in stored(registry) if not param.path.endswith(("/link", "/safe"))]
    free += [param for param in stored(registry) if param.path.endswith("/safe") and links and chance.random() < 0.1]
    pairs = [param for param in stored(registry) if param.path.endswith("/link") and links and chance.random() < 0.5]
    return {param.path: other(param, chance) for param in [*free, *pairs]}
